/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One message of a reception: take it, check it, find the endpoint, call it, give the buffer back. For rpmsg_virtio.c,
 * and for what receives in another order.
 */
#ifndef AMP_RPMSG_RECEPTION_H
#define AMP_RPMSG_RECEPTION_H

#include "buffers.h"
#include "endpoints.h"
#include "link.h"

/* Take the next message that the last look showed; there is one. @return AMP_LINK_OK or a reason */
AMP_HOT int rx_take(struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, struct amp_buffer *buf, bool driver)
{
	int reason;

	if (!driver) {
		reason = AMP_FAST ? device_next(rvdev, vq, 0, buf, false) : amp_device_next(rvdev, vq, 0);
		if (!AMP_FAST)
			*buf = rvdev->taken;
		if (amp_likely(!reason))
			vq_device_advance(vq);
		return reason;
	}
	reason = vq_driver_next(vq, &buf->idx, &buf->size);
	if (amp_unlikely(reason))
		return reason;
	if (amp_unlikely(buf->size < sizeof(struct rpmsg_hdr) || buf->size > rvdev->config.r2h_buf_size))
		return AMP_LINK_BAD_LENGTH;
	vq_driver_advance(vq);
	mark_buffer(vq, buf->idx, false, driver);
	buf->hdr = vq->vq_descx[buf->idx].cookie;
	return AMP_LINK_OK;
}

/* Call the endpoint. The lock is free meanwhile; so it is when the last reference went while the callback ran. */
AMP_HOT void call_ept(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept, struct rpmsg_hdr *hdr, uint32_t src,
                      uint32_t len)
{
	bool ready = ept->dest_addr == RPMSG_ADDR_ANY;

	ept->refcnt++;
	if (amp_unlikely(ready))
		ept_set_dest(ept, src);
	metal_mutex_release(&rdev->lock);
	if (AMP_WITH_NS_RECEPTION && amp_unlikely(ready)) {
		ept_ready(rdev, ept);
		ready = ept_device(ept) != rdev;
	}
	/* The ready callback may have destroyed it. */
	if (!AMP_WITH_NS_RECEPTION || amp_likely(!ready))
		(void)ept->cb(ept, hdr + 1, len, src, ept->priv);
	metal_mutex_acquire(&rdev->lock);
	if (amp_unlikely(--ept->refcnt == 0) && ept->release_cb) {
		metal_mutex_release(&rdev->lock);
		ept->release_cb(ept);
		metal_mutex_acquire(&rdev->lock);
	}
}

/*
 * Whether the driver has begun another life on the ring since the last look, and what was read may be of that. While
 * the link is up the next look finds out; after a reset the driver waits, but perhaps not for as long as the last
 * callback took.
 */
AMP_HOT bool overtaken(const struct rpmsg_virtio_device *rvdev, const struct virtqueue *vq, bool driver)
{
	if (driver || amp_likely(rvdev->link_state == AMP_LINK_UP))
		return false;
	AMP_SHARED_FENCE(); /* what was read, then the mark, in the order in which the driver zeroes them */
	return !vq_mark_stands(vq);
}

/*
 * Hand the next message that the last look showed to its endpoint.
 * @param last  the link may be lost already
 * @return AMP_LINK_OK, or why the link ends
 */
AMP_HOT int deliver(struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, bool driver, bool last)
{
	struct rpmsg_endpoint *ept;
	struct amp_buffer buf;
	struct rpmsg_hdr *hdr;
	uint32_t src, len, held;
	int reason = rx_take(rvdev, vq, &buf, driver);

	if (amp_unlikely(reason))
		return reason;
	hdr = buf.hdr;
	vq_buffer_invalidate(rvdev->shbuf_io, hdr, sizeof(*hdr));
	len = AMP_SHARED_LOAD(&hdr->len);
	if (amp_unlikely(len > buf.size - sizeof(*hdr)))
		return AMP_LINK_BAD_MESSAGE;
	src = AMP_SHARED_LOAD(&hdr->src);
	ept = rpmsg_find_ept(&rvdev->rdev, AMP_SHARED_LOAD(&hdr->dst));
	if (last && overtaken(rvdev, vq, driver))
		return AMP_LINK_PEER_RESET;
	/* The mark comes last: the payload's first bytes are in the header's cache line. */
	if (AMP_WITH_DCACHE)
		vq_buffer_invalidate(rvdev->shbuf_io, hdr + 1, len);
	set_mark(rvdev, hdr, buf.idx | BUF_HOLD_ONE);
	if (amp_likely(ept))
		call_ept(&rvdev->rdev, ept, hdr, src, len);
	/* The ring may be another life's by now, the callback took as long as it liked. */
	if (amp_unlikely(!ring_ours(rvdev, vq, driver)))
		return AMP_LINK_PEER_RESET; /* unless another reason is known */
	held = AMP_SHARED_LOAD(&hdr->reserved);
	if (amp_unlikely(held >= 2 * BUF_HOLD_ONE)) {
		set_mark(rvdev, hdr, held - BUF_HOLD_ONE);
		return AMP_LINK_OK;
	}
	(void)rx_return(rvdev, vq, &buf, driver);
	return AMP_LINK_OK;
}

/*
 * Without WITH_VQ_RX_EMPTY_NOTIFY: a kick for each buffer, not for all at the end. The last one is kicked for there in
 * any case. @return AMP_LINK_OK, or why the link ended while the lock was free
 */
AMP_HOT int kick_for_one(struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, bool driver)
{
	if (vq_shown(vq, driver) && vq_wants_kick(vq, driver)) {
		metal_mutex_release(&rvdev->rdev.lock);
		vq->notify(vq);
		metal_mutex_acquire(&rvdev->rdev.lock);
	}
	return vq->vq_fault;
}

/*
 * The queue is empty: kicks are on again, and the lock is released. One fence for three things: our index, our flag,
 * and the next look at theirs.
 * @return whether something came meanwhile, which nobody may be kicked for: look once more
 */
AMP_HOT bool look_again_unlock(struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, bool driver)
{
	link_ring_place next = link_ring_next_place(vq, driver);

	vq_set_no_notify(vq, false, driver);
	kick_unlock(rvdev, vq, driver);
	return link_ring_came_to(vq, next, driver) && !rvdev->bounded;
}

#endif /* AMP_RPMSG_RECEPTION_H */
