// SPDX-License-Identifier: GPL-2.0-only
#include "demo.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"
#include "common/clock.h"
#include "common/output.h"
#include "lab_dir.h"
#include "lab_files.h"
#include "terminal.h"

/* The lab whose records are those of the last demonstration. */
#define DEMO_LAST "demo-last"

double amp_demo_now_ms(void)
{
	return (double)now_ns() / 1e6;
}

double amp_demo_event_ms(const json_t *event)
{
	return (double)amp_event_integer(event, "t", 0) / 1e6;
}

/* ------------------------------------------------------------------ what a person sees */

void amp_demo_step(struct demo *d, const char *name, bool ok, double ms, const char *format, ...)
{
	char text[1024];
	va_list args;

	amp_demo_report_step(&d->report, name, ok, ms);
	d->failed |= !ok;
	printf("%s%-3zu%-34s%s %7.1f ms  ", amp_cli_color(ok ? COLOR_GOOD : COLOR_BAD),
	       json_array_size(d->report.steps), name, amp_cli_color(COLOR_END), ms);
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	amp_terminal_puts(text, stdout); /* much of it is from the guest */
	printf("%s\n", ok ? "" : "   FAILED");
	amp_output_flush();
}

void amp_demo_remark(struct demo *d, bool ok, const char *text)
{
	d->failed |= !ok;
	printf("%-49s%s%s\n", "", text, ok ? "" : "   FAILED");
	amp_output_flush();
}

/* ------------------------------------------------------------------ the lab */

