/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * System registers of AArch64 that the firmware uses at EL1, and what the files of this directory share.
 *
 * Names and numbers: Arm Architecture Reference Manual for A-profile, chapter D; GIC Architecture Specification 2.0.
 */
#ifndef AMP_FIRMWARE_AARCH64_H
#define AMP_FIRMWARE_AARCH64_H

#include <stdint.h>

#define sysreg_read(reg)                                          \
	({                                                        \
		uint64_t value_;                                  \
		__asm__ volatile("mrs %0, " #reg : "=r"(value_)); \
		value_;                                           \
	})
#define sysreg_write(reg, value) __asm__ volatile("msr " #reg ", %0" : : "r"((uint64_t)(value)) : "memory")

/** Exception classes in ESR_EL1, bits 31 to 26. */
enum aarch64_exception {
	AARCH64_UNKNOWN = 0x00, /**< undefined instructions among them */
	AARCH64_TRAPPED_FP = 0x07,
	AARCH64_ILLEGAL_STATE = 0x0e,
	AARCH64_FETCH_FAULT = 0x21,
	AARCH64_PC_ALIGNMENT = 0x22,
	AARCH64_DATA_FAULT = 0x25,
	AARCH64_SP_ALIGNMENT = 0x26,
	AARCH64_SERROR = 0x2f,
	AARCH64_BRK = 0x3c,
};

#define ESR_CLASS(esr)  ((uint32_t)(esr) >> 26)
#define ESR_STATUS(esr) ((uint32_t)(esr)&0x3f) /**< of a fetch or data fault: why */
#define ESR_FNV         (1u << 10)             /**< FAR_EL1 does not hold the address */
#define ESR_BRK(esr)    ((uint32_t)(esr)&0xffff)

#define STATUS_ALIGNMENT 0x21

/** Reasons by which aarch64_vectors enters fault handling. */
enum aarch64_entry {
	AARCH64_SYNC,
	AARCH64_IRQ, /**< where none may come */
	AARCH64_FIQ,
	AARCH64_ERROR,
};

#define AARCH64_TIMER_IRQ 27u /**< of the virtual timer */

/* Code and constants: read-only once the MMU is on, up to the last of these. */
extern const uint32_t __text_start[], __text_end[], __text_guarded_end[];

/* start.S */

/** The context that failed, in the order in which aarch64_vectors saves it. */
struct fault_context {
	uint64_t x[31];
	uint64_t sp, pc, pstate; /**< pc and pstate: ELR_EL1, SPSR_EL1 */
	uint64_t esr, far;
	uint64_t entry;   /**< enum aarch64_entry */
	uint64_t padding; /**< stacks are aligned to 16 bytes */
};

extern const uint32_t aarch64_vectors[];

/* main.c of the application */
int main(void);

/* core.c: from aarch64_vectors, on the handler stack */
void aarch64_interrupt(void);

/* clock.c */
void aarch64_clock_interrupt(void);

/* fault.c: from aarch64_vectors, on the fault stack */
_Noreturn void aarch64_fault(const struct fault_context *context);

/* mmu.c */

/**
 * Switch the MMU on: code is read-only, nothing else is code, and neither stack guards, null pointers, the boot ROM nor
 * the other sides' sections can be written. Addresses stay what they are.
 */
void aarch64_mmu_start(void);

#endif
