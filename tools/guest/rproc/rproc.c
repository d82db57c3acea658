// SPDX-License-Identifier: GPL-2.0-only
/*
 * rproc: the life cycle of remote cores, by Linux' remoteproc interface in sysfs.
 *
 * The kernel says why something failed in its log only, so the log lines of the attempt are part of the error message.
 */
#include <argp.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/exit_codes.h"
#include "common/output.h"
#include "guest/base/kmsg.h"
#include "guest/base/short_help.h"
#include "guest/base/sysfs.h"

#define RPROC_CLASS "/sys/class/remoteproc"
#define RPROC_DEBUG "/sys/kernel/debug/remoteproc"

#define LEVEL_WARNING 4     /* of the kernel log: this and lower numbers are complaints */
#define WAIT_MS       15000 /* longest time until Linux takes note of a crash */

struct rproc {
	char node[32]; /* "remoteproc0" */
	char dir[AMP_PATH_LEN];
	char name[64];
	char state[32];
	int log; /* kernel log since the command began */
};

static void read_state(struct rproc *rp)
{
	if (amp_attr_read(rp->dir, "state", rp->state, sizeof(rp->state)) < 0)
		snprintf(rp->state, sizeof(rp->state), "gone");
}

static bool is(const struct rproc *rp, const char *state)
{
	return strcmp(rp->state, state) == 0;
}

static bool load(struct rproc *rp, const char *node)
{
	if (strncmp(node, "remoteproc", 10) != 0 || strlen(node) >= sizeof(rp->node))
		return false;
	snprintf(rp->node, sizeof(rp->node), "%s", node);
	snprintf(rp->dir, sizeof(rp->dir), RPROC_CLASS "/%s", node);
	if (amp_attr_read(rp->dir, "name", rp->name, sizeof(rp->name)) <= 0)
		return false;
	read_state(rp);
	return true;
}

/* Call `visit` for each core until it returns true. @return whether it did */
static bool for_each(bool (*visit)(struct rproc *rp, void *arg), void *arg)
{
	DIR *dir = opendir(RPROC_CLASS);
	struct dirent *entry;
	bool found = false;

	while (dir && !found && (entry = readdir(dir))) {
		struct rproc rp = {.log = -1};

		if (load(&rp, entry->d_name))
			found = visit(&rp, arg);
	}
	if (dir)
		closedir(dir);
	return found;
}

static bool is_wanted(struct rproc *rp, void *arg)
{
	struct rproc *wanted = arg;
	int log = wanted->log;

	if (strcmp(rp->name, wanted->name) != 0)
		return false;
	*wanted = *rp;
	wanted->log = log;
	return true;
}

static bool print_name(struct rproc *rp, void *arg)
{
	(void)arg;
	fprintf(stderr, " %s", rp->name);
	return false;
}

static bool find(struct rproc *rp)
{
	return for_each(is_wanted, rp);
}

static bool print_row(struct rproc *rp, void *arg)
{
	char firmware[96], recovery[16];

	(void)arg;
	amp_attr_read(rp->dir, "firmware", firmware, sizeof(firmware));
	amp_attr_read(rp->dir, "recovery", recovery, sizeof(recovery));
	printf("%-12s %-10s %-32s %-9s %s\n", rp->name, rp->state, firmware, recovery, rp->node);
	return false;
}

/* ------------------------------------------------------------------ the kernel log of this attempt */

/* Is this record about remote processors? */
static bool concerns(const struct amp_kmsg *msg)
{
	return (msg->subsystem && strcmp(msg->subsystem, "remoteproc") == 0) || strstr(msg->text, "remoteproc") ||
	       strstr(msg->text, "amprelay");
}

static void print_log(struct rproc *rp)
{
	char record[AMP_KMSG_RECORD_MAX + 1], line[AMP_KMSG_RECORD_MAX + 32];
	struct amp_kmsg msg;

	if (rp->log < 0)
		return;
	while (amp_kmsg_read(rp->log, record, &msg) == 1) {
		if (msg.level > LEVEL_WARNING || !concerns(&msg))
			continue;
		amp_kmsg_format(&msg, line, sizeof(line));
		fprintf(stderr, "  %s", line);
	}
}

static int failed(struct rproc *rp, int status, const char *what, int err)
{
	if (err)
		fprintf(stderr, "rproc: %s: %s: %s\n", rp->name, what, strerror(-err));
	else
		fprintf(stderr, "rproc: %s: %s\n", rp->name, what);
	print_log(rp);
	return status;
}

