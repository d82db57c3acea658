// SPDX-License-Identifier: GPL-2.0-only
/* Where the bytes of the image go: segments against the file, each other and the core's memories. */
#include <string.h>

#include "internal.h"

#define ULL(x) ((unsigned long long)(x))

/* Of TI's PRU, code and data have an address space each. */
#ifndef EM_TI_PRU
#define EM_TI_PRU 144
#endif

/* False: its numbers make no sense, and are not compared with anything. */
static bool check_numbers(struct lint *lint, const struct segment *segment)
{
	bool wide = lint->image[EI_CLASS] == ELFCLASS64, good = true;
	struct place place = lint_at_segment(segment);
	uint64_t last = segment->paddr + (segment->memsz - 1);

	if (segment->filesz > segment->memsz) {
		lint_say(lint, LINT_SEGMENT_FILE_LARGER, place, "0x%llx bytes in the file, 0x%llx in memory",
		         ULL(segment->filesz), ULL(segment->memsz));
		return false;
	}
	if (segment->offset > lint->size || segment->filesz > lint->size - segment->offset) {
		lint_say(lint, LINT_ELF_TRUNCATED, place, "its bytes 0x%llx + 0x%llx are not in the file of %zu bytes",
		         ULL(segment->offset), ULL(segment->filesz), lint->size);
		good = false;
	}
	if (last < segment->paddr || (!wide && last > UINT32_MAX)) {
		lint_say(lint, LINT_SEGMENT_WRAPS, place, "it is loaded to 0x%llx + 0x%llx", ULL(segment->paddr),
		         ULL(segment->memsz));
		good = false;
	} else if (last > UINT32_MAX && !lint_memory(lint, segment->paddr, segment->memsz, ~0u)) {
		lint_say(lint, LINT_SEGMENT_ABOVE_4G, place, "it is loaded to 0x%llx + 0x%llx", ULL(segment->paddr),
		         ULL(segment->memsz));
	}
	return good;
}

/* `later` comes later in the file. */
static void check_pair(struct lint *lint, const struct segment *earlier, const struct segment *later)
{
	if (lint->ehdr.e_machine == EM_TI_PRU && earlier->code != later->code)
		return;
	if (lint_overlap(earlier->paddr, earlier->filesz, later->paddr, later->filesz))
		lint_say(lint, LINT_SEGMENT_OVERLAP, lint_at_segment(later),
		         "its bytes at 0x%llx + 0x%llx meet those of segment %u at 0x%llx + 0x%llx", ULL(later->paddr),
		         ULL(later->filesz), earlier->index, ULL(earlier->paddr), ULL(earlier->filesz));
	else if (lint_overlap(earlier->paddr, earlier->filesz, later->paddr + later->filesz,
	                      later->memsz - later->filesz))
		lint_say(lint, LINT_SEGMENT_ZEROES_OVER_BYTES, lint_at_segment(later),
		         "its zeroes from 0x%llx to 0x%llx cover bytes of segment %u at 0x%llx + 0x%llx",
		         ULL(later->paddr + later->filesz), ULL(later->paddr + later->memsz), earlier->index,
		         ULL(earlier->paddr), ULL(earlier->filesz));
}

/* ------------------------------------------------------------------ memories */

static void check_memory(struct lint *lint, const struct segment *segment)
{
	const unsigned int loaded = LINT_KIND(AMP_LINT_FIRMWARE) | LINT_KIND(AMP_LINT_PRIVATE);
	const struct amp_lint_memory *memory = lint_memory(lint, segment->paddr, segment->memsz, loaded);
	struct place place = lint_at_segment(segment);

	if (memory) {
		if (lint->core->signed_only && segment->code && memory->kind == AMP_LINT_FIRMWARE)
			lint_say(lint, LINT_SIGNED_CODE_SHARED, place, "code at 0x%llx + 0x%llx is in memory '%s'",
			         ULL(segment->paddr), ULL(segment->memsz), memory->name);
		return;
	}
	for (size_t i = 0; i < lint->core->num_memories; i++) {
		memory = &lint->core->memories[i];
		if (LINT_KIND(memory->kind) & (loaded | LINT_KIND(AMP_LINT_OWN)) ||
		    !lint_overlap(segment->paddr, segment->memsz, memory->base, memory->size))
			continue;
		lint_say(lint, LINT_SEGMENT_OVER_SHARED, place, "0x%llx + 0x%llx is on '%s' at 0x%llx + 0x%llx",
		         ULL(segment->paddr), ULL(segment->memsz), memory->name, ULL(memory->base), ULL(memory->size));
		return;
	}
	lint_say(lint, LINT_SEGMENT_OUTSIDE_MEMORY, place, "0x%llx + 0x%llx is in no memory for firmware of core %s",
	         ULL(segment->paddr), ULL(segment->memsz), lint->core->name);
}

/* Without a description of the core, what the table asks for. */
static void check_carveouts(struct lint *lint, const struct segment *segment)
{
	const struct entry *entry;
	uint64_t da, len;

	for (unsigned int i = 0; i < lint->entries; i++) {
		entry = &lint->entry[i];
		if (entry->type != 0 || !entry->whole)
			continue;
		da = lint_word(lint, entry, 4);
		len = lint_word(lint, entry, 12);
		if (da == ADDRESS_ANY || !lint_within(segment->paddr, 1, da, len) ||
		    lint_within(segment->paddr, segment->memsz, da, len))
			continue;
		lint_say(lint, LINT_SEGMENT_STRADDLES_CARVEOUT, lint_at_segment(segment),
		         "0x%llx + 0x%llx leaves the carveout of entry %u at 0x%llx + 0x%llx", ULL(segment->paddr),
		         ULL(segment->memsz), entry->index, ULL(da), ULL(len));
	}
}

/* ------------------------------------------------------------------ sections */

static bool is_loaded(const struct lint *lint, const struct section *section)
{
	for (unsigned int i = 0; i < lint->segments; i++) {
		if (lint_within(section->offset, section->size, lint->segment[i].offset, lint->segment[i].filesz))
			return true;
	}
	return false;
}

/* The table's is loaded by itself where no segment has it. */
static void check_section(struct lint *lint, const struct section *section)
{
	if (!(section->flags & SHF_ALLOC) || section->type == SHT_NOBITS || section->size == 0 ||
	    strcmp(section->name, TABLE_SECTION) == 0 || is_loaded(lint, section))
		return;
	lint_say(lint, LINT_SECTION_NOT_LOADED, lint_at_section(section),
	         "its 0x%llx bytes at 0x%llx are in no segment", ULL(section->size), ULL(section->addr));
}

void lint_segments(struct lint *lint)
{
	bool good[SEGMENTS_MAX];

	for (unsigned int i = 0; i < lint->segments; i++) {
		good[i] = check_numbers(lint, &lint->segment[i]);
		for (unsigned int j = 0; j < i && good[i]; j++) {
			if (good[j])
				check_pair(lint, &lint->segment[j], &lint->segment[i]);
		}
		if (good[i] && lint->core)
			check_memory(lint, &lint->segment[i]);
		else if (good[i])
			check_carveouts(lint, &lint->segment[i]);
	}
	for (unsigned int i = 0; i < lint->sections; i++)
		check_section(lint, &lint->section[i]);
}
