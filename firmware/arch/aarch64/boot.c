// SPDX-License-Identifier: BSD-3-Clause
/* The boot ROM's part that only AArch64 has, in C: its entry and its vectors are in boot_entry.S. */
#include "boot.h"
#include "aarch64.h"
#include "board.h"
#include "cpu.h"

_Noreturn void boot_fault(uint64_t pc, uint64_t lr, uint64_t syndrome, uint64_t address);

/* Called by boot_entry.S: a fault before the firmware has installed vectors of its own. */
_Noreturn void boot_fault(uint64_t pc, uint64_t lr, uint64_t syndrome, uint64_t address)
{
	boot_refuse(pc, lr, "exception 0x%02x before the firmware had vectors of its own, ESR 0x%08x, FAR 0x%08llx",
	            (unsigned)ESR_CLASS(syndrome), (unsigned)syndrome, (unsigned long long)address);
}

void amp_cpu_park(void)
{
	for (;;)
		amp_arch_wait(); /* for ever: no interrupt is enabled */
}