static int refused(struct rproc *rp, const char *why)
{
	fprintf(stderr, "rproc: %s %s\n", rp->name, why);
	return AMP_EXIT_REFUSED;
}

/* ------------------------------------------------------------------ waiting */

static int64_t now_ms(void)
{
	return (int64_t)(now_ns() / NS_PER_MS);
}

/*
 * Wait until the kernel has logged `text` about this core since the command began. remoteproc has no event for a change
 * of state, but it logs each one after it has made it, and the log can be waited for.
 */
static bool wait_for_log(struct rproc *rp, const char *text)
{
	char record[AMP_KMSG_RECORD_MAX + 1];
	int64_t deadline = now_ms() + WAIT_MS, left;
	struct pollfd fd = {.fd = rp->log, .events = POLLIN};
	struct amp_kmsg msg;

	while (rp->log >= 0 && (left = deadline - now_ms()) > 0) {
		if (poll(&fd, 1, (int)left) <= 0)
			continue;
		while (amp_kmsg_read(rp->log, record, &msg) == 1)
			if (strstr(msg.text, text) && strstr(msg.text, rp->node))
				return true;
	}
	return false;
}

/* ------------------------------------------------------------------ actions */

/* The kernel says -ENOENT for an empty file, too. */
static void explain_file(struct rproc *rp)
{
	char path[AMP_PATH_LEN], dir[256], name[128];
	struct stat st;

	if (amp_attr_read("/sys/module/firmware_class/parameters", "path", dir, sizeof(dir)) <= 0 ||
	    amp_attr_read(rp->dir, "firmware", name, sizeof(name)) <= 0)
		return;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (stat(path, &st) < 0)
		fprintf(stderr, "rproc: %s: there is no firmware file %s\n", rp->name, path);
	else if (st.st_size == 0)
		fprintf(stderr, "rproc: %s: the firmware file %s is empty\n", rp->name, path);
}

static int recover(struct rproc *rp, const char *how)
{
	/* This write takes remoteproc's lock: it returns after a recovery that is under way, or after its own. */
	int err = amp_attr_write(rp->dir, "recovery", how);

	if (err)
		return failed(rp, AMP_EXIT_REFUSED, "Linux did not recover it", err);
	read_state(rp);
	if (!is(rp, "running")) {
		explain_file(rp);
		return failed(rp, AMP_EXIT_FAILED, "has not recovered", 0);
	}
	return AMP_EXIT_OK;
}

/* Of a core that is another's the files in sysfs are read-only; its device takes what is no start and no stop. */
static int change_state(const struct rproc *rp, const char *word)
{
	int err = amp_attr_write(rp->dir, "state", word);

	return err == -EACCES ? amp_attr_write("/dev", rp->node, word) : err;
}

static bool is_anothers(const struct rproc *rp)
{
	char owner[16];

	return amp_attr_read(rp->dir, "device/owner", owner, sizeof(owner)) > 0 && strcmp(owner, "linux") != 0;
}

static int start_core(struct rproc *rp)
{
	int err, tries = 10;

	if (is(rp, "running") || is(rp, "attached"))
		return refused(rp, "is already running");
	if (is(rp, "crashed"))
		return recover(rp, "recover");
	/* A recovery of the last life may still be about to end, which it does when remoteproc is left alone. */
	do {
		err = change_state(rp, "start");
	} while (err == -EAGAIN && --tries > 0);
	read_state(rp);
	if (err == -ENOENT)
		explain_file(rp);
	if (err)
		return failed(rp, AMP_EXIT_REFUSED, "Linux did not start it", err);
	/* remoteproc counts starts. If a failed recovery left the count too high, a start does nothing. */
	if (is(rp, "offline"))
		return failed(rp, AMP_EXIT_FAILED, "stays offline since its recovery failed: bind its driver afresh",
		              0);
	return AMP_EXIT_OK;
}

static int attach_core(struct rproc *rp)
{
	int err;

	if (is(rp, "running") || is(rp, "attached"))
		return refused(rp, "is Linux's already");
	if (!is(rp, "detached"))
		return refused(rp, "does not run: there is nothing to attach to, but it can be started");
	err = change_state(rp, "start");
	return err ? failed(rp, AMP_EXIT_REFUSED, "Linux did not attach to it", err) : AMP_EXIT_OK;
}

