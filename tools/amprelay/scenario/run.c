// SPDX-License-Identifier: GPL-2.0-only
/* A run from its lab's name to its result; the steps that have steps in them. */
#include "run.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "amprelay/cli.h"
#include "amprelay/client.h"
#include "amprelay/lab_dir.h"
#include "amprelay/lab_files.h"
#include "common/text.h"
#include "relay/base/remove_tree.h"

#define DEFAULT_LIMIT_S 300
#define CLEANUP_MS      30000

/* ------------------------------------------------------------------ steps */

/* Below `n` (at most 2^31); the same sequence everywhere (Knuth's MMIX). */
static uint32_t draw(struct run *run, uint32_t n)
{
	run->random = run->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(run->random >> 33) % n;
}

static bool run_for(struct run *run, const struct scenario_step *step)
{
	for (uint32_t i = 0; i < step->items_count; i++) {
		char *item = amp_variables_expand(&run->variables, step->items[i]);
		bool ok = item && amp_variables_set(&run->variables, "item", item) &&
		          amp_run_steps(run, step->steps, step->steps_count);

		free(item);
		if (!ok)
			return false;
	}
	return true;
}

static bool run_nested(struct run *run, const struct scenario_step *step)
{
	uint32_t times = step->action == SCENARIO_repeat ? *step->repeat : 0;

	if (step->action == SCENARIO_for)
		return run_for(run, step);
	if (step->action == SCENARIO_one_of)
		return amp_run_steps(run, &step->one_of[draw(run, step->one_of_count)], 1);
	for (uint32_t i = 0; i < times; i++) {
		if (!amp_run_steps(run, step->steps, step->steps_count))
			return false;
	}
	return true;
}

static void tell_step(struct run *run, const struct scenario_step *step, int64_t began, bool ok)
{
	char *text = amp_variables_expand(&run->variables, amp_scenario_text(step) ? amp_scenario_text(step) : "");
	double ms = (double)(amp_cli_now_ms() - began);

	if (!text)
		return;
	text[strcspn(text, "\n")] = '\0';
	json_array_append_new(run->steps, json_pack("{s:i, s:s, s:s, s:f, s:b}", "line", (int)step->line, "step",
	                                            amp_scenario_key(step->action), "text", text, "ms", ms, "ok", ok));
	if (run->options->verbose)
		fprintf(stderr, "  %6.0f ms  %s:%u: %s%s%s\n", ms, run->scenario->path, step->line,
		        amp_scenario_key(step->action), text[0] ? ": " : "", text);
	free(text);
}

/* ${random}: another one for each step. */
static void set_random(struct run *run)
{
	char number[16];

	amp_text(number, sizeof(number), "%u", draw(run, 65536));
	amp_variables_set(&run->variables, "random", number);
}

bool amp_run_steps(struct run *run, const struct scenario_step *steps, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		const struct scenario_step *step = &steps[i];
		bool nested = step->steps || step->one_of;
		int64_t began = amp_cli_now_ms();
		bool ok;

		set_random(run);
		if (run->jobs.interrupted || began >= run->deadline)
			ok = amp_run_failed(run, step, "%s",
			                    run->jobs.interrupted ? "interrupted"
			                                          : "the scenario's time is up ('limit')");
		else
			ok = nested ? run_nested(run, step) : amp_run_action(run, step);
		if (!nested)
			tell_step(run, step, began, ok);
		if (!ok)
			return false;
	}
	return true;
}

/* ------------------------------------------------------------------ its lab */

/* "hang-m3-4711": the file's name, the SoC, the process. */
static void name_lab(struct run *run)
{
	const char *slash = strrchr(run->scenario->path, '/');
	const char *name = slash ? slash + 1 : run->scenario->path;
	char stem[16];
	size_t n = 0;

	for (; n < sizeof(stem) - 1 && name[n] && name[n] != '.'; n++)
		stem[n] = name[n];
	stem[n] = '\0';
	for (char *odd = stem; *(odd += strspn(odd, "abcdefghijklmnopqrstuvwxyz0123456789"));)
		*odd++ = '-';
	amp_text(run->lab, sizeof(run->lab), "%s%s-%d", n && stem[0] != '-' ? "" : "s", stem, (int)getpid());
}

static bool set_variables(struct run *run, uint64_t seed)
{
	char number[24];
	const struct {
		const char *name, *value;
	} given[] = {
		{"soc", run->soc},   {"lab", run->lab}, {"state", run->state_dir},       {"files", run->files_dir},
		{"work", run->work}, {"seed", number},  {"here", run->scenario->folder},
	};
	bool ok = true;

	amp_text(number, sizeof(number), "%llu", (unsigned long long)seed);
	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++)
		ok = ok && amp_variables_set(&run->variables, given[i].name, given[i].value);
	return ok;
}

/* ${core}, ${other}: the first two of the SoC's. */
static bool find_cores(struct run *run, const char **why)
{
	static char error[LAB_FILES_ERROR];
	const struct lab_choice choice = {.dir = run->options->lab_dir, .soc = run->soc};
	struct lab_files files;
	bool ok;

	if (run->options->simulated) /* its core has the name of the SoC */
		return amp_variables_set(&run->variables, "core", run->soc) &&
		       amp_variables_set(&run->variables, "other", "");
	ok = amp_lab_files_resolve(&files, &choice, error) == AMP_EXIT_OK;
	if (ok)
		ok = amp_variables_set(&run->variables, "core", files.soc.core[0].name) &&
		     amp_variables_set(&run->variables, "other", files.soc.num_cores > 1 ? files.soc.core[1].name : "");
	*why = error;
	amp_lab_files_free(&files);
	return ok;
}

