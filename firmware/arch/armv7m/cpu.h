/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ARMv7-M as the portable parts of the firmware see it. Each arch/ISA has a cpu.h with the same names in it. How
 * to switch interrupts on and off, and how to wait, is in the library's <metal/arch/cpu.h>.
 */
#ifndef AMP_FIRMWARE_CPU_H
#define AMP_FIRMWARE_CPU_H

#include <amprelay/registers.h>
#include <metal/arch/cpu.h>
#include <stdbool.h>
#include <stdint.h>

/** Positions in amp_crash.reg. */
enum {
	CPU_REG_LR = AMP_ARM_LR,
	CPU_REG_PC = AMP_ARM_PC,
};

/** @return why the address cannot be an entry point, or NULL */
static inline const char *cpu_entry_is_wrong(uintptr_t entry)
{
	return entry & 1 ? (const char *)0 : "is not Thumb code: bit 0 is clear";
}

/** @return the address of the instruction at an entry point */
static inline uintptr_t cpu_code_address(uintptr_t entry)
{
	return entry & ~(uintptr_t)1;
}

/** @return the entry point that has its instruction at `code` */
static inline uintptr_t cpu_entry_at(uintptr_t code)
{
	return code | 1;
}

/** An instruction that the core does not have. A macro, so that a crash names the line of its caller. */
#define cpu_undefined() __asm__ volatile("udf #0")

/** Undefined instruction that marks a failed assertion; r0 has the address of its text. */
#define CPU_UDF_ASSERT 0xdea5u

/** A failed assertion. A macro, so that a crash names the line of the assertion. Does not return. */
#define cpu_assert_failed(text)                                               \
	do {                                                                  \
		register const char *text_in_r0 __asm__("r0") = (text);       \
		__asm__ volatile("udf #0xa5" : : "r"(text_in_r0) : "memory"); \
		__builtin_unreachable();                                      \
	} while (0)

#endif
