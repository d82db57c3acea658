// SPDX-License-Identifier: GPL-2.0-only
/* campaign: rounds of random faults under messages on all channels, each held against the catalogue and the ledger. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "campaign/campaign.h"
#include "cli.h"
#include "common/output.h"
#include "common/text.h"
#include "event_reader.h"
#include "lab_dir.h"
#include "lab_files.h"
#include "scenario/pool.h"
#include "terminal.h"

#define BATCH      25 /* rounds of one lab: its records stay short */
#define SHRINK_MAX 10 /* failures that are looked into */

struct arguments {
	uint64_t rounds, from, seed, jobs, host_percent;
	bool has_seed;
	char *kinds;
	const char *report, *dir, *artifacts, *lab_dir, *firmware, *catalogue;
	const char *socs[CAMPAIGN_SOCS_MAX];
	size_t num_socs;
};

enum {
	KEY_ROUNDS = 0x7100,
	KEY_FROM,
	KEY_SEED,
	KEY_SOC,
	KEY_KINDS,
	KEY_HOST,
	KEY_REPORT,
	KEY_DIR,
	KEY_ARTIFACTS,
	KEY_LAB,
	KEY_FIRMWARE,
	KEY_CATALOGUE
};

static const struct argp_option options[] = {
	{"rounds", KEY_ROUNDS, "N", 0, "So many rounds (default: 100)", 0},
	{"from", KEY_FROM, "N", 0, "The number of the first (default: 1)", 0},
	{"seed", KEY_SEED, "S", 0, "What is random follows from it (default: another one each time; it is told)", 0},
	{"soc", KEY_SOC, "NAME", 0, "On this SoC; may be given again (default: m3 and star)", 0},
	{"jobs", 'j', "N", 0, "So many labs at a time (default: 2)", 0},
	{"kinds", KEY_KINDS, "KIND[,KIND...]", 0, "Only these faults (default: all of the catalogue)", 0},
	{"host", KEY_HOST, "PERCENT", 0, "So many rounds break the host, not a core (default: 5)", 0},
	{"report", KEY_REPORT, "FILE", 0, "Write what came of it there, as JSON; 'amprelay report FILE' makes a page",
         0},
	{"scenarios", KEY_DIR, "DIR", 0, "Where rounds that fail become scenario files (default: campaign-SEED)", 0},
	{"artifacts", KEY_ARTIFACTS, "DIR", 0,
         "Keep the labs of rounds that fail there: logs, events, dumps, status (default: where labs have them)", 0},
	{"catalogue", KEY_CATALOGUE, "DIR", 0, "The scenarios of the faults of the host (default: the program's own)",
         0},
	{"firmware", KEY_FIRMWARE, "FILE", 0, "Your own firmware, as for 'amprelay up'", 0},
	{"lab", KEY_LAB, "DIR", 0, "The lab's files, as for 'amprelay up'", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case KEY_ROUNDS:
		a->rounds = amp_cli_number(arg, "--rounds", CAMPAIGN_ROUNDS_MAX);
		return 0;
	case KEY_FROM:
		a->from = amp_cli_number(arg, "--from", CAMPAIGN_ROUNDS_MAX);
		return 0;
	case KEY_SEED:
		a->seed = amp_cli_number(arg, "--seed", INT64_MAX);
		a->has_seed = true;
		return 0;
	case KEY_SOC:
		if (a->num_socs == CAMPAIGN_SOCS_MAX)
			amp_cli_usage("campaign: at most %d SoCs", CAMPAIGN_SOCS_MAX);
		a->socs[a->num_socs++] = arg;
		return 0;
	case 'j':
		a->jobs = amp_cli_number(arg, "--jobs", 16);
		return 0;
	case KEY_KINDS:
		a->kinds = arg;
		return 0;
	case KEY_HOST:
		a->host_percent = amp_cli_number(arg, "--host", 100);
		return 0;
	case KEY_REPORT:
		a->report = arg;
		return 0;
	case KEY_DIR:
		a->dir = arg;
		return 0;
	case KEY_ARTIFACTS:
		a->artifacts = arg;
		return 0;
	case KEY_CATALOGUE:
		a->catalogue = arg;
		return 0;
	case KEY_FIRMWARE:
		a->firmware = arg;
		return 0;
	case KEY_LAB:
		a->lab_dir = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Break cores, and now and then their host, at random moments while messages pass on all channels. Each "
	       "round "
	       "is held against the catalogue of faults: noticed by whom it must be, in time, recovered from, or "
	       "survived; and "
	       "against a ledger of the messages: each is delivered once, or reported lost to its sender. A round that "
	       "fails is "
	       "shrunk to the fewest faults that it fails with, and written as a scenario file.\vExit status: 0 if "
	       "each round "
	       "was as declared, 1 if one was not, 130 if interrupted.",
	.children = amp_cli_common,
};

/* ------------------------------------------------------------------ what it is about */

static void find_soc(struct campaign_soc *soc, const char *name, const char *lab_dir)
{
	static char error[LAB_FILES_ERROR];
	const struct lab_choice choice = {.dir = lab_dir, .soc = name};
	struct lab_files files;

	if (amp_lab_files_resolve(&files, &choice, error) != AMP_EXIT_OK) {
		amp_cli_error("%s", error);
		exit(AMP_EXIT_ENVIRONMENT);
	}
	soc->name = name;
	for (uint32_t i = 0; i < files.soc.num_cores && i < CAMPAIGN_CORES_MAX; i++)
		amp_text(soc->core[soc->num_cores++], SCENARIO_NAME_LEN, "%s", files.soc.core[i].name);
	amp_lab_files_free(&files);
}

/* @return an absolute path, from malloc; the program ends if there is no such thing */
static char *absolute(const char *path, const char *option)
{
	char *whole = realpath(path, NULL);

	if (!whole)
		amp_cli_usage("%s %s: %s", option, path, strerror(errno));
	return whole;
}

/* Beside the lab's files, where an installation has them, or the source tree; NULL: it has none. */
static char *find_catalogue(const struct arguments *a)
{
	static const char *const places[] = {"scenarios/faults", "../../scenarios/faults"};
	char *files = amp_lab_files_dir(a->lab_dir), *found = NULL, path[PATH_MAX];

	if (a->catalogue)
		return absolute(a->catalogue, "--catalogue");
	for (size_t i = 0; files && !found && i < 2; i++) {
		amp_text(path, sizeof(path), "%s/%s", files, places[i]);
		found = realpath(path, NULL);
	}
	free(files);
	return found;
}

/* @return an absolute path, of a folder that is there from now on; the program ends if it cannot be */
static char *folder(const char *path, const char *option)
{
	int err = amp_lab_make_dir(path);

	if (err)
		amp_cli_usage("%s %s: %s", option, path, strerror(-err));
	return absolute(path, option);
}

static void prepare(struct campaign *campaign, struct arguments *a)
{
	char dir[PATH_MAX];
	const char *unknown;

	if (!a->has_seed)
		a->seed = (uint64_t)time(NULL) % 1000000;
	if (a->num_socs == 0) {
		a->socs[a->num_socs++] = "m3";
		a->socs[a->num_socs++] = "star";
	}
	for (size_t i = 0; i < a->num_socs; i++)
		find_soc(&campaign->soc[campaign->num_socs++], a->socs[i], a->lab_dir);
	amp_text(dir, sizeof(dir), "campaign-%llu", (unsigned long long)a->seed);
	campaign->dir = folder(a->dir ? a->dir : dir, "--scenarios");
	if (a->artifacts) /* whose labs hold are gone with all that they have written */
		setenv("AMPRELAY_STATE", folder(a->artifacts, "--artifacts"), 1);
	campaign->firmware = a->firmware ? absolute(a->firmware, "--firmware") : NULL;
	campaign->catalogue = find_catalogue(a);
	campaign->seed = a->seed;
	campaign->host_percent = (unsigned int)a->host_percent;
	campaign->options.lab_dir = a->lab_dir;
	campaign->has_debug_kernel = amp_lab_has_debug_kernel(a->lab_dir);
	unknown = amp_campaign_choose(campaign, a->kinds);
	if (unknown)
		amp_cli_usage("--kinds: there is no fault '%s', or not without the debug kernel; "
		              "docs/reference/faults.md has them all",
		              unknown);
}

/* ------------------------------------------------------------------ rounds, in batches */

struct plan {
	struct campaign_round *round;
	const struct campaign_round **order; /* by batch */
	struct campaign_batch *batch;
	size_t num_batches;
};

/* A batch is of one SoC; those of all SoCs take turns. */
static bool make_plan(struct plan *plan, const struct campaign *campaign, const struct arguments *a)
{
	size_t next[CAMPAIGN_SOCS_MAX] = {0}, used = 0;

	plan->round = calloc(a->rounds, sizeof(*plan->round));
	plan->order = calloc(a->rounds, sizeof(const struct campaign_round *));
	plan->batch = calloc(a->rounds / BATCH + campaign->num_socs + 1, sizeof(*plan->batch));
	if (!plan->round || !plan->order || !plan->batch)
		return false;
	for (size_t i = 0; i < a->rounds; i++)
		amp_campaign_draw(campaign, (uint32_t)(a->from + i), &plan->round[i]);
	for (size_t turn = 0; used < a->rounds; turn = (turn + 1) % campaign->num_socs) {
		struct campaign_batch *batch = &plan->batch[plan->num_batches];

		batch->round = plan->order + used;
		for (; next[turn] < a->rounds && batch->count < BATCH; next[turn]++) {
			if (plan->round[next[turn]].soc == &campaign->soc[turn]) {
				plan->order[used++] = &plan->round[next[turn]];
				batch->count++;
			}
		}
		plan->num_batches += batch->count > 0;
	}
	return true;
}

static void free_plan(struct plan *plan)
{
	free(plan->batch);
	free(plan->order);
	free(plan->round);
}

/* ------------------------------------------------------------------ while it goes on */

struct told {
	json_t *results;
	uint64_t planned;
	size_t failed;
	int64_t began;
	bool on_terminal;
	uint64_t next_told;
};

/* "  231 of 1000, 1 failed, 5 min 20 s left" */
static void tell_progress(struct told *told)
{
	size_t done = json_array_size(told->results);
	int64_t left = (amp_cli_now_ms() - told->began) * (int64_t)(told->planned - done) / (int64_t)done / 1000;

	if (!told->on_terminal && done < told->next_told)
		return;
	told->next_told = done + (told->planned + 9) / 10;
	fprintf(stderr, "%s%zu of %llu rounds, %zu failed, %lld min %02lld s left%s",
	        told->on_terminal ? "\r\033[K" : "", done, (unsigned long long)told->planned, told->failed,
	        (long long)(left / 60), (long long)(left % 60), told->on_terminal ? "" : "\n");
	fflush(stderr);
}

static void end_progress(const struct told *told)
{
	if (told->on_terminal)
		fputs("\r\033[K", stderr);
}

static void tell(void *context, json_t *result)
{
	struct told *told = context;
	bool ok = json_is_true(json_object_get(result, "ok"));

	json_array_append_new(told->results, result);
	told->failed += !ok;
	if (!ok && !amp_cli.json) {
		end_progress(told);
		amp_terminal_printf(stdout, "%sFAILED%s round %lld (%s): %slogs in %s\n", amp_cli_color(COLOR_BAD),
		                    amp_cli_color(COLOR_END), (long long)amp_event_integer(result, "round", 0),
		                    amp_event_string(result, "soc"), amp_event_string(result, "failure"),
		                    amp_event_string(result, "logs"));
		amp_output_flush();
	}
	tell_progress(told);
}

/* ------------------------------------------------------------------ failures become files */

struct attempt {
	const struct campaign *campaign;
	bool failed, interrupted;
};

static void take_result(void *context, json_t *result)
{
	struct attempt *attempt = context;

	attempt->failed = !json_is_true(json_object_get(result, "ok"));
	json_decref(result);
}

/* In a lab of its own, as 'scenario run' does it. */
static bool fails(void *context, const struct campaign_round *round)
{
	struct attempt *attempt = context;
	char path[PATH_MAX], error[SCENARIO_ERROR_LEN];
	struct scenario *scenario;
	struct pool_run run;

	if (attempt->interrupted || !amp_campaign_write(attempt->campaign, round, path))
		return false;
	scenario = amp_scenario_load(path, error);
	if (!scenario)
		return false;
	run = (struct pool_run){.scenario = scenario, .soc = round->soc->name, .seed = round->number};
	attempt->failed = false;
	attempt->interrupted = !amp_scenario_pool(&run, 1, 1, &attempt->campaign->options, take_result, attempt);
	amp_scenario_free(scenario);
	return attempt->failed && !attempt->interrupted;
}

static const struct campaign_round *find_round(const struct plan *plan, const struct arguments *a, const json_t *result)
{
	return &plan->round[(uint64_t)amp_event_integer(result, "round", 0) - a->from];
}

static void shrink_failures(const struct campaign *campaign, const struct plan *plan, const struct arguments *a,
                            const struct told *told)
{
	struct attempt attempt = {.campaign = campaign};
	size_t i, looked_at = 0;
	json_t *result;

	json_array_foreach (told->results, i, result) {
		struct campaign_round round = *find_round(plan, a, result);
		char path[PATH_MAX];
		bool again;

		if (json_is_true(json_object_get(result, "ok")) || looked_at == SHRINK_MAX || attempt.interrupted)
			continue;
		if (!amp_campaign_is_inside(&round)) { /* it has a file */
			amp_text(path, sizeof(path), "%s/%s.yaml", campaign->catalogue, round.host);
			json_object_set_new(result, "file", json_string(path));
			continue;
		}
		looked_at++;
		again = amp_campaign_shrink(&round, fails, &attempt);
		amp_campaign_write(campaign, &round, path);
		json_object_set_new(result, "file", json_string(path));
		json_object_set_new(result, "fails_again", json_boolean(again));
		if (!amp_cli.json)
			printf("round %u: %s %s\n", round.number,
			       again ? "it fails again with" : "it has not failed again by itself:", path);
		amp_output_flush();
	}
}

/* ------------------------------------------------------------------ the end */

static void print_summary(const struct told *told, const json_t *report)
{
	const json_t *m = json_object_get(report, "messages");
	size_t ran = json_array_size(told->results);

	printf("%zu of %llu rounds were as declared, in %.0f s (%.2f s each)\n", ran - told->failed,
	       (unsigned long long)told->planned, json_number_value(json_object_get(report, "seconds")),
	       ran ? json_number_value(json_object_get(report, "seconds")) / (double)ran : 0);
	printf("%lld messages: %lld delivered once, %lld reported lost; %lld corrupted, %lld doubled, %lld both, %lld "
	       "unaccounted; %lld found by the ledger where memory was written over\n",
	       (long long)amp_event_integer(m, "sent", 0), (long long)amp_event_integer(m, "delivered", 0),
	       (long long)amp_event_integer(m, "reported", 0), (long long)amp_event_integer(m, "corrupted", 0),
	       (long long)amp_event_integer(m, "doubled", 0), (long long)amp_event_integer(m, "both", 0),
	       (long long)amp_event_integer(m, "unaccounted", 0), (long long)amp_event_integer(m, "found", 0));
}

static int conclude(const struct campaign *campaign, const struct arguments *a, const struct told *told, double seconds,
                    bool whole)
{
	json_t *report = amp_campaign_report(campaign, told->results, seconds, whole);
	bool written = !a->report || (report && json_dump_file(report, a->report, JSON_INDENT(1)) == 0);

	if (!written)
		amp_cli_error("%s: it cannot be written", a->report);
	if (amp_cli.json)
		amp_cli_print_json(json_incref(report));
	else
		print_summary(told, report);
	json_decref(report);
	rmdir(campaign->dir); /* if nothing is in it */
	if (!whole) {
		amp_cli_error("interrupted: what ran was cleaned up");
		return AMP_EXIT_INTERRUPTED;
	}
	return told->failed || !written ? AMP_EXIT_FAILED : AMP_EXIT_OK;
}

int cmd_campaign(int argc, char **argv)
{
	static struct arguments a = {.rounds = 100, .from = 1, .jobs = 2, .host_percent = 5};
	static struct campaign campaign;
	struct plan plan = {0};
	struct told told = {.results = json_array(), .on_terminal = isatty(STDERR_FILENO)};
	double seconds;
	bool whole;
	int status;

	amp_cli_parse(&argp, argc, argv, 0, &a);
	if (a.rounds == 0 || a.jobs == 0)
		amp_cli_usage("campaign: %s is to be 1 or more", a.rounds == 0 ? "--rounds" : "--jobs");
	prepare(&campaign, &a);
	if (!make_plan(&plan, &campaign, &a)) {
		amp_cli_error("out of memory");
		free_plan(&plan);
		return AMP_EXIT_FAILED;
	}
	if (!amp_cli.json)
		printf("seed %llu, rounds %llu to %llu\n", (unsigned long long)a.seed, (unsigned long long)a.from,
		       (unsigned long long)(a.from + a.rounds - 1));
	amp_output_flush();
	told.planned = a.rounds;
	told.began = amp_cli_now_ms();
	whole = amp_campaign_crew(&campaign, plan.batch, plan.num_batches, a.jobs, tell, &told);
	seconds = (double)(amp_cli_now_ms() - told.began) / 1000;
	end_progress(&told);
	if (whole)
		shrink_failures(&campaign, &plan, &a, &told);
	status = conclude(&campaign, &a, &told, seconds, whole);
	free_plan(&plan);
	json_decref(told.results);
	return status;
}
