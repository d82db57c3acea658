/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file assert.h
 * @brief Assertions: for errors of the program that calls, never for what a peer or user did.
 */
#ifndef METAL_ASSERT_H
#define METAL_ASSERT_H

#if __has_include(<assert.h>)
#include <assert.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Report a failed assertion and end; does not return.
 *
 * Linux: message on standard error, then abort(). Bare metal: a weak default that stops the core with interrupts off; a
 * board replaces it to leave a crash record.
 *
 * Context: any.
 *
 * @param text the condition that did not hold
 * @param file source file, as the compiler names it
 * @param line line in it
 */
void amp_assert_failed(const char *text, const char *file, int line) __attribute__((__noreturn__));

/** Checked in every build: NDEBUG does not remove it. */
#define metal_assert(cond) ((cond) ? (void)0 : amp_assert_failed(#cond, __FILE__, __LINE__))

#ifdef __cplusplus
}
#endif

#endif /* METAL_ASSERT_H */
