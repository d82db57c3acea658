/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file rpmsg_nocopy.c
 * @brief Messages that are written and read in place: the checks, and how RPMsg over virtio does it.
 *
 * In a static library this file is linked into programs that call one of its functions, and into no other:
 * rpmsg_virtio.c refers to it weakly.
 *
 * Which descriptor a buffer belongs to, how often it is held, and how much room it has stands in its header, where the
 * other side can write. So it is checked before use; and whatever it says, it only ever names one of the other side's
 * own buffers.
 */
#include "rpmsg_internal.h"

#include <metal/log.h>

/* ------------------------------------------------------------------ what applications call */

void rpmsg_hold_rx_buffer(struct rpmsg_endpoint *ept, void *rxbuf)
{
	if (ept && ept->rdev && rxbuf && ept->rdev->ops.hold_rx_buffer)
		ept->rdev->ops.hold_rx_buffer(ept->rdev, rxbuf);
}

void rpmsg_release_rx_buffer(struct rpmsg_endpoint *ept, void *rxbuf)
{
	if (ept && ept->rdev && rxbuf && ept->rdev->ops.release_rx_buffer)
		ept->rdev->ops.release_rx_buffer(ept->rdev, rxbuf);
}

void *rpmsg_get_tx_payload_buffer(struct rpmsg_endpoint *ept, uint32_t *len, int wait)
{
	if (!ept || !ept->rdev || !len || !ept->rdev->ops.get_tx_payload_buffer)
		return NULL;
	return ept->rdev->ops.get_tx_payload_buffer(ept->rdev, len, wait);
}

int rpmsg_send_offchannel_nocopy(struct rpmsg_endpoint *ept, uint32_t src, uint32_t dst, const void *data, int len)
{
	struct rpmsg_device *rdev;

	if (!ept || !data || len < 0)
		return RPMSG_ERR_PARAM;
	rdev = ept->rdev;
	if (!rdev)
		return RPMSG_ERR_DEV_STATE;
	if (src == RPMSG_ADDR_ANY || dst == RPMSG_ADDR_ANY)
		return RPMSG_ERR_ADDR;
	return rdev->ops.send_offchannel_nocopy ? rdev->ops.send_offchannel_nocopy(rdev, src, dst, data, len)
	                                        : RPMSG_EOPNOTSUPP;
}

int rpmsg_release_tx_buffer(struct rpmsg_endpoint *ept, void *txbuf)
{
	if (!ept || !ept->rdev || !txbuf)
		return RPMSG_ERR_PARAM;
	return ept->rdev->ops.release_tx_buffer ? ept->rdev->ops.release_tx_buffer(ept->rdev, txbuf) : RPMSG_EOPNOTSUPP;
}

/* ------------------------------------------------------------------ over virtio */

/* Whether the buffer behind @p hdr, by its mark that of descriptor @p idx, is with this side. */
AMP_HOT bool is_ours(const struct virtqueue *vq, const struct rpmsg_hdr *hdr, uint16_t idx, bool driver)
{
	if (idx > vq->vq_mask)
		return false;
	if (driver)
		return vq->vq_descx[idx].cookie == hdr && !vq->vq_descx[idx].ndescs;
	return vq->vq_available_idx != vq->vq_used_cons_idx;
}

/* ------------------------------------------------------------------ sending */

/* Mark a buffer as one that is not sent yet, and hand its payload out. With the lock, which is released. */
AMP_HOT void *hand_out(struct rpmsg_virtio_device *rvdev, struct rpmsg_hdr *hdr, uint32_t idx, uint32_t size,
                       uint32_t *len)
{
	size -= (uint32_t)sizeof(*hdr);
	if (size > UINT16_MAX)
		size = UINT16_MAX;
	AMP_SHARED_STORE(&hdr->reserved, idx | BUF_HOLD_ONE);
	AMP_SHARED_STORE(&hdr->len_flags, size);
	metal_mutex_release(&rvdev->rdev.lock);
	*len = size;
	return hdr + 1;
}

