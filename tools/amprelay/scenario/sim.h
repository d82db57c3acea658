/* SPDX-License-Identifier: GPL-2.0-only */
/* Scenarios in the simulator: the steps that need neither Linux nor a relay nor another processor. */
#ifndef AMPRELAY_SCENARIO_SIM_H
#define AMPRELAY_SCENARIO_SIM_H

#include <stdbool.h>

#include "action.h"

/**
 * Can all its steps be done there?
 *
 * @param error  SCENARIO_ERROR_LEN bytes: "FILE:LINE: ...", if not
 */
bool amp_sim_check(const struct scenario *scenario, char *error);

/** Does a step. @return as amp_run_action() */
bool amp_sim_action(const struct action *a);

/** Ends what is left of it. */
void amp_sim_down(struct run *run);

#endif
