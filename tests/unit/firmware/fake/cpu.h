/* SPDX-License-Identifier: GPL-2.0-only */
/* The core that the tests pretend to have: entry points are odd, as on Thumb. */
#ifndef AMP_FIRMWARE_CPU_H
#define AMP_FIRMWARE_CPU_H

#include <stdint.h>

enum {
	CPU_REG_LR,
	CPU_REG_PC
};

static inline const char *cpu_entry_is_wrong(uintptr_t entry)
{
	return entry & 1 ? (const char *)0 : "is even";
}

static inline uintptr_t cpu_code_address(uintptr_t entry)
{
	return entry & ~(uintptr_t)1;
}

/* The last thing before the jump. */
uint32_t amp_arch_irq_save(void);

#endif
