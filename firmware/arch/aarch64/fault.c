// SPDX-License-Identifier: BSD-3-Clause
/*
 * What a fault leaves behind: the crash record. Runs on the fault stack with interrupts off, and trusts nothing of the
 * context that failed: its stack pointer may be anything.
 */
#include "aarch64.h"
#include "amp_assert.h"
#include "board.h"
#include "cpu.h"
#include "crash.h"
#include "stack.h"

#include <stddef.h>

static bool within(uint64_t at, const uint32_t *bottom, const uint32_t *top)
{
	return at >= (uintptr_t)bottom && at <= (uintptr_t)top;
}

/** Copy the top of the stack; after an overflow, what is above the guard. Nothing if `sp` is on no stack. */
static void save_stack(uint64_t sp, struct amp_crash *crash)
{
	bool handler = within(sp, __handler_guard, __handler_stack_top);
	const uint32_t *bottom = handler ? __handler_stack : __main_stack;
	const uint32_t *top = handler ? __handler_stack_top : __main_stack_top;
	const uint32_t *from = (const uint32_t *)(uintptr_t)(sp & ~(uint64_t)3);

	if (!handler && !within(sp, __main_guard, __main_stack_top)) {
		amp_crash_say(crash, "the stack pointer is 0x%08x%08x, on no stack", (unsigned)(sp >> 32),
		              (unsigned)sp);
		return;
	}
	if (from < bottom)
		from = bottom;
	amp_crash_stack(crash, from, (uint32_t)(top - from));
}

static void explain_break(const struct fault_context *context, struct amp_crash *crash)
{
	uint64_t text = context->x[0];

	if (ESR_BRK(context->esr) == CPU_BRK_ASSERT) {
		crash->cause = AMP_CRASH_ASSERT;
		amp_crash_say(crash, "%s",
		              (text >= (uintptr_t)__text_start && text < (uintptr_t)__text_end) ||
		                              text == (uintptr_t)amp_assert_text
		                      ? (const char *)(uintptr_t)text
		                      : "at an unknown place");
	} else if (ESR_BRK(context->esr) == CPU_BRK_COMPILER) {
		crash->cause = AMP_CRASH_DIVZERO;
	} else {
		amp_crash_say(crash, "breakpoint %u", (unsigned)ESR_BRK(context->esr));
	}
}

/** An access that the MMU or the bus refused. */
static void explain_access(const struct fault_context *context, struct amp_crash *crash)
{
	unsigned high = (unsigned)(context->far >> 32), low = (unsigned)context->far;
	uint32_t status = ESR_STATUS(context->esr);
	const char *overflown = amp_stack_guarded(context->far);
	bool external = (status & 0x3c) == 0x10 || (status & 0x3c) == 0x14; /* the bus; the same under a table walk */

	if (overflown) {
		crash->cause = AMP_CRASH_STACK;
		amp_crash_say(crash, "the %s stack is full", overflown);
	} else if (external) {
		crash->cause = AMP_CRASH_BUS;
		if (!(context->esr & ESR_FNV))
			amp_crash_say(crash, "address 0x%08x%08x", high, low);
	} else if (status == STATUS_ALIGNMENT) {
		amp_crash_say(crash, "unaligned access, address 0x%08x%08x", high, low);
	} else {
		crash->cause = AMP_CRASH_MPU;
		if (ESR_CLASS(context->esr) == AARCH64_FETCH_FAULT)
			amp_crash_say(crash, "jump to 0x%08x%08x, where no code is", high, low);
		else
			amp_crash_say(crash, "%saddress 0x%08x%08x",
			              context->far < AMP_NULL_SIZE ? "null pointer, " : "", high, low);
	}
}

static void explain_exception(const struct fault_context *context, struct amp_crash *crash)
{
	switch (ESR_CLASS(context->esr)) {
	case AARCH64_UNKNOWN:
	case AARCH64_TRAPPED_FP:
		crash->cause = AMP_CRASH_UNDEFINED;
		if (ESR_CLASS(context->esr) == AARCH64_TRAPPED_FP)
			amp_crash_say(crash, "floating-point registers are switched off");
		break;
	case AARCH64_FETCH_FAULT:
	case AARCH64_DATA_FAULT:
		explain_access(context, crash);
		break;
	case AARCH64_BRK:
		explain_break(context, crash);
		break;
	case AARCH64_PC_ALIGNMENT:
		amp_crash_say(crash, "jump to 0x%08x%08x, which is not a multiple of 4", (unsigned)(context->far >> 32),
		              (unsigned)context->far);
		break;
	case AARCH64_SP_ALIGNMENT:
		amp_crash_say(crash, "the stack pointer is not a multiple of 16");
		break;
	default:
		amp_crash_say(crash, "exception 0x%02x, ESR 0x%08x, FAR 0x%08x%08x", (unsigned)ESR_CLASS(context->esr),
		              (unsigned)context->esr, (unsigned)(context->far >> 32), (unsigned)context->far);
		break;
	}
}

static void explain(const struct fault_context *context, struct amp_crash *crash)
{
	switch (context->entry) {
	case AARCH64_SYNC:
		explain_exception(context, crash);
		break;
	case AARCH64_ERROR: /* asynchronous: pc is later than the access */
		crash->cause = AMP_CRASH_BUS;
		amp_crash_say(crash, "SError, ESR 0x%08x", (unsigned)context->esr);
		break;
	default:
		amp_crash_say(crash, "an interrupt where none may come");
		break;
	}
}

_Noreturn void aarch64_fault(const struct fault_context *context)
{
	struct amp_crash *crash;

	amp_crash_enter();
	crash = amp_crash_open(AMP_CRASH_HARD);
	for (unsigned i = 0; i < 31; i++)
		crash->reg[AMP_AARCH64_X0 + i] = context->x[i];
	crash->reg[AMP_AARCH64_SP] = context->sp;
	crash->reg[AMP_AARCH64_PC] = context->pc;
	crash->reg[AMP_AARCH64_PSTATE] = context->pstate;
	crash->status[AMP_AARCH64_ESR] = context->esr;
	crash->status[AMP_AARCH64_FAR] = context->far;
	crash->status[AMP_AARCH64_ELR] = context->pc;
	explain(context, crash);
	save_stack(context->sp, crash);
	amp_crash_leave(crash);
}
