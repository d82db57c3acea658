/* SPDX-License-Identifier: BSD-3-Clause */
/* What transports and device types ask of a virtio device: its role, who is its host, whether it is in use. */
#ifndef AMP_VIRTIO_DEVICE_H
#define AMP_VIRTIO_DEVICE_H

#include <amprelay/config.h>
#include <amprelay/ring_features.h>

#include <stdbool.h>

#define AMP_ONE_ROLE (!AMP_WITH_VIRTIO_DRIVER || !AMP_WITH_VIRTIO_DEVICE)

/** A build for one role knows the answer; the code of the other role goes away. */
static inline bool role_is_driver(const struct virtio_device *vdev)
{
#if !AMP_WITH_VIRTIO_DEVICE
	(void)vdev;
	return true;
#elif !AMP_WITH_VIRTIO_DRIVER
	(void)vdev;
	return false;
#else
	return vdev->role == VIRTIO_DEV_DRIVER;
#endif
}

/** Device: the driver is RPMsg-Lite; see amp_virtio_rpmsg_lite_host(). A build without it knows the answer. */
static inline bool host_is_lite(const struct virtqueue *vq)
{
	return AMP_WITH_RPMSG_LITE_HOST && vq->vq_dev->rpmsg_lite_host;
}

/** Whether it is RPMsg's, over packed rings; see lib/rpmsg/link_ring.h. A build without them knows the answer. */
static inline bool amp_virtio_is_packed(const struct virtio_device *vdev)
{
	return AMP_WITH_PACKED_RINGS && ((vdev->features >> VIRTIO_F_RING_PACKED) & 1);
}

/** Whether a callback of the device runs, after which the library goes on with it: it must stay as it is. */
static inline bool amp_virtio_in_use(const struct virtio_device *vdev)
{
	return vdev->users || vdev->telling;
}

/** Device: whether the driver is ready. With a transport that has no status it always is. */
bool amp_virtio_driver_ok(struct virtio_device *vdev);

/** One queue of virtio_create_virtqueues(), on its ring; still without a callback: kicks are ignored.
 * @return 0 or VQ_START() of an error: see ring.h */
int amp_virtio_create_queue(struct virtio_device *vdev, unsigned int id);

#endif /* AMP_VIRTIO_DEVICE_H */
