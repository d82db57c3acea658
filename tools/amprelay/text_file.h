/* SPDX-License-Identifier: GPL-2.0-only */
/* The whole text of a file. */
#ifndef AMPRELAY_TEXT_FILE_H
#define AMPRELAY_TEXT_FILE_H

#include <stddef.h>

/**
 * @param max  bytes; the rest of a longer file is left out
 * @param len  if not NULL: bytes that were read, before the NUL that ends them
 * @return the text, from malloc; NULL with errno if it cannot be read
 */
char *amp_text_file_read(const char *path, size_t max, size_t *len);

#endif
