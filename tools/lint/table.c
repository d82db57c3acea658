// SPDX-License-Identifier: GPL-2.0-only
/*
 * The resource table: its section, its header, and where its entries are.
 *
 * The library's check (amp_rsc_table_check()) ends at the first fault, as a host does; here all of them are wanted,
 * with what each means to a host that is not this library.
 */
#include <stdlib.h>
#include <string.h>

#include <amprelay/resource_table2.h>
#include <amprelay/wire.h>
#include <openamp/remoteproc.h>

#include "internal.h"

#define ULL(x) ((unsigned long long)(x))

#define HEADER sizeof(struct resource_table)

static uint32_t word_at(const struct lint *lint, uint64_t offset)
{
	uint32_t word;

	memcpy(&word, lint->table + offset, sizeof(word));
	return word;
}

uint32_t lint_word(const struct lint *lint, const struct entry *entry, uint32_t offset)
{
	return word_at(lint, (uint64_t)entry->offset + offset);
}

/* ------------------------------------------------------------------ the section */

static const struct section *find_table(struct lint *lint)
{
	const struct section *found = NULL, *section;

	for (unsigned int i = 0; i < lint->sections; i++) {
		section = &lint->section[i];
		if (strcmp(section->name, TABLE_SECTION) != 0)
			continue;
		if (found)
			lint_say(lint, LINT_TABLE_TWICE, lint_at_section(section),
			         "it is a second one; the first is section %u at 0x%llx", found->index,
			         ULL(found->addr));
		else
			found = section;
	}
	if (!found && lint->sections)
		lint_say(lint, LINT_TABLE_MISSING, lint_at_file(0, 0), "none of %u sections has that name",
		         lint->sections);
	return found;
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
	return size == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0);
}

/* False: there are no bytes of a table. */
static bool take_table(struct lint *lint, const struct section *section)
{
	struct place place = lint_at_section(section);

	if (section->type == SHT_NOBITS || section->size == 0) {
		lint_say(lint, LINT_TABLE_EMPTY, place, "the section has no bytes in the file");
		return false;
	}
	if (section->offset > lint->size || section->size > lint->size - section->offset ||
	    section->size > UINT32_MAX) {
		lint_say(lint, LINT_ELF_TRUNCATED, place, "its bytes 0x%llx + 0x%llx are not in the file of %zu bytes",
		         ULL(section->offset), ULL(section->size), lint->size);
		return false;
	}
	if (is_zero(lint->image + section->offset, section->size)) {
		lint_say(lint, LINT_TABLE_EMPTY, place, "all of its 0x%llx bytes are 0", ULL(section->size));
		return false;
	}
	lint->table = malloc(section->size);
	lint->no_memory = !lint->table;
	if (!lint->table)
		return false;
	memcpy(lint->table, lint->image + section->offset, section->size);
	lint->table_size = (uint32_t)section->size;
	lint->table_offset = section->offset;
	lint->table_addr = section->addr;
	return true;
}

static void check_place(struct lint *lint, const struct section *section)
{
	const unsigned int loaded = LINT_KIND(AMP_LINT_FIRMWARE);
	struct place place = lint_at_section(section);

	if (section->addr % 4)
		lint_say(lint, LINT_TABLE_MISALIGNED, place, "it is at 0x%llx", ULL(section->addr));
	if (lint->core && !lint_memory(lint, section->addr, section->size, loaded))
		lint_say(lint, LINT_TABLE_OUTSIDE_MEMORY, place, "0x%llx + 0x%llx is in no firmware memory of core %s",
		         ULL(section->addr), ULL(section->size), lint->core->name);
	if (section->size > AMP_RSC_TABLE_MAX)
		lint_say(lint, LINT_TABLE_TOO_LARGE, place, "it has 0x%llx bytes", ULL(section->size));
}

/* ------------------------------------------------------------------ the header */

/* False: the entries cannot be looked at. */
static bool check_header(struct lint *lint, uint32_t *num)
{
	uint64_t offsets;

	if (lint->table_size < HEADER) {
		lint_say(lint, LINT_TABLE_TRUNCATED, lint_at_table(lint, 0, lint->table_size),
		         "the section has %u bytes, the header %zu", lint->table_size, HEADER);
		return false;
	}
	if (word_at(lint, 0) != 1) {
		lint_say(lint, LINT_TABLE_VERSION, lint_at_table(lint, 0, 4), "it is %u", word_at(lint, 0));
		return false;
	}
	if (word_at(lint, 8) || word_at(lint, 12))
		lint_say(lint, LINT_TABLE_RESERVED, lint_at_table(lint, 8, 8), "they are 0x%x and 0x%x",
		         word_at(lint, 8), word_at(lint, 12));
	*num = word_at(lint, 4);
	offsets = HEADER + 4 * (uint64_t)*num;
	if (offsets > lint->table_size) {
		lint_say(lint, LINT_TABLE_TRUNCATED, lint_at_table(lint, 4, 4),
		         "it has %u entries, whose offsets end at 0x%llx; the section ends at 0x%x", *num, ULL(offsets),
		         lint->table_size);
		return false;
	}
	if (*num == 0)
		lint_say(lint, LINT_TABLE_EMPTY, lint_at_table(lint, 4, 4), "it has no entries");
	if (*num > ENTRIES_MAX)
		lint_say(lint, LINT_TABLE_CROWDED, lint_at_table(lint, 4, 4), "it has %u entries", *num);
	return true;
}

