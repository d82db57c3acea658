/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the files of lib/virtio, and device types such as lib/rpmsg, need of virtqueues beyond the public
 * interface.
 *
 * Everything here is for one context at a time, like the queues themselves.
 */
#ifndef AMP_VIRTQUEUE_INTERNAL_H
#define AMP_VIRTQUEUE_INTERNAL_H

#include "shared_access.h"

#include <amprelay/config.h>
#include <amprelay/link_reason.h>
#include <openamp/virtio.h>
#include <openamp/virtqueue.h>

#include <metal/cache.h>

/*
 * The way of a message is written once for both roles, as functions that take the role as a constant and are all
 * inlined into one per role: neither calls nor role checks remain. A build for size keeps the calls.
 */
#if defined(__OPTIMIZE__) && !defined(__OPTIMIZE_SIZE__)
#define AMP_HOT  static inline __attribute__((__always_inline__))
#define AMP_FAST 1
#else
#define AMP_HOT  static inline
#define AMP_FAST 0
#endif
#define AMP_COLD __attribute__((__cold__, __noinline__))

#define amp_likely(x)   __builtin_expect(!!(x), 1)
#define amp_unlikely(x) __builtin_expect(!!(x), 0)

/* A build for one role knows the answer; the code of the other role goes away. */
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

/* Device: the driver is RPMsg-Lite; see amp_virtio_rpmsg_lite_host().
 * A build that does not know it knows the answer. */
AMP_HOT bool host_is_lite(const struct virtqueue *vq)
{
	return AMP_WITH_RPMSG_LITE_HOST && vq->vq_dev->rpmsg_lite_host;
}

/** Whether a callback of the device runs, after which the library goes on with it: it must stay as it is. */
static inline bool amp_virtio_in_use(const struct virtio_device *vdev)
{
	return vdev->users || vdev->telling;
}

/* ------------------------------------------------------------------ cached memory */

/* Before a read of what the other side may have written to the ring. */
static inline void vq_ring_invalidate(const struct virtqueue *vq, const void *ptr, unsigned int len)
{
	if (AMP_WITH_DCACHE && vq->vq_noncoherent)
		metal_cache_invalidate((void *)(uintptr_t)ptr, len);
}

/* After a write to the ring that the other side is to see. */
static inline void vq_ring_flush(const struct virtqueue *vq, const void *ptr, unsigned int len)
{
	if (AMP_WITH_DCACHE && vq->vq_noncoherent)
		metal_cache_flush((void *)(uintptr_t)ptr, len);
}

/* The same for message buffers, whose region is known. */
static inline void vq_buffer_invalidate(const struct metal_io_region *io, const void *ptr, unsigned int len)
{
	if (AMP_WITH_DCACHE)
		amp_cache_invalidate_io(io, (void *)(uintptr_t)ptr, len);
}

static inline void vq_buffer_flush(const struct metal_io_region *io, const void *ptr, unsigned int len)
{
	if (AMP_WITH_DCACHE)
		amp_cache_flush_io(io, (void *)(uintptr_t)ptr, len);
}

/**
 * What buffers that both sides write to are aligned to, less 1: words, or lines of the cache. A line that holds parts
 * of two buffers, one here and one with the other side, would carry the one's old bytes over the other's new ones.
 */
static inline uintptr_t vq_buffer_align_mask(const struct metal_io_region *io)
{
	return AMP_WITH_DCACHE && (io->mem_flags & AMP_IO_NONCOHERENT) ? AMP_ARCH_CACHE_LINE - 1u : 3u;
}

/* ------------------------------------------------------------------ whose ring it is */

/*
 * A device that uses a ring says so in the ring: in the word behind the used entries, which has no other meaning
 * without VIRTIO_RING_F_EVENT_IDX, which only the device writes, and which every driver zeroes with its ring.
 *
 * For the device: as long as its mark is there, nobody has zeroed the ring, even if a reset came and went unseen. An
 * index proves nothing: the device may be about to store its own into a ring that has just become new.
 *
 * For a driver that knows the mark: a reset is complete when no ring shows VQ_IN_USE any more. Both have stored first
 * and then look, with a fence in between (the driver the status, the device the mark), so one of them sees the other:
 * either the driver waits, or the device notices that DRIVER_OK went and touches nothing. A driver that does not wait
 * (Linux) sees less than it could, and no more harm: see virtqueue_create().
 */
#define VQ_IN_USE         0xa301u   /**< the device reads and writes this ring */
#define LET_GO_TIMEOUT_NS 50000000u /**< how long a driver waits for a device that has not let go of its rings */
#define VQ_LET_GO         0xa302u   /**< it did, and will not write again before a driver has zeroed the ring */

static inline uint16_t *vring_mark(const struct vring *ring)
{
	return (uint16_t *)(void *)&ring->used->ring[ring->num];
}

/** Device: whether the ring is still the one that this queue was created on. */
AMP_HOT bool vq_mark_stands(const struct virtqueue *vq)
{
	const uint16_t *mark = vring_mark(&vq->vq_ring);

	if (host_is_lite(vq))
		return true; /* there may be no room for one */
	vq_ring_invalidate(vq, mark, sizeof(*mark));
	return AMP_SHARED_LOAD(mark) == VQ_IN_USE;
}

