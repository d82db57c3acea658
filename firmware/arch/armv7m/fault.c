// SPDX-License-Identifier: BSD-3-Clause
/*
 * What a fault leaves behind: the crash record. Runs on the fault stack with interrupts off, and trusts nothing of the
 * context that failed: its stack pointer may be anything.
 */
#include "amp_assert.h"
#include "armv7m.h"
#include "board.h"
#include "core.h"
#include "cpu.h"
#include "crash.h"
#include "stack.h"

#include <stddef.h>
#include <string.h>

/** What the core pushes on exception entry. */
struct exception_frame {
	uint32_t r0, r1, r2, r3, r12, lr, pc, xpsr;
};

#define XPSR_ALIGNED (1u << 9) /* the core skipped a word to align the frame to 8 bytes */

/** The stack of the context that failed. */
struct stack {
	const char *name;
	const uint32_t *bottom, *top;
};

struct fault {
	const struct fault_context *context;
	const struct exception_frame *frame; /* NULL: there is none that can be read */
	struct stack stack;
	uint32_t sp; /* before the fault; after an overflow it is below the stack's bottom */
	uint32_t cfsr;
	bool wild_sp; /* the stack pointer is neither on its stack nor just below it */
};

void armv7m_fault_start(void)
{
	/*
	 * Not CCR_UNALIGN_TRP: compilers and C libraries, newlib's memcpy() among them, rely on unaligned accesses to
	 * single words and halfwords. Those to several words (LDM, LDRD …) trap in any case.
	 */
	SCB_CCR |= CCR_DIV_0_TRP;
	SCB_SHCSR |= SHCSR_MEMFAULTENA | SHCSR_BUSFAULTENA | SHCSR_USGFAULTENA;
}

static bool in_text(uint32_t at)
{
	return at >= (uintptr_t)__text_start && at < (uintptr_t)__text_end;
}

/** Could a call in our code have left this value in LR: is it odd, and behind a BL or a BLX? */
static bool is_return_address(uint32_t value)
{
	const uint16_t *next;

	if (!(value & 1) || !in_text(value - 5) || !in_text(value - 1))
		return false;
	next = (const uint16_t *)(uintptr_t)(value - 1);
	if ((next[-2] & 0xf800) == 0xf000 && (next[-1] & 0xd000) == 0xd000)
		return true;                  /* BL */
	return (next[-1] & 0xff87) == 0x4780; /* BLX register */
}

/** Find stack, frame and stack pointer of the context that failed. */
static void locate(struct fault *fault)
{
	const struct fault_context *context = fault->context;
	bool on_main = (context->exc_return & 4) != 0; /* EXC_RETURN bit 2: the frame went to PSP */
	uint32_t at = on_main ? context->psp : context->msp;
	uint32_t bottom, top;

	fault->stack = on_main ? (struct stack){"main", __main_stack, __main_stack_top}
	                       : (struct stack){"handler", __handler_stack, __handler_stack_top};
	bottom = (uint32_t)(uintptr_t)fault->stack.bottom;
	top = (uint32_t)(uintptr_t)fault->stack.top;

	fault->sp = at + sizeof(struct exception_frame);
	if (at % 4 == 0 && at >= bottom && at <= top - sizeof(struct exception_frame) &&
	    !(fault->cfsr & (CFSR_MSTKERR | CFSR_STKERR))) {
		fault->frame = (const struct exception_frame *)(uintptr_t)at;
		if (fault->frame->xpsr & XPSR_ALIGNED)
			fault->sp += 4;
	}
	/* After an overflow the frame would be in the guard, or reach into it. */
	fault->wild_sp = at < bottom - AMP_STACK_GUARD - sizeof(struct exception_frame) || at > top;
}

static void save_registers(const struct fault *fault, struct amp_crash *crash)
{
	const struct exception_frame *frame = fault->frame;

	for (unsigned i = 0; i < 8; i++)
		crash->reg[AMP_ARM_R4 + i] = fault->context->r4_to_r11[i];
	crash->reg[AMP_ARM_SP] = fault->sp;
	crash->reg[AMP_ARM_EXC_RETURN] = fault->context->exc_return;
	if (frame) {
		crash->reg[AMP_ARM_R0] = frame->r0;
		crash->reg[AMP_ARM_R1] = frame->r1;
		crash->reg[AMP_ARM_R2] = frame->r2;
		crash->reg[AMP_ARM_R3] = frame->r3;
		crash->reg[AMP_ARM_R12] = frame->r12;
		crash->reg[AMP_ARM_LR] = frame->lr;
		crash->reg[AMP_ARM_PC] = frame->pc;
		crash->reg[AMP_ARM_XPSR] = frame->xpsr;
	}
	crash->status[AMP_ARM_CFSR] = fault->cfsr;
	crash->status[AMP_ARM_HFSR] = SCB_HFSR;
	crash->status[AMP_ARM_MMFAR] = SCB_MMFAR;
	crash->status[AMP_ARM_BFAR] = SCB_BFAR;
	crash->status[AMP_ARM_DFSR] = SCB_DFSR;
	crash->status[AMP_ARM_AFSR] = SCB_AFSR;
	crash->status[AMP_ARM_MSP] = fault->context->msp;
	crash->status[AMP_ARM_PSP] = fault->context->psp;
}

