// SPDX-License-Identifier: GPL-2.0-only
/* What each kind of step does. Most are a process: this program, or a shell. */
#include <errno.h>
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "amprelay/cli.h"
#include "amprelay/event_reader.h"
#include "amprelay/text_file.h"
#include "common/text.h"
#include "sim.h"

#define DEFAULT_TIMEOUT_S 60
#define DOWN_MS           15000
#define FILE_LOOK_MS      20
#define FILE_MAX          (128u << 20) /* a log has 64 MiB at most */

static int64_t deadline_of(const struct run *run, const struct scenario_step *step)
{
	const uint32_t *timeout = step->timeout ? step->timeout : run->scenario->timeout;
	int64_t deadline =
		amp_cli_now_ms() + (int64_t)(timeout ? *timeout : DEFAULT_TIMEOUT_S) * 1000 * amp_cli_patience();

	return deadline < run->deadline ? deadline : run->deadline;
}

/* ------------------------------------------------------------------ a command, and what is expected of it */

static bool judge(const struct action *a, struct job *job)
{
	bool ok = amp_action_judge(a, job->status, job->output ? job->output : "", job->used);

	amp_job_end(job);
	return ok;
}

static bool finish_job(const struct action *a, struct job *job)
{
	enum job_wait wait = amp_job_wait(&a->run->jobs, job, NULL, a->deadline);

	job->name[0] = '\0'; /* it is what this step is about */
	if (wait == JOB_ENDED)
		return judge(a, job);
	amp_action_late(a, wait == JOB_INTERRUPTED);
	amp_job_end(job);
	return false;
}

static bool start_job(const struct action *a, const char *program, const char *const *argv, const char *folder,
                      int kept_fd)
{
	struct job *job;

	if (a->step->as && amp_job_find(&a->run->jobs, a->step->as))
		return amp_run_failed(a->run, a->step, "a step with 'as: %s' is under way already", a->step->as);
	job = amp_job_start(&a->run->jobs, a->step->as, program, (char *const *)argv, folder, kept_fd);
	if (!job)
		return amp_run_failed(a->run, a->step, "it cannot be started: %s", strerror(errno));
	return a->step->as || finish_job(a, job);
}

/* This program with the lab's name and more arguments; `text` is split as a shell does. */
static bool amprelay(const struct action *a, const char *const *more, const char *text, int kept_fd)
{
	char script[8192];
	const char *argv[24] = {"sh", "-c", script, a->run->program, "--name", a->run->lab};

	if (snprintf(script, sizeof(script), "exec \"$0\" \"$@\" %s", text) >= (int)sizeof(script))
		return amp_run_failed(a->run, a->step, "it is too long");
	for (size_t i = 0; more[i] && i < 17; i++)
		argv[6 + i] = more[i];
	return start_job(a, "/bin/sh", argv, NULL, kept_fd);
}

static bool life_cycle(const struct action *a)
{
	const char *key = amp_scenario_key(a->step->action);

	if (!amp_run_mark(a->run))
		return amp_run_failed(a->run, a->step, "the lab has no events");
	if (!amprelay(a, (const char *[]){key, NULL}, a->text, -1))
		return false;
	amp_run_note(a->run, key, a->text);
	return true;
}

/* A file of the scenario's, from malloc: relative to the folder that the scenario is in. */
static char *file_of(const struct run *run, const char *name)
{
	char *path = name ? amp_variables_expand(&run->variables, name) : NULL, *whole = NULL;

	if (!path || path[0] == '/' || asprintf(&whole, "%s/%s", run->scenario->folder, path) < 0)
		return path;
	free(path);
	return whole;
}

static bool do_up(const struct action *a)
{
	char *firmware = file_of(a->run, a->run->scenario->firmware);
	char *kernel = file_of(a->run, a->run->scenario->kernel);
	char fd[16];
	bool ok;
	const char *argv[16] = {"up", "--soc", a->run->soc};
	size_t n = 3;

	snprintf(fd, sizeof(fd), "%d", a->run->lifeline[0]);
	if (a->run->options->keep) {
		argv[n++] = "--keep";
	} else {
		argv[n++] = "--lifeline";
		argv[n++] = fd;
	}
	if (a->run->options->lab_dir) {
		argv[n++] = "--lab";
		argv[n++] = a->run->options->lab_dir;
	}
	if (firmware) {
		argv[n++] = "--firmware";
		argv[n++] = firmware;
	}
	if (kernel) {
		argv[n++] = "--kernel";
		argv[n++] = kernel;
	}
	a->run->mark = 0;
	ok = amprelay(a, argv, a->text, a->run->lifeline[0]);
	free(firmware);
	free(kernel);
	return ok;
}

