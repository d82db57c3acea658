/* SPDX-License-Identifier: BSD-3-Clause */
/* What no sound core does to Linux: to see what becomes of Linux. See kernel/upstream/README.md. */
#ifndef AMP_FIRMWARE_MISBEHAVE_H
#define AMP_FIRMWARE_MISBEHAVE_H

#include <stdbool.h>
#include <stddef.h>

/** The kinds, for people, separated by ", ". */
extern const char misbehave_kinds[];

/**
 * Begin in the main loop, once this turn's answers are sent.
 * @param text  KIND, or KIND COUNT
 * @return false: there is no such kind, or COUNT is no number
 */
bool misbehave(const char *text);

#endif
