// SPDX-License-Identifier: BSD-3-Clause
/*
 * The MPU of ARMv8-M. Unlike those of ARMv7-M, its regions may not overlap and cannot forbid an access; whatever is
 * outside of all regions is forbidden. So stack guards, boot ROM and null pointers are gaps between regions.
 */
#include "armv7m.h"
#include "core.h"
#include "stack.h"

#include <amprelay/wire.h>
#include <soc.h>

#define MPU_RLAR  AMP_REG32(0xe000eda0)
#define MPU_MAIR0 AMP_REG32(0xe000edc0)

/* Attributes of a region: access, execution and sharing go into RBAR, the type of memory into RLAR. */
#define NO_EXECUTE (1u << 0)
#define READ_WRITE (0u << 1)
#define READ_ONLY  (2u << 1)
#define SHARED     (3u << 3)
#define MEMORY     (0u << 1)
#define DEVICE     (1u << 1)
#define MAIR       0x0044u /* type 0: normal, not cached; type 1: device */

struct region {
	uint32_t base, end; /* multiples of 32 */
	uint32_t access;
	uint32_t type;
};

static uint32_t address(const void *symbol)
{
	return (uint32_t)(uintptr_t)symbol;
}

void armv7m_mpu_start(void)
{
	const uint32_t text = address(__text_start), data = text + (1u << address(__text_log2_size));
	const uint32_t data_access = SHARED | READ_WRITE | NO_EXECUTE;
	const struct region regions[] = {
		/* the sections of the control block that others write */
		{SOC_CONTROL_DA, SOC_CONTROL_DA + AMP_REMOTE_OFFSET, SHARED | READ_ONLY | NO_EXECUTE, MEMORY},
		{SOC_CONTROL_DA + AMP_REMOTE_OFFSET, text, data_access, MEMORY},
		{text, data, SHARED | READ_ONLY, MEMORY},
		{data, address(__main_guard), data_access, MEMORY},
		{address(__main_stack), address(__handler_guard), data_access, MEMORY},
		{address(__handler_stack), SOC_MEM_DA + SOC_MEM_SIZE, data_access, MEMORY},
		{0x40000000u, 0x60000000u, READ_WRITE | NO_EXECUTE, DEVICE},
	};

	MPU_MAIR0 = MAIR;
	for (uint32_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
		MPU_RNR = i;
		MPU_RBAR = regions[i].base | regions[i].access;
		MPU_RLAR = (regions[i].end - 32) | regions[i].type | 1;
	}
	MPU_CTRL = MPU_CTRL_ENABLE;
	armv7m_barrier();
}
