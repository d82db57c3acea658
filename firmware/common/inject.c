// SPDX-License-Identifier: BSD-3-Clause
/* Faults on request: each one really happens, nothing is pretended. */
#include "inject.h"

#include "amp_assert.h"
#include "board.h"
#include "cpu.h"
#include "crash.h"
#include "devices.h"

#include <amprelay/wire.h>

#include <stddef.h>

/*
 * One function for each row of AMP_FAULTS, inject_NAME(). Each is a function of its own in the firmware too, so that a
 * post-mortem names the fault.
 */
#define INJECT(name) __attribute__((noinline)) static void inject_##name(void)

INJECT(undef)
{
	cpu_undefined();
}

INJECT(bus)
{
	(void)*(volatile uint32_t *)BOARD_NOTHING_THERE;
}

INJECT(divzero)
{
	volatile uint32_t one = 1, zero = 0;

	one = one / zero; // NOLINT(clang-analyzer-core.DivideZero): that is the point
}

/* For all that the compiler knows, the recursion may end. */
static volatile uint32_t deepest = UINT32_MAX;

__attribute__((noinline)) static uint32_t recurse(uint32_t depth)
{
	volatile uint32_t frame[16];

	frame[0] = depth;
	if (depth == deepest)
		return 0;
	return recurse(depth + 1) + frame[0]; /* the frame is used after the call, or the compiler would make a loop */
}

INJECT(stack)
{
	recurse(0);
}

INJECT(assert)
{
	volatile int injected_fault = 1;

	amp_assert(!injected_fault);
}

INJECT(lockup)
{
	amp_crash_poison();
	cpu_undefined();
}

INJECT(hang)
{
	amp_interrupts_off();
	for (;;)
		;
}

INJECT(sleep)
{
	amp_cpu_park();
}

INJECT(starve)
{
	for (;;)
		amp_arch_wait();
}

/* Data, whatever its words would be as instructions. */
static volatile uint32_t data[4];

INJECT(execute)
{
	((void (*)(void))cpu_entry_at((uintptr_t)data))();
}

INJECT(overwrite)
{
	*(volatile uint32_t *)((uintptr_t)amp_inject & ~(uintptr_t)3) = 0;
}

INJECT(control)
{
	*(volatile uint32_t *)(SOC_CONTROL_DA + AMP_HOST_OFFSET) = 0;
}

/* What a pointer that nobody set points to; nobody but the compiler's analysis minds that it is read. */
static const volatile uint32_t *volatile nothing;

INJECT(null)
{
	(void)*nothing;
}

#define FUNCTION(number, id, name, ...) [number] = inject_##name,

void amp_inject(uint32_t fault)
{
	static void (*const functions[AMP_FAULT_COUNT])(void) = {AMP_FAULTS(FUNCTION)};

	if (fault < AMP_FAULT_COUNT && functions[fault])
		functions[fault]();
}
