// SPDX-License-Identifier: BSD-3-Clause
/* Physical memory protection. Locked entries bind machine mode too, until the next reset. */
#include "crash.h"
#include "riscv32.h"
#include "stack.h"

#include <amprelay/wire.h>
#include <soc.h>

#define READ    0x01u
#define WRITE   0x02u
#define EXECUTE 0x04u
#define NAPOT   0x18u /* a power of two as the size, and the base a multiple of it */
#define LOCKED  0x80u

_Static_assert((SOC_MEM_SIZE & (SOC_MEM_SIZE - 1)) == 0 && SOC_MEM_DA % SOC_MEM_SIZE == 0, "one entry fits");
_Static_assert((SOC_ROM_SIZE & (SOC_ROM_SIZE - 1)) == 0 && SOC_ROM_BASE % SOC_ROM_SIZE == 0, "one entry fits");
_Static_assert((AMP_REMOTE_OFFSET & (AMP_REMOTE_OFFSET - 1)) == 0, "one entry fits");

#define protect(n, base, size) csr_write(pmpaddr##n, ((uint32_t)(uintptr_t)(base) >> 2) | ((size) / 8 - 1))

void riscv_pmp_start(void)
{
	uint32_t text_size = 1u << (uint32_t)(uintptr_t)__text_log2_size;

	/* Where entries overlap, the first one counts. */
	protect(0, __main_guard, AMP_STACK_GUARD);
	protect(1, __handler_guard, AMP_STACK_GUARD);
	protect(2, 0u, AMP_NULL_SIZE);
	/* the boot ROM is done */
	protect(3, SOC_ROM_BASE, SOC_ROM_SIZE);
	/* the sections of the control block that others write */
	protect(4, SOC_CONTROL_DA, AMP_REMOTE_OFFSET);
	protect(5, __text_start, text_size);
	protect(6, SOC_MEM_DA, SOC_MEM_SIZE);
	csr_write(pmpcfg0, (LOCKED | NAPOT) * 0x01010101u);
	csr_write(pmpcfg1, (LOCKED | NAPOT | READ) | (LOCKED | NAPOT | READ | EXECUTE) << 8 |
	                           (LOCKED | NAPOT | READ | WRITE) << 16);
}
