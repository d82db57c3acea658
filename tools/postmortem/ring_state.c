// SPDX-License-Identifier: GPL-2.0-only
#include "ring_state.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/channel_names.h"
#include "common/text.h"

#define KNOWN_FLAGS 1u /* of the avail and the used ring */

/* What the rings still hold of one buffer. */
struct history {
	uint16_t offers, returns;
	uint32_t offer_age, return_age; /* of the last ones; 1: the newest of all; 0: there is none */
	int64_t score;                  /* the higher, the surer it is the device's */
	uint32_t id;
};

/* A look that is under way. */
struct look {
	struct amp_ringstate *state;
	const struct amp_memory *memory;
	struct history *history; /* by descriptor */
};

static bool is_sound(const struct look *look)
{
	return look->state->fault.problem == AMP_RING_SOUND;
}

/* Only the first counts: what comes after it may be its consequence. */
__attribute__((format(printf, 3, 4))) static void found(struct look *look, const struct amp_ring_fault *fault,
                                                        const char *field, ...)
{
	va_list args;

	if (!is_sound(look))
		return;
	look->state->fault = *fault;
	va_start(args, field);
	vsnprintf(look->state->field, sizeof(look->state->field), field, args);
	va_end(args);
}

static void found_value(struct look *look, enum amp_ring_problem problem, uint64_t value, uint64_t limit,
                        const char *field)
{
	found(look, &(struct amp_ring_fault){problem, value, limit}, "%s", field);
}

/* ------------------------------------------------------------------ flags and indices */

static void read_heads(struct look *look)
{
	struct amp_ringstate *state = look->state;
	uint64_t mark = state->ring.used + sizeof(struct vring_used) + sizeof(struct vring_used_elem) * state->ring.num;

	state->readable = amp_ring_read_index(look->memory, &state->ring, false, &state->avail_flags, &state->avail) &&
	                  amp_ring_read_index(look->memory, &state->ring, true, &state->used_flags, &state->used);
	if (!state->readable) {
		found_value(look, AMP_RING_ABSENT, state->ring.desc, 0, "the ring");
		return;
	}
	look->memory->read(look->memory->context, mark, &state->mark, sizeof(state->mark));
	if (state->avail_flags & ~KNOWN_FLAGS)
		found_value(look, AMP_RING_FLAGS, state->avail_flags, 0, "avail.flags");
	if (state->used_flags & ~KNOWN_FLAGS)
		found_value(look, AMP_RING_FLAGS, state->used_flags, 0, "used.flags");
}

/* The driver is ahead of the device, by no more than the ring. Of two that do not fit, the one that has run ahead. */
static void check_indices(struct look *look)
{
	const struct amp_ringstate *state = look->state;
	uint16_t ahead = (uint16_t)(state->avail - state->used);

	if (ahead <= state->ring.num)
		return;
	if (ahead < 0x8000)
		found_value(look, AMP_RING_INDEX, ahead, state->ring.num, "avail.idx");
	else
		found_value(look, AMP_RING_INDEX, (uint16_t)-ahead, 0, "used.idx");
}

/* ------------------------------------------------------------------ entries */

/* The ring's last entries; all of them, of a ring that is new. */
static uint16_t oldest(const struct amp_ringstate *state, uint16_t index)
{
	return index <= state->ring.num ? 0 : (uint16_t)(index - state->ring.num);
}

static void take_avail(struct look *look)
{
	const struct amp_ringstate *state = look->state;
	struct amp_ring_entry entry;
	struct amp_ring_fault fault;

	for (uint16_t at = oldest(state, state->avail); at != state->avail; at++) {
		if (!amp_ring_read_entry(look->memory, &state->ring, false, at, &entry, &fault)) {
			found(look, &fault, "avail.ring[%u]", at & (state->ring.num - 1));
			continue;
		}
		look->history[entry.id].offers++;
		look->history[entry.id].offer_age = (uint16_t)(state->avail - at);
	}
}

