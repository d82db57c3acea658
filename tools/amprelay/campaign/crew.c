// SPDX-License-Identifier: GPL-2.0-only
/* Batches of rounds, side by side: each is a process, whose lab stays up from round to round. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "amprelay/cli.h"
#include "amprelay/client.h"
#include "amprelay/event_reader.h"
#include "campaign.h"
#include "common/text.h"

#define CREW_MAX       16
#define LINE_MAX_LEN   (256u << 10)
#define ROUND_LIMIT_S  120
#define STATUS_LIMIT_S 10

/* ------------------------------------------------------------------ one round, in the worker's process */

/* The lab, and the scenario that it was begun with; NULL: none is up. */
struct worker {
	const struct campaign *campaign;
	struct run *run;
	FILE *out;
	bool interrupted; /* no further round is begun */
};

static json_t *faults_of(const struct campaign_round *round, const struct run *run)
{
	json_t *list = json_array();

	for (size_t i = 0; i < round->num_faults; i++) {
		const struct run_verdict *verdict = run && i < run->num_verdicts ? &run->verdicts[i] : NULL;
		json_t *fault =
			json_pack("{s:s, s:I, s:s}", "kind", round->fault[i].kind, "moment_ms",
		                  (json_int_t)round->fault[i].moment_ms, "outcome", verdict ? verdict->outcome : "");

		if (verdict && verdict->detect_ms >= 0)
			json_object_set_new(fault, "detect_ms", json_real(verdict->detect_ms));
		if (verdict && verdict->recover_ms >= 0)
			json_object_set_new(fault, "recover_ms", json_real(verdict->recover_ms));
		json_array_append_new(list, fault);
	}
	return list;
}

static json_t *messages_of(const struct run_account *a)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "sent", a->sent, "delivered", a->delivered,
	                 "reported", a->reported, "corrupted", a->corrupted, "doubled", a->doubled, "both", a->both,
	                 "unaccounted", a->unaccounted, "found", a->found);
}

