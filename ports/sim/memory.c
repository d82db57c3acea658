// SPDX-License-Identifier: BSD-3-Clause
/*
 * The shared block: two views of one memory, as weak as the C11 memory model on a multi-copy atomic machine
 * allows.
 *
 * Writes wait in a store buffer per side. One becomes visible (is committed) at any time and in any order, except that
 * writes to the same bytes stay in order, a release waits for all writes before it, and a fence waits until none waits.
 *
 * Loads may return an old value, as if they had been done earlier than the program says: any value that the place had
 * since this side's last acquire, fence or wake-up, but never one older than what this side has already seen there.
 */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define WAITING     24u /* writes in a store buffer */
#define HISTORY     64u /* commits that can be undone for a load; a power of two */
#define VIEW_MARGIN SIM_BLOCK_MAX
#define PRIVATE_MAX 8u
#define NAMES_MAX   24u

struct write {
	uint32_t offset;
	uint32_t size;
	uint64_t value; /* little-endian */
	bool release;
};

struct memory_side {
	struct write waiting[WAITING]; /* oldest first */
	uint32_t num_waiting;
	uint64_t floor;               /* no load returns anything older than this commit … */
	uint64_t seen[SIM_BLOCK_MAX]; /* … nor, for each byte, than this one */
};

static struct {
	_Alignas(64) uint8_t block[SIM_BLOCK_MAX];
	uint64_t commits;           /* so far: the time of this memory */
	struct write undo[HISTORY]; /* what commit number n overwrote, at (n - 1) % HISTORY */
	struct memory_side side[SIM_SIDES];
	uint8_t reserved_for[SIM_BLOCK_MAX]; /* 0: both, otherwise 1 + the side */
	char *view[SIM_SIDES];
	struct {
		const char *start;
		size_t size;
	} private[PRIVATE_MAX];
	uint32_t num_private;
	struct {
		uint32_t offset, size;
		const char *name;
	} name[NAMES_MAX];
	uint32_t num_names;
} memory;

/* ------------------------------------------------------------------ places */

static void map_views(void)
{
	size_t size = SIM_BLOCK_MAX + 2 * VIEW_MARGIN;

	for (int i = 0; i < SIM_SIDES; i++) {
		char *mem = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

		if (mem == MAP_FAILED) {
			perror("simulator: cannot reserve addresses");
			exit(2);
		}
		memory.view[i] = mem + VIEW_MARGIN;
	}
}

void sim_memory_begin(void)
{
	enum sim_side_id id;

	if (!memory.view[0])
		map_views();
	memset(memory.block, 0, sizeof(memory.block));
	memset(memory.reserved_for, 0, sizeof(memory.reserved_for));
	memory.commits = 0;
	memory.num_names = 0;
	for (id = SIM_HOST; id < SIM_SIDES; id++) {
		memory.side[id].num_waiting = 0;
		memory.side[id].floor = 0;
		memset(memory.side[id].seen, 0, sizeof(memory.side[id].seen));
	}
}

void *sim_view(enum sim_side_id id)
{
	return memory.view[id];
}

const uint8_t *sim_block(void)
{
	return memory.block;
}

void sim_allow_private(const void *ptr, size_t size)
{
	uint32_t place;

	for (place = 0; place < memory.num_private; place++)
		if (memory.private[place].start == ptr)
			return;
	if (place == PRIVATE_MAX) {
		sim_fail("too many private words");
		return;
	}
	memory.private[place].start = ptr;
	memory.private[place].size = size;
	memory.num_private++;
}

void sim_reserve(uint32_t offset, uint32_t size, enum sim_side_id id)
{
	memset(memory.reserved_for + offset, 1 + id, size);
}

void sim_name(uint32_t offset, uint32_t size, const char *name)
{
	if (memory.num_names == NAMES_MAX)
		return;
	memory.name[memory.num_names].offset = offset;
	memory.name[memory.num_names].size = size;
	memory.name[memory.num_names].name = name;
	memory.num_names++;
}

const char *sim_place(uint32_t offset, uint32_t *inside)
{
	for (uint32_t i = 0; i < memory.num_names; i++) {
		*inside = offset - memory.name[i].offset;
		if (*inside < memory.name[i].size)
			return memory.name[i].name;
	}
	*inside = offset;
	return "block";
}

static bool is_private(const volatile void *ptr, size_t size)
{
	for (uint32_t i = 0; i < memory.num_private; i++)
		if ((const volatile char *)ptr >= memory.private[i].start &&
		    (const volatile char *)ptr + size <= memory.private[i].start + memory.private[i].size)
			return true;
	return false;
}

