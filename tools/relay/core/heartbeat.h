/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Is the core dead, or is this machine merely slow?
 *
 * A beat that stays away for the timeout is a suspicion only: on a busy machine the core's process may not have had the
 * processor for that long. Then its QEMU is asked for a sign of life. Its answer proves that the process runs again,
 * and the core gets a grace period to beat in; only silence after that is a verdict. Pure logic; the caller brings the
 * clock.
 */
#ifndef AMPRELAY_RELAY_HEARTBEAT_H
#define AMPRELAY_RELAY_HEARTBEAT_H

#include <stdbool.h>
#include <stdint.h>

enum heartbeat_verdict {
	HEARTBEAT_ALIVE, /**< nothing to do until `next` */
	HEARTBEAT_ASK,   /**< ask the process for a sign of life, then call amp_heartbeat_answered() */
	HEARTBEAT_DEAD,  /**< the processor runs, the core does not */
	HEARTBEAT_MUTE,  /**< not even the process answers any more */
};

struct heartbeat {
	uint32_t value; /**< as last seen */
	bool asked, answered;
	uint64_t changed; /**< ns: when the value was first seen */
	uint64_t asked_at, answered_at;
	uint64_t timeout, grace; /**< ns */
};

/** Begins with the core's first beat expected within the timeout. */
void amp_heartbeat_start(struct heartbeat *hb, uint64_t now, uint32_t value, uint32_t period_ms, uint32_t timeout_ms);

/** @param next  when to check again, ns */
enum heartbeat_verdict amp_heartbeat_check(struct heartbeat *hb, uint64_t now, uint32_t value, uint64_t *next);

/** The process has answered. @return when to check again, ns; 0 = no change */
uint64_t amp_heartbeat_answered(struct heartbeat *hb, uint64_t now);

/** Time stood still for so long, for the core too. */
void amp_heartbeat_shift(struct heartbeat *hb, uint64_t ns);

#endif /* AMPRELAY_RELAY_HEARTBEAT_H */
