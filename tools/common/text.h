/* SPDX-License-Identifier: GPL-2.0-only */
/* Small work on text, most of it for text that came from a guest. */
#ifndef AMPRELAY_TEXT_H
#define AMPRELAY_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** printf into `out`, cut to size, always terminated. Unlike snprintf, being cut is not an error here. */
__attribute__((format(printf, 3, 4))) void amp_text(char *out, size_t size, const char *format, ...);

/**
 * Copies at most `len` bytes of untrusted text, up to its first NUL, as printable ASCII: anything else becomes '?'.
 * What it leaves can go into JSON, logs and terminals.
 *
 * @param size of `out`, at least 1; the result is cut to it and always terminated
 */
void amp_text_clean(char *out, size_t size, const void *text, size_t len);

/** @return true if `name` has a NUL within `size` bytes, is not empty, is no path, and has only [A-Za-z0-9._+-]. */
bool amp_text_is_file_name(const char *name, size_t size);

/** @return true if a lab may have that name: the rule is in control.h. */
bool amp_text_is_lab_name(const char *name);

/** Writes `len` bytes in hexadecimal and terminates; `to` holds 2 * len + 1 bytes. */
void amp_text_hex(char *to, const uint8_t *bytes, size_t len);

#endif /* AMPRELAY_TEXT_H */
