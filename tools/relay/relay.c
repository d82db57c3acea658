// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/close_range.h>

#include "common/clock.h"
#include "common/text.h"
#include "lab.h"
#include "relay/base/log.h"
#include "relay/base/remove_tree.h"
#include "relay/host/hosting.h"
#include "relay/host/image.h"
#include "relay/host/owner.h"

/* ------------------------------------------------------------------ signals and the terminal */

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	struct lab *lab = userdata;
	char reason[80];

	(void)source;
	amp_text(reason, sizeof(reason), "signal %u (%s) from process %u", info->ssi_signo,
	         strsignal((int)info->ssi_signo), info->ssi_pid);
	amp_relay_down(lab, AMP_EXIT_OK, reason);
	return 0;
}

static int on_terminal(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	(void)fd;
	(void)revents;
	sd_event_source_set_enabled(source, SD_EVENT_OFF);
	amp_relay_down(userdata, AMP_EXIT_OK, "the terminal, or whoever the lab hangs on, has gone");
	return 0;
}

static int watch_signals(struct lab *lab)
{
	const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
	sigset_t set;
	int err = 0;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file-size limit is an error of write() or ftruncate(), not the relay's end */
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (size_t i = 0; i < 3; i++) {
		if (numbers[i] == SIGHUP && lab->options->keep)
			signal(SIGHUP, SIG_IGN);
		else
			sigaddset(&set, numbers[i]);
	}
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (size_t i = 0; i < 3 && err >= 0; i++) {
		if (sigismember(&set, numbers[i]))
			err = sd_event_add_signal(lab->loop, &lab->signals[i], numbers[i], on_signal, lab);
	}
	return err < 0 ? err : 0;
}

/*
 * SIGHUP goes to a terminal's foreground only, where we are not. So the terminal itself is watched, and the leader of
 * its session as well: a pseudo-terminal whose shell has ended is not hung up as long as its other end stays open.
 */
static void watch_terminal(struct lab *lab)
{
	int tty = lab->options->tty_fd;

	if (tty < 0 || lab->options->keep)
		return;
	if (sd_event_add_io(lab->loop, &lab->terminal, tty, EPOLLHUP, on_terminal, lab) < 0)
		amp_log("the terminal cannot be watched; the lab outlives it");
	if (!isatty(tty))
		return; /* a pipe whose other end someone holds */
	lab->session_fd = pidfd_open(getsid(0), 0);
	if (lab->session_fd < 0 ||
	    sd_event_add_io(lab->loop, &lab->session, lab->session_fd, EPOLLIN, on_terminal, lab) < 0)
		amp_log("the terminal's session cannot be watched; the lab outlives it");
}

/* ------------------------------------------------------------------ the beginning */

/* One line when the lab is up, one when it ends, however short its life was. A starter that has gone hears neither. */
static void tell_starter(const struct amp_relay_options *options, const char *line)
{
	if (options->ready_fd >= 0 && write(options->ready_fd, line, strlen(line)) < 0 && errno != EPIPE)
		amp_log("the starter cannot be told: %s", strerror(errno));
}

/*
 * The last that is done, so that the starter finds everything cleaned up. One that still listens waits for something
 * that did not come, so that an orderly end is an error to it as well.
 */
static void tell_end(const struct amp_relay_options *options, int status, const char *why)
{
	char line[CHILD_WORDS_MAX + 120];

	amp_text(line, sizeof(line), "error %d %s\n", status ? status : AMP_EXIT_FAILED, why);
	tell_starter(options, line);
	if (options->ready_fd >= 0)
		close(options->ready_fd);
}

/*
 * Whatever the starter, or who started that, has left open: held by us, a pipe of theirs would not end before the lab
 * does; and nothing of it is for a guest's process.
 */
static void close_inherited(const struct amp_relay_options *options)
{
	const int ours[] = {options->lock_fd, options->ready_fd, options->tty_fd};
	unsigned int from = STDERR_FILENO + 1, next;

	do {
		next = ~0u;
		for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
			if (ours[i] >= 0 && (unsigned int)ours[i] >= from && (unsigned int)ours[i] < next)
				next = (unsigned int)ours[i];
		}
		if (next > from)
			close_range(from, next == ~0u ? next : next - 1, 0);
		from = next + 1;
	} while (next != ~0u);
	close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC);
}

