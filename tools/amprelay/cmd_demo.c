// SPDX-License-Identifier: GPL-2.0-only
/*
 * demo: bring-up, message, failure, detection, recovery, on a lab of its own, as they happen.
 *
 * The lab is started by this program's own `up`, with a lifeline: should the demonstration die in any way, the lab goes
 * with it. One `rpmsg watch` in the guest then drives everything: it reports each life of the echo channel, and with
 * each report the next fault is committed.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"
#include "demo_report.h"
#include "event_reader.h"
#include "lab.h"

#define CORE    "m3"
#define STEP_MS 30000 /* no single step may take longer */

/* Step 4 and 5 are the first; the next four are shown one by one; the rest make the statistics. */
static const char *const faults[] = {
	"undef", "stack",  "kill",  "hang", "starve", "bus",   "divzero", "assert", "lockup",  "kill",   "sleep",
	"bus",   "assert", "stack", "kill", "lockup", "undef", "divzero", "bus",    "divzero", "assert", "kill",
};
#define NUM_FAULTS (sizeof(faults) / sizeof(faults[0]))
#define NUM_SHOWN  5

struct demo {
	const char *report_path, *firmware, *lab_dir;
	char name[AMP_LAB_NAME_MAX + 1];
	char *state_dir;
	int lifeline; /* write end: closing it ends the lab */
	int signal_fd;
	bool interrupted, failed;
	double start;
	struct demo_report report;
	struct event_reader events;
	size_t next; /* index of the fault under way, or to be committed */
	char line[256];
	size_t used;
};

enum {
	KEY_REPORT = 0x4000,
	KEY_FIRMWARE,
	KEY_LAB
};