/**
 * Copy the top of the stack; after an overflow, what is above the guard and was ever written. Without a frame LR is
 * lost: take the last return address on the stack in its place.
 */
static void save_stack(const struct fault *fault, struct amp_crash *crash)
{
	uint32_t sp = fault->sp & ~3u;
	const uint32_t *from = fault->stack.bottom;

	if (sp >= (uintptr_t)from && sp <= (uintptr_t)fault->stack.top)
		from = (const uint32_t *)(uintptr_t)sp;
	while (!fault->frame && from < fault->stack.top && *from == AMP_STACK_PAINT)
		from++;
	amp_crash_stack(crash, from, (uint32_t)(fault->stack.top - from));

	for (uint32_t i = 0; !fault->frame && i < crash->stack_words; i++) {
		if (is_return_address(crash->stack[i])) {
			crash->reg[AMP_ARM_LR] = crash->stack[i];
			break;
		}
	}
}

/** @return the text of the assertion at which the failed context stopped, or NULL if it was none */
static const char *assertion(const struct fault *fault)
{
	uint32_t text;

	if (!fault->frame || !in_text(fault->frame->pc))
		return NULL;
	if (*(const uint16_t *)(uintptr_t)(fault->frame->pc & ~1u) != CPU_UDF_ASSERT)
		return NULL;
	text = fault->frame->r0;
	return in_text(text) || text == (uintptr_t)amp_assert_text ? (const char *)(uintptr_t)text
	                                                           : "at an unknown place";
}

static void explain_memory(const struct fault *fault, struct amp_crash *crash)
{
	bool known = fault->cfsr & CFSR_MMARVALID;
	uint32_t at = SCB_MMFAR;
	const char *overflown = known ? amp_stack_guarded(at) : NULL;

	if (!overflown && (fault->cfsr & CFSR_MSTKERR) && !fault->wild_sp)
		overflown = fault->stack.name;
	if (overflown) {
		crash->cause = AMP_CRASH_STACK;
		amp_crash_say(crash, "the %s stack is full%s", overflown,
		              fault->frame ? "" : "; pc is lost, lr is the last return address on the stack");
	} else {
		crash->cause = AMP_CRASH_MPU;
		if (fault->cfsr & CFSR_IACCVIOL)
			amp_crash_say(crash, "jump to 0x%08x, where no code is",
			              fault->frame ? (unsigned)fault->frame->pc : 0);
		else if (!known)
			amp_crash_say(crash, "address unknown");
		else if (at < AMP_NULL_SIZE)
			amp_crash_say(crash, "null pointer, address 0x%08x", (unsigned)at);
		else
			amp_crash_say(crash, "address 0x%08x", (unsigned)at);
	}
}

static void explain_usage(const struct fault *fault, struct amp_crash *crash)
{
	const char *assert_text = assertion(fault);

	if (fault->cfsr & CFSR_DIVBYZERO) {
		crash->cause = AMP_CRASH_DIVZERO;
	} else if (assert_text) {
		crash->cause = AMP_CRASH_ASSERT;
		amp_crash_say(crash, "%s", assert_text);
	} else if (fault->cfsr & CFSR_UNDEFINSTR) {
		crash->cause = AMP_CRASH_UNDEFINED;
	} else {
		crash->cause = AMP_CRASH_HARD;
		amp_crash_say(crash, "%s",
		              fault->cfsr & CFSR_UNALIGNED  ? "unaligned access"
		              : fault->cfsr & CFSR_INVSTATE ? "jump to an address that is not Thumb code"
		              : fault->cfsr & CFSR_NOCP     ? "coprocessor instruction without a coprocessor"
		                                            : "bad return from an exception");
	}
}

static void explain(const struct fault *fault, struct amp_crash *crash, bool watchdog)
{
	if (fault->context->exception == ARMV7M_NMI) {
		crash->cause = watchdog ? AMP_CRASH_WATCHDOG : AMP_CRASH_HARD;
		if (!watchdog)
			amp_crash_say(crash, "NMI, not from the watchdog");
	} else if (fault->cfsr & CFSR_MEMFAULT) {
		explain_memory(fault, crash);
	} else if (fault->cfsr & CFSR_BUSFAULT) {
		crash->cause = AMP_CRASH_BUS;
		if (fault->cfsr & CFSR_BFARVALID)
			amp_crash_say(crash, "address 0x%08x", (unsigned)SCB_BFAR);
	} else if (fault->cfsr) {
		explain_usage(fault, crash);
	} else {
		amp_crash_say(crash, "hard fault, HFSR 0x%08x", (unsigned)SCB_HFSR);
	}
	if (fault->wild_sp)
		amp_crash_say(crash, "the stack pointer is 0x%08x, on no stack", (unsigned)fault->sp);
}

_Noreturn void armv7m_fault_handler(const struct fault_context *context)
{
	struct fault fault = {.context = context, .cfsr = SCB_CFSR};
	bool watchdog = amp_watchdog_expired();
	struct amp_crash *crash;

	amp_crash_enter();
	crash = amp_crash_open(AMP_CRASH_HARD);
	locate(&fault);
	save_registers(&fault, crash);
	save_stack(&fault, crash);
	explain(&fault, crash, watchdog);
	amp_crash_leave(crash);
}
