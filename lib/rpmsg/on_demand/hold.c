// SPDX-License-Identifier: BSD-3-Clause
/* Received buffers that are kept beyond the callback. */
#include "../../rpmsg/carrier.h"
#include "../../rpmsg/endpoints.h"
#include "../../rpmsg/on_demand.h"

#include <amprelay/link.h>

#include <metal/log.h>

/* The number of holds that applications have; read without the lock. */
static void count_held(struct rpmsg_virtio_device *rvdev, uint32_t held)
{
	__atomic_store_n(&rvdev->held, held, __ATOMIC_RELAXED);
}

AMP_HOT void hold_rx(struct rpmsg_virtio_device *rvdev, void *rxbuf, bool driver)
{
	struct rpmsg_hdr *hdr = payload_to_hdr(rxbuf);
	uint32_t mark;

	metal_mutex_acquire(&rvdev->rdev.lock);
	mark = AMP_SHARED_LOAD(&hdr->reserved);
	if (amp_unlikely(!ring_ours(rvdev, rvdev->in, driver))) {
		count_held(rvdev, rvdev->held + 1); /* all that is ours any more, and a release only counts */
	} else if (amp_likely(mark < UINT32_MAX - BUF_INDEX_MASK)) {
		set_mark(rvdev, hdr, mark + BUF_HOLD_ONE);
		count_held(rvdev, rvdev->held + 1);
	}
	metal_mutex_release(&rvdev->rdev.lock);
}

/* One hold of a buffer that is ours. @return the queue if it was the last: it went back */
AMP_HOT struct virtqueue *release_one(struct rpmsg_virtio_device *rvdev, struct rpmsg_hdr *hdr, uint32_t mark,
                                      bool driver)
{
	struct virtqueue *vq = rvdev->in;
	struct amp_buffer buf = {.hdr = hdr, .idx = mark & BUF_INDEX_MASK};

	if (amp_unlikely(mark >= 2 * BUF_HOLD_ONE)) {
		set_mark(rvdev, hdr, mark - BUF_HOLD_ONE);
		return NULL;
	}
	set_mark(rvdev, hdr, BUF_RELEASED); /* a second release finds no hold */
	if (AMP_FAST)
		buf.size = size_of(vq, buf.idx, driver);
	return rx_return(rvdev, vq, &buf, driver);
}

/* Without a hold there is nothing to release: a callback's buffer goes back by itself. */
AMP_HOT void release_rx(struct rpmsg_virtio_device *rvdev, void *rxbuf, bool driver)
{
	struct rpmsg_hdr *hdr = payload_to_hdr(rxbuf);
	struct virtqueue *vq = rvdev->in;
	uint32_t mark;
	bool up;

	metal_mutex_acquire(&rvdev->rdev.lock);
	mark = AMP_SHARED_LOAD(&hdr->reserved);
	up = ring_ours(rvdev, vq, driver);
	/* After a loss the buffer itself is not ours any more. */
	if (amp_likely(rvdev->held &&
	               (!up || (mark >= BUF_HOLD_ONE && is_ours(vq, hdr, mark & BUF_INDEX_MASK, driver))))) {
		count_held(rvdev, rvdev->held - 1);
		vq = amp_likely(up) ? release_one(rvdev, hdr, mark, driver) : NULL;
		if (vq) {
			kick_unlock(rvdev, vq, driver);
			return;
		}
	}
	metal_mutex_release(&rvdev->rdev.lock);
}

void rpmsg_hold_rx_buffer(struct rpmsg_endpoint *ept, void *rxbuf)
{
	struct rpmsg_device *rdev = ept_home(ept);

	if (!rdev || !rxbuf)
		return;
	if (!is_foreign(rdev))
		FOR_ROLE(rpmsg_to_virtio(rdev), hold_rx, rxbuf);
	else if (rdev->ops.hold_rx_buffer)
		rdev->ops.hold_rx_buffer(rdev, rxbuf);
}

void amp_rpmsg_release_rx(struct rpmsg_endpoint *ept, void *rxbuf)
{
	struct rpmsg_device *rdev = ept_home(ept);

	if (!rdev || !rxbuf)
		return;
	if (!is_foreign(rdev))
		FOR_ROLE(rpmsg_to_virtio(rdev), release_rx, rxbuf);
	else if (rdev->ops.release_rx_buffer)
		rdev->ops.release_rx_buffer(rdev, rxbuf);
}

metal_weak void rpmsg_release_rx_buffer(struct rpmsg_endpoint *ept, void *rxbuf)
	__attribute__((__alias__("amp_rpmsg_release_rx")));

uint32_t amp_rpmsg_held_buffers(const struct rpmsg_virtio_device *rvdev)
{
	return rvdev ? __atomic_load_n(&rvdev->held, __ATOMIC_RELAXED) : 0;
}

void amp_rpmsg_report_held(const struct rpmsg_virtio_device *rvdev)
{
	(void)rvdev; /* without WITH_LOG */
	metal_log(METAL_LOG_WARNING, "rpmsg: %u held buffers were never released\n", (unsigned int)rvdev->held);
}
