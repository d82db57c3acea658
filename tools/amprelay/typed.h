/* SPDX-License-Identifier: GPL-2.0-only */
/* What a person types for a terminal in Linux: key by key, Ctrl-C too, with a way out. */
#ifndef AMPRELAY_TYPED_H
#define AMPRELAY_TYPED_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct amp_typed {
	bool terminal; /**< standard input is one, and has no modes now; false: all is passed on as it is */
	bool escape;   /**< Ctrl-] was typed, its second half is to come */
};

/** Takes the modes off the terminal; they come back with the program's end at the latest. */
void amp_typed_begin(struct amp_typed *typed);

/** Gives them back. */
void amp_typed_end(const struct amp_typed *typed);

/**
 * Takes escape sequences out of what was typed: Ctrl-] and '.' leaves, Ctrl-] twice types one, '?' explains it.
 *
 * @param data  one that was held back from the last time may add a byte
 * @return the new length, -1 to leave
 */
ssize_t amp_typed_filter(struct amp_typed *typed, char *data, size_t len);

#endif
