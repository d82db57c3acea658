// SPDX-License-Identifier: BSD-3-Clause
/* What every fault handler does first and last, whatever the core. */
#include "board.h"
#include "control.h"
#include "cpu.h"
#include "crash.h"
#include "trace.h"

static volatile uint32_t faults; /* so far; a second one means that handling the first has failed */
static volatile bool poisoned;

void amp_crash_poison(void)
{
	poisoned = true;
}

/** A fault while one is being handled: the record of the first counts if it is complete. */
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
	amp_watchdog_stop(); /* it would report a second death, of the same cause */
}

_Noreturn void amp_crash_leave(struct amp_crash *crash)
{
	amp_crash_publish(crash);
	amp_trace("crash: cause %u, pc 0x%08x, lr 0x%08x%s%s", (unsigned)crash->cause, (unsigned)crash->reg[CPU_REG_PC],
	          (unsigned)crash->reg[CPU_REG_LR], crash->text[0] ? ": " : "", crash->text);
	amp_crash_end();
}
