// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults of the memory that a core and its host share: rings, headers, payload. A message is in it for some hundred
 * microseconds, so what is to hit one must know when. The relay does: it hears a kick before the other side, looks for
 * the message that it is about, and writes over that, or over the ring that it came by; then it passes the kick on.
 */
#include <string.h>

#include "core.h"

enum target {
	PAYLOAD,
	HEADER,
	DESCRIPTOR,
	AVAIL_INDEX,
	AVAIL_ENTRIES,
	USED_INDEX,
	USED_ENTRIES,
};

enum row {
#define ROW(id, ...) ROW_##id,
	AMP_FAULTS_OF_RINGS(ROW)
};

static const struct {
	enum amp_direction direction;
	enum target target;
	bool flip; /* one bit; else all of it */
} rows[] = {
#define BOTH(name, ...) [ROW_CORE_##name] = {AMP_TO_REMOTE, __VA_ARGS__}, [ROW_HOST_##name] = {AMP_TO_HOST, __VA_ARGS__}
	BOTH(PAYLOAD_FLIP, PAYLOAD, true),       BOTH(PAYLOAD_OVERWRITE, PAYLOAD, false),
	BOTH(HEADER_FLIP, HEADER, true),         BOTH(HEADER_OVERWRITE, HEADER, false),
	BOTH(DESCRIPTOR_FLIP, DESCRIPTOR, true), BOTH(DESCRIPTORS_OVERWRITE, DESCRIPTOR, false),
	BOTH(AVAIL_INDEX, AVAIL_INDEX, false),   BOTH(AVAIL_ENTRIES, AVAIL_ENTRIES, false),
	BOTH(USED_INDEX, USED_INDEX, false),     BOTH(USED_ENTRIES, USED_ENTRIES, false),
};

/* An address as the core has it. @return NULL: it is not all in the memory */
static uint8_t *place(const struct core *core, uint64_t addr, uint64_t size)
{
	uint64_t offset = addr - core->config->mem_da;

	return offset > core->shm.size || size > core->shm.size - offset ? NULL : core->shm.base + offset;
}

/* Other bits each time, the same in each lab. */
static void flip(struct core *core, uint64_t addr, uint64_t size)
{
	uint8_t *bytes = place(core, addr, size);
	uint32_t bit = core->trouble.flips++ * 2654435761u >> 8;

	if (bytes && size)
		bytes[bit / 8 % size] ^= (uint8_t)(1u << bit % 8);
}

static void overwrite(const struct core *core, uint64_t addr, uint64_t size)
{
	uint8_t *bytes = place(core, addr, size);

	if (bytes)
		memset(bytes, 0xff, size);
}

/* Half of the way round: further than any ring is long. */
static void displace(const struct core *core, uint64_t index)
{
	uint8_t *bytes = place(core, index, sizeof(uint16_t));

	if (bytes)
		bytes[1] ^= 0x80;
}

static void hit_ring(struct core *core, const struct amp_ring *ring, enum target target, bool one_bit)
{
	const uint64_t descriptor = sizeof(struct vring_desc);

	switch (target) {
	case DESCRIPTOR:
		if (one_bit)
			flip(core, ring->desc + core->trouble.flips % ring->num * descriptor, descriptor);
		else
			overwrite(core, ring->desc, ring->num * descriptor);
		break;
	case AVAIL_INDEX:
		displace(core, ring->avail + 2);
		break;
	case AVAIL_ENTRIES:
		overwrite(core, ring->avail + 4, ring->num * sizeof(uint16_t));
		break;
	case USED_INDEX:
		displace(core, ring->used + 2);
		break;
	default:
		overwrite(core, ring->used + 4, ring->num * sizeof(struct vring_used_elem));
		break;
	}
}

/* @return false: there is no sound message to hit */
static bool hit_message(struct core *core, enum amp_direction direction, uint16_t entry, bool header, bool one_bit)
{
	const struct sniff *sniff = &core->sniff;
	struct amp_ring_entry found;
	struct amp_ring_fault fault;
	struct amp_rpmsg head;
	uint64_t at, size;

	if (!amp_ring_read_message(&sniff->memory, &sniff->ring[direction], direction, entry, &found, &head, &fault))
		return false;
	at = found.desc.addr + sniff->memory.shift + (header ? 0 : AMP_RPMSG_HEADER);
	size = header ? AMP_RPMSG_HEADER : head.len;
	if (size == 0)
		return false;
	if (one_bit)
		flip(core, at, size);
	else
		overwrite(core, at, size);
	return true;
}

void amp_core_ring_fault_look(struct core *core, enum amp_direction direction)
{
	const struct sniff *sniff = &core->sniff;
	const struct amp_ring *ring = &sniff->ring[direction];
	unsigned int row = core->trouble.ring - 1;
	uint16_t flags, index;

	if (core->trouble.ring == 0 || rows[row].direction != direction || !sniff->attached ||
	    !amp_ring_read_index(&sniff->memory, ring, direction == AMP_TO_HOST, &flags, &index) ||
	    index == sniff->next[direction])
		return;
	if (rows[row].target > HEADER)
		hit_ring(core, ring, rows[row].target, rows[row].flip);
	else if (!hit_message(core, direction, (uint16_t)(index - 1), rows[row].target == HEADER, rows[row].flip))
		return;
	core->trouble.ring = 0;
}
