// SPDX-License-Identifier: GPL-2.0-only
/* The report for people. One section, one function. */
#include <inttypes.h>
#include <string.h>

#include "arch.h"
#include "common/text.h"
#include "new_file.h"
#include "postmortem.h"

#define TRACE_LINES 16u

/* The firmware's symbols, or NULL: amp_postmortem_summarise() has opened them, or said why not. */
static struct amp_symbols *usable_symbols(const struct amp_postmortem *pm, const struct amp_postmortem_summary *summary)
{
	return summary->registers.source != AMP_REGISTERS_NONE && !summary->no_symbols[0] ? pm->symbols : NULL;
}

static void write_head(FILE *f, const struct amp_postmortem *pm, const struct amp_postmortem_summary *summary)
{
	fprintf(f, "core         %s, life %" PRIu32 "\n", pm->core, pm->epoch);
	fprintf(f, "what         %s\n", summary->text);
	if (pm->detector != AMP_DETECTOR_NONE)
		fprintf(f, "detected by  %s\n", amp_detector_name(pm->detector));
	if (summary->cause != AMP_CRASH_NONE)
		fprintf(f, "cause        %s\n", amp_postmortem_cause_text(summary->cause));
	if (summary->registers.source == AMP_REGISTERS_NONE)
		fprintf(f, "where        unknown: neither a crash record nor registers\n");
	else
		fprintf(f, "where        0x%08" PRIx64 "%s%s\n", summary->pc, summary->pc_sym[0] ? "  " : "",
		        summary->pc_sym);
	if (summary->lr)
		fprintf(f, "called from  0x%08" PRIx64 "%s%s\n", summary->lr, summary->lr_sym[0] ? "  " : "",
		        summary->lr_sym);
}

static void write_firmware(FILE *f, const struct amp_postmortem *pm, const struct amp_postmortem_summary *summary)
{
	char id[2 * AMP_BUILD_ID_LEN + 1];
	uint32_t len = pm->remote ? pm->remote->build_id_len : 0;

	fprintf(f, "firmware     %s\n", pm->firmware ? pm->firmware : "unknown");
	if (len && len <= AMP_BUILD_ID_LEN) {
		amp_text_hex(id, pm->remote->build_id, len);
		fprintf(f, "build id     %s\n", id);
	}
	if (summary->no_symbols[0])
		fprintf(f, "no symbols   %s\n", summary->no_symbols);
}

static void write_registers(FILE *f, const struct amp_arch *arch, const struct amp_registers *regs)
{
	int width = 2 * arch->word;
	unsigned int column = 0;

	if (regs->source == AMP_REGISTERS_NONE)
		return;
	fprintf(f, "\nregisters (%s)\n",
	        regs->source == AMP_REGISTERS_CRASH_RECORD ? "from the core's fault handler" : "from the processor");
	for (unsigned int i = 0; i < regs->count; i++) {
		if (!(regs->valid >> i & 1))
			continue;
		fprintf(f, " %10s %0*" PRIx64, arch->reg[i].name, width, regs->value[i]);
		if (++column == 4) {
			fputc('\n', f);
			column = 0;
		}
	}
	if (column)
		fputc('\n', f);
}

static void write_status(FILE *f, const struct amp_arch *arch, const struct amp_crash *crash)
{
	int width = 2 * arch->word;

	fprintf(f, "\nfault status\n");
	for (unsigned int i = 0; i < AMP_CRASH_STATUS && arch->status[i].name; i++) {
		uint64_t value = arch->word == 4 ? (uint32_t)crash->status[i] : crash->status[i];
		const struct amp_arch_bit *bit = arch->status[i].bits;

		fprintf(f, " %10s %0*" PRIx64 "\n", arch->status[i].name, width, value);
		for (; bit && bit->name; bit++) {
			if (value >> bit->bit & 1)
				fprintf(f, " %10s   %-11s %s\n", "", bit->name, bit->meaning);
		}
	}
}