static void take_used(struct look *look)
{
	const struct amp_ringstate *state = look->state;
	uint32_t last = UINT32_MAX;
	struct amp_ring_entry entry;
	struct amp_ring_fault fault;

	for (uint16_t at = oldest(state, state->used); at != state->used; at++) {
		uint32_t slot = at & (state->ring.num - 1);
		struct history *history;

		if (!amp_ring_read_entry(look->memory, &state->ring, true, at, &entry, &fault)) {
			found(look, &fault, "used.ring[%u].id", slot);
			continue;
		}
		history = &look->history[entry.id];
		history->returns++;
		history->return_age = (uint16_t)(state->used - at);
		/* of a new ring all is known; in an old one, a buffer that was held for long may come back alone */
		if (history->returns > history->offers && (state->avail <= state->ring.num || entry.id == last))
			found(look, &(struct amp_ring_fault){AMP_RING_TWICE, entry.id, 0}, "used.ring[%u].id", slot);
		if (entry.used_len > entry.desc.len)
			found(look, &(struct amp_ring_fault){AMP_RING_USED_LEN, entry.used_len, entry.desc.len},
			      "used.ring[%u].len", slot);
		last = entry.id;
	}
}

/* A buffer that has been offered twice has come back in between. */
static void check_offers(struct look *look)
{
	const struct amp_ringstate *state = look->state;
	bool new = state->avail <= state->ring.num;
	struct amp_ring_entry entry;
	struct amp_ring_fault fault;

	for (uint16_t at = oldest(state, state->avail); at != state->avail; at++) {
		const struct history *history;

		if (!amp_ring_read_entry(look->memory, &state->ring, false, at, &entry, &fault))
			continue;
		history = &look->history[entry.id];
		if (history->offers > 1 && history->offers > history->returns + 1 && (new || history->returns == 0))
			found(look, &(struct amp_ring_fault){AMP_RING_TWICE, entry.id, 0}, "avail.ring[%u]",
			      at & (state->ring.num - 1));
	}
}

/* ------------------------------------------------------------------ descriptors and buffers */

static bool read_desc(const struct amp_memory *memory, const struct amp_ring *ring, uint32_t id,
                      struct vring_desc *desc)
{
	return memory->read(memory->context, ring->desc + id * (uint64_t)sizeof(*desc), desc, sizeof(*desc)) &&
	       desc->addr != 0;
}

static const char *desc_field(enum amp_ring_problem problem)
{
	switch (problem) {
	case AMP_RING_CHAIN:
	case AMP_RING_WRITE:
		return "flags";
	case AMP_RING_SIZE:
		return "len";
	default:
		return "addr";
	}
}

static void check_descs(struct look *look)
{
	const struct amp_ringstate *state = look->state;
	struct amp_ring_fault fault;
	struct vring_desc desc;

	for (uint32_t id = 0; id < state->ring.num && is_sound(look); id++) {
		if (!read_desc(look->memory, &state->ring, id, &desc) ||
		    amp_ring_check_desc(look->memory, &desc, state->direction, &fault))
			continue;
		if (fault.problem != AMP_RING_ADDR || state->buffers)
			found(look, &fault, "desc[%u].%s", id, desc_field(fault.problem));
	}
}

struct extent {
	uint64_t addr;
	uint32_t len, id;
};

static int by_address(const void *a, const void *b)
{
	const struct extent *one = a, *other = b;

	return one->addr < other->addr ? -1 : one->addr > other->addr;
}

/* No two buffers share a byte. */
static void check_extents(struct look *look)
{
	const struct amp_ring *ring = &look->state->ring;
	struct extent *extent = calloc(ring->num, sizeof(*extent));
	struct vring_desc desc;
	uint32_t n = 0;

	for (uint32_t id = 0; extent && id < ring->num; id++) {
		if (read_desc(look->memory, ring, id, &desc))
			extent[n++] = (struct extent){desc.addr, desc.len, id};
	}
	if (n > 1)
		qsort(extent, n, sizeof(*extent), by_address);
	for (uint32_t i = 1; i < n; i++) {
		if (extent[i].addr - extent[i - 1].addr < extent[i - 1].len)
			found(look, &(struct amp_ring_fault){AMP_RING_OVERLAP, extent[i].addr, extent[i - 1].id},
			      "desc[%u].addr", extent[i].id);
	}
	free(extent);
}

static void check_announcement(struct look *look, const struct amp_ring_entry *entry, const struct amp_rpmsg *head)
{
	char name[32];

	if (head->dst != RPMSG_NS_EPT_ADDR)
		return;
	if ((head->len != AMP_NS_SIZE && head->len != AMP_NS_SIZE + 4) ||
	    !amp_ring_read_buffer(look->memory, &entry->desc, sizeof(*head), name, sizeof(name)) ||
	    !memchr(name, '\0', sizeof(name)))
		found(look, &(struct amp_ring_fault){AMP_RING_NAME, head->len, AMP_NS_SIZE}, "buffer of desc[%u]",
		      entry->id);
}

