// SPDX-License-Identifier: BSD-3-Clause
/*
 * Send buffers that this side has and nobody uses: those of a driver that starts, and those that came back
 * unsent.
 *
 * A list of descriptors. The driver keeps its links in private memory; the device, which has no table of descriptors,
 * in the buffers, where the other side can write: a wrong link leads to another buffer of the other side, never
 * elsewhere.
 */
#include "../../rpmsg/carrier.h"
#include "../../rpmsg/endpoints.h"
#include "../../rpmsg/link.h"
#include "../../rpmsg/on_demand.h"

#pragma weak amp_tx_wake

void amp_tx_untake(struct rpmsg_virtio_device *rvdev, struct rpmsg_hdr *hdr, uint32_t idx)
{
	if (role_is_driver(rvdev->vdev))
		rvdev->svq->vq_descx[idx].next = rvdev->reclaimed_head;
	else
		set_mark(rvdev, hdr, rvdev->reclaimed_head);
	rvdev->reclaimed_head = (uint16_t)idx;
	rvdev->reclaimed++;
}

int amp_tx_retake(struct rpmsg_virtio_device *rvdev, uint32_t len)
{
	bool driver = role_is_driver(rvdev->vdev);
	struct amp_buffer *buf = &rvdev->taken;
	struct virtqueue *vq = rvdev->svq;
	int reason;

	AMP_ASSERT_LOCKED(&rvdev->rdev.lock);
	if (!ring_ours(rvdev, vq, driver))
		return AMP_LINK_PEER_RESET;
	buf->idx = rvdev->reclaimed_head;
	if (driver) {
		buf->hdr = vq->vq_descx[buf->idx].cookie;
		buf->size = rvdev->config.h2r_buf_size;
	} else {
		reason = device_buffer(rvdev, vq, VRING_DESC_F_WRITE, buf, false);
		if (reason)
			return reason;
	}
	if (len > buf->size - sizeof(struct rpmsg_hdr))
		return RPMSG_ERR_BUFF_SIZE;
	rvdev->reclaimed_head =
		driver ? vq->vq_descx[buf->idx].next : (uint16_t)(AMP_SHARED_LOAD(&buf->hdr->reserved) & vq->vq_mask);
	rvdev->reclaimed--;
	return AMP_LINK_OK;
}

static int release_tx(struct rpmsg_virtio_device *rvdev, void *txbuf)
{
	struct rpmsg_hdr *hdr = payload_to_hdr(txbuf);
	bool driver = role_is_driver(rvdev->vdev);
	int status = RPMSG_SUCCESS;
	uint32_t idx;

	metal_mutex_acquire(&rvdev->rdev.lock);
	if (!ring_ours(rvdev, rvdev->svq, driver)) {
		amp_link_lost(rvdev, AMP_LINK_PEER_RESET);
		status = RPMSG_ERR_DEV_STATE;
	} else if (!is_handed_out(rvdev, hdr, &idx, driver)) {
		status = RPMSG_ERR_PARAM;
	} else {
		set_mark(rvdev, hdr, 0); /* a second release finds no mark */
		amp_tx_untake(rvdev, hdr, idx);
		if (rvdev->waits)
			amp_tx_wake(rvdev);
	}
	amp_link_unlock(rvdev);
	return status;
}

int rpmsg_release_tx_buffer(struct rpmsg_endpoint *ept, void *txbuf)
{
	struct rpmsg_device *rdev = ept_home(ept);

	if (!ept || !txbuf)
		return RPMSG_ERR_PARAM;
	if (!rdev)
		return RPMSG_ERR_DEV_STATE;
	if (!is_foreign(rdev))
		return release_tx(rpmsg_to_virtio(rdev), txbuf);
	return rdev->ops.release_tx_buffer ? rdev->ops.release_tx_buffer(rdev, txbuf) : RPMSG_EOPNOTSUPP;
}