/** Device: the last store to the ring. Leaves it alone if it is another life's already. */
void amp_vq_let_go(struct virtqueue *vq);

/* ------------------------------------------------------------------ both roles */

/**
 * The other side wrote something impossible: remember the first such thing, and be empty from now on.
 * @param reason  enum amp_link_reason
 */
void amp_vq_fault(struct virtqueue *vq, int reason);

/** Ask for kicks, or ask for none; a hint. */
AMP_HOT void vq_set_no_notify(struct virtqueue *vq, bool none, bool driver)
{
	uint16_t *word = driver ? &vq->vq_ring.avail->flags : &vq->vq_ring.used->flags;

	AMP_SHARED_STORE(word, none ? VRING_AVAIL_F_NO_INTERRUPT : 0); /* VRING_USED_F_NO_NOTIFY is the same bit */
	vq_ring_flush(vq, word, sizeof(*word));
}

/** What the other side's flag says. Behind a fence: see below. */
AMP_HOT bool vq_kick_flag(const struct virtqueue *vq, bool driver)
{
	const uint16_t *word = driver ? &vq->vq_ring.used->flags : &vq->vq_ring.avail->flags;

	if (!driver && host_is_lite(vq))
		return true;
	vq_ring_invalidate(vq, word, sizeof(*word));
	return !(AMP_SHARED_LOAD(word) & VRING_USED_F_NO_NOTIFY);
}

/**
 * Whether the other side wants to be kicked for what has been published.
 *
 * The fence stands between our index (stored) and its flag (loaded). Without it, this: the other side finds the queue
 * empty, clears its flag and looks once more, while our index still waits in a store buffer: it sees nothing, and
 * sleeps. We had loaded the old flag before, and do not kick. The message lies there until something else happens. With
 * it, one of the two sees the other's store. The fence also stands between our own flag and our next look at its index,
 * for the same story with the parts exchanged.
 */
AMP_HOT bool vq_wants_kick(struct virtqueue *vq, bool driver)
{
	AMP_SHARED_FENCE();
	return vq_kick_flag(vq, driver);
}

/** The other side's index, as it is now. What it published before is visible afterwards. */
AMP_HOT uint16_t vq_peer_idx_now(const struct virtqueue *vq, bool driver)
{
	const uint16_t *word = driver ? &vq->vq_ring.used->idx : &vq->vq_ring.avail->idx;

	vq_ring_invalidate(vq, word, sizeof(*word));
	return AMP_SHARED_LOAD_ACQUIRE(word);
}

/**
 * Whether something is there that was not taken, looked at or not: another context may have looked since.
 */
AMP_HOT bool vq_peer_moved(const struct virtqueue *vq, bool driver)
{
	return vq_peer_idx_now(vq, driver) != (driver ? vq->vq_used_cons_idx : vq->vq_available_idx);
}

/** Look at the other side's index, which must be plausible. True: entries wait. A queue with a fault must not be looked
 * at. */
AMP_HOT bool vq_look_inline(struct virtqueue *vq, bool driver)
{
	uint16_t idx = vq_peer_idx_now(vq, driver), next, limit;

	if (driver) {
		next = vq->vq_used_cons_idx;
		limit = (uint16_t)(vq->vq_available_idx - next); /* no more than the device holds */
	} else {
		next = vq->vq_available_idx;
		limit = (uint16_t)(vq->vq_nentries + vq->vq_used_cons_idx - next); /* no more than fit into the ring */
		/* The driver has zeroed the ring: a reset came and went. */
		if (amp_unlikely(!vq_mark_stands(vq))) {
			amp_vq_fault(vq, AMP_LINK_PEER_RESET);
			return false;
		}
	}
	if (amp_unlikely((uint16_t)(idx - next) > limit)) {
		amp_vq_fault(vq, AMP_LINK_BAD_INDEX);
		return false;
	}
	vq->vq_peer_idx = idx;
	return idx != next;
}

/** Whether something is left of what the last look showed. */
AMP_HOT bool vq_shown(const struct virtqueue *vq, bool driver)
{
	return (driver ? vq->vq_used_cons_idx : vq->vq_available_idx) != vq->vq_peer_idx;
}

/** vq_look_inline(), for whoever does not count instructions; a queue with a fault is empty. */
bool amp_vq_look(struct virtqueue *vq);

/** vq_look_inline(), where a call would cost more than its room. */
#if AMP_FAST
#define vq_look(vq, driver) vq_look_inline(vq, driver)
#else
#define vq_look(vq, driver) amp_vq_look(vq)
#endif

/**
 * Translate an address of the other side.
 * @param va  the same place here; NULL is one: a core's memory may start at address 0
 * @return false: the @p len bytes there are not wholly in the region, and in one piece
 */
AMP_HOT bool vq_buffer_va(struct metal_io_region *io, uint64_t addr, uint32_t len, char **va)
{
	metal_phys_addr_t phys = (metal_phys_addr_t)addr;
	unsigned long offset = metal_io_phys_to_offset(io, phys);

	if (amp_unlikely(phys != addr || !amp_io_in_one_piece(io, offset, phys, len)))
		return false;
	*va = (char *)io->virt + offset;
	return true;
}

