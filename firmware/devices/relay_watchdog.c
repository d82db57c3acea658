// SPDX-License-Identifier: BSD-3-Clause
/* For boards without a watchdog: the relay acts as one. It is fed through the control block, where 0 means stopped. */
#include "board.h"
#include "control.h"

void amp_watchdog_start(void)
{
	amp_remote_block->watchdog = 1;
}

void amp_watchdog_feed(void)
{
	uint32_t next = amp_remote_block->watchdog + 1;

	amp_remote_block->watchdog = next ? next : 1;
}

void amp_watchdog_stop(void)
{
	amp_remote_block->watchdog = 0;
}

bool amp_watchdog_expired(void)
{
	return false; /* the relay does not warn: it ends this life */
}
