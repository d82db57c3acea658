/* SPDX-License-Identifier: GPL-2.0-only */
/* One side of the stressed link: sends its messages, checks those that come, sleeps until it is kicked. */
#ifndef AMP_STRESS_SIDE_H
#define AMP_STRESS_SIDE_H

#include "pair.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/** Lies in memory that both sides see, also as processes. */
struct side {
	struct pair_end end;
	struct side *other;
	const char *name;
	uint64_t seed;  /**< of the messages that this side sends */
	uint64_t count; /**< messages to send, and to receive */
	int kicked;     /**< eventfd: the other side's kicks */
	int cpu;        /**< -1: any */

	/* read by others for the progress */
	_Alignas(64) atomic_uint_fast64_t sent, received;
	atomic_uint_fast64_t sleeps; /**< waits for a kick that had not come yet */
	atomic_bool failed;          /**< failure[] says why */
	char failure[512];

	/* the side's own */
	uint64_t random;
	void *held; /**< a received buffer that was not given back at once */
	uint64_t held_number;
	size_t held_len;
};

/** Before side_open(). */
void side_init(struct side *side, struct side *other, const char *name, uint64_t seed, uint64_t count, int cpu);

/** Bring the link up; the host's first. */
void side_open(struct side *side, unsigned int role, void *memory);

/** Send and receive all; the result is in the side's members. Runs in the thread or process that is the side. */
void side_run(struct side *side);

void side_close(struct side *side);

#endif