static void write_stack_word(FILE *f, struct amp_symbols *symbols, const struct amp_arch *arch, uint64_t da,
                             uint32_t word)
{
	char sym[AMP_SYMBOLS_TEXT] = "";

	/* a return address of Thumb code is odd */
	if (symbols && (!arch->thumb || (word & 1)))
		amp_symbols_lookup_caller(symbols, word, sym, sizeof(sym));
	fprintf(f, "   %08" PRIx64 ": %08" PRIx32 "%s%s\n", da, word, sym[0] ? "  " : "", sym);
}

/* The crash record's words of stack, or what the registers point to in the shared memory. */
static void write_stack(FILE *f, const struct amp_postmortem *pm, const struct amp_postmortem_summary *summary,
                        const struct amp_arch *arch)
{
	struct amp_symbols *symbols = usable_symbols(pm, summary);
	const struct amp_registers *regs = &summary->registers;

	if (regs->source == AMP_REGISTERS_CRASH_RECORD) {
		const struct amp_crash *crash = &pm->remote->crash;
		uint32_t words =
			crash->stack_words < AMP_CRASH_STACK_WORDS ? crash->stack_words : AMP_CRASH_STACK_WORDS;

		fprintf(f, "\nstack%s\n", crash->stack_words > words ? " (the core named an impossible size)" : "");
		for (uint32_t i = 0; i < words; i++)
			write_stack_word(f, symbols, arch, amp_crash_stack_da(crash) + (uint64_t)4 * i,
			                 crash->stack[i]);
	} else if (regs->source == AMP_REGISTERS_QEMU && (regs->valid >> arch->sp & 1)) {
		uint64_t at = regs->value[arch->sp] - pm->memory_da;

		if (!pm->memory || regs->value[arch->sp] < pm->memory_da)
			return;
		fprintf(f, "\nstack\n");
		for (uint32_t i = 0; i < AMP_CRASH_STACK_WORDS && at + 4 <= pm->memory_size; i++, at += 4) {
			uint32_t word;

			memcpy(&word, pm->memory + at, sizeof(word));
			write_stack_word(f, symbols, arch, pm->memory_da + at, word);
		}
	}
}

/* Where the last TRACE_LINES lines start, in a ring that ends at `head`. */
static uint32_t trace_start(const uint8_t *ring, uint32_t size, uint32_t head)
{
	uint32_t used = head < size ? head : size, back = 0, lines = 0;

	while (back < used) {
		/* the newline that ends the last line is no start of another */
		if (ring[(head - back - 1) % size] == '\n' && back && ++lines == TRACE_LINES)
			break;
		back++;
	}
	return head - back;
}

static void write_trace(FILE *f, const struct amp_postmortem *pm)
{
	const uint8_t *ring;
	uint32_t head, size = pm->trace_size;
	bool line_start = true;

	if (!pm->remote || !pm->memory || !size || pm->trace_offset > pm->memory_size ||
	    size > pm->memory_size - pm->trace_offset)
		return;
	ring = pm->memory + pm->trace_offset;
	head = pm->remote->trace_head;
	if (!head)
		return;
	fprintf(f, "\nlast words\n");
	for (uint32_t at = trace_start(ring, size, head); at != head; at++) {
		uint8_t c = ring[at % size];

		if (line_start)
			fputs("   ", f);
		line_start = c == '\n';
		fputc(line_start || (c >= ' ' && c <= '~') ? c : '?', f);
	}
	if (!line_start)
		fputc('\n', f);
}

void amp_postmortem_print_report(const struct amp_postmortem *pm, const struct amp_postmortem_summary *summary,
                                 FILE *out)
{
	const struct amp_arch *arch = amp_arch_find(pm->elf_machine);

	write_head(out, pm, summary);
	write_firmware(out, pm, summary);
	if (arch) {
		write_registers(out, arch, &summary->registers);
		if (summary->registers.source == AMP_REGISTERS_CRASH_RECORD)
			write_status(out, arch, &pm->remote->crash);
		write_stack(out, pm, summary, arch);
	}
	write_trace(out, pm);
}

int amp_postmortem_write_report(const struct amp_postmortem *pm, const struct amp_postmortem_summary *summary,
                                const char *path)
{
	struct amp_new_file f;
	int err = amp_new_file_open(&f, path);

	if (err)
		return err;
	amp_postmortem_print_report(pm, summary, f.file);
	return amp_new_file_close(&f, path, 0);
}
