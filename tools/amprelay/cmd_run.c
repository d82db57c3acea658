// SPDX-License-Identifier: GPL-2.0-only
/* run: a firmware in a lab of its own, its log as it comes, and what a debugger says of it if it crashes. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"
#include "common/output.h"
#include "demo.h"
#include "event_reader.h"
#include "lab_dir.h"
#include "lab_files.h"
#include "log_merge.h"
#include "terminal.h"
#include "text_file.h"

#define DEFAULT_LAB "run" /* whose records the next run replaces */
#define DEBUGGER    "gdb-multiarch"
#define REPORT_MAX  65536

struct arguments {
	const char *file, *soc, *lab_dir;
	int for_ms; /* -1: until it crashes */
};

struct run {
	const char *lab;
	char *state_dir;
	int lifeline, watch, signal_fd;
	int64_t end; /* ms, -1 = never */
	struct event_reader events;
	struct log_merge logs;
	json_t *crash; /* the record core.crash */
	char dump[PATH_MAX];
	bool over; /* the lab went down */
	bool interrupted;
};

enum {
	KEY_FOR = 0x6000,
	KEY_SOC,
	KEY_LAB
};

static const struct argp_option options[] = {
	{"for", KEY_FOR, "S", 0, "End well after so many seconds", 0},
	{"soc", KEY_SOC, "NAME|FILE", 0, "Which SoC, as for 'amprelay up'", 0},
	{"lab", KEY_LAB, "DIR", 0, "The lab's files, as for 'amprelay up'", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case KEY_FOR:
		a->for_ms = amp_cli_seconds(arg, "--for");
		return 0;
	case KEY_SOC:
		a->soc = arg;
		return 0;
	case KEY_LAB:
		a->lab_dir = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (a->file)
			return ARGP_ERR_UNKNOWN;
		a->file = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		amp_cli_usage("run which firmware? 'amprelay run FILE.elf'");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "FILE.elf",
	.doc = "Start a firmware in a lab of its own and show what it writes, until it crashes, the time is over, or "
	       "Ctrl-C. Of a crash, the report is printed, and the calls that led to it, if " DEBUGGER
	       " is installed. The lab is called '" DEFAULT_LAB
	       "' without --name; its records stay.\vExit status: 1 after a "
	       "crash, 0 if there was none until the end of --for, 130 after Ctrl-C; as 'amprelay up' if it did not "
	       "start.",
	.children = amp_cli_common,
};

/* ------------------------------------------------------------------ beginning and end */

static int start_lab(struct run *run, const struct arguments *a)
{
	const char *argv[16] = {"amprelay", "--name", run->lab, "up", "--firmware", a->file};
	int ends[2], argc = 6, null, status;
	char fd[16];

	if (pipe2(ends, O_CLOEXEC))
		return AMP_EXIT_FAILED;
	fcntl(ends[0], F_SETFD, 0); /* the relay inherits the reading end, and only that */
	snprintf(fd, sizeof(fd), "%d", ends[0]);
	argv[argc++] = "--lifeline";
	argv[argc++] = fd;
	if (a->soc) {
		argv[argc++] = "--soc";
		argv[argc++] = a->soc;
	}
	if (a->lab_dir) {
		argv[argc++] = "--lab";
		argv[argc++] = a->lab_dir;
	}
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	status = amp_demo_reap(amp_demo_spawn(argv, null));
	close(ends[0]);
	if (null >= 0)
		close(null);
	run->lifeline = ends[1];
	return status;
}

static void end_lab(struct run *run)
{
	struct client_result result;

	amp_client_request(run->lab, json_pack("{s:s}", "cmd", "down"), NULL, &result);
	amp_client_release(&result);
	close(run->lifeline);
}

/* ------------------------------------------------------------------ while it runs */

static bool is_core(const char *source)
{
	return strcmp(source, "linux") != 0 && strcmp(source, "kernel") != 0 && strcmp(source, "relay") != 0;
}

static void show_logs(struct run *run)
{
	struct log_source *source;

	amp_merge_discover(&run->logs);
	while ((source = amp_merge_next(&run->logs, false))) {
		if (is_core(source->name) && !amp_cli.json) {
			printf("%s%-6s |%s ", amp_cli_color(COLOR_DIM), source->name, amp_cli_color(COLOR_END));
			amp_terminal_puts(source->line, stdout);
			putchar('\n');
		}
		source->line = NULL;
	}
	amp_output_flush();
}

static bool is_of_crash(const struct run *run, const json_t *event)
{
	return strcmp(amp_event_string(event, "core"), amp_event_string(run->crash, "core")) == 0 &&
	       amp_event_integer(event, "epoch", -1) == amp_event_integer(run->crash, "epoch", 0);
}

/* @return true when there is no more to wait for */
static bool take_event(struct run *run, json_t *event)
{
	const char *ev = amp_event_string(event, "ev");

	if (!run->crash && strcmp(ev, "core.crash") == 0)
		run->crash = json_incref(event);
	else if (run->crash && strcmp(ev, "core.dump") == 0 && strcmp(amp_event_string(event, "by"), "relay") == 0 &&
	         is_of_crash(run, event))
		snprintf(run->dump, sizeof(run->dump), "%s/%s", run->state_dir, amp_event_string(event, "file"));
	else if (strcmp(ev, "lab.down") == 0)
		run->over = true;
	return run->dump[0] || run->over;
}

static bool take_events(struct run *run)
{
	bool done = false;
	json_t *event;

	while (!done && amp_event_reader_next(&run->events, 0, &event) == 1) {
		done = take_event(run, event);
		json_decref(event);
	}
	return done;
}

/* Until something is written, a signal, or the end of the time. @return false when it is time to go */
static bool wait_for_more(struct run *run)
{
	struct pollfd fds[] = {{.fd = run->watch, .events = POLLIN}, {.fd = run->signal_fd, .events = POLLIN}};
	int64_t left = run->end < 0 ? -1 : run->end - amp_cli_now_ms();

	/* the report of a crash is waited for in any case: the relay writes it, or its lab goes down */
	if (run->crash)
		left = -1;
	else if (run->end >= 0 && left <= 0)
		return false;
	if (poll(fds, 2, (int)left) < 0 && errno != EINTR)
		return false;
	run->interrupted = fds[1].revents != 0;
	if (fds[0].revents)
		amp_dir_watch_wait(run->watch, 0);
	return !run->interrupted;
}

static int watch_it(struct run *run)
{
	run->watch = amp_dir_watch_open(run->state_dir);
	if (run->watch < 0 || amp_event_reader_open(&run->events, run->state_dir))
		return AMP_EXIT_FAILED;
	if (amp_merge_open(&run->logs, run->state_dir, NULL))
		return AMP_EXIT_FAILED;
	do {
		if (!run->crash)
			show_logs(run);
	} while (!take_events(run) && wait_for_more(run));
	amp_merge_close(&run->logs);
	amp_event_reader_close(&run->events);
	close(run->watch);
	return AMP_EXIT_OK;
}

/* ------------------------------------------------------------------ after a crash */

/* The dump's name with another ending. */
static void beside(const struct run *run, const char *suffix, char path[PATH_MAX])
{
	const char *dot = strrchr(run->dump, '.');

	snprintf(path, PATH_MAX, "%.*s%s", (int)(dot ? dot - run->dump : 0), run->dump, suffix);
}

static void show_report(const struct run *run)
{
	char path[PATH_MAX], *text;

	beside(run, ".txt", path);
	text = amp_text_file_read(path, REPORT_MAX, NULL);
	if (!text)
		return;
	putchar('\n');
	for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
		amp_terminal_puts(line, stdout);
		putchar('\n');
	}
	free(text);
}