/* ------------------------------------------------------------------ the entries */

/* Bytes of an entry by its type; of a vdev, as far as they are in the table. */
static uint64_t size_of(const struct lint *lint, const struct entry *entry)
{
	uint64_t left = lint->table_size - entry->offset;

	switch (entry->type) {
	case RSC_CARVEOUT:
	case RSC_DEVMEM:
		return sizeof(struct fw_rsc_carveout);
	case RSC_TRACE:
		return sizeof(struct fw_rsc_trace);
	case RSC_VDEV:
		if (left < sizeof(struct fw_rsc_vdev))
			return sizeof(struct fw_rsc_vdev);
		return sizeof(struct fw_rsc_vdev) + (uint64_t)lint_word(lint, entry, 20) +
		       sizeof(struct fw_rsc_vdev_vring) * lint->table[entry->offset + 25];
	default:
		return sizeof(struct fw_rsc_hdr);
	}
}

static void check_type(struct lint *lint, const struct entry *entry)
{
	struct place place = lint_at_entry(lint, entry, 0, 4);

	if (entry->type < RSC_LAST)
		return;
	if (entry->type < RSC_VENDOR_START || entry->type > RSC_VENDOR_END)
		lint_say(lint, LINT_RESOURCE_TYPE_UNKNOWN, place, "its type is %u", entry->type);
	else if ((entry->type != AMP_RSC_JOURNAL && entry->type != AMP_RSC_TABLE2) ||
	         !lint->core) /* which the lab's driver and relay know */
		lint_say(lint, LINT_RESOURCE_VENDOR, place, "its type is %u", entry->type);
}

static void read_entry(struct lint *lint, uint32_t index, uint32_t num)
{
	uint64_t at = HEADER + 4 * (uint64_t)index;
	struct entry entry = {.index = index, .offset = word_at(lint, at)};
	struct place place = lint_at_table(lint, at, 4);

	if (entry.offset < HEADER + 4 * (uint64_t)num) {
		lint_say(lint, LINT_RESOURCE_OFFSET_HEADER, place, "entry %u is at 0x%x, the offsets end at 0x%llx",
		         index, entry.offset, ULL(HEADER + 4 * (uint64_t)num));
		return;
	}
	if (entry.offset > lint->table_size || lint->table_size - entry.offset < 4) {
		lint_say(lint, LINT_RESOURCE_OFFSET_OUTSIDE, place, "entry %u is at 0x%x, the table ends at 0x%x",
		         index, entry.offset, lint->table_size);
		return;
	}
	if (entry.offset % 4)
		lint_say(lint, LINT_RESOURCE_OFFSET_MISALIGNED, place, "entry %u is at 0x%x", index, entry.offset);
	entry.type = word_at(lint, entry.offset);
	entry.size = size_of(lint, &entry);
	entry.whole = entry.size <= lint->table_size - entry.offset;
	if (!entry.whole)
		lint_say(lint, LINT_RESOURCE_TRUNCATED, lint_at_entry(lint, &entry, 0, 4),
		         "of type %u, it has 0x%llx bytes from 0x%x on; the table ends at 0x%x", entry.type,
		         ULL(entry.size), entry.offset, lint->table_size);
	check_type(lint, &entry);
	lint->entry[lint->entries++] = entry;
}

static void check_overlaps(struct lint *lint, unsigned int later)
{
	const struct entry *a, *b = &lint->entry[later];

	for (unsigned int i = 0; i < later; i++) {
		a = &lint->entry[i];
		if (lint_overlap(a->offset, a->size, b->offset, b->size))
			lint_say(lint, LINT_RESOURCE_OVERLAP, lint_at_entry(lint, b, 0, 4),
			         "0x%x + 0x%llx meets entry %u at 0x%x + 0x%llx", b->offset, ULL(b->size), a->index,
			         a->offset, ULL(a->size));
	}
}

void lint_table(struct lint *lint)
{
	const struct section *section = find_table(lint);
	uint32_t num;

	if (!section || !take_table(lint, section))
		return;
	check_place(lint, section);
	if (!check_header(lint, &num))
		return;
	for (uint32_t i = 0; i < num && i < ENTRIES_MAX; i++)
		read_entry(lint, i, num);
	for (unsigned int i = 1; i < lint->entries; i++)
		check_overlaps(lint, i);
}
