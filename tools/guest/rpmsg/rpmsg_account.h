/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What became of each message to a service that answers: it was delivered, once, or its sender was told that it is
 * lost. Never both, never neither.
 *
 * A message is numbered, and follows from its number (rpmsg_sequence.h). It is under way until its answer comes, or
 * until the handle that it was sent through says that the channel is gone.
 */
#ifndef AMPRELAY_GUEST_RPMSG_ACCOUNT_H
#define AMPRELAY_GUEST_RPMSG_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AMP_ACCOUNT_MAX 32u /**< messages under way at most */

struct amp_account {
	unsigned int size;  /**< of each message; 4 or more */
	const char *prefix; /**< that the service puts before it in its answer */
	bool same_text; /**< the answer is a text with that prefix, the same each time: the order tells whose it is */
	uint8_t text[256]; /**< the first one */
	size_t text_len;

	uint32_t sent;
	uint32_t delivered;   /**< once, unchanged */
	uint32_t reported;    /**< lost, and the sender was told */
	uint32_t corrupted;   /**< the answer was not what was sent */
	uint32_t doubled;     /**< an answer came once more */
	uint32_t both;        /**< an answer came after the sender was told that the message is lost */
	uint32_t unaccounted; /**< neither has come */
	uint64_t longest;     /**< ns, from a message to its answer */

	struct {
		uint32_t number;
		uint64_t since;
	} under_way[AMP_ACCOUNT_MAX]; /**< in their order */
	unsigned int num_under_way;
	uint32_t told[AMP_ACCOUNT_MAX]; /**< the numbers that were reported lost last */
	unsigned int num_told;
};

/** Writes the next message, `size` bytes. It counts when it has been sent: amp_account_sent(). */
void amp_account_next(const struct amp_account *account, uint8_t *message);
void amp_account_sent(struct amp_account *account, uint64_t now);

/** Enters an answer. */
void amp_account_answer(struct amp_account *account, const uint8_t *answer, size_t len, uint64_t now);

/** The handle says that the channel is gone: what is under way is reported lost. */
void amp_account_lost(struct amp_account *account);
/** Nobody says anything any more: what is under way is unaccounted for. */
void amp_account_give_up(struct amp_account *account);

/** Adds up, for a total. */
void amp_account_add(struct amp_account *total, const struct amp_account *account);

/** Has each message either been delivered once, or been reported lost? */
bool amp_account_is_closed(const struct amp_account *account);

#endif
