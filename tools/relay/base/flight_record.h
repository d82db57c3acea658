/* SPDX-License-Identifier: GPL-2.0-only */
/* The flight record, events.jsonl: what happened, one JSON object a line. */
#ifndef AMPRELAY_RELAY_FLIGHT_RECORD_H
#define AMPRELAY_RELAY_FLIGHT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct flight_record {
	int fd;
	uint64_t seq;  /**< of the next record */
	uint64_t lost; /**< records that could not be written since the last one that could */
	bool torn;     /**< the last write was cut short: the next one starts a new line first */
	/** Hears each record, a JSON object in text, before it is written; may be NULL. @param core  or NULL */
	void (*heard)(void *userdata, const char *core, const char *text, size_t len);
	void *userdata;
};

/**
 * Opens DIR/events.jsonl afresh; the previous flight's record becomes DIR/events.1.jsonl.
 *
 * @return 0 or a negative errno
 */
int amp_record_open(struct flight_record *record, const char *dir);

/**
 * Appends {"t":…, "seq":…, "ev":ev, "core":core, …} in one write. docs/reference/events.md lists names and members.
 *
 * @param core    name, or NULL if the event is about no core
 * @param format  further members, in jansson's json_pack() format for an object ("{s:s, s:I}"), or NULL. Strings must
 * be clean UTF-8 already: see amp_text_clean()
 */
void amp_record(struct flight_record *record, const char *ev, const char *core, const char *format, ...);

void amp_record_close(struct flight_record *record);

#endif /* AMPRELAY_RELAY_FLIGHT_RECORD_H */
