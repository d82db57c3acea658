/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file ring_features.h
 * @brief What rings of other devices have besides: packed rings, indirect descriptors, the event index.
 *
 * VIRTIO_F_RING_PACKED, VIRTIO_RING_F_INDIRECT_DESC and VIRTIO_RING_F_EVENT_IDX (virtio 1.2, 2.7 and 2.8), in both
 * roles. A program that calls none of these functions contains none of them, and nothing else asks for them: who has
 * negotiated a feature uses the functions that go with it. Which are negotiated stands in virtio_device::features, set
 * by the transport or by the application, before a queue is created.
 *
 * | feature | the driver | the device |
 * |---|---|---|
 * | VIRTIO_F_RING_PACKED | amp_packed_create(), amp_packed_add_buffer(), amp_packed_get_buffer() | amp_packed_create(),
 * amp_packed_take(), amp_packed_give_back() | | VIRTIO_RING_F_INDIRECT_DESC | amp_vq_add_indirect(),
 * amp_packed_add_indirect() | amp_vq_take(), amp_packed_take() | | VIRTIO_RING_F_EVENT_IDX, split ring |
 * amp_vq_use_event_idx(), amp_vq_kick_event(), amp_vq_enable_cb_event() | the same | | VIRTIO_RING_F_EVENT_IDX, packed
 * ring | nothing else: amp_packed_kick() and amp_packed_enable_cb() know | the same |
 *
 * **Trust and context** are those of openamp/virtqueue.h: what the other side wrote is read once and checked; the first
 * thing that cannot be true is kept in `vq_fault`, and the queue stops. One context at a time; nothing blocks.
 */
#ifndef AMPRELAY_RING_FEATURES_H
#define AMPRELAY_RING_FEATURES_H

#include <openamp/virtio.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Feature bit: the rings are packed. Beyond those that a resource table of version 1 can carry. */
#define VIRTIO_F_RING_PACKED 34

/* ------------------------------------------------------------------ the packed ring as it lies in memory */

/** One descriptor, which first the driver writes and then the device. 16 bytes. */
struct vring_packed_desc {
	uint64_t addr;  /**< address as the driver sees it; not looked at in a used one */
	uint32_t len;   /**< bytes; in a used one those that the device wrote, if VRING_DESC_F_WRITE is set */
	uint16_t id;    /**< of the buffer: the driver's choice, here always less than the number of descriptors */
	uint16_t flags; /**< VRING_DESC_F_*, and whether it is available or used */
};

/** Available: this one is the driver's wrap counter, the other one not. Used: both are the device's. */
#define VRING_PACKED_DESC_F_AVAIL 0x0080u
#define VRING_PACKED_DESC_F_USED  0x8000u

/** When a side wants kicks. The driver writes one, the device the other. */
struct vring_packed_desc_event {
	uint16_t off_wrap; /**< with VRING_PACKED_EVENT_FLAG_DESC: a descriptor, and in bit 15 its wrap counter */
	uint16_t flags;    /**< VRING_PACKED_EVENT_FLAG_* */
};

#define VRING_PACKED_EVENT_FLAG_ENABLE  0 /**< for each buffer */
#define VRING_PACKED_EVENT_FLAG_DISABLE 1 /**< for none */
#define VRING_PACKED_EVENT_FLAG_DESC    2 /**< for that descriptor; with VIRTIO_RING_F_EVENT_IDX */

/* ------------------------------------------------------------------ parts of a buffer */

/** One part of a buffer as a device gets it: a copy that was checked. */
struct amp_vq_part {
	void *buf;     /**< on this side, wholly inside the shared memory region */
	uint32_t len;  /**< bytes */
	bool writable; /**< by the device; otherwise it only reads. Those that it reads come first */
};

/* ------------------------------------------------------------------ packed rings, both roles: packed_queue.c */

/**
 * @brief Set up a queue on a packed ring. As virtqueue_create(), except for what follows.
 *
 * The descriptors begin at `ring->vaddr`, the driver's event suppression follows, the device's begins where the used
 * ring of a split ring with the same numbers would: a packed ring needs no more room than vring_size(). The words
 * behind the device's event suppression are its mark (WIRE.md, "Packed rings").
 *
 * @param vq  memory of the queue, with room for `num_descs` vq_descx entries in either role: virtqueue_allocate(num)
 * @return as virtqueue_create(). ERROR_VRING_ALIGN as well for a ring in memory that is cached and not coherent, since
 *         both sides write to each descriptor; ERROR_EMPTY_RING in the device's role if a device has used the ring
 *         since a driver zeroed it
 */
