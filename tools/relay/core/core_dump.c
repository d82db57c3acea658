// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files of a post-mortem. They take milliseconds to write, in which the relay would be deaf to the other cores, so
 * a process of their own writes them: it has a copy of everything, as it was when it began.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include "common/text.h"
#include "core.h"
#include "relay/lab.h"

void amp_core_discard_evidence(struct core *core)
{
	struct crash *crash = &core->crash;

	crash->writer = sd_event_source_disable_unref(crash->writer);
	free(crash->registers);
	crash->registers = NULL;
	amp_shm_snapshot_free(&core->shm, crash->memory);
	crash->memory = NULL;
}

struct amp_postmortem amp_core_evidence(const struct core *core)
{
	const struct crash *crash = &core->crash;
	const struct amp_region *trace = amp_soc_region(core->config, AMP_REGION_TRACE);

	return (struct amp_postmortem){
		.core = core->config->name,
		.epoch = crash->epoch,
		.elf_machine = (uint16_t)core->config->elf_machine,
		.detector = crash->detector,
		.text = crash->text[0] ? crash->text : NULL,
		.remote = &crash->remote,
		.registers = crash->registers,
		.memory = crash->memory,
		.memory_size = crash->memory ? core->shm.size : 0,
		.memory_da = core->config->mem_da,
		.trace_offset = trace ? trace->offset : 0,
		.trace_size = trace ? trace->size : 0,
		.firmware = crash->firmware[0] ? crash->firmware : NULL,
		.symbols = core->symbols,
	};
}

void amp_core_boot_failure(const struct amp_remote *remote, char *out, size_t size)
{
	char text[AMP_TEXT_LEN];

	amp_text_clean(text, sizeof(text), remote->crash.text, sizeof(remote->crash.text));
	amp_text(out, size, "%s%s%s", amp_postmortem_cause_text(remote->crash.cause), text[0] ? ": " : "", text);
}

/* dumps/CORE-LIFE.SUFFIX, below the state directory */
static void dump_name(const struct core *core, uint32_t epoch, const char *suffix, char out[AMP_NAME_LEN + 32])
{
	amp_text(out, AMP_NAME_LEN + 32, "dumps/%s-%u.%s", core->config->name, epoch, suffix);
}

static void dump_path(const struct core *core, uint32_t epoch, const char *suffix, char path[PATH_MAX])
{
	char name[AMP_NAME_LEN + 32];

	dump_name(core, epoch, suffix, name);
	amp_text(path, PATH_MAX, "%s/%s", core->lab->options->state_dir, name);
}

void amp_core_keep_dump(struct core *core, struct kept_dumps *kept, uint32_t epoch)
{
	static const char *const of_relay[] = {"core", "txt", NULL}, *const of_linux[] = {"devcoredump", NULL};
	uint32_t *slot = &kept->epoch[kept->count % DUMPS_KEPT];
	char path[PATH_MAX];

	if (kept->count && kept->epoch[(kept->count - 1) % DUMPS_KEPT] == epoch)
		return;
	for (const char *const *suffix = kept == &core->dumps ? of_relay : of_linux; *slot && *suffix; suffix++) {
		dump_path(core, *slot, *suffix, path);
		unlink(path);
	}
	*slot = epoch;
	kept->count++;
}

/* ------------------------------------------------------------------ in the writing process */

/* @return 0 or the errno of the first file that could not be written: it is the exit status */
static int write_files(const struct core *core)
{
	const struct crash *crash = &core->crash;
	struct amp_postmortem pm = amp_core_evidence(core);
	char path[PATH_MAX];
	int core_err, text_err;

	dump_path(core, crash->epoch, "core", path);
	core_err = amp_postmortem_write_core(&pm, &crash->summary, path);
	dump_path(core, crash->epoch, "txt", path);
	text_err = amp_postmortem_write_report(&pm, &crash->summary, path);
	return -(core_err < 0 ? core_err : text_err);
}

/* ------------------------------------------------------------------ in the relay */

static void written(struct core *core, int err)
{
	char name[AMP_NAME_LEN + 32], path[PATH_MAX];

	dump_name(core, core->crash.epoch, "core", name);
	dump_path(core, core->crash.epoch, "core", path);
	if (err)
		amp_core_warn(core, "%s, or the report beside it: %s", name, strerror(err));
	/* files get their names when they are whole, and nobody else makes any here */
	if (access(path, F_OK) == 0)
		amp_record(&core->lab->record, "core.dump", core->config->name, "{s:s, s:I, s:s}", "file", name,
		           "epoch", (json_int_t)core->crash.epoch, "by", "relay");
}

static int exit_error(const siginfo_t *info)
{
	return info->si_code == CLD_EXITED ? info->si_status : EINTR;
}

static int on_written(sd_event_source *source, const siginfo_t *info, void *userdata)
{
	struct core *core = userdata;

	(void)source;
	core->crash.writing = sd_event_source_disable_unref(core->crash.writing);
	core->crash.writing_pid = 0;
	written(core, exit_error(info));
	return 0;
}

static void start_writing(struct core *core)
{
	struct crash *crash = &core->crash;
	pid_t relay = getpid();

	crash->writer = sd_event_source_disable_unref(crash->writer);
	amp_core_keep_dump(core, &core->dumps, crash->epoch);
	crash->writing_pid = fork();
	if (crash->writing_pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(getppid() == relay ? write_files(core) : 0);
	}
	if (crash->writing_pid < 0) {
		written(core, errno);
		crash->writing_pid = 0;
	} else if (sd_event_add_child(core->lab->loop, &crash->writing, crash->writing_pid, WEXITED, on_written, core) <
	           0) {
		amp_core_finish_dump(core);
	}
	amp_core_discard_evidence(core);
}

static int on_writer(sd_event_source *source, void *userdata)
{
	(void)source;
	start_writing(userdata);
	return 0;
}

void amp_core_write_dump(struct core *core)
{
	char why[AMP_TEXT_LEN];

	if (!amp_core_permits(core, ACTOR_TOOLS, AMP_VERB_DUMP, why, sizeof(why))) {
		amp_core_discard_evidence(core);
		return;
	}
	/* the files can wait until Linux has what it waits for */
	if (sd_event_add_defer(core->lab->loop, &core->crash.writer, on_writer, core) < 0)
		amp_core_discard_evidence(core);
}

void amp_core_finish_dump(struct core *core)
{
	struct crash *crash = &core->crash;
	siginfo_t info;

	if (crash->writer)
		start_writing(core);
	crash->writing = sd_event_source_disable_unref(crash->writing);
	if (crash->writing_pid == 0)
		return;
	if (waitid(P_PID, (id_t)crash->writing_pid, &info, WEXITED) == 0)
		written(core, exit_error(&info));
	crash->writing_pid = 0;
}
