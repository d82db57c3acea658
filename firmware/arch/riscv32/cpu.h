/* SPDX-License-Identifier: BSD-3-Clause */
/* A RISC-V core of 32 bits as the portable parts of the firmware see it: see arch/armv7m/cpu.h. */
#ifndef AMP_FIRMWARE_CPU_H
#define AMP_FIRMWARE_CPU_H

#include <amprelay/registers.h>
#include <metal/arch/cpu.h>
#include <stdbool.h>
#include <stdint.h>

/** Positions in amp_crash.reg. */
enum {
	CPU_REG_LR = AMP_RISCV_RA,
	CPU_REG_PC = AMP_RISCV_PC,
};

/** @return why the address cannot be an entry point, or NULL */
static inline const char *cpu_entry_is_wrong(uintptr_t entry)
{
	return entry & 1 ? "is odd" : (const char *)0;
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
#define cpu_undefined() __asm__ volatile("unimp")

/**
 * Illegal instruction (of the opcode custom-0, which this core does not use) that marks a failed assertion; a0 has the
 * address of its text.
 */
#define CPU_ILLEGAL_ASSERT 0xdea5000bu

/** A failed assertion. A macro, so that a crash names the line of the assertion. Does not return. */
#define cpu_assert_failed(text)                                                                        \
	do {                                                                                           \
		register const char *text_in_a0 __asm__("a0") = (text);                                \
		__asm__ volatile(".4byte %0" : : "i"(CPU_ILLEGAL_ASSERT), "r"(text_in_a0) : "memory"); \
		__builtin_unreachable();                                                               \
	} while (0)

#endif
