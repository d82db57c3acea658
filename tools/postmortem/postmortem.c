// SPDX-License-Identifier: GPL-2.0-only
/* The summary: which registers to believe, what happened in one line, and where. */
#include "postmortem.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch.h"
#include "common/text.h"

#define NAME(number, id, name, words)  [number] = (name),
#define WORDS(number, id, name, words) [number] = (words),

const char *amp_postmortem_cause_text(uint32_t cause)
{
	static const char *const texts[] = {AMP_CRASH_CAUSES(WORDS)};

	return cause < AMP_CRASH_COUNT ? texts[cause] : "unknown cause";
}

const char *amp_postmortem_cause_name(uint32_t cause)
{
	static const char *const names[] = {AMP_CRASH_CAUSES(NAME)};

	return cause < AMP_CRASH_COUNT ? names[cause] : "unknown";
}

const char *amp_detector_name(uint32_t detector)
{
	static const char *const names[] = {AMP_DETECTORS(NAME)};

	return detector < AMP_DETECTOR_COUNT ? names[detector] : names[AMP_DETECTOR_NONE];
}

bool amp_postmortem_record_valid(const struct amp_crash *crash, uint32_t epoch)
{
	return crash->magic == AMP_CRASH_MAGIC && crash->epoch == epoch;
}

static void from_crash_record(const struct amp_arch *arch, const struct amp_crash *crash, struct amp_registers *regs)
{
	regs->source = AMP_REGISTERS_CRASH_RECORD;
	regs->count = arch->num_regs;
	for (unsigned int i = 0; i < arch->num_regs; i++) {
		regs->value[i] = arch->word == 4 ? (uint32_t)crash->reg[i] : crash->reg[i];
		regs->valid |= (uint64_t)1 << i;
	}
}

/* Finds "NAME=hex" or "NAME  hex" in QEMU's text. */
static bool find_register(const char *text, const char *name, uint64_t *value)
{
	size_t len = strlen(name);

	for (const char *p = strstr(text, name); p; p = strstr(p + 1, name)) {
		const char *digits = p + len;

		if (p != text && isalnum((unsigned char)p[-1]))
			continue;
		if (*digits != '=' && *digits != ' ')
			continue;
		digits += strspn(digits, "= ");
		if (!isxdigit((unsigned char)*digits))
			continue;
		*value = strtoull(digits, NULL, 16);
		return true;
	}
	return false;
}

static void from_qemu(const struct amp_arch *arch, const char *text, struct amp_registers *regs)
{
	for (unsigned int i = 0; i < arch->num_regs; i++) {
		if (!arch->reg[i].qemu || !find_register(text, arch->reg[i].qemu, &regs->value[i]))
			continue;
		if (arch->word == 4)
			regs->value[i] = (uint32_t)regs->value[i];
		regs->valid |= (uint64_t)1 << i;
	}
	/* Text without a program counter was no register dump, whatever else looked like one. */
	if (!(regs->valid >> arch->pc & 1)) {
		memset(regs, 0, sizeof(*regs));
		return;
	}
	regs->source = AMP_REGISTERS_QEMU;
	regs->count = arch->num_regs;
}

/* The crash record comes first: after a handled fault the processor itself only shows the fault handler. */
static void find_registers(const struct amp_postmortem *pm, struct amp_registers *regs)
{
	const struct amp_arch *arch = amp_arch_find(pm->elf_machine);

	if (!arch)
		return;
	if (pm->remote && amp_postmortem_record_valid(&pm->remote->crash, pm->epoch))
		from_crash_record(arch, &pm->remote->crash, regs);
	else if (pm->registers)
		from_qemu(arch, pm->registers, regs);
}

static void describe(const struct amp_postmortem *pm, struct amp_postmortem_summary *summary)
{
	char own[AMP_TEXT_LEN];

	if (pm->text) {
		amp_text_clean(summary->text, sizeof(summary->text), pm->text, SIZE_MAX);
		return;
	}
	snprintf(summary->text, sizeof(summary->text), "%s", amp_postmortem_cause_text(summary->cause));
	if (summary->cause == AMP_CRASH_NONE)
		return;
	amp_text_clean(own, sizeof(own), pm->remote->crash.text, sizeof(pm->remote->crash.text));
	if (own[0]) {
		size_t n = strlen(summary->text);

		snprintf(summary->text + n, sizeof(summary->text) - n, ": %s", own);
	}
}

static void locate(const struct amp_postmortem *pm, struct amp_postmortem_summary *summary)
{
	const struct amp_arch *arch = amp_arch_find(pm->elf_machine);
	size_t id_len = pm->remote ? pm->remote->build_id_len : 0;

	if (!arch || summary->registers.source == AMP_REGISTERS_NONE)
		return;
	summary->pc = summary->registers.value[arch->pc];
	summary->lr = summary->registers.value[arch->lr];
	if (!pm->firmware || !pm->symbols) {
		snprintf(summary->no_symbols, sizeof(summary->no_symbols), "the firmware's file is not known");
		return;
	}
	if (id_len > AMP_BUILD_ID_LEN) /* nonsense from the core is as good as nothing */
		id_len = 0;
	if (!amp_symbols_open(pm->symbols, pm->firmware, pm->remote ? pm->remote->build_id : NULL, id_len,
	                      summary->no_symbols))
		return;
	amp_symbols_lookup(pm->symbols, summary->pc, summary->pc_sym, sizeof(summary->pc_sym));
	amp_symbols_lookup_caller(pm->symbols, summary->lr, summary->lr_sym, sizeof(summary->lr_sym));
}

void amp_postmortem_summarise(const struct amp_postmortem *pm, struct amp_postmortem_summary *summary)
{
	memset(summary, 0, sizeof(*summary));
	find_registers(pm, &summary->registers);
	if (pm->remote && amp_postmortem_record_valid(&pm->remote->crash, pm->epoch)) {
		uint32_t cause = pm->remote->crash.cause;

		summary->cause = cause > AMP_CRASH_NONE && cause < AMP_CRASH_COUNT ? cause : AMP_CRASH_HARD;
	}
	describe(pm, summary);
	locate(pm, summary);
}
