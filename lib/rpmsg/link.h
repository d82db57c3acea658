/* SPDX-License-Identifier: BSD-3-Clause */
/* The state of a link: how it is lost, and how that is told. */
#ifndef AMP_RPMSG_LINK_H
#define AMP_RPMSG_LINK_H

#include "../virtio/hot_path.h"
#include "locked.h"

#include <amprelay/link.h>

/* The callbacks of the queues: rpmsg_virtio.c. A build for one role must not name the other's. */
void amp_rpmsg_driver_receive(struct virtqueue *vq);
void amp_rpmsg_device_receive(struct virtqueue *vq);
void amp_rpmsg_sent(struct virtqueue *vq);
#if !AMP_WITH_VIRTIO_DEVICE
#define rpmsg_receiver(driver) amp_rpmsg_driver_receive
#elif !AMP_WITH_VIRTIO_DRIVER
#define rpmsg_receiver(driver) amp_rpmsg_device_receive
#else
#define rpmsg_receiver(driver) ((driver) ? amp_rpmsg_driver_receive : amp_rpmsg_device_receive)
#endif

/**
 * A reception finds that the link ends, with a reason that is not AMP_LINK_OK. With rdev->lock held; told by
 * amp_link_unlock().
 * @return whether messages wait that the other side had published before it left: deliver one, and call this again. The
 * loss is told after the last
 */
bool amp_link_ends(struct rpmsg_virtio_device *rvdev, int reason);

/** The same in other places: such messages are left to the reception, since a kick is due for them. */
void amp_link_lost(struct rpmsg_virtio_device *rvdev, int reason);

/** The same, those messages delivered and the loss told. Without the lock, in a context that receives. */
void amp_link_end(struct rpmsg_virtio_device *rvdev, int reason);

/** A link is over, lost or taken down, and nothing moves any more. With rdev->lock held. */
static inline void amp_link_over(struct rpmsg_virtio_device *rvdev, uint8_t state)
{
	AMP_ASSERT_LOCKED(&rvdev->rdev.lock);
	__atomic_store_n(&rvdev->link_state, state, __ATOMIC_RELAXED);
	rvdev->link_ok = &rvdev->link_state;
}

/**
 * Release rdev->lock, and tell the application of a loss that was noticed under it; or, after a callback has taken the
 * link down, end the lock when nobody needs it any more.
 */
void amp_link_unlock(struct rpmsg_virtio_device *rvdev);

#endif /* AMP_RPMSG_LINK_H */
