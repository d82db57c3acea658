/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file compat.h
 * @brief Names that the interface had before, each with the one that stands for it today. For older sources; nothing
 * else includes this.
 *
 * Where an old function took other arguments, its name here takes the old ones.
 */
#ifndef OPENAMP_COMPAT_H
#define OPENAMP_COMPAT_H

#include <openamp/open_amp.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Roles. */
#define VIRTIO_DEV_MASTER VIRTIO_DEV_DRIVER /**< VIRTIO_DEV_DRIVER */
#define VIRTIO_DEV_SLAVE  VIRTIO_DEV_DEVICE /**< VIRTIO_DEV_DEVICE */
#define RPMSG_MASTER      RPMSG_HOST        /**< RPMSG_HOST */
#define RPMSG_SLAVE       RPMSG_REMOTE      /**< RPMSG_REMOTE */

/**
 * @brief Fill an endpoint in without registering it. Today: rpmsg_create_ept(), which does both.
 *
 * For code that registers endpoints by itself; no message reaches this one.
 */
static inline void rpmsg_init_ept(struct rpmsg_endpoint *ept, const char *name, uint32_t src, uint32_t dest,
                                  rpmsg_ept_cb cb, rpmsg_ns_unbind_cb ns_unbind_cb)
{
	size_t len = 0;

	for (; name && name[len] && len < sizeof(ept->name) - 1; len++)
		ept->name[len] = name[len];
	ept->name[len] = '\0';
	ept->addr = src;
	ept->dest_addr = dest;
	ept->cb = cb;
	ept->ns_unbind_cb = ns_unbind_cb;
}

/** Today: virtio_get_status(). 0 if the transport has none. */
static inline uint8_t rpmsg_virtio_get_status(struct rpmsg_virtio_device *rvdev)
{
	uint8_t status = 0;

	(void)virtio_get_status(rvdev->vdev, &status);
	return status;
}

/** Today: virtio_set_status(). */
static inline void rpmsg_virtio_set_status(struct rpmsg_virtio_device *rvdev, uint8_t status)
{
	(void)virtio_set_status(rvdev->vdev, status);
}

/** Today: virtio_get_features(). */
static inline uint32_t rpmsg_virtio_get_features(struct rpmsg_virtio_device *rvdev)
{
	uint32_t features = 0;

	(void)virtio_get_features(rvdev->vdev, &features);
	return features;
}

/** Today: virtio_set_features(). */
static inline void rpmsg_virtio_set_features(struct rpmsg_virtio_device *rvdev, uint32_t features)
{
	(void)virtio_set_features(rvdev->vdev, features);
}

/** Today: virtio_read_config(). */
static inline void rpmsg_virtio_read_config(struct rpmsg_virtio_device *rvdev, uint32_t offset, void *dst, int length)
{
	(void)virtio_read_config(rvdev->vdev, offset, dst, length);
}

/** Today: virtio_write_config(). */
static inline void rpmsg_virtio_write_config(struct rpmsg_virtio_device *rvdev, uint32_t offset, void *src, int length)
{
	(void)virtio_write_config(rvdev->vdev, offset, src, length);
}

/** Today: virtio_create_virtqueues(). */
static inline int rpmsg_virtio_create_virtqueues(struct rpmsg_virtio_device *rvdev, int flags, unsigned int nvqs,
                                                 const char *names[], vq_callback *callbacks)
{
	return virtio_create_virtqueues(rvdev->vdev, (unsigned int)flags, nvqs, names, callbacks, NULL);
}

#ifdef __cplusplus
}
#endif

#endif /* OPENAMP_COMPAT_H */
