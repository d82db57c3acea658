// SPDX-License-Identifier: GPL-2.0-only
/* Virtio devices of the resource table: their rings, and the memory for rings and buffers. */
#include <string.h>

#include <openamp/remoteproc.h>
#include <openamp/virtio_ring.h>

#include "common/text.h"
#include "internal.h"

#define ULL(x) ((unsigned long long)(x))

#define PAGE          4096u
#define LINUX_RINGS   2u   /* of a vdev, at most: RVDEV_NUM_VRINGS */
#define LINUX_BUFFERS 256u /* each way, at most: MAX_RPMSG_NUM_BUFS / 2 */
#define ALIGN_MIN     4u
#define ALIGN_MAX     65536u /* as lib/remoteproc takes it */
#define NOTIFY_IDS    32u

/* ------------------------------------------------------------------ one ring */

static bool is_power_of_2(uint32_t n)
{
	return n && !(n & (n - 1));
}

/* Number, alignment and place by themselves. The size is known afterwards, if there is one. */
static void check_numbers(struct lint *lint, struct ring *ring)
{
	struct place place = lint_at_ring(lint, ring);

	if (ring->num == 0)
		lint_say(lint, LINT_RING_EMPTY, place, "it has 0 descriptors");
	else if (ring->num > VIRTQUEUE_MAX_DESC)
		lint_say(lint, LINT_RING_TOO_LONG, place, "it has %u descriptors", ring->num);
	else if (!is_power_of_2(ring->num))
		lint_say(lint, LINT_RING_NOT_POWER_OF_2, place, "it has %u descriptors", ring->num);
	else if (is_power_of_2(ring->align) && ring->align <= ALIGN_MAX)
		ring->size = (uint64_t)vring_size(ring->num, ring->align);
	if (!is_power_of_2(ring->align) || ring->align < ALIGN_MIN || (ring->align > ALIGN_MAX && !lint_is_linux(lint)))
		lint_say(lint, LINT_RING_ALIGN, place, "its alignment is %u", ring->align);
	else if (ring->da != ADDRESS_ANY && ring->da % ring->align)
		lint_say(lint, LINT_RING_MISALIGNED, place, "it is at 0x%llx, its alignment is %u", ULL(ring->da),
		         ring->align);
	if (ring->da == 0 && !lint_memory(lint, 0, 1, ~0u))
		lint_say(lint, LINT_RING_ADDRESS_ZERO, place, "its address is 0");
	if (ring->da != ADDRESS_ANY && (uint32_t)ring->da + ring->size > SPACE_32) {
		lint_say(lint, LINT_RING_WRAPS, place, "it is at 0x%llx + 0x%llx", ULL(ring->da), ULL(ring->size));
		ring->size = 0;
	}
	if (ring->notify_id != RSC_NOTIFY_ID_ANY && ring->notify_id >= NOTIFY_IDS)
		lint_say(lint, LINT_NOTIFY_ID_LARGE, place, "its notify id is %u", ring->notify_id);
}

static bool has_place(const struct ring *ring)
{
	return ring->da != ADDRESS_ANY && ring->da != 0 && ring->size;
}

static void check_pair(struct lint *lint, const struct ring *earlier, const struct ring *later)
{
	if (has_place(earlier) && has_place(later) && lint_overlap(earlier->da, earlier->size, later->da, later->size))
		lint_say(lint, LINT_RING_OVERLAP, lint_at_ring(lint, later),
		         "0x%llx + 0x%llx meets vdev%uvring%u at 0x%llx + 0x%llx", ULL(later->da), ULL(later->size),
		         earlier->vdev, earlier->index, ULL(earlier->da), ULL(earlier->size));
	if (later->notify_id != RSC_NOTIFY_ID_ANY && earlier->notify_id == later->notify_id)
		lint_say(lint, LINT_NOTIFY_ID_CLASH, lint_at_ring(lint, later),
		         "vdev%uvring%u has the notify id %u as well", earlier->vdev, earlier->index, later->notify_id);
}

