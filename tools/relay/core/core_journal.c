// SPDX-License-Identifier: GPL-2.0-only
/*
 * The journal of a core: two buffers, of which it gives us one while it fills the other (WIRE.md, section 8). We take
 * it and say so; a core that has more to say than we take waits for us. So nothing is dropped here, and what a core
 * that has died leaves in the buffers is taken as well.
 */
#include <string.h>

#include <openamp/remoteproc.h>

#include "core.h"
#include "relay/lab.h"

#define ENTRIES_MAX 64

/* Is the place that the table names inside the shared memory, and can there be two buffers? */
static bool use(struct core *core, const struct amp_rsc_journal *entry)
{
	const struct core_config *config = core->config;
	uint64_t da = amp_table_da(config->mem_da, entry->da);
	uint32_t at = (uint32_t)(da - config->mem_da);

	if (da < config->mem_da || entry->da % 4 != 0 || entry->len > AMP_JOURNAL_LEN_MAX ||
	    entry->len < sizeof(struct amp_journal) + 2 || at > core->shm.size || entry->len > core->shm.size - at) {
		amp_core_warn(
			core,
			"its journal is said to be at 0x%llx + 0x%x: misaligned, too large, or outside its memory",
			(unsigned long long)da, entry->len);
		return false;
	}
	core->journal.at = at;
	core->journal.half = (entry->len - (uint32_t)sizeof(struct amp_journal)) / 2;
	return true;
}

static void find(struct core *core)
{
	uint8_t table[CORE_TABLE_MAX];
	struct amp_rsc_journal entry;
	struct resource_table head;
	uint32_t size, at;

	if (core->phase == PHASE_RUNNING)
		amp_core_link_find(core);
	size = core->link.table_size;
	if (!core->link.found || size < sizeof(head))
		return;
	amp_shm_read(&core->shm, core->link.table, table, size);
	memcpy(&head, table, sizeof(head));
	for (uint32_t i = 0; i < head.num && i < ENTRIES_MAX && sizeof(head) + (size_t)4 * (i + 1) <= size; i++) {
		memcpy(&at, table + sizeof(head) + (size_t)4 * i, sizeof(at));
		if (at > size || size - at < sizeof(entry))
			continue;
		memcpy(&entry, table + at, sizeof(entry));
		if (entry.type == AMP_RSC_JOURNAL) {
			core->journal.found = use(core, &entry);
			return;
		}
	}
}

static bool is_there(struct core *core)
{
	if (!core->journal.sought)
		find(core);
	core->journal.sought = true;
	return core->journal.found;
}

static struct amp_journal read_head(const struct core *core)
{
	struct amp_journal head;

	amp_shm_read(&core->shm, core->journal.at, &head, sizeof(head));
	return head;
}

static void on_line(void *userdata, const char *line)
{
	struct core *core = userdata;

	amp_trace_file_add(&core->journal_file, line);
}

/* Copies what is in the buffer of that number, and makes lines of the copy. */
static void take(struct core *core, const struct amp_journal *head, uint32_t number)
{
	static uint8_t copy[AMP_JOURNAL_LEN_MAX / 2];
	struct journal *journal = &core->journal;
	uint32_t filled = head->filled[number % 2];

	if (filled > journal->half) {
		amp_core_warn(core, "%u bytes are said to be in a buffer of its journal, which has %u", filled,
		              journal->half);
		filled = journal->half;
	}
	amp_shm_read(&core->shm, journal->at + (uint32_t)sizeof(*head) + number % 2 * journal->half, copy, filled);
	if (journal->ahead < filled)
		amp_trace_take(&journal->lines, copy + journal->ahead, filled - journal->ahead, on_line, core);
	journal->ahead = 0;
}

void amp_core_journal_begin(struct core *core)
{
	core->journal = (struct journal){0};
	amp_shm_write_journal_taken(&core->shm, 0);
}

/* @return false if nothing was given. Numbers that do not follow are a core's that has gone mad: it begins anew. */
static bool take_given(struct core *core)
{
	struct journal *journal = &core->journal;
	struct amp_journal head = read_head(core);

	if (head.given == journal->taken)
		return false;
	if (head.given - journal->taken == 1)
		take(core, &head, journal->taken);
	else
		amp_core_warn(core, "it says to have given %u buffers of its journal, of which %u had been taken",
		              head.given, journal->taken);
	journal->taken = head.given;
	amp_shm_write_journal_taken(&core->shm, journal->taken);
	return true;
}

void amp_core_journal_look(struct core *core)
{
	struct amp_journal head;

	if (!is_there(core) || !take_given(core))
		return;
	amp_trace_file_write(&core->journal_file);
	/* what it has written since it gave us this: unless it sees by itself that we are ready for more */
	head = read_head(core);
	if (head.given == core->journal.taken && head.filled[head.given % 2] > 0)
		amp_core_uart_interest(core, amp_bells_ring_remote(&core->bells, AMP_DB_JOURNAL_TAKEN));
}

void amp_core_journal_end(struct core *core)
{
	struct amp_journal head;

	/* with its first line it has rung */
	if (core->journal.ended || !core->journal.found)
		return;
	core->journal.ended = true;
	take_given(core);
	head = read_head(core);
	if (head.given == core->journal.taken) {
		take(core, &head, head.given);
		core->journal.ahead = head.filled[head.given % 2];
	}
	amp_trace_flush(&core->journal.lines, on_line, core);
	amp_trace_file_write(&core->journal_file);
	if (head.lost > 0)
		amp_core_warn(core, "%u lines of its journal were lost: they were not taken in time", head.lost);
}

void amp_core_journal_go_on(struct core *core, const struct journal *journal)
{
	core->journal = *journal;
	core->journal.ended = false;
	amp_shm_write_journal_taken(&core->shm, journal->taken);
}
