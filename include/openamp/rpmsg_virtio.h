/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file rpmsg_virtio.h
 * @brief RPMsg over a virtio device: two virtqueues and buffers in shared memory.
 *
 * Queue 0 carries messages to the driver (host), queue 1 those to the device (remote). The driver provides the buffers
 * of both. The wire format is that of Linux' virtio_rpmsg_bus.
 *
 * Additions to this interface (link state, time-outs, statistics) are in amprelay/link.h.
 */
#ifndef OPENAMP_RPMSG_VIRTIO_H
#define OPENAMP_RPMSG_VIRTIO_H

#include <amprelay/config.h>

#include <openamp/rpmsg.h>
#include <openamp/virtio.h>
#include <openamp/virtqueue.h>

#include <metal/cache.h>
#include <metal/condition.h>
#include <metal/io.h>
#include <metal/list.h>
#include <metal/mutex.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define VIRTIO_RPMSG_F_NS 0 /**< feature bit: name service */

/** Roles, in the words of RPMsg. */
#define RPMSG_HOST   VIRTIO_DEV_DRIVER
#define RPMSG_REMOTE VIRTIO_DEV_DEVICE

/** Driver: memory that message buffers are cut from. */
struct rpmsg_virtio_shm_pool {
	void *base;   /**< next free byte */
	size_t avail; /**< bytes left */
	size_t size;  /**< bytes in all */
};

/** Driver: sizes of buffers, the 16-byte header included. */
struct rpmsg_virtio_config {
	uint32_t h2r_buf_size; /**< host to remote */
	uint32_t r2h_buf_size; /**< remote to host */
	bool split_shpool; /**< the pool argument is an array of two: [0] for host to remote, [1] for remote to host */
};

/**
 * @brief A send waits for a buffer: return when a kick of queue @p id came, or after a while.
 *
 * Called again and again until there is a buffer or the send time-out is over. Messages are received in between. May
 * take the link down: see "In callbacks" in openamp/rpmsg.h.
 * @param rdev  device
 * @param id    notify id of the queue
 * @return RPMSG_SUCCESS (look again), RPMSG_EOPNOTSUPP (wait by yourself), another negative error ends the send
 */
typedef int (*rpmsg_virtio_notify_wait_cb)(struct rpmsg_device *rdev, uint32_t id);

/** A region without pages or hooks: address of the other side - phys + virt is an address here. Empty for others. */
struct amp_window {
	metal_phys_addr_t phys;
	size_t size;
	char *virt;
};

struct rpmsg_virtio_device;
struct rpmsg_hdr;
struct amp_wait;

/** A message buffer. */
struct amp_buffer {
	struct rpmsg_hdr *hdr;
	uint32_t size; /**< bytes, header and all; of a received one in the driver's role: those that were used */
	uint32_t idx;  /**< its descriptor */
};

/** See amp_rpmsg_set_link_cb() in amprelay/link.h. */
typedef void (*amp_link_cb)(struct rpmsg_virtio_device *rvdev, int reason, void *arg);

/**
 * One link. The memory is the application's; the members are the library's. First what messages need: a small core
 * reaches it with short instructions.
 */
struct rpmsg_virtio_device {
	uint8_t link_state;      /**< enum amp_link_state */
	uint8_t link_reason;     /**< enum amp_link_reason */
	bool link_untold;        /**< the link was lost, and the application does not know */
	bool bounded;            /**< see amp_rpmsg_bound_reception() */
	uint16_t reclaimed;      /**< send buffers that this side has and nobody uses: a list of descriptors … */
	uint16_t reclaimed_head; /**< … and the first of it */
	/** Where DRIVER_OK must stand for messages to move: the device's status if it can be loaded, else link_state,
	 * and that too when the link is not up. */
	const uint8_t *link_ok;
	struct virtqueue *in; /**< rvq and svq, where short instructions reach them */
	struct virtqueue *out;
	struct amp_buffer taken;  /**< by whoever has the lock */
	struct amp_wait *waits;   /**< sends that wait for a buffer, the last first */
	struct amp_window window; /**< shbuf_io, if it can be computed with */
	uint32_t held;            /**< see amp_rpmsg_held_buffers() */
	uint32_t send_timeout_ms;
	uint32_t clock;      /**< what it showed a send that waits, in ns */
	uint32_t unmeasured; /**< 1024 ns of waits that passed between two ticks of the clock, or without one */
	int (*wait)(struct rpmsg_virtio_device *rvdev); /**< calls notify_wait_cb; NULL: there is none */
	amp_link_cb link_cb;
	void *link_arg;
	struct metal_condition sent; /**< a send buffer may be free */
	struct rpmsg_device rdev;
	struct rpmsg_virtio_config config;
	struct virtio_device *vdev;
	struct virtqueue *rvq; /**< receives */
	struct virtqueue *svq; /**< sends */
	struct metal_io_region *shbuf_io;
	struct rpmsg_virtio_shm_pool *shpool;
	struct metal_list reclaimer; /**< empty: such lists do not lie in shared memory here, see `reclaimed` */
	rpmsg_virtio_notify_wait_cb notify_wait_cb;
};

