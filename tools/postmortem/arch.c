// SPDX-License-Identifier: GPL-2.0-only
/* Tables of the architectures: Armv7-M (and v8-M), RISC-V, AArch64. */
#include "arch.h"

#include <elf.h>
#include <stddef.h>

#include <amprelay/registers.h>
#include <amprelay/wire.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define REGISTER(id, name, qemu)   {name, qemu},
#define STATUS(id, name, bits)     {name, bits},
#define BIT(number, name, meaning) {name, meaning, number},

static const struct amp_arch_register arm_regs[] = {AMP_ARM_REGISTERS(REGISTER)};
static const struct amp_arch_bit arm_cfsr[] = {AMP_ARM_CFSR(BIT){NULL, NULL, 0}};
static const struct amp_arch_bit arm_hfsr[] = {AMP_ARM_HFSR(BIT){NULL, NULL, 0}};
static const struct amp_arch_bit arm_dfsr[] = {AMP_ARM_DFSR(BIT){NULL, NULL, 0}};
static const struct amp_arch_status arm_status[AMP_CRASH_STATUS] = {AMP_ARM_STATUS(STATUS)};

/* struct elf_prstatus of 32-bit Arm Linux: r0 … r15, cpsr, orig_r0 */
static const struct amp_arch_prstatus arm_prstatus = {.size = 148, .pid_offset = 24, .reg_offset = 72, .num_regs = 17};

static const struct amp_arch_register riscv_regs[] = {AMP_RISCV_REGISTERS(REGISTER)};
static const struct amp_arch_status riscv_status[AMP_CRASH_STATUS] = {AMP_RISCV_STATUS(STATUS)};

/* struct elf_prstatus of 32-bit RISC-V Linux: pc, x1 … x31 */
static const struct amp_arch_prstatus riscv_prstatus = {
	.size = 204, .pid_offset = 24, .reg_offset = 72, .num_regs = 32, .pc_first = true};

static const struct amp_arch_register aarch64_regs[] = {AMP_AARCH64_REGISTERS(REGISTER)};
static const struct amp_arch_status aarch64_status[AMP_CRASH_STATUS] = {AMP_AARCH64_STATUS(STATUS)};

/* struct elf_prstatus of arm64 Linux: x0 … x30, sp, pc, pstate */
static const struct amp_arch_prstatus aarch64_prstatus = {
	.size = 392, .pid_offset = 32, .reg_offset = 112, .num_regs = 34};

static const struct amp_arch archs[] = {
	{.elf_machine = EM_ARM,
         .word = 4,
         .num_regs = AMP_ARM_NUM_REGISTERS,
         .sp = AMP_ARM_SP,
         .lr = AMP_ARM_LR,
         .pc = AMP_ARM_PC,
         .thumb = true,
         .reg = arm_regs,
         .status = arm_status,
         .prstatus = &arm_prstatus},
	{.elf_machine = EM_RISCV,
         .word = 4,
         .num_regs = AMP_RISCV_NUM_REGISTERS,
         .sp = AMP_RISCV_SP,
         .lr = AMP_RISCV_RA,
         .pc = AMP_RISCV_PC,
         .reg = riscv_regs,
         .status = riscv_status,
         .prstatus = &riscv_prstatus},
	{.elf_machine = EM_AARCH64,
         .word = 8,
         .num_regs = AMP_AARCH64_NUM_REGISTERS,
         .sp = AMP_AARCH64_SP,
         .lr = AMP_AARCH64_X30,
         .pc = AMP_AARCH64_PC,
         .reg = aarch64_regs,
         .status = aarch64_status,
         .prstatus = &aarch64_prstatus},
};

const struct amp_arch *amp_arch_find(uint16_t elf_machine)
{
	for (size_t i = 0; i < COUNT(archs); i++) {
		if (archs[i].elf_machine == elf_machine)
			return &archs[i];
	}
	return NULL;
}