static const struct argp_option options[] = {
	{"report", KEY_REPORT, "FILE", 0, "Write what was measured as JSON", 0},
	{"firmware", KEY_FIRMWARE, "FILE|DIR", 0, "Your firmware, as for 'amprelay up'", 0},
	{"lab", KEY_LAB, "DIR", 0, "The lab's files, as for 'amprelay up'", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct demo *d = state->input;

	switch (key) {
	case KEY_REPORT:
		d->report_path = arg;
		return 0;
	case KEY_FIRMWARE:
		d->firmware = arg;
		return 0;
	case KEY_LAB:
		d->lab_dir = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Show the five steps of a bring-up on a lab of its own: Linux boots, starts the remote core, a channel "
	       "works, a "
	       "forced failure is detected, the system recovers. Then break the core in four more ways, and measure at "
	       "least 20 recoveries.\vExit status 0 only if every step held.",
	.children = amp_cli_common,
};

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double event_ms(const json_t *event)
{
	return (double)amp_event_integer(event, "t", 0) / 1e6;
}

/* ---- what a person sees */

__attribute__((format(printf, 5, 6))) static void step(struct demo *d, const char *name, bool ok, double ms,
                                                       const char *format, ...)
{
	va_list args;

	amp_demo_report_step(&d->report, name, ok, ms);
	d->failed |= !ok;
	printf("%s%zu  %-34s%s %7.1f ms  ", amp_cli_color(ok ? COLOR_GOOD : COLOR_BAD),
	       json_array_size(d->report.steps), name, amp_cli_color(COLOR_END), ms);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("%s\n", ok ? "" : "   FAILED");
	fflush(stdout);
}

static void remark(const char *text)
{
	printf("%-49s%s\n", "", text);
	fflush(stdout);
}

/* ---- the lab */

static int spawn_up(struct demo *d, int lifeline)
{
	char fd[16];
	const char *argv[16] = {"amprelay", "--name", d->name, "up", "--lifeline", fd};
	int argc = 6, status;
	pid_t pid;

	snprintf(fd, sizeof(fd), "%d", lifeline);
	if (d->firmware) {
		argv[argc++] = "--firmware";
		argv[argc++] = d->firmware;
	}
	if (d->lab_dir) {
		argv[argc++] = "--lab";
		argv[argc++] = d->lab_dir;
	}
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return AMP_EXIT_FAILED;
	if (!pid) {
		sigset_t none;
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		if (null >= 0)
			dup2(null, STDOUT_FILENO);
		execv("/proc/self/exe", (char *const *)argv);
		_exit(AMP_EXIT_FAILED);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : AMP_EXIT_FAILED;
}

static int bring_up(struct demo *d)
{
	int ends[2], err;

	if (pipe2(ends, O_CLOEXEC))
		return AMP_EXIT_FAILED;
	fcntl(ends[0], F_SETFD, 0); /* the relay inherits the reading end, and only that */
	err = spawn_up(d, ends[0]);
	close(ends[0]);
	d->lifeline = ends[1];
	if (!err && amp_event_reader_open(&d->events, d->state_dir))
		err = AMP_EXIT_FAILED;
	return err;
}

/* The next record named `ev`; its time counts. NULL: it did not come. */
static json_t *find_event(struct demo *d, const char *ev, int timeout_ms)
{
	char text[64], why[128];
	struct event_filter *filter;
	json_t *record = NULL;

	snprintf(text, sizeof(text), "ev=%s", ev);
	filter = amp_event_filter_parse(text, why, sizeof(why));
	if (amp_event_reader_find(&d->events, filter, -1, timeout_ms, &record) != 1)
		record = NULL;
	amp_event_filter_free(filter);
	return record;
}

/* ---- running things in the guest */

static int on_signal(void *context, int signal)
{
	struct demo *d = context;

	(void)signal;
	d->interrupted = true;
	return -1;
}

struct text {
	struct demo *demo;
	char data[512];
	size_t used;
};

static bool keep_text(void *context, char stream, const void *data, size_t len)
{
	struct text *t = context;

	if (stream == 'O') {
		len = len < sizeof(t->data) - 1 - t->used ? len : sizeof(t->data) - 1 - t->used;
		memcpy(t->data + t->used, data, len);
		t->used += len;
	}
	return true;
}

static int text_signal(void *context, int signal)
{
	return on_signal(((struct text *)context)->demo, signal);
}

/* Runs a command; `t` gets the beginning of its output. @return its exit status */
static int guest(struct demo *d, char *const *argv, struct text *t)
{
	const struct client_io io = {.timeout_ms = STEP_MS,
	                             .has_signals = true,
	                             .signal_fd = d->signal_fd,
	                             .context = t,
	                             .on_output = keep_text,
	                             .on_signal = text_signal};
	struct client_result result;
	int exit;

	*t = (struct text){.demo = d};
	exit = amp_client_exec(d->name, argv, &io, &result);
	t->data[t->used] = '\0';
	t->data[strcspn(t->data, "\n")] = '\0';
	if (exit && result.error[0] && !d->interrupted)
		amp_cli_error("%s", result.error);
	amp_client_release(&result);
	return exit;
}

/* ---- the five steps */

static void show_boot(struct demo *d)
{
	json_t *agent = find_event(d, "agent.up", STEP_MS), *core = find_event(d, "core.ready", STEP_MS);
	struct text release, firmware;

	guest(d, (char *[]){"uname", "-sr", NULL}, &release);
	d->report.boot_ms = agent ? event_ms(agent) - d->start : 0;
	step(d, "Linux boots", agent != NULL, d->report.boot_ms, "%s on arm64", release.data);
	guest(d, (char *[]){"cat", "/sys/class/remoteproc/remoteproc0/firmware", NULL}, &firmware);
	step(d, "remoteproc starts the Cortex-M3", core != NULL, core ? event_ms(core) - d->start : 0, "%s",
	     firmware.data);
	json_decref(agent);
	json_decref(core);
}

static void show_channel(struct demo *d)
{
	struct text t;
	bool ok = !guest(d, (char *[]){"rpmsg", "ping", "amp-echo", "-q", "-c", "1", "-s", "16", "--wait", "10", NULL},
	                 &t);
	double first = now_ms();
	json_t *figures;

	d->report.first_message_ms = first - d->start;
	ok = ok &&
	     !guest(d, (char *[]){"rpmsg", "ping", "amp-echo", "-q", "-c", "1000", "-s", "16", "--json", NULL}, &t);
	figures = ok ? json_loads(t.data, 0, NULL) : NULL;
	d->report.echo_median_us = json_number_value(json_object_get(json_object_get(figures, "us"), "median"));
	d->report.echo_p99_us = json_number_value(json_object_get(json_object_get(figures, "us"), "p99"));
	json_decref(figures);
	step(d, "an RPMsg channel works", ok, d->report.first_message_ms,
	     "1000 echoes of 16 bytes: median %.0f us, p99 %.0f us", d->report.echo_median_us, d->report.echo_p99_us);
	/* the kernel's own sample driver has been counting its 100 messages meanwhile */
	if (guest(d,
	          (char *[]){"sh", "-c", "timeout 5 grep -m1 'rpmsg_client_sample.*incoming msg 100 ' /dev/kmsg", NULL},
	          &t)) {
		d->failed = true;
		remark("Linux's rpmsg_client_sample did not finish   FAILED");
	} else {
		remark("Linux's own rpmsg_client_sample: 100 messages answered");
	}
}

static void commit(struct demo *d)
{
	struct client_result result;

	if (amp_client_fault(d->name, CORE, faults[d->next], &result)) {
		amp_cli_error("fault %s: %s", faults[d->next], result.error);
		d->failed = true;
	}
	amp_client_release(&result);
}

static void show_recovery(struct demo *d, const struct demo_recovery *r, const char *where)
{
	if (!d->next) {
		step(d, "a forced failure is detected", true, r->detected_ms, "'%s': the %s reports: %s%s%s", r->fault,
		     r->detector, r->text, where[0] ? " at " : "", where);
		step(d, "the system recovers", true, r->recovered_ms, "remoteproc restarted the core, an echo is back");
		printf("\nBreaking it in %d more ways, each with its recovery:\n", NUM_SHOWN - 1);
	} else if (d->next < NUM_SHOWN) {
		printf("   %-8s detected after %7.1f ms by %-14s back after %7.1f ms  %.*s\n", r->fault, r->detected_ms,
		       r->detector, r->recovered_ms, (int)strcspn(r->text, ";"), r->text);
		if (d->next == NUM_SHOWN - 1)
			printf("\n%zu more, for the statistics:", NUM_FAULTS - NUM_SHOWN);
	} else {
		printf(" %s", r->fault);
		if (d->next == NUM_FAULTS - 1)
			printf("\n\n");
	}
	fflush(stdout);
}

/* The echo channel is back: account for the fault before. */
static void account(struct demo *d, double echo_ms)
{
	json_t *fault = find_event(d, "core.fault", 1000), *crash = find_event(d, "core.crash", 1000);
	struct demo_recovery r = {
		.fault = faults[d->next],
		.detector = amp_event_string(crash, "detector"),
		.text = amp_event_string(crash, "text"),
		.detected_ms = event_ms(crash) - event_ms(fault),
		.recovered_ms = echo_ms - event_ms(fault),
	};

	if (!fault || !crash) {
		step(d, "detection", false, 0, "the flight record lacks the crash by '%s'", faults[d->next]);
	} else {
		amp_demo_report_recovery(&d->report, &r);
		show_recovery(d, &r, amp_event_string(crash, "pc_sym"));
	}
	json_decref(fault);
	json_decref(crash);
	d->next++;
}

/* A line of `rpmsg watch`. @return false to end it */
static bool on_line(struct demo *d, bool *first)
{
	double now = now_ms();

	if (strncmp(d->line, "echo ", 5) != 0)
		return true;
	if (*first)
		*first = false;
	else
		account(d, now);
	if (d->failed || d->next == NUM_FAULTS)
		return false;
	commit(d);
	return !d->failed;
}

struct watch {
	struct demo *demo;
	bool first;
};

static bool on_watch(void *context, char stream, const void *data, size_t len)
{
	struct watch *w = context;
	struct demo *d = w->demo;

	for (size_t i = 0; stream == 'O' && i < len; i++) {
		char c = ((const char *)data)[i];

		if (c != '\n') {
			if (d->used < sizeof(d->line) - 1)
				d->line[d->used++] = c;
			continue;
		}
		d->line[d->used] = '\0';
		d->used = 0;
		if (!on_line(d, &w->first))
			return false;
	}
	return true;
}

static int watch_signal(void *context, int signal)
{
	return on_signal(((struct watch *)context)->demo, signal);
}

static void show_faults(struct demo *d)
{
	struct watch w = {.demo = d, .first = true};
	const struct client_io io = {.timeout_ms = (int)NUM_FAULTS * STEP_MS / 4,
	                             .has_signals = true,
	                             .signal_fd = d->signal_fd,
	                             .context = &w,
	                             .on_output = on_watch,
	                             .on_signal = watch_signal};
	struct client_result result;

	amp_client_exec(d->name, (char *[]){"rpmsg", "watch", "amp-echo", NULL}, &io, &result);
	if (d->next < NUM_FAULTS && !d->interrupted && !d->failed) {
		d->failed = true;
		amp_cli_error("no echo after fault '%s': %s", faults[d->next],
		              result.error[0] ? result.error : "it ended early");
	}
	amp_client_release(&result);
}

/* ---- all of it */

static void end_lab(struct demo *d)
{
	struct client_result result;

	amp_client_request(d->name, json_pack("{s:s}", "cmd", "down"), NULL, &result);
	amp_client_release(&result);
	if (d->lifeline >= 0)
		close(d->lifeline);
}

static int play(struct demo *d)
{
	int err = bring_up(d);

	if (err)
		return err;
	show_boot(d);
	if (!d->failed && !d->interrupted)
		show_channel(d);
	if (!d->failed && !d->interrupted)
		show_faults(d);
	return d->failed ? AMP_EXIT_FAILED : AMP_EXIT_OK;
}

static int conclude(struct demo *d, int err)
{
	double seconds = (now_ms() - d->start) / 1e3;

	if (d->interrupted) {
		fflush(stdout);
		amp_cli_error("interrupted: the demonstration's lab was taken down");
		return AMP_EXIT_INTERRUPTED;
	}
	if (json_array_size(d->report.recoveries))
		amp_demo_report_print(&d->report);
	if (d->report_path && json_array_size(d->report.steps)) {
		int failure = amp_demo_report_write(&d->report, d->report_path);

		if (failure) {
			amp_cli_error("report %s: %s", d->report_path, strerror(-failure));
			err = err ? err : AMP_EXIT_FAILED;
		} else {
			printf("Report: %s\n", d->report_path);
		}
	}
	if (err)
		amp_cli_error("the demonstration failed; what happened is in %s", d->state_dir);
	else
		printf("Done in %.1f s. Go on with: amprelay up\n", seconds);
	return err;
}

/* A demonstration that went well leaves no logs behind. */
static void remove_state(const struct demo *d)
{
	pid_t pid = fork();

	if (!pid) {
		execlp("rm", "rm", "-rf", "--", d->state_dir, (char *)NULL);
		_exit(1);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

int cmd_demo(int argc, char **argv)
{
	struct demo d = {.lifeline = -1, .start = now_ms()};
	sigset_t set;
	int err;

	amp_cli_parse(&argp, argc, argv, 0, &d);
	if (strcmp(amp_cli.lab, AMP_CLI_DEFAULT_LAB) != 0)
		snprintf(d.name, sizeof(d.name), "%s", amp_cli.lab);
	else
		snprintf(d.name, sizeof(d.name), "demo-%ld", (long)getpid()); /* any number of them side by side */
	d.state_dir = amp_lab_state_dir(d.name);
	amp_demo_report_init(&d.report);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	d.signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	printf("AmpRelay: an arm64 Linux and a Cortex-M3, each a stock QEMU, joined into one virtual SoC\n\n");

	err = play(&d);
	if (err == AMP_EXIT_INTERRUPTED)
		d.interrupted = true;
	end_lab(&d);
	err = conclude(&d, err);
	if (!err || d.interrupted)
		remove_state(&d);
	amp_demo_report_free(&d.report);
	free(d.state_dir);
	return err;
}