static bool do_down(const struct action *a)
{
	return amprelay(a, (const char *[]){"down", NULL}, "", -1);
}

static bool do_amprelay(const struct action *a)
{
	return amprelay(a, (const char *[]){NULL}, a->text, -1);
}

static bool in_guest(const struct action *a, const char *const *command)
{
	const char *argv[32] = {"amprelay", "--name", a->run->lab, "exec", "-n", "--"};

	for (size_t i = 0; command[i] && i < 24; i++)
		argv[6 + i] = command[i];
	return start_job(a, a->run->program, argv, NULL, -1);
}

static bool do_exec(const struct action *a)
{
	return in_guest(a, (const char *[]){"sh", "-c", a->text, NULL});
}

static bool do_run(const struct action *a)
{
	return start_job(a, "/bin/sh", (const char *[]){"sh", "-c", a->text, NULL}, a->run->scenario->folder, -1);
}

static bool do_send(const struct action *a)
{
	const char *argv[12] = {"rpmsg", "send", a->channel, a->text, "--wait", "60"};

	if (a->core) {
		argv[6] = "--core";
		argv[7] = a->core;
	}
	return in_guest(a, argv);
}

/* Messages with sequence numbers, each of which is to come back once, in order, with what it was sent with. */
static bool do_traffic(const struct action *a)
{
	char count[16], size[16];
	const char *argv[20] = {"rpmsg", "ping", a->text, "-q", "--wait", "60", "-c", count, "-s", size};
	size_t n = 10;

	snprintf(count, sizeof(count), "%u", a->step->count ? *a->step->count : 10);
	snprintf(size, sizeof(size), "%u", a->step->size ? *a->step->size : 16);
	if (a->core) {
		argv[n++] = "--core";
		argv[n++] = a->core;
	}
	if (a->interval) {
		argv[n++] = "-i";
		argv[n++] = a->interval;
	}
	return in_guest(a, argv);
}

static bool do_join(const struct action *a)
{
	struct job *job = amp_job_find(&a->run->jobs, a->text);

	return job ? finish_job(a, job) : amp_run_failed(a->run, a->step, "it has been waited for already");
}

static bool do_said(const struct action *a)
{
	struct job *job = amp_job_find(&a->run->jobs, a->text);
	enum job_wait wait = job ? amp_job_wait(&a->run->jobs, job, a->output, a->deadline) : JOB_ENDED;

	if (wait == JOB_SAID)
		return true;
	if (wait == JOB_ENDED)
		return amp_run_failed(a->run, a->step, "it has ended, and has not said \"%s\"", a->output);
	return amp_action_late(a, wait == JOB_INTERRUPTED);
}

static bool do_pause(const struct action *a)
{
	int64_t until = amp_cli_now_ms() + (int64_t)(strtod(a->text, NULL) * 1000);

	if (amp_jobs_pass(&a->run->jobs, until < a->deadline ? until : a->deadline))
		return true;
	return amp_run_failed(a->run, a->step, "interrupted");
}

/* ------------------------------------------------------------------ the ledger */

/* Messages on all channels of a core, which go on until they are settled. */
static bool do_ledger(const struct action *a)
{
	size_t len = strcspn(a->text, " ");
	char script[256], core[SCENARIO_NAME_LEN];
	struct job *job;

	if (len >= sizeof(core))
		return amp_run_failed(a->run, a->step, "no core has a name that long");
	amp_text(core, sizeof(core), "%.*s", (int)len, a->text);
	amp_text(script, sizeof(script), "exec rpmsg ledger --json --core %s", a->text);
	if (!in_guest(a, (const char *[]){"sh", "-c", script, NULL}))
		return false;
	job = amp_job_find(&a->run->jobs, a->step->as);
	amp_text(job->ledger_of, sizeof(job->ledger_of), "%s", core);
	job->may_corrupt = strstr(a->text, "--corrupt");
	switch (amp_job_wait(&a->run->jobs, job, "under way", a->deadline)) {
	case JOB_SAID:
		return true;
	case JOB_ENDED:
		return judge(a, job) && amp_run_failed(a->run, a->step, "it has ended");
	default:
		return amp_action_late(a, false);
	}
}