int amp_packed_create(struct virtio_device *device, unsigned short id, const char *name, struct vring_alloc_info *ring,
                      void (*callback)(struct virtqueue *vq), void (*notify)(struct virtqueue *vq),
                      struct virtqueue *vq);

/** @brief As virtqueue_kick(). With VIRTIO_RING_F_EVENT_IDX the other side says for which buffer it wants one. */
void amp_packed_kick(struct virtqueue *vq);

/** @brief As virtqueue_disable_cb(). */
void amp_packed_disable_cb(struct virtqueue *vq);

/** @brief As virtqueue_enable_cb(). @return 1: look at the queue now. 0: nothing came */
int amp_packed_enable_cb(struct virtqueue *vq);

/* ------------------------------------------------------------------ packed rings, driver: packed_driver.c */

/** @brief As virtqueue_add_buffer(). The parts lie in descriptors one behind the other. */
int amp_packed_add_buffer(struct virtqueue *vq, struct virtqueue_buf *buf_list, int readable, int writable,
                          void *cookie);

/**
 * @brief Offer a buffer of any number of parts in one descriptor. Needs VIRTIO_RING_F_INDIRECT_DESC.
 * @param table  16 bytes for each part, 8-byte aligned, inside the shared memory region; the buffer's until that comes
 *               back
 * @return as amp_packed_add_buffer(); ERROR_VQUEUE_INVLD_PARAM as well without the feature, and for a table that cannot
 *         be
 */
int amp_packed_add_indirect(struct virtqueue *vq, void *table, struct virtqueue_buf *buf_list, int readable,
                            int writable, void *cookie);

/**
 * @brief As virtqueue_get_buffer().
 * @param len  0 if the device says that it wrote nothing
 * @param id   of the buffer; may be NULL
 */
void *amp_packed_get_buffer(struct virtqueue *vq, uint32_t *len, uint16_t *id);

/* ------------------------------------------------------------------ packed rings, device: packed_device.c */

/**
 * @brief Take the next buffer that the driver offers, all of it, whether direct or indirect.
 * @param parts  filled
 * @param room   parts that there is room for; a buffer of more stops the queue, as one that cannot be
 * @param id     for amp_packed_give_back()
 * @return number of parts; 0: none there, or the queue has stopped
 */
unsigned int amp_packed_take(struct virtqueue *vq, struct amp_vq_part *parts, unsigned int room, uint16_t *id);

/**
 * @brief Give a buffer back, in any order.
 * @param len  bytes written
 * @return VQUEUE_SUCCESS, ERROR_INVLD_DESC_IDX, ERROR_VRING_FULL when the device does not have that buffer, or
 *         ERROR_VQUEUE_INVLD_PARAM when the queue has stopped
 */
int amp_packed_give_back(struct virtqueue *vq, uint16_t id, uint32_t len);

/* ------------------------------------------------------------------ split rings: indirect.c */

/** @brief As amp_packed_add_indirect(). Comes back through virtqueue_get_buffer(). */
int amp_vq_add_indirect(struct virtqueue *vq, void *table, struct virtqueue_buf *buf_list, int readable, int writable,
                        void *cookie);

/**
 * @brief As amp_packed_take(): a chain of descriptors, or an indirect one where VIRTIO_RING_F_INDIRECT_DESC is
 * negotiated. In place of virtqueue_get_first_avail_buffer(), which refuses indirect ones.
 * @param head  for virtqueue_add_consumed_buffer()
 */
unsigned int amp_vq_take(struct virtqueue *vq, struct amp_vq_part *parts, unsigned int room, uint16_t *head);

/* ------------------------------------------------------------------ split rings: event_index.c */

/**
 * @brief After virtqueue_create(): VIRTIO_RING_F_EVENT_IDX is negotiated. From now on the functions below take the
 * place of virtqueue_kick() and virtqueue_enable_cb(); virtqueue_disable_cb() is not called.
 *
 * The device's mark gives its place in the ring to the index: a reset that came and went is noticed by the transport
 * alone. Not for the queues of RPMsg.
 */
void amp_vq_use_event_idx(struct virtqueue *vq);

/** @brief As virtqueue_kick(): if what was published since the last call passes the index that the other side gave. */
void amp_vq_kick_event(struct virtqueue *vq);

/** @brief As virtqueue_enable_cb(): a kick for the next buffer. None comes after it until this is called again. */
int amp_vq_enable_cb_event(struct virtqueue *vq);

#ifdef __cplusplus
}
#endif

#endif /* AMPRELAY_RING_FEATURES_H */
