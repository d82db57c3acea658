// SPDX-License-Identifier: BSD-3-Clause
/* The generic timer: heartbeat and time. */
#include "aarch64.h"
#include "board.h"
#include "control.h"

#define CYCLES_PER_TICK ((uint64_t)SOC_CLOCK_HZ / 1000 * SOC_HEARTBEAT_MS)

#define CTL_ENABLE 1u

static uint64_t started, next;

static uint64_t now(void)
{
	__asm__ volatile("isb" : : : "memory"); /* or the counter might be read before what comes first */
	return sysreg_read(cntvct_el0);
}

void amp_clock_start(void)
{
	started = now();
	next = started + CYCLES_PER_TICK;
	sysreg_write(cntv_cval_el0, next);
	sysreg_write(cntv_ctl_el0, CTL_ENABLE);
	amp_irq_enable(AARCH64_TIMER_IRQ);
}

void aarch64_clock_interrupt(void)
{
	amp_remote_block->heartbeat++;
	amp_doorbell_post(AMP_EVENT_TICK);
	/* Skip beats that were missed because the machine had no time for us. */
	do
		next += CYCLES_PER_TICK;
	while (next <= now());
	sysreg_write(cntv_cval_el0, next);
}

uint64_t amp_clock_cycles(void)
{
	return now() - started;
}
