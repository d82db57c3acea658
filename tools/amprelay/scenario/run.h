/* SPDX-License-Identifier: GPL-2.0-only */
/* One run of one scenario, on one SoC, in a lab of its own. */
#ifndef AMPRELAY_SCENARIO_RUN_H
#define AMPRELAY_SCENARIO_RUN_H

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

#include "common/control.h"
#include "job.h"
#include "scenario.h"
#include "variables.h"

/** What the user wants of all runs. */
struct run_options {
	const char *lab_dir;   /**< --lab; NULL: the program's own */
	const char *artifacts; /**< absolute; NULL: logs of what failed stay in the state directory */
	bool keep;             /**< the lab of a run that failed stays up */
	bool verbose;          /**< each step is told */
	bool simulated;        /**< not in a lab: in the simulator */
};

#define EXPECTED_MAX 32
#define VERDICTS_MAX 8

/** What a step 'break' has found. */
struct run_verdict {
	const char *kind, *outcome; /**< empty: not as declared */
	char core[SCENARIO_NAME_LEN];
	double detect_ms, recover_ms; /**< -1: there was nothing to detect, or to recover from */
};

/** What the ledgers of a run say: numbers of messages. */
struct run_account {
	json_int_t sent, delivered, reported, corrupted, doubled, both, unaccounted;
	json_int_t found; /**< what the last four would be where memory was written over */
};

struct run {
	const struct scenario *scenario;
	const struct run_options *options;
	char program[PATH_MAX]; /**< this one */
	char lab[AMP_LAB_NAME_MAX + 1];
	char *state_dir;
	char *files_dir;
	char work[PATH_MAX];
	const char *soc;
	int lifeline[2];              /**< the lab's end is that of the writing end */
	uint64_t random;              /**< state of the sequence that the seed begins */
	int64_t deadline;             /**< of all of it, amp_cli_now_ms() */
	int64_t mark;                 /**< events behind this one count */
	char *expected[EXPECTED_MAX]; /**< since the mark: what was done, and what came as it should */
	size_t num_expected;
	struct jobs jobs;
	struct sim *sim; /**< NULL: it is not up, or a lab is */
	struct scenario_variables variables;
	struct run_verdict verdicts[VERDICTS_MAX];
	size_t num_verdicts;
	struct run_account account;
	char *failure; /**< what failed, in lines; NULL: nothing has */
	unsigned int failed_line;
	json_t *steps; /**< of the result */
};

/**
 * Runs it, cleans up, and tells what came of it.
 *
 * @return {"file", "claim", "soc", "seed", "ok", "interrupted", "ms", "line", "failure", "logs", "steps"}; and
 * "skipped", why, if what it needs is not there Context: has the process to itself: signals, environment, children.
 */
json_t *amp_run_scenario(const struct scenario *scenario, const char *soc, uint64_t seed,
                         const struct run_options *options);

/** The parts of that, for whoever runs several scenarios in one lab. @param why  of false; static */
bool amp_run_begin(struct run *run, const struct scenario *scenario, const char *soc, uint64_t seed,
                   const struct run_options *options, const char **why);
/** @return false: one has failed, run->failure says why */
bool amp_run_steps(struct run *run, const struct scenario_step *steps, uint32_t count);
/** Ends all that is under way, the lab too, and removes what nobody wants to see. */
void amp_run_end(struct run *run);

/* actions.c */

/** Does what a step without steps in it says. @return false: run->failure says why */
bool amp_run_action(struct run *run, const struct scenario_step *step);

/** Takes the lab down, whatever state it is in. */
void amp_run_down(struct run *run);

/* catalogue.c */

/** Commits a fault, and holds it against its row of include/amprelay/faults.h. @return as amp_run_action() */
bool amp_run_break(struct run *run, const struct scenario_step *step, const char *kind, const char *core,
                   int64_t deadline);

/**
 * A core's ledger has been settled: if that core was broken last, is what messages tell as declared?
 *
 * @param wrong       an answer was wrong, doubled or missing
 * @param longest_ms  that an answer has taken
 * @return as amp_run_action()
 */
bool amp_run_judge_messages(struct run *run, const struct scenario_step *step, const char *core, bool wrong,
                            double longest_ms);

/* expect.c */

/** The step failed, if none has before: the reason, and what was expected beside what happened. @return false */
__attribute__((format(printf, 3, 4))) bool amp_run_failed(struct run *run, const struct scenario_step *step,
                                                          const char *format, ...);
/** From here on events count. */
bool amp_run_mark(struct run *run);
/** Remembers something since the mark, for what is shown when a later step fails. */
void amp_run_note(struct run *run, const char *key, const char *text);
/** Runs this program with the lab's name before `argv`. @return the job, ended; NULL: it could not, or was late */
struct job *amp_run_amprelay(struct run *run, const char *const *argv, int64_t deadline);

#endif
