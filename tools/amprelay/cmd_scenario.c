// SPDX-License-Identifier: GPL-2.0-only
/* scenario run, list, check: files that say what to do with a lab and what must come of it. */
#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "common/output.h"
#include "event_reader.h"
#include "lab_dir.h"
#include "scenario/pool.h"
#include "scenario/report.h"
#include "scenario/scenario.h"
#include "scenario/sim.h"
#include "table.h"
#include "terminal.h"

#define FILES_MAX  512
#define REPEAT_MAX 100000

struct arguments {
	const char *what; /* run, list, check */
	const char *files[FILES_MAX];
	size_t num_files;
	const char *soc, *junit, *artifacts, *lab_dir;
	uint64_t repeat, seed, jobs;
	bool has_seed, tap, keep, verbose, simulated;
};

enum {
	KEY_REPEAT = 0x7000,
	KEY_SEED,
	KEY_SOC,
	KEY_JUNIT,
	KEY_TAP,
	KEY_ARTIFACTS,
	KEY_KEEP,
	KEY_LAB,
	KEY_SIM
};

static const struct argp_option options[] = {
	{NULL, 0, NULL, 0, "For 'run':", 0},
	{"repeat", KEY_REPEAT, "N", 0, "Run each N times, with a seed of its own each time", 0},
	{"seed", KEY_SEED, "S", 0, "The first seed of what is random in them (default: the file's, or 1)", 0},
	{"soc", KEY_SOC, "NAME", 0, "Only on this one of the SoCs that they name", 0},
	{"jobs", 'j', "N", 0, "So many at a time (default: 1)", 0},
	{"junit", KEY_JUNIT, "FILE", 0, "Write the results as JUnit's XML", 0},
	{"tap", KEY_TAP, NULL, 0, "Print the results as TAP", 0},
	{"artifacts", KEY_ARTIFACTS, "DIR", 0, "Keep logs, events and dumps of all runs there", 0},
	{"keep", KEY_KEEP, NULL, 0, "The lab of a run that fails stays up, for you to look at it", 0},
	{"verbose", 'v', NULL, 0, "Tell each step, on standard error", 0},
	{"sim", KEY_SIM, NULL, 0, "Not in a lab: in the simulator, for files whose steps allow it", 0},
	{"lab", KEY_LAB, "DIR", 0, "The lab's files, as for 'amprelay up'", 0},
	{0},
};

static error_t parse_word(struct arguments *a, const char *word)
{
	if (!a->what) {
		if (strcmp(word, "run") != 0 && strcmp(word, "list") != 0 && strcmp(word, "check") != 0)
			amp_cli_usage("scenario %s: it is 'run', 'list' or 'check'", word);
		a->what = word;
		return 0;
	}
	if (a->num_files == FILES_MAX)
		amp_cli_usage("scenario %s: at most %d files and folders", a->what, FILES_MAX);
	a->files[a->num_files++] = word;
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case KEY_REPEAT:
		a->repeat = amp_cli_number(arg, "--repeat", REPEAT_MAX);
		return 0;
	case KEY_SEED:
		a->seed = amp_cli_number(arg, "--seed", INT64_MAX);
		a->has_seed = true;
		return 0;
	case KEY_SOC:
		a->soc = arg;
		return 0;
	case 'j':
		a->jobs = amp_cli_number(arg, "--jobs", POOL_MAX);
		return 0;
	case KEY_JUNIT:
		a->junit = arg;
		return 0;
	case KEY_TAP:
		a->tap = true;
		return 0;
	case KEY_ARTIFACTS:
		a->artifacts = arg;
		return 0;
	case KEY_KEEP:
		a->keep = true;
		return 0;
	case 'v':
		a->verbose = true;
		return 0;
	case KEY_SIM:
		a->simulated = true;
		return 0;
	case KEY_LAB:
		a->lab_dir = arg;
		return 0;
	case ARGP_KEY_ARG:
		return parse_word(a, arg);
	case ARGP_KEY_END:
		if (!a->what)
			amp_cli_usage("scenario: 'run', 'list' or 'check' which files?");
		if (a->simulated && (a->keep || a->lab_dir))
			amp_cli_usage("--sim: it has no lab, so %s goes not with it", a->keep ? "--keep" : "--lab");
		if (!a->num_files)
			amp_cli_usage("scenario %s: which files? Of a folder it takes each *.yaml", a->what);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "run FILES...\nlist FILES...\ncheck FILES...",
	.doc = "Run scenarios: text files that say what to do with a lab, and what must come of it. Each runs in a lab "
	       "of "
	       "its own, which is gone afterwards. 'check' says what is wrong with the files, by line; 'list' what "
	       "they "
	       "claim. Of a folder each *.yaml is taken.\vExit status of 'run': 0 if each has held, 1 if one has not, "
	       "2 "
	       "if a file is wrong, 130 if interrupted. A scenario runs commands, in Linux and on this machine: run "
	       "only "
	       "those that you trust.",
	.children = amp_cli_common,
};

