/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The crash record: this core's last words, for the relay and for Linux.
 *
 * Context: fault handlers and the boot ROM, interrupts off. Nothing here needs interrupts or the link to work.
 */
#ifndef AMP_FIRMWARE_CRASH_H
#define AMP_FIRMWARE_CRASH_H

#include <amprelay/wire.h>
#include <stdarg.h>
#include <stdint.h>

/**
 * Begin the record: cleared, magic absent, epoch and architecture filled in.
 * @return the record in shared memory; fill it in, then call amp_crash_publish()
 */
struct amp_crash *amp_crash_open(uint32_t cause);

/** Set the record's text, which says more than cause and registers. Conversions: format.h. */
void amp_crash_say(struct amp_crash *crash, const char *format, ...) __attribute__((format(printf, 2, 3)));
void amp_crash_vsay(struct amp_crash *crash, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/** Copy `words` words from `from` on, at most AMP_CRASH_STACK_WORDS. They must be readable. */
void amp_crash_stack(struct amp_crash *crash, const uint32_t *from, uint32_t words);

/** Mark the record complete. */
void amp_crash_publish(struct amp_crash *crash);

/** Tell the relay, and wait for power-off. */
_Noreturn void amp_crash_end(void);

/** Addresses below this are null pointers, or members of structures at a null pointer. */
#define AMP_NULL_SIZE 0x1000u

/* fault.c: what every fault handler does first and last. It has variables, so the boot ROM does without it. */

/** To be called first in a fault handler. Does not return if the fault is in the handler itself. */
void amp_crash_enter(void);

/** To be called last: publishes the record, writes a line of it to the trace, and ends. */
_Noreturn void amp_crash_leave(struct amp_crash *crash);

/** Have the fault handler commit a fault itself: at the next fault the core is lost. */
void amp_crash_poison(void);

#endif
