// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints a crash record for people: cause, registers and fault status by name.
 */

#include <linux/bits.h>
#include <linux/elf.h>
#include <linux/seq_buf.h>
#include <linux/string.h>

#include <amprelay/registers.h>

#include "amprelay_rproc.h"

#ifndef EM_RISCV
#define EM_RISCV 243
#endif

#define CAUSE(number, id, name, words) words,

static const char * const causes[] = { AMP_CRASH_CAUSES(CAUSE) };

struct bit {
	u32 mask;
	const char *name;
	const char *meaning;
};

struct word {
	const char *name;
	const struct bit *bits; /* up to one without a name; NULL: the word is an address */
};

#define BIT_ROW(number, name, meaning)	{ BIT(number), name, meaning },
#define REGISTER(id, name, qemu)	{ name, NULL },
#define STATUS(id, name, bits)		{ name, bits },

static const struct bit arm_cfsr[] = { AMP_ARM_CFSR(BIT_ROW) {} };
static const struct bit arm_hfsr[] = { AMP_ARM_HFSR(BIT_ROW) {} };
static const struct bit arm_dfsr[] = { AMP_ARM_DFSR(BIT_ROW) {} };

static const struct word arm_regs[] = { AMP_ARM_REGISTERS(REGISTER) };
static const struct word arm_status[] = { AMP_ARM_STATUS(STATUS) };
static const struct word riscv_regs[] = { AMP_RISCV_REGISTERS(REGISTER) };
static const struct word riscv_status[] = { AMP_RISCV_STATUS(STATUS) };
static const struct word aarch64_regs[] = { AMP_AARCH64_REGISTERS(REGISTER) };
static const struct word aarch64_status[] = { AMP_AARCH64_STATUS(STATUS) };

static const struct arch {
	unsigned int machine;
	const char *name;
	const struct word *regs;
	unsigned int num_regs;
	const struct word *status;
	unsigned int num_status;
} archs[] = {
	{ EM_ARM, "ARM", arm_regs, ARRAY_SIZE(arm_regs), arm_status, ARRAY_SIZE(arm_status) },
	{ EM_RISCV, "RISC-V", riscv_regs, ARRAY_SIZE(riscv_regs), riscv_status,
	  ARRAY_SIZE(riscv_status) },
	{ EM_AARCH64, "AArch64", aarch64_regs, ARRAY_SIZE(aarch64_regs), aarch64_status,
	  ARRAY_SIZE(aarch64_status) },
	/* No core runs these, but somebody may try to load firmware for them. */
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

#define VALUES_PER_LINE 4

static void print_bits(struct amp_core *core, const struct word *word, u64 value)
{
	const struct bit *bit;

	for (bit = word->bits; bit && bit->name; bit++)
		if (value & bit->mask)
			dev_err(&core->rproc->dev, "%s:   %s: %s, %s\n", core->soc.core, word->name,
				bit->name, bit->meaning);
}

static void print_values(struct amp_core *core, const struct word *words, const u64 *values,
			 unsigned int count)
{
	int width = core->soc.elf_class == ELFCLASS64 ? 16 : 8;
	unsigned int i;
	char line[128];

	for (i = 0; i < count;) {
		struct seq_buf text;

		seq_buf_init(&text, line, sizeof(line));
		do {
			seq_buf_printf(&text, " %5s %0*llx", words[i].name, width, values[i]);
		} while (++i < count && i % VALUES_PER_LINE);
		dev_err(&core->rproc->dev, "%s: %.*s\n", core->soc.core, (int)seq_buf_used(&text),
			line);
	}
	for (i = 0; i < count; i++)
		print_bits(core, &words[i], values[i]);
}

#define STACK_WORDS_PER_LINE 8

static void print_stack(struct amp_core *core, const struct amp_crash *crash)
{
	int width = core->soc.elf_class == ELFCLASS64 ? 16 : 8;
	unsigned int words = crash->stack_words;
	u64 da = amp_crash_stack_da(crash);
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
		dev_err(&core->rproc->dev, "%s:  stack %0*llx:%.*s\n", core->soc.core, width,
			da + i * sizeof(u32), (int)seq_buf_used(&text), line);
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
		dev_err(dev, "%s: crash record: %s%s%s\n", name, causes[crash->cause],
			text[0] ? ": " : "", text);

	if (crash->arch != core->soc.elf_machine || !arch || !arch->regs) {
		dev_err(dev, "%s: registers left out: they are of ELF machine %u\n", name,
			crash->arch);
	} else {
		print_values(core, arch->regs, crash->reg, arch->num_regs);
		print_values(core, arch->status, crash->status, arch->num_status);
	}
	print_stack(core, crash);
}
