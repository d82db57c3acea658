// SPDX-License-Identifier: BSD-3-Clause
/*
 * Virtqueues, the device's end: it takes what the driver offers and gives it back.
 *
 * It keeps no table: what was taken and not given back is the difference of two indices, and each descriptor is read
 * again, and checked again, when it is needed again. A driver that rewrites descriptors meanwhile moves its own
 * buffers.
 */
#include "ring.h"

void amp_vq_device_put(struct virtqueue *vq, uint32_t head, uint32_t len)
{
	vq_device_put_inline(vq, head, len);
}

/* One part of a chain, for the public functions: any direction, any alignment. */
static void *read_part(struct virtqueue *vq, uint16_t idx, uint32_t *len)
{
	struct vring_desc desc;
	char *va;

	vq_read_desc(vq, idx, &desc);
	if (desc.flags & VRING_DESC_F_INDIRECT) {
		amp_vq_fault(vq, AMP_LINK_BAD_FLAGS);
		return NULL;
	}
	if (!vq->shm_io || !vq_buffer_va(vq->shm_io, desc.addr, desc.len, &va) ||
	    (AMP_WITH_DCACHE && (desc.flags & VRING_DESC_F_WRITE) && !amp_cache_line_starts_io(vq->shm_io, va))) {
		amp_vq_fault(vq, AMP_LINK_BAD_ADDRESS);
		return NULL;
	}
	*len = desc.len;
	return va;
}

void *virtqueue_get_first_avail_buffer(struct virtqueue *vq, uint16_t *avail_idx, uint32_t *len)
{
	uint32_t head;
	int reason;

	if (vq->vq_available_idx == vq->vq_peer_idx && !amp_vq_look(vq))
		return NULL;
	reason = vq_device_next(vq, &head);
	if (reason) {
		amp_vq_fault(vq, reason);
		return NULL;
	}
	vq_device_advance(vq);
	*avail_idx = (uint16_t)head;
	return read_part(vq, *avail_idx, len);
}

void *virtqueue_get_next_avail_buffer(struct virtqueue *vq, uint16_t idx, uint16_t *next_idx, uint32_t *next_len)
{
	struct vring_desc desc;

	if (idx >= vq->vq_nentries || vq->vq_fault)
		return NULL;
	vq_read_desc(vq, idx, &desc);
	if (!(desc.flags & VRING_DESC_F_NEXT))
		return NULL;
	desc.next = AMP_SHARED_LOAD(&vq->vq_ring.desc[idx].next);
	if (desc.next >= vq->vq_nentries) {
		amp_vq_fault(vq, AMP_LINK_BAD_DESCRIPTOR);
		return NULL;
	}
	*next_idx = desc.next;
	return read_part(vq, desc.next, next_len);
}

int virtqueue_add_consumed_buffer(struct virtqueue *vq, uint16_t head_idx, uint32_t len)
{
	if (head_idx >= vq->vq_nentries)
		return ERROR_INVLD_DESC_IDX;
	if (vq->vq_used_cons_idx == vq->vq_available_idx)
		return ERROR_VRING_FULL;
	vq_device_put(vq, head_idx, len);
	return VQUEUE_SUCCESS;
}
