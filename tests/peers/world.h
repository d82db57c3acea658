/* SPDX-License-Identifier: GPL-2.0-only */
/* What stands above both peers of a run: what they share, their lives, and what they have said and heard. */
#ifndef PEERS_WORLD_H
#define PEERS_WORLD_H

#include "peer.h"

#define SPACE_SIZE 40u /**< of a configuration space, at most */

#define PAYLOAD_MAGIC 0x52454550u

/** Starts every payload; behind it bytes that follow from the number. */
struct payload {
	uint32_t life, ept, number, addr, len, magic;
};

/** What one side has sent and heard in its life. */
struct account {
	uint32_t sent[ENDPOINTS_MAX], received[ENDPOINTS_MAX];
	uint32_t heard_life; /* of the other side; 0: nothing yet */
	bool created[ENDPOINTS_MAX];
};

/** A run. */
struct world {
	struct shared shared;
	struct peer peer[2]; /**< host, remote */
	struct account account[2];
	bool announces[2];
	bool muted;       /**< kicks are lost: a side dies */
	bool synchronous; /**< kicks are heard at once: a driver waits for the other side to let go of its rings */
	bool gaps;        /**< a remote has restarted alone: messages between its lives may have gone */
	bool holds;       /**< received buffers are held */
	uint64_t random, seed;
	unsigned int pair, endpoints, lives;
	unsigned int largest[2];   /**< payload, by side */
	enum dialect dialect;      /**< in which the remote asks for sizes of buffers … */
	uint8_t space[SPACE_SIZE]; /**< … and its words */
	uint32_t received;         /**< messages in all runs */
	bool verbose;
};

extern struct world world;

/** Print what happens, with -v. */
void world_note(const struct peer *peer, const char *format, ...) __attribute__((__format__(__printf__, 2, 3)));

/** The kick of a queue arrives. */
void world_hear(struct peer *peer, unsigned int queue);

/** Byte @p i of the payload of message @p number. */
uint8_t world_pattern(uint32_t number, uint32_t i);

#endif /* PEERS_WORLD_H */
