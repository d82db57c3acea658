/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The split ring as both sides work with it: whose it is, looking, taking, publishing, and whether to kick.
 *
 * Everything here is for one context at a time, like the queues themselves.
 */
#ifndef AMP_RING_H
#define AMP_RING_H

#include "cached_memory.h"
#include "device.h"
#include "hot_path.h"
#include "shared_access.h"

#include <amprelay/link_reason.h>

#include <metal/time.h>

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

/** Device: 0 if the ring is still the one that this queue was created on. */
AMP_HOT uint32_t vq_mark_gone_inline(const struct virtqueue *vq)
{
	const uint16_t *mark = vq->vq_life;

	if (host_is_lite(vq))
		return 0; /* there may be no room for one */
	vq_ring_invalidate(vq, mark, sizeof(*mark));
	return AMP_SHARED_LOAD(mark) - VQ_IN_USE;
}

uint32_t amp_vq_mark_gone(const struct virtqueue *vq);
#define vq_mark_gone       AMP_INLINE_OR_CALL(vq_mark_gone_inline, amp_vq_mark_gone)
#define vq_mark_stands(vq) (!vq_mark_gone(vq))

/* ------------------------------------------------------------------ both roles */

/**
 * The other side wrote something impossible: remember the first such thing, and be empty from now on.
 * @param reason  enum amp_link_reason
 */
void amp_vq_fault(struct virtqueue *vq, int reason);

/** The same; and in the device's role the last store to the ring, unless that is another life's already. */
void amp_vq_stop(struct virtqueue *vq, int reason);

/**
 * The same, of the queue that carries messages away: they may be looked at before. Weak, and only another name, where
 * nobody does: see lib/rpmsg/on_demand/receipts.c.
 */
void amp_vq_stop_sending(struct virtqueue *vq, int reason);

/**
 * Driver: the end of a reset, behind the status that it has stored. Kicks a device that uses the ring, and waits until
 * it does not.
 * @return the mark: VQ_IN_USE if it did not let go in time
 */
uint16_t amp_vq_wait_let_go(struct virtqueue *vq);

/** Driver: one limit for the waits of all queues that are created between the two calls. */
static inline void amp_virtio_limit_let_go(struct virtio_device *vdev, bool begin)
{
	if (role_is_driver(vdev))
		vdev->let_go_deadline = begin ? (uint32_t)metal_get_timestamp() + LET_GO_TIMEOUT_NS : 0;
}

/** A result of amp_vq_start(), from and to what virtqueue_create() returns: small numbers are short instructions. */
#define VQ_START(error)       (VQ_ERROR_BASE - (error))
#define VQ_START_ERROR(short) ((short) ? VQ_ERROR_BASE - (short) : VQUEUE_SUCCESS)

/** virtqueue_create() of a queue that has its name, callback and notify already. @return 0 or VQ_START() */
int amp_vq_start(struct virtqueue *vq, struct virtio_device *device, unsigned int id,
                 const struct vring_alloc_info *ring);

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

/** The next entry to take. Equal to the other side's index: there is none. */
AMP_HOT uint16_t vq_next_idx(const struct virtqueue *vq, bool driver)
{
	return driver ? vq->vq_used_cons_idx : vq->vq_available_idx;
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

/** Whether the other side has published something behind @p next, which was all that there was. */
AMP_HOT bool vq_came_since(const struct virtqueue *vq, uint16_t next, bool driver)
{
	return vq_peer_idx_now(vq, driver) != next;
}

/** Whether something is left of what the last look showed. */
AMP_HOT bool vq_shown(const struct virtqueue *vq, bool driver)
{
	return vq_next_idx(vq, driver) != vq->vq_peer_idx;
}

/** vq_look_inline(), for whoever does not count instructions; a queue with a fault is empty. */
bool amp_vq_look(struct virtqueue *vq);

/** vq_look_inline(), where a call would cost more than its room. */
#if AMP_WITH_PACKED_RINGS
/* That of lib/rpmsg/link_ring.h. */
#elif AMP_FAST
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
	uint32_t mask = vq->vq_mask, idx;
	const uint16_t *entry = &vq->vq_ring.avail->ring[vq->vq_available_idx & mask];

	vq_ring_invalidate(vq, entry, sizeof(*entry));
	idx = AMP_SHARED_LOAD(entry);
	*head = idx;
	return amp_likely(idx <= mask) ? AMP_LINK_OK : AMP_LINK_BAD_DESCRIPTOR;
}

AMP_HOT void vq_device_advance(struct virtqueue *vq)
{
	vq->vq_available_idx++;
}

/** Give the chain that starts at @p head back; it was taken before. */
AMP_HOT void vq_device_put_inline(struct virtqueue *vq, uint32_t head, uint32_t len)
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

void amp_vq_device_put(struct virtqueue *vq, uint32_t head, uint32_t len);
#define vq_device_put AMP_INLINE_OR_CALL(vq_device_put_inline, amp_vq_device_put)

#endif /* AMP_RING_H */
