// SPDX-License-Identifier: BSD-3-Clause
/*
 * Virtqueues, the driver's end: it offers buffers and takes them back.
 *
 * The device can write every word of the ring. So which descriptors are free, which buffer belongs to which, and how
 * long a chain is are kept in vq_descx, and never read back from the descriptors.
 */
#include "ring.h"

#include <metal/utilities.h>

/* Check and fill the descriptors of a list, along the free list; publishes nothing. */
static bool fill_chain(struct virtqueue *vq, const struct virtqueue_buf *buf_list, int readable, int parts)
{
	uint16_t idx = vq->vq_desc_head_idx;
	metal_phys_addr_t phys;
	struct vring_desc *desc;
	unsigned long offset;
	uint16_t flags;

	for (int i = 0; i < parts; i++) {
		offset = metal_io_virt_to_offset(vq->shm_io, buf_list[i].buf);
		phys = metal_io_phys(vq->shm_io, offset);
		if (buf_list[i].len <= 0 || phys == METAL_BAD_PHYS ||
		    !amp_io_in_one_piece(vq->shm_io, offset, phys, (size_t)buf_list[i].len))
			return false;
		flags = i < readable ? 0 : VRING_DESC_F_WRITE;
		if (AMP_WITH_DCACHE && flags && !amp_cache_line_starts_io(vq->shm_io, buf_list[i].buf))
			return false;
		if (i + 1 < parts)
			flags |= VRING_DESC_F_NEXT;
		desc = &vq->vq_ring.desc[idx];
		amp_shared_store64(&desc->addr, phys);
		AMP_SHARED_STORE(&desc->len, (uint32_t)buf_list[i].len);
		AMP_SHARED_STORE(&desc->flags, flags);
		AMP_SHARED_STORE(&desc->next, vq->vq_descx[idx].next);
		vq_ring_flush(vq, desc, sizeof(*desc));
		idx = vq->vq_descx[idx].next;
	}
	return true;
}

/* Take the chain of @p parts descriptors that fill_chain() filled off the free list. */
static uint16_t use_chain(struct virtqueue *vq, int parts, void *cookie)
{
	uint16_t head = vq->vq_desc_head_idx, last = head;

	for (int i = 1; i < parts; i++)
		last = vq->vq_descx[last].next;
	vq->vq_desc_head_idx = vq->vq_descx[last].next;
	vq->vq_free_cnt = (uint16_t)(vq->vq_free_cnt - parts);
	vq->vq_descx[head].cookie = cookie;
	return head;
}

int amp_vq_driver_attach(struct virtqueue *vq, void *buf, uint32_t len, bool writable)
{
	struct virtqueue_buf part = {buf, (int)len};

	if (!vq->vq_free_cnt || ((uintptr_t)buf & vq_buffer_align_mask(vq->shm_io)) ||
	    !fill_chain(vq, &part, !writable, 1))
		return -1;
	/* Whatever is in the cache of it must not fall on top of what the device writes. */
	vq_buffer_flush(vq->shm_io, buf, len);
	return use_chain(vq, 1, buf);
}

int virtqueue_add_buffer(struct virtqueue *vq, struct virtqueue_buf *buf_list, int readable, int writable, void *cookie)
{
	uint16_t head;
	int parts;

	if (!vq || !buf_list || !cookie || !vq->shm_io || vq->vq_fault || readable < 0 || writable < 0 ||
	    readable > (int)VIRTQUEUE_MAX_DESC || writable > (int)VIRTQUEUE_MAX_DESC)
		return ERROR_VQUEUE_INVLD_PARAM;
	parts = readable + writable;
	if (parts == 0)
		return ERROR_VRING_NO_BUFF;
	if (parts > vq->vq_free_cnt)
		return ERROR_VRING_FULL;
	if (!fill_chain(vq, buf_list, readable, parts))
		return ERROR_VQUEUE_INVLD_PARAM;

	head = use_chain(vq, parts, cookie);
	vq->vq_descx[head].ndescs = (uint16_t)parts;
	vq_driver_publish(vq, head);
	vq->vq_queued_cnt++;
	return VQUEUE_SUCCESS;
}

void *virtqueue_get_buffer(struct virtqueue *vq, uint32_t *len, uint16_t *idx)
{
	uint32_t head, used_len;
	uint16_t last, i;
	int reason;

	if (vq->vq_used_cons_idx == vq->vq_peer_idx && !amp_vq_look(vq))
		return NULL;
	reason = vq_driver_next(vq, &head, &used_len);
	if (reason) {
		amp_vq_fault(vq, reason);
		return NULL;
	}
	vq_driver_advance(vq);
	for (last = (uint16_t)head, i = 1; i < vq->vq_descx[head].ndescs; i++)
		last = vq->vq_descx[last].next;
	vq->vq_descx[last].next = vq->vq_desc_head_idx;
	vq->vq_desc_head_idx = (uint16_t)head;
	vq->vq_free_cnt = (uint16_t)(vq->vq_free_cnt + vq->vq_descx[head].ndescs);
	vq->vq_descx[head].ndescs = 0;
	if (len)
		*len = used_len;
	if (idx)
		*idx = (uint16_t)head;
	return vq->vq_descx[head].cookie;
}

int virtqueue_empty(struct virtqueue *vq)
{
	return vq->vq_free_cnt == vq->vq_nentries;
}

int virtqueue_full(struct virtqueue *vq)
{
	return vq->vq_free_cnt == 0;
}
