// SPDX-License-Identifier: GPL-2.0-only
#include "rings.h"

#include <inttypes.h>

#include "text.h"

#define KNOWN_FLAGS ((unsigned int)VRING_DESC_F_WRITE)

static bool bad(struct amp_ring_fault *fault, enum amp_ring_problem problem, uint64_t value, uint64_t limit)
{
	*fault = (struct amp_ring_fault){problem, value, limit};
	return false;
}

bool amp_ring_lay_out(struct amp_ring *ring, uint64_t addr, uint32_t num, uint32_t align, struct amp_ring_fault *fault)
{
	uint64_t used = sizeof(struct vring_desc) * (uint64_t)num; /* from the ring's beginning, as the alignment is */

	if (num == 0 || num > AMP_RING_MAX || (num & (num - 1)))
		return bad(fault, AMP_RING_NUM, num, AMP_RING_MAX);
	if (align == 0 || (align & (align - 1)))
		return bad(fault, AMP_RING_ALIGN, align, 0);
	ring->num = num;
	ring->desc = addr;
	ring->avail = addr + used;
	used += sizeof(struct vring_avail) + sizeof(uint16_t) * ((uint64_t)num + 1) + align - 1;
	ring->used = addr + (used & ~((uint64_t)align - 1));
	return true;
}

bool amp_ring_read_index(const struct amp_memory *memory, const struct amp_ring *ring, bool used, uint16_t *flags,
                         uint16_t *index)
{
	struct vring_avail head; /* the used ring begins alike */

	if (!memory->read(memory->context, used ? ring->used : ring->avail, &head, sizeof(head)))
		return false;
	*flags = head.flags;
	*index = head.idx;
	return true;
}

static bool read_id(const struct amp_memory *memory, const struct amp_ring *ring, bool used, uint16_t index,
                    struct amp_ring_entry *entry)
{
	uint64_t slot = index & (ring->num - 1);
	struct vring_used_elem elem;
	uint16_t head;

	if (used) {
		if (!memory->read(memory->context, ring->used + sizeof(struct vring_used) + slot * sizeof(elem), &elem,
		                  sizeof(elem)))
			return false;
		entry->id = elem.id;
		entry->used_len = elem.len;
		return true;
	}
	entry->used_len = 0;
	if (!memory->read(memory->context, ring->avail + sizeof(struct vring_avail) + slot * sizeof(head), &head,
	                  sizeof(head)))
		return false;
	entry->id = head;
	return true;
}

bool amp_ring_read_entry(const struct amp_memory *memory, const struct amp_ring *ring, bool used, uint16_t index,
                         struct amp_ring_entry *entry, struct amp_ring_fault *fault)
{
	uint64_t at;

	if (!read_id(memory, ring, used, index, entry))
		return bad(fault, AMP_RING_ABSENT, used ? ring->used : ring->avail, 0);
	if (entry->id >= ring->num)
		return bad(fault, AMP_RING_ID, entry->id, ring->num - 1);
	at = ring->desc + sizeof(entry->desc) * (uint64_t)entry->id;
	if (!memory->read(memory->context, at, &entry->desc, sizeof(entry->desc)))
		return bad(fault, AMP_RING_ABSENT, at, 0);
	return true;
}

bool amp_ring_check_desc(const struct amp_memory *memory, const struct vring_desc *desc, enum amp_direction direction,
                         struct amp_ring_fault *fault)
{
	unsigned int flags = desc->flags, ought = direction == AMP_TO_HOST ? VRING_DESC_F_WRITE : 0;
	uint64_t at = desc->addr + memory->shift;
	uint8_t last;

	if (flags & ~KNOWN_FLAGS)
		return bad(fault, AMP_RING_CHAIN, flags, KNOWN_FLAGS);
	if (flags != ought)
		return bad(fault, AMP_RING_WRITE, flags, ought);
	if (desc->len < AMP_RPMSG_HEADER)
		return bad(fault, AMP_RING_SIZE, desc->len, AMP_RPMSG_HEADER);
	if (memory->buffers_size && (at < memory->buffers_at || desc->len > memory->buffers_size ||
	                             at - memory->buffers_at > memory->buffers_size - desc->len))
		return bad(fault, AMP_RING_ADDR, desc->addr, desc->len);
	if (!memory->read(memory->context, at, &last, 1) || at > UINT64_MAX - desc->len ||
	    !memory->read(memory->context, at + desc->len - 1, &last, 1))
		return bad(fault, AMP_RING_ADDR, desc->addr, desc->len);
	return true;
}

