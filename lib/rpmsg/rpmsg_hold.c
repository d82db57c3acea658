// SPDX-License-Identifier: BSD-3-Clause
/* Received buffers that are kept beyond the callback. Linked on demand: see rpmsg_nocopy.c. */
#include "rpmsg_internal.h"

#include <metal/log.h>

/* ------------------------------------------------------------------ what applications call */

void rpmsg_hold_rx_buffer(struct rpmsg_endpoint *ept, void *rxbuf)
{
	struct rpmsg_device *rdev = ept_home(ept);

	if (rdev && rxbuf && rdev->ops.hold_rx_buffer)
		rdev->ops.hold_rx_buffer(rdev, rxbuf);
}

void rpmsg_release_rx_buffer(struct rpmsg_endpoint *ept, void *rxbuf)
{
	struct rpmsg_device *rdev = ept_home(ept);

	if (rdev && rxbuf && rdev->ops.release_rx_buffer)
		rdev->ops.release_rx_buffer(rdev, rxbuf);
}

/* ------------------------------------------------------------------ over virtio */

/* The number of holds that applications have; read without the lock. */
static void count_held(struct rpmsg_virtio_device *rvdev, uint32_t more)
{
	__atomic_store_n(&rvdev->held, rvdev->held + more, __ATOMIC_RELAXED);
}

void amp_rpmsg_hold_rx(struct rpmsg_device *rdev, void *rxbuf)
{
	struct rpmsg_virtio_device *rvdev = rpmsg_to_virtio(rdev);
	struct rpmsg_hdr *hdr = payload_to_hdr(rxbuf);
	uint32_t mark;

	metal_mutex_acquire(&rdev->lock);
	mark = AMP_SHARED_LOAD(&hdr->reserved);
	if (!ring_ours(rvdev, rvdev->rvq, role_is_driver(rvdev->vdev))) {
		count_held(rvdev, 1); /* nothing but the count is ours any more, and a release only counts */
	} else if (mark < UINT32_MAX - BUF_INDEX_MASK) {
		set_mark(rvdev, hdr, mark + BUF_HOLD_ONE);
		count_held(rvdev, 1);
	}
	metal_mutex_release(&rdev->lock);
}

/* Without a hold there is nothing to release: a callback's buffer goes back by itself. */
AMP_HOT void release_rx(struct rpmsg_device *rdev, void *rxbuf, bool driver)
{
	struct rpmsg_virtio_device *rvdev = rpmsg_to_virtio(rdev);
	struct rpmsg_hdr *hdr = payload_to_hdr(rxbuf);
	struct virtqueue *vq = rvdev->rvq;
	bool up, kick = false;
	struct amp_buffer buf;
	uint32_t mark;

	metal_mutex_acquire(&rdev->lock);
	mark = AMP_SHARED_LOAD(&hdr->reserved);
	up = ring_ours(rvdev, vq, driver);
	/* After a loss the buffer itself is not ours any more. */
	if (amp_likely(rvdev->held &&
	               (!up || (mark >= BUF_HOLD_ONE && is_ours(vq, hdr, mark & BUF_INDEX_MASK, driver))))) {
		count_held(rvdev, UINT32_MAX);
		if (up && mark >= 2 * BUF_HOLD_ONE) {
			set_mark(rvdev, hdr, mark - BUF_HOLD_ONE);
		} else if (up) {
			set_mark(rvdev, hdr, 0); /* a second release finds no hold */
			buf.hdr = hdr;
			buf.idx = mark & BUF_INDEX_MASK;
			buf.size = size_of(vq, buf.idx, driver);
			rx_return(rvdev, vq, &buf, driver);
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
		metal_log(METAL_LOG_WARNING, "rpmsg: %u held buffers were never released\n", (unsigned int)rvdev->held);
}

#if AMP_WITH_VIRTIO_DRIVER
void amp_rpmsg_driver_release_rx(struct rpmsg_device *rdev, void *rxbuf)
{
	release_rx(rdev, rxbuf, true);
}
#endif

#if AMP_WITH_VIRTIO_DEVICE
void amp_rpmsg_device_release_rx(struct rpmsg_device *rdev, void *rxbuf)
{
	release_rx(rdev, rxbuf, false);
}
#endif
