/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file virtio_ring.h
 * @brief The split virtqueue as it lies in shared memory (virtio 1.2, chapter 2.7; legacy layout).
 *
 * All fields are little-endian, and so are all cores that this library runs on. The driver writes the descriptors and
 * the available ring, the device writes the used ring. Code outside lib/virtio has no reason to touch a ring through
 * these structures: the other side may change any of its words at any time.
 */
#ifndef OPENAMP_VIRTIO_RING_H
#define OPENAMP_VIRTIO_RING_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define VRING_DESC_F_NEXT     1 /**< the buffer goes on in the descriptor `next` */
#define VRING_DESC_F_WRITE    2 /**< the device writes this buffer (otherwise it only reads) */
#define VRING_DESC_F_INDIRECT 4 /**< the buffer holds a table of descriptors; never negotiated here */

#define VRING_USED_F_NO_NOTIFY     1 /**< device → driver: do not kick me for new available buffers */
#define VRING_AVAIL_F_NO_INTERRUPT 1 /**< driver → device: do not kick me for used buffers */

/** One buffer, or one part of a chain. 16 bytes. */
struct vring_desc {
	uint64_t addr;  /**< address as the driver sees it */
	uint32_t len;   /**< bytes */
	uint16_t flags; /**< VRING_DESC_F_* */
	uint16_t next;  /**< index of the next part, if VRING_DESC_F_NEXT */
};

/** What the driver offers. */
struct vring_avail {
	uint16_t flags;                 /**< VRING_AVAIL_F_* */
	uint16_t idx;                   /**< entries ever written, modulo 65536 */
	__extension__ uint16_t ring[0]; /**< heads of descriptor chains */
};

/** One buffer that the device gave back. */
struct vring_used_elem {
	__extension__ union {
		uint32_t event;
		uint32_t id; /**< head of the descriptor chain */
	};
	uint32_t len; /**< bytes that the device wrote */
};

/** What the device gave back. */
struct vring_used {
	uint16_t flags; /**< VRING_USED_F_* */
	uint16_t idx;   /**< entries ever written, modulo 65536 */
	__extension__ struct vring_used_elem ring[0];
};

/** Where the parts of one ring are. */
struct vring {
	unsigned int num; /**< descriptors, a power of two up to 32768 */
	struct vring_desc *desc;
	struct vring_avail *avail;
	struct vring_used *used;
};

/*
 *  desc[num] | avail.flags avail.idx avail.ring[num] used_event | padding to `align` | used.flags used.idx
 * used.ring[num] avail_event
 */

/**
 * @brief Bytes that a ring takes.
 * @param num    descriptors
 * @param align  alignment of the used ring, a power of two
 */
static inline int vring_size(unsigned int num, unsigned long align)
{
	unsigned long size = num * sizeof(struct vring_desc);

	size += sizeof(struct vring_avail) + num * sizeof(uint16_t) + sizeof(uint16_t);
	size = (size + align - 1) & ~(align - 1);
	size += sizeof(struct vring_used) + num * sizeof(struct vring_used_elem) + sizeof(uint16_t);
	return (int)size;
}

/**
 * @brief Compute where the parts of a ring at @p p are. Does not touch the memory.
 * @param vr     filled
 * @param num    descriptors
 * @param p      start of the ring, aligned to @p align
 * @param align  alignment of the used ring, a power of two
 */
static inline void vring_init(struct vring *vr, unsigned int num, uint8_t *p, unsigned long align)
{
	uintptr_t used;

	vr->num = num;
	vr->desc = (struct vring_desc *)(void *)p;
	vr->avail = (struct vring_avail *)(void *)(p + num * sizeof(struct vring_desc));
	used = (uintptr_t)&vr->avail->ring[num] + sizeof(uint16_t);
	vr->used = (struct vring_used *)((used + align - 1) & ~(uintptr_t)(align - 1));
}

/** A word of a ring, whatever is declared to be in its place. */
typedef uint16_t __attribute__((__may_alias__)) amp_ring_word;

/** The two words of VIRTIO_RING_F_EVENT_IDX: where the driver, and where the device wants to be notified. */
#define vring_used_event(vr)  ((vr)->avail->ring[(vr)->num])
#define vring_avail_event(vr) (*(amp_ring_word *)(void *)&(vr)->used->ring[(vr)->num])

/**
 * @brief With VIRTIO_RING_F_EVENT_IDX: does moving the index from @p old to @p new_idx pass @p event_idx?
 * @return 1 if the other side wants a notification
 */
static inline int vring_need_event(uint16_t event_idx, uint16_t new_idx, uint16_t old)
{
	return (uint16_t)(new_idx - event_idx - 1) < (uint16_t)(new_idx - old);
}

#ifdef __cplusplus
}
#endif

#endif /* OPENAMP_VIRTIO_RING_H */