/* The offset of an access of the running side, which must be inside the block. */
static uint32_t place(const volatile void *ptr, size_t size, const char *what)
{
	enum sim_side_id id = sim_self();
	uintptr_t offset = (uintptr_t)ptr - (uintptr_t)memory.view[id];

	if (offset >= sim.config.block_size || size > sim.config.block_size - offset) {
		bool foreign = (uintptr_t)ptr - (uintptr_t)memory.view[!id] < sim.config.block_size;

		sim_fail("the %s %s %zu bytes at block%+lld, which are outside of the shared block (%u bytes)%s",
		         side_name(id), what, size, (long long)(intptr_t)offset, sim.config.block_size,
		         foreign ? ": an address of the other side" : "");
	}
	return (uint32_t)offset;
}

/* ------------------------------------------------------------------ writes */

static bool overlap(const struct write *a, uint32_t offset, uint32_t size)
{
	return a->offset < offset + size && offset < a->offset + a->size;
}

static void commit(enum sim_side_id id, const struct write *write)
{
	struct write *undo = &memory.undo[memory.commits % HISTORY];
	struct memory_side *side = &memory.side[id];

	undo->offset = write->offset;
	undo->size = write->size;
	memcpy(&undo->value, memory.block + write->offset, write->size);
	memcpy(memory.block + write->offset, &write->value, write->size);
	memory.commits++;
	for (uint32_t i = 0; i < write->size; i++)
		side->seen[write->offset + i] = memory.commits;
	sim_trace(id, TRACE_VISIBLE, write->offset, write->size, write->value, NULL);
}

/* Whether the n-th waiting write may be the next to become visible. */
static bool may_commit(const struct memory_side *side, uint32_t n)
{
	const struct write *write = &side->waiting[n];

	if (write->release)
		return n == 0;
	for (uint32_t i = 0; i < n; i++)
		if (overlap(&side->waiting[i], write->offset, write->size))
			return false;
	return true;
}

static void commit_waiting(enum sim_side_id id, uint32_t n)
{
	struct memory_side *side = &memory.side[id];
	struct write write = side->waiting[n];

	side->num_waiting--;
	memmove(&side->waiting[n], &side->waiting[n + 1], (side->num_waiting - n) * sizeof(side->waiting[0]));
	commit(id, &write);
}

static void commit_any(enum sim_side_id id)
{
	struct memory_side *side = &memory.side[id];
	uint32_t n = sim_random(side->num_waiting);

	while (!may_commit(side, n)) /* the oldest always may */
		n = sim_random(n);
	commit_waiting(id, n);
}

void sim_memory_tick(void)
{
	enum sim_side_id id;

	for (id = SIM_HOST; id < SIM_SIDES; id++)
		if (memory.side[id].num_waiting && sim_chance(sim.config.commit_odds))
			commit_any(id);
}

void sim_memory_drain(enum sim_side_id id)
{
	while (memory.side[id].num_waiting)
		commit_waiting(id, 0);
}

void sim_memory_power_off(enum sim_side_id id)
{
	while (memory.side[id].num_waiting && sim_random(4))
		commit_any(id);
	memory.side[id].num_waiting = 0;
}

void sim_memory_synchronise(enum sim_side_id id)
{
	memory.side[id].floor = memory.commits;
}

static void put(uint32_t offset, uint32_t size, uint64_t value, bool release)
{
	struct memory_side *side = &memory.side[sim_self()];
	struct write write = {offset, size, value, release};

	sim_trace(sim_self(), TRACE_STORE, offset, size, value, release ? "release" : NULL);
	if (sim.config.commit_odds >= 256) {
		commit(sim_self(), &write);
		return;
	}
	if (side->num_waiting == WAITING)
		commit_any(sim_self());
	side->waiting[side->num_waiting++] = write;
}

void sim_store(volatile void *ptr, size_t size, uint64_t value, bool release)
{
	const char *name;
	uint32_t offset, inside;
	uint8_t owner;

	sim_point();
	if (is_private(ptr, size)) {
		memcpy((void *)(uintptr_t)ptr, &value, size);
		return;
	}
	offset = place(ptr, size, "writes");
	owner = memory.reserved_for[offset];
	if (offset % size)
		sim_fail("a misaligned write of %zu bytes at block+%u", size, offset);
	if (owner && owner != 1 + sim_self()) {
		name = sim_place(offset, &inside);
		sim_fail("the %s writes to %s+%u, which only the other side may", side_name(sim_self()), name, inside);
	}
	put(offset, (uint32_t)size, value, release);
}

