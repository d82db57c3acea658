// SPDX-License-Identifier: GPL-2.0-only
/* 'break': commits a fault and holds it against its row of include/amprelay/faults.h. */
#include <stdlib.h>
#include <string.h>

#include "amprelay/cli.h"
#include "amprelay/event_filter.h"
#include "amprelay/event_reader.h"
#include "amprelay/fault_kinds.h"
#include "common/text.h"
#include "postmortem/postmortem.h"
#include "run.h"

/* A fault of one core, and how it is to end. */
struct test {
	struct run *run;
	const struct scenario_step *step;
	const struct fault_kind *kind;
	const char *core;
	enum amp_detector detector;
	int64_t deadline;
};

/* ------------------------------------------------------------------ the lab, asked */

static json_t *status_of(const struct test *t)
{
	struct job *job = amp_run_amprelay(t->run, (const char *[]){"--json", "status", NULL}, t->deadline);
	json_t *status = job && job->status == 0 ? json_loads(job->output, 0, NULL) : NULL;

	if (job)
		amp_job_end(job);
	return status;
}

/* One number of the core's; -1: there is none. */
static int64_t number_of(const struct test *t, const char *key)
{
	json_t *status = status_of(t);
	const json_t *core;
	int64_t number = -1;
	size_t i;

	json_array_foreach (json_object_get(status, "cores"), i, core) {
		if (strcmp(amp_event_string(core, "name"), t->core) == 0)
			number = amp_event_integer(core, key, -1);
	}
	json_decref(status);
	return number;
}

/* The first event since the mark that the filter takes. @return NULL: none has come in time, and the step has failed */
static json_t *event_of(const struct test *t, const char *format, const char *more)
{
	char filter[160], since[24], timeout[24];
	int64_t left = t->deadline - amp_cli_now_ms();
	struct job *job;
	json_t *record;

	amp_text(filter, sizeof(filter), "ev=%s,core=%s%s%s", format, t->core, more ? "," : "", more ? more : "");
	amp_text(since, sizeof(since), "%lld", (long long)t->run->mark);
	amp_text(timeout, sizeof(timeout), "%.3f", left > 0 ? (double)left / 1000 : 0);
	job = amp_run_amprelay(
		t->run,
		(const char *[]){"--json", "events", "--since", since, "--wait", filter, "--timeout", timeout, NULL},
		t->deadline + 1000);
	record = job && job->status == 0 ? json_loads(job->output, 0, NULL) : NULL;
	if (job)
		amp_job_end(job);
	if (record)
		amp_run_note(t->run, "wait", filter);
	else
		amp_run_failed(t->run, t->step, "no event %s", filter);
	return record;
}

static bool event_comes(const struct test *t, const char *name, const char *more)
{
	json_t *record = event_of(t, name, more);

	json_decref(record);
	return record;
}

static bool log_says(const struct test *t, const char *text)
{
	const char *argv[] = {"amprelay", "--name", t->run->lab, "logs", "-f", "kernel", NULL};
	struct job *job = amp_job_start(&t->run->jobs, NULL, t->run->program, (char *const *)argv, NULL, -1);
	bool says = job && amp_job_wait(&t->run->jobs, job, text, t->deadline) == JOB_SAID;

	if (job)
		amp_job_end(job);
	return says || amp_run_failed(t->run, t->step, "Linux's log does not say \"%s\"", text);
}

/* ------------------------------------------------------------------ messages */

/* Each is to come back once, in order, as it was, and within the fault's bound. */
static struct job *send_messages(const struct test *t, const char *name, const char *count)
{
	char bound[16];
	const char *argv[] = {"amprelay", "--name",   t->run->lab, "exec",      "-n",  "--",  "rpmsg",
	                      "ping",     "amp-echo", "--core",    t->core,     "-c",  count, "--wait",
	                      "10",       "-i",       "0.002",     "--timeout", bound, NULL};

	amp_text(bound, sizeof(bound), "%.3f", t->kind->bound_ms / 1000.0);
	return amp_job_start(&t->run->jobs, name, t->run->program, (char *const *)argv, NULL, -1);
}

/*
 * Messages of the core's own accord, 40 a second: a kick that is lost is made good by the next one. Linux gives each
 * buffer back with a kick, so this holds for both directions.
 */
static struct job *keep_kicking(const struct test *t)
{
	char script[160];
	const char *argv[] = {"amprelay", "--name", t->run->lab, "exec", "-n", "--", "sh", "-c", script, NULL};

	amp_text(script, sizeof(script),
	         "rpmsg send amp-command --core %s -c 0 'rate 25' && exec rpmsg recv amp-telemetry --core %s", t->core,
	         t->core);
	return amp_job_start(&t->run->jobs, "kicks", t->run->program, (char *const *)argv, NULL, -1);
}