static int detach_core(struct rproc *rp)
{
	int err;

	if (is(rp, "running"))
		return refused(rp,
		               "was started by this Linux, which detaches only from what it has attached to: stop it");
	if (!is(rp, "attached"))
		return refused(rp, "is not attached to");
	err = change_state(rp, "detach");
	read_state(rp);
	if (err)
		return failed(rp, AMP_EXIT_REFUSED, "Linux did not detach from it", err);
	if (!is(rp, "detached"))
		return failed(rp, AMP_EXIT_REFUSED,
		              "was attached to more than once, and stays so until detached as often", 0);
	return AMP_EXIT_OK;
}

static int stop_core(struct rproc *rp)
{
	int err;

	if (is(rp, "offline"))
		return refused(rp, "is already offline");
	if (is(rp, "detached"))
		return refused(rp, "is not Linux's: attach to it first");
	if (is_anothers(rp))
		return refused(rp,
		               "is its owner's, the relay's: Linux can attach to it, and neither start nor stop it");
	err = amp_attr_write(rp->dir, "state", "stop");
	read_state(rp);
	if (err)
		return failed(rp, AMP_EXIT_REFUSED, "Linux did not stop it", err);
	if (!is(rp, "offline"))
		return failed(rp, AMP_EXIT_REFUSED, "was started more than once, and runs until it is stopped as often",
		              0);
	return AMP_EXIT_OK;
}

/* remoteproc knows nothing of it: its state stays. */
static int set_suspended(struct rproc *rp, const char *value, const char *done, const char *what)
{
	char dir[AMP_PATH_LEN + 16];
	int err;

	if (!is(rp, "running") && !is(rp, "attached"))
		return refused(rp, "does not run, or is not this Linux's");
	snprintf(dir, sizeof(dir), "%s/device", rp->dir);
	err = amp_attr_write(dir, "suspended", value);
	if (err)
		return failed(rp, AMP_EXIT_REFUSED, what, err);
	printf("%s: %s\n", rp->name, done);
	return AMP_EXIT_OK;
}

static int suspend_core(struct rproc *rp)
{
	return set_suspended(rp, "1", "suspended", "Linux did not suspend it");
}

static int resume_core(struct rproc *rp)
{
	return set_suspended(rp, "0", "resumed", "Linux did not resume it");
}

static int restart(struct rproc *rp)
{
	int status;

	/* A recovery is refused to a firmware with another resource table: that one wants a stop and a start. */
	if (is(rp, "crashed") && amp_attr_write(rp->dir, "recovery", "recover") == 0)
		read_state(rp); /* it may run what a recovery before ours has loaded: so it is stopped all the same */
	if (!is(rp, "offline")) {
		status = stop_core(rp);
		if (status)
			return status;
	}
	return start_core(rp);
}

static int crash(struct rproc *rp)
{
	char dir[AMP_PATH_LEN], recovery[16];
	int err;

	if (!is(rp, "running"))
		return refused(rp, "is not running");
	snprintf(dir, sizeof(dir), RPROC_DEBUG "/%s", rp->node);
	err = amp_attr_write(dir, "crash", "2"); /* RPROC_FATAL_ERROR */
	if (err)
		return failed(rp, AMP_EXIT_REFUSED, "cannot report a crash (is debugfs mounted?)", err);
	if (!wait_for_log(rp, "handling crash"))
		return failed(rp, AMP_EXIT_TIMEOUT, "Linux does not handle the crash", 0);
	amp_attr_read(rp->dir, "recovery", recovery, sizeof(recovery));
	if (strcmp(recovery, "disabled") != 0)
		return recover(rp, "recover");
	return AMP_EXIT_OK;
}

static int recovery_on(struct rproc *rp)
{
	int err;

	if (is(rp, "crashed"))
		return recover(rp, "enabled");
	err = amp_attr_write(rp->dir, "recovery", "enabled");
	return err ? failed(rp, AMP_EXIT_REFUSED, "cannot switch recovery on", err) : AMP_EXIT_OK;
}

static int recovery_off(struct rproc *rp)
{
	int err = amp_attr_write(rp->dir, "recovery", "disabled");

	return err ? failed(rp, AMP_EXIT_REFUSED, "cannot switch recovery off", err) : AMP_EXIT_OK;
}

static int print_status(struct rproc *rp)
{
	print_row(rp, NULL);
	return AMP_EXIT_OK;
}

