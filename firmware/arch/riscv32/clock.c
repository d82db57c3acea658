// SPDX-License-Identifier: BSD-3-Clause
/* The machine timer: heartbeat and time. */
#include "board.h"
#include "control.h"
#include "devices.h"
#include "riscv32.h"

#define CYCLES_PER_TICK ((uint64_t)SOC_CLOCK_HZ / 1000 * SOC_HEARTBEAT_MS)

#define CLINT(offset) (*(volatile uint32_t *)(uintptr_t)(BOARD_CLINT + (offset)))
#define CLINT_COMPARE 0x4000u /* of hart 0; 64 bits */
#define CLINT_TIME    0xbff8u /* 64 bits */

static uint64_t started, next;

static uint64_t now(void)
{
	uint32_t high, low;

	do {
		high = CLINT(CLINT_TIME + 4);
		low = CLINT(CLINT_TIME);
	} while (CLINT(CLINT_TIME + 4) != high);
	return (uint64_t)high << 32 | low;
}

static void interrupt_at(uint64_t time)
{
	CLINT(CLINT_COMPARE + 4) = UINT32_MAX; /* while only half of the time is new, no interrupt */
	CLINT(CLINT_COMPARE) = (uint32_t)time;
	CLINT(CLINT_COMPARE + 4) = (uint32_t)(time >> 32);
}

void amp_clock_start(void)
{
	started = now();
	next = started + CYCLES_PER_TICK;
	interrupt_at(next);
	csr_set(mie, MIE_TIMER);
}

void riscv_clock_interrupt(void)
{
	amp_remote_block->heartbeat++;
	amp_doorbell_post(AMP_EVENT_TICK);
	/* Skip beats that were missed because the machine had no time for us. */
	do
		next += CYCLES_PER_TICK;
	while (next <= now());
	interrupt_at(next);
}

uint64_t amp_clock_cycles(void)
{
	return now() - started;
}
