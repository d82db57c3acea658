// SPDX-License-Identifier: BSD-3-Clause
/*
 * Queues on packed rings, the device's end.
 *
 * How many descriptors a buffer had, which the place of the next used one depends on, is kept in vq_descx: what stands
 * in the ring may be written over by what was given back before.
 */
#include "packed_ring.h"
#include "parts.h"

/* The next descriptor and its flags, which say that it is available. Read once. */
static void read_desc(const struct virtqueue *vq, uint16_t at, struct vring_desc *copy, uint32_t *id)
{
	const struct vring_packed_desc *desc = pq_desc(vq, false, at);

	copy->addr = amp_shared_load64(&desc->addr);
	copy->len = AMP_SHARED_LOAD(&desc->len);
	copy->flags = AMP_SHARED_LOAD(&desc->flags);
	*id = AMP_SHARED_LOAD(&desc->id);
}

/* All descriptors of the next buffer. @return AMP_LINK_OK or a reason */
static int read_buffer(const struct virtqueue *vq, struct amp_vq_parts *parts, uint32_t *id, uint32_t *descs)
{
	uint32_t left = vq->vq_nentries - (uint16_t)(vq->vq_available_idx - vq->vq_used_cons_idx);
	struct vring_desc desc = {.flags = VRING_DESC_F_NEXT};
	uint16_t at = vq->vq_available_idx, state = vq->vq_peer_idx;

	for (*descs = 0; desc.flags & VRING_DESC_F_NEXT; ++*descs) {
		int reason;

		/* No more than the driver can have offered. */
		if (*descs == left)
			return *descs ? AMP_LINK_BAD_DESCRIPTOR : AMP_LINK_BAD_INDEX;
		read_desc(vq, at, &desc, id);
		/* A chain is available as a whole, with its first descriptor. */
		if ((desc.flags & PQ_STATE) != state)
			return AMP_LINK_BAD_DESCRIPTOR;
		reason = desc.flags & VRING_DESC_F_INDIRECT && !*descs ? amp_vq_read_table(vq, &desc, true, parts)
		                                                       : amp_vq_read_part(vq, &desc, parts);
		if (reason)
			return reason;
		if (!(++at & vq->vq_mask))
			state ^= PQ_STATE;
	}
	return *id > vq->vq_mask || vq->vq_descx[*id].ndescs ? AMP_LINK_BAD_DESCRIPTOR : AMP_LINK_OK;
}

unsigned int amp_packed_take(struct virtqueue *vq, struct amp_vq_part *parts, unsigned int room, uint16_t *id)
{
	struct amp_vq_parts list = {.part = parts, .room = room};
	uint32_t is = 0, descs = 0;
	int reason;

	if (!amp_packed_look(vq))
		return 0;
	reason = read_buffer(vq, &list, &is, &descs);
	if (reason) {
		amp_packed_fault(vq, reason);
		return 0;
	}
	vq->vq_descx[is].ndescs = (uint16_t)descs;
	pq_device_advance(vq, descs);
	*id = (uint16_t)is;
	return list.num;
}

int amp_packed_give_back(struct virtqueue *vq, uint16_t id, uint32_t len)
{
	uint32_t descs;

	if (vq->vq_fault)
		return ERROR_VQUEUE_INVLD_PARAM;
	if (id >= vq->vq_nentries)
		return ERROR_INVLD_DESC_IDX;
	descs = vq->vq_descx[id].ndescs;
	if (!descs)
		return ERROR_VRING_FULL;
	/* What the device did in between may have taken longer than a driver waits: see ring_lost_inline(). */
	if (!vq_mark_stands(vq)) {
		amp_packed_fault(vq, AMP_LINK_PEER_RESET);
		return ERROR_VQUEUE_INVLD_PARAM;
	}
	vq->vq_descx[id].ndescs = 0;
	pq_device_prepare(vq, id, len);
	pq_device_put(vq, descs, len ? VRING_DESC_F_WRITE : 0);
	if (vq->vq_queued_cnt <= vq->vq_nentries)
		vq->vq_queued_cnt = (uint16_t)metal_min(vq->vq_queued_cnt + descs, vq->vq_nentries + 1u);
	return VQUEUE_SUCCESS;
}

uint32_t amp_packed_next_size(struct virtqueue *vq)
{
	return amp_packed_look(vq) ? AMP_SHARED_LOAD(&pq_look_at(vq)->len) : 0;
}
