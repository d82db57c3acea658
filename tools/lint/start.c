// SPDX-License-Identifier: GPL-2.0-only
/* Where the core begins: entry point and, of M-profile cores, the vector table. */
#include "internal.h"

#define ULL(x) ((unsigned long long)(x))

static void check_entry(struct lint *lint)
{
	uint64_t entry = lint->ehdr.e_entry & (lint->ehdr.e_machine == EM_ARM ? ~1ull : ~0ull);
	const struct segment *segment = lint_segment_at(lint, entry, 1);
	struct place place = lint_at_file(offsetof(Elf32_Ehdr, e_entry), 4);

	if (!segment) {
		lint_say(lint, LINT_ENTRY_OUTSIDE, place, "the entry point 0x%llx is in none of %u segments",
		         ULL(lint->ehdr.e_entry), lint->segments);
		return;
	}
	if (!segment->code || !(lint_within(entry, 1, segment->vaddr, segment->filesz) ||
	                        lint_within(entry, 1, segment->paddr, segment->filesz)))
		lint_say(lint, LINT_ENTRY_NOT_CODE, place, "the entry point 0x%llx is in segment %u, %s",
		         ULL(lint->ehdr.e_entry), segment->index,
		         segment->code ? "behind its bytes" : "which has no flag X");
	if (lint->m_profile && !(lint->ehdr.e_entry & 1))
		lint_say(lint, LINT_ENTRY_NO_THUMB, place, "the entry point 0x%llx has bit 0 clear",
		         ULL(lint->ehdr.e_entry));
}

/* ------------------------------------------------------------------ vectors */

#define VECTORS_ALIGN 128u

/* As start-up files of Arm, ST, NXP, Zephyr and this project call it. */
static const char *const vector_symbols[] = {
	"__vectors",      "__Vectors",     "g_pfnVectors",       "__isr_vector",
	"__vector_table", "_vector_table", "__interrupt_vector",
};

static const char *const vector_sections[] = {".isr_vector", ".vectors", ".interrupts", ".intvecs", ".vector_table"};

/* The table of the running program. False: it has none that is known. */
static bool find_vectors(const struct lint *lint, struct place *place, uint64_t *addr, uint64_t *size)
{
	const struct section *section;

	for (unsigned int i = 0; i < sizeof(vector_symbols) / sizeof(vector_symbols[0]); i++) {
		if (lint_symbol(lint, vector_symbols[i], addr, size)) {
			*addr &= ~1ull;
			*place = lint_at_symbol(vector_symbols[i]);
			return true;
		}
	}
	for (unsigned int i = 0; i < sizeof(vector_sections) / sizeof(vector_sections[0]); i++) {
		section = lint_section(lint, vector_sections[i]);
		if (section && section->flags & SHF_ALLOC && section->size >= 8) {
			*addr = section->addr;
			*size = section->size;
			*place = lint_at_section(section);
			return true;
		}
	}
	return false;
}

static uint64_t alignment_of(uint64_t size)
{
	uint64_t align = VECTORS_ALIGN;

	while (align < size && align < 4096)
		align *= 2;
	return align;
}

static void check_vectors(struct lint *lint)
{
	uint32_t stack, reset;
	uint64_t addr, size;
	struct place place;

	if (!find_vectors(lint, &place, &addr, &size) || !lint_word_at(lint, addr, &stack) ||
	    !lint_word_at(lint, addr + 4, &reset))
		return;
	if (addr % alignment_of(size))
		lint_say(lint, LINT_VECTORS_MISALIGNED, place,
		         "the table of 0x%llx bytes is at 0x%llx, no multiple of 0x%llx", ULL(size), ULL(addr),
		         ULL(alignment_of(size)));
	if (stack == 0 || stack % 8)
		lint_say(lint, LINT_VECTORS_STACK, place, "the first stack pointer is 0x%x", stack);
	if (!(reset & 1) || !lint_segment_at(lint, reset & ~1u, 2))
		lint_say(lint, LINT_VECTORS_RESET, place, "the reset vector is 0x%x", reset);
}

void lint_start(struct lint *lint)
{
	check_entry(lint);
	if (lint->m_profile)
		check_vectors(lint);
}
