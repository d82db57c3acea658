// SPDX-License-Identifier: BSD-3-Clause
/* What happened last, for whoever reads a failure. */
#include "internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct entry {
	uint64_t step;
	uint64_t value;
	const char *note;
	uint32_t offset;
	uint8_t size;
	uint8_t side; /* SIM_SIDES: none */
	uint8_t kind;
	char text[100]; /* TRACE_TEXT */
};

static struct entry *entries;
static uint32_t num_entries;
static uint64_t written;

void sim_trace_begin(void)
{
	written = 0;
	if (num_entries == sim.config.trace)
		return;
	free(entries);
	entries = calloc(sim.config.trace, sizeof(*entries));
	num_entries = entries ? sim.config.trace : 0;
}

static struct entry *add(uint32_t side, enum trace_kind kind)
{
	struct entry *entry;

	if (!num_entries)
		return NULL;
	entry = &entries[written++ % num_entries];
	entry->step = sim.step;
	entry->side = (uint8_t)side;
	entry->kind = (uint8_t)kind;
	return entry;
}

void sim_trace(enum sim_side_id id, enum trace_kind kind, uint32_t offset, uint32_t size, uint64_t value,
               const char *note)
{
	struct entry *entry = add((uint32_t)id, kind);

	if (!entry)
		return;
	entry->offset = offset;
	entry->size = (uint8_t)size;
	entry->value = size < 8 ? value & ((1ull << 8 * size) - 1) : value;
	entry->note = note;
}

void sim_note(const char *format, ...)
{
	struct entry *entry = add(sim.self ? (uint32_t)sim_self() : SIM_SIDES, TRACE_TEXT);
	va_list args;

	if (!entry)
		return;
	va_start(args, format);
	vsnprintf(entry->text, sizeof(entry->text), format, args);
	va_end(args);
}

static void print_entry(const struct entry *entry)
{
	static const char *const sides[] = {"host", "remote", ""};
	static const char *const verbs[] = {"load", "store", "  visible", "fence", "ring", "  arrives", ""};
	uint32_t inside;
	const char *name;

	printf("%7llu  %-6s  %-9s", (unsigned long long)entry->step, sides[entry->side], verbs[entry->kind]);
	switch (entry->kind) {
	case TRACE_LOAD:
	case TRACE_STORE:
	case TRACE_VISIBLE:
		name = sim_place(entry->offset, &inside);
		printf(" %s+%u = 0x%llx (%u)", name, inside, (unsigned long long)entry->value, entry->size);
		break;
	case TRACE_RING:
	case TRACE_ARRIVED:
		printf(" doorbell %u", entry->offset);
		break;
	case TRACE_TEXT:
		printf(" %s", entry->text);
		break;
	default:
		break;
	}
	if (entry->kind != TRACE_TEXT && entry->note)
		printf(" %s", entry->note);
	putchar('\n');
}

void sim_print_trace(void)
{
	uint64_t i = written > num_entries ? written - num_entries : 0;

	for (; i < written; i++)
		print_entry(&entries[i % num_entries]);
}
