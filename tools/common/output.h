/* SPDX-License-Identifier: GPL-2.0-only */
/* A program that cannot print has failed. For every program that prints. */
#ifndef AMPRELAY_OUTPUT_H
#define AMPRELAY_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

/**
 * To be called first in main(). From then on, output that cannot be written is told in one line when the program ends,
 * however it does, and makes the exit status 1 where it would be 0.
 *
 * @param program  its name in that line; kept
 */
void amp_output_watch(const char *program);

/**
 * Hands over what has been printed, as it happens.
 *
 * @return false: it cannot be written, now or before; it is time to end
 */
bool amp_output_flush(void);

/** Writes all of it, however often that takes. @return 0 or a negative errno */
int amp_write_all(int fd, const void *data, size_t len);

#endif
