// SPDX-License-Identifier: BSD-3-Clause
#include "crash.h"

#include "board.h"
#include "control.h"
#include "format.h"

#include <metal/compiler.h>

#include <string.h>

metal_weak void amp_state_told(uint32_t state, uint32_t cause)
{
	(void)state;
	(void)cause;
}

struct amp_crash *amp_crash_open(uint32_t cause)
{
	struct amp_crash *crash = (struct amp_crash *)&amp_remote_block->crash;

	/* Nobody may take a record that is half old and half new for a complete one. */
	amp_remote_block->crash.magic = 0;
	amp_control_publish();
	memset(crash, 0, sizeof(*crash));
	crash->epoch = amp_remote_block->epoch;
	crash->cause = cause;
	crash->arch = SOC_ELF_MACHINE;
	return crash;
}

void amp_crash_vsay(struct amp_crash *crash, const char *format, va_list args)
{
	amp_vformat(crash->text, sizeof(crash->text), format, args);
}

void amp_crash_say(struct amp_crash *crash, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	amp_crash_vsay(crash, format, args);
	va_end(args);
}

void amp_crash_stack(struct amp_crash *crash, const uint32_t *from, uint32_t words)
{
	if (words > AMP_CRASH_STACK_WORDS)
		words = AMP_CRASH_STACK_WORDS;
	crash->stack_da = (uint32_t)(uintptr_t)from;
	crash->stack_da_high = (uint32_t)((uint64_t)(uintptr_t)from >> 32);
	crash->stack_words = words;
	memcpy(crash->stack, from, words * sizeof(*from));
}

void amp_crash_publish(struct amp_crash *crash)
{
	amp_control_publish();
	((volatile struct amp_crash *)crash)->magic = AMP_CRASH_MAGIC;
	amp_remote_block->state = AMP_REMOTE_CRASHED;
	amp_state_told(AMP_REMOTE_CRASHED, crash->cause);
	amp_control_publish();
}

_Noreturn void amp_crash_end(void)
{
	amp_doorbell_put(AMP_DB_CRASH);
	amp_cpu_park();
}
