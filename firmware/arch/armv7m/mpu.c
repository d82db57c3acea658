// SPDX-License-Identifier: BSD-3-Clause
#include "armv7m.h"
#include "core.h"
#include "stack.h"

#include <amprelay/wire.h>
#include <soc.h>

/* Attributes of a region (MPU_RASR): normal memory, shared with the other side; access for privileged code. */
#define NORMAL     ((1u << 18) | (1u << 17))
#define NO_EXECUTE (1u << 28)
#define NO_ACCESS  (0u << 24)
#define READ_WRITE (1u << 24)
#define READ_ONLY  (5u << 24)

struct region {
	uint32_t base; /* multiple of the size */
	uint32_t log2_size;
	uint32_t attributes;
};

static uint32_t address(const void *symbol)
{
	return (uint32_t)(uintptr_t)symbol;
}

static uint32_t log2_of(uint32_t size)
{
	return 31u - (uint32_t)__builtin_clz(size);
}

void armv7m_mpu_start(void)
{
	/* Where regions overlap, the last one counts. */
	const struct region regions[] = {
		{SOC_MEM_DA, log2_of(SOC_MEM_SIZE), NORMAL | READ_WRITE | NO_EXECUTE},
#ifdef SOC_PRIVATE1_DA
		{SOC_PRIVATE0_DA, log2_of(SOC_PRIVATE0_SIZE), NORMAL | READ_WRITE | NO_EXECUTE},
		{SOC_PRIVATE1_DA, log2_of(SOC_PRIVATE1_SIZE), NORMAL | READ_WRITE | NO_EXECUTE},
#endif
		{address(__text_start), address(__text_log2_size), NORMAL | READ_ONLY},
		/* the sections of the control block that others write */
		{SOC_CONTROL_DA, log2_of(AMP_REMOTE_OFFSET), NORMAL | READ_ONLY | NO_EXECUTE},
		/* the boot ROM is done; an access there is through a null pointer */
		{SOC_ROM_BASE, log2_of(SOC_ROM_SIZE), NO_ACCESS | NO_EXECUTE},
		{address(__main_guard), log2_of(AMP_STACK_GUARD), NO_ACCESS | NO_EXECUTE},
		{address(__handler_guard), log2_of(AMP_STACK_GUARD), NO_ACCESS | NO_EXECUTE},
	};

	_Static_assert((SOC_MEM_SIZE & (SOC_MEM_SIZE - 1)) == 0 && SOC_MEM_DA % SOC_MEM_SIZE == 0,
	               "one MPU region fits");
	_Static_assert((SOC_ROM_SIZE & (SOC_ROM_SIZE - 1)) == 0 && SOC_ROM_BASE % SOC_ROM_SIZE == 0,
	               "one MPU region fits");
#ifdef SOC_PRIVATE1_DA
	_Static_assert((SOC_PRIVATE0_SIZE & (SOC_PRIVATE0_SIZE - 1)) == 0 && SOC_PRIVATE0_DA % SOC_PRIVATE0_SIZE == 0,
	               "one MPU region fits");
	_Static_assert((SOC_PRIVATE1_SIZE & (SOC_PRIVATE1_SIZE - 1)) == 0 && SOC_PRIVATE1_DA % SOC_PRIVATE1_SIZE == 0,
	               "one MPU region fits");
#endif
	_Static_assert((AMP_REMOTE_OFFSET & (AMP_REMOTE_OFFSET - 1)) == 0, "one MPU region fits");

	for (uint32_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
		MPU_RNR = i;
		MPU_RBAR = regions[i].base;
		MPU_RASR = regions[i].attributes | (regions[i].log2_size - 1) << 1 | 1;
	}
	MPU_CTRL = MPU_CTRL_ENABLE | MPU_CTRL_PRIVDEFENA;
	armv7m_barrier();
}
