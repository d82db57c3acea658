/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file crash.h
 * @brief The crash record: last words of this core, for the relay and for Linux.
 *
 * Context: fault handlers and the boot ROM, interrupts off. Nothing here needs a working heap, interrupt or link.
 */
#ifndef AMP_FIRMWARE_CRASH_H
#define AMP_FIRMWARE_CRASH_H

#include <amprelay/wire.h>
#include <stdint.h>

/**
 * Begin the record: cleared, magic absent, epoch and architecture filled in.
 * @return the record in shared memory; fill it in, then call amp_crash_publish()
 */
struct amp_crash *amp_crash_open(uint32_t cause);

/** Copy `words` words that start at `from`, at most AMP_CRASH_STACK_WORDS. The caller knows that they can be read. */
void amp_crash_stack(struct amp_crash *crash, const uint32_t *from, uint32_t words);

/** The record is complete: let it be seen. */
void amp_crash_publish(struct amp_crash *crash);

/** Tell the relay, and wait for power-off. */
_Noreturn void amp_crash_end(void);

#endif
