/* SPDX-License-Identifier: BSD-3-Clause */
/* The records of the channel amp-telemetry, and when they are due; not how they are sent. */
#ifndef AMP_FIRMWARE_TELEMETRY_H
#define AMP_FIRMWARE_TELEMETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Shortest and longest period. The main loop is only sure to turn once per heartbeat: no less could be kept. */
#define TELEMETRY_MIN_MS     25u
#define TELEMETRY_MAX_MS     60000u
#define TELEMETRY_DEFAULT_MS 1000u

struct telemetry_record {
	uint32_t seq;
	uint64_t uptime_ms;
	uint32_t heartbeat;
	uint32_t load_permille;
	uint32_t rx, tx, dropped;
};

#define TELEMETRY_TEXT_MAX 160 /**< longest record as text, with its NUL */

/** "seq=… uptime_ms=… heartbeat=… load_permille=… rx=… tx=… dropped=…\n" @return its length */
size_t telemetry_format(char text[TELEMETRY_TEXT_MAX], const struct telemetry_record *record);

/** Decimal milliseconds, 0 (off) or TELEMETRY_MIN_MS to TELEMETRY_MAX_MS, and nothing else. @return false if not */
bool telemetry_parse_period(const char *text, size_t length, uint32_t *period_ms);

/** When the next record is due. All zero: now. */
struct telemetry_timer {
	uint64_t due_ms;
};

/**
 * Is a record due? Records that were missed are skipped, and the rhythm is kept.
 * @param period_ms  0 = never
 */
bool telemetry_due(struct telemetry_timer *timer, uint32_t period_ms, uint64_t now_ms);

/* service_telemetry.c */

/** Set the period; the next record is sent at once. */
void telemetry_set_period(uint32_t period_ms);

#endif
