// SPDX-License-Identifier: BSD-3-Clause
/* Arm's CMSDK watchdog: it counts down, raises an NMI at zero, and at the second zero has the SoC act. */
#include "board.h"

#include <soc.h>

struct cmsdk_watchdog {
	uint32_t load;
	uint32_t value;
	uint32_t control;
	uint32_t clear; /* any write clears the interrupt and restarts the count */
	uint32_t raw_interrupt;
	uint32_t masked_interrupt;
};

#define WATCHDOG ((volatile struct cmsdk_watchdog *)SOC_WATCHDOG_BASE)

#define CONTROL_INTERRUPT (1u << 0) /* also starts the count */
#define CONTROL_RESET     (1u << 1)

_Static_assert((uint64_t)SOC_WATCHDOG_CLOCK_HZ / 1000 * SOC_WATCHDOG_MS <= UINT32_MAX, "the watchdog counts 32 bits");

void amp_watchdog_start(void)
{
	WATCHDOG->load = SOC_WATCHDOG_CLOCK_HZ / 1000 * SOC_WATCHDOG_MS;
	WATCHDOG->control = CONTROL_INTERRUPT | CONTROL_RESET;
}

void amp_watchdog_feed(void)
{
	WATCHDOG->clear = 1;
}

void amp_watchdog_stop(void)
{
	WATCHDOG->control = 0;
	WATCHDOG->clear = 1;
}

bool amp_watchdog_expired(void)
{
	return WATCHDOG->raw_interrupt & 1;
}