/* Of messages that nobody has taken yet: the buffers of others may be about to be written again. */
static void check_messages(struct look *look)
{
	const struct amp_ringstate *state = look->state;
	uint16_t index = amp_ringstate_index(state), at = amp_ringstate_oldest(state);
	struct amp_ring_entry entry;
	struct amp_ring_fault fault;
	struct amp_rpmsg head;

	for (; at != index && is_sound(look); at++) {
		if (!amp_ring_read_entry(look->memory, &state->ring, state->direction == AMP_TO_HOST, at, &entry,
		                         &fault) ||
		    (state->owner[entry.id] == AMP_OWNER_DEVICE) != (state->direction == AMP_TO_REMOTE))
			continue;
		if (!amp_ring_read_message(look->memory, &state->ring, state->direction, at, &entry, &head, &fault))
			found(look, &fault,
			      fault.problem == AMP_RING_USED_LEN ? "used.ring[%u].len" : "header of entry %u",
			      at & (state->ring.num - 1));
		else
			check_announcement(look, &entry, &head);
	}
}

/* ------------------------------------------------------------------ owners */

static int by_score(const void *a, const void *b)
{
	const struct history *one = a, *other = b;

	return one->score > other->score ? -1 : one->score < other->score;
}

/*
 * The device has as many buffers as the indices are apart. Which ones: those that have been offered and not come back;
 * where the rings do not hold enough to tell, those that were offered the latest, seen from their last return.
 */
static void find_owners(struct look *look)
{
	struct amp_ringstate *state = look->state;
	uint16_t pending = (uint16_t)(state->avail - state->used);
	struct vring_desc desc;

	for (uint32_t id = 0; id < state->ring.num; id++) {
		struct history *history = &look->history[id];
		bool named = read_desc(look->memory, &state->ring, id, &desc);

		history->id = id;
		history->score = (int64_t)pending - history->offer_age + history->return_age;
		if (history->returns == 0) /* never came back; nothing at all is known: held for long */
			history->score = history->offers || named ? INT32_MAX : INT32_MIN;
		else if (history->offers == 0)
			history->score = INT32_MIN + 1;
		state->owner[id] = named || history->offers || history->returns ? AMP_OWNER_DRIVER : AMP_OWNER_NONE;
	}
	qsort(look->history, state->ring.num, sizeof(*look->history), by_score);
	for (uint32_t i = 0; i < pending && i < state->ring.num; i++)
		state->owner[look->history[i].id] = AMP_OWNER_DEVICE;
	for (uint32_t id = 0; id < state->ring.num; id++) {
		state->of_device += state->owner[id] == AMP_OWNER_DEVICE;
		state->of_driver += state->owner[id] == AMP_OWNER_DRIVER;
		state->unused += state->owner[id] == AMP_OWNER_NONE;
	}
}

/* ------------------------------------------------------------------ all of it */

bool amp_ringstate_read(struct amp_ringstate *state, const struct amp_memory *memory, const struct amp_ring *ring,
                        enum amp_direction direction, bool buffers)
{
	struct look look = {state, memory, calloc(ring->num, sizeof(*look.history))};

	*state = (struct amp_ringstate){
		.ring = *ring, .direction = direction, .buffers = buffers, .owner = calloc(ring->num, 1)};
	if (!look.history || !state->owner) {
		free(look.history);
		return false;
	}
	read_heads(&look);
	if (state->readable) {
		check_indices(&look);
		take_avail(&look);
		take_used(&look);
		check_offers(&look);
		find_owners(&look);
		check_descs(&look);
		check_extents(&look);
		if (buffers)
			check_messages(&look);
	}
	free(look.history);
	return true;
}

void amp_ringstate_free(struct amp_ringstate *state)
{
	free(state->owner);
	state->owner = NULL;
}

void amp_ringstate_count_buffers(const struct amp_memory *memory, const struct amp_ring *ring, uint32_t *there,
                                 uint32_t *named)
{
	struct vring_desc desc;
	uint8_t byte;

	for (uint32_t id = 0; id < ring->num; id++) {
		if (!read_desc(memory, ring, id, &desc))
			continue;
		++*named;
		*there += amp_ring_read_buffer(memory, &desc, 0, &byte, 1);
	}
}

uint16_t amp_ringstate_index(const struct amp_ringstate *state)
{
	return state->direction == AMP_TO_HOST ? state->used : state->avail;
}

uint16_t amp_ringstate_oldest(const struct amp_ringstate *state)
{
	return oldest(state, amp_ringstate_index(state));
}