/* As a debugger reads the stack, in place of the words that look like return addresses. */
static void show_calls(const struct run *run, const char *firmware)
{
	char *debugger = amp_lab_find_program(DEBUGGER);
	pid_t pid;

	if (!debugger) {
		printf("(" DEBUGGER " is not installed: it would show the calls that led there)\n");
		return;
	}
	printf("calls\n");
	amp_output_flush();
	pid = fork();
	if (pid == 0) {
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		execl(debugger, DEBUGGER, "-nx", "-batch", "-iex", "set auto-load off", "-ex", "bt", firmware,
		      run->dump, (char *)NULL);
		_exit(127);
	}
	if (pid > 0)
		amp_demo_reap(pid);
	free(debugger);
}

static int conclude(struct run *run, const char *firmware)
{
	if (amp_cli.json) {
		amp_cli_print_json(json_pack("{s:b, s:O?, s:s}", "crashed", run->crash != NULL, "crash", run->crash,
		                             "dump", run->dump));
	} else if (run->crash) {
		if (run->dump[0]) {
			show_report(run);
			show_calls(run, firmware);
		}
		fflush(stdout);
		amp_cli_error("%s crashed, noticed by %s: %s", amp_event_string(run->crash, "core"),
		              amp_event_string(run->crash, "detector"), amp_event_string(run->crash, "text"));
	}
	if (run->interrupted)
		return AMP_EXIT_INTERRUPTED;
	if (run->over && !run->crash)
		amp_cli_error("lab '%s' went down: 'amprelay logs relay' says why", run->lab);
	return run->crash || run->over ? AMP_EXIT_FAILED : AMP_EXIT_OK;
}

int cmd_run(int argc, char **argv)
{
	struct arguments a = {.for_ms = -1};
	struct run run = {.lifeline = -1};
	int status;

	amp_cli_parse(&argp, argc, argv, 0, &a);
	if (strcmp(amp_cli.lab, AMP_CLI_DEFAULT_LAB) == 0)
		amp_cli.lab = DEFAULT_LAB;
	run.lab = amp_cli.lab;
	run.state_dir = amp_lab_state_dir(run.lab);
	run.signal_fd = amp_client_catch_signals(0, NULL);
	status = start_lab(&run, &a);
	if (status == AMP_EXIT_OK) {
		run.end = a.for_ms < 0 ? -1 : amp_cli_now_ms() + a.for_ms;
		status = watch_it(&run) ? AMP_EXIT_FAILED : conclude(&run, a.file);
		end_lab(&run);
	} else if (amp_lab_is_held(run.state_dir) && run.lifeline >= 0 && status != AMP_EXIT_LAB_EXISTS) {
		/* it did not start: if it crashed meanwhile, that is what there is to say */
		if (watch_it(&run) == AMP_EXIT_OK && run.crash)
			status = conclude(&run, a.file);
		end_lab(&run);
	}
	json_decref(run.crash);
	free(run.state_dir);
	return status;
}
