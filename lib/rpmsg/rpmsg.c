// SPDX-License-Identifier: BSD-3-Clause
/*
 * A send: the checks, a buffer, header and payload, publication.
 *
 * The queue that carries messages away has its kicks switched off except while a send waits for a buffer.
 */
#include "buffers.h"
#include "carrier.h"
#include "endpoints.h"
#include "link.h"

/* Every way of a send: with no buffer in sight, a lost link, a payload that is too large, or none of these. With the
 * lock, which is released. */
static AMP_COLD int send_any_unlock(struct rpmsg_virtio_device *rvdev, uint32_t src, uint32_t dst, const void *data,
                                    int len, int wait)
{
	bool driver = role_is_driver(rvdev->vdev);
	const struct amp_buffer *buf = &rvdev->taken;
	int status = amp_tx_take(rvdev, (uint32_t)len, wait);

	if (status) {
		amp_link_unlock(rvdev);
		return full_error(status);
	}
	tx_prepare(rvdev, rvdev->out, buf, len, driver);
	tx_fill(buf->hdr, src, dst, len);
	AMP_SHARED_COPY_IN(buf->hdr + 1, data, (size_t)len);
	mark_buffer(rvdev->out, buf->idx, true, driver);
	return tx_send_unlock(rvdev, rvdev->out, buf, len, driver);
}

/* Optimised for speed, first the usual way: the last look showed a buffer, and the payload fits. Whatever is unusual
 * changes nothing, and is done again by send_any_unlock(). */
AMP_HOT int send_raw(struct rpmsg_virtio_device *rvdev, uint32_t src, uint32_t dst, const void *data, int len, int wait,
                     bool driver)
{
	struct virtqueue *vq = rvdev->out;
	struct amp_buffer buf;

	metal_mutex_acquire(&rvdev->rdev.lock);
	if (!AMP_FAST || amp_unlikely(!ring_ours(rvdev, vq, driver) || !vq_shown(vq, driver) ||
	                              tx_next(rvdev, vq, &buf, driver, true) != AMP_LINK_OK ||
	                              (uint32_t)len > buf.size - sizeof(*buf.hdr)))
		return send_any_unlock(rvdev, src, dst, data, len, wait);
	tx_advance(vq, driver);
	tx_prepare(rvdev, vq, &buf, len, driver);
	tx_fill(buf.hdr, src, dst, len);
	AMP_SHARED_COPY_IN(buf.hdr + 1, data, (size_t)len);
	return tx_send_unlock(rvdev, vq, &buf, len, driver);
}

#if AMP_ONE_ROLE
#define carry(rdev, ...) send_raw(rpmsg_to_virtio(rdev), __VA_ARGS__, AMP_WITH_VIRTIO_DRIVER)
#else
#define carry(rdev, ...) (rdev)->ops.send_offchannel_raw(rdev, __VA_ARGS__)

int amp_rpmsg_driver_send(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data, int len, int wait)
{
	return send_raw(rpmsg_to_virtio(rdev), src, dst, data, len, wait, true);
}

int amp_rpmsg_device_send(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data, int len, int wait)
{
	return send_raw(rpmsg_to_virtio(rdev), src, dst, data, len, wait, false);
}
#endif

int amp_rpmsg_send(struct rpmsg_endpoint *ept, uint32_t src, uint32_t dst, const void *data, int len, int wait)
{
	struct rpmsg_device *rdev;
	int status = check_send(ept, &rdev, src, dst, data, len);

	return amp_unlikely(status) ? full_error(status) : carry(rdev, src, dst, data, len, wait);
}
