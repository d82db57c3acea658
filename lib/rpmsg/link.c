// SPDX-License-Identifier: BSD-3-Clause
/* The state of a link: how it is lost, and how that is told. */
#include "link.h"

#include "buffers.h"

/* The queues' end, whatever they still hold: that belongs to a life that is over. The lock is held, so nobody is in
 * the middle of a store: a driver that waits for us may go on. */
static void stop(struct rpmsg_virtio_device *rvdev, int reason)
{
	link_ring_stop(rvdev->in, reason);
	link_ring_stop_sending(rvdev->out, reason);
}

bool amp_link_ends(struct rpmsg_virtio_device *rvdev, int reason)
{
	AMP_ASSERT_LOCKED(&rvdev->rdev.lock);
	/* A kick while the link comes up. Without such transports there is no callback yet. */
	if (AMP_WITH_TRANSPORT_HOOKS && rvdev->link_state == AMP_LINK_DOWN)
		return false;
	if (rvdev->link_state != AMP_LINK_UP && rvdev->in->vq_fault)
		return false;
	if (rvdev->link_state == AMP_LINK_UP) {
		rvdev->link_reason = (uint8_t)reason;
		amp_link_over(rvdev, AMP_LINK_LOST);
	}
	/* The status, then the index: what was published before the reset is seen. */
	AMP_SHARED_FENCE();
	if (reason <= AMP_LINK_PEER_LOST && link_ring_look(rvdev->in))
		return true;
	rvdev->link_untold = true;
	stop(rvdev, rvdev->link_reason);
	return false;
}

void amp_link_lost(struct rpmsg_virtio_device *rvdev, int reason)
{
	if (rvdev->link_state == AMP_LINK_UP)
		(void)amp_link_ends(rvdev, reason);
}

void amp_link_end(struct rpmsg_virtio_device *rvdev, int reason)
{
	metal_mutex_acquire(&rvdev->rdev.lock);
	amp_link_lost(rvdev, reason);
	metal_mutex_release(&rvdev->rdev.lock);
	virtqueue_notification(rvdev->in);
}

/* While the application is told, the device is not removed: a callback may take the link down. */
static void tell(struct rpmsg_virtio_device *rvdev)
{
	struct virtio_device *vdev = rvdev->vdev;

	rvdev->link_untold = false;
	vdev->users++;
	metal_mutex_release(&rvdev->rdev.lock);
	if (rvdev->link_cb)
		rvdev->link_cb(rvdev, rvdev->link_reason, rvdev->link_arg);
	if (rvdev->link_reason == AMP_LINK_PEER_RESET)
		virtio_device_lost(vdev);
	metal_mutex_acquire(&rvdev->rdev.lock);
	vdev->users--;
}

void amp_link_unlock(struct rpmsg_virtio_device *rvdev)
{
	AMP_ASSERT_LOCKED(&rvdev->rdev.lock);
	if (rvdev->link_untold && rvdev->link_state != AMP_LINK_DOWN)
		tell(rvdev);
	if (HAS_LOCKS && rvdev->link_untold && !rvdev->vdev->users) {
		rvdev->link_untold = false;
		metal_mutex_release(&rvdev->rdev.lock);
		metal_mutex_deinit(&rvdev->rdev.lock);
		return;
	}
	metal_mutex_release(&rvdev->rdev.lock);
}

void amp_rpmsg_peer_lost(struct rpmsg_virtio_device *rvdev)
{
	/* A link that is down has no lock. */
	if (amp_rpmsg_link_state(rvdev) != AMP_LINK_UP)
		return;
	amp_link_end(rvdev, AMP_LINK_PEER_LOST);
}

void amp_rpmsg_set_link_cb(struct rpmsg_virtio_device *rvdev, amp_link_cb cb, void *arg)
{
	rvdev->link_arg = arg;
	rvdev->link_cb = cb;
}

void amp_rpmsg_set_ready_cb(struct rpmsg_virtio_device *rvdev, amp_ept_ready_cb cb, void *arg)
{
	rvdev->rdev.ready_arg = arg;
	rvdev->rdev.ready_cb = cb;
}

int amp_rpmsg_link_state(const struct rpmsg_virtio_device *rvdev)
{
	return rvdev ? __atomic_load_n(&rvdev->link_state, __ATOMIC_RELAXED) : AMP_LINK_DOWN;
}

int amp_rpmsg_link_reason(const struct rpmsg_virtio_device *rvdev)
{
	return rvdev ? rvdev->link_reason : AMP_LINK_OK;
}

void amp_rpmsg_set_send_timeout(struct rpmsg_virtio_device *rvdev, uint32_t ms)
{
	rvdev->send_timeout_ms = metal_min(ms, 2000000u); /* what a wait can count: see blocking_send.c */
}

void amp_rpmsg_bound_reception(struct rpmsg_virtio_device *rvdev, bool bounded)
{
	rvdev->bounded = bounded;
}

bool amp_rpmsg_more(struct rpmsg_virtio_device *rvdev)
{
	bool more;

	if (amp_rpmsg_link_state(rvdev) == AMP_LINK_DOWN)
		return false; /* it has no lock */
	metal_mutex_acquire(&rvdev->rdev.lock);
	/* A reset or a fault as well: a reception tells of it. A lost link's queues have a fault once it is told. */
	more = rvdev->link_state == AMP_LINK_UP ? !link_ok(rvdev) || link_ring_look(rvdev->in) || rvdev->in->vq_fault
	                                        : !rvdev->in->vq_fault;
	metal_mutex_release(&rvdev->rdev.lock);
	return more;
}
