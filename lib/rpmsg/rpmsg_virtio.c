// SPDX-License-Identifier: BSD-3-Clause
/*
 * RPMsg over virtio: the way of a message, out and in.
 *
 * Out: take a buffer, write header and payload, publish, kick. In: look at the queue, check, find the endpoint, call
 * it, give the buffer back. The queue that carries messages away has its kicks switched off except while a send waits
 * for a buffer; the one that brings them has its kicks off while messages are being handled.
 *
 * The lock protects the queues and the endpoints. It is never held while code of the application runs.
 */
#include "rpmsg_internal.h"

#include <metal/cpu.h>
#include <metal/time.h>

#define NS_PER_MS 1000000

#if AMP_FAST
AMP_COLD bool amp_buffer_va(struct metal_io_region *io, uint64_t addr, uint32_t len, char **va)
{
	return vq_buffer_va(io, addr, len, va);
}
#endif

/* ------------------------------------------------------------------ free send buffers */

/* Only programs that put buffers back unsent contain this: see rpmsg_reclaim.c. */
#pragma weak amp_tx_retake

/* Take a buffer that was used; there is one. @return as amp_tx_retake() */
static int take_next(struct rpmsg_virtio_device *rvdev, uint32_t len, bool driver)
{
	struct virtqueue *vq = rvdev->svq;
	struct amp_buffer *buf = &rvdev->taken;
	int reason = tx_next(rvdev, vq, buf, driver, false);

	if (reason)
		return reason;
	if (len > buf->size - sizeof(struct rpmsg_hdr))
		return RPMSG_ERR_BUFF_SIZE;
	tx_advance(vq, driver);
	mark_buffer(vq, buf->idx, false, driver);
	return AMP_LINK_OK;
}

AMP_COLD int amp_tx_take(struct rpmsg_virtio_device *rvdev, uint32_t len)
{
	bool driver = role_is_driver(rvdev->vdev);
	struct virtqueue *vq = rvdev->svq;
	int reason = AMP_LINK_PEER_RESET;

	if (ring_ours(rvdev, vq, driver)) {
		if (rvdev->reclaimed)
			reason = amp_tx_retake(rvdev, len);
		else if (vq_shown(vq, driver) || amp_vq_look(vq))
			reason = take_next(rvdev, len, driver);
		else if (vq->vq_fault)
			reason = vq->vq_fault;
		else
			return RPMSG_ERR_NO_BUFF;
	}
	if (reason <= 0)
		return reason;
	amp_link_lost(rvdev, reason);
	return RPMSG_ERR_DEV_STATE;
}

/* ------------------------------------------------------------------ waiting for one */

/* A send that waits, on its own stack. */
struct amp_wait {
	struct amp_wait *next;
	unsigned long long deadline;
	unsigned int depth; /**< 1: not inside another */
#ifdef METAL_MUTEX_CONTEXT
	uintptr_t context;
#endif
};

/* The clock; where it stands still, or there is none, it goes on with what was waited. */
static unsigned long long time_now(const struct rpmsg_virtio_device *rvdev)
{
	return metal_get_timestamp() + rvdev->unmeasured_ns;
}

/*
 * Wait for a kick, or a millisecond: in a program that handles kicks in the thread that waits here, none can come. The
 * lock is free while it waits. What the clock does not show counts as 1 ms if the application waited, and as 1 us if
 * nobody could.
 */
static int wait_a_little(struct rpmsg_virtio_device *rvdev)
{
	unsigned long long start = metal_get_timestamp();
	int status = RPMSG_EOPNOTSUPP, unmeasured = NS_PER_MS;
	metal_mutex_t *lock = &rvdev->rdev.lock;

	if (rvdev->notify_wait_cb) {
		metal_mutex_release(lock);
		status = rvdev->notify_wait_cb(&rvdev->rdev,
		                               rvdev->vdev->vrings_info[rvdev->svq->vq_queue_index].notifyid);
		metal_mutex_acquire(lock);
	}
	if (status == RPMSG_EOPNOTSUPP) {
		status = RPMSG_SUCCESS;
		if (rvdev->link_state == AMP_LINK_UP &&
		    amp_condition_wait_until(&rvdev->sent, lock, start + NS_PER_MS) == -ENOSYS) {
			metal_cpu_yield();
			unmeasured = 1000;
		}
	}
	if (metal_get_timestamp() == start)
		rvdev->unmeasured_ns += (unsigned int)unmeasured;
	return status;
}

