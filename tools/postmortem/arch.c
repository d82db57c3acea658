// SPDX-License-Identifier: GPL-2.0-only
/* Tables of the architectures: Armv7-M (and v8-M), RISC-V, AArch64. */
#include "arch.h"

#include <elf.h>
#include <stddef.h>

#include <amprelay/wire.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- Arm, microcontroller profile */

static const struct amp_arch_register arm_regs[] = {
	{"r0", "R00"},  {"r1", "R01"}, {"r2", "R02"}, {"r3", "R03"}, {"r4", "R04"},    {"r5", "R05"},
	{"r6", "R06"},  {"r7", "R07"}, {"r8", "R08"}, {"r9", "R09"}, {"r10", "R10"},   {"r11", "R11"},
	{"r12", "R12"}, {"sp", "R13"}, {"lr", "R14"}, {"pc", "R15"}, {"xpsr", "XPSR"}, {"exc_return", NULL},
};

static const struct amp_arch_bit arm_cfsr[] = {
	{"IACCVIOL", "instruction fetch from a forbidden address", 0},
	{"DACCVIOL", "data access to a forbidden address", 1},
	{"MUNSTKERR", "memory protection hit while returning from an exception", 3},
	{"MSTKERR", "memory protection hit while entering an exception: the stack is full", 4},
	{"MLSPERR", "memory protection hit while saving floating-point registers", 5},
	{"MMARVALID", "MMFAR holds the address", 7},
	{"IBUSERR", "bus error on an instruction fetch", 8},
	{"PRECISERR", "bus error on a data access, pc is exact", 9},
	{"IMPRECISERR", "bus error on a buffered write, pc is later than the write", 10},
	{"UNSTKERR", "bus error while returning from an exception", 11},
	{"STKERR", "bus error while entering an exception", 12},
	{"LSPERR", "bus error while saving floating-point registers", 13},
	{"BFARVALID", "BFAR holds the address", 15},
	{"UNDEFINSTR", "undefined instruction", 16},
	{"INVSTATE", "jump to an address without the Thumb bit", 17},
	{"INVPC", "bad EXC_RETURN value", 18},
	{"NOCP", "coprocessor missing or disabled", 19},
	{"STKOF", "stack limit exceeded", 20},
	{"UNALIGNED", "unaligned access", 24},
	{"DIVBYZERO", "division by zero", 25},
	{NULL, NULL, 0},
};

static const struct amp_arch_bit arm_hfsr[] = {
	{"VECTTBL", "the vector table could not be read", 1},
	{"FORCED", "a fault that could not be taken became a HardFault", 30},
	{"DEBUGEVT", "breakpoint without a debugger", 31},
	{NULL, NULL, 0},
};

static const struct amp_arch_bit arm_dfsr[] = {
	{"HALTED", "halt request", 0}, {"BKPT", "breakpoint instruction", 1},     {"DWTTRAP", "watchpoint", 2},
	{"VCATCH", "vector catch", 3}, {"EXTERNAL", "external debug request", 4}, {NULL, NULL, 0},
};

static const struct amp_arch_status arm_status[AMP_CRASH_STATUS] = {
	{"CFSR", arm_cfsr}, {"HFSR", arm_hfsr}, {"MMFAR", NULL}, {"BFAR", NULL},
	{"DFSR", arm_dfsr}, {"AFSR", NULL},     {"MSP", NULL},   {"PSP", NULL},
};

/* struct elf_prstatus of 32-bit Arm Linux: r0 … r15, cpsr, orig_r0 */
static const struct amp_arch_prstatus arm_prstatus = {.size = 148, .pid_offset = 24, .reg_offset = 72, .num_regs = 17};

/* ---- RISC-V of 32 bits */

