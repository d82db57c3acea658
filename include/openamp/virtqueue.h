/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file virtqueue.h
 * @brief Virtqueues: both ends of a split ring.
 *
 * One structure serves both roles. The driver offers buffers (virtqueue_add_buffer) and takes them back
 * (virtqueue_get_buffer); the device takes what is offered (virtqueue_get_first_avail_buffer) and gives it back
 * (virtqueue_add_consumed_buffer). Which role a queue has comes from the `role` of its virtio device.
 *
 * **Trust.** Everything that the other side writes is read once and checked. The first thing that cannot be true (an
 * index that jumped, a descriptor outside the ring, a buffer outside the shared memory …) is kept in `vq_fault` and the
 * queue stops: from then on it is empty, and calls fail, until it is created again.
 *
 * **Context.** A queue is not locked: one context at a time, task or ISR. Nothing here blocks.
 */
#ifndef OPENAMP_VIRTQUEUE_H
#define OPENAMP_VIRTQUEUE_H

#include <openamp/virtio_ring.h>

#include <metal/io.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define VQUEUE_SUCCESS           0
#define VQ_ERROR_BASE            (-3000)
#define ERROR_VRING_FULL         (VQ_ERROR_BASE - 1) /**< no free descriptor */
#define ERROR_INVLD_DESC_IDX     (VQ_ERROR_BASE - 2) /**< a descriptor index outside the ring */
#define ERROR_EMPTY_RING         (VQ_ERROR_BASE - 3) /**< nothing there */
#define ERROR_NO_MEM             (VQ_ERROR_BASE - 4) /**< no memory */
#define ERROR_VRING_MAX_DESC     (VQ_ERROR_BASE - 5) /**< more than 32768 descriptors, or not a power of two */
#define ERROR_VRING_ALIGN        (VQ_ERROR_BASE - 6) /**< alignment is not a power of two, or the ring is not aligned */
#define ERROR_VRING_NO_BUFF      (VQ_ERROR_BASE - 7) /**< an empty list of buffers */
#define ERROR_VQUEUE_INVLD_PARAM (VQ_ERROR_BASE - 8) /**< an argument that makes no sense, or a stopped queue */

/** Largest number of descriptors in a ring (virtio 1.2, 2.7). */
#define VIRTQUEUE_MAX_DESC 32768u

/** Ends a list of descriptors: no descriptor has this number. */
#define VQ_RING_DESC_CHAIN_END 32768

/** For errors of the program, in code over virtqueues: ends the program if @p expression is not true. The messages are
 * for who reads the source. */
#define VQASSERT(vq, expression, ...)       ((void)(vq), metal_assert(expression))
#define VQ_RING_ASSERT_VALID_IDX(vq, index) VQASSERT((vq), (index) < (vq)->vq_nentries, "a descriptor of this ring")
#define VQ_RING_ASSERT_CHAIN_TERM(vq)       VQASSERT((vq), (vq)->vq_free_cnt == 0, "no descriptor is free")

/** If @p condition is true and @p status still VQUEUE_SUCCESS, set @p status to @p error. */
#define VQ_PARAM_CHK(condition, status, error)                 \
	do {                                                   \
		if ((status) == VQUEUE_SUCCESS && (condition)) \
			(status) = (error);                    \
	} while (0)

/** Around the use of a queue by one context: the queue is set up. */
#define VQUEUE_BUSY(vq) VQASSERT((vq), (vq)->vq_inuse, "set up")
#define VQUEUE_IDLE(vq) VQASSERT((vq), (vq)->vq_inuse, "set up")

struct virtio_device;
struct virtqueue;

/** Kicks the other side. */
typedef void (*vq_notify)(struct virtqueue *vq);

/**
 * A buffer of the other side, or room for one, was given: look at the queue.
 * Context: that of the caller of virtqueue_notification() (task or ISR). May call the functions of this queue.
 */
typedef void (*vq_callback)(struct virtqueue *vq);

/** One part of a buffer list. */
struct virtqueue_buf {
	void *buf; /**< address on this side, inside the queue's shared memory region */
	int len;   /**< bytes, > 0 */
};