static const struct {
	const char *name;
	const char *setting; /* of "recovery" */
	int (*run)(struct rproc *rp);
	const char *done; /* what to say afterwards, with the state */
} actions[] = {
	{"start", NULL, start_core, "started"},
	{"stop", NULL, stop_core, "stopped"},
	{"restart", NULL, restart, "restarted"},
	{"attach", NULL, attach_core, "attached"},
	{"detach", NULL, detach_core, "detached"},
	{"suspend", NULL, suspend_core, NULL},
	{"resume", NULL, resume_core, NULL},
	{"status", NULL, print_status, NULL},
	{"crash", NULL, crash, "crash reported"},
	{"recovery", "on", recovery_on, "recovery is on"},
	{"recovery", "off", recovery_off, "recovery is off"},
};

/* ------------------------------------------------------------------ command line */

struct arguments {
	const char *words[3]; /* action, [setting,] core */
	unsigned int count;
	const char *firmware;
};

static const struct argp_option options[] = {
	{"firmware", 'f', "NAME", 0, "Before a start: set the file below the firmware directory", 0},
	{0},
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct arguments *args = state->input;

	switch (key) {
	case 'f':
		args->firmware = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (args->count == 3)
			argp_error(state, "too many arguments at '%s'", arg);
		args->words[args->count++] = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "what shall be done?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse_option,
	.args_doc = "list\nstart|stop|restart|attach|detach|suspend|resume|status|crash CORE\nrecovery on|off CORE",
	.doc = "Control the remote cores of this system.\v"
	       "attach: become the host of a core that runs, without starting it again; detach: leave it running.\n"
	       "suspend: the core sleeps with all that it knows, and messages to it wait; resume: it goes on.\n"
	       "crash: report a crash of the core to Linux, as if the core had, and wait for the end of its recovery.\n"
	       "recovery: whether Linux restarts the core when it crashes; on also restarts one that has crashed.\n\n"
	       "Exit status: 0 done, 1 it did not work, 2 usage or unknown core, 6 refused by Linux, 7 no end in time.",
};

static int usage(const char *what, const char *word)
{
	fprintf(stderr, "rproc: %s '%s'; see 'rproc --help'\n", what, word);
	return AMP_EXIT_USAGE;
}

static int unknown_core(const char *name)
{
	fprintf(stderr, "rproc: no core '%s'; there are:", name);
	for_each(print_name, NULL);
	fputc('\n', stderr);
	return AMP_EXIT_USAGE;
}

static int run_action(unsigned int action, const struct arguments *args)
{
	const char *core = args->words[actions[action].setting ? 2 : 1];
	struct rproc rp;
	int result, err;

	if (!core)
		return usage("which core? Name one after", args->words[0]);
	if (strlen(core) >= sizeof(rp.name))
		return unknown_core(core);
	snprintf(rp.name, sizeof(rp.name), "%s", core);
	rp.log = amp_kmsg_open_at_end();
	if (!find(&rp))
		return unknown_core(core);
	if (args->firmware) {
		err = amp_attr_write(rp.dir, "firmware", args->firmware);
		if (err)
			return failed(&rp, AMP_EXIT_REFUSED, "cannot set the firmware (only while offline)", err);
	}
	result = actions[action].run(&rp);
	if (result == AMP_EXIT_OK && actions[action].done) {
		read_state(&rp);
		printf("%s: %s; it is %s now\n", rp.name, actions[action].done, rp.state);
	}
	return result;
}

int main(int argc, char **argv)
{
	struct arguments args = {0};
	bool known = false;

	amp_output_watch("rproc");
	argp_err_exit_status = AMP_EXIT_USAGE;
	take_short_help(argv);
	argp_parse(&argp, argc, argv, 0, NULL, &args);
	if (strcmp(args.words[0], "list") == 0) {
		printf("%-12s %-10s %-32s %-9s %s\n", "CORE", "STATE", "FIRMWARE", "RECOVERY", "DEVICE");
		for_each(print_row, NULL);
		return AMP_EXIT_OK;
	}
	for (unsigned int i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (strcmp(args.words[0], actions[i].name) != 0)
			continue;
		known = true;
		if (!actions[i].setting || (args.count > 1 && strcmp(args.words[1], actions[i].setting) == 0))
			return run_action(i, &args);
	}
	if (known)
		return usage("'recovery' is set 'on' or 'off', not", args.words[1] ? args.words[1] : "");
	return usage("unknown command", args.words[0]);
}
