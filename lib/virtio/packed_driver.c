// SPDX-License-Identifier: BSD-3-Clause
/*
 * Queues on packed rings, the driver's end.
 *
 * A buffer has an id, which it keeps in vq_descx with its cookie and the number of its descriptors. Ids are given out
 * from a list of free ones; there are as many as descriptors, so whoever has a free descriptor has a free id.
 */
#include "packed_ring.h"
#include "parts.h"

/* The flags that say "available" of the descriptor at a count. */
static uint16_t available(const struct virtqueue *vq, uint16_t at)
{
	return (at & vq->vq_nentries) ? VRING_PACKED_DESC_F_USED : VRING_PACKED_DESC_F_AVAIL;
}

static uint16_t take_id(struct virtqueue *vq, uint16_t descs, void *cookie)
{
	uint16_t id = vq->vq_desc_head_idx;

	vq->vq_desc_head_idx = vq->vq_descx[id].next;
	vq->vq_free_cnt = (uint16_t)(vq->vq_free_cnt - descs);
	vq->vq_descx[id].cookie = cookie;
	return id;
}

/* Count what was published since the last kick; more than the ring holds is as good as any number. */
static void count_published(struct virtqueue *vq, uint32_t descs)
{
	if (vq->vq_queued_cnt <= vq->vq_nentries)
		vq->vq_queued_cnt = (uint16_t)metal_min(vq->vq_queued_cnt + descs, vq->vq_nentries + 1u);
}

int amp_packed_attach(struct virtqueue *vq, void *buf, uint32_t len, bool writable)
{
	struct virtqueue_buf part = {buf, (int)len};
	struct vring_desc desc;

	if (!vq->vq_free_cnt || ((uintptr_t)buf & vq_buffer_align_mask(vq->shm_io)) ||
	    !amp_vq_fill_part(vq, &part, writable, &desc))
		return -1;
	return take_id(vq, 1, buf);
}

int amp_packed_add_buffer(struct virtqueue *vq, struct virtqueue_buf *buf_list, int readable, int writable,
                          void *cookie)
{
	int parts, status = amp_vq_check_list(vq, buf_list, readable, writable, cookie);
	struct vring_desc part;
	uint16_t id;

	if (status)
		return status;
	parts = readable + writable;
	if (parts > vq->vq_free_cnt)
		return ERROR_VRING_FULL;
	for (int i = 0; i < parts; i++) {
		if (!amp_vq_fill_part(vq, &buf_list[i], i >= readable, &part))
			return ERROR_VQUEUE_INVLD_PARAM;
	}
	id = take_id(vq, (uint16_t)parts, cookie);
	vq->vq_descx[id].ndescs = (uint16_t)parts;
	/* From the last one to the first: with the flags of that one they are all available. */
	for (int i = parts - 1; i >= 0; i--) {
		uint16_t at = (uint16_t)(vq->vq_available_idx + i), flags;
		struct vring_packed_desc *desc = pq_desc(vq, true, at);

		(void)amp_vq_fill_part(vq, &buf_list[i], i >= readable, &part);
		flags = (uint16_t)(available(vq, at) | part.flags | (i + 1 < parts ? VRING_DESC_F_NEXT : 0));
		amp_shared_store64(&desc->addr, part.addr);
		AMP_SHARED_STORE(&desc->len, part.len);
		AMP_SHARED_STORE(&desc->id, id);
		if (i)
			AMP_SHARED_STORE(&desc->flags, flags);
		else
			AMP_SHARED_STORE_RELEASE(&desc->flags, flags);
	}
	(void)pq_advance_write(vq, &vq->vq_available_idx, pq_write_to(vq) + parts, (uint32_t)parts);
	count_published(vq, (uint32_t)parts);
	return VQUEUE_SUCCESS;
}

int amp_packed_add_indirect(struct virtqueue *vq, void *table, struct virtqueue_buf *buf_list, int readable,
                            int writable, void *cookie)
{
	int status = amp_vq_check_list(vq, buf_list, readable, writable, cookie);
	struct vring_desc desc;
	uint16_t id;

	if (!status)
		status = amp_vq_fill_table(vq, table, buf_list, readable, readable + writable, true, &desc);
	if (status)
		return status;
	if (!vq->vq_free_cnt)
		return ERROR_VRING_FULL;
	id = take_id(vq, 1, cookie);
	vq->vq_descx[id].ndescs = 1;
	pq_driver_prepare(vq, id, desc.addr, desc.len);
	pq_driver_publish(vq, desc.flags);
	count_published(vq, 1);
	return VQUEUE_SUCCESS;
}

void *amp_packed_get_buffer(struct virtqueue *vq, uint32_t *len, uint16_t *id)
{
	uint32_t is, used_len;
	uint16_t descs;
	bool wrote;
	int reason;

	if (!amp_packed_look(vq))
		return NULL;
	wrote = AMP_SHARED_LOAD(&pq_look_at(vq)->flags) & VRING_DESC_F_WRITE;
	reason = pq_driver_next(vq, &is, &used_len);
	if (reason) {
		amp_packed_fault(vq, reason);
		return NULL;
	}
	descs = vq->vq_descx[is].ndescs;
	pq_driver_advance(vq, descs);
	vq->vq_descx[is].ndescs = 0;
	vq->vq_descx[is].next = vq->vq_desc_head_idx;
	vq->vq_desc_head_idx = (uint16_t)is;
	vq->vq_free_cnt = (uint16_t)(vq->vq_free_cnt + descs);
	if (len)
		*len = wrote ? used_len : 0;
	if (id)
		*id = (uint16_t)is;
	return vq->vq_descx[is].cookie;
}