/** Driver only: what belongs to a descriptor and must not lie in shared memory. */
struct vq_desc_extra {
	void *cookie;    /**< of the buffer that starts here */
	uint16_t ndescs; /**< parts of the chain that starts here and that the device holds; 0: not the device's */
	uint16_t next;   /**< next part of the chain, or next free descriptor */
};

/** Where a ring is. */
struct vring_alloc_info {
	void *vaddr;        /**< address on this side */
	uint32_t align;     /**< alignment of the used ring: a power of two, at least 4 */
	uint16_t num_descs; /**< a power of two up to 32768 */
	uint16_t pad;
};

/**
 * One side's view of a queue: its ring, and private copies of the indices. First what messages need: a small core
 * reaches it with short instructions.
 */
struct virtqueue {
	struct virtio_device *vq_dev;
	uint8_t vq_fault;        /**< enum amp_link_reason (amprelay/link_reason.h); 0: none */
	bool vq_noncoherent;     /**< the ring's memory is cached, and not coherent with the other side */
	uint16_t vq_peer_idx;    /**< the other side's index as last read and checked */
	uint32_t vq_mask;        /**< vq_nentries - 1 */
	const char *vq_name;     /**< may be NULL */
	uint16_t vq_queue_index; /**< number of this queue in its device */
	uint16_t vq_nentries;    /**< descriptors */

	void (*callback)(struct virtqueue *vq); /**< see vq_callback; NULL: none */
	void *priv;                             /**< owner's */
	void (*notify)(struct virtqueue *vq);   /**< kicks the other side */

	struct vring vq_ring;
	uint16_t vq_free_cnt;   /**< driver: free descriptors. Device: unused */
	uint16_t vq_queued_cnt; /**< driver: entries that virtqueue_add_buffer() published since the last kick */

	struct metal_io_region *shm_io; /**< where buffers may lie, and how their addresses translate */

	uint16_t vq_desc_head_idx; /**< driver: first free descriptor. Device: unused */
	uint16_t vq_used_cons_idx; /**< used ring: driver's next entry to read, device's next entry to write */
	uint16_t vq_available_idx; /**< available ring: driver's next entry to write, device's next entry to read */
	bool vq_inuse;
	uint16_t *vq_life;      /**< the device's mark in the ring; see lib/virtio/ring.h */
	uint16_t vq_used_ahead; /**< device, with an RPMsg-Lite host: what the ring's used index is larger by */
	uint16_t vq_flags; /**< packed ring: of the descriptor that is written next; see amprelay/ring_features.h */
	__extension__ struct vq_desc_extra vq_descx[0]; /**< driver: one per descriptor. Device: none */
};

/* ------------------------------------------------------------------ both roles: virtqueue.c */

/**
 * @brief Allocate a queue.
 * @param num_desc_extra  driver: number of descriptors. Device: 0
 * @return queue from metal_allocate_memory(), zeroed except vq_free_cnt, or NULL. Free with virtqueue_free().
 */
struct virtqueue *virtqueue_allocate(unsigned int num_desc_extra);

/**
 * @brief Set up a queue on a ring. The driver's side zeroes the ring.
 *
 * @param device    device that the queue belongs to; its `role` decides the queue's
 * @param id        number of the queue in its device
 * @param name      kept, not copied
 * @param ring      place and size of the ring
 * @param callback  may be NULL
 * @param notify    kicks the other side; may be NULL if that is never wanted
 * @param vq        memory of the queue, with room for `num_descs` vq_descx entries in the driver's role
 * @return VQUEUE_SUCCESS, ERROR_VQUEUE_INVLD_PARAM, ERROR_VRING_MAX_DESC, ERROR_VRING_ALIGN; device's role:
 *         ERROR_EMPTY_RING when the ring still holds the used entries of an earlier life, that is, the driver has not
 *         reset it since
 */
int virtqueue_create(struct virtio_device *device, unsigned short id, const char *name, struct vring_alloc_info *ring,
                     void (*callback)(struct virtqueue *vq), void (*notify)(struct virtqueue *vq),
                     struct virtqueue *vq);

/** @brief Free a queue of virtqueue_allocate(). NULL is allowed. Its ring is left as it is. */
void virtqueue_free(struct virtqueue *vq);

/** @brief Say in which region the queue's buffers lie. Needed before the first buffer. */
void virtqueue_set_shmem_io(struct virtqueue *vq, struct metal_io_region *io);

