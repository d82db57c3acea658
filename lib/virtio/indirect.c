// SPDX-License-Identifier: BSD-3-Clause
/* Split rings: buffers as a list of their parts, direct or indirect. In a program only if it uses that. */
#include "parts.h"

int amp_vq_add_indirect(struct virtqueue *vq, void *table, struct virtqueue_buf *buf_list, int readable, int writable,
                        void *cookie)
{
	int status = amp_vq_check_list(vq, buf_list, readable, writable, cookie);
	struct vring_desc desc, *place;
	uint16_t head;

	if (!status)
		status = amp_vq_fill_table(vq, table, buf_list, readable, readable + writable, false, &desc);
	if (status)
		return status;
	if (!vq->vq_free_cnt)
		return ERROR_VRING_FULL;
	head = vq->vq_desc_head_idx;
	place = &vq->vq_ring.desc[head];
	amp_shared_store64(&place->addr, desc.addr);
	AMP_SHARED_STORE(&place->len, desc.len);
	AMP_SHARED_STORE(&place->flags, desc.flags);
	AMP_SHARED_STORE(&place->next, 0);
	vq_ring_flush(vq, place, sizeof(*place));
	vq->vq_desc_head_idx = vq->vq_descx[head].next;
	vq->vq_free_cnt--;
	vq->vq_descx[head].cookie = cookie;
	vq->vq_descx[head].ndescs = 1;
	vq_driver_publish(vq, head);
	vq->vq_queued_cnt++;
	return VQUEUE_SUCCESS;
}

/* All parts of the chain that begins at @p head. @return AMP_LINK_OK or a reason */
static int read_chain(const struct virtqueue *vq, uint32_t head, struct amp_vq_parts *parts)
{
	struct vring_desc desc = {.flags = VRING_DESC_F_NEXT, .next = (uint16_t)head};
	uint32_t read = 0;

	while (desc.flags & VRING_DESC_F_NEXT) {
		uint32_t at = desc.next;
		int reason;

		if (at >= vq->vq_nentries || read++ == vq->vq_nentries)
			return AMP_LINK_BAD_DESCRIPTOR;
		vq_read_desc(vq, at, &desc);
		desc.next = AMP_SHARED_LOAD(&vq->vq_ring.desc[at].next);
		/* The specification allows one indirect descriptor behind direct ones; nobody has asked for that. */
		reason = desc.flags & VRING_DESC_F_INDIRECT && read == 1 ? amp_vq_read_table(vq, &desc, false, parts)
		                                                         : amp_vq_read_part(vq, &desc, parts);
		if (reason)
			return reason;
	}
	return AMP_LINK_OK;
}

unsigned int amp_vq_take(struct virtqueue *vq, struct amp_vq_part *parts, unsigned int room, uint16_t *head)
{
	struct amp_vq_parts list = {.part = parts, .room = room};
	uint32_t at = 0;
	int reason;

	if (vq->vq_fault || (vq->vq_available_idx == vq->vq_peer_idx && !amp_vq_look(vq)))
		return 0;
	reason = vq_device_next(vq, &at);
	if (!reason)
		reason = read_chain(vq, at, &list);
	if (reason) {
		amp_vq_fault(vq, reason);
		return 0;
	}
	vq_device_advance(vq);
	*head = (uint16_t)at;
	return list.num;
}