static const struct amp_arch_register riscv_regs[] = {
	{"zero", "x0/zero"}, {"ra", "x1/ra"},    {"sp", "x2/sp"},    {"gp", "x3/gp"},  {"tp", "x4/tp"},
	{"t0", "x5/t0"},     {"t1", "x6/t1"},    {"t2", "x7/t2"},    {"s0", "x8/s0"},  {"s1", "x9/s1"},
	{"a0", "x10/a0"},    {"a1", "x11/a1"},   {"a2", "x12/a2"},   {"a3", "x13/a3"}, {"a4", "x14/a4"},
	{"a5", "x15/a5"},    {"a6", "x16/a6"},   {"a7", "x17/a7"},   {"s2", "x18/s2"}, {"s3", "x19/s3"},
	{"s4", "x20/s4"},    {"s5", "x21/s5"},   {"s6", "x22/s6"},   {"s7", "x23/s7"}, {"s8", "x24/s8"},
	{"s9", "x25/s9"},    {"s10", "x26/s10"}, {"s11", "x27/s11"}, {"t3", "x28/t3"}, {"t4", "x29/t4"},
	{"t5", "x30/t5"},    {"t6", "x31/t6"},   {"pc", "pc"},
};

/* struct elf_prstatus of 32-bit RISC-V Linux: pc, x1 … x31 */
static const struct amp_arch_prstatus riscv_prstatus = {
	.size = 204, .pid_offset = 24, .reg_offset = 72, .num_regs = 32, .pc_first = true};

static const struct amp_arch_status riscv_status[AMP_CRASH_STATUS] = {
	{"mcause", NULL},
	{"mtval", NULL},
	{"mstatus", NULL},
};

/* ---- AArch64 */

static const struct amp_arch_register aarch64_regs[] = {
	{"x0", "X00"},  {"x1", "X01"},  {"x2", "X02"},  {"x3", "X03"},        {"x4", "X04"},  {"x5", "X05"},
	{"x6", "X06"},  {"x7", "X07"},  {"x8", "X08"},  {"x9", "X09"},        {"x10", "X10"}, {"x11", "X11"},
	{"x12", "X12"}, {"x13", "X13"}, {"x14", "X14"}, {"x15", "X15"},       {"x16", "X16"}, {"x17", "X17"},
	{"x18", "X18"}, {"x19", "X19"}, {"x20", "X20"}, {"x21", "X21"},       {"x22", "X22"}, {"x23", "X23"},
	{"x24", "X24"}, {"x25", "X25"}, {"x26", "X26"}, {"x27", "X27"},       {"x28", "X28"}, {"x29", "X29"},
	{"x30", "X30"}, {"sp", "SP"},   {"pc", "PC"},   {"pstate", "PSTATE"},
};

static const struct amp_arch_status aarch64_status[AMP_CRASH_STATUS] = {
	{"ESR", NULL},
	{"FAR", NULL},
	{"ELR", NULL},
};

static const struct amp_arch archs[] = {
	{.elf_machine = EM_ARM,
         .word = 4,
         .num_regs = COUNT(arm_regs),
         .sp = 13,
         .lr = 14,
         .pc = 15,
         .thumb = true,
         .reg = arm_regs,
         .status = arm_status,
         .prstatus = &arm_prstatus},
	{.elf_machine = EM_RISCV,
         .word = 4,
         .num_regs = COUNT(riscv_regs),
         .sp = 2,
         .lr = 1,
         .pc = 32,
         .reg = riscv_regs,
         .status = riscv_status,
         .prstatus = &riscv_prstatus},
	{.elf_machine = EM_AARCH64,
         .word = 8,
         .num_regs = COUNT(aarch64_regs),
         .sp = 31,
         .lr = 30,
         .pc = 32,
         .reg = aarch64_regs,
         .status = aarch64_status},
};

const struct amp_arch *amp_arch_find(uint16_t elf_machine)
{
	for (size_t i = 0; i < COUNT(archs); i++) {
		if (archs[i].elf_machine == elf_machine)
			return &archs[i];
	}
	return NULL;
}
