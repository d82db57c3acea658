/* SPDX-License-Identifier: GPL-2.0-only */
/* "ev=core.crash,core=m3,detector=heartbeat": which records of the flight record are meant. */
#ifndef AMPRELAY_EVENT_FILTER_H
#define AMPRELAY_EVENT_FILTER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct event_filter;

/**
 * @param text   KEY=VALUE[,KEY=VALUE...], or KEY!=VALUE: another value, or none; a value ends at the next comma
 * @param error  what is wrong with it, one line
 * @return the filter, or NULL
 */
struct event_filter *amp_event_filter_parse(const char *text, char *error, size_t error_size);

/** @return true if all of it holds: texts as they are, decimal numbers, true, false */
bool amp_event_filter_match(const struct event_filter *filter, const json_t *record);

/** @param filter may be NULL */
void amp_event_filter_free(struct event_filter *filter);

#endif
