// SPDX-License-Identifier: GPL-2.0-only
/* Version 2 of the resource table, an entry of version 1: is it sound, known, and of memory that the core has? */
#include <stdlib.h>
#include <string.h>

#include <amprelay/resource_table2.h>

#include "internal.h"

#define ULL(x) ((unsigned long long)(x))

static struct place at_table2(const struct lint *lint, size_t at, size_t offset)
{
	return lint_at_table(lint, at + offset, 4);
}

/* ------------------------------------------------------------------ memory */

static void check_range(struct lint *lint, size_t at, const struct amp_rsc_u64 *da, const struct amp_rsc_u64 *len)
{
	uint64_t base = amp_rsc_u64_get(da), size = amp_rsc_u64_get(len);

	if (base == AMP_RSC2_ADDR_ANY || !size || lint_segment_at(lint, base, size) ||
	    lint_memory(lint, base, size, ~0u))
		return;
	lint_say(lint, LINT_TABLE2_OUTSIDE_MEMORY, at_table2(lint, at, 0), "there is nothing at 0x%llx + 0x%llx",
	         ULL(base), ULL(size));
}

static void check_memory(struct lint *lint, size_t at, const struct amp_rsc2 *entry)
{
	const struct amp_rsc2_memory *memory = (const void *)entry;
	const struct amp_rsc2_trace *trace = (const void *)entry;
	const struct amp_rsc2_vdev *vdev = (const void *)entry;
	const struct amp_rsc2_dtree *dtree = (const void *)entry;

	switch (entry->type) {
	case AMP_RSC2_CARVEOUT:
		check_range(lint, at, &memory->da, &memory->len);
		break;
	case AMP_RSC2_TRACE:
		check_range(lint, at, &trace->da, &trace->len);
		break;
	case AMP_RSC2_VDEV:
		check_range(lint, at, &vdev->buffers[0].da, &vdev->buffers[0].len);
		check_range(lint, at, &vdev->buffers[1].da, &vdev->buffers[1].len);
		break;
	case AMP_RSC2_DTREE:
		check_range(lint, at, &dtree->da, &dtree->len);
		break;
	default:
		break;
	}
}

/* ------------------------------------------------------------------ the whole */

/* Entries of a table that is sound; `at` is where it is in version 1. */
static void check_entries(struct lint *lint, const struct amp_table2 *table, size_t at)
{
	const struct amp_rsc2 *entry = NULL;
	size_t place;

	while ((entry = amp_table2_next(table, entry)) != NULL) {
		place = at + (size_t)((const char *)entry - (const char *)table);
		if (entry->priority == AMP_RSC2_REQUIRED)
			lint_say(lint, LINT_TABLE2_REQUIRED, at_table2(lint, place, 0),
			         "of version 2, of type %u, is required", entry->type);
		if (lint->core && amp_rsc2_is_known(entry))
			check_memory(lint, place, entry);
	}
}

static void check_table(struct lint *lint, const struct amp_table2 *table, size_t at)
{
	struct amp_rsc_fault fault;
	unsigned int vdevs = 0;
	int status;

	for (unsigned int i = 0; i < lint->entries; i++)
		vdevs += lint->entry[i].type == RSC_VDEV;
	status = amp_table2_check(table, lint->table_size - at, vdevs, &fault);
	if (status == -RPROC_ERR_RSC_TAB_NS)
		lint_say(lint, LINT_TABLE2_UNKNOWN, at_table2(lint, at, fault.offset),
		         "entry %u of version 2 is required, and of a type, version or method that is not known",
		         fault.entry);
	else if (status && fault.entry < table->num)
		lint_say(lint, LINT_TABLE2_MALFORMED, at_table2(lint, at, fault.offset),
		         "entry %u of version 2 is wrong at 0x%zx of it", fault.entry, fault.offset);
	else if (status)
		lint_say(lint, LINT_TABLE2_MALFORMED, at_table2(lint, at, fault.offset),
		         "version 2 is wrong at 0x%zx of it", fault.offset);
	else
		check_entries(lint, table, at);
}

void lint_table2(struct lint *lint)
{
	const struct amp_table2 *found = NULL;
	size_t at;

	for (unsigned int i = 0; i < lint->entries; i++) {
		const struct amp_table2 *table = (const void *)(lint->table + lint->entry[i].offset);

		at = lint->entry[i].offset;
		if (lint->entry[i].type != AMP_RSC_TABLE2 || at % 4 || lint->table_size - at < 8 ||
		    table->magic != AMP_TABLE2_MAGIC)
			continue;
		if (lint->table_size - at < sizeof(*table)) {
			lint_say(lint, LINT_TABLE2_MALFORMED, at_table2(lint, at, 0), "the table ends in its header");
		} else if (table->version == AMP_TABLE2_VERSION && found) {
			lint_say(lint, LINT_TABLE2_MALFORMED, at_table2(lint, at, 8),
			         "it is a second one of version %u", AMP_TABLE2_VERSION);
		} else if (table->version == AMP_TABLE2_VERSION) {
			found = table;
			check_table(lint, table, at);
		}
	}
}
