/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The packed ring as both sides work with it; what ring.h is for the split ring.
 *
 * There is one array of descriptors and no index. A descriptor is available or used by two of its flags, compared with
 * a wrap counter that changes each time a side passes the end of the ring. So each look is at the descriptor itself,
 * and shows all of it.
 *
 * Of struct virtqueue, vq_available_idx and vq_used_cons_idx count descriptors, modulo 65536: of the driver's what it
 * offered and what came back, of the device's what it took and what it gave back. Since the number of descriptors is a
 * power of two, the place in the ring is the count's low bits, and the wrap counter the bit above those, inverted.
 * vq_peer_idx holds the two flags, as the other side will write them into the next descriptor that this side looks at;
 * vq_flags those that this side writes into its next one.
 */
#ifndef AMP_PACKED_RING_H
#define AMP_PACKED_RING_H

#include "ring.h"

#include <amprelay/ring_features.h>

/** Available and used: the two flags of a descriptor that say whose it is. */
#define PQ_STATE (VRING_PACKED_DESC_F_AVAIL | VRING_PACKED_DESC_F_USED)

/** vq_peer_idx of a queue that has stopped: no descriptor says so. */
#define PQ_STOPPED 1u

AMP_HOT struct vring_packed_desc *pq_desc(const struct virtqueue *vq, uint32_t at)
{
	return (struct vring_packed_desc *)(void *)&vq->vq_ring.desc[at & vq->vq_mask];
}

/** The driver's event suppression, or the device's. */
AMP_HOT struct vring_packed_desc_event *pq_event(const struct vring *ring, bool drivers)
{
	return (struct vring_packed_desc_event *)(drivers ? (void *)ring->avail : (void *)ring->used);
}

/** The device's mark: see VQ_IN_USE. Behind its event suppression, so that it is there with an event index too. */
static inline uint16_t *pq_mark(const struct vring *ring)
{
	return (uint16_t *)(void *)(pq_event(ring, false) + 1);
}

/**
 * The word behind it: 1 since the device has come round the ring. Before that, a used descriptor 0 shows that it has
 * used the ring, and afterwards nothing else would.
 */
static inline uint16_t *pq_passed(const struct vring *ring)
{
	return pq_mark(ring) + 1;
}

/* ------------------------------------------------------------------ both roles */

void amp_packed_fault(struct virtqueue *vq, int reason);
void amp_packed_stop(struct virtqueue *vq, int reason);

/** As amp_vq_start(). In the device's role vq_descx is not looked at. */
int amp_packed_start(struct virtqueue *vq, struct virtio_device *device, unsigned int id,
                     const struct vring_alloc_info *ring);

/** Bytes of the next buffer's first descriptor that can be taken; 0: there is none. */
uint32_t amp_packed_next_size(struct virtqueue *vq);

AMP_HOT void pq_set_no_notify(struct virtqueue *vq, bool none, bool driver)
{
	AMP_SHARED_STORE(&pq_event(&vq->vq_ring, driver)->flags,
	                 none ? VRING_PACKED_EVENT_FLAG_DISABLE : VRING_PACKED_EVENT_FLAG_ENABLE);
}

/** As vq_kick_flag(). Whatever is not a plain no is a yes. */
AMP_HOT bool pq_kick_flag(const struct virtqueue *vq, bool driver)
{
	return AMP_SHARED_LOAD(&pq_event(&vq->vq_ring, !driver)->flags) != VRING_PACKED_EVENT_FLAG_DISABLE;
}

/** As vq_wants_kick(), with its story: the descriptor that was stored takes the place of the index. */
AMP_HOT bool pq_wants_kick(struct virtqueue *vq, bool driver)
{
	AMP_SHARED_FENCE();
	return pq_kick_flag(vq, driver);
}

/** The next descriptor that this side looks at. */
AMP_HOT uint16_t pq_next_idx(const struct virtqueue *vq, bool driver)
{
	return driver ? vq->vq_used_cons_idx : vq->vq_available_idx;
}

/**
 * Whether the other side is done with the next descriptor. Acquire: all of it, and the buffer, are there then. Not in a
 * queue that has stopped.
 */
AMP_HOT bool pq_shown(const struct virtqueue *vq, bool driver)
{
	const struct vring_packed_desc *desc = pq_desc(vq, pq_next_idx(vq, driver));

	return (AMP_SHARED_LOAD_ACQUIRE(&desc->flags) & PQ_STATE) == vq->vq_peer_idx;
}

/** The same of the descriptor at @p next, whatever this side has looked at meanwhile. */
AMP_HOT bool pq_came_since(const struct virtqueue *vq, uint16_t next, bool driver)
{
	bool odd = next & vq->vq_nentries;
	uint32_t state = driver ? (odd ? 0 : PQ_STATE) : odd ? VRING_PACKED_DESC_F_USED : VRING_PACKED_DESC_F_AVAIL;

	return (AMP_SHARED_LOAD_ACQUIRE(&pq_desc(vq, next)->flags) & PQ_STATE) == state;
}

/** As vq_look_inline(). The mark is looked at behind the descriptor: a driver takes it away before it zeroes. */
AMP_HOT bool pq_look(struct virtqueue *vq, bool driver)
{
	bool shown = pq_shown(vq, driver);

	if (!driver && amp_unlikely(!vq_mark_stands(vq))) {
		amp_packed_fault(vq, AMP_LINK_PEER_RESET);
		return false;
	}
	return shown;
}

