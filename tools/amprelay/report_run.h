/* SPDX-License-Identifier: GPL-2.0-only */
/* The records of a run, taken together for its page: events, logs, post-mortems, source lines, a capture. */
#ifndef AMPRELAY_REPORT_RUN_H
#define AMPRELAY_REPORT_RUN_H

#include <jansson.h>
#include <stdbool.h>

/** @return true if the folder has a flight record */
bool amp_report_is_run(const char *dir);

/**
 * Reads a run's folder. All of it is untrusted: what makes no sense is passed over, what is too much is left out.
 *
 * @param name   of the run, for people
 * @param notes  array of texts; what has been left out is appended
 * @return a new object: name, events, log, reports, sources, capture; NULL without memory
 */
json_t *amp_report_run(const char *dir, const char *name, json_t *notes);

#endif
