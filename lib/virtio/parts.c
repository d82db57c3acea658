// SPDX-License-Identifier: BSD-3-Clause
/* Parts of buffers, and tables of them. In a program only if it uses packed rings or indirect descriptors. */
#include "parts.h"

static bool has_indirect(const struct virtqueue *vq)
{
	return (vq->vq_dev->features >> VIRTIO_RING_F_INDIRECT_DESC) & 1;
}

/* ------------------------------------------------------------------ driver */

int amp_vq_check_list(const struct virtqueue *vq, const struct virtqueue_buf *buf_list, int readable, int writable,
                      const void *cookie)
{
	if (!vq || !buf_list || !cookie || !vq->shm_io || vq->vq_fault || readable < 0 || writable < 0 ||
	    readable > (int)VIRTQUEUE_MAX_DESC || writable > (int)VIRTQUEUE_MAX_DESC)
		return ERROR_VQUEUE_INVLD_PARAM;
	return readable + writable == 0 ? ERROR_VRING_NO_BUFF : VQUEUE_SUCCESS;
}

bool amp_vq_fill_part(struct virtqueue *vq, const struct virtqueue_buf *part, bool writable, struct vring_desc *desc)
{
	unsigned long offset = metal_io_virt_to_offset(vq->shm_io, part->buf);
	metal_phys_addr_t phys = metal_io_phys(vq->shm_io, offset);

	if (part->len <= 0 || phys == METAL_BAD_PHYS ||
	    !amp_io_in_one_piece(vq->shm_io, offset, phys, (size_t)part->len) ||
	    (AMP_WITH_DCACHE && writable && !amp_cache_line_starts_io(vq->shm_io, part->buf)))
		return false;
	desc->addr = phys;
	desc->len = (uint32_t)part->len;
	desc->flags = writable ? VRING_DESC_F_WRITE : 0;
	desc->next = 0;
	return true;
}

int amp_vq_fill_table(struct virtqueue *vq, void *table, const struct virtqueue_buf *buf_list, int readable, int parts,
                      bool packed, struct vring_desc *desc)
{
	struct virtqueue_buf whole = {table, parts * (int)sizeof(*desc)};
	struct vring_desc *entry = table, part;
	struct vring_packed_desc *other; /* the same 16 bytes in a packed ring's order */

	if (!has_indirect(vq) || (uint32_t)parts > VIRTQUEUE_MAX_DESC || (uintptr_t)table & 7 ||
	    !amp_vq_fill_part(vq, &whole, false, desc))
		return ERROR_VQUEUE_INVLD_PARAM;
	for (int i = 0; i < parts; i++, entry++) {
		if (!amp_vq_fill_part(vq, &buf_list[i], i >= readable, &part))
			return ERROR_VQUEUE_INVLD_PARAM;
		if (!packed && i + 1 < parts) {
			part.flags |= VRING_DESC_F_NEXT;
			part.next = (uint16_t)(i + 1);
		}
		amp_shared_store64(&entry->addr, part.addr);
		AMP_SHARED_STORE(&entry->len, part.len);
		if (packed) {
			other = (struct vring_packed_desc *)(void *)entry;
			AMP_SHARED_STORE(&other->id, 0);
			AMP_SHARED_STORE(&other->flags, part.flags);
		} else {
			AMP_SHARED_STORE(&entry->flags, part.flags);
			AMP_SHARED_STORE(&entry->next, part.next);
		}
	}
	vq_buffer_flush(vq->shm_io, table, (unsigned int)whole.len);
	desc->flags = VRING_DESC_F_INDIRECT;
	return VQUEUE_SUCCESS;
}

/* ------------------------------------------------------------------ device */

int amp_vq_read_part(const struct virtqueue *vq, const struct vring_desc *desc, struct amp_vq_parts *parts)
{
	bool writable = desc->flags & VRING_DESC_F_WRITE;
	struct amp_vq_part *part;
	char *va;

	/* What the device reads comes before what it writes. */
	if (desc->flags & VRING_DESC_F_INDIRECT ||
	    (parts->num && parts->num <= parts->room && !writable && parts->part[parts->num - 1].writable))
		return AMP_LINK_BAD_FLAGS;
	if (parts->num == parts->room)
		return AMP_LINK_BAD_DESCRIPTOR;
	if (!vq->shm_io || !vq_buffer_va(vq->shm_io, desc->addr, desc->len, &va) ||
	    (AMP_WITH_DCACHE && writable && !amp_cache_line_starts_io(vq->shm_io, va)))
		return AMP_LINK_BAD_ADDRESS;
	part = &parts->part[parts->num++];
	part->buf = va;
	part->len = desc->len;
	part->writable = writable;
	return AMP_LINK_OK;
}

/* Entry @p at of a table, once. */
static void read_entry(const struct virtqueue *vq, const struct vring_desc *table, uint32_t at, bool packed,
                       struct vring_desc *copy)
{
	const struct vring_desc *entry = &table[at];

	vq_buffer_invalidate(vq->shm_io, entry, sizeof(*entry));
	copy->addr = amp_shared_load64(&entry->addr);
	copy->len = AMP_SHARED_LOAD(&entry->len);
	copy->next = 0;
	if (packed) {
		copy->flags = AMP_SHARED_LOAD(&((const struct vring_packed_desc *)(const void *)entry)->flags);
	} else {
		copy->flags = AMP_SHARED_LOAD(&entry->flags);
		copy->next = AMP_SHARED_LOAD(&entry->next);
	}
}

int amp_vq_read_table(const struct virtqueue *vq, const struct vring_desc *desc, bool packed,
                      struct amp_vq_parts *parts)
{
	uint32_t num = desc->len / (uint32_t)sizeof(*desc), at = 0, read = 0;
	struct vring_desc entry;
	bool more = true;
	char *va;

	if (!has_indirect(vq) || desc->flags & VRING_DESC_F_NEXT)
		return AMP_LINK_BAD_FLAGS;
	if (!num || desc->len % sizeof(*desc))
		return AMP_LINK_BAD_LENGTH;
	if (!vq->shm_io || !vq_buffer_va(vq->shm_io, desc->addr, desc->len, &va) || (uintptr_t)va & 7)
		return AMP_LINK_BAD_ADDRESS;
	while (more) {
		int reason;

		/* Each entry once at most: a chain that is longer has a loop. */
		if (at >= num || read++ == num)
			return AMP_LINK_BAD_DESCRIPTOR;
		read_entry(vq, (const struct vring_desc *)(const void *)va, at, packed, &entry);
		if (packed && entry.flags & VRING_DESC_F_NEXT)
			return AMP_LINK_BAD_FLAGS;
		reason = amp_vq_read_part(vq, &entry, parts);
		if (reason)
			return reason;
		at = packed ? at + 1 : entry.next;
		more = packed ? at < num : entry.flags & VRING_DESC_F_NEXT;
	}
	return AMP_LINK_OK;
}
