/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file remoteproc_virtio.h
 * @brief A virtio device whose configuration is an entry of a resource table, and whose kicks are notify ids.
 *
 * This is how remoteproc carries virtio: status and features in `struct fw_rsc_vdev` in shared memory, vrings at
 * the places that the table names, kicks through whatever rings between the cores.
 *
 * The driver alone writes the status, the device alone reads it. (Both writing one byte would need an atomic operation
 * between cores.) A reset, status 0, that comes and goes between two looks of the device is still noticed: the driver
 * zeroes the rings when it starts them.
 */
#ifndef OPENAMP_REMOTEPROC_VIRTIO_H
#define OPENAMP_REMOTEPROC_VIRTIO_H

#include <openamp/virtio.h>

#include <metal/io.h>
#include <metal/list.h>

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** At most this many vrings in one device. */
#define RPROC_MAX_VRINGS 8u

/**
 * @brief Kick the other side.
 * @param priv  of rproc_virtio_create_vdev()
 * @param id    notify id of a queue
 * @return ignored, by convention 0. Context: that of virtqueue_kick(): wherever messages are sent or received
 */
typedef int (*rpvdev_notify_func)(void *priv, uint32_t id);

/** A virtio device on an entry of a resource table. */
struct remoteproc_virtio {
	void *priv;
	void *vdev_rsc; /**< struct fw_rsc_vdev in the resource table */
	struct metal_io_region *vdev_rsc_io;
	rpvdev_notify_func notify;
	struct virtio_device vdev;
	struct metal_list node;
	uint32_t config_len; /**< bytes of configuration space, as checked at creation */
};

/**
 * @brief Create a virtio device on an entry of a resource table.
 *
 * @param role      VIRTIO_DEV_DRIVER or VIRTIO_DEV_DEVICE
 * @param notifyid  of the device
 * @param rsc       its struct fw_rsc_vdev with the vrings behind it, in shared memory
 * @param rsc_io    region that holds @p rsc; NULL: not checked, ordinary memory
 * @param priv      handed to @p notify
 * @param notify    kicks the other side
 * @param rst_cb    device's role: the driver has reset or left the device; may be NULL
 * @return the device, or NULL: an argument is NULL, the role is not in this build, the entry is not a vdev or not
 * wholly inside the region, it has no or more than RPROC_MAX_VRINGS vrings, a ring size is neither 0 nor a power of two
 * up to 32768, or there is no memory
 *
 * Allocates with metal_allocate_memory(); rproc_virtio_remove_vdev() frees. Context: task.
 */
struct virtio_device *rproc_virtio_create_vdev(unsigned int role, unsigned int notifyid, void *rsc,
                                               struct metal_io_region *rsc_io, void *priv, rpvdev_notify_func notify,
                                               virtio_dev_reset_cb rst_cb);

/**
 * @brief Undo rproc_virtio_create_vdev(). The driver resets the device first. NULL is allowed. In a callback of the
 * device it does nothing: see "In callbacks" in openamp/rpmsg.h.
 */
void rproc_virtio_remove_vdev(struct virtio_device *vdev);

/**
 * @brief Say where a vring is, and how large. Before its queue is created: virtio_create_virtqueues(),
 * rpmsg_init_vdev().
 *
 * What the resource table says of the ring is a proposal: both sides must be told the same, that is all.
 * @param index      its number in the device
 * @param notifyid   of its kicks
 * @param va         its address on this side
 * @param io         region that holds it; may be NULL. Zephyr's pattern: the device's region, which holds the resource
 * table and no more; it is not asked where the ring is, if it is smaller than that
 * @param num_descs  a power of two up to 32768
 * @param align      of the used ring: a power of two, at least 4
 * @return 0; -RPROC_EINVAL: no such vring, @p va NULL or not aligned, a size or alignment that is no power of two, the
 * ring not wholly inside @p io, or its queue exists already and is smaller; -RPROC_ENOMEM
 *
 * Allocates if the driver's queue must be larger than the table said. Context: task.
 */
int rproc_virtio_init_vring(struct virtio_device *vdev, unsigned int index, unsigned int notifyid, void *va,
                            struct metal_io_region *io, unsigned int num_descs, unsigned int align);

/**
 * @brief A kick arrived: look at the queues with this notify id.
 *
 * In the device's role this also looks at the status, and reports a reset.
 * @param notifyid  RSC_NOTIFY_ID_ANY: all queues
 * @return 0, or -RPROC_EINVAL. An id that nobody has is ignored: a late kick of an earlier life
 *
 * Context: task or ISR: receptions run inside.
 */
int rproc_virtio_notified(struct virtio_device *vdev, uint32_t notifyid);

/**
 * @brief Device: wait until the driver is ready (DRIVER_OK). Returns at once in the driver's role.
 *
 * However long that takes, since there is no way to tell: amp_virtio_wait_driver_ok() has a limit, and tells. A wait
 * callback that fails ends this too.
 */
void rproc_virtio_wait_remote_ready(struct virtio_device *vdev);

#ifdef __cplusplus
}
#endif

#endif /* OPENAMP_REMOTEPROC_VIRTIO_H */
