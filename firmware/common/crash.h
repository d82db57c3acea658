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
#include <stdarg.h>
#include <stdint.h>

/**
 * Begin the record: cleared, magic absent, epoch and architecture filled in.
 * @return the record in shared memory; fill it in, then call amp_crash_publish()
 */
struct amp_crash *amp_crash_open(uint32_t cause);

/** What the record's text says beyond cause and registers. Conversions: format.h. */
void amp_crash_say(struct amp_crash *crash, const char *format, ...) __attribute__((format(printf, 2, 3)));
void amp_crash_vsay(struct amp_crash *crash, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/** Copy `words` words that start at `from`, at most AMP_CRASH_STACK_WORDS. The caller knows that they can be read. */
void amp_crash_stack(struct amp_crash *crash, const uint32_t *from, uint32_t words);

/** The record is complete: let it be seen. */
void amp_crash_publish(struct amp_crash *crash);

/** Tell the relay, and wait for power-off. */
_Noreturn void amp_crash_end(void);

/** Addresses below this are null pointers, with what was added to them. */
#define AMP_NULL_SIZE 0x1000u

/* fault.c: the frame of a fault handler. The boot ROM, which has no variables, does without. */

/** First thing in a fault handler. Does not return if the fault is in the handler itself. */
void amp_crash_enter(void);

/** Last thing: publish the record, write its line to the trace, end. */
_Noreturn void amp_crash_leave(struct amp_crash *crash);

/** From now on the fault handler commits a fault of its own: the core is lost at the next fault. */
void amp_crash_poison(void);

#endif
