// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints a crash record for people: cause, registers and fault status by name.
 */

#include <linux/bits.h>
#include <linux/elf.h>
#include <linux/seq_buf.h>
#include <linux/string.h>

#include "amprelay_rproc.h"

#ifndef EM_RISCV
#define EM_RISCV 243
#endif

static const char * const cause_names[AMP_CRASH_COUNT] = {
	[AMP_CRASH_NONE] = "none",
	[AMP_CRASH_UNDEFINED] = "undefined instruction",
	[AMP_CRASH_BUS] = "bus error",
	[AMP_CRASH_DIVZERO] = "division by zero",
	[AMP_CRASH_STACK] = "stack overflow",
	[AMP_CRASH_MPU] = "memory protection",
	[AMP_CRASH_ASSERT] = "assertion failed",
	[AMP_CRASH_WATCHDOG] = "watchdog's warning",
	[AMP_CRASH_HARD] = "hard fault",
	[AMP_CRASH_BOOT] = "boot ROM",
};

static const char * const arm_regs[] = {
	"r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12",
	"sp", "lr", "pc", "xpsr", "exc_return",
};

static const char * const arm_status[] = {
	"cfsr", "hfsr", "mmfar", "bfar", "dfsr", "afsr", "msp", "psp",
};

static const char * const riscv_regs[] = {
	"zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0",
	"a1", "a2", "a3", "a4", "a5", "a6", "a7", "s2", "s3", "s4", "s5",
	"s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6", "pc",
};

static const char * const riscv_status[] = { "mcause", "mtval", "mstatus" };

static const char * const aarch64_regs[] = {
	"x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10",
	"x11", "x12", "x13", "x14", "x15", "x16", "x17", "x18", "x19", "x20", "x21",
	"x22", "x23", "x24", "x25", "x26", "x27", "x28", "x29", "x30", "sp", "pc", "pstate",
};

static const char * const aarch64_status[] = { "esr", "far", "elr" };

static const struct arch {
	unsigned int machine;
	const char *name;
	const char *const *regs;
	unsigned int num_regs;
	const char *const *status;
	unsigned int num_status;
} archs[] = {
	{ EM_ARM, "ARM", arm_regs, ARRAY_SIZE(arm_regs), arm_status, ARRAY_SIZE(arm_status) },
	{ EM_RISCV, "RISC-V", riscv_regs, ARRAY_SIZE(riscv_regs), riscv_status,
	  ARRAY_SIZE(riscv_status) },
	{ EM_AARCH64, "AArch64", aarch64_regs, ARRAY_SIZE(aarch64_regs), aarch64_status,
	  ARRAY_SIZE(aarch64_status) },
	/* no core runs these, but firmware files for them turn up */
	{ .machine = EM_386, .name = "x86" },
	{ .machine = EM_X86_64, .name = "x86-64" },
	{ .machine = EM_MIPS, .name = "MIPS" },
	{ .machine = EM_PPC, .name = "PowerPC" },
};

static const struct arch *find_arch(unsigned int machine)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(archs); i++)
		if (archs[i].machine == machine)
			return &archs[i];
	return NULL;
}

/* Name of an ELF machine number, for people. */
const char *amp_machine_name(unsigned int machine)
{
	const struct arch *arch = find_arch(machine);

	return arch ? arch->name : "an unknown CPU";
}

/* Bits of the Configurable Fault Status Register (ARMv7-M Reference Manual, B3.2.15). */
static const struct {
	u32 bit;
	const char *meaning;
} cfsr_bits[] = {
	{ BIT(0), "instruction access violation" },
	{ BIT(1), "data access violation" },
	{ BIT(3), "memory fault on exception return" },
	{ BIT(4), "memory fault on exception entry" },
	{ BIT(5), "memory fault in lazy FP state saving" },
	{ BIT(7), "mmfar is valid" },
	{ BIT(8), "instruction bus error" },
	{ BIT(9), "precise data bus error" },
	{ BIT(10), "imprecise data bus error" },
	{ BIT(11), "bus error on exception return" },
	{ BIT(12), "bus error on exception entry" },
	{ BIT(13), "bus error in lazy FP state saving" },
	{ BIT(15), "bfar is valid" },
	{ BIT(16), "undefined instruction" },
	{ BIT(17), "invalid state (no Thumb bit?)" },
	{ BIT(18), "invalid PC on exception return" },
	{ BIT(19), "no coprocessor" },
	{ BIT(24), "unaligned access" },
	{ BIT(25), "division by zero" },
};