/* Adds what it says at its end. @return is an answer wrong, doubled or missing? @param longest_ms  of an answer */
static bool add_account(struct run_account *sum, const struct job *job, double *longest_ms)
{
	const char *text = strchr(job->output, '{');
	json_t *account = text ? json_loads(text, JSON_DISABLE_EOF_CHECK, NULL) : NULL;
	json_int_t corrupted = amp_event_integer(account, "corrupted", 0), both = amp_event_integer(account, "both", 0);
	json_int_t doubled = amp_event_integer(account, "doubled", 0);
	json_int_t unaccounted = amp_event_integer(account, "unaccounted", 0);

	*longest_ms = json_number_value(json_object_get(account, "longest_ms"));
	sum->sent += amp_event_integer(account, "sent", 0);
	sum->delivered += amp_event_integer(account, "delivered", 0);
	sum->reported += amp_event_integer(account, "reported", 0);
	json_decref(account);
	if (job->may_corrupt) {
		sum->found += corrupted + doubled + both + unaccounted;
	} else {
		sum->corrupted += corrupted;
		sum->doubled += doubled;
		sum->both += both;
		sum->unaccounted += unaccounted;
	}
	return corrupted || doubled || both || unaccounted;
}

static bool do_settle(const struct action *a)
{
	struct job *job = amp_job_find(&a->run->jobs, a->text);
	char core[SCENARIO_NAME_LEN];
	double longest_ms = 0;
	bool wrong = false;

	if (!job)
		return amp_run_failed(a->run, a->step, "it has been settled already");
	if (job->running)
		kill(job->pid, SIGTERM); /* which 'amprelay exec' passes on */
	if (amp_job_wait(&a->run->jobs, job, NULL, a->deadline) == JOB_ENDED)
		wrong = add_account(&a->run->account, job, &longest_ms);
	amp_text(core, sizeof(core), "%s", job->ledger_of);
	job->ledger_of[0] = '\0';
	return finish_job(a, job) && amp_run_judge_messages(a->run, a->step, core, wrong, longest_ms);
}

/* ------------------------------------------------------------------ events and logs */

static bool do_wait(const struct action *a)
{
	char since[24], timeout[24];
	int64_t left = a->deadline - amp_cli_now_ms();
	struct job *job;
	bool came;

	snprintf(since, sizeof(since), "%lld", (long long)a->run->mark);
	snprintf(timeout, sizeof(timeout), "%.3f", left > 0 ? (double)left / 1000 : 0);
	job = amp_run_amprelay(
		a->run, (const char *[]){"events", "--since", since, "--wait", a->text, "--timeout", timeout, NULL},
		a->deadline + 1000);
	came = job && job->status == 0;
	if (job)
		amp_job_end(job);
	if (came)
		amp_run_note(a->run, "wait", a->text);
	else if (a->run->jobs.interrupted)
		amp_run_failed(a->run, a->step, "interrupted");
	else
		amp_run_failed(a->run, a->step, "no such event has come in time");
	return came;
}

static bool do_never(const struct action *a)
{
	char since[24];
	struct job *job;
	bool there;

	snprintf(since, sizeof(since), "%lld", (long long)a->run->mark);
	job = amp_run_amprelay(a->run, (const char *[]){"events", "--since", since, "--json", a->text, NULL},
	                       a->deadline);
	if (!job)
		return amp_run_failed(a->run, a->step, "the events cannot be read");
	there = job->status != 0 || job->used > 0;
	if (there)
		amp_run_failed(a->run, a->step, "it has happened");
	amp_job_end(job);
	return !there;
}

static bool do_log(const struct action *a)
{
	const char *argv[] = {"amprelay", "--name", a->run->lab, "logs", "-f", a->in, NULL};
	struct job *job = amp_job_start(&a->run->jobs, NULL, a->run->program, (char *const *)argv, NULL, -1);
	enum job_wait wait = job ? amp_job_wait(&a->run->jobs, job, a->text, a->deadline) : JOB_ENDED;

	if (wait != JOB_SAID)
		amp_run_failed(a->run, a->step, "%s",
		               wait == JOB_INTERRUPTED ? "interrupted" : "the log does not say so");
	else
		amp_run_note(a->run, "log", a->text);
	if (job)
		amp_job_end(job);
	return wait == JOB_SAID;
}

static bool do_break(const struct action *a)
{
	char *core = a->core ? strdup(a->core) : amp_variables_expand(&a->run->variables, "${core}");
	bool ok = core && amp_run_break(a->run, a->step, a->text, core, a->deadline);

	free(core);
	return ok;
}