static bool all_came_back(const struct test *t, struct job *job)
{
	bool ended = job && amp_job_wait(&t->run->jobs, job, NULL, t->deadline) == JOB_ENDED;
	bool ok = ended && job->status == 0;

	if (job)
		job->name[0] = '\0';
	if (!ok)
		amp_run_failed(t->run, t->step, "%s",
		               ended ? "messages were lost, doubled, out of order or wrong"
		                     : "the messages have not come back in time");
	if (job)
		amp_job_end(job);
	return ok;
}

/* ------------------------------------------------------------------ the two ways to end */

static bool commit(const struct test *t)
{
	struct job *job;
	bool done;

	if (!amp_run_mark(t->run))
		return amp_run_failed(t->run, t->step, "the lab has no events");
	amp_run_note(t->run, "fault", t->kind->name);
	job = amp_run_amprelay(t->run, (const char *[]){"fault", t->core, t->kind->name, NULL}, t->deadline);
	done = job && job->status == 0;
	if (!done)
		amp_run_failed(t->run, t->step, "it cannot be committed");
	if (job)
		amp_job_end(job);
	return done;
}

/* Nobody need notice: all messages that are under way come back, and it is the same life. */
static bool is_survived(const struct test *t)
{
	int64_t life = number_of(t, "epoch"), crashes = number_of(t, "crashes");
	struct job *kicks = keep_kicking(t), *messages = send_messages(t, "messages", "200");
	bool ok = kicks && messages && amp_job_wait(&t->run->jobs, kicks, "heartbeat=", t->deadline) == JOB_SAID &&
	          amp_job_wait(&t->run->jobs, messages, "bytes,", t->deadline) == JOB_SAID;

	if (!ok)
		amp_run_failed(t->run, t->step, "no messages are under way");
	ok = ok && commit(t);
	ok = all_came_back(t, messages) && ok;
	if (kicks)
		amp_job_end(kicks);
	if (ok && (number_of(t, "epoch") != life || number_of(t, "crashes") != crashes))
		return amp_run_failed(t->run, t->step, "it was to be survived; the core is in another life");
	return ok;
}

static const char *type_of(const struct test *t)
{
	if (t->detector == AMP_DETECTOR_WATCHDOG || t->detector == AMP_DETECTOR_HEARTBEAT)
		return "watchdog";
	return t->kind->cause == AMP_CRASH_STACK || t->kind->cause == AMP_CRASH_MPU ? "mmufault" : "fatal error";
}

static bool is_detected(const struct test *t)
{
	char more[96];
	json_t *crash;
	double after;

	amp_text(more, sizeof(more), "fault=%s,detector=%s%s%s", t->kind->name, amp_detector_name(t->detector),
	         t->kind->cause ? ",cause=" : "", t->kind->cause ? amp_postmortem_cause_name(t->kind->cause) : "");
	crash = event_of(t, "core.crash", more);
	after = json_number_value(json_object_get(crash, "after_ms"));
	json_decref(crash);
	if (!crash || after <= t->kind->bound_ms)
		return crash;
	return amp_run_failed(t->run, t->step, "it was noticed after %.0f ms, not within %u ms", after,
	                      t->kind->bound_ms);
}

static bool linux_was_told(const struct test *t)
{
	char text[128];

	amp_text(text, sizeof(text), "noticed by %s", amp_fault_noticed_by(t->detector));
	if (!log_says(t, text))
		return false;
	amp_text(text, sizeof(text), "crash detected in %s: type %s", t->core, type_of(t));
	if (!log_says(t, text))
		return false;
	amp_text(text, sizeof(text), "crash record: %s", amp_postmortem_cause_text(t->kind->cause));
	return t->kind->cause == AMP_CRASH_NONE || log_says(t, text);
}

static bool is_recovered(const struct test *t)
{
	return is_detected(t) && event_comes(t, "core.recovered", "link=up") && linux_was_told(t) &&
	       event_comes(t, "core.dump", "by=relay") && event_comes(t, "core.dump", "by=linux") &&
	       all_came_back(t, send_messages(t, NULL, "3"));
}

/* The instruction set decides what notices some of them. */
static bool is_riscv(const struct run *run)
{
	char *path = NULL;
	json_t *soc =
		asprintf(&path, "%s/%s.json", run->files_dir, run->soc) < 0 ? NULL : json_load_file(path, 0, NULL);
	const json_t *core = json_array_get(json_object_get(soc, "cores"), 0);
	bool riscv = strncmp(amp_event_string(core, "isa"), "riscv", 5) == 0;

	json_decref(soc);
	free(path);
	return riscv;
}

bool amp_run_break(struct run *run, const struct scenario_step *step, const char *kind, const char *core,
                   int64_t deadline)
{
	struct test t = {.run = run, .step = step, .core = core, .deadline = deadline, .kind = amp_fault_find(kind)};

	if (!t.kind)
		return amp_run_failed(run, step, "there is no fault '%s'", kind);
	t.detector = is_riscv(run) ? t.kind->riscv : t.kind->arm;
	if (t.detector == AMP_DETECTOR_NONE)
		return is_survived(&t);
	return commit(&t) && is_recovered(&t);
}
