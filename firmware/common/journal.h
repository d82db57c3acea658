/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The journal: a log of which nothing is lost, as long as the relay takes it in time. What is lost is counted, and said
 * in the journal. It costs nothing in a firmware that does not use it: its resource table has no entry for it then.
 *
 * Two buffers: one is filled while the relay takes the other. See WIRE.md, section 8.
 */
#ifndef AMP_FIRMWARE_JOURNAL_H
#define AMP_FIRMWARE_JOURNAL_H

#include <amprelay/wire.h>
#include <stdbool.h>
#include <stdint.h>

#define AMP_JOURNAL_BUFFER  4096u /**< bytes of one buffer */
#define AMP_JOURNAL_WAIT_MS 500u  /**< half of a watchdog's period */

/** What the resource table is to point to. */
struct amp_journal_memory {
	struct amp_journal head;
	char text[2][AMP_JOURNAL_BUFFER];
};

extern volatile struct amp_journal_memory amp_journal_memory;

/**
 * Write one line, time stamp first. If both buffers are full it waits for the relay, AMP_JOURNAL_WAIT_MS at most; when
 * that was in vain once, later lines do not wait until the relay has taken something. Conversions: format.h. Context:
 * task, interrupts on. Blocks: for so long. @return false: the line is lost, and counted
 */
bool amp_journal(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** As amp_journal(), but never waits. Context: any; a fault handler, too. Blocks: no. */
bool amp_journal_try(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** The relay has taken a buffer: to be called after AMP_EVENT_JOURNAL. Context: task. */
void amp_journal_turn(void);

#endif
