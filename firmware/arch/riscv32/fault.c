// SPDX-License-Identifier: BSD-3-Clause
/*
 * What a fault leaves behind: the crash record. Runs on the fault stack with interrupts off, and trusts nothing of the
 * context that failed: its stack pointer may be anything.
 */
#include "amp_assert.h"
#include "board.h"
#include "cpu.h"
#include "crash.h"
#include "riscv32.h"
#include "stack.h"

#include <stddef.h>
#include <string.h>

static bool in_text(uint32_t at)
{
	return at >= (uintptr_t)__text_start && at < (uintptr_t)__text_end;
}

static bool within(uint32_t at, const uint32_t *bottom, const uint32_t *top)
{
	return at >= (uintptr_t)bottom && at <= (uintptr_t)top;
}

/** Copy the top of the stack; after an overflow, what is above the guard. Nothing if `sp` is on no stack. */
static void save_stack(uint32_t sp, struct amp_crash *crash)
{
	bool handler = within(sp, __handler_guard, __handler_stack_top);
	const uint32_t *bottom = handler ? __handler_stack : __main_stack;
	const uint32_t *top = handler ? __handler_stack_top : __main_stack_top;
	const uint32_t *from = (const uint32_t *)(uintptr_t)(sp & ~3u);

	if (!handler && !within(sp, __main_guard, __main_stack_top)) {
		amp_crash_say(crash, "the stack pointer is 0x%08x, on no stack", (unsigned)sp);
		return;
	}
	if (from < bottom)
		from = bottom;
	amp_crash_stack(crash, from, (uint32_t)(top - from));
}

/** @return the text of the assertion at which the failed context stopped, or NULL if it was none */
static const char *assertion(const struct fault_context *context)
{
	uint32_t instruction, text = context->x[AMP_RISCV_A0];

	if (!in_text(context->pc) || !in_text(context->pc + sizeof(instruction) - 1))
		return NULL;
	memcpy(&instruction, (const void *)(uintptr_t)context->pc, sizeof(instruction));
	if (instruction != CPU_ILLEGAL_ASSERT)
		return NULL;
	return in_text(text) || text == (uintptr_t)amp_assert_text ? (const char *)(uintptr_t)text
	                                                           : "at an unknown place";
}

/** An access that memory protection or the bus refused. The core does not say which of the two; the address does. */
static void explain_access(const struct fault_context *context, struct amp_crash *crash)
{
	uint32_t at = context->value;
	const char *overflown = amp_stack_guarded(at);
	bool null = at < AMP_NULL_SIZE;

	if (overflown) {
		crash->cause = AMP_CRASH_STACK;
		amp_crash_say(crash, "the %s stack is full", overflown);
	} else if (null || at - SOC_MEM_DA < SOC_MEM_SIZE || at - SOC_ROM_BASE < SOC_ROM_SIZE) {
		crash->cause = AMP_CRASH_MPU;
		if (context->cause == RISCV_FETCH_FAULT)
			amp_crash_say(crash, "jump to 0x%08x, where no code is", (unsigned)at);
		else
			amp_crash_say(crash, "%saddress 0x%08x", null ? "null pointer, " : "", (unsigned)at);
	} else {
		crash->cause = AMP_CRASH_BUS;
		amp_crash_say(crash, "address 0x%08x", (unsigned)at);
	}
}

static void explain(const struct fault_context *context, struct amp_crash *crash)
{
	const char *assert_text;

	switch (context->cause) {
	case RISCV_FETCH_FAULT:
	case RISCV_LOAD_FAULT:
	case RISCV_STORE_FAULT:
		explain_access(context, crash);
		break;
	case RISCV_ILLEGAL_INSTRUCTION:
		assert_text = assertion(context);
		crash->cause = assert_text ? AMP_CRASH_ASSERT : AMP_CRASH_UNDEFINED;
		if (assert_text)
			amp_crash_say(crash, "%s", assert_text);
		break;
	case RISCV_BREAKPOINT:
		/* A check of the compiler's: the core itself divides by zero without a trap, see arch.cmake. */
		crash->cause = AMP_CRASH_DIVZERO;
		break;
	default:
		amp_crash_say(crash, "exception %u, value 0x%08x", (unsigned)context->cause, (unsigned)context->value);
		break;
	}
}

_Noreturn void riscv_fault(const struct fault_context *context)
{
	struct amp_crash *crash;

	amp_crash_enter();
	crash = amp_crash_open(AMP_CRASH_HARD);
	for (unsigned i = 0; i < 32; i++)
		crash->reg[i] = context->x[i];
	crash->reg[AMP_RISCV_PC] = context->pc;
	crash->status[AMP_RISCV_MCAUSE] = context->cause;
	crash->status[AMP_RISCV_MTVAL] = context->value;
	crash->status[AMP_RISCV_MSTATUS] = context->status;
	explain(context, crash);
	save_stack(context->x[AMP_RISCV_SP], crash);
	amp_crash_leave(crash);
}