/* Takes the faults' reference. */
static void tell(const struct worker *w, const struct campaign_round *round, json_t *faults, const char *failure,
                 const char *logs, double ms, const struct run_account *account)
{
	json_t *result =
		json_pack("{s:I, s:s, s:s, s:b, s:f, s:b, s:o, s:o, s:o, s:s}", "round", (json_int_t)round->number,
	                  "soc", round->soc->name, "core", round->soc->core[round->core], "ok", !failure, "ms", ms,
	                  "host", round->host != NULL, "faults", faults, "messages", messages_of(account), "failure",
	                  amp_cli_json_text(failure ? failure : ""), "logs", logs);
	char *text = result ? json_dumps(result, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;

	if (text) {
		fprintf(w->out, "%s\n", text);
		fflush(w->out);
	}
	free(text);
	json_decref(result);
}

/* A lab of its own for a scenario of the catalogue. @return false: interrupted */
static bool run_catalogued(const struct worker *w, const struct campaign_round *round)
{
	static const struct run_account none;
	char path[PATH_MAX], error[SCENARIO_ERROR_LEN];
	struct scenario *scenario;
	json_t *result;
	bool ok, interrupted;

	amp_text(path, sizeof(path), "%s/%s.yaml", w->campaign->catalogue, round->host);
	scenario = amp_scenario_load(path, error);
	if (!scenario) {
		tell(w, round, faults_of(round, NULL), error, "", 0, &none);
		return true;
	}
	result = amp_run_scenario(scenario, scenario->socs_count ? scenario->socs[0] : "m3", round->number,
	                          &w->campaign->options);
	ok = json_is_true(json_object_get(result, "ok"));
	interrupted = json_is_true(json_object_get(result, "interrupted"));
	if (!interrupted)
		tell(w, round, faults_of(round, NULL), ok ? NULL : amp_event_string(result, "failure"),
		     amp_event_string(result, "logs"), json_number_value(json_object_get(result, "ms")), &none);
	json_decref(result);
	amp_scenario_free(scenario);
	return !interrupted;
}

/* The lab of the rounds before, for a new scenario. */
static void continue_run(struct run *run, const struct scenario *scenario)
{
	run->scenario = scenario;
	run->deadline = amp_cli_now_ms() + (int64_t)ROUND_LIMIT_S * 1000 * amp_cli_patience();
	run->num_verdicts = 0;
	run->account = (struct run_account){0};
	json_array_clear(run->steps);
}

static void end_lab(struct worker *w)
{
	if (!w->run)
		return;
	amp_run_end(w->run);
	free(w->run);
	w->run = NULL;
}

/* How the lab is, for whoever looks at the failure. */
static void keep_status(struct run *run)
{
	struct job *job = amp_run_amprelay(run, (const char *[]){"--json", "status", NULL},
	                                   amp_cli_now_ms() + (int64_t)STATUS_LIMIT_S * 1000);
	char path[PATH_MAX];
	FILE *file;

	amp_text(path, sizeof(path), "%s/status.json", run->state_dir);
	file = job && job->status == 0 ? fopen(path, "we") : NULL;
	if (file) {
		fputs(job->output, file);
		fclose(file);
	}
	if (job)
		amp_job_end(job);
}

/* @return false: it has failed, and the lab is gone */
static bool run_in_lab(struct worker *w, const struct campaign_round *round, const struct scenario *scenario)
{
	const char *why = "", *failure;
	int64_t began = amp_cli_now_ms();
	bool ok, is_up = w->run;

	if (is_up) {
		continue_run(w->run, scenario);
	} else {
		w->run = calloc(1, sizeof(*w->run));
		if (!w->run ||
		    !amp_run_begin(w->run, scenario, round->soc->name, round->number, &w->campaign->options, &why)) {
			static const struct run_account none;

			tell(w, round, faults_of(round, NULL), why, "", 0, &none);
			return false;
		}
	}
	ok = amp_run_steps(w->run, scenario->steps + is_up, scenario->steps_count - is_up); /* the first is 'up' */
	failure = w->run->failure ? w->run->failure : ok ? NULL : "it has failed\n";
	if (!ok && !w->run->jobs.interrupted)
		keep_status(w->run);
	amp_jobs_end(&w->run->jobs);
	w->interrupted = w->run->jobs.interrupted;
	if (!w->interrupted)
		tell(w, round, faults_of(round, w->run), failure, failure ? w->run->state_dir : "",
		     (double)(amp_cli_now_ms() - began), &w->run->account);
	if (!ok)
		end_lab(w);
	return ok;
}

/* In the new process; does not return. */
static void work(const struct campaign *campaign, const struct campaign_batch *batch, int out)
{
	struct worker w = {.campaign = campaign, .out = fdopen(out, "w")};
	struct scenario **loaded = calloc(batch->count, sizeof(struct scenario *));

	setpgid(0, 0); /* Ctrl-C is the crew's to pass on */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	for (size_t i = 0; w.out && loaded && i < batch->count && !w.interrupted; i++) {
		const struct campaign_round *round = batch->round[i];
		static const struct run_account none;
		char path[PATH_MAX], error[SCENARIO_ERROR_LEN];

		if (!amp_campaign_is_inside(round)) {
			end_lab(&w); /* it has the process to itself */
			w.interrupted = !run_catalogued(&w, round);
			continue;
		}
		if (amp_campaign_write(campaign, round, path))
			loaded[i] = amp_scenario_load(path, error);
		else
			amp_text(error, sizeof(error), "%s: it cannot be written", path);
		if (!loaded[i])
			tell(&w, round, faults_of(round, NULL), error, "", 0, &none);
		else if (run_in_lab(&w, round, loaded[i]))
			unlink(path);
	}
	end_lab(&w);
	fflush(NULL);
	_exit(AMP_EXIT_OK);
}

/* ------------------------------------------------------------------ the crew */

struct hand {
	const struct campaign_batch *batch; /* NULL: the place is free */
	pid_t pid;
	int out;
	char *line;
	size_t used, told;
};

struct crew {
	struct hand hand[CREW_MAX];
	size_t busy;
	int signal_fd;
	sigset_t old_signals;
	bool interrupted;
	void (*told)(void *context, json_t *result);
	void *context;
};

static bool start(struct crew *crew, const struct campaign *campaign, const struct campaign_batch *batch)
{
	struct hand *hand = crew->hand;
	char *line;
	int ends[2];

	while (hand->batch)
		hand++;
	line = malloc(LINE_MAX_LEN);
	if (!line || pipe2(ends, O_CLOEXEC)) {
		free(line);
		return false;
	}
	*hand = (struct hand){.line = line};
	fflush(NULL);
	hand->pid = fork();
	if (hand->pid == 0)
		work(campaign, batch, ends[1]);
	close(ends[1]);
	hand->out = ends[0];
	if (hand->pid < 0) {
		close(ends[0]);
		free(hand->line);
		return false;
	}
	hand->batch = batch;
	crew->busy++;
	return true;
}

static void take_lines(struct crew *crew, struct hand *hand)
{
	char *end;

	while ((end = memchr(hand->line, '\n', hand->used))) {
		json_t *result = json_loadb(hand->line, (size_t)(end - hand->line), 0, NULL);
		size_t len = (size_t)(end - hand->line) + 1;

		if (result) {
			hand->told++;
			crew->told(crew->context, result);
		}
		hand->used -= len;
		memmove(hand->line, hand->line + len, hand->used);
	}
}

/* Of rounds that it owes, none is forgotten. */
static void bury(struct crew *crew, struct hand *hand)
{
	waitpid(hand->pid, NULL, 0);
	close(hand->out);
	for (size_t i = hand->told; i < hand->batch->count && !crew->interrupted; i++) {
		const struct campaign_round *round = hand->batch->round[i];

		crew->told(crew->context, json_pack("{s:I, s:s, s:s, s:b, s:f, s:b, s:o, s:{}, s:s, s:s}", "round",
		                                    (json_int_t)round->number, "soc", round->soc->name, "core",
		                                    round->soc->core[round->core], "ok", 0, "ms", 0.0, "host",
		                                    round->host != NULL, "faults", faults_of(round, NULL), "messages",
		                                    "failure", "the process that ran it has died\n", "logs", ""));
	}
	free(hand->line);
	hand->batch = NULL;
	crew->busy--;
}

static void hear(struct crew *crew, struct hand *hand)
{
	ssize_t n = read(hand->out, hand->line + hand->used, LINE_MAX_LEN - hand->used);

	if (n <= 0) {
		bury(crew, hand);
		return;
	}
	hand->used += (size_t)n;
	take_lines(crew, hand);
}

/* Those under way clean up and end; no more are started. */
static void interrupt(struct crew *crew)
{
	struct signalfd_siginfo info;

	if (read(crew->signal_fd, &info, sizeof(info)) != sizeof(info))
		return;
	crew->interrupted = true;
	for (size_t i = 0; i < CREW_MAX; i++) {
		if (crew->hand[i].batch)
			kill(crew->hand[i].pid, SIGTERM);
	}
}

static void wait_for_some(struct crew *crew)
{
	struct pollfd fds[CREW_MAX + 1];

	for (size_t i = 0; i < CREW_MAX; i++)
		fds[i] = (struct pollfd){.fd = crew->hand[i].batch ? crew->hand[i].out : -1, .events = POLLIN};
	fds[CREW_MAX] = (struct pollfd){.fd = crew->signal_fd, .events = POLLIN};
	if (poll(fds, CREW_MAX + 1, -1) <= 0)
		return;
	for (size_t i = 0; i < CREW_MAX; i++) {
		if (fds[i].revents)
			hear(crew, &crew->hand[i]);
	}
	if (fds[CREW_MAX].revents)
		interrupt(crew);
}

bool amp_campaign_crew(const struct campaign *campaign, const struct campaign_batch *batches, size_t count,
                       size_t at_once, void (*told)(void *context, json_t *result), void *context)
{
	struct crew crew = {.told = told, .context = context};
	size_t next = 0;

	crew.signal_fd = amp_client_catch_signals(0, &crew.old_signals);
	while (crew.busy || (next < count && !crew.interrupted)) {
		if (next < count && !crew.interrupted && crew.busy < at_once && crew.busy < CREW_MAX) {
			if (!start(&crew, campaign, &batches[next]))
				crew.interrupted = true;
			next++;
			continue;
		}
		wait_for_some(&crew);
	}
	close(crew.signal_fd);
	sigprocmask(SIG_SETMASK, &crew.old_signals, NULL);
	return !crew.interrupted;
}
