/* SPDX-License-Identifier: GPL-2.0-only */
/* A ring at rest: who has which buffer, and what is the first thing in it that cannot be. */
#ifndef AMPRELAY_POSTMORTEM_RING_STATE_H
#define AMPRELAY_POSTMORTEM_RING_STATE_H

#include "common/rings.h"

enum amp_ringstate_owner {
	AMP_OWNER_NONE,   /**< never in use */
	AMP_OWNER_DRIVER, /**< the host's */
	AMP_OWNER_DEVICE, /**< the remote core's */
};

struct amp_ringstate {
	struct amp_ring ring;
	enum amp_direction direction;
	bool readable; /**< the ring is in the memory: what follows is valid */
	uint16_t avail_flags, avail, used_flags, used;
	uint16_t mark;  /**< behind the used ring (WIRE.md, section 10) */
	uint8_t *owner; /**< enum amp_ringstate_owner of each buffer, by its descriptor */
	uint32_t of_driver, of_device, unused;
	bool buffers;                /**< the buffers were looked at, too */
	struct amp_ring_fault fault; /**< the first one, AMP_RING_SOUND: none … */
	char field[32];              /**< … and what it is in: "avail.ring[3]" */
};

/** How many of a ring's descriptors name a buffer that is in the memory, and how many name any. */
void amp_ringstate_count_buffers(const struct amp_memory *memory, const struct amp_ring *ring, uint32_t *there,
                                 uint32_t *named);

/**
 * Reads a ring. Entries are looked at from the oldest that the ring still holds.
 *
 * @param buffers  look at the buffers, too: `memory` knows where they are
 * @return false if there is no memory for it
 */
bool amp_ringstate_read(struct amp_ringstate *state, const struct amp_memory *memory, const struct amp_ring *ring,
                        enum amp_direction direction, bool buffers);

void amp_ringstate_free(struct amp_ringstate *state);

/** The messages that a ring still holds are the entries from this one up to the index, both modulo 2^16. */
uint16_t amp_ringstate_oldest(const struct amp_ringstate *state);

/** @return the index that messages of this ring are counted by */
uint16_t amp_ringstate_index(const struct amp_ringstate *state);

#endif /* AMPRELAY_POSTMORTEM_RING_STATE_H */
