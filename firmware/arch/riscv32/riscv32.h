/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Machine-mode registers that the firmware uses, and what the files of this directory share.
 *
 * Names and numbers: The RISC-V Instruction Set Manual, volume II, and the PLIC and CLINT specifications.
 */
#ifndef AMP_FIRMWARE_RISCV32_H
#define AMP_FIRMWARE_RISCV32_H

#include <stdint.h>

#define csr_write(csr, value) __asm__ volatile("csrw " #csr ", %0" : : "r"(value) : "memory")
#define csr_set(csr, bits)    __asm__ volatile("csrs " #csr ", %0" : : "r"(bits) : "memory")

#define MIE_TIMER    (1u << 7)
#define MIE_EXTERNAL (1u << 11)

#define MCAUSE_INTERRUPT (1u << 31)

/** Exceptions in mcause. */
enum riscv_exception {
	RISCV_FETCH_FAULT = 1,
	RISCV_ILLEGAL_INSTRUCTION = 2,
	RISCV_BREAKPOINT = 3,
	RISCV_LOAD_FAULT = 5,
	RISCV_STORE_FAULT = 7,
};

/** Interrupts in mcause, without MCAUSE_INTERRUPT. */
enum riscv_interrupt {
	RISCV_TIMER = 7,
	RISCV_EXTERNAL = 11,
};

/* Code and constants: read-only once memory protection is on. */
extern const uint32_t __text_start[], __text_end[], __text_log2_size[];

/* start.S */

/** The context that failed, in the order in which riscv_trap_entry saves it. */
struct fault_context {
	uint32_t x[32];
	uint32_t pc, cause, value, status; /* mepc, mcause, mtval, mstatus */
};

/* main.c of the application */
int main(void);

/* core.c: from riscv_trap_entry, on the handler stack */
void riscv_interrupt(uint32_t cause);

/* clock.c */
void riscv_clock_interrupt(void);

/* fault.c: from riscv_trap_entry, on the fault stack */
_Noreturn void riscv_fault(const struct fault_context *context);

/* pmp.c */

/**
 * Switch protection on, for good: code is read-only, nothing else is code, and neither stack guards, null pointers nor
 * the other sides' sections can be written.
 */
void riscv_pmp_start(void);

#endif