/* A send begins to wait: until its time is over, or that of the one that it is inside of. */
static void begin_wait(struct rpmsg_virtio_device *rvdev, struct amp_wait *here, int wait)
{
	struct amp_wait *outer = rvdev->waits;
	uint32_t ms = rvdev->send_timeout_ms;

	if (wait == AMP_WAIT_BRIEFLY && ms > AMP_RPMSG_DESTROY_TIMEOUT_MS)
		ms = AMP_RPMSG_DESTROY_TIMEOUT_MS;
	here->next = outer;
	here->depth = 1;
	here->deadline = time_now(rvdev) + (unsigned long long)ms * NS_PER_MS;
#ifdef METAL_MUTEX_CONTEXT
	here->context = METAL_MUTEX_CONTEXT();
	while (outer && outer->context != here->context)
		outer = outer->next;
#endif
	if (outer) {
		here->depth += outer->depth;
		here->deadline = metal_min(here->deadline, outer->deadline);
	}
	rvdev->waits = here;
	rvdev->vdev->users++;
}

static void end_wait(struct rpmsg_virtio_device *rvdev, struct amp_wait *here)
{
	struct amp_wait **link = &rvdev->waits;

	while (*link != here)
		link = &(*link)->next;
	*link = here->next;
	rvdev->vdev->users--;
}

/*
 * Until a buffer is free, the time is over, or the link is lost. Receives meanwhile: if the other side waits for a
 * buffer of ours too, one of the two has to go first; and the kick that ended a wait may have been meant for that
 * queue, of which nobody else hears. The innermost of several does not: one that it is inside of receives again.
 */
AMP_COLD int amp_tx_wait(struct rpmsg_virtio_device *rvdev, uint32_t len, int wait)
{
	bool driver = role_is_driver(rvdev->vdev);
	int status, wait_status = RPMSG_SUCCESS;
	struct amp_wait here;

	begin_wait(rvdev, &here, wait);
	vq_set_no_notify(rvdev->svq, false, driver);
	for (;;) {
		if (here.depth < AMP_RPMSG_SEND_DEPTH) {
			metal_mutex_release(&rvdev->rdev.lock);
			virtqueue_notification(rvdev->rvq);
			metal_mutex_acquire(&rvdev->rdev.lock);
		}
		/* Between our flag and our look: without the fence a buffer that comes now is neither seen nor kicked
		 * for. */
		AMP_SHARED_FENCE();
		status = amp_tx_take(rvdev, len);
		if (status != RPMSG_ERR_NO_BUFF || wait_status || time_now(rvdev) >= here.deadline)
			break;
		wait_status = wait_a_little(rvdev);
	}
	end_wait(rvdev, &here);
	/* A lost link's ring is not ours any more. */
	if (!rvdev->waits && rvdev->link_state == AMP_LINK_UP)
		vq_set_no_notify(rvdev->svq, true, driver);
	return status == RPMSG_ERR_NO_BUFF && wait_status ? wait_status : status;
}

void amp_rpmsg_sent(struct virtqueue *vq)
{
	struct rpmsg_virtio_device *rvdev = vq->vq_dev->priv;
	int reason = AMP_LINK_PEER_RESET;

	metal_mutex_acquire(&rvdev->rdev.lock);
	/*
	 * Nothing is taken here. But a driver that has reset the device and is ready again kicks for the buffers that
	 * it offers, and perhaps for nothing else: a look shows that the ring is new.
	 */
	if (link_ok(rvdev)) {
		(void)amp_vq_look(vq);
		reason = vq->vq_fault;
	}
	amp_link_lost(rvdev, reason);
	if (rvdev->waits)
		metal_condition_broadcast(&rvdev->sent);
	amp_link_unlock(rvdev);
}

/* ------------------------------------------------------------------ sending */

/* Every way of a send: with no buffer in sight, a lost link, a payload that is too large, or none of these. With the
 * lock, which is released. */
static AMP_COLD int send_any(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data, int len, int wait)
{
	struct rpmsg_virtio_device *rvdev = rpmsg_to_virtio(rdev);
	struct amp_buffer *buf = &rvdev->taken;
	int status = tx_take(rvdev, (uint32_t)len, wait);
	bool driver;

	if (status) {
		amp_link_unlock(rvdev);
		return status;
	}
	driver = role_is_driver(rvdev->vdev);
	tx_fill(buf->hdr, src, dst, len);
	AMP_SHARED_COPY_IN(buf->hdr + 1, data, (size_t)len);
	mark_buffer(rvdev->svq, buf->idx, true, driver);
	return tx_send(rvdev, rvdev->svq, buf, len, driver);
}

/* Optimised for speed, first the usual way: the last look showed a buffer, and the payload fits. Whatever is unusual
 * changes nothing, and is done again by send_any(). */