static AMP_COLD void *get_any_tx(struct rpmsg_device *rdev, uint32_t *len, int wait)
{
	struct rpmsg_virtio_device *rvdev = rpmsg_to_virtio(rdev);
	struct rpmsg_hdr *hdr;
	int status;

	metal_mutex_acquire(&rdev->lock);
	hdr = amp_tx_take(rvdev, wait, &status);
	if (hdr)
		return hand_out(rvdev, hdr, rvdev->taken_idx, rvdev->taken_size, len);
	amp_link_unlock(rvdev);
	return NULL;
}

#if AMP_FAST
/* The usual way: the last look showed a buffer. */
AMP_HOT void *get_tx(struct rpmsg_device *rdev, uint32_t *len, int wait, bool driver)
{
	struct rpmsg_virtio_device *rvdev = rpmsg_to_virtio(rdev);
	struct virtqueue *vq = rvdev->svq;
	struct rpmsg_hdr *hdr;
	uint32_t size, idx;

	metal_mutex_acquire(&rdev->lock);
	if (amp_unlikely(!link_ok(rvdev) || !vq_shown(vq, driver) ||
	                 tx_next(rvdev, vq, &hdr, &idx, &size, driver) != AMP_LINK_OK)) {
		metal_mutex_release(&rdev->lock);
		return get_any_tx(rdev, len, wait);
	}
	tx_advance(vq, driver);
	mark_buffer(vq, idx, false, driver);
	return hand_out(rvdev, hdr, idx, size, len);
}
#else
#define get_tx(rdev, len, wait, driver) get_any_tx(rdev, len, wait)
#endif

AMP_HOT int send_nocopy(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data, int len, bool driver)
{
	struct rpmsg_virtio_device *rvdev = rpmsg_to_virtio(rdev);
	struct rpmsg_hdr *hdr = payload_to_hdr(data);
	struct virtqueue *vq = rvdev->svq;
	bool kick = false;
	int status = len;
	uint32_t mark;

	metal_mutex_acquire(&rdev->lock);
	mark = AMP_SHARED_LOAD(&hdr->reserved);
	if (amp_unlikely(!link_ok(rvdev))) {
		amp_link_lost(rvdev, AMP_LINK_PEER_RESET);
		status = RPMSG_ERR_DEV_STATE;
	} else if (amp_unlikely(mark - BUF_HOLD_ONE > BUF_INDEX_MASK || !is_ours(vq, hdr, (uint16_t)mark, driver))) {
		status = RPMSG_ERR_PARAM;
	} else if (amp_unlikely((uint32_t)len > AMP_SHARED_LOAD(&hdr->len))) {
		status = RPMSG_ERR_BUFF_SIZE;
	} else {
		tx_fill(hdr, src, dst, (uint32_t)len);
		mark_buffer(vq, mark & BUF_INDEX_MASK, true, driver);
		tx_publish(rvdev, vq, hdr, mark & BUF_INDEX_MASK, (uint32_t)len, driver);
		kick = vq_wants_kick(vq, driver);
	}
	amp_link_unlock(rvdev);
	if (kick)
		vq->notify(vq);
	return status;
}

int amp_rpmsg_release_tx(struct rpmsg_device *rdev, void *txbuf)
{
	struct rpmsg_virtio_device *rvdev = rpmsg_to_virtio(rdev);
	struct rpmsg_hdr *hdr = payload_to_hdr(txbuf);
	int status = RPMSG_SUCCESS;
	uint32_t mark;

	metal_mutex_acquire(&rdev->lock);
	mark = AMP_SHARED_LOAD(&hdr->reserved);
	if (rvdev->link_state != AMP_LINK_UP) {
		status = RPMSG_ERR_DEV_STATE;
	} else if (mark - BUF_HOLD_ONE > BUF_INDEX_MASK ||
	           !is_ours(rvdev->svq, hdr, (uint16_t)mark, role_is_driver(rvdev->vdev))) {
		status = RPMSG_ERR_PARAM;
	} else {
		AMP_SHARED_STORE(&hdr->reserved, 0); /* a second release finds no mark */
		amp_tx_untake(rvdev, hdr, (uint16_t)mark);
		if (rvdev->waiting)
			metal_condition_broadcast(&rvdev->sent);
	}
	metal_mutex_release(&rdev->lock);
	return status;
}

