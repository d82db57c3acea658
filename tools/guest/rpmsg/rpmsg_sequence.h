/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbered messages and the account of their replies: lost, doubled, out of order, changed.
 *
 * A message begins with its number (32 bits, little-endian, cut to the message's size); the bytes after it follow from
 * the number, so that each is different from the others in all of its length.
 */
#ifndef AMPRELAY_GUEST_RPMSG_SEQUENCE_H
#define AMPRELAY_GUEST_RPMSG_SEQUENCE_H

#include <stddef.h>
#include <stdint.h>

struct amp_sequence {
	unsigned int size;   /**< of each message, 1 or more */
	uint32_t sent;       /**< messages 0 … sent - 1 are under way or done */
	uint32_t received;   /**< of these, those that came back */
	uint32_t doubled;    /**< came back once more */
	uint32_t disordered; /**< came back after a later one */
	uint32_t wrong;      /**< replies that are none of our messages */
	uint32_t next;       /**< one more than the highest number that came back */
	uint8_t *seen;       /**< a bit for each number: caller's memory, AMP_SEQUENCE_BYTES(count) zero bytes */
};

#define AMP_SEQUENCE_BYTES(count) (((size_t)(count) + 7) / 8)

/** Write message `number`, `size` bytes. */
void amp_sequence_fill(uint8_t *message, unsigned int size, uint32_t number);

/**
 * Enter a reply into the account.
 * @return the number that came back for the first time, or -1: doubled or wrong
 */
int64_t amp_sequence_take(struct amp_sequence *sequence, const uint8_t *reply, size_t len);

#endif
