/* SPDX-License-Identifier: GPL-2.0-only */
/* A step that is being done, on whatever ground: a lab (actions.c) or the simulator (sim.c). */
#ifndef AMPRELAY_SCENARIO_ACTION_H
#define AMPRELAY_SCENARIO_ACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "run.h"

/** A step whose texts have their variables replaced. */
struct action {
	struct run *run;
	const struct scenario_step *step;
	char *text, *output, *without, *core, *channel, *in, *interval;
	int64_t deadline;
};

/**
 * Holds what a command has said, and how it has ended, against what the step expects of it; saves it.
 *
 * @param output  NUL-terminated, and `len` bytes without that
 * @return as amp_run_action()
 */
bool amp_action_judge(const struct action *a, int status, const char *output, size_t len);

/** Holds a step's conditions against what `status` says. @return as amp_run_action() */
bool amp_action_assert(const struct action *a, const json_t *status);

/** It has not ended in time, or somebody wants it to end. @return false */
bool amp_action_late(const struct action *a, bool interrupted);

#endif
