/* SPDX-License-Identifier: GPL-2.0-only */
/* What came of scenarios, for other programs: results as of amp_run_scenario(). */
#ifndef AMPRELAY_SCENARIO_REPORT_H
#define AMPRELAY_SCENARIO_REPORT_H

#include <jansson.h>

/** One test of the Test Anything Protocol, version 13. */
void amp_scenario_print_tap(const json_t *result, size_t number);

/** All results as JUnit's XML. @return 0 or a negative errno */
int amp_scenario_write_junit(const char *path, const json_t *results);

#endif