/* ------------------------------------------------------------------ state and files */

static bool do_assert(const struct action *a)
{
	struct job *job = amp_run_amprelay(a->run, (const char *[]){"--json", "status", NULL}, a->deadline);
	json_t *status = job && job->status == 0 ? json_loads(job->output, 0, NULL) : NULL;
	bool ok;

	if (job)
		amp_job_end(job);
	ok = amp_action_assert(a, status);
	json_decref(status);
	return ok;
}

/* Looks at the files of that pattern. @return what is wrong with them; NULL: nothing */
static const char *wrong_with_files(const struct action *a, const char *pattern, bool *may_come)
{
	glob_t found;
	bool has_text = false, bad = false;

	*may_come = true;
	if (glob(pattern, 0, NULL, &found))
		return "there is no such file in the lab's state directory";
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char *text = a->output || a->without ? amp_text_file_read(found.gl_pathv[i], FILE_MAX, NULL) : NULL;

		has_text |= !a->output || (text && strstr(text, a->output));
		bad |= a->without && text && strstr(text, a->without);
		free(text);
	}
	globfree(&found);
	*may_come = !bad;
	return bad ? "it contains what it must not" : has_text ? NULL : "none contains the text";
}

/* Others write them: Linux's dump of a core comes when it is up again. */
static bool do_file(const struct action *a)
{
	const char *wrong;
	char *pattern;
	bool may_come;

	if (asprintf(&pattern, "%s/%s", a->run->state_dir, a->text) < 0)
		return false;
	while ((wrong = wrong_with_files(a, pattern, &may_come)) && may_come && amp_cli_now_ms() < a->deadline)
		if (!amp_jobs_pass(&a->run->jobs, amp_cli_now_ms() + FILE_LOOK_MS)) {
			wrong = "interrupted";
			break;
		}
	if (wrong)
		amp_run_failed(a->run, a->step, "%s: %s", pattern, wrong);
	free(pattern);
	return !wrong;
}

static bool do_mark(const struct action *a)
{
	return amp_run_mark(a->run) || amp_run_failed(a->run, a->step, "the lab has no events");
}

/* ------------------------------------------------------------------ the table */

static bool (*const functions[SCENARIO_ACTIONS])(const struct action *a) = {
	[SCENARIO_up] = do_up,           [SCENARIO_down] = do_down,
	[SCENARIO_start] = life_cycle,   [SCENARIO_stop] = life_cycle,
	[SCENARIO_restart] = life_cycle, [SCENARIO_fault] = life_cycle,
	[SCENARIO_breaks] = do_break,    [SCENARIO_exec] = do_exec,
	[SCENARIO_run] = do_run,         [SCENARIO_amprelay] = do_amprelay,
	[SCENARIO_send] = do_send,       [SCENARIO_traffic] = do_traffic,
	[SCENARIO_wait] = do_wait,       [SCENARIO_never] = do_never,
	[SCENARIO_log] = do_log,         [SCENARIO_file] = do_file,
	[SCENARIO_join] = do_join,       [SCENARIO_said] = do_said,
	[SCENARIO_mark] = do_mark,       [SCENARIO_assert] = do_assert,
	[SCENARIO_ledger] = do_ledger,   [SCENARIO_settle] = do_settle,
	[SCENARIO_pause] = do_pause,
};

bool amp_run_action(struct run *run, const struct scenario_step *step)
{
	const char *const from[] = {amp_scenario_text(step), step->output, step->without, step->core,
	                            step->channel,           step->in,     step->interval};
	struct action a = {.run = run, .step = step, .deadline = deadline_of(run, step)};
	char **const to[] = {&a.text, &a.output, &a.without, &a.core, &a.channel, &a.in, &a.interval};
	bool ok;

	for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++)
		*to[i] = from[i] ? amp_variables_expand(&run->variables, from[i]) : NULL;
	ok = run->options->simulated ? amp_sim_action(&a) : functions[step->action](&a);
	for (size_t i = 0; i < sizeof(to) / sizeof(to[0]); i++)
		free(*to[i]);
	return ok;
}

void amp_run_down(struct run *run)
{
	struct job *job;

	if (run->options->simulated) {
		amp_sim_down(run);
		return;
	}
	run->jobs.interrupted = false; /* that was for what comes before */
	job = amp_run_amprelay(run, (const char *[]){"down", NULL}, amp_cli_now_ms() + DOWN_MS);
	if (job)
		amp_job_end(job);
}
