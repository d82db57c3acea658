// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"
#include "common/clock.h"
#include "common/text.h"
#include "relay/lab.h"

#define OVERHEAD (1u << 20) /* of an ELF core, over the memory that is in it */

static void path_of(const struct agent *agent, const char *format, uint32_t epoch, char path[PATH_MAX])
{
	char name[AMP_NAME_LEN + 32];

	snprintf(name, sizeof(name), format, agent->dump.core->config->name, epoch);
	amp_text(path, PATH_MAX, "%s/%s", agent->lab->options->state_dir, name);
}

static void part_path(const struct agent *agent, char path[PATH_MAX])
{
	path_of(agent, "dumps/.%s.part", 0, path);
}

void amp_dump_prepare(struct agent_dump *dump)
{
	*dump = (struct agent_dump){.fd = -1};
}

void amp_dump_abandon(struct agent *agent)
{
	struct agent_dump *dump = &agent->dump;
	char path[PATH_MAX];

	if (dump->fd >= 0) {
		close(dump->fd);
		part_path(agent, path);
		unlink(path);
	}
	amp_dump_prepare(dump);
}

/* It goes wrong once, and is said once. */
static void fail(struct agent *agent, const char *why)
{
	struct core *core = agent->dump.core;

	amp_dump_abandon(agent);
	amp_core_warn(core, "Linux's core dump is not kept: %s", why);
}

/*
 * Asked when it begins: the next life may end before it is here. Linux takes a dump when it has stopped the core, and
 * of one that has an owner before it lets go of it.
 */
static uint32_t life_of_dump(const struct core *core)
{
	bool still_there =
		core->phase == PHASE_CRASHED || core->phase == PHASE_STOPPING || core->phase == PHASE_KILLING;

	return core->owner && still_there ? core->wire.epoch : core->ended;
}

void amp_dump_begin(struct agent *agent, const void *name, size_t len)
{
	struct agent_dump *dump = &agent->dump;
	char core[AMP_NAME_LEN], path[PATH_MAX], why[AMP_TEXT_LEN];

	amp_dump_abandon(agent);
	amp_text_clean(core, sizeof(core), name, len);
	dump->core = amp_relay_core(agent->lab, core);
	if (!dump->core || !amp_core_permits(dump->core, ACTOR_LINUX, AMP_VERB_DUMP, why, sizeof(why)))
		return;
	dump->epoch = life_of_dump(dump->core);
	part_path(agent, path);
	unlink(path);
	dump->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (dump->fd < 0)
		fail(agent, strerror(errno));
}

void amp_dump_data(struct agent *agent, const void *data, size_t len)
{
	struct agent_dump *dump = &agent->dump;
	ssize_t n;

	if (dump->fd < 0)
		return;
	if (len > dump->core->config->mem_size + OVERHEAD - dump->size) {
		fail(agent, "it is larger than the core's memory");
		return;
	}
	n = write(dump->fd, data, len);
	if (n != (ssize_t)len)
		fail(agent, n < 0 ? strerror(errno) : strerror(ENOSPC));
	else
		dump->size += len;
}

void amp_dump_end(struct agent *agent, uint32_t err)
{
	struct agent_dump *dump = &agent->dump;
	char part[PATH_MAX], path[PATH_MAX], file[AMP_NAME_LEN + 32];
	struct core *core = dump->core;
	uint32_t suppressed;

	if (dump->fd < 0)
		return;
	if (err) {
		fail(agent, strerror(err < 4096 ? (int)err : EIO));
		return;
	}
	part_path(agent, part);
	path_of(agent, "dumps/%s-%u.devcoredump", dump->epoch, path);
	snprintf(file, sizeof(file), "dumps/%s-%u.devcoredump", core->config->name, dump->epoch);
	if (rename(part, path) < 0) {
		fail(agent, strerror(errno));
		return;
	}
	close(dump->fd);
	amp_core_keep_dump(core, &core->linux_dumps, dump->epoch);
	if (amp_ratelimit(&agent->noise, now_ns(), &suppressed))
		amp_record(&agent->lab->record, "core.dump", core->config->name, "{s:s, s:I, s:s}", "file", file,
		           "epoch", (json_int_t)dump->epoch, "by", "linux");
	amp_dump_prepare(dump);
}