/* ------------------------------------------------------------------ memory for rings */

static const struct entry *find_carveout(const struct lint *lint, const char *name)
{
	const struct entry *entry;

	for (unsigned int i = 0; i < lint->entries; i++) {
		entry = &lint->entry[i];
		if (entry->type == RSC_CARVEOUT && entry->whole &&
		    strncmp((const char *)lint->table + entry->offset + offsetof(struct fw_rsc_carveout, name), name,
		            RPROC_MAX_NAME_LEN) == 0)
			return entry;
	}
	return NULL;
}

static void check_segments(struct lint *lint, const struct ring *ring)
{
	const struct segment *segment;

	for (unsigned int i = 0; i < lint->segments; i++) {
		segment = &lint->segment[i];
		if (segment->filesz <= segment->memsz &&
		    lint_overlap(ring->da, ring->size, segment->paddr, segment->filesz))
			lint_say(lint, LINT_RING_OVER_BYTES, lint_at_ring(lint, ring),
			         "0x%llx + 0x%llx meets the bytes of segment %u at 0x%llx + 0x%llx", ULL(ring->da),
			         ULL(ring->size), segment->index, ULL(segment->paddr), ULL(segment->filesz));
	}
}

static void check_memory(struct lint *lint, const struct ring *ring)
{
	uint64_t size = (ring->size + PAGE - 1) / PAGE * PAGE;
	const struct amp_lint_memory *region;
	const struct entry *carveout;
	struct place place = lint_at_ring(lint, ring);
	char name[32];

	amp_text(name, sizeof(name), "vdev%uvring%u", ring->vdev, ring->index);
	carveout = find_carveout(lint, name);
	if (carveout && lint_word(lint, carveout, 12) < size)
		lint_say(lint, LINT_RING_CARVEOUT_SMALL, place,
		         "it needs 0x%llx bytes, the carveout of entry %u has 0x%x", ULL(size), carveout->index,
		         lint_word(lint, carveout, 12));
	if (!lint->core)
		return;
	region = lint_memory_named(lint, name);
	if (!region)
		lint_say(lint, LINT_RING_NO_REGION, place, "core %s has no memory '%s'", lint->core->name, name);
	else if (ring->da == ADDRESS_ANY ? size > region->size
	                                 : !lint_within(ring->da, size, region->base, region->size))
		lint_say(lint, LINT_RING_OUTSIDE_REGION, place, "0x%llx + 0x%llx is not in '%s' at 0x%llx + 0x%llx",
		         ULL(ring->da), ULL(size), name, ULL(region->base), ULL(region->size));
}

/* ------------------------------------------------------------------ RPMsg devices */

static void check_buffers(struct lint *lint, const struct entry *entry, const struct ring *first)
{
	uint32_t transmit, receive;
	const struct amp_lint_memory *region;
	const struct entry *carveout;
	struct place place = lint_at_ring(lint, first);
	uint64_t buffers = first->num < LINUX_BUFFERS ? first->num : LINUX_BUFFERS, size;
	char name[32];

	lint_buffer_sizes(lint, entry, &transmit, &receive);
	size = buffers * ((uint64_t)transmit + receive);
	amp_text(name, sizeof(name), "vdev%ubuffer", first->vdev);
	carveout = find_carveout(lint, name);
	region = lint_memory_named(lint, name);
	if (carveout && lint_word(lint, carveout, 12) < size)
		lint_say(lint, LINT_BUFFERS_TOO_SMALL, place,
		         "%llu buffers each way need 0x%llx bytes, the carveout of entry %u has 0x%x", ULL(buffers),
		         ULL(size), carveout->index, lint_word(lint, carveout, 12));
	else if (region && region->size < size)
		lint_say(lint, LINT_BUFFERS_TOO_SMALL, place,
		         "%llu buffers each way need 0x%llx bytes, '%s' has 0x%llx", ULL(buffers), ULL(size), name,
		         ULL(region->size));
}

