/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file text.h
 * @brief Text from untrusted places, and files that appear whole or not at all. Internal to tools/postmortem.
 */
#ifndef AMPRELAY_POSTMORTEM_TEXT_H
#define AMPRELAY_POSTMORTEM_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/**
 * Copies text that need not be terminated: stops at NUL, at `from_size`, or when `to` is full (to_size ≥ 1, always
 * terminated). Anything but printable ASCII becomes '?': it goes to terminals and into JSON.
 */
void amp_text_copy(char *to, size_t to_size, const char *from, size_t from_size);

/** Writes `len` bytes in hexadecimal and terminates; `to` holds 2 * len + 1 bytes. */
void amp_text_hex(char *to, const uint8_t *bytes, size_t len);

/** A file under a temporary name beside its final one. */
struct amp_new_file {
	FILE *file;
	char *tmp;
};

/** @return 0 or a negative errno */
int amp_new_file_open(struct amp_new_file *f, const char *path);

/**
 * Gives the file its name if `result` is 0 and all has been written, else deletes it. Frees everything.
 * @return `result`, or a negative errno
 */
int amp_new_file_close(struct amp_new_file *f, const char *path, int result);

#endif