static int spawn_up(struct demo *d, int lifeline)
{
	char fd[16];
	const char *argv[16] = {"amprelay", "--name", d->lab, "up", "--lifeline", fd, "--soc", d->kind->soc};
	int argc = 8, null, status;
	pid_t pid;

	snprintf(fd, sizeof(fd), "%d", lifeline);
	if (d->choice.firmware) {
		argv[argc++] = "--firmware";
		argv[argc++] = d->choice.firmware;
	}
	if (d->choice.lab_dir) {
		argv[argc++] = "--lab";
		argv[argc++] = d->choice.lab_dir;
	}
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	pid = amp_demo_spawn(argv, null);
	status = pid > 0 ? amp_demo_reap(pid) : AMP_EXIT_FAILED;
	if (null >= 0)
		close(null);
	return status;
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

static void end_lab(struct demo *d)
{
	struct client_result result;

	amp_client_request(d->lab, json_pack("{s:s}", "cmd", "down"), NULL, &result);
	amp_client_release(&result);
	if (d->lifeline >= 0)
		close(d->lifeline);
}

json_t *amp_demo_event(struct demo *d, const char *filter, int timeout_ms)
{
	char why[128];
	struct event_filter *parsed = amp_event_filter_parse(filter, why, sizeof(why));
	json_t *record = NULL;

	if (amp_event_reader_find(&d->events, parsed, -1, timeout_ms, &record) != 1)
		record = NULL;
	amp_event_filter_free(parsed);
	return record;
}

void amp_demo_fault(struct demo *d, const char *core, const char *kind)
{
	struct client_result result;

	if (amp_client_fault(d->lab, core, kind, &result)) {
		amp_cli_error("fault %s on %s: %s", kind, core, result.error);
		d->failed = true;
	}
	amp_client_release(&result);
}

/* ------------------------------------------------------------------ the steps of every demonstration */

static const char *what_is(const struct demo *d, const char *name)
{
	for (const struct demo_core *c = d->kind->cores; c->name; c++) {
		if (strcmp(c->name, name) == 0)
			return c->what;
	}
	return name;
}

/* The next core that started, whichever it is: Linux starts them side by side. */
static void show_start(struct demo *d)
{
	json_t *ready = amp_demo_event(d, "ev=core.ready", DEMO_STEP_MS);
	const char *core = amp_event_string(ready, "core");
	struct demo_text text;
	char step[64];

	snprintf(step, sizeof(step), "remoteproc starts %s", what_is(d, core));
	amp_demo_guest(d,
	               (char *[]){"sh", "-c", "cat $(dirname $(grep -lx \"$0\" /sys/class/remoteproc/*/name))/firmware",
	                          (char *)core, NULL},
	               &text);
	amp_demo_step(d, step, ready != NULL, ready ? amp_demo_event_ms(ready) - d->start : 0, "%s",
	              amp_demo_first_line(&text));
	json_decref(ready);
}

void amp_demo_show_boot(struct demo *d)
{
	json_t *agent = amp_demo_event(d, "ev=agent.up", DEMO_STEP_MS);
	struct demo_text text;

	amp_demo_guest(d, (char *[]){"uname", "-sr", NULL}, &text);
	d->report.boot_ms = agent ? amp_demo_event_ms(agent) - d->start : 0;
	amp_demo_step(d, "Linux boots", agent != NULL, d->report.boot_ms, "%s on arm64", amp_demo_first_line(&text));
	json_decref(agent);
	/* a core may have been ready before Linux's agent was */
	amp_event_reader_close(&d->events);
	if (amp_event_reader_open(&d->events, d->state_dir))
		d->failed = true;
	for (const struct demo_core *c = d->kind->cores; c->name && !d->failed; c++)
		show_start(d);
}

/* ------------------------------------------------------------------ all of it */

static int run_demo(struct demo *d)
{
	int err = bring_up(d);

	if (err)
		return err;
	d->kind->play(d);
	return d->failed ? AMP_EXIT_FAILED : AMP_EXIT_OK;
}

/* @return 0, or what it was that made the report's writing fail */
static int write_report(struct demo *d)
{
	int failure;

	if (!d->choice.report_path || !json_array_size(d->report.steps))
		return AMP_EXIT_OK;
	failure = amp_demo_report_write(&d->report, d->choice.report_path);
	if (failure) {
		amp_cli_error("report %s: %s", d->choice.report_path, strerror(-failure));
		return AMP_EXIT_FAILED;
	}
	printf("Report: %s\n", d->choice.report_path);
	return AMP_EXIT_OK;
}

/* Nobody chose the name of its lab: its records are kept under a name that everybody knows. */
static bool is_nameless(const struct demo *d)
{
	return strcmp(d->lab, amp_cli.lab) != 0;
}

static void explain_failure(const struct demo *d)
{
	char *events;

	if (!is_nameless(d)) {
		amp_cli_error("the demonstration failed; what happened is in %s", d->state_dir);
		return;
	}
	if (asprintf(&events, "%s/events.jsonl", d->state_dir) < 0)
		return;
	if (!access(events, F_OK)) {
		fputs("The last events:\n", stderr);
		amp_demo_reap(amp_demo_spawn(
			(const char *[]){"amprelay", "--name", d->lab, "events", "-n", "12", "ev!=clock.set", NULL},
			STDERR_FILENO));
	}
	free(events);
	amp_cli_error("the demonstration failed; its records are kept as those of the lab '" DEMO_LAST "'");
}

/* @return err, or that the report could not be printed */
static int print_json(struct demo *d, int err)
{
	json_t *report = amp_demo_report_json(&d->report);
	bool failed = json_dumpf(report, d->json, JSON_INDENT(2) | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(6)) != 0 ||
	              fputc('\n', d->json) == EOF;

	json_decref(report);
	if (!fclose(d->json) && !failed)
		return err;
	amp_cli_error("standard output: %s", strerror(errno));
	return err ? err : AMP_EXIT_FAILED;
}

static int conclude(struct demo *d, int err)
{
	double seconds = (amp_demo_now_ms() - d->start) / 1e3;
	int failure;

	if (d->interrupted) {
		amp_output_flush();
		amp_cli_error("interrupted: the demonstration's lab was taken down");
		return AMP_EXIT_INTERRUPTED;
	}
	if (json_array_size(d->report.recoveries))
		amp_demo_report_print(&d->report);
	failure = write_report(d);
	err = err ? err : failure;
	if (d->json)
		err = print_json(d, err);
	if (err)
		explain_failure(d);
	else if (strcmp(d->kind->soc, LAB_DEFAULT_SOC) == 0)
		printf("Done in %.1f s. Go on with: amprelay up\n", seconds);
	else
		printf("Done in %.1f s. Go on with: amprelay up --soc %s\n", seconds, d->kind->soc);
	return err;
}

static void remove_dir(const char *dir)
{
	pid_t pid = fork();

	if (!pid) {
		execlp("rm", "rm", "-rf", "--", dir, (char *)NULL);
		_exit(1);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

/* Its records take the place of those of the demonstration before. @return false if they could not */
static bool keep_records(const struct demo *d)
{
	char *last = amp_lab_state_dir(DEMO_LAST);
	bool kept;

	if (!amp_lab_is_held(last))
		remove_dir(last);
	kept = rename(d->state_dir, last) == 0; /* not onto the folder of a lab, which is not empty */
	free(last);
	return kept;
}

static void leave(const struct demo *d, int err)
{
	if (!d->interrupted && is_nameless(d) && keep_records(d))
		printf("What happened, as a page: amprelay --name " DEMO_LAST " report --open\n");
	else if (!err || d->interrupted || is_nameless(d))
		remove_dir(d->state_dir);
}

/* Plays it on the SoC that the user wants. @return AMP_EXIT_OK, or another enum amp_exit after a message */
static int choose_soc(struct demo_kind *kind, const struct demo_choice *choice)
{
	static char name[AMP_NAME_LEN], what[AMP_NAME_LEN + 8];
	const struct lab_choice lab = {.dir = choice->lab_dir, .soc = choice->soc, .firmware = choice->firmware};
	char error[LAB_FILES_ERROR];
	struct lab_files files;
	int err;

	if (!choice->soc || strcmp(choice->soc, kind->soc) == 0)
		return AMP_EXIT_OK;
	if (!kind->any_soc)
		amp_cli_usage("the demonstration '%s' plays on the SoC '%s' only", kind->name, kind->soc);
	err = amp_lab_files_resolve(&files, &lab, error);
	if (err) {
		amp_cli_error("%s", error);
	} else if (files.soc.num_cores != 1) {
		amp_cli_error("the SoC '%s' has %u cores: the demonstration '%s' plays on SoCs of one", choice->soc,
		              files.soc.num_cores, kind->name);
		err = AMP_EXIT_USAGE;
	} else {
		snprintf(name, sizeof(name), "%s", files.soc.core[0].name);
		snprintf(what, sizeof(what), "core %s", name);
		kind->soc = choice->soc;
		kind->cores[0] = (struct demo_core){.name = name, .what = what};
	}
	amp_lab_files_free(&files);
	return err;
}

/* Everything that people read goes to standard error from now on. @return standard output */
static FILE *keep_output_for_json(void)
{
	int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

	dup2(STDERR_FILENO, STDOUT_FILENO);
	return fd < 0 ? NULL : fdopen(fd, "w");
}

int amp_demo_run(const struct demo_kind *chosen, const struct demo_choice *choice)
{
	struct demo_kind kind = *chosen;
	struct demo d = {.kind = &kind, .choice = *choice, .lifeline = -1, .start = amp_demo_now_ms()};
	int err = choose_soc(&kind, choice);

	if (err)
		return err;
	if (amp_cli.json)
		d.json = keep_output_for_json();

	if (strcmp(amp_cli.lab, AMP_CLI_DEFAULT_LAB) != 0)
		snprintf(d.lab, sizeof(d.lab), "%s", amp_cli.lab);
	else
		snprintf(d.lab, sizeof(d.lab), "demo-%ld", (long)getpid()); /* any number of them side by side */
	d.state_dir = amp_lab_state_dir(d.lab);
	amp_demo_report_init(&d.report, kind.name);
	d.signal_fd = amp_client_catch_signals(0, NULL);
	if (strcmp(kind.soc, chosen->soc) == 0)
		printf("AmpRelay: %s\n\n", kind.title);
	else
		printf("AmpRelay: the demonstration '%s' on the SoC '%s'\n\n", kind.name, kind.soc);

	err = run_demo(&d);
	if (err == AMP_EXIT_INTERRUPTED)
		d.interrupted = true;
	end_lab(&d);
	err = conclude(&d, err);
	leave(&d, err);
	amp_demo_report_free(&d.report);
	free(d.state_dir);
	return err;
}