/* Leaves the starter's process group and its streams; keeps its session, whose end is ours. */
static int detach(const struct amp_relay_options *options)
{
	struct log_file log;
	int null, err;

	err = amp_logfile_open(&log, options->state_dir, "relay", "log");
	if (err < 0)
		return err;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0)
		return -errno;
	setpgid(0, 0);
	dup2(null, STDIN_FILENO);
	dup2(log.fd, STDOUT_FILENO);
	dup2(log.fd, STDERR_FILENO);
	close(null);
	close(log.fd);
	close_inherited(options);
	return 0;
}

static int check_file(const char *path, const char *what, int mode, char *error, size_t size)
{
	if (access(path, mode) == 0)
		return 0;
	amp_text(error, size, "%s %s: %s", what, path, strerror(errno));
	return AMP_EXIT_ENVIRONMENT;
}

/* Post-mortems of the flight before are kept beside this one's, like its events. */
static int make_dumps_dir(const char *state_dir, char *error, size_t size)
{
	char path[PATH_MAX], previous[PATH_MAX];

	amp_text(path, sizeof(path), "%s/dumps", state_dir);
	amp_text(previous, sizeof(previous), "%s/dumps.1", state_dir);
	if (rmdir(path) < 0 && errno == ENOTEMPTY) {
		amp_remove_tree(AT_FDCWD, previous);
		rename(path, previous);
	}
	if (mkdir(path, 0755) == 0 || errno == EEXIST)
		return 0;
	amp_text(error, size, "%s: %s", path, strerror(errno));
	return AMP_EXIT_ENVIRONMENT;
}

static int check_files(struct lab *lab, char *error, size_t size)
{
	const struct amp_relay_options *options = lab->options;
	char path[PATH_MAX];
	int status = check_file(options->kernel, "kernel", R_OK, error, size);

	if (status == 0)
		status = check_file(options->initramfs, "initramfs", R_OK, error, size);
	if (status == 0)
		status = check_file(options->firmware_dir, "firmware directory", R_OK | X_OK, error, size);
	for (uint32_t i = 0; i < lab->soc.num_cores && status == 0; i++) {
		amp_text(path, sizeof(path), "%s/%s", options->bootrom_dir, lab->soc.core[i].bootrom);
		status = check_file(path, "boot ROM", R_OK, error, size);
	}
	return status == 0 ? make_dumps_dir(options->state_dir, error, size) : status;
}

static int fail(char *error, size_t size, const char *what, int err)
{
	amp_text(error, size, "%s: %s%s", what, strerror(-err),
	         err == -ENOSPC || err == -ENOMEM ? ": free some of this machine's memory"
	         : err == -EFBIG                  ? ": raise the limit of file sizes ('ulimit -f')"
	                                          : "");
	return AMP_EXIT_ENVIRONMENT;
}

/* Those who listen to the wire see in it what happened meanwhile. */
static void on_record(void *userdata, const char *core, const char *text, size_t len)
{
	struct lab *lab = userdata;

	amp_core_sniff_event(lab, core ? amp_relay_core(lab, core) : NULL, text, len);
}

static int boot_early(struct core *core, const char *firmware, char *error, size_t size)
{
	int status = firmware ? amp_hosting_boot(core, firmware, "it boots before Linux", error, size) : AMP_EXIT_OK;

	if (amp_core_is_owned(core))
		amp_owner_take(core, firmware);
	if (!firmware || status != AMP_EXIT_OK || core->phase != PHASE_OFF)
		return status;
	amp_text(error, size, "core %s: %s", core->config->name, core->outcome_text);
	return AMP_EXIT_ENVIRONMENT;
}

