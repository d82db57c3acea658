/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file rpmsg_virtio.c
 * @brief RPMsg over virtio: the way of a message, out and in.
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

/* ------------------------------------------------------------------ free send buffers */

/* A buffer that came back unsent; there is one. @return AMP_LINK_OK or a reason */
static int take_reclaimed(struct rpmsg_virtio_device *rvdev, struct rpmsg_hdr **hdr)
{
	struct virtqueue *vq = rvdev->svq;
	uint16_t idx = rvdev->reclaimed_head;
	int reason;

	if (role_is_driver(rvdev->vdev)) {
		*hdr = vq->vq_descx[idx].cookie;
		rvdev->taken_size = rvdev->config.h2r_buf_size;
		rvdev->reclaimed_head = vq->vq_descx[idx].next;
	} else {
		reason = device_buffer(rvdev, vq, idx, VRING_DESC_F_WRITE, hdr, &rvdev->taken_size);
		if (reason)
			return reason;
		/* The list lies in shared memory: a wrong link leads to another buffer of the other side, never
		 * elsewhere. */
		rvdev->reclaimed_head = (uint16_t)(AMP_SHARED_LOAD(&(*hdr)->reserved) & vq->vq_mask);
	}
	rvdev->taken_idx = idx;
	rvdev->reclaimed--;
	return AMP_LINK_OK;
}

/* A buffer that was used; there is one. */
static int take_next(struct rpmsg_virtio_device *rvdev, struct rpmsg_hdr **hdr, bool driver)
{
	struct virtqueue *vq = rvdev->svq;
	uint32_t idx;
	int reason = tx_next(rvdev, vq, hdr, &idx, &rvdev->taken_size, driver);

	if (reason)
		return reason;
	tx_advance(vq, driver);
	mark_buffer(vq, idx, false, driver);
	rvdev->taken_idx = (uint16_t)idx;
	return AMP_LINK_OK;
}

static struct rpmsg_hdr *try_take(struct rpmsg_virtio_device *rvdev, int *status)
{
	bool driver = role_is_driver(rvdev->vdev);
	struct virtqueue *vq = rvdev->svq;
	struct rpmsg_hdr *hdr = NULL;
	int reason = AMP_LINK_PEER_RESET;

	if (link_ok(rvdev)) {
		if (rvdev->reclaimed)
			reason = take_reclaimed(rvdev, &hdr);
		else if (vq_shown(vq, driver) || amp_vq_look(vq))
			reason = take_next(rvdev, &hdr, driver);
		else
			reason = vq->vq_fault;
	}
	if (reason) {
		amp_link_lost(rvdev, reason);
		*status = RPMSG_ERR_DEV_STATE;
		return NULL;
	}
	*status = RPMSG_ERR_NO_BUFF;
	return hdr;
}

void amp_tx_untake(struct rpmsg_virtio_device *rvdev, struct rpmsg_hdr *hdr, uint32_t idx)
{
	if (role_is_driver(rvdev->vdev))
		rvdev->svq->vq_descx[idx].next = rvdev->reclaimed_head;
	else
		AMP_SHARED_STORE(&hdr->reserved, rvdev->reclaimed_head);
	rvdev->reclaimed_head = (uint16_t)idx;
	rvdev->reclaimed++;
}

/* ------------------------------------------------------------------ waiting for one */

/*
 * Wait for a kick, or a millisecond: in a program that handles kicks in the thread that waits here, none can come.
 * Without the lock afterwards as before. Takes from the time that is left; without a clock, what it cannot measure
 * counts as 1 ms if the application waited, and as 1 us if nobody could.
 */
static int wait_a_little(struct rpmsg_virtio_device *rvdev, int64_t *left_ns)
{
	unsigned long long start = metal_get_timestamp(), end;
	struct virtio_vring_info *vring = &rvdev->vdev->vrings_info[rvdev->svq->vq_queue_index];
	int status = RPMSG_EOPNOTSUPP;
	int64_t spent = 1000000;

	if (rvdev->notify_wait_cb)
		status = rvdev->notify_wait_cb(&rvdev->rdev, vring->notifyid);
	if (status == RPMSG_EOPNOTSUPP) {
		status = RPMSG_SUCCESS;
		metal_mutex_acquire(&rvdev->rdev.lock);
		if (rvdev->link_state == AMP_LINK_UP &&
		    amp_condition_wait_until(&rvdev->sent, &rvdev->rdev.lock, start + 1000000) == -ENOSYS) {
			metal_cpu_yield();
			spent = 1000;
		}
		metal_mutex_release(&rvdev->rdev.lock);
	}
	end = metal_get_timestamp();
	*left_ns -= end != start ? (int64_t)(end - start) : spent;
	return status;
}

