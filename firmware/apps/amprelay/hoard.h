/* SPDX-License-Identifier: BSD-3-Clause */
/* A core that has all buffers in hand, and gives none back: what becomes of both sides when one restarts then? */
#ifndef AMP_FIRMWARE_HOARD_H
#define AMP_FIRMWARE_HOARD_H

#include <stdbool.h>

/** The kinds, for people, separated by ", ". */
extern const char hoard_kinds[];

/**
 * Begin in the main loop, once this turn's answers are sent; it ends with the link. What it does is told in the trace
 * buffer, each line with the name.
 * @param text  KIND NAME: the name has at most 23 characters
 * @return false: there is no such kind, or no such name
 */
bool hoard(const char *text);

#endif