/* The largest aligned word at @p offset, of up to @p limit bytes. */
static uint32_t word_at(uint32_t offset, size_t limit)
{
	uint32_t size = 8;

	while (size > limit || offset % size)
		size /= 2;
	return size;
}

void sim_copy_in(volatile void *dst, const void *src, size_t len)
{
	uint32_t offset = place(dst, len, "copies"), size;
	uint64_t value;

	while (len) {
		sim_point();
		size = word_at(offset, len);
		value = 0;
		memcpy(&value, src, size);
		put(offset, size, value, false);
		offset += size;
		src = (const char *)src + size;
		len -= size;
	}
}

void sim_clear(volatile void *dst, size_t len)
{
	uint32_t offset = place(dst, len, "clears"), size;

	while (len) {
		sim_point();
		size = word_at(offset, len);
		put(offset, size, 0, false);
		offset += size;
		len -= size;
	}
}

void sim_fence(void)
{
	sim_point();
	sim_trace(sim_self(), TRACE_FENCE, 0, 0, 0, NULL);
	sim_memory_drain(sim_self());
	sim_memory_synchronise(sim_self());
}

void sim_poke(uint32_t offset, const void *bytes, uint32_t size)
{
	struct write write = {offset, size, 0, false};

	memcpy(&write.value, bytes, size);
	commit(SIM_HOST, &write);
}

/* ------------------------------------------------------------------ loads */

/* Which moment a load shows: now, or an earlier one that the order of this side's loads does not exclude. */
static uint64_t moment(const struct memory_side *side, uint32_t offset, uint32_t size)
{
	uint64_t oldest = side->floor;

	if (!sim_chance(sim.config.stale_odds))
		return memory.commits;
	for (uint32_t i = 0; i < size; i++)
		if (side->seen[offset + i] > oldest)
			oldest = side->seen[offset + i];
	if (memory.commits - oldest > HISTORY)
		oldest = memory.commits - HISTORY;
	return oldest + sim_random((uint32_t)(memory.commits - oldest) + 1);
}

/* Put what @p write says about the bytes at @p offset into @p bytes. */
static void overlay(uint8_t *bytes, uint32_t offset, uint32_t size, const struct write *write)
{
	const uint8_t *value = (const uint8_t *)&write->value;

	for (uint32_t i = 0; i < size; i++)
		if (offset + i - write->offset < write->size)
			bytes[i] = value[offset + i - write->offset];
}

static uint64_t get(uint32_t offset, uint32_t size, bool acquire)
{
	struct memory_side *side = &memory.side[sim_self()];
	uint64_t value = 0, when = moment(side, offset, size);
	uint8_t *bytes = (uint8_t *)&value;

	memcpy(bytes, memory.block + offset, size);
	for (uint64_t t = memory.commits; t > when; t--)
		if (overlap(&memory.undo[(t - 1) % HISTORY], offset, size))
			overlay(bytes, offset, size, &memory.undo[(t - 1) % HISTORY]);
	for (uint32_t i = 0; i < size; i++)
		if (when > side->seen[offset + i])
			side->seen[offset + i] = when;
	if (acquire && when > side->floor)
		side->floor = when;
	/* A side always sees its own writes. */
	for (uint32_t i = 0; i < side->num_waiting; i++)
		if (overlap(&side->waiting[i], offset, size))
			overlay(bytes, offset, size, &side->waiting[i]);
	sim_trace(sim_self(), TRACE_LOAD, offset, size, value,
	          when < memory.commits ? "maybe old"
	          : acquire             ? "acquire"
	                                : NULL);
	return value;
}

uint64_t sim_load(const volatile void *ptr, size_t size, bool acquire)
{
	uint64_t value = 0;
	uint32_t offset;

	sim_point();
	if (is_private(ptr, size)) {
		memcpy(&value, (const void *)(uintptr_t)ptr, size);
		return value;
	}
	offset = place(ptr, size, "reads");
	if (offset % size)
		sim_fail("a misaligned read of %zu bytes at block+%u", size, offset);
	return get(offset, (uint32_t)size, acquire);
}

void sim_copy_out(void *dst, const volatile void *src, size_t len)
{
	uint32_t offset = place(src, len, "copies"), size;
	uint64_t value;

	while (len) {
		sim_point();
		size = word_at(offset, len);
		value = get(offset, size, false);
		memcpy(dst, &value, size);
		dst = (char *)dst + size;
		offset += size;
		len -= size;
	}
}