static void check_rpmsg(struct lint *lint, const struct entry *entry, unsigned int num, const struct ring *ring)
{
	if (num == 1)
		lint_say(lint, LINT_VDEV_RPMSG_RINGS, lint_at_entry(lint, entry, 25, 1), "num_of_vrings is 1");
	if (num >= 2 && ring[0].num != ring[1].num)
		lint_say(lint, LINT_RING_LENGTHS_DIFFER, lint_at_ring(lint, &ring[1]),
		         "it has %u descriptors, ring 0 has %u", ring[1].num, ring[0].num);
	if (num >= 1 && ring[0].size)
		check_buffers(lint, entry, &ring[0]);
	lint_features(lint, entry);
}

/* ------------------------------------------------------------------ the whole */

static void check_device(struct lint *lint, const struct entry *entry, unsigned int num)
{
	const uint8_t *reserved = lint->table + entry->offset + offsetof(struct fw_rsc_vdev, reserved);
	uint32_t id = lint_word(lint, entry, 4), accepted = lint_word(lint, entry, 16);
	uint8_t status = lint->table[entry->offset + offsetof(struct fw_rsc_vdev, status)];

	if (reserved[0] || reserved[1])
		lint_say(lint, LINT_RESOURCE_RESERVED, lint_at_entry(lint, entry, 26, 2), "they are 0x%02x and 0x%02x",
		         reserved[0], reserved[1]);
	if (id == 0)
		lint_say(lint, LINT_VDEV_ID_ZERO, lint_at_entry(lint, entry, 4, 4), "its id is 0");
	if (num == 0 || num > LINUX_RINGS)
		lint_say(lint, LINT_VDEV_RING_COUNT, lint_at_entry(lint, entry, 25, 1), "num_of_vrings is %u", num);
	if (status || accepted)
		lint_say(lint, LINT_VDEV_STATE_PRESET, lint_at_entry(lint, entry, 16, 9),
		         "status is 0x%02x, gfeatures 0x%x", status, accepted);
}

static void read_device(struct lint *lint, const struct entry *entry)
{
	unsigned int num = lint->table[entry->offset + offsetof(struct fw_rsc_vdev, num_of_vrings)];
	struct ring ring[LINUX_RINGS];
	uint32_t at;

	check_device(lint, entry, num);
	lint->rings_in_all += num;
	for (unsigned int i = 0; i < num && i < LINUX_RINGS; i++) {
		at = (uint32_t)(sizeof(struct fw_rsc_vdev) + i * sizeof(struct fw_rsc_vdev_vring));
		ring[i] = (struct ring){.entry = entry,
		                        .vdev = lint->vdevs,
		                        .index = i,
		                        .da = lint_address(lint, lint_word(lint, entry, at)),
		                        .align = lint_word(lint, entry, at + 4),
		                        .num = lint_word(lint, entry, at + 8),
		                        .notify_id = lint_word(lint, entry, at + 12)};
		check_numbers(lint, &ring[i]);
		for (unsigned int j = 0; j < lint->rings; j++)
			check_pair(lint, &lint->ring[j], &ring[i]);
		if (has_place(&ring[i]))
			check_segments(lint, &ring[i]);
		if (ring[i].size)
			check_memory(lint, &ring[i]);
		if (lint->rings < RINGS_MAX)
			lint->ring[lint->rings++] = ring[i];
	}
	if (lint_word(lint, entry, 4) == VIRTIO_ID_RPMSG)
		check_rpmsg(lint, entry, num, ring);
	lint->vdevs++;
}

void lint_devices(struct lint *lint)
{
	for (unsigned int i = 0; i < lint->entries; i++) {
		if (lint->entry[i].type == RSC_VDEV && lint->entry[i].whole)
			read_device(lint, &lint->entry[i]);
	}
	if (lint->core && lint->core->notify_ids && lint->rings_in_all > lint->core->notify_ids)
		lint_say(lint, LINT_NOTIFY_IDS_MANY, lint_at_table(lint, 0, 16),
		         "it has %u rings, core %s has %u notify ids", lint->rings_in_all, lint->core->name,
		         lint->core->notify_ids);
}
