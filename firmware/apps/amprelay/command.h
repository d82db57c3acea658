/* SPDX-License-Identifier: BSD-3-Clause */
/* The text commands of the channel amp-command, apart from how they travel. */
#ifndef AMP_FIRMWARE_COMMAND_H
#define AMP_FIRMWARE_COMMAND_H

#include <stddef.h>

#define COMMAND_LINE_MAX  127 /**< longest command, bytes */
#define COMMAND_REPLY_MAX 496 /**< longest reply: what fits into a message */

/**
 * Do what one message says: a command, with or without a newline or NUL at its end.
 * @param text   may change while this runs: it is copied once
 * @param reply  room for COMMAND_REPLY_MAX bytes; gets text that ends with a newline, no NUL
 * @return length of the reply, at least 1
 */
size_t command_run(const char *text, size_t length, char *reply);

#endif