/* ------------------------------------------------------------------ the files */

struct loaded {
	struct scenario *scenario[FILES_MAX];
	size_t count;
	unsigned int wrong;
};

static void load_file(struct loaded *loaded, const char *path)
{
	char error[SCENARIO_ERROR_LEN];
	struct scenario *scenario;

	if (loaded->count == FILES_MAX)
		amp_cli_usage("scenario: more than %d files", FILES_MAX);
	scenario = amp_scenario_load(path, error);
	if (scenario) {
		loaded->scenario[loaded->count++] = scenario;
		return;
	}
	amp_cli_error("%s", error);
	loaded->wrong++;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool is_yaml(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
}

/* Files that the user names are taken whatever they are called. */
static void load_tree(struct loaded *loaded, const char *path)
{
	char *const roots[] = {(char *)path, NULL};
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
	const FTSENT *entry;
	size_t before = loaded->count + loaded->wrong;

	while (tree && (entry = fts_read(tree))) {
		if (entry->fts_level == 0 ? entry->fts_info != FTS_D && entry->fts_info != FTS_DP
		                          : entry->fts_info == FTS_F && is_yaml(entry->fts_name))
			load_file(loaded, entry->fts_path);
	}
	if (tree)
		fts_close(tree);
	if (loaded->count + loaded->wrong == before) {
		amp_cli_error("%s: no *.yaml is in it", path);
		loaded->wrong++;
	}
}

/* ------------------------------------------------------------------ list, check */

static const char *soc_of(const struct scenario *scenario, uint32_t i)
{
	return scenario->socs_count ? scenario->socs[i] : "m3";
}

static uint32_t num_socs(const struct scenario *scenario)
{
	return scenario->socs_count ? scenario->socs_count : 1;
}

static json_t *describe(const struct scenario *scenario)
{
	json_t *socs = json_array();

	for (uint32_t i = 0; i < num_socs(scenario); i++)
		json_array_append_new(socs, json_string(soc_of(scenario, i)));
	return json_pack("{s:s, s:s, s:o}", "file", scenario->path, "claim", scenario->claim, "socs", socs);
}

static void list(const struct loaded *loaded)
{
	struct amp_table *table;

	if (amp_cli.json) {
		json_t *all = json_array();

		for (size_t i = 0; i < loaded->count; i++)
			json_array_append_new(all, describe(loaded->scenario[i]));
		amp_cli_print_json(all);
		return;
	}
	table = amp_table_new((const char *[]){"FILE", "ON", "CLAIM", NULL});
	for (size_t i = 0; i < loaded->count; i++) {
		const struct scenario *scenario = loaded->scenario[i];
		char socs[128] = "";

		for (uint32_t s = 0; s < num_socs(scenario); s++)
			snprintf(socs + strlen(socs), sizeof(socs) - strlen(socs), "%s%s", s ? " " : "",
			         soc_of(scenario, s));
		amp_table_add(table, (const char *[]){scenario->path, socs, scenario->claim}, "");
	}
	amp_table_print(table);
}

static int say_checked(const struct loaded *loaded)
{
	if (amp_cli.json)
		amp_cli_print_json(
			json_pack("{s:I, s:I}", "good", (json_int_t)loaded->count, "wrong", (json_int_t)loaded->wrong));
	else if (!loaded->wrong)
		printf("%zu scenario%s: nothing is wrong\n", loaded->count, loaded->count == 1 ? "" : "s");
	return loaded->wrong ? AMP_EXIT_USAGE : AMP_EXIT_OK;
}

/* ------------------------------------------------------------------ run */

struct runs {
	struct pool_run *run;
	size_t count;
};

static void plan(struct runs *runs, const struct loaded *loaded, const struct arguments *a)
{
	size_t most = 0;

	for (size_t i = 0; i < loaded->count; i++)
		most += num_socs(loaded->scenario[i]);
	runs->run = calloc(most * a->repeat + 1, sizeof(*runs->run));
	for (uint64_t n = 0; runs->run && n < a->repeat; n++) {
		for (size_t i = 0; i < loaded->count; i++) {
			const struct scenario *scenario = loaded->scenario[i];
			uint64_t seed = a->has_seed ? a->seed : scenario->seed ? *scenario->seed : 1;

			for (uint32_t s = 0; s < num_socs(scenario); s++) {
				if (a->soc ? strcmp(a->soc, soc_of(scenario, s)) == 0 : !a->simulated || s == 0)
					runs->run[runs->count++] = (struct pool_run){
						.scenario = scenario, .soc = soc_of(scenario, s), .seed = seed + n};
			}
		}
	}
}

struct told {
	const struct arguments *arguments;
	json_t *results;
	size_t failed, skipped;
};

static void tell(void *context, json_t *result)
{
	struct told *told = context;
	bool ok = json_is_true(json_object_get(result, "ok"));
	const char *skipped = amp_event_string(result, "skipped");

	json_array_append_new(told->results, result);
	told->failed += !ok;
	told->skipped += skipped[0] != '\0';
	if (told->arguments->tap) {
		amp_scenario_print_tap(result, json_array_size(told->results));
	} else if (!amp_cli.json) {
		amp_terminal_printf(stdout, "%s%-7s%s%6.1f s  %s (%s): %s\n",
		                    amp_cli_color(ok ? COLOR_GOOD : COLOR_BAD),
		                    skipped[0] ? "skipped"
		                    : ok       ? "ok"
		                               : "FAILED",
		                    amp_cli_color(COLOR_END), json_number_value(json_object_get(result, "ms")) / 1000,
		                    amp_event_string(result, "file"), amp_event_string(result, "soc"),
		                    skipped[0] ? skipped : amp_event_string(result, "claim"));
		if (!ok)
			amp_terminal_printf(stdout, "%sseed %lld, logs in %s\n", amp_event_string(result, "failure"),
			                    (long long)amp_event_integer(result, "seed", 0),
			                    amp_event_string(result, "logs"));
	}
	amp_output_flush();
}

static int conclude(const struct told *told, size_t planned, bool whole)
{
	const struct arguments *a = told->arguments;
	size_t ran = json_array_size(told->results);
	int err = a->junit ? amp_scenario_write_junit(a->junit, told->results) : 0;

	if (a->tap)
		printf("1..%zu\n", ran);
	else if (amp_cli.json)
		amp_cli_print_json(json_incref(told->results));
	else
		printf(told->skipped ? "%zu of %zu have held, %zu are skipped\n" : "%zu of %zu have held\n",
		       ran - told->failed - told->skipped, planned, told->skipped);
	if (err)
		amp_cli_error("%s: %s", a->junit, strerror(-err));
	if (!whole) {
		amp_cli_error("interrupted: what ran was cleaned up");
		return AMP_EXIT_INTERRUPTED;
	}
	return told->failed || err ? AMP_EXIT_FAILED : AMP_EXIT_OK;
}

/* @return the absolute path of a folder that is there from now on; the program ends if it cannot be */
static const char *artifacts_folder(const char *dir)
{
	static char path[PATH_MAX];
	int err = amp_lab_make_dir(dir);

	if (err || !realpath(dir, path))
		amp_cli_usage("--artifacts %s: %s", dir, strerror(err ? -err : errno));
	return path;
}

static int run(const struct loaded *loaded, const struct arguments *a)
{
	const struct run_options run_options = {
		.lab_dir = a->lab_dir,
		.artifacts = a->artifacts ? artifacts_folder(a->artifacts) : NULL,
		.keep = a->keep,
		.verbose = a->verbose,
		.simulated = a->simulated,
	};
	struct told told = {.arguments = a, .results = json_array()};
	struct runs runs = {0};
	bool whole;
	int err;

	plan(&runs, loaded, a);
	if (!runs.count)
		amp_cli_usage("scenario run: none of them is for the SoC '%s'", a->soc ? a->soc : "");
	if (a->tap)
		puts("TAP version 13");
	whole = amp_scenario_pool(runs.run, runs.count, a->jobs ? a->jobs : 1, &run_options, tell, &told);
	err = conclude(&told, runs.count, whole);
	json_decref(told.results);
	free(runs.run);
	return err;
}

/* @return are there no steps that need a lab? */
static bool can_be_simulated(const struct loaded *loaded)
{
	char error[SCENARIO_ERROR_LEN];
	bool all = true;

	for (size_t i = 0; i < loaded->count; i++) {
		if (amp_sim_check(loaded->scenario[i], error))
			continue;
		amp_cli_error("%s", error);
		all = false;
	}
	return all;
}

int cmd_scenario(int argc, char **argv)
{
	static struct arguments a = {.repeat = 1};
	static struct loaded loaded;
	int err;

	amp_cli_parse(&argp, argc, argv, 0, &a);
	for (size_t i = 0; i < a.num_files; i++)
		load_tree(&loaded, a.files[i]);
	if (strcmp(a.what, "check") == 0)
		err = say_checked(&loaded);
	else if (loaded.wrong || (a.simulated && !can_be_simulated(&loaded)))
		err = AMP_EXIT_USAGE;
	else if (strcmp(a.what, "list") == 0)
		err = (list(&loaded), AMP_EXIT_OK);
	else
		err = run(&loaded, &a);
	for (size_t i = 0; i < loaded.count; i++)
		amp_scenario_free(loaded.scenario[i]);
	return err;
}