bool amp_run_begin(struct run *run, const struct scenario *scenario, const char *soc, uint64_t seed,
                   const struct run_options *options, const char **why)
{
	ssize_t n = readlink("/proc/self/exe", run->program, sizeof(run->program) - 1);

	*why = "there is no memory, no descriptor or no folder for it";
	run->scenario = scenario;
	run->options = options;
	run->soc = soc;
	run->deadline = amp_cli_now_ms() +
	                (int64_t)(scenario->limit ? *scenario->limit : DEFAULT_LIMIT_S) * 1000 * amp_cli_patience();
	run->random = seed;
	name_lab(run);
	if (run->options->artifacts)
		setenv("AMPRELAY_STATE", run->options->artifacts, 1);
	setenv("AMPRELAY", run->program, 1); /* for what 'run' runs */
	run->state_dir = amp_lab_state_dir(run->lab);
	run->files_dir = amp_lab_files_dir(run->options->lab_dir);
	amp_text(run->work, sizeof(run->work), "%s/work", run->state_dir);
	run->jobs.signal_fd = amp_client_catch_signals(0, NULL);
	run->steps = json_array();
	return n > 0 && run->files_dir && run->steps && amp_lab_make_dir(run->work) == 0 &&
	       pipe2(run->lifeline, O_CLOEXEC) == 0 && set_variables(run, seed) && find_cores(run, why);
}

/* Logs are kept of what failed, and of all if somebody wants the artifacts. */
void amp_run_end(struct run *run)
{
	bool keep_logs = run->options->artifacts || (run->failure && !run->jobs.interrupted);
	bool keep_lab = run->failure && run->options->keep && !run->jobs.interrupted;
	char *failure = run->failure;

	run->deadline = amp_cli_now_ms() + CLEANUP_MS;
	run->jobs.interrupted = false;
	if (!keep_lab) {
		amp_run_steps(run, run->scenario->cleanup, run->scenario->cleanup_count);
		amp_jobs_end(&run->jobs);
		amp_run_down(run);
		amp_remove_tree(AT_FDCWD, run->work);
	}
	if (failure && run->failure != failure)
		free(run->failure); /* of the clean-up: the first counts */
	run->failure = failure ? failure : run->failure;
	amp_jobs_end(&run->jobs);
	if (!keep_logs && !run->failure == !failure)
		amp_remove_tree(AT_FDCWD, run->state_dir);
	if (run->lifeline[1] > 0 && !keep_lab)
		close(run->lifeline[1]);
	if (run->lifeline[0] > 0)
		close(run->lifeline[0]);
	if (run->jobs.signal_fd >= 0)
		close(run->jobs.signal_fd);
}

/* ------------------------------------------------------------------ all of it */

/* What it needs is not there: that is no failure. */
static json_t *skipped(const struct scenario *scenario, const char *soc, uint64_t seed)
{
	return json_pack("{s:s, s:s, s:s, s:I, s:b, s:s, s:b, s:f, s:i, s:s, s:s, s:[]}", "file", scenario->path,
	                 "claim", scenario->claim, "soc", soc, "seed", (json_int_t)seed, "ok", 1, "skipped",
	                 "it needs the debug kernel: make lab DEBUG=1", "interrupted", 0, "ms", 0.0, "line", 0,
	                 "failure", "", "logs", "", "steps");
}

static json_t *result_of(const struct run *run, uint64_t seed, int64_t began, bool interrupted)
{
	bool logs = run->failure || run->options->artifacts;

	return json_pack("{s:s, s:s, s:s, s:I, s:b, s:b, s:f, s:i, s:s, s:s, s:O}", "file", run->scenario->path,
	                 "claim", run->scenario->claim, "soc", run->options->simulated ? "simulator" : run->soc, "seed",
	                 (json_int_t)seed, "ok", !run->failure, "interrupted", interrupted, "ms",
	                 (double)(amp_cli_now_ms() - began), "line", (int)run->failed_line, "failure",
	                 run->failure ? run->failure : "", "logs", logs ? run->state_dir : "", "steps", run->steps);
}

json_t *amp_run_scenario(const struct scenario *scenario, const char *soc, uint64_t seed,
                         const struct run_options *options)
{
	struct run *run = calloc(1, sizeof(*run));
	int64_t began = amp_cli_now_ms();
	const char *why;
	bool interrupted;
	json_t *result;

	if (!run)
		return NULL;
	if (scenario->needs && !amp_lab_has_debug_kernel(options->lab_dir))
		return skipped(scenario, soc, seed);
	if (amp_run_begin(run, scenario, soc, seed, options, &why))
		amp_run_steps(run, scenario->steps, scenario->steps_count);
	else if (asprintf(&run->failure, "%s:1: %s\n", scenario->path, why) < 0)
		return NULL;
	interrupted = run->jobs.interrupted;
	amp_run_end(run);
	result = result_of(run, seed, began, interrupted);
	return result; /* the process ends with it: what else it holds goes with it */
}