bool amp_ring_read_buffer(const struct amp_memory *memory, const struct vring_desc *desc, size_t at, void *copy,
                          size_t size)
{
	return memory->read(memory->context, desc->addr + memory->shift + at, copy, size);
}

bool amp_ring_read_message(const struct amp_memory *memory, const struct amp_ring *ring, enum amp_direction direction,
                           uint16_t index, struct amp_ring_entry *entry, struct amp_rpmsg *head,
                           struct amp_ring_fault *fault)
{
	bool used = direction == AMP_TO_HOST;

	_Static_assert(sizeof(*head) == AMP_RPMSG_HEADER, "as it is in memory");
	if (!amp_ring_read_entry(memory, ring, used, index, entry, fault) ||
	    !amp_ring_check_desc(memory, &entry->desc, direction, fault))
		return false;
	if (!amp_ring_read_buffer(memory, &entry->desc, 0, head, sizeof(*head)))
		return bad(fault, AMP_RING_ADDR, entry->desc.addr, sizeof(*head));
	if (head->len > entry->desc.len - AMP_RPMSG_HEADER)
		return bad(fault, AMP_RING_LEN, head->len, entry->desc.len - AMP_RPMSG_HEADER);
	if (used && (entry->used_len > entry->desc.len || entry->used_len < AMP_RPMSG_HEADER + head->len))
		return bad(fault, AMP_RING_USED_LEN, entry->used_len, entry->desc.len);
	return true;
}

const char *amp_ring_fault_text(const struct amp_ring_fault *fault, char text[AMP_RING_TEXT])
{
	static const char *const formats[AMP_RING_PROBLEMS] = {
		[AMP_RING_SOUND] = "nothing",
		[AMP_RING_NUM] = "%" PRIu64 " descriptors: a power of two up to %" PRIu64 " is wanted",
		[AMP_RING_ALIGN] = "alignment %" PRIu64 ": a power of two is wanted",
		[AMP_RING_FLAGS] = "flags 0x%" PRIx64 ": only bit 0 is known",
		[AMP_RING_ABSENT] = "no memory at 0x%" PRIx64,
		[AMP_RING_INDEX] = "the index is %" PRIu64 " entries ahead; %" PRIu64 " are possible",
		[AMP_RING_ID] = "descriptor %" PRIu64 " is named; the last one is %" PRIu64,
		[AMP_RING_CHAIN] = "descriptor flags 0x%" PRIx64 ": a chain, or bits that nobody knows",
		[AMP_RING_WRITE] = "descriptor flags 0x%" PRIx64 ", not 0x%" PRIx64 ": wrong direction",
		[AMP_RING_SIZE] = "a buffer of %" PRIu64 " bytes; a header alone has %" PRIu64,
		[AMP_RING_ADDR] = "a buffer at 0x%" PRIx64 " of %" PRIu64 " bytes, which is not in the shared memory",
		[AMP_RING_USED_LEN] =
			"a used length of %" PRIu64 ", which does not fit the message and its buffer of %" PRIu64,
		[AMP_RING_LEN] = "a message of %" PRIu64 " bytes in a buffer with room for %" PRIu64,
		[AMP_RING_TWICE] = "descriptor %" PRIu64 " is in two places at once",
		[AMP_RING_OVERLAP] = "a buffer at 0x%" PRIx64 ", which is part of that of descriptor %" PRIu64,
		[AMP_RING_NAME] = "an announcement of %" PRIu64 " bytes, or whose name has no end; it has %" PRIu64,
	};
	const char *format = fault->problem < AMP_RING_PROBLEMS ? formats[fault->problem] : formats[AMP_RING_SOUND];

	amp_text(text, AMP_RING_TEXT, format, fault->value, fault->limit);
	return text;
}
