/* SPDX-License-Identifier: BSD-3-Clause */
/* Faults on request: each one really happens, nothing is pretended. */
#include "amp_assert.h"
#include "board.h"
#include "cpu.h"
#include "crash.h"
#include "devices.h"

#include <amprelay/wire.h>

/* Functions of their own, so that a post-mortem names the fault. */
#define INJECT __attribute__((noinline)) static void

INJECT undefined(void)
{
	cpu_undefined();
}

INJECT bus(void)
{
	(void)*(volatile uint32_t *)BOARD_NOTHING_THERE;
}

INJECT divide(void)
{
	volatile uint32_t one = 1, zero = 0;

	one = one / zero; // NOLINT(clang-analyzer-core.DivideZero): that is the point
}

/* as far as the compiler can know, there is an end to it */
static volatile uint32_t deepest = UINT32_MAX;

__attribute__((noinline)) static uint32_t recurse(uint32_t depth)
{
	volatile uint32_t frame[16];

	frame[0] = depth;
	if (depth == deepest)
		return 0;
	return recurse(depth + 1) + frame[0]; /* the frame is needed after the call, or it would become a loop */
}

INJECT overflow(void)
{
	recurse(0);
}

INJECT fail_assertion(void)
{
	volatile int injected_fault = 1;

	amp_assert(!injected_fault);
}

INJECT lock_up(void)
{
	amp_crash_poison();
	cpu_undefined();
}

INJECT hang(void)
{
	amp_interrupts_off();
	for (;;)
		;
}

INJECT starve(void)
{
	for (;;)
		amp_arch_wait();
}

void amp_fault_commit(uint32_t fault)
{
	switch (fault) {
	case AMP_FAULT_UNDEFINED:
		undefined();
		break;
	case AMP_FAULT_BUS:
		bus();
		break;
	case AMP_FAULT_DIVZERO:
		divide();
		break;
	case AMP_FAULT_STACK_OVERFLOW:
		overflow();
		break;
	case AMP_FAULT_ASSERT:
		fail_assertion();
		break;
	case AMP_FAULT_LOCKUP:
		lock_up();
		break;
	case AMP_FAULT_HANG:
		hang();
		break;
	case AMP_FAULT_SLEEP:
		amp_cpu_park();
		break;
	case AMP_FAULT_STARVE:
		starve();
		break;
	default:
		break;
	}
}
