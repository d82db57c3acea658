// SPDX-License-Identifier: GPL-2.0-only
/* 'break': commits a fault and holds it against its row of include/amprelay/faults.h. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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
	off_t kernel_log;    /* bytes of Linux's log that were there before … */
	off_t core_log;      /* … and of the core's */
	double detected_ms;  /* from the fault … */
	double recovered_ms; /* … and from there on */
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

/* Which life of the core it is, and how often it has crashed; -1 each: it is not told. */
struct life {
	json_int_t epoch, crashes;
};

static struct life life_of(const struct test *t)
{
	json_t *status = status_of(t);
	struct life life = {-1, -1};
	const json_t *core;
	size_t i;

	json_array_foreach (json_object_get(status, "cores"), i, core) {
		if (strcmp(amp_event_string(core, "name"), t->core) == 0)
			life = (struct life){amp_event_integer(core, "epoch", -1),
			                     amp_event_integer(core, "crashes", -1)};
	}
	json_decref(status);
	return life;
}

/* It was to be survived. */
static bool is_same_life(const struct test *t, const struct life *before)
{
	struct life now = life_of(t);

	return (now.epoch == before->epoch && now.crashes == before->crashes) ||
	       amp_run_failed(t->run, t->step, "it was to be survived; the core is in another life");
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

static void path_of_log(const struct test *t, const char *name, char path[PATH_MAX])
{
	amp_text(path, PATH_MAX, "%s/%s.log", t->run->state_dir, name);
}

static off_t size_of_log(const struct test *t, const char *name)
{
	char path[PATH_MAX];
	struct stat st;

	path_of_log(t, name, path);
	return stat(path, &st) == 0 ? st.st_size : 0;
}

/* What a log has gained since the fault. */
static bool log_gains(const struct test *t, const char *name, off_t since, const char *text)
{
	char path[PATH_MAX], from[32];
	const char *argv[] = {"tail", "-c", from, "-f", path, NULL};
	struct job *job;
	bool says;

	path_of_log(t, name, path);
	amp_text(from, sizeof(from), "+%lld", (long long)since + 1);
	job = amp_job_start(&t->run->jobs, NULL, "/usr/bin/tail", (char *const *)argv, NULL, -1);
	says = job && amp_job_wait(&t->run->jobs, job, text, t->deadline) == JOB_SAID;

	if (job)
		amp_job_end(job);
	return says || amp_run_failed(t->run, t->step, "the log of %s does not say \"%s\"", name, text);
}

static bool log_says(const struct test *t, const char *text)
{
	return log_gains(t, "kernel", t->kernel_log, text);
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

static bool commit(struct test *t)
{
	struct job *job;
	bool done;

	t->kernel_log = size_of_log(t, "kernel");
	t->core_log = size_of_log(t, t->core);

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

static bool is_over(struct test *t)
{
	char over[64];

	amp_text(over, sizeof(over), "kind=%s", t->kind->name);
	return commit(t) && event_comes(t, "core.fault_over", over);
}

/* Messages are under way on all channels, and whoever settles the ledger looks at them. */
static bool is_survived_under_ledger(struct test *t)
{
	const struct life before = life_of(t);

	return is_over(t) && is_same_life(t, &before);
}

/* Nobody need notice: all messages that are under way come back, and it is the same life. */
static bool is_survived(struct test *t)
{
	const struct life before = life_of(t);
	struct job *kicks = keep_kicking(t), *messages = send_messages(t, "messages", "200");
	bool ok = kicks && messages && amp_job_wait(&t->run->jobs, kicks, "heartbeat=", t->deadline) == JOB_SAID &&
	          amp_job_wait(&t->run->jobs, messages, "bytes,", t->deadline) == JOB_SAID;

	if (!ok)
		amp_run_failed(t->run, t->step, "no messages are under way");
	ok = ok && commit(t);
	ok = all_came_back(t, messages) && ok;
	if (kicks)
		amp_job_end(kicks);
	return ok && is_same_life(t, &before);
}

static const char *type_of(const struct test *t)
{
	if (t->detector == AMP_DETECTOR_WATCHDOG || t->detector == AMP_DETECTOR_HEARTBEAT)
		return "watchdog";
	return t->kind->cause == AMP_CRASH_STACK || t->kind->cause == AMP_CRASH_MPU ? "mmufault" : "fatal error";
}

static bool is_detected(struct test *t)
{
	char more[96];
	json_t *crash;

	amp_text(more, sizeof(more), "fault=%s,detector=%s%s%s", t->kind->name, amp_detector_name(t->detector),
	         t->kind->cause ? ",cause=" : "", t->kind->cause ? amp_postmortem_cause_name(t->kind->cause) : "");
	crash = event_of(t, "core.crash", more);
	t->detected_ms = json_number_value(json_object_get(crash, "after_ms"));
	json_decref(crash);
	if (!crash || t->detected_ms <= t->kind->bound_ms)
		return crash;
	return amp_run_failed(t->run, t->step, "it was noticed after %.0f ms, not within %u ms", t->detected_ms,
	                      t->kind->bound_ms);
}

static bool link_is_up_again(struct test *t)
{
	json_t *recovered = event_of(t, "core.recovered", "link=up");

	t->recovered_ms = json_number_value(json_object_get(recovered, "ms"));
	json_decref(recovered);
	return recovered;
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

static bool is_recovered(struct test *t)
{
	return is_detected(t) && link_is_up_again(t) && linux_was_told(t) && event_comes(t, "core.dump", "by=relay") &&
	       event_comes(t, "core.dump", "by=linux") && all_came_back(t, send_messages(t, NULL, "3"));
}

/* ------------------------------------------------------------------ memory that both sides share */

/* The side that reads what is wrong refuses it, and says so within the bound. */
static bool is_refused(struct test *t)
{
	int64_t hit = amp_cli_now_ms();
	bool by_core = t->kind->log == FAULT_LOG_CORE;

	if (!log_gains(t, by_core ? t->core : "kernel", by_core ? t->core_log : t->kernel_log, t->kind->words))
		return false;
	t->detected_ms = (double)(amp_cli_now_ms() - hit);
	return t->detected_ms <= t->kind->bound_ms ||
	       amp_run_failed(t->run, t->step, "it was noticed after %.0f ms, not within %u ms", t->detected_ms,
	                      t->kind->bound_ms);
}

/* Rings and messages: what comes of it besides, whoever settles the ledger looks at. */
static bool is_as_declared(struct test *t)
{
	const struct life before = life_of(t);

	if (!amp_jobs_ledger_of(&t->run->jobs, t->core))
		return amp_run_failed(t->run, t->step, "what comes of it, a ledger tells: 'ledger: %s' before it",
		                      t->core);
	if (!is_over(t) || (t->kind->log != FAULT_LOG_NONE && !is_refused(t)))
		return false;
	return is_same_life(t, &before);
}

bool amp_run_judge_messages(struct run *run, const struct scenario_step *step, const char *core, bool wrong,
                            double longest_ms)
{
	const struct run_verdict *last = run->num_verdicts ? &run->verdicts[run->num_verdicts - 1] : NULL;
	const struct fault_kind *kind = last ? amp_fault_find(last->kind) : NULL;

	if (!kind || !last->outcome[0] || strcmp(last->core, core) != 0)
		return true;
	if (kind->found && !wrong)
		return amp_run_failed(run, step, "'%s' was to be found by the ledger, which finds nothing wrong",
		                      last->kind);
	if (kind->outcome == FAULT_MASKED && longest_ms > kind->bound_ms)
		return amp_run_failed(run, step, "'%s' delayed a message by %.0f ms, not by %u ms at most", last->kind,
		                      longest_ms, kind->bound_ms);
	return true;
}

/* The core's instruction set decides what notices some of them: only a Cortex-M locks up. */
static bool is_cortex_m(const struct run *run, const char *name)
{
	char *path = NULL;
	json_t *soc =
		asprintf(&path, "%s/%s.json", run->files_dir, run->soc) < 0 ? NULL : json_load_file(path, 0, NULL);
	const json_t *core;
	bool cortex_m = false;
	size_t i;

	json_array_foreach (json_object_get(soc, "cores"), i, core) {
		if (strcmp(amp_event_string(core, "name"), name) == 0)
			cortex_m = strcmp(amp_event_string(core, "isa"), "arm") == 0;
	}
	json_decref(soc);
	free(path);
	return cortex_m;
}

static bool judge(struct test *t, const char *outcome, bool ok)
{
	struct run *run = t->run;
	struct run_verdict *verdict = &run->verdicts[run->num_verdicts];

	if (run->num_verdicts == VERDICTS_MAX)
		return ok;
	run->num_verdicts++;
	*verdict = (struct run_verdict){.kind = t->kind->name,
	                                .outcome = ok ? outcome : "",
	                                .detect_ms = t->detected_ms,
	                                .recover_ms = t->recovered_ms};
	amp_text(verdict->core, sizeof(verdict->core), "%s", t->core);
	return ok;
}

bool amp_run_break(struct run *run, const struct scenario_step *step, const char *kind, const char *core,
                   int64_t deadline)
{
	struct test t = {.run = run,
	                 .step = step,
	                 .core = core,
	                 .deadline = deadline,
	                 .kind = amp_fault_find(kind),
	                 .detected_ms = -1,
	                 .recovered_ms = -1};

	if (!t.kind)
		return amp_run_failed(run, step, "there is no fault '%s'", kind);
	if (t.kind->of_rings)
		return judge(&t, amp_fault_outcome_name(t.kind->outcome), is_as_declared(&t));
	t.detector = is_cortex_m(run, core) ? t.kind->cortex_m : t.kind->other;
	if (t.detector == AMP_DETECTOR_NONE)
		return judge(&t, "masked",
		             amp_jobs_ledger_of(&run->jobs, core) ? is_survived_under_ledger(&t) : is_survived(&t));
	return judge(&t, "detected", commit(&t) && is_recovered(&t));
}
