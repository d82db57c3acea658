// SPDX-License-Identifier: GPL-2.0-only
#include "heartbeat.h"
#include "common/clock.h"

#define CHECKS_PER_TIMEOUT 4 /* how late a stop can be noticed, against how often an idle lab wakes up */
#define GRACE_PERIODS      3 /* one beat may be under way, one may be late */
#define MUTE_TIMEOUTS      8 /* a process that is silent for this long, while ours runs, is stopped or stuck */

void amp_heartbeat_start(struct heartbeat *hb, uint64_t now, uint32_t value, uint32_t period_ms, uint32_t timeout_ms)
{
	*hb = (struct heartbeat){
		.value = value,
		.changed = now,
		.timeout = timeout_ms * NS_PER_MS,
		.grace = GRACE_PERIODS * NS_PER_MS * period_ms,
	};
}

enum heartbeat_verdict amp_heartbeat_check(struct heartbeat *hb, uint64_t now, uint32_t value, uint64_t *next)
{
	*next = now + hb->timeout / CHECKS_PER_TIMEOUT;
	if (value != hb->value) {
		hb->value = value;
		hb->changed = now;
		hb->asked = hb->answered = false;
		return HEARTBEAT_ALIVE;
	}
	if (hb->answered) {
		if (now >= hb->answered_at + hb->grace)
			return HEARTBEAT_DEAD;
		*next = hb->answered_at + hb->grace;
		return HEARTBEAT_ALIVE;
	}
	if (hb->asked)
		return now >= hb->asked_at + MUTE_TIMEOUTS * hb->timeout ? HEARTBEAT_MUTE : HEARTBEAT_ALIVE;
	if (now >= hb->changed + hb->timeout) {
		hb->asked = true;
		hb->asked_at = now;
		return HEARTBEAT_ASK;
	}
	if (*next > hb->changed + hb->timeout)
		*next = hb->changed + hb->timeout;
	return HEARTBEAT_ALIVE;
}

uint64_t amp_heartbeat_answered(struct heartbeat *hb, uint64_t now)
{
	if (!hb->asked || hb->answered)
		return 0;
	hb->answered = true;
	hb->answered_at = now;
	return now + hb->grace;
}

void amp_heartbeat_shift(struct heartbeat *hb, uint64_t ns)
{
	hb->changed += ns;
	hb->asked_at += ns;
	hb->answered_at += ns;
}