/* ------------------------------------------------------------------ receiving */

void amp_rpmsg_hold_rx(struct rpmsg_device *rdev, void *rxbuf)
{
	struct rpmsg_virtio_device *rvdev = rpmsg_to_virtio(rdev);
	struct rpmsg_hdr *hdr = payload_to_hdr(rxbuf);
	uint32_t mark;

	metal_mutex_acquire(&rdev->lock);
	mark = AMP_SHARED_LOAD(&hdr->reserved);
	if (mark < UINT32_MAX - BUF_INDEX_MASK) {
		AMP_SHARED_STORE(&hdr->reserved, mark + BUF_HOLD_ONE);
		__atomic_store_n(&rvdev->held, rvdev->held + 1, __ATOMIC_RELAXED);
	}
	metal_mutex_release(&rdev->lock);
}

AMP_HOT void release_rx(struct rpmsg_device *rdev, void *rxbuf, bool driver)
{
	struct rpmsg_virtio_device *rvdev = rpmsg_to_virtio(rdev);
	struct rpmsg_hdr *hdr = payload_to_hdr(rxbuf);
	struct virtqueue *vq = rvdev->rvq;
	bool kick = false;
	uint32_t mark;

	metal_mutex_acquire(&rdev->lock);
	mark = AMP_SHARED_LOAD(&hdr->reserved);
	/* Without a hold there is nothing to release: a callback's buffer goes back by itself. */
	if (amp_unlikely(!rvdev->held)) {
		metal_mutex_release(&rdev->lock);
		return;
	}
	if (amp_unlikely(rvdev->link_state != AMP_LINK_UP)) {
		__atomic_store_n(&rvdev->held, rvdev->held - 1,
		                 __ATOMIC_RELAXED); /* the buffer itself is not ours any more */
	} else if (mark >= BUF_HOLD_ONE && is_ours(vq, hdr, (uint16_t)mark, driver)) {
		__atomic_store_n(&rvdev->held, rvdev->held - 1, __ATOMIC_RELAXED);
		if (mark >= 2 * BUF_HOLD_ONE) {
			AMP_SHARED_STORE(&hdr->reserved, mark - BUF_HOLD_ONE);
		} else {
			AMP_SHARED_STORE(&hdr->reserved, 0); /* a second release finds no hold */
			rx_return(rvdev, vq, hdr, mark & BUF_INDEX_MASK, driver);
			kick = vq_wants_kick(vq, driver);
		}
	}
	metal_mutex_release(&rdev->lock);
	if (kick)
		vq->notify(vq);
}

uint32_t amp_rpmsg_held_buffers(const struct rpmsg_virtio_device *rvdev)
{
	return rvdev ? __atomic_load_n(&rvdev->held, __ATOMIC_RELAXED) : 0;
}

void amp_rpmsg_report_held(const struct rpmsg_virtio_device *rvdev)
{
	if (rvdev->held)
		metal_log(METAL_LOG_WARNING,
		          "rpmsg: %u received buffers were held and not released when the link was taken down\n",
		          (unsigned int)rvdev->held);
}

/* ------------------------------------------------------------------ each role */

#if AMP_WITH_VIRTIO_DRIVER
void *amp_rpmsg_driver_get_tx(struct rpmsg_device *rdev, uint32_t *len, int wait)
{
	return get_tx(rdev, len, wait, true);
}

int amp_rpmsg_driver_send_nocopy(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data, int len)
{
	return send_nocopy(rdev, src, dst, data, len, true);
}

void amp_rpmsg_driver_release_rx(struct rpmsg_device *rdev, void *rxbuf)
{
	release_rx(rdev, rxbuf, true);
}
#endif

#if AMP_WITH_VIRTIO_DEVICE
void *amp_rpmsg_device_get_tx(struct rpmsg_device *rdev, uint32_t *len, int wait)
{
	return get_tx(rdev, len, wait, false);
}

int amp_rpmsg_device_send_nocopy(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data, int len)
{
	return send_nocopy(rdev, src, dst, data, len, false);
}

void amp_rpmsg_device_release_rx(struct rpmsg_device *rdev, void *rxbuf)
{
	release_rx(rdev, rxbuf, false);
}
#endif