bool amp_packed_look(struct virtqueue *vq);

/** Move a count on, by no more than the ring has. @return whether that passes the end of the ring */
AMP_HOT bool pq_advance(const struct virtqueue *vq, uint16_t *idx, uint32_t by)
{
	uint32_t next = *idx + by;
	uint32_t passed = by == 1 ? !(next & vq->vq_mask) : (next ^ *idx) & ~vq->vq_mask;

	*idx = (uint16_t)next;
	return amp_unlikely(passed);
}

/* ------------------------------------------------------------------ driver */

/** As vq_driver_next(); pq_shown() showed it. */
AMP_HOT int pq_driver_next(const struct virtqueue *vq, uint32_t *id, uint32_t *len)
{
	const struct vring_packed_desc *desc = pq_desc(vq, vq->vq_used_cons_idx);

	*id = AMP_SHARED_LOAD(&desc->id);
	if (amp_unlikely(*id > vq->vq_mask || !vq->vq_descx[*id].ndescs))
		return AMP_LINK_BAD_DESCRIPTOR;
	if (len)
		*len = AMP_SHARED_LOAD(&desc->len);
	return AMP_LINK_OK;
}

AMP_HOT void pq_driver_advance(struct virtqueue *vq, uint32_t descs)
{
	if (pq_advance(vq, &vq->vq_used_cons_idx, descs))
		vq->vq_peer_idx ^= PQ_STATE;
}

/** Offer a buffer of one part; there is a free descriptor. @param flags  0 or VRING_DESC_F_WRITE */
AMP_HOT void pq_driver_publish(struct virtqueue *vq, uint32_t id, uint64_t addr, uint32_t len, uint16_t flags)
{
	struct vring_packed_desc *desc = pq_desc(vq, vq->vq_available_idx);

	amp_shared_store64(&desc->addr, addr);
	AMP_SHARED_STORE(&desc->len, len);
	AMP_SHARED_STORE(&desc->id, (uint16_t)id);
	/* Release: a device that sees it available sees the rest of it and the buffer, not what was there before. */
	AMP_SHARED_STORE_RELEASE(&desc->flags, (uint16_t)(vq->vq_flags | flags));
	if (pq_advance(vq, &vq->vq_available_idx, 1))
		vq->vq_flags ^= PQ_STATE;
}

/** As amp_vq_driver_attach(). @return the buffer's id, or -1 */
int amp_packed_attach(struct virtqueue *vq, void *buf, uint32_t len, bool writable);

/* ------------------------------------------------------------------ device */

/** Whether the descriptor at a count has been given back in its round: "used" changes with each that is. */
static inline bool pq_given_back(const struct virtqueue *vq, uint16_t at)
{
	bool used = AMP_SHARED_LOAD(&pq_desc(vq, at)->flags) & VRING_PACKED_DESC_F_USED, odd = at & vq->vq_nentries;

	return used != odd;
}

/** What goes with the counts that it begins with, both the same. */
AMP_HOT void pq_device_begin(struct virtqueue *vq)
{
	bool odd = vq->vq_available_idx & vq->vq_nentries;

	vq->vq_peer_idx = odd ? VRING_PACKED_DESC_F_USED : VRING_PACKED_DESC_F_AVAIL;
	vq->vq_flags = odd ? 0 : PQ_STATE;
}

/**
 * The id of the next buffer, which pq_shown() showed, and whether there can be one.
 * @return AMP_LINK_OK or a reason
 */
AMP_HOT int pq_device_next(const struct virtqueue *vq, uint32_t *id)
{
	*id = AMP_SHARED_LOAD(&pq_desc(vq, vq->vq_available_idx)->id);
	if (amp_unlikely((uint16_t)(vq->vq_available_idx - vq->vq_used_cons_idx) > vq->vq_mask))
		return AMP_LINK_BAD_INDEX; /* this side has all that there are */
	return amp_likely(*id <= vq->vq_mask) ? AMP_LINK_OK : AMP_LINK_BAD_DESCRIPTOR;
}

AMP_HOT void pq_device_advance(struct virtqueue *vq, uint32_t descs)
{
	if (pq_advance(vq, &vq->vq_available_idx, descs))
		vq->vq_peer_idx ^= PQ_STATE;
}

/**
 * Give the buffer @p id of @p descs descriptors back.
 * @param flags  VRING_DESC_F_WRITE if bytes were written, else 0
 */
AMP_HOT void pq_device_put(struct virtqueue *vq, uint32_t id, uint32_t descs, uint32_t len, uint16_t flags)
{
	struct vring_packed_desc *desc = pq_desc(vq, vq->vq_used_cons_idx);

	AMP_SHARED_STORE(&desc->len, len);
	AMP_SHARED_STORE(&desc->id, (uint16_t)id);
	/* Release: a driver that sees it used sees the rest of it and the message, not what was there before. */
	AMP_SHARED_STORE_RELEASE(&desc->flags, (uint16_t)(vq->vq_flags | flags));
	if (pq_advance(vq, &vq->vq_used_cons_idx, descs)) {
		vq->vq_flags ^= PQ_STATE;
		AMP_SHARED_STORE(pq_passed(&vq->vq_ring), 1);
	}
}

#endif /* AMP_PACKED_RING_H */