static void print_cfsr(struct amp_core *core, u32 cfsr)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cfsr_bits); i++)
		if (cfsr & cfsr_bits[i].bit)
			dev_err(&core->rproc->dev, "%s:   cfsr: %s\n", core->soc.core,
				cfsr_bits[i].meaning);
}

#define VALUES_PER_LINE 4

static void print_values(struct amp_core *core, const char *const *names, const u64 *values,
			 unsigned int count)
{
	int width = core->soc.elf_class == ELFCLASS64 ? 16 : 8;
	unsigned int i;
	char line[128];

	for (i = 0; i < count;) {
		struct seq_buf text;

		seq_buf_init(&text, line, sizeof(line));
		do {
			seq_buf_printf(&text, " %5s %0*llx", names[i], width, values[i]);
		} while (++i < count && i % VALUES_PER_LINE);
		dev_err(&core->rproc->dev, "%s: %.*s\n", core->soc.core, (int)seq_buf_used(&text),
			line);
	}
}

#define STACK_WORDS_PER_LINE 8

static void print_stack(struct amp_core *core, const struct amp_crash *crash)
{
	unsigned int words = crash->stack_words;
	unsigned int i;

	if (words > AMP_CRASH_STACK_WORDS) {
		dev_err(&core->rproc->dev, "%s: stack left out: %u words, a record holds %u\n",
			core->soc.core, words, AMP_CRASH_STACK_WORDS);
		return;
	}
	for (i = 0; i < words; i += STACK_WORDS_PER_LINE) {
		unsigned int end = min_t(unsigned int, words, i + STACK_WORDS_PER_LINE);
		struct seq_buf text;
		unsigned int k;
		char line[96];

		seq_buf_init(&text, line, sizeof(line));
		for (k = i; k < end; k++)
			seq_buf_printf(&text, " %08x", crash->stack[k]);
		dev_err(&core->rproc->dev, "%s:  stack %08x:%.*s\n", core->soc.core,
			crash->stack_da + i * (u32)sizeof(u32), (int)seq_buf_used(&text), line);
	}
}

/**
 * amp_crash_print() - print a core's crash record
 * @core: the core
 * @crash: private copy; its magic and epoch are right, the rest is as the core wrote it
 */
void amp_crash_print(struct amp_core *core, const struct amp_crash *crash)
{
	const struct arch *arch = find_arch(crash->arch);
	struct device *dev = &core->rproc->dev;
	const char *name = core->soc.core;
	char text[AMP_TEXT_LEN];

	amp_copy_text(text, crash->text, sizeof(text));
	if (crash->cause == AMP_CRASH_NONE || crash->cause >= AMP_CRASH_COUNT)
		dev_err(dev, "%s: crash record: unknown cause %u%s%s\n", name, crash->cause,
			text[0] ? ": " : "", text);
	else
		dev_err(dev, "%s: crash record: %s%s%s\n", name, cause_names[crash->cause],
			text[0] ? ": " : "", text);

	if (crash->arch != core->soc.elf_machine || !arch || !arch->regs) {
		dev_err(dev, "%s: registers left out: they are of ELF machine %u\n", name,
			crash->arch);
	} else {
		print_values(core, arch->regs, crash->reg, arch->num_regs);
		print_values(core, arch->status, crash->status, arch->num_status);
		if (crash->arch == EM_ARM)
			print_cfsr(core, crash->status[0]);
	}
	print_stack(core, crash);
}