AMP_HOT int send_raw(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data, int len, int wait,
                     bool driver)
{
	struct rpmsg_virtio_device *rvdev = rpmsg_to_virtio(rdev);
	struct virtqueue *vq = rvdev->svq;
	struct amp_buffer buf;

	metal_mutex_acquire(&rdev->lock);
	if (!AMP_FAST || amp_unlikely(!ring_ours(rvdev, vq, driver) || !vq_shown(vq, driver) ||
	                              tx_next(rvdev, vq, &buf, driver, true) != AMP_LINK_OK ||
	                              (uint32_t)len > buf.size - sizeof(*buf.hdr)))
		return send_any(rdev, src, dst, data, len, wait);
	tx_advance(vq, driver);
	tx_fill(buf.hdr, src, dst, len);
	AMP_SHARED_COPY_IN(buf.hdr + 1, data, (size_t)len);
	return tx_send(rvdev, vq, &buf, len, driver);
}

/* ------------------------------------------------------------------ receiving */

/* Take the next message that the last look showed; there is one. @return AMP_LINK_OK or a reason */
AMP_HOT int rx_take(struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, struct amp_buffer *buf, bool driver)
{
	int reason;

	if (!driver) {
		reason = vq_device_next(vq, &buf->idx);
		if (amp_unlikely(reason))
			return reason;
		vq_device_advance(vq);
		return device_buffer(rvdev, vq, 0, buf, false);
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

/* The last reference went while the callback ran. With the lock, free meanwhile. */
static AMP_COLD void release_ept(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept)
{
	if (!ept->release_cb)
		return;
	metal_mutex_release(&rdev->lock);
	ept->release_cb(ept);
	metal_mutex_acquire(&rdev->lock);
}

/* Call the endpoint. The lock is free meanwhile. */
AMP_HOT void call_ept(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept, struct rpmsg_hdr *hdr, uint32_t src,
                      uint32_t len)
{
	bool ready = ept->dest_addr == RPMSG_ADDR_ANY;

	if (amp_unlikely(ready))
		ept_set_dest(ept, src);
	ept->refcnt++;
	metal_mutex_release(&rdev->lock);
	if (amp_unlikely(ready)) {
		ept_ready(rdev, ept);
		ready = ept_device(ept) != rdev;
	}
	/* The ready callback may have destroyed it. */
	if (amp_likely(!ready))
		(void)ept->cb(ept, hdr + 1, len, src, ept->priv);
	metal_mutex_acquire(&rdev->lock);
	if (amp_unlikely(--ept->refcnt == 0))
		release_ept(rdev, ept);
}

/* Hand the next message that the last look showed to its endpoint. @return AMP_LINK_OK, or why the link ends */
AMP_HOT int deliver(struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, bool driver)
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
	if (amp_likely(ept)) {
		/* The mark comes last: the payload's first bytes are in the header's cache line. */
		vq_buffer_invalidate(rvdev->shbuf_io, hdr + 1, len);
		set_mark(rvdev, hdr, buf.idx | BUF_HOLD_ONE);
		call_ept(&rvdev->rdev, ept, hdr, src, len);
		/* The ring may be another life's by now, the callback took as long as it liked. */
		if (amp_unlikely(!ring_ours(rvdev, vq, driver)))
			return AMP_LINK_PEER_RESET; /* unless another reason is known */
		held = AMP_SHARED_LOAD(&hdr->reserved);
		if (amp_unlikely(held >= 2 * BUF_HOLD_ONE)) {
			set_mark(rvdev, hdr, held - BUF_HOLD_ONE);
			return AMP_LINK_OK;
		}
	} else if (amp_unlikely(rvdev->link_state != AMP_LINK_UP)) {
		return rvdev->link_reason;
	}
	rx_return(rvdev, vq, &buf, driver);
	return AMP_LINK_OK;
}

/* Without WITH_VQ_RX_EMPTY_NOTIFY: a kick for each buffer, not for all at the end. */
AMP_HOT void kick_for_one(struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, bool driver)
{
	/* the last one is kicked for after the loop in any case */
	if (AMP_WITH_VQ_RX_EMPTY_NOTIFY || !vq_shown(vq, driver) || !vq_wants_kick(vq, driver))
		return;
	metal_mutex_release(&rvdev->rdev.lock);
	vq->notify(vq);
	metal_mutex_acquire(&rvdev->rdev.lock);
}

/* The queue is empty: kicks are on again. @return whether to look once more: something came meanwhile, or another
 * context noticed that the link ends */
AMP_HOT bool look_again(struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, bool driver)
{
	if (!AMP_WITH_VQ_RX_EMPTY_NOTIFY && vq->vq_fault)
		return true;
	/* One fence for three things: our index, our flag, and the next look at theirs. */
	vq_set_no_notify(vq, false, driver);
	if (vq_wants_kick(vq, driver)) {
		metal_mutex_release(&rvdev->rdev.lock);
		vq->notify(vq);
		metal_mutex_acquire(&rvdev->rdev.lock);
		if (amp_unlikely(vq->vq_fault))
			return true;
	}
	return vq_peer_moved(vq, driver) && amp_likely(!rvdev->bounded);
}

AMP_HOT void receive(struct virtqueue *vq, bool driver)
{
	struct virtio_device *vdev = vq->vq_dev;
	struct rpmsg_virtio_device *rvdev = vdev->priv;
	int reason = AMP_LINK_PEER_RESET;
	bool more = false;

	metal_mutex_acquire(&rvdev->rdev.lock);
	vdev->users++;
	if (amp_likely(link_ok(rvdev))) {
		more = vq_look(vq, driver);
		/* Nothing there, an impossible index, or a loss that another call has noticed. */
		reason = more ? AMP_LINK_OK : vq->vq_fault;
	}
	if (more)
		vq_set_no_notify(vq, true, driver);
	/* Once the link is lost, deliver() says so each time, and what was published before a reset still comes. */
	while (more || (amp_unlikely(reason) && amp_link_ends(rvdev, reason))) {
		reason = deliver(rvdev, vq, driver);
		more = false;
		if (amp_unlikely(reason))
			continue;
		kick_for_one(rvdev, vq, driver);
		more = vq_shown(vq, driver);
		if (more)
			continue;
		if (!look_again(rvdev, vq, driver)) {
			vdev->users--;
			metal_mutex_release(&rvdev->rdev.lock);
			return;
		}
		more = amp_vq_look(vq);
		if (!more)
			reason = vq->vq_fault;
		else if (rvdev->link_state == AMP_LINK_UP)
			vq_set_no_notify(vq, true, driver);
	}
	vdev->users--;
	amp_link_unlock(rvdev);
}

/* ------------------------------------------------------------------ each role */

/*
 * Named weakly: a program that never calls the functions of rpmsg_nocopy.c, rpmsg_hold.c, rpmsg_reclaim.c or
 * buffer_size.c does not contain them (linked from a static library), and has NULL in these places.
 */
#pragma weak amp_rpmsg_hold_rx
#pragma weak amp_rpmsg_driver_release_rx
#pragma weak amp_rpmsg_device_release_rx
#pragma weak amp_rpmsg_driver_get_tx
#pragma weak amp_rpmsg_device_get_tx
#pragma weak amp_rpmsg_driver_send_nocopy
#pragma weak amp_rpmsg_device_send_nocopy
#pragma weak amp_rpmsg_release_tx
#pragma weak rpmsg_virtio_get_rx_buffer_size
#pragma weak rpmsg_virtio_get_tx_buffer_size

#if AMP_WITH_VIRTIO_DRIVER
static int driver_send_raw(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data, int len, int wait)
{
	return send_raw(rdev, src, dst, data, len, wait, true);
}

void amp_rpmsg_driver_receive(struct virtqueue *vq)
{
	receive(vq, true);
}

const struct rpmsg_device_ops amp_rpmsg_driver_ops = {
	.send_offchannel_raw = driver_send_raw,
	.hold_rx_buffer = amp_rpmsg_hold_rx,
	.release_rx_buffer = amp_rpmsg_driver_release_rx,
	.get_tx_payload_buffer = amp_rpmsg_driver_get_tx,
	.send_offchannel_nocopy = amp_rpmsg_driver_send_nocopy,
	.release_tx_buffer = amp_rpmsg_release_tx,
	.get_rx_buffer_size = rpmsg_virtio_get_rx_buffer_size,
	.get_tx_buffer_size = rpmsg_virtio_get_tx_buffer_size,
};
#endif

#if AMP_WITH_VIRTIO_DEVICE
static int device_send_raw(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data, int len, int wait)
{
	return send_raw(rdev, src, dst, data, len, wait, false);
}

void amp_rpmsg_device_receive(struct virtqueue *vq)
{
	receive(vq, false);
}

const struct rpmsg_device_ops amp_rpmsg_device_ops = {
	.send_offchannel_raw = device_send_raw,
	.hold_rx_buffer = amp_rpmsg_hold_rx,
	.release_rx_buffer = amp_rpmsg_device_release_rx,
	.get_tx_payload_buffer = amp_rpmsg_device_get_tx,
	.send_offchannel_nocopy = amp_rpmsg_device_send_nocopy,
	.release_tx_buffer = amp_rpmsg_release_tx,
	.get_rx_buffer_size = rpmsg_virtio_get_rx_buffer_size,
	.get_tx_buffer_size = rpmsg_virtio_get_tx_buffer_size,
};
#endif
