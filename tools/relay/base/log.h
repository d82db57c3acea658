/* SPDX-License-Identifier: GPL-2.0-only */
/* The relay's own messages, which go to relay.log, and a limit to what guests can cause. */
#ifndef AMPRELAY_RELAY_LOG_H
#define AMPRELAY_RELAY_LOG_H

#include <stdbool.h>
#include <stdint.h>

/** One line with a time stamp, in one write. */
__attribute__((format(printf, 1, 2))) void amp_log(const char *format, ...);

/** A token bucket: `burst` at once, one more every `refill_ms`. Zero-initialise the rest. */
struct ratelimit {
	uint32_t burst;
	uint32_t refill_ms;
	uint32_t used;
	uint32_t suppressed; /**< refused since it last allowed */
	uint64_t refilled;   /**< ns */
};

#define RATELIMIT(burst_, refill_ms_)                        \
	{                                                    \
		.burst = (burst_), .refill_ms = (refill_ms_) \
	}

/**
 * @param suppressed  how many were refused before this one, if it is allowed
 * @return true if it may happen now
 */
bool amp_ratelimit(struct ratelimit *limit, uint64_t now, uint32_t *suppressed);

#endif /* AMPRELAY_RELAY_LOG_H */