/*
 * Until a buffer is free, the time is over, or the link is lost. Receives meanwhile: if the other side waits for a
 * buffer of ours too, one of the two has to go first.
 */
static struct rpmsg_hdr *wait_and_take(struct rpmsg_virtio_device *rvdev, int *status)
{
	int64_t left_ns = (int64_t)rvdev->send_timeout_ms * 1000000;
	bool driver = role_is_driver(rvdev->vdev);
	int wait_status = RPMSG_SUCCESS;
	struct rpmsg_hdr *hdr;

	rvdev->waiting++;
	vq_set_no_notify(rvdev->svq, false, driver);
	metal_mutex_release(&rvdev->rdev.lock);
	virtqueue_notification(rvdev->rvq);
	metal_mutex_acquire(&rvdev->rdev.lock);
	for (;;) {
		/* Between our flag and our look: without the fence a buffer that comes now is neither seen nor kicked
		 * for. */
		AMP_SHARED_FENCE();
		hdr = try_take(rvdev, status);
		if (hdr || *status != RPMSG_ERR_NO_BUFF || left_ns <= 0)
			break;
		if (wait_status) {
			*status = wait_status;
			break;
		}
		metal_mutex_release(&rvdev->rdev.lock);
		wait_status = wait_a_little(rvdev, &left_ns);
		/* The kick that ended the wait may have been meant for this queue: nobody else hears of it. */
		virtqueue_notification(rvdev->rvq);
		metal_mutex_acquire(&rvdev->rdev.lock);
	}
	/* A lost link's ring is not ours any more. */
	if (--rvdev->waiting == 0 && rvdev->link_state == AMP_LINK_UP)
		vq_set_no_notify(rvdev->svq, true, driver);
	return hdr;
}

AMP_COLD struct rpmsg_hdr *amp_tx_take(struct rpmsg_virtio_device *rvdev, int wait, int *status)
{
	struct rpmsg_hdr *hdr = try_take(rvdev, status);

	return !hdr && wait && *status == RPMSG_ERR_NO_BUFF ? wait_and_take(rvdev, status) : hdr;
}

void amp_rpmsg_sent(struct virtqueue *vq)
{
	struct rpmsg_virtio_device *rvdev = vq->vq_dev->priv;

	metal_mutex_acquire(&rvdev->rdev.lock);
	/*
	 * Nothing is taken here. But a driver that has reset the device and is ready again kicks for the buffers that
	 * it offers, and perhaps for nothing else: looking at both queues shows that they are new.
	 */
	if (!link_ok(rvdev))
		amp_link_lost(rvdev, AMP_LINK_PEER_RESET);
	(void)amp_vq_look(rvdev->svq);
	(void)amp_vq_look(rvdev->rvq);
	if (rvdev->svq->vq_fault || rvdev->rvq->vq_fault)
		amp_link_lost(rvdev, rvdev->svq->vq_fault ? rvdev->svq->vq_fault : rvdev->rvq->vq_fault);
	if (rvdev->waiting)
		metal_condition_broadcast(&rvdev->sent);
	amp_link_unlock(rvdev);
}

/* ------------------------------------------------------------------ sending */

/* Publish, and kick if that is wanted. With the lock, which is released. */
AMP_HOT int finish_send(struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, struct rpmsg_hdr *hdr, uint32_t idx,
                        int len, bool driver)
{
	bool kick;

	tx_publish(rvdev, vq, hdr, idx, (uint32_t)len, driver);
	kick = vq_wants_kick(vq, driver);
	metal_mutex_release(&rvdev->rdev.lock);
	if (kick)
		vq->notify(vq);
	return len;
}

