/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs of scenarios, several at a time: each is a process. */
#ifndef AMPRELAY_SCENARIO_POOL_H
#define AMPRELAY_SCENARIO_POOL_H

#include <jansson.h>

#include "run.h"

#define POOL_MAX 32

struct pool_run {
	const struct scenario *scenario;
	const char *soc;
	uint64_t seed;
};

/**
 * Runs all, `at_once` of them at a time.
 *
 * @param told  gets each result when it is there
 * @return true: nobody has interrupted it; all that was under way has ended and is cleaned up in any case
 */
bool amp_scenario_pool(const struct pool_run *runs, size_t count, size_t at_once, const struct run_options *options,
                       void (*told)(void *context, json_t *result), void *context);

#endif
