/* SPDX-License-Identifier: BSD-3-Clause */
/* What every fault handler does first and last, whatever the core. */
#include "board.h"
#include "control.h"
#include "cpu.h"
#include "crash.h"
#include "trace.h"

static volatile uint32_t faults; /* handled so far: more than one means that handling failed */
static volatile bool poisoned;

void amp_crash_poison(void)
{
	poisoned = true;
}

/** A fault while one is handled. The first one's record counts if it was complete; else all that is known is this. */
static _Noreturn void second_fault(void)
{
	struct amp_crash *crash;

	if (amp_remote_block->crash.magic != AMP_CRASH_MAGIC) {
		crash = amp_crash_open(AMP_CRASH_HARD);
		amp_crash_say(crash, "a fault in the fault handler");
		amp_crash_publish(crash);
	}
	amp_crash_end();
}

void amp_crash_enter(void)
{
	if (poisoned)
		cpu_undefined();
	if (faults++)
		second_fault();
	amp_watchdog_stop(); /* we are dead already; it would only blur the picture */
}

_Noreturn void amp_crash_leave(struct amp_crash *crash)
{
	amp_crash_publish(crash);
	amp_trace("crash: cause %u, pc 0x%08x, lr 0x%08x%s%s", (unsigned)crash->cause, (unsigned)crash->reg[CPU_REG_PC],
	          (unsigned)crash->reg[CPU_REG_LR], crash->text[0] ? ": " : "", crash->text);
	amp_crash_end();
}