/* Every way of a send: with no buffer in sight, a lost link, a payload that is too large, or none of these. */
static AMP_COLD int send_any(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data, int len, int wait)
{
	struct rpmsg_virtio_device *rvdev = rpmsg_to_virtio(rdev);
	bool driver = role_is_driver(rvdev->vdev);
	struct virtqueue *vq = rvdev->svq;
	struct rpmsg_hdr *hdr;
	uint32_t idx;
	int status;

	metal_mutex_acquire(&rdev->lock);
	hdr = amp_tx_take(rvdev, wait, &status);
	if (!hdr) {
		amp_link_unlock(rvdev);
		return status;
	}
	idx = rvdev->taken_idx;
	if ((uint32_t)len > rvdev->taken_size - sizeof(*hdr)) {
		amp_tx_untake(rvdev, hdr, idx);
		metal_mutex_release(&rdev->lock);
		return RPMSG_ERR_BUFF_SIZE;
	}
	tx_fill(hdr, src, dst, (uint32_t)len);
	AMP_SHARED_COPY_IN(hdr + 1, data, (size_t)len);
	mark_buffer(vq, idx, true, driver);
	return finish_send(rvdev, vq, hdr, idx, len, driver);
}

#if AMP_FAST
/* The usual way: the last look showed a buffer, and the payload fits. Whatever is unusual changes nothing, and is done
 * again above. */
AMP_HOT int send_raw(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data, int len, int wait,
                     bool driver)
{
	struct rpmsg_virtio_device *rvdev = rpmsg_to_virtio(rdev);
	struct virtqueue *vq = rvdev->svq;
	struct rpmsg_hdr *hdr;
	uint32_t size, idx;

	metal_mutex_acquire(&rdev->lock);
	if (amp_unlikely(!link_ok(rvdev) || !vq_shown(vq, driver) ||
	                 tx_next(rvdev, vq, &hdr, &idx, &size, driver) != AMP_LINK_OK ||
	                 (uint32_t)len > size - sizeof(*hdr))) {
		metal_mutex_release(&rdev->lock);
		return send_any(rdev, src, dst, data, len, wait);
	}
	tx_advance(vq, driver);
	tx_fill(hdr, src, dst, (uint32_t)len);
	AMP_SHARED_COPY_IN(hdr + 1, data, (size_t)len);
	return finish_send(rvdev, vq, hdr, idx, len, driver);
}
#else
#define send_raw(rdev, src, dst, data, len, wait, driver) send_any(rdev, src, dst, data, len, wait)
#endif

/* ------------------------------------------------------------------ receiving */

/* Take the next message that the last look showed; there is one. @return AMP_LINK_OK or a reason */
AMP_HOT int rx_take(struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, struct rpmsg_hdr **hdr, uint32_t *idx,
                    uint32_t *size, bool driver)
{
	int reason;

	if (!driver) {
		reason = vq_device_next(vq, idx);
		if (amp_unlikely(reason))
			return reason;
		vq_device_advance(vq);
		return device_buffer(rvdev, vq, *idx, 0, hdr, size);
	}
	reason = vq_driver_next(vq, idx, size);
	if (amp_unlikely(reason))
		return reason;
	if (amp_unlikely(*size < sizeof(struct rpmsg_hdr) || *size > rvdev->config.r2h_buf_size))
		return AMP_LINK_BAD_LENGTH;
	vq_driver_advance(vq);
	mark_buffer(vq, *idx, false, driver);
	*hdr = vq->vq_descx[*idx].cookie;
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
		ept->dest_addr = src;
	ept->refcnt++;
	metal_mutex_release(&rdev->lock);
	if (amp_unlikely(ready))
		ept_ready(rdev, ept);
	(void)ept->cb(ept, hdr + 1, len, src, ept->priv);
	metal_mutex_acquire(&rdev->lock);
	if (amp_unlikely(--ept->refcnt == 0))
		release_ept(rdev, ept);
}

