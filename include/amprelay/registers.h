/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file registers.h
 * @brief What the numbers in a crash record mean: the order of amp_crash.reg and amp_crash.status on each architecture.
 *
 * A table is a macro that calls X, the macro that it is given, once for each row, in the order of the record:
 *
 *  - registers: X(ID, name, name in QEMU's "info registers"), the last NULL if QEMU does not show it;
 *  - status words: X(ID, name, bits), bits being an array that whoever expands the table has made of the table of
 *    that word's bits, or NULL;
 *  - bits: X(bit, name, meaning).
 *
 * The enums are the positions in the arrays.
 */
#ifndef AMPRELAY_REGISTERS_H
#define AMPRELAY_REGISTERS_H

/* clang-format off */

/* ------------------------------------------------------------------ Arm, microcontroller profile */

#define AMP_ARM_REGISTERS(X) \
	X(R0, "r0", "R00") X(R1, "r1", "R01") X(R2, "r2", "R02") X(R3, "r3", "R03") X(R4, "r4", "R04") \
	X(R5, "r5", "R05") X(R6, "r6", "R06") X(R7, "r7", "R07") X(R8, "r8", "R08") X(R9, "r9", "R09") \
	X(R10, "r10", "R10") X(R11, "r11", "R11") X(R12, "r12", "R12") X(SP, "sp", "R13") X(LR, "lr", "R14") \
	X(PC, "pc", "R15") X(XPSR, "xpsr", "XPSR") X(EXC_RETURN, "exc_return", NULL)

#define AMP_ARM_STATUS(X) \
	X(CFSR, "CFSR", arm_cfsr) X(HFSR, "HFSR", arm_hfsr) X(MMFAR, "MMFAR", NULL) X(BFAR, "BFAR", NULL) \
	X(DFSR, "DFSR", arm_dfsr) X(AFSR, "AFSR", NULL) X(MSP, "MSP", NULL) X(PSP, "PSP", NULL)

#define AMP_ARM_CFSR(X) \
	X(0, "IACCVIOL", "instruction fetch from a forbidden address") \
	X(1, "DACCVIOL", "data access to a forbidden address") \
	X(3, "MUNSTKERR", "memory protection hit while returning from an exception") \
	X(4, "MSTKERR", "memory protection hit while entering an exception: the stack is full") \
	X(5, "MLSPERR", "memory protection hit while saving floating-point registers") \
	X(7, "MMARVALID", "MMFAR holds the address") \
	X(8, "IBUSERR", "bus error on an instruction fetch") \
	X(9, "PRECISERR", "bus error on a data access, pc is exact") \
	X(10, "IMPRECISERR", "bus error on a buffered write, pc is later than the write") \
	X(11, "UNSTKERR", "bus error while returning from an exception") \
	X(12, "STKERR", "bus error while entering an exception") \
	X(13, "LSPERR", "bus error while saving floating-point registers") \
	X(15, "BFARVALID", "BFAR holds the address") \
	X(16, "UNDEFINSTR", "undefined instruction") \
	X(17, "INVSTATE", "jump to an address without the Thumb bit") \
	X(18, "INVPC", "bad EXC_RETURN value") \
	X(19, "NOCP", "coprocessor missing or disabled") \
	X(20, "STKOF", "stack limit exceeded") \
	X(24, "UNALIGNED", "unaligned access") \
	X(25, "DIVBYZERO", "division by zero")

#define AMP_ARM_HFSR(X) \
	X(1, "VECTTBL", "the vector table could not be read") \
	X(30, "FORCED", "a fault that could not be taken became a HardFault") \
	X(31, "DEBUGEVT", "breakpoint without a debugger")

#define AMP_ARM_DFSR(X) \
	X(0, "HALTED", "halt request") \
	X(1, "BKPT", "breakpoint instruction") \
	X(2, "DWTTRAP", "watchpoint") \
	X(3, "VCATCH", "vector catch") \
	X(4, "EXTERNAL", "external debug request")

/* ------------------------------------------------------------------ RISC-V */

#define AMP_RISCV_REGISTERS(X) \
	X(ZERO, "zero", "x0/zero") X(RA, "ra", "x1/ra") X(SP, "sp", "x2/sp") X(GP, "gp", "x3/gp") X(TP, "tp", "x4/tp") \
	X(T0, "t0", "x5/t0") X(T1, "t1", "x6/t1") X(T2, "t2", "x7/t2") X(S0, "s0", "x8/s0") X(S1, "s1", "x9/s1") \
	X(A0, "a0", "x10/a0") X(A1, "a1", "x11/a1") X(A2, "a2", "x12/a2") X(A3, "a3", "x13/a3") X(A4, "a4", "x14/a4") \
	X(A5, "a5", "x15/a5") X(A6, "a6", "x16/a6") X(A7, "a7", "x17/a7") X(S2, "s2", "x18/s2") X(S3, "s3", "x19/s3") \
	X(S4, "s4", "x20/s4") X(S5, "s5", "x21/s5") X(S6, "s6", "x22/s6") X(S7, "s7", "x23/s7") X(S8, "s8", "x24/s8") \
	X(S9, "s9", "x25/s9") X(S10, "s10", "x26/s10") X(S11, "s11", "x27/s11") X(T3, "t3", "x28/t3") \
	X(T4, "t4", "x29/t4") X(T5, "t5", "x30/t5") X(T6, "t6", "x31/t6") X(PC, "pc", "pc")

#define AMP_RISCV_STATUS(X) X(MCAUSE, "mcause", NULL) X(MTVAL, "mtval", NULL) X(MSTATUS, "mstatus", NULL)

/* ------------------------------------------------------------------ AArch64 */

#define AMP_AARCH64_REGISTERS(X) \
	X(X0, "x0", "X00") X(X1, "x1", "X01") X(X2, "x2", "X02") X(X3, "x3", "X03") X(X4, "x4", "X04") \
	X(X5, "x5", "X05") X(X6, "x6", "X06") X(X7, "x7", "X07") X(X8, "x8", "X08") X(X9, "x9", "X09") \
	X(X10, "x10", "X10") X(X11, "x11", "X11") X(X12, "x12", "X12") X(X13, "x13", "X13") X(X14, "x14", "X14") \
	X(X15, "x15", "X15") X(X16, "x16", "X16") X(X17, "x17", "X17") X(X18, "x18", "X18") X(X19, "x19", "X19") \
	X(X20, "x20", "X20") X(X21, "x21", "X21") X(X22, "x22", "X22") X(X23, "x23", "X23") X(X24, "x24", "X24") \
	X(X25, "x25", "X25") X(X26, "x26", "X26") X(X27, "x27", "X27") X(X28, "x28", "X28") X(X29, "x29", "X29") \
	X(X30, "x30", "X30") X(SP, "sp", "SP") X(PC, "pc", "PC") X(PSTATE, "pstate", "PSTATE")

#define AMP_AARCH64_STATUS(X) X(ESR, "ESR", NULL) X(FAR, "FAR", NULL) X(ELR, "ELR", NULL)

/* ------------------------------------------------------------------ positions */

#define AMP_ARM_POSITION_(id, ...)     AMP_ARM_##id,
#define AMP_RISCV_POSITION_(id, ...)   AMP_RISCV_##id,
#define AMP_AARCH64_POSITION_(id, ...) AMP_AARCH64_##id,

/** Positions in amp_crash.reg on Arm. */
enum amp_arm_register { AMP_ARM_REGISTERS(AMP_ARM_POSITION_) AMP_ARM_NUM_REGISTERS };
/** Positions in amp_crash.reg on RISC-V. */
enum amp_riscv_register { AMP_RISCV_REGISTERS(AMP_RISCV_POSITION_) AMP_RISCV_NUM_REGISTERS };
/** Positions in amp_crash.reg on AArch64. */
enum amp_aarch64_register { AMP_AARCH64_REGISTERS(AMP_AARCH64_POSITION_) AMP_AARCH64_NUM_REGISTERS };

/** Positions in amp_crash.status on Arm. */
enum amp_arm_status { AMP_ARM_STATUS(AMP_ARM_POSITION_) AMP_ARM_NUM_STATUS };
/** Positions in amp_crash.status on RISC-V. */
enum amp_riscv_status { AMP_RISCV_STATUS(AMP_RISCV_POSITION_) AMP_RISCV_NUM_STATUS };
/** Positions in amp_crash.status on AArch64. */
enum amp_aarch64_status { AMP_AARCH64_STATUS(AMP_AARCH64_POSITION_) AMP_AARCH64_NUM_STATUS };

/* clang-format on */

#endif /* AMPRELAY_REGISTERS_H */
