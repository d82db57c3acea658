/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How far another machine's clock is from ours, within bounds that are sure: what it answers when it is asked, it has
 * read between the question and the answer. Both clocks run at the same speed.
 */
#ifndef AMPRELAY_RELAY_CLOCK_OFFSET_H
#define AMPRELAY_RELAY_CLOCK_OFFSET_H

#include <stdbool.h>
#include <stdint.h>

/** All zero: nothing is known. */
struct clock_offset {
	bool known;
	int64_t low, high; /**< ours minus theirs, ns: it is between these */
	uint64_t from;     /**< ns of their clock: since then. Before that it may have been another */
};

/**
 * Takes an answer. Each makes the bounds narrower, if it can.
 *
 * @param asked  ns of our clock, before the question
 * @param said   ns of their clock; anything
 * @param heard  ns of our clock, after the answer
 * @return false if it contradicts the answers before: one clock has been set, or has stood still. Those are forgotten
 */
bool amp_offset_take(struct clock_offset *offset, uint64_t asked, uint64_t said, uint64_t heard);

/** @return ours minus theirs, ns: the middle of the bounds */
int64_t amp_offset_ns(const struct clock_offset *offset);

/** @return how far that can be wrong, ns */
uint64_t amp_offset_error(const struct clock_offset *offset);

#endif /* AMPRELAY_RELAY_CLOCK_OFFSET_H */
