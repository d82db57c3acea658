/* SPDX-License-Identifier: BSD-3-Clause */
/* A core in AArch64 as the portable parts of the firmware see it: see arch/armv7m/cpu.h. */
#ifndef AMP_FIRMWARE_CPU_H
#define AMP_FIRMWARE_CPU_H

#include <amprelay/registers.h>
#include <metal/arch/cpu.h>
#include <stdbool.h>
#include <stdint.h>

/** Positions in amp_crash.reg. */
enum {
	CPU_REG_LR = AMP_AARCH64_X30,
	CPU_REG_PC = AMP_AARCH64_PC,
};

/** @return why the address cannot be an entry point, or NULL */
static inline const char *cpu_entry_is_wrong(uintptr_t entry)
{
	return entry & 3 ? "is not a multiple of 4" : (const char *)0;
}

/** @return the address of the instruction at an entry point */
static inline uintptr_t cpu_code_address(uintptr_t entry)
{
	return entry;
}

/** @return the entry point that has its instruction at `code` */
static inline uintptr_t cpu_entry_at(uintptr_t code)
{
	return code;
}

/** An instruction that the core does not have. A macro, so that a crash names the line of its caller. */
#define cpu_undefined() __asm__ volatile(".inst 0")

/** Number of the brk that marks a failed assertion; x0 has the address of its text. */
#define CPU_BRK_ASSERT 0xdea5

/** Number of the brk that the compiler makes where it would divide by zero: see arch.cmake. */
#define CPU_BRK_COMPILER 1000

/** A failed assertion. A macro, so that a crash names the line of the assertion. Does not return. */
#define cpu_assert_failed(text)                                                                 \
	do {                                                                                    \
		register const char *text_in_x0 __asm__("x0") = (text);                         \
		__asm__ volatile("brk %0" : : "i"(CPU_BRK_ASSERT), "r"(text_in_x0) : "memory"); \
		__builtin_unreachable();                                                        \
	} while (0)

#endif