/**
 * @brief Tell the other side about published entries, if it wants to be told.
 *
 * Entries are published by the call that adds them; this decides about the kick, once for any number of them.
 */
void virtqueue_kick(struct virtqueue *vq);

/** @brief A kick arrived: run the callback. */
void virtqueue_notification(struct virtqueue *vq);

/** @brief Ask the other side not to kick. A hint: kicks may still come. */
void virtqueue_disable_cb(struct virtqueue *vq);

/**
 * @brief Ask the other side to kick again.
 * @return 1 if entries came before that took effect, for which no kick may come: look at the queue now. 0: none did.
 */
int virtqueue_enable_cb(struct virtqueue *vq);

/** @brief Buffer address of descriptor @p idx, translated and checked; NULL if it is no valid descriptor. */
void *virtqueue_get_buffer_addr(struct virtqueue *vq, uint16_t idx);

/** @brief Buffer length of descriptor @p idx in bytes; 0 if it is no valid descriptor. */
uint32_t virtqueue_get_buffer_length(struct virtqueue *vq, uint16_t idx);

/** @brief Length of the next buffer that can be taken, without taking it; 0 if there is none. */
uint32_t virtqueue_get_desc_size(struct virtqueue *vq);

/** @brief Write the state of the queue to the log, level METAL_LOG_DEBUG. */
void virtqueue_dump(struct virtqueue *vq);

/* ------------------------------------------------------------------ driver: virtqueue_driver.c */

/**
 * @brief Offer a buffer, in one or more parts.
 *
 * @param buf_list  first the parts that the device reads, then those that it writes
 * @param readable  number of the former
 * @param writable  number of the latter
 * @param cookie    not NULL; virtqueue_get_buffer() gives it back
 * @return VQUEUE_SUCCESS, ERROR_VRING_NO_BUFF (no part), ERROR_VRING_FULL, ERROR_VQUEUE_INVLD_PARAM (a part outside the
 *         shared memory region, or a stopped queue). On an error nothing was offered.
 *
 * Owns: the buffer is the device's until virtqueue_get_buffer() returns it.
 */
int virtqueue_add_buffer(struct virtqueue *vq, struct virtqueue_buf *buf_list, int readable, int writable,
                         void *cookie);

/**
 * @brief Take back a buffer that the device has used.
 * @param len  bytes that the device says it wrote, as the device wrote it: check it; may be NULL
 * @param idx  head descriptor; may be NULL
 * @return the cookie, or NULL: none there, or the queue has stopped
 */
void *virtqueue_get_buffer(struct virtqueue *vq, uint32_t *len, uint16_t *idx);

/** @brief 1 if all descriptors are free, that is, the device holds no buffer. */
int virtqueue_empty(struct virtqueue *vq);

/** @brief 1 if no descriptor is free. */
int virtqueue_full(struct virtqueue *vq);

/* ------------------------------------------------------------------ device: virtqueue_device.c */

/**
 * @brief Take the next buffer that the driver offers.
 * @param avail_idx  head descriptor, for virtqueue_add_consumed_buffer()
 * @param len        bytes of its first part
 * @return address of its first part, all of it inside the shared memory region; NULL: none there, or the queue has
 * stopped
 */
void *virtqueue_get_first_avail_buffer(struct virtqueue *vq, uint16_t *avail_idx, uint32_t *len);

/**
 * @brief Next part of a chain.
 * @param idx       the part before
 * @param next_idx  this part
 * @param next_len  its bytes
 * @return its address, or NULL: the chain ends, or it is not valid. A chain has no more parts than the ring has
 *         descriptors: a caller that counts is safe from a chain that loops.
 */
void *virtqueue_get_next_avail_buffer(struct virtqueue *vq, uint16_t idx, uint16_t *next_idx, uint32_t *next_len);

/**
 * @brief Give a buffer back.
 * @param head_idx  of virtqueue_get_first_avail_buffer()
 * @param len       bytes written
 * @return VQUEUE_SUCCESS, ERROR_INVLD_DESC_IDX, or ERROR_VRING_FULL when more are given back than were taken
 */
int virtqueue_add_consumed_buffer(struct virtqueue *vq, uint16_t head_idx, uint32_t len);

#ifdef __cplusplus
}
#endif

#endif /* OPENAMP_VIRTQUEUE_H */
