// SPDX-License-Identifier: GPL-2.0-only
/* Carveouts, devmems and traces of the resource table. */
#include <string.h>

#include <openamp/remoteproc.h>

#include "internal.h"

#define PAGE 4096u

/* Of a carveout or devmem: type, da, pa, len, flags, reserved, name; of a trace: type, da, len, reserved, name. */
static uint32_t length_of(const struct lint *lint, const struct entry *entry)
{
	return lint_word(lint, entry, entry->type == RSC_TRACE ? 8 : 12);
}

static const char *name_of(const struct lint *lint, const struct entry *entry)
{
	return (const char *)lint->table + entry->offset + offsetof(struct fw_rsc_carveout, name);
}

static bool is_memory(const struct entry *entry)
{
	return entry->whole && (entry->type == RSC_CARVEOUT || entry->type == RSC_DEVMEM || entry->type == RSC_TRACE);
}

/* False: its numbers are not compared with others. */
static bool check_numbers(struct lint *lint, const struct entry *entry)
{
	uint32_t at = entry->type == RSC_TRACE ? 12 : 20, reserved = lint_word(lint, entry, at);
	uint32_t da = lint_word(lint, entry, 4), len = length_of(lint, entry);
	struct place place = lint_at_entry(lint, entry, 4, 12);

	if (reserved)
		lint_say(lint, LINT_RESOURCE_RESERVED, lint_at_entry(lint, entry, at, 4), "the reserved word is 0x%x",
		         reserved);
	if (len == 0) {
		if (entry->type != RSC_TRACE)
			lint_say(lint, LINT_MEMORY_EMPTY, place, "its length is 0");
		return false;
	}
	if (da != ADDRESS_ANY && (uint64_t)da + len > SPACE_32) {
		lint_say(lint, LINT_MEMORY_WRAPS, place, "0x%x + 0x%x", da, len);
		return false;
	}
	return da != ADDRESS_ANY;
}

/* ------------------------------------------------------------------ carveouts */

static void check_name(struct lint *lint, const struct entry *entry)
{
	const char *name = name_of(lint, entry);
	size_t len = strnlen(name, RPROC_MAX_NAME_LEN);
	struct place place = lint_at_entry(lint, entry, offsetof(struct fw_rsc_carveout, name), RPROC_MAX_NAME_LEN);

	if (len == RPROC_MAX_NAME_LEN)
		lint_say(lint, LINT_NAME_ENDLESS, place, "'%.32s' has no end", name);
	if (memchr(name, '%', len))
		lint_say(lint, LINT_NAME_FORMAT, place, "it is called '%.32s'", name);
}

static void check_clash(struct lint *lint, const struct entry *earlier, const struct entry *later)
{
	const char *name = name_of(lint, later);

	if (strncmp(name, name_of(lint, earlier), RPROC_MAX_NAME_LEN) == 0)
		lint_say(lint, LINT_CARVEOUT_NAME_CLASH,
		         lint_at_entry(lint, later, offsetof(struct fw_rsc_carveout, name), RPROC_MAX_NAME_LEN),
		         "entry %u is called '%.32s' as well", earlier->index, name);
}

/* ------------------------------------------------------------------ devmems, traces */

static void check_devmem(struct lint *lint, const struct entry *entry)
{
	uint32_t da = lint_word(lint, entry, 4), pa = lint_word(lint, entry, 8), len = length_of(lint, entry);
	struct place place = lint_at_entry(lint, entry, 4, 12);

	if ((da | pa | len) % PAGE)
		lint_say(lint, LINT_DEVMEM_UNALIGNED, place, "0x%x at 0x%x, 0x%x bytes", pa, da, len);
	else
		lint_say(lint, LINT_DEVMEM_NEEDS_IOMMU, place, "physical address 0x%x is to be seen at 0x%x", pa, da);
}

static bool in_table(const struct lint *lint, uint32_t da, uint32_t len)
{
	const struct entry *entry;

	for (unsigned int i = 0; i < lint->entries; i++) {
		entry = &lint->entry[i];
		if (is_memory(entry) && entry->type != RSC_TRACE &&
		    lint_within(da, len, lint_word(lint, entry, 4), length_of(lint, entry)))
			return true;
	}
	return false;
}

static void check_trace(struct lint *lint, const struct entry *entry)
{
	uint32_t told = lint_word(lint, entry, 4), len = length_of(lint, entry);
	uint64_t da = lint_address(lint, told);

	/* Without a description of the core it may be in any memory of the board. */
	if (!lint->core || lint_segment_at(lint, da, len) || in_table(lint, told, len) ||
	    lint_memory(lint, da, len, ~0u))
		return;
	lint_say(lint, LINT_TRACE_OUTSIDE_MEMORY, lint_at_entry(lint, entry, 4, 8), "there is nothing at 0x%llx + 0x%x",
	         (unsigned long long)da, len);
}

/* ------------------------------------------------------------------ the whole */

static void check_pair(struct lint *lint, const struct entry *earlier, const struct entry *later)
{
	uint32_t a = lint_word(lint, earlier, 4), b = lint_word(lint, later, 4);
	uint32_t a_len = length_of(lint, earlier), b_len = length_of(lint, later);

	if (earlier->type == RSC_CARVEOUT && later->type == RSC_CARVEOUT)
		check_clash(lint, earlier, later);
	if (a != ADDRESS_ANY && b != ADDRESS_ANY && lint_overlap(a, a_len, b, b_len))
		lint_say(lint, LINT_MEMORY_OVERLAP, lint_at_entry(lint, later, 4, 12),
		         "0x%x + 0x%x meets entry %u at 0x%x + 0x%x", b, b_len, earlier->index, a, a_len);
}

void lint_memories(struct lint *lint)
{
	const struct entry *entry;
	bool placed;

	for (unsigned int i = 0; i < lint->entries; i++) {
		entry = &lint->entry[i];
		if (!is_memory(entry))
			continue;
		placed = check_numbers(lint, entry);
		if (entry->type == RSC_TRACE && length_of(lint, entry))
			check_trace(lint, entry);
		if (entry->type == RSC_TRACE)
			continue;
		if (entry->type == RSC_CARVEOUT)
			check_name(lint, entry);
		else if (placed)
			check_devmem(lint, entry);
		for (unsigned int j = 0; j < i; j++) {
			if (is_memory(&lint->entry[j]) && lint->entry[j].type != RSC_TRACE)
				check_pair(lint, &lint->entry[j], entry);
		}
	}
}
