/* SPDX-License-Identifier: GPL-2.0-only */
/* The linter's findings in SARIF 2.1.0, as code hosts and their CI read it. */
#ifndef AMPRELAY_LINT_SARIF_H
#define AMPRELAY_LINT_SARIF_H

#include <jansson.h>

#include <amprelay/lint.h>

/** @return an array of results, for amp_sarif_add() */
json_t *amp_sarif_results(void);

/** @param file  as it was given */
void amp_sarif_add(json_t *results, const char *file, const struct amp_lint_finding *finding);

/** @return the log file: the linter, all of its rules, and the results, of which it takes possession */
json_t *amp_sarif_log(json_t *results);

#endif