/**
 * @brief Bring up a link with buffers of RPMSG_BUFFER_SIZE bytes.
 *
 * Driver (host): resets the device, sets up both queues, and says DRIVER_OK. If the device is an AmpRelay that has not
 * let go of the rings of the life before, it is kicked, and waited for up to 50 ms for both. Device (remote): waits for
 * the driver's DRIVER_OK first, see amp_virtio_wait_driver_ok(): an application that must not wait calls this when
 * virtio_get_status() shows VIRTIO_CONFIG_STATUS_DRIVER_OK.
 *
 * @param rvdev       memory of the link, not in use
 * @param vdev        virtio device, its vrings set up; `priv` is taken
 * @param ns_bind_cb  called for each announced name that has no endpoint; may be NULL
 * @param shm_io      region that holds all message buffers and translates their addresses
 * @param shpool      driver: pool for buffers, used until rpmsg_deinit_vdev(). Device: NULL
 * @return RPMSG_SUCCESS; RPMSG_ERR_PARAM; RPMSG_ERR_NO_BUFF (the pool holds no buffer for each direction);
 * RPMSG_ERR_INIT (queues, or the transport); RPMSG_ERR_DEV_STATE (device: the driver has not reset the rings since an
 * earlier life, or is resetting them now: try again at its next kick; either role: called in a callback of this device,
 * see "In callbacks" in openamp/rpmsg.h)
 */
int rpmsg_init_vdev(struct rpmsg_virtio_device *rvdev, struct virtio_device *vdev, rpmsg_ns_bind_cb ns_bind_cb,
                    struct metal_io_region *shm_io, struct rpmsg_virtio_shm_pool *shpool);

/** @brief rpmsg_init_vdev() with buffer sizes of the application; @p config may be NULL in the device's role. */
int rpmsg_init_vdev_with_config(struct rpmsg_virtio_device *rvdev, struct virtio_device *vdev,
                                rpmsg_ns_bind_cb ns_bind_cb, struct metal_io_region *shm_io,
                                struct rpmsg_virtio_shm_pool *shpool, const struct rpmsg_virtio_config *config);

/**
 * @brief Take the link down: destroys its endpoints (said to the other side if the link is still up), and the queues.
 *
 * The driver resets the device. The link can be brought up again at once (driver), or after the driver's next reset
 * (device). `rvdev->vdev` stays, for remoteproc_remove_virtio(). A second call does nothing; nor does one for a link
 * that did not come up. What is not an endpoint of this link in the list of its endpoints (memory that was cleared, or
 * became an endpoint elsewhere, without rpmsg_destroy_ept()) ends the list: those behind it stay as they are.
 *
 * Waits for nothing: the other side does not hear of endpoints for whose announcement there is no buffer. Context:
 * task, or a callback, see "In callbacks" in openamp/rpmsg.h.
 */
void rpmsg_deinit_vdev(struct rpmsg_virtio_device *rvdev);

/** @brief Start a pool on @p size bytes at @p shbuf, which lie in the region given to rpmsg_init_vdev(). */
void rpmsg_virtio_init_shm_pool(struct rpmsg_virtio_shm_pool *shpool, void *shbuf, size_t size);

/**
 * @brief Cut a buffer of @p size bytes from a pool; NULL if it has no room. Weak: an application may define its own.
 */
metal_weak void *rpmsg_virtio_shm_pool_get_buffer(struct rpmsg_virtio_shm_pool *shpool, size_t size);

/** @brief Set what a send does while it waits for a buffer. NULL: let the port wait. */
void rpmsg_virtio_set_wait_cb(struct rpmsg_virtio_device *rvdev, rpmsg_virtio_notify_wait_cb notify_wait_cb);

/** @return RPMSG_HOST or RPMSG_REMOTE, also after rpmsg_deinit_vdev() */
unsigned int rpmsg_virtio_get_role(struct rpmsg_virtio_device *rvdev);

/** @return the device to create endpoints on */
struct rpmsg_device *rpmsg_virtio_get_rpmsg_device(struct rpmsg_virtio_device *rvdev);

/** @return largest payload to send, in bytes, or a negative error. See rpmsg_virtio_get_tx_buffer_size() */
int rpmsg_virtio_get_buffer_size(struct rpmsg_device *rdev);

/** @return largest payload to send, in bytes, or a negative error (device: RPMSG_ERR_NO_BUFF when no buffer is there to
 * look at) */
int rpmsg_virtio_get_tx_buffer_size(struct rpmsg_device *rdev);

/** @return largest payload to receive, in bytes, or a negative error (device: as above) */
int rpmsg_virtio_get_rx_buffer_size(struct rpmsg_device *rdev);

#ifdef __cplusplus
}
#endif

#endif /* OPENAMP_RPMSG_VIRTIO_H */
