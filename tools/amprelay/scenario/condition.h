/* SPDX-License-Identifier: GPL-2.0-only */
/* "m3.recoveries >= 3": what 'assert' says of a lab's state and of its counters. */
#ifndef AMPRELAY_SCENARIO_CONDITION_H
#define AMPRELAY_SCENARIO_CONDITION_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * VALUE OPERATOR VALUE [+ NUMBER]: a value is a place in the answer to `status` (a core's name first for what is the
 * core's), a number, or a word. All are apart by spaces.
 *
 * @param why  what is wrong with it, one line
 */
bool amp_scenario_condition_is_one(const char *text, char *why, size_t size);

/** @param found  what is there instead */
bool amp_scenario_condition_holds(const char *text, const json_t *status, char *found, size_t size);

#endif
