/* SPDX-License-Identifier: GPL-2.0-only */
/* What a demonstration measured, as JSON and as a table. The format: docs/reference/demo-report.md. */
#ifndef AMPRELAY_DEMO_REPORT_H
#define AMPRELAY_DEMO_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct demo_report {
	json_t *steps;
	json_t *recoveries;
	json_t *members; /**< what only this demonstration has */
	double boot_ms;  /**< start to the guest's agent */
};

/** One fault and what followed. Times in milliseconds since the fault was committed. */
struct demo_recovery {
	const char *fault;
	const char *detector;
	const char *text; /**< what the detector said */
	double detected_ms;
	double recovered_ms; /**< first echo of the core's next life */
};

void amp_demo_report_init(struct demo_report *report, const char *demo);
void amp_demo_report_free(struct demo_report *report);

void amp_demo_report_step(struct demo_report *report, const char *name, bool ok, double ms);
void amp_demo_report_recovery(struct demo_report *report, const struct demo_recovery *recovery);

/** @return median of all recovered_ms, 0 if there are none */
double amp_demo_report_median(const struct demo_report *report);

/** Adds a member of this demonstration's own. Takes the reference of `value`. */
void amp_demo_report_set(struct demo_report *report, const char *name, json_t *value);

/** Prints a line for each kind of fault, and the statistics over all recoveries. */
void amp_demo_report_print(const struct demo_report *report);

/**
 * Writes the report under a temporary name beside `path` and renames it: it is there whole or not at all.
 *
 * @return 0 or a negative errno
 */
int amp_demo_report_write(const struct demo_report *report, const char *path);

/** @return the same, as it is written; the caller's */
json_t *amp_demo_report_json(const struct demo_report *report);

#endif
