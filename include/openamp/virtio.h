/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file virtio.h
 * @brief A virtio device as its driver or its own side sees it, independent of the transport.
 *
 * A transport (lib/remoteproc/remoteproc_virtio.c, or an application's own) fills struct virtio_device and the table of
 * its functions; a device type (lib/rpmsg, or an application's own) uses it through the functions below.
 *
 * Context: task, unless stated otherwise. Nothing here blocks but virtio_create_virtqueues() in the driver's role.
 */
#ifndef OPENAMP_VIRTIO_H
#define OPENAMP_VIRTIO_H

#include <amprelay/config.h>

#include <openamp/virtqueue.h>

#include <metal/errno.h>
#include <metal/io.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Roles: which end of the virtqueues this side is. */
#define VIRTIO_DEV_DRIVER 0u
#define VIRTIO_DEV_DEVICE 1u

/** Which role a device has: constants where the library is built for one role. */
#if !AMP_WITH_VIRTIO_DEVICE
#define VIRTIO_ROLE_IS_DRIVER(vdev) ((void)(vdev), 1)
#elif !AMP_WITH_VIRTIO_DRIVER
#define VIRTIO_ROLE_IS_DRIVER(vdev) ((void)(vdev), 0)
#else
#define VIRTIO_ROLE_IS_DRIVER(vdev) ((vdev)->role == VIRTIO_DEV_DRIVER)
#endif
#define VIRTIO_ROLE_IS_DEVICE(vdev) (!VIRTIO_ROLE_IS_DRIVER(vdev))

/** 1 if the macro @p option is defined as 1, else 0. Also for the preprocessor. */
#define VIRTIO_ENABLED(option) AMP_IS_ONE(option)
#define AMP_IS_ONE(value)      AMP_IS_ONE_IF_COMMA(AMP_COMMA_FOR_##value)
#define AMP_COMMA_FOR_1        0,
/* NOLINTNEXTLINE(bugprone-macro-parentheses): what is pasted in is a comma, or a name */
#define AMP_IS_ONE_IF_COMMA(comma_or_not) AMP_SECOND(comma_or_not 1, 0, 0)
#define AMP_SECOND(first, second, ...)    second

/** For errors of the program: ends it if @p expression is not true. The message is for who reads the source. */
#define VIRTIO_ASSERT(expression, message) metal_assert(expression)

/** Device types (virtio 1.2, chapter 5). */
#define VIRTIO_ID_NETWORK        1u
#define VIRTIO_ID_BLOCK          2u
#define VIRTIO_ID_CONSOLE        3u
#define VIRTIO_ID_ENTROPY        4u
#define VIRTIO_ID_BALLOON        5u
#define VIRTIO_ID_IO_MEMORY      6u
#define VIRTIO_ID_IOMEMORY       VIRTIO_ID_IO_MEMORY
#define VIRTIO_ID_RPMSG          7u
#define VIRTIO_ID_SCSI           8u
#define VIRTIO_ID_9P             9u
#define VIRTIO_ID_MAC80211_WLAN  10u
#define VIRTIO_ID_RPROC_SERIAL   11u
#define VIRTIO_ID_CAIF           12u
#define VIRTIO_ID_MEMORY_BALLOON 13u
#define VIRTIO_ID_GPU            16u
#define VIRTIO_ID_CLOCK          17u
#define VIRTIO_ID_INPUT          18u
#define VIRTIO_ID_VSOCK          19u
#define VIRTIO_ID_CRYPTO         20u
#define VIRTIO_ID_SIGNAL_DIST    21u
#define VIRTIO_ID_PSTORE         22u
#define VIRTIO_ID_IOMMU          23u
#define VIRTIO_ID_MEM            24u
#define VIRTIO_ID_SOUND          25u
#define VIRTIO_ID_FS             26u
#define VIRTIO_ID_PMEM           27u
#define VIRTIO_ID_RPMB           28u
#define VIRTIO_ID_MAC80211_HWSIM 29u
#define VIRTIO_ID_VIDEO_ENCODER  30u
#define VIRTIO_ID_VIDEO_DECODER  31u
#define VIRTIO_ID_SCMI           32u
#define VIRTIO_ID_NITRO_SEC_MOD  33u
#define VIRTIO_ID_I2C_ADAPTER    34u
#define VIRTIO_ID_WATCHDOG       35u
#define VIRTIO_ID_CAN            36u
#define VIRTIO_ID_DMABUF         37u
#define VIRTIO_ID_PARAM_SERV     38u
#define VIRTIO_ID_AUDIO_POLICY   39u
#define VIRTIO_ID_BT             40u
#define VIRTIO_ID_GPIO           41u
#define VIRTIO_ID_RDMA           42u

/** Any device, in tables of those that a driver serves. */
#define VIRTIO_DEV_ANY_ID (-1UL)

/** Device status: written by the driver, read by the device. 0 is a reset. */
#define VIRTIO_CONFIG_STATUS_RESET       0x00u
#define VIRTIO_CONFIG_STATUS_ACK         0x01u
#define VIRTIO_CONFIG_STATUS_DRIVER      0x02u
#define VIRTIO_CONFIG_STATUS_DRIVER_OK   0x04u
#define VIRTIO_CONFIG_FEATURES_OK        0x08u
#define VIRTIO_CONFIG_STATUS_NEEDS_RESET 0x40u
#define VIRTIO_CONFIG_STATUS_FAILED      0x80u

/** Feature bits of the ring; this library offers and accepts neither. */
#define VIRTIO_RING_F_INDIRECT_DESC 28
#define VIRTIO_RING_F_EVENT_IDX     29

/** Feature bits of the ring in legacy devices, as masks. */
#define VIRTIO_F_NOTIFY_ON_EMPTY (1 << 24)
#define VIRTIO_F_ANY_LAYOUT      (1 << 27)
#define VIRTIO_F_BAD_FEATURE     (1 << 30)

/** Feature bits of the transport: the first one, and the one behind the last. */
#define VIRTIO_TRANSPORT_F_START 28
#define VIRTIO_TRANSPORT_F_END   32

struct virtio_device;

/** The other side has reset or left the device. Context: as receptions, or that of a send that noticed. */
typedef void (*virtio_dev_reset_cb)(struct virtio_device *vdev);

/** What kind of device it is. */
struct virtio_device_id {
	uint32_t device; /**< VIRTIO_ID_* */
	uint32_t vendor;
	uint32_t version; /**< of the device's interface */
};

/** One virtqueue and where its ring is. */
struct virtio_vring_info {
	struct virtqueue *vq;
	struct vring_alloc_info info;
	uint32_t notifyid;          /**< of kicks, in both directions */
	struct metal_io_region *io; /**< region that holds the ring */
};

/** What a transport provides. A member that the transport does not need may be NULL. */
struct virtio_dispatch {
	/** NULL: virtio_create_virtqueues() creates each queue on the ring of its vrings_info entry. */
	int (*create_virtqueues)(struct virtio_device *vdev, unsigned int flags, unsigned int nvqs, const char *names[],
	                         vq_callback callbacks[], void *callback_args[]);
	void (*delete_virtqueues)(struct virtio_device *vdev);
	uint8_t (*get_status)(struct virtio_device *dev);
	void (*set_status)(struct virtio_device *dev, uint8_t status);
	/** Driver: what the device offers. Device: what was negotiated. */
	uint32_t (*get_features)(struct virtio_device *dev);
	/** Driver: what it accepts. Device: what it offers. */
	void (*set_features)(struct virtio_device *dev, uint32_t feature);
	/** Driver: accept what both can; returns that. */
	uint32_t (*negotiate_features)(struct virtio_device *dev, uint32_t features);
	void (*read_config)(struct virtio_device *dev, uint32_t offset, void *dst, int length);
	void (*write_config)(struct virtio_device *dev, uint32_t offset, void *src, int length);
	void (*reset_device)(struct virtio_device *dev);
	void (*notify)(struct virtqueue *vq); /**< kick the other side. Context: that of virtqueue_kick() */
	/** Driver: negotiate_features() of a transport that has 64 of them. NULL: it has 32. */
	uint64_t (*negotiate_all)(struct virtio_device *dev, uint64_t features);
};

/** Where buffers of this device come from, if not from a pool of the application. */
struct virtio_memory_ops {
	void *(*alloc)(struct virtio_device *dev, size_t size, size_t align);
	void (*free)(struct virtio_device *dev, void *buf);
};

/** A virtio device, seen from either side. */
struct virtio_device {
	/** Calls of the device type that are not over, and go on with the device after the callbacks that
	 * run in them. */
	uint16_t users;
	bool telling;      /**< in virtio_device_lost() */
	bool up;           /**< the queues exist, and the other side has not been lost since */
	bool take_over;    /**< in amp_rpmsg_take_over(): rings that are in use stay as they are; private */
	uint32_t notifyid; /**< of configuration changes */
	struct virtio_device_id id;
	uint64_t features;            /**< negotiated */
	unsigned int role;            /**< VIRTIO_DEV_DRIVER or VIRTIO_DEV_DEVICE */
	virtio_dev_reset_cb reset_cb; /**< application's; may be NULL */
	const struct virtio_dispatch *func;
	const struct virtio_memory_ops *mmops; /**< may be NULL */
	void *priv;                            /**< of the device type; for RPMsg its struct rpmsg_virtio_device */
	unsigned int vrings_num;
	struct virtio_vring_info *vrings_info; /**< vrings_num entries */
	/**
	 * Device's role, optional: where the transport keeps the status in memory. With it each send notices a reset
	 * for the price of a load. NULL: a reset is noticed when the transport calls virtio_device_lost().
	 */
	const uint8_t *status_shm;
	const struct metal_io_region *status_io;  /**< the region of status_shm; NULL: coherent memory */
	void (*lost)(struct virtio_device *vdev); /**< device type's: see virtio_device_lost() */
	/**
	 * Device's role, optional: how to wait for the driver. Handle events, or sleep, until one came or @p deadline
	 * (of metal_get_timestamp()) has passed; may return early. Returns 0, or a negative error, which ends the wait.
	 * NULL: the status is looked at again and again. Context: as amp_virtio_wait_driver_ok().
	 */
	int (*wait)(struct virtio_device *vdev, unsigned long long deadline);
	uint32_t ready_timeout_ms; /**< of amp_virtio_wait_driver_ok(); 0: AMP_VIRTIO_READY_TIMEOUT_MS */
	bool rpmsg_lite_host;      /**< see amp_virtio_rpmsg_lite_host(); private */
	uint32_t rpmsg_accepts;    /**< more feature bits: amprelay/buffer_sizes.h, flow_control.h; private */
	uint32_t let_go_deadline;  /**< driver's role: while queues are created, in ns; private */
};

/** @return 0, -EINVAL (an argument is NULL), or -ENXIO (the transport has no status) */
int virtio_get_status(struct virtio_device *vdev, uint8_t *status);

/** Driver's side. @return 0, -EINVAL or -ENXIO */
int virtio_set_status(struct virtio_device *vdev, uint8_t status);

/** @return 0, -EINVAL or -ENXIO */
int virtio_get_features(struct virtio_device *vdev, uint32_t *features);

/** @return 0, -EINVAL or -ENXIO */
int virtio_set_features(struct virtio_device *vdev, uint32_t features);

/**
 * @brief Driver: accept those of @p features that the device offers.
 * @param final_features  what both have; may be NULL
 * @return 0, -EINVAL or -ENXIO
 */
int virtio_negotiate_features(struct virtio_device *vdev, uint32_t features, uint32_t *final_features);

/**
 * @brief Driver: virtio_negotiate_features() of all features, those above bit 31 among them.
 *
 * A transport that has 32 of them, such as remoteproc with a resource table of version 1, accepts none above.
 *
 * @param final_features  what both have, VIRTIO_F_VERSION_1 among it where the transport needs that; may be NULL. It is
 * virtio_device::features from now on.
 * @return 0, -EINVAL or -ENXIO
 */
int amp_virtio_negotiate_features(struct virtio_device *vdev, uint64_t features, uint64_t *final_features);

/**
 * @return whether bit @p feature_bit is among virtio_get_features(); above bit 31: among those that were negotiated
 * (virtio_device::features). False for bits that there are none of
 */
bool virtio_has_feature(struct virtio_device *vdev, unsigned int feature_bit);

/** @return VIRTIO_ID_* */
uint32_t virtio_get_devid(const struct virtio_device *vdev);

/** Read @p len bytes of the configuration space. @return 0, -EINVAL or -ENXIO */
int virtio_read_config(struct virtio_device *vdev, uint32_t offset, void *dst, int len);

/** Write @p len bytes of the configuration space. @return 0, -EINVAL or -ENXIO */
int virtio_write_config(struct virtio_device *vdev, uint32_t offset, void *src, int len);

/** Driver: reset the device (status 0). @return 0, -EINVAL or -ENXIO */
int virtio_reset_device(struct virtio_device *vdev);

/**
 * @brief Create the first @p nvqs queues.
 * @param flags          0
 * @param names          nvqs names, kept; may be NULL
 * @param callbacks      nvqs callbacks
 * @param callback_args  nvqs values for virtqueue::priv; may be NULL
 * @return 0, -EINVAL, ERROR_VQUEUE_INVLD_PARAM (more queues than the device has, or one without memory), or an error of
 *         virtqueue_create()
 */
int virtio_create_virtqueues(struct virtio_device *vdev, unsigned int flags, unsigned int nvqs, const char *names[],
                             vq_callback callbacks[], void *callback_args[]);

/** Undo virtio_create_virtqueues(): callbacks no longer run. The memory of the queues stays with its owner. */
void virtio_delete_virtqueues(struct virtio_device *vdev);

/** Allocate a buffer with the device's mmops. @return 0, -EINVAL, -ENXIO or -ENOMEM */
int virtio_alloc_buf(struct virtio_device *vdev, void **buf, size_t size, size_t align);

/** Free a buffer of virtio_alloc_buf(). @return 0, -EINVAL or -ENXIO */
int virtio_free_buf(struct virtio_device *vdev, void *buf);

/**
 * @brief The other side has reset the device, or is gone. Tells the device type, then the application (reset_cb).
 *
 * For whoever notices: the transport, or the device type. Tells once from virtio_create_virtqueues() to
 * virtio_delete_virtqueues(). Context: task or ISR, as receptions.
 */
void virtio_device_lost(struct virtio_device *vdev);

/**
 * @brief Driver's side: the core at the other end is off, whatever it did when it last ran.
 *
 * A driver that begins again gives a device that still uses the rings up to 50 ms, for all rings together, to let go of
 * them (virtio_create_virtqueues()). After this it does not: a core that was off cannot be in the middle of anything.
 * For whoever switches cores off; remoteproc_stop() and remoteproc_shutdown() do it for their devices, those that are
 * created later included. Call it while the core is off, and its memory is as it will be when the driver begins.
 * Context: task. Not while another context uses the device's queues.
 */
void amp_virtio_peer_off(struct virtio_device *vdev);

/**
 * @brief Device: the driver is RPMsg-Lite, or does as it does. Call before rpmsg_init_vdev().
 *
 * Such a driver has no status and knows no mark, has used entries in the ring of its send buffers from the start, lets
 * the device write to all buffers, and wants kicks whatever its flags say. What is lost with it:
 * docs/how-to/rpmsg-lite-host.md. Only in builds with WITH_RPMSG_LITE_HOST; others do not link.
 *
 * @return 0, or -EINVAL: NULL, or the driver's role
 */
int amp_virtio_rpmsg_lite_host(struct virtio_device *vdev);

/** How long a device waits for its driver, unless virtio_device::ready_timeout_ms says otherwise. */
#ifndef AMP_VIRTIO_READY_TIMEOUT_MS
#define AMP_VIRTIO_READY_TIMEOUT_MS 60000u
#endif

/** virtio_device::ready_timeout_ms: as long as it takes. */
#define AMP_VIRTIO_READY_NO_TIMEOUT 0xffffffffu

/**
 * @brief Device: wait until the driver is ready (DRIVER_OK).
 * @return 0: it is, or the transport has no status. -ETIMEDOUT: not within virtio_device::ready_timeout_ms, which
 * without a clock (metal_get_timestamp() is 0) does not pass. Another negative error: of virtio_device::wait
 *
 * Context: task; blocks.
 */
int amp_virtio_wait_driver_ok(struct virtio_device *vdev);

#ifdef __cplusplus
}
#endif

#endif /* OPENAMP_VIRTIO_H */