/** Read descriptor @p idx, which is inside the ring, once. */
AMP_HOT void vq_read_desc(const struct virtqueue *vq, uint32_t idx, struct vring_desc *copy)
{
	const struct vring_desc *desc = &vq->vq_ring.desc[idx];

	vq_ring_invalidate(vq, desc, sizeof(*desc));
	copy->addr = amp_shared_load64(&desc->addr);
	copy->len = AMP_SHARED_LOAD(&desc->len);
	copy->flags = AMP_SHARED_LOAD(&desc->flags);
}

/** Device: whether the driver is ready. With a transport that has no status it always is. */
bool amp_virtio_driver_ok(struct virtio_device *vdev);

/* ------------------------------------------------------------------ driver */

/** Offer the chain that starts at @p head, as its descriptors say. */
AMP_HOT void vq_driver_publish(struct virtqueue *vq, uint32_t head)
{
	struct vring_avail *avail = vq->vq_ring.avail;
	uint32_t idx = vq->vq_available_idx;
	uint16_t *entry = &avail->ring[idx & vq->vq_mask];

	AMP_SHARED_STORE(entry, (uint16_t)head);
	vq_ring_flush(vq, entry, sizeof(*entry));
	vq->vq_available_idx = (uint16_t)++idx;
	/* Release: a device that sees the index sees the entry, the descriptors and the buffer, not what was there
	 * before. */
	AMP_SHARED_STORE_RELEASE(&avail->idx, (uint16_t)idx);
	vq_ring_flush(vq, &avail->idx, sizeof(avail->idx));
}

/**
 * The next used buffer of what the last look showed; there is one. Does not take it: vq_driver_advance() does.
 * @param head  its first descriptor; its descriptors stay allocated, and marked as the device's
 * @param len   what the device says it wrote; NULL: not of interest
 * @return AMP_LINK_OK or a reason. A buffer that the device does not hold would be handed out twice.
 */
AMP_HOT int vq_driver_next(const struct virtqueue *vq, uint32_t *head, uint32_t *len)
{
	const struct vring_used_elem *elem = &vq->vq_ring.used->ring[vq->vq_used_cons_idx & vq->vq_mask];

	vq_ring_invalidate(vq, elem, sizeof(*elem));
	*head = AMP_SHARED_LOAD(&elem->id);
	if (amp_unlikely(*head > vq->vq_mask || !vq->vq_descx[*head].ndescs))
		return AMP_LINK_BAD_DESCRIPTOR;
	if (len)
		*len = AMP_SHARED_LOAD(&elem->len);
	return AMP_LINK_OK;
}

AMP_HOT void vq_driver_advance(struct virtqueue *vq)
{
	vq->vq_used_cons_idx++;
}

/**
 * Tie a buffer to a free descriptor without offering it; its cookie is @p buf.
 * @param writable  by the device
 * @return the descriptor; -1: none is free, or the buffer is outside the shared memory region, not in one piece, or not
 * aligned as vq_buffer_align_mask() says
 */
int amp_vq_driver_attach(struct virtqueue *vq, void *buf, uint32_t len, bool writable);

/* ------------------------------------------------------------------ device */

/**
 * The next head of what the last look showed; there is one. Does not take it: vq_device_advance() does.
 * @return AMP_LINK_OK or a reason
 */
AMP_HOT int vq_device_next(const struct virtqueue *vq, uint32_t *head)
{
	const uint16_t *entry = &vq->vq_ring.avail->ring[vq->vq_available_idx & vq->vq_mask];

	vq_ring_invalidate(vq, entry, sizeof(*entry));
	*head = AMP_SHARED_LOAD(entry);
	return amp_likely(*head <= vq->vq_mask) ? AMP_LINK_OK : AMP_LINK_BAD_DESCRIPTOR;
}

AMP_HOT void vq_device_advance(struct virtqueue *vq)
{
	vq->vq_available_idx++;
}

/** Give the chain that starts at @p head back; it was taken before. */
AMP_HOT void vq_device_put(struct virtqueue *vq, uint32_t head, uint32_t len)
{
	struct vring_used *used = vq->vq_ring.used;
	uint32_t idx = vq->vq_used_cons_idx;
	struct vring_used_elem *elem = &used->ring[idx & vq->vq_mask];

	AMP_SHARED_STORE(&elem->id, head);
	AMP_SHARED_STORE(&elem->len, len);
	vq_ring_flush(vq, elem, sizeof(*elem));
	vq->vq_used_cons_idx = (uint16_t)++idx;
	if (AMP_WITH_RPMSG_LITE_HOST)
		idx += vq->vq_used_ahead;
	/* Release: a driver that sees the index sees the entry and the message, not what was there before. */
	AMP_SHARED_STORE_RELEASE(&used->idx, (uint16_t)idx);
	vq_ring_flush(vq, &used->idx, sizeof(used->idx));
}

#endif /* AMP_VIRTQUEUE_INTERNAL_H */