/* @return AMP_EXIT_OK, or another enum amp_exit and a text */
static int begin(struct lab *lab, char *error, size_t size)
{
	int status, err;

	err = sd_event_new(&lab->loop);
	if (err < 0)
		return fail(error, size, "event loop", err);
	err = watch_signals(lab);
	if (err < 0)
		return fail(error, size, "signals", err);
	watch_terminal(lab);
	err = amp_record_open(&lab->record, lab->options->state_dir);
	if (err < 0)
		return fail(error, size, lab->options->state_dir, err);
	lab->record.heard = on_record;
	lab->record.userdata = lab;
	if (amp_soc_load(&lab->soc, lab->options->soc_file, error, size) < 0)
		return AMP_EXIT_ENVIRONMENT;
	for (uint32_t i = 0; i < lab->soc.num_cores; i++) {
		if (lab->options->owned[i])
			lab->soc.core[i].denied_linux |= AMP_VERBS_OF_OWNER;
	}
	status = check_files(lab, error, size);
	if (status == AMP_EXIT_OK)
		status = amp_server_open(&lab->control, lab, amp_server_request, error, size);
	if (status != AMP_EXIT_OK)
		return status;
	amp_record(&lab->record, "lab.up", NULL, "{s:s, s:s, s:I, s:I}", "lab", lab->options->lab, "soc", lab->soc.name,
	           "pid", (json_int_t)getpid(), "time", (json_int_t)time_of_day_ns());
	for (uint32_t i = 0; i < lab->soc.num_cores; i++) {
		char what[64];

		lab->core[i].config = &lab->soc.core[i];
		if (amp_image_load_key(&lab->core[i], error, size))
			return AMP_EXIT_ENVIRONMENT;

		amp_text(what, sizeof(what), "shared memory of core %s", lab->soc.core[i].name);
		err = amp_core_init(&lab->core[i], &lab->soc.core[i]);
		if (err == 0)
			err = amp_core_listen(&lab->core[i]);
		if (err < 0)
			return fail(error, size, what, err);
	}
	for (uint32_t i = 0; i < lab->soc.num_cores; i++) {
		status = boot_early(&lab->core[i], lab->options->early[i], error, size);
		if (status != AMP_EXIT_OK)
			return status;
	}
	err = amp_vm_start(&lab->vm);
	if (err < 0)
		return fail(error, size, "qemu-system-aarch64", err);
	for (uint32_t i = 0; i < lab->soc.num_cores; i++) {
		lab->core[i].spares = true;
		if (lab->core[i].phase == PHASE_OFF)
			amp_core_spare_start(&lab->core[i]);
	}
	return AMP_EXIT_OK;
}

/* Mirrors begin(); whatever was not begun is skipped by each. */
static void finish(struct lab *lab)
{
	/* the socket and the lock first, so that whoever hears of the end can start the next lab at once */
	amp_server_stop_listening(&lab->control);
	amp_debugger_destroy(&lab->debugger);
	amp_agent_close(&lab->agent);
	amp_vm_destroy(&lab->vm);
	for (uint32_t i = 0; i < lab->soc.num_cores; i++)
		amp_core_destroy(&lab->core[i]);
	amp_record(&lab->record, "lab.down", NULL, "{s:s, s:I}", "why", lab->down_reason, "exit",
	           (json_int_t)lab->exit_status);
	amp_record_close(&lab->record);
	close(lab->options->lock_fd);
	amp_server_finish_down(&lab->control);
	amp_server_close(&lab->control);
	lab->down_deadline = sd_event_source_disable_unref(lab->down_deadline);
	lab->terminal = sd_event_source_disable_unref(lab->terminal);
	lab->session = sd_event_source_disable_unref(lab->session);
	if (lab->session_fd >= 0)
		close(lab->session_fd);
	for (size_t i = 0; i < 3; i++)
		lab->signals[i] = sd_event_source_disable_unref(lab->signals[i]);
	sd_event_unref(lab->loop);
}

/* Everything closed, so that finish() can be called whatever has been begun. */
static struct lab *new_lab(const struct amp_relay_options *options)
{
	struct lab *lab = calloc(1, sizeof(*lab));

	if (!lab)
		return NULL;
	lab->options = options;
	lab->started = now_ns();
	lab->record.fd = -1;
	lab->session_fd = -1;
	lab->control.fd = lab->control.spare = -1;
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		lab->control.client[i].fd = -1;
	lab->agent.stream.fd = -1;
	amp_vm_prepare(&lab->vm, lab);
	amp_debugger_prepare(&lab->debugger, lab);
	amp_share_prepare(&lab->share, lab);
	for (uint32_t i = 0; i < SOC_MAX_CORES; i++)
		amp_core_prepare(&lab->core[i], lab);
	return lab;
}

int amp_relay_run(const struct amp_relay_options *options)
{
	struct lab *lab = new_lab(options);
	char error[CHILD_WORDS_MAX + 100] = "";
	int status, err = lab ? detach(options) : -ENOMEM;

	if (err == 0)
		status = begin(lab, error, sizeof(error));
	else
		status = fail(error, sizeof(error), options->state_dir, err);
	if (status == AMP_EXIT_OK) {
		amp_log("lab '%s' is up", options->lab);
		tell_starter(options, "up\n");
		err = sd_event_loop(lab->loop);
		status = err < 0 ? AMP_EXIT_FAILED : lab->exit_status;
		amp_text(error, sizeof(error), "the lab went down: %s", lab->down_reason);
		finish(lab);
	} else {
		amp_log("%s", error);
		if (lab) {
			lab->exit_status = status;
			amp_text(lab->down_reason, sizeof(lab->down_reason), "%s", error);
			finish(lab);
		}
	}
	tell_end(options, status, error);
	free(lab);
	return status;
}
