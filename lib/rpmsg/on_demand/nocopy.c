// SPDX-License-Identifier: BSD-3-Clause
/*
 * Messages that are written in place: the checks, and how RPMsg over virtio does it.
 *
 * Which descriptor a buffer belongs to, and how much room it has, stands in its header, where the other side can write.
 * So it is checked before use; and whatever it says, it only ever names one of the other side's own buffers.
 */
#include "../../rpmsg/carrier.h"
#include "../../rpmsg/endpoints.h"
#include "../../rpmsg/link.h"
#include "../../rpmsg/on_demand.h"
#include "../../rpmsg/short_error.h"

/* Mark a buffer as one that is not sent yet, and hand its payload out. With the lock, which is released. */
AMP_HOT void *hand_out_unlock(struct rpmsg_virtio_device *rvdev, const struct amp_buffer *buf, uint32_t *len)
{
	struct rpmsg_hdr *hdr = buf->hdr;

	*len = metal_min(buf->size - (uint32_t)sizeof(*hdr), (uint32_t)MAX_PAYLOAD);
	AMP_SHARED_STORE(&hdr->len_flags, *len);
	set_mark(rvdev, hdr, buf->idx | BUF_HOLD_ONE);
	metal_mutex_release(&rvdev->rdev.lock);
	return hdr + 1;
}

/* Every way of getting a buffer. */
static AMP_COLD void *get_any_unlock(struct rpmsg_virtio_device *rvdev, uint32_t *len, int wait)
{
	if (amp_tx_take(rvdev, 0, wait) == RPMSG_SUCCESS)
		return hand_out_unlock(rvdev, &rvdev->taken, len);
	amp_link_unlock(rvdev);
	return NULL;
}

/* As send_raw() in rpmsg.c: first the usual way. */
AMP_HOT void *get_tx(struct rpmsg_virtio_device *rvdev, uint32_t *len, int wait, bool driver)
{
	struct virtqueue *vq = rvdev->out;
	struct amp_buffer buf;

	metal_mutex_acquire(&rvdev->rdev.lock);
	if (!AMP_FAST || amp_unlikely(!ring_ours(rvdev, vq, driver) || !vq_shown(vq, driver) ||
	                              (AMP_WITH_PACKED_RINGS && !driver && pq_device_has_all(vq)) ||
	                              tx_next(rvdev, vq, &buf, driver, true) != AMP_LINK_OK))
		return get_any_unlock(rvdev, len, wait);
	tx_advance(vq, driver);
	mark_buffer(vq, buf.idx, false, driver);
	return hand_out_unlock(rvdev, &buf, len);
}

/* Why a buffer is not sent. With the lock, which is released. */
static AMP_COLD int refuse_unlock(struct rpmsg_virtio_device *rvdev, bool handed_out)
{
	int status = handed_out ? SHORT_ERROR(RPMSG_ERR_BUFF_SIZE) : SHORT_ERROR(RPMSG_ERR_PARAM);

	if (!ring_ours(rvdev, rvdev->out, role_is_driver(rvdev->vdev))) {
		amp_link_lost(rvdev, AMP_LINK_PEER_RESET);
		status = SHORT_ERROR(RPMSG_ERR_DEV_STATE);
	}
	amp_link_unlock(rvdev);
	return full_own_error(status);
}

AMP_HOT int send_nocopy(struct rpmsg_virtio_device *rvdev, uint32_t src, uint32_t dst, const void *data, int len,
                        bool driver)
{
	struct rpmsg_hdr *hdr = payload_to_hdr(data);
	struct amp_buffer buf = {.hdr = hdr};
	bool handed_out;

	metal_mutex_acquire(&rvdev->rdev.lock);
	handed_out = is_handed_out(rvdev, hdr, &buf.idx, driver);
	if (amp_unlikely(!handed_out || !ring_ours(rvdev, rvdev->out, driver) ||
	                 (uint32_t)len > AMP_SHARED_LOAD(&hdr->len)))
		return refuse_unlock(rvdev, handed_out);
	tx_fill(hdr, src, dst, len);
	tx_prepare(rvdev, rvdev->out, &buf, len, driver);
	if (AMP_FAST)
		buf.size = size_of(rvdev->out, buf.idx, driver);
	mark_buffer(rvdev->out, buf.idx, true, driver);
	return tx_send_unlock(rvdev, rvdev->out, &buf, len, driver);
}

void *amp_rpmsg_get_tx(struct rpmsg_endpoint *ept, uint32_t *len, int wait)
{
	struct rpmsg_device *rdev = ept ? ept_device(ept) : NULL;

	if (!rdev || !len)
		return NULL;
	if (!is_foreign(rdev))
		return FOR_ROLE(rpmsg_to_virtio(rdev), get_tx, len, wait);
	return rdev->ops.get_tx_payload_buffer ? rdev->ops.get_tx_payload_buffer(rdev, len, wait) : NULL;
}

int rpmsg_send_offchannel_nocopy(struct rpmsg_endpoint *ept, uint32_t src, uint32_t dst, const void *data, int len)
{
	struct rpmsg_device *rdev;
	int status = check_send(ept, &rdev, src, dst, data, len);

	if (amp_unlikely(status))
		return full_own_error(status);
	if (!is_foreign(rdev))
		return FOR_ROLE(rpmsg_to_virtio(rdev), send_nocopy, src, dst, data, len);
	return rdev->ops.send_offchannel_nocopy ? rdev->ops.send_offchannel_nocopy(rdev, src, dst, data, len)
	                                        : RPMSG_EOPNOTSUPP;
}
