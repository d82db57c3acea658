// SPDX-License-Identifier: GPL-2.0-only
/* What is expected, what has happened, and how the two are shown beside each other. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "amprelay/cli.h"
#include "amprelay/event_reader.h"
#include "run.h"

#define EVENTS_SHOWN "25"
#define SHORT_MS     10000 /* for what takes milliseconds */

struct job *amp_run_amprelay(struct run *run, const char *const *argv, int64_t deadline)
{
	const char *all[16] = {"amprelay", "--name", run->lab};
	struct job *job;

	for (size_t i = 0; argv[i] && i < 12; i++)
		all[3 + i] = argv[i];
	job = amp_job_start(&run->jobs, NULL, run->program, (char *const *)all, NULL, -1);
	if (!job)
		return NULL;
	if (amp_job_wait(&run->jobs, job, NULL, deadline) == JOB_ENDED)
		return job;
	amp_job_end(job);
	return NULL;
}

/* ------------------------------------------------------------------ the mark */

static void forget_expected(struct run *run)
{
	for (size_t i = 0; i < run->num_expected; i++)
		free(run->expected[i]);
	run->num_expected = 0;
}

bool amp_run_mark(struct run *run)
{
	struct event_reader reader;
	json_t *record;

	forget_expected(run);
	if (amp_event_reader_open(&reader, run->state_dir))
		return false;
	while (amp_event_reader_next(&reader, 0, &record) == 1) {
		run->mark = amp_event_integer(record, "seq", run->mark);
		json_decref(record);
	}
	amp_event_reader_close(&reader);
	return true;
}

void amp_run_note(struct run *run, const char *key, const char *text)
{
	char *line;

	if (run->num_expected < EXPECTED_MAX && asprintf(&line, "%s: %s", key, text) >= 0)
		run->expected[run->num_expected++] = line;
}

/* ------------------------------------------------------------------ a failure */

static void show_events(struct run *run, FILE *out)
{
	char since[24];
	struct job *job;

	snprintf(since, sizeof(since), "%lld", (long long)run->mark);
	job = amp_run_amprelay(run,
	                       (const char *[]){"events", "--since", since, "-n", EVENTS_SHOWN, "ev!=clock.set", NULL},
	                       amp_cli_now_ms() + SHORT_MS);
	fputs("happened:\n", out);
	for (char *line = job && job->status == 0 ? job->output : NULL, *rest = NULL;
	     line && (line = strtok_r(rest ? NULL : line, "\n", &rest));)
		fprintf(out, "  %s\n", line);
	if (!job || job->used == 0)
		fputs("  nothing\n", out);
	if (job)
		amp_job_end(job);
}

/* Of what a command said, the end is what matters. */
#define SAID_SHOWN 2000

static void show_said(const struct job *job, FILE *out)
{
	size_t from = job->used > SAID_SHOWN ? job->used - SAID_SHOWN : 0;
	char *copy = strndup(job->output + from, job->used - from), *rest = NULL;

	fprintf(out, "it said:%s\n", job->used ? "" : " nothing");
	for (char *line = copy ? strtok_r(copy, "\n", &rest) : NULL; line; line = strtok_r(NULL, "\n", &rest))
		fprintf(out, "  %s\n", line);
	free(copy);
}

static const struct job *last_foreground(const struct run *run)
{
	for (size_t i = JOBS_MAX; i-- > 0;) {
		if (run->jobs.job[i].pid > 0 && !run->jobs.job[i].name[0])
			return &run->jobs.job[i];
	}
	return NULL;
}

bool amp_run_failed(struct run *run, const struct scenario_step *step, const char *format, ...)
{
	const char *written = amp_scenario_text(step);
	const struct job *job = last_foreground(run);
	char *failure = NULL, *text = NULL;
	size_t size;
	FILE *out;
	va_list args;

	if (run->failure || !(out = open_memstream(&failure, &size)))
		return false;
	text = amp_variables_expand(&run->variables, written ? written : "");
	run->failed_line = step->line;
	fprintf(out, "%s:%u: %s%s%s: ", run->scenario->path, step->line, amp_scenario_key(step->action),
	        text && text[0] ? ": " : "", text ? text : "");
	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
	fputc('\n', out);
	if (job)
		show_said(job, out);
	fputs("expected:\n", out);
	for (size_t i = 0; i < run->num_expected; i++)
		fprintf(out, "  %s\n", run->expected[i]);
	fprintf(out, "  %s%s%s   <-- this failed\n", amp_scenario_key(step->action), text && text[0] ? ": " : "",
	        text ? text : "");
	show_events(run, out);
	free(text);
	if (fclose(out) == 0)
		run->failure = failure;
	return false;
}
