/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest, a firmware or a core said, on its way to the user's eyes.
 *
 * A terminal obeys what it is sent: escape sequences move text, rename windows, answer as if the user had typed. So
 * text of others reaches a terminal with everything but printable characters, line ends and tabs spelled out ("\x1b").
 * A file or a pipe gets it byte for byte.
 */
#ifndef AMPRELAY_TERMINAL_H
#define AMPRELAY_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/** One stream of such text; zero-initialise it, with the stream that it goes to. */
struct amp_terminal {
	FILE *to;
	char part[4]; /**< the beginning of a character whose rest has not come yet */
	size_t fill;
	bool cr; /**< a carriage return, which passes if a line feed follows */
};

/**
 * Writes `len` bytes, in pieces as they come: characters may be cut anywhere.
 *
 * @return false if they could not be written; errno says why
 */
bool amp_terminal_write(struct amp_terminal *terminal, const char *data, size_t len);

/** No more will come: an unfinished character is spelled out. Flushes. @return as above */
bool amp_terminal_end(struct amp_terminal *terminal);

/** fputs() for one text of that kind. */
void amp_terminal_puts(const char *text, FILE *to);

/** printf() for texts of that kind; at most 4096 bytes of the result are shown. */
__attribute__((format(printf, 2, 3))) void amp_terminal_printf(FILE *to, const char *format, ...);

/**
 * What a terminal may be shown instead of `data`: the work of the functions above, without a stream.
 *
 * @param utf8  the terminal knows UTF-8: characters that are printable there pass. Otherwise ASCII alone does
 * @param out   room for 4 * len + 16 bytes; not terminated
 * @return bytes in `out`
 */
size_t amp_terminal_clean(struct amp_terminal *terminal, bool utf8, const char *data, size_t len, char *out);

#endif
