/* SPDX-License-Identifier: BSD-3-Clause */
/* Arm's CMSDK timer, which counts 32 bits down: a counter that runs freely, whatever becomes of interrupts. */
#ifndef AMP_FIRMWARE_CMSDK_TIMER_H
#define AMP_FIRMWARE_CMSDK_TIMER_H

#include <stdint.h>

struct cmsdk_timer {
	uint32_t control;
	uint32_t value;
	uint32_t reload;
	uint32_t interrupt;
};

#define COUNTER ((volatile struct cmsdk_timer *)BOARD_COUNTER)

/** From 0, a cycle of SOC_CLOCK_HZ a step; after UINT32_MAX comes 0. */
static inline void counter_start(void)
{
	COUNTER->control = 0;
	COUNTER->reload = UINT32_MAX;
	COUNTER->value = UINT32_MAX;
	COUNTER->control = 1;
}

static inline uint32_t counter_value(void)
{
	return ~COUNTER->value;
}

#endif
