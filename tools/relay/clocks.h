/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clocks of the lab's machines. Each stands while its QEMU is stopped, so those that stood longer are behind; a
 * machine that is ahead has to stand until the others have caught up.
 */
#ifndef AMPRELAY_RELAY_CLOCKS_H
#define AMPRELAY_RELAY_CLOCKS_H

#include <stdbool.h>
#include <stdint.h>

#include "relay/base/soc_config.h"

#define CLOCKS_MAX      (SOC_MAX_CORES + 1)
#define CLOCKS_NOW      (-1) /**< they are together, or as good as it gets */
#define CLOCKS_WAIT     (-2) /**< one stands, and goes on soon */
#define CLOCKS_APART_US 300  /**< no further apart is together: QEMU takes about as long to stop */

/** How long a machine's clock has stood. */
struct machine_clock {
	bool counted;   /**< set by the user, before each question: a machine that was not there all the time is not */
	bool still;     /**< it stands … */
	uint64_t since; /**< … since then, us */
	uint64_t us;    /**< that it has stood in all, until it went on last */
};

struct machine_clocks {
	struct machine_clock clock[CLOCKS_MAX];
	uint32_t count;
	uint32_t rounds; /**< in which one has been chosen to stand */
};

/** None has stood yet. @param count  at most CLOCKS_MAX */
void amp_clocks_begin(struct machine_clocks *clocks, uint32_t count);

/** Machine `i` has stopped or gone on, at that time of the host's clock. */
void amp_clocks_tell(struct machine_clocks *clocks, uint32_t i, bool runs, uint64_t us);

/** @return between the one that is furthest ahead and the one that is furthest behind, us */
uint64_t amp_clocks_apart(const struct machine_clocks *clocks);

/** @return how far machine `i` is ahead of the one that is furthest behind, us: it has to stand for so long */
uint64_t amp_clocks_ahead(const struct machine_clocks *clocks, uint32_t i);

/** Begins to bring them together: the rounds are counted from here. */
void amp_clocks_align(struct machine_clocks *clocks);

/** @return the machine that is to stand next, CLOCKS_WAIT or CLOCKS_NOW */
int amp_clocks_next(struct machine_clocks *clocks);

#endif /* AMPRELAY_RELAY_CLOCKS_H */