/* Hand the next message that the last look showed to its endpoint. @return AMP_LINK_OK, or why the link ends */
AMP_HOT int deliver(struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, bool driver)
{
	uint32_t idx, size, src, len, held;
	struct rpmsg_endpoint *ept;
	struct rpmsg_hdr *hdr;
	int reason = rx_take(rvdev, vq, &hdr, &idx, &size, driver);

	if (amp_unlikely(reason))
		return reason;
	vq_buffer_invalidate(rvdev->shbuf_io, hdr, sizeof(*hdr));
	len = AMP_SHARED_LOAD(&hdr->len);
	if (amp_unlikely(len > size - sizeof(*hdr)))
		return AMP_LINK_BAD_MESSAGE;
	src = AMP_SHARED_LOAD(&hdr->src);
	ept = rpmsg_find_ept(&rvdev->rdev, AMP_SHARED_LOAD(&hdr->dst));
	if (amp_likely(ept)) {
		AMP_SHARED_STORE(&hdr->reserved, idx | BUF_HOLD_ONE);
		vq_buffer_invalidate(rvdev->shbuf_io, hdr + 1, len);
		call_ept(&rvdev->rdev, ept, hdr, src, len);
		/* The ring may be another life's by now. */
		if (amp_unlikely(rvdev->link_state != AMP_LINK_UP))
			return rvdev->link_reason;
		held = AMP_SHARED_LOAD(&hdr->reserved);
		if (amp_unlikely(held >= 2 * BUF_HOLD_ONE)) {
			AMP_SHARED_STORE(&hdr->reserved, held - BUF_HOLD_ONE);
			return AMP_LINK_OK;
		}
	}
	rx_return(rvdev, vq, hdr, idx, driver);
	return AMP_LINK_OK;
}

/* A reset, a fault, or a loss that another call has noticed. With the lock, which is released. */
static AMP_COLD void end_of_link(struct rpmsg_virtio_device *rvdev, int reason)
{
	amp_link_lost(rvdev, reason);
	amp_link_unlock(rvdev);
}

/* Without WITH_VQ_RX_EMPTY_NOTIFY: a kick for each buffer, not for all at the end. False: the link was lost meanwhile.
 */
AMP_HOT bool kick_for_one(struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, bool driver)
{
	/* the last one is kicked for after the loop in any case */
	if (AMP_WITH_VQ_RX_EMPTY_NOTIFY || !vq_shown(vq, driver) || !vq_wants_kick(vq, driver))
		return true;
	metal_mutex_release(&rvdev->rdev.lock);
	vq->notify(vq);
	metal_mutex_acquire(&rvdev->rdev.lock);
	return rvdev->link_state == AMP_LINK_UP;
}

AMP_HOT void receive(struct virtqueue *vq, bool driver)
{
	struct rpmsg_virtio_device *rvdev = vq->vq_dev->priv;
	int reason;

	metal_mutex_acquire(&rvdev->rdev.lock);
	if (amp_unlikely(!link_ok(rvdev))) {
		end_of_link(rvdev, AMP_LINK_PEER_RESET);
		return;
	}
	while (vq_look(vq, driver)) {
		vq_set_no_notify(vq, true, driver);
		do {
			reason = deliver(rvdev, vq, driver);
			if (amp_unlikely(reason)) {
				end_of_link(rvdev, reason);
				return;
			}
			if (!kick_for_one(rvdev, vq, driver)) {
				end_of_link(rvdev, AMP_LINK_PEER_RESET);
				return;
			}
		} while (vq_shown(vq, driver));
		/* One fence for three things: our index, our flag, and the next look at theirs. */
		vq_set_no_notify(vq, false, driver);
		if (vq_wants_kick(vq, driver)) {
			metal_mutex_release(&rvdev->rdev.lock);
			vq->notify(vq);
			metal_mutex_acquire(&rvdev->rdev.lock);
			if (amp_unlikely(vq->vq_fault))
				break;
		}
		if (!vq_peer_moved(vq, driver)) {
			metal_mutex_release(&rvdev->rdev.lock);
			return;
		}
	}
	/* Nothing there, or an impossible index. */
	if (amp_unlikely(vq->vq_fault))
		end_of_link(rvdev, vq->vq_fault);
	else
		metal_mutex_release(&rvdev->rdev.lock);
}

/* ------------------------------------------------------------------ each role */

/*
 * Named weakly: a program that never calls the functions of rpmsg_nocopy.c or buffer_size.c does not contain them
 * (linked from a static library), and has NULL in these places.
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
