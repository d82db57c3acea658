// SPDX-License-Identifier: BSD-3-Clause
/*
 * A reception: look at the queue, deliver what is there (reception.h), until nothing is, or the link ends.
 *
 * The queue that brings messages has its kicks off while they are being handled. The lock protects the queues and the
 * endpoints. It is never held while code of the application runs.
 */
#include "on_demand.h"
#include "reception.h"

/*
 * The link ends, and once it is lost deliver() says so each time: what was published before a reset still comes. Apart
 * from the usual way, as a condition of its loop, so that this one stays as short as it was; a build for size has one
 * loop for all.
 * @return whether to deliver one more; a fast build has done so
 */
static AMP_COLD bool last_words(struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, int reason)
{
	bool more = amp_link_ends(rvdev, reason), driver = role_is_driver(vq->vq_dev);

	while (AMP_FAST && more)
		more = amp_link_ends(rvdev, deliver(rvdev, vq, driver, true));
	return more;
}

/* Receive until nothing is there, or the link ends. With the lock, which is released. @return whether to look once
 * more */
AMP_HOT bool receive_unlock(struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, bool driver)
{
	int reason = AMP_LINK_PEER_RESET;
	uint32_t left = vq->vq_nentries; /* of a packed ring, which shows what comes meanwhile */
	bool more = false;

	vq->vq_dev->users++;
	if (amp_likely(link_ok(rvdev))) {
		more = vq_look(vq, driver);
		/* Nothing there, an impossible index, or a loss that another call has noticed. */
		reason = more ? AMP_LINK_OK : vq->vq_fault;
	}
	if (more)
		vq_set_no_notify(vq, true, driver);
	while (more || (amp_unlikely(reason) && last_words(rvdev, vq, reason))) {
		reason = deliver(rvdev, vq, driver, !AMP_FAST);
		if (!AMP_WITH_VQ_RX_EMPTY_NOTIFY && !reason)
			reason = kick_for_one(rvdev, vq, driver);
		more = amp_likely(!reason) && vq_shown(vq, driver);
		if (AMP_WITH_PACKED_RINGS && rvdev->bounded && --left == 0)
			more = false;
		if (amp_likely(!reason) && !more) {
			vq->vq_dev->users--;
			return look_again_unlock(rvdev, vq, driver);
		}
	}
	vq->vq_dev->users--;
	amp_link_unlock(rvdev);
	return false;
}

AMP_HOT void receive(struct virtqueue *vq, bool driver)
{
	struct rpmsg_virtio_device *rvdev = vq->vq_dev->priv;

	do
		metal_mutex_acquire(&rvdev->rdev.lock);
	while (amp_unlikely(receive_unlock(rvdev, vq, driver)));
}

#if AMP_WITH_VIRTIO_DRIVER
void amp_rpmsg_driver_receive(struct virtqueue *vq)
{
	receive(vq, true);
}
#endif

#if AMP_WITH_VIRTIO_DEVICE
void amp_rpmsg_device_receive(struct virtqueue *vq)
{
	receive(vq, false);
}
#endif

/* A program that waits for nothing does not contain this. */
#pragma weak amp_tx_wake

/*
 * A buffer may be free for somebody who waits; nothing is received. But a driver that has reset the device and is ready
 * again kicks for the buffers that it offers, and perhaps for nothing else: the mark shows that the ring is new.
 */
void amp_rpmsg_sent(struct virtqueue *vq)
{
	struct rpmsg_virtio_device *rvdev = vq->vq_dev->priv;

	metal_mutex_acquire(&rvdev->rdev.lock);
	if (HAS_LOCKS && rvdev->waits) /* in one context they are looking themselves */
		amp_tx_wake(rvdev);
	if (!ring_ours(rvdev, vq, role_is_driver(vq->vq_dev)))
		amp_link_lost(rvdev, AMP_LINK_PEER_RESET);
	amp_link_unlock(rvdev);
}
