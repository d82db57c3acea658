// SPDX-License-Identifier: BSD-3-Clause
/*
 * Send buffers that this side has and nobody uses: those of a driver that starts, and those that came back
 * unsent.
 *
 * A list of descriptors. The driver keeps its links in private memory; the device, which has no table of descriptors,
 * in the buffers, where the other side can write: a wrong link leads to another buffer of the other side, never
 * elsewhere.
 *
 * A packed ring has no descriptor of a buffer any more that was taken. What a device must know of one is in the buffer
 * then, in words that a message will have: where the next one is, the buffer's id, and its room.
 */
#include "../../rpmsg/carrier.h"
#include "../../rpmsg/endpoints.h"
#include "../../rpmsg/link.h"
#include "../../rpmsg/on_demand.h"

#pragma weak amp_tx_wake

#if AMP_WITH_PACKED_RINGS
/* Where the first one is, as an offset. A device has no use for what a driver keeps there. */
#define FIRST_AT(rvdev) ((rvdev)->config.h2r_buf_size)

static void put_back(struct rpmsg_virtio_device *rvdev, struct rpmsg_hdr *hdr, uint32_t id)
{
	AMP_SHARED_STORE(&hdr->src, FIRST_AT(rvdev));
	AMP_SHARED_STORE(&hdr->dst, id);
	FIRST_AT(rvdev) = (uint32_t)metal_io_virt_to_offset(rvdev->shbuf_io, hdr);
}

/* The first one, all that it says checked: it leads nowhere but to the shared memory. */
static int look_at_first(struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, struct amp_buffer *buf)
{
	const struct metal_io_region *io = rvdev->shbuf_io;
	uint32_t at = FIRST_AT(rvdev), room;

	if (at & 3 || at > io->size || io->size - at < sizeof(*buf->hdr))
		return AMP_LINK_BAD_ADDRESS;
	buf->hdr = (struct rpmsg_hdr *)(void *)((char *)io->virt + at);
	buf->idx = AMP_SHARED_LOAD(&buf->hdr->dst);
	room = AMP_SHARED_LOAD(&buf->hdr->len_flags);
	if (buf->idx > vq->vq_mask)
		return AMP_LINK_BAD_DESCRIPTOR;
	if (room > MAX_PAYLOAD || room > io->size - at - sizeof(*buf->hdr))
		return AMP_LINK_BAD_ADDRESS;
	buf->size = room + (uint32_t)sizeof(*buf->hdr);
	return AMP_LINK_OK;
}

static void take_first(struct rpmsg_virtio_device *rvdev, const struct amp_buffer *buf)
{
	FIRST_AT(rvdev) = AMP_SHARED_LOAD(&buf->hdr->src);
}
#else
static void put_back(struct rpmsg_virtio_device *rvdev, struct rpmsg_hdr *hdr, uint32_t idx)
{
	set_mark(rvdev, hdr, rvdev->reclaimed_head);
	rvdev->reclaimed_head = (uint16_t)idx;
}

static int look_at_first(struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, struct amp_buffer *buf)
{
	buf->idx = rvdev->reclaimed_head;
	return device_buffer(rvdev, vq, VRING_DESC_F_WRITE, buf, false);
}

static void take_first(struct rpmsg_virtio_device *rvdev, const struct amp_buffer *buf)
{
	rvdev->reclaimed_head = (uint16_t)(AMP_SHARED_LOAD(&buf->hdr->reserved) & rvdev->svq->vq_mask);
}
#endif

void amp_tx_untake(struct rpmsg_virtio_device *rvdev, struct rpmsg_hdr *hdr, uint32_t idx)
{
	if (role_is_driver(rvdev->vdev)) {
		rvdev->svq->vq_descx[idx].next = rvdev->reclaimed_head;
		rvdev->reclaimed_head = (uint16_t)idx;
	} else {
		put_back(rvdev, hdr, idx);
	}
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
	if (driver) {
		buf->idx = rvdev->reclaimed_head;
		buf->hdr = vq->vq_descx[buf->idx].cookie;
		buf->size = rvdev->config.h2r_buf_size;
	} else {
		reason = look_at_first(rvdev, vq, buf);
		if (reason)
			return reason;
	}
	if (len > buf->size - sizeof(struct rpmsg_hdr))
		return RPMSG_ERR_BUFF_SIZE;
	if (driver)
		rvdev->reclaimed_head = vq->vq_descx[buf->idx].next;
	else
		take_first(rvdev, buf);
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
