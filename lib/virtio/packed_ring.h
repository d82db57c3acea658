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
 * What goes with the counts is kept beside them: vq_ring.desc is the descriptor that this side looks at next, and
 * vq_peer_idx has the two flags as the other side will have written them; vq_ring.used is the one that this side writes
 * next, and vq_flags has the two flags for it. vq_ring.avail is the driver's event suppression; the device's is in
 * front of its mark, vq_life.
 */
#ifndef AMP_PACKED_RING_H
#define AMP_PACKED_RING_H

#include "ring.h"

#include <amprelay/ring_features.h>

/** Available and used: the two flags of a descriptor that say whose it is. */
#define PQ_STATE (VRING_PACKED_DESC_F_AVAIL | VRING_PACKED_DESC_F_USED)

/** vq_peer_idx of a queue that has stopped: no descriptor says so. */
#define PQ_STOPPED 1u

/** The descriptor that this side looks at next. */
AMP_HOT struct vring_packed_desc *pq_look_at(const struct virtqueue *vq)
{
	return (struct vring_packed_desc *)(void *)vq->vq_ring.desc;
}

/** The descriptor that this side writes next. */
AMP_HOT struct vring_packed_desc *pq_write_to(const struct virtqueue *vq)
{
	return (struct vring_packed_desc *)(void *)vq->vq_ring.used;
}

/** The driver's event suppression, or the device's. */
AMP_HOT struct vring_packed_desc_event *pq_event(const struct virtqueue *vq, bool drivers)
{
	return drivers ? (struct vring_packed_desc_event *)(void *)vq->vq_ring.avail
	               : (struct vring_packed_desc_event *)(void *)vq->vq_life - 1;
}

/**
 * The device's mark in a ring of vring_init(): see VQ_IN_USE. Behind its event suppression, so that it is there with an
 * event index too.
 */
static inline uint16_t *pq_mark(const struct vring *ring)
{
	return (uint16_t *)(void *)((struct vring_packed_desc_event *)(void *)ring->used + 1);
}

/**
 * The word behind the mark: 1 since the device has come round the ring. Before that, a used descriptor 0 shows that it
 * has used the ring, and afterwards nothing else would.
 */
static inline uint16_t *pq_passed(const struct virtqueue *vq)
{
	return vq->vq_life + 1;
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
	AMP_SHARED_STORE(&pq_event(vq, driver)->flags,
	                 none ? VRING_PACKED_EVENT_FLAG_DISABLE : VRING_PACKED_EVENT_FLAG_ENABLE);
}

/** As vq_kick_flag(). Whatever is not a plain no is a yes. */
AMP_HOT bool pq_kick_flag(const struct virtqueue *vq, bool driver)
{
	return AMP_SHARED_LOAD(&pq_event(vq, !driver)->flags) != VRING_PACKED_EVENT_FLAG_DISABLE;
}

/** As vq_wants_kick(), with its story: the descriptor that was stored takes the place of the index. */
AMP_HOT bool pq_wants_kick(struct virtqueue *vq, bool driver)
{
	AMP_SHARED_FENCE();
	return pq_kick_flag(vq, driver);
}

/** What this side has looked at. */
AMP_HOT uint16_t pq_next_idx(const struct virtqueue *vq, bool driver)
{
	return driver ? vq->vq_used_cons_idx : vq->vq_available_idx;
}

/** The descriptor at a count; for whoever does not count instructions. */
static inline struct vring_packed_desc *pq_desc(const struct virtqueue *vq, bool driver, uint32_t at)
{
	return pq_look_at(vq) - (pq_next_idx(vq, driver) & vq->vq_mask) + (at & vq->vq_mask);
}

/** Where this side looks next, whatever it has looked at meanwhile. */
struct pq_place {
	const struct vring_packed_desc *desc;
	uint16_t flags; /**< as the other side will write them */
};

AMP_HOT struct pq_place pq_next_place(const struct virtqueue *vq)
{
	return (struct pq_place){pq_look_at(vq), vq->vq_peer_idx};
}

/**
 * Of a queue of buffers of one part and one direction, whose vq_peer_idx has VRING_DESC_F_WRITE too if that is set:
 * whether the other side is done with a descriptor. Acquire: all of it, and the buffer, are there then. Not in a queue
 * that has stopped. One that is done and has other flags is left to amp_packed_look_at_one().
 */
AMP_HOT bool pq_came_to(struct pq_place place)
{
	return AMP_SHARED_LOAD_ACQUIRE(&place.desc->flags) == place.flags;
}

/** Whether it is done with the next one. */
AMP_HOT bool pq_shown(const struct virtqueue *vq)
{
	return AMP_SHARED_LOAD_ACQUIRE(&pq_look_at(vq)->flags) == vq->vq_peer_idx;
}

/**
 * Such a queue: look at the next descriptor, all checks made. Or, of any queue, at its state: amp_packed_look(). A
 * queue with a fault is empty.
 */
bool amp_packed_look_at_one(struct virtqueue *vq);

/** As vq_look_inline(). The mark is looked at behind the descriptor: a driver takes it away before it zeroes. */
AMP_HOT bool pq_look(struct virtqueue *vq, bool driver)
{
	if (amp_likely(pq_shown(vq) && (driver || vq_mark_stands(vq))))
		return true;
	return amp_packed_look_at_one(vq);
}

bool amp_packed_look(struct virtqueue *vq);

/**
 * Of a queue that was just created: all its buffers have one part, and one direction.
 * @param flags  VRING_DESC_F_WRITE: to the driver. 0: to the device
 */
static inline void pq_one_way(struct virtqueue *vq, uint16_t flags)
{
	vq->vq_peer_idx |= flags;
	vq->vq_flags |= flags;
}

/** The end of the ring, where the driver's event suppression begins. */
AMP_HOT struct vring_packed_desc *pq_end(const struct virtqueue *vq)
{
	return (struct vring_packed_desc *)(void *)vq->vq_ring.avail;
}

/** Look at the descriptor that is @p by further on, which is no more than the ring has. @param idx  the count */
AMP_HOT void pq_advance_look(struct virtqueue *vq, uint16_t *idx, uint32_t by)
{
	struct vring_packed_desc *next = pq_look_at(vq) + by;

	*idx = (uint16_t)(*idx + by);
	if (amp_unlikely(next >= pq_end(vq))) {
		next -= vq->vq_nentries;
		vq->vq_peer_idx ^= PQ_STATE;
	}
	vq->vq_ring.desc = (struct vring_desc *)(void *)next;
}

/** The same of the descriptor to write. @param next  that many on @return whether it passes the end of the ring */
AMP_HOT bool pq_advance_write(struct virtqueue *vq, uint16_t *idx, struct vring_packed_desc *next, uint32_t by)
{
	bool passes = amp_unlikely(next >= pq_end(vq));

	*idx = (uint16_t)(*idx + by);
	if (passes) {
		next -= vq->vq_nentries;
		vq->vq_flags ^= PQ_STATE;
	}
	vq->vq_ring.used = (struct vring_used *)(void *)next;
	return passes;
}

/**
 * What goes with counts that are the same.
 * @param first  of the ring
 * @param flags  as of pq_one_way()
 */
static inline void pq_begin(struct virtqueue *vq, struct vring_desc *first, bool driver, uint16_t flags)
{
	bool odd = vq->vq_available_idx & vq->vq_nentries;
	uint16_t drivers = odd ? VRING_PACKED_DESC_F_USED : VRING_PACKED_DESC_F_AVAIL, devices = odd ? 0 : PQ_STATE;

	vq->vq_ring.desc = first + (vq->vq_available_idx & vq->vq_mask);
	vq->vq_ring.used = (struct vring_used *)(void *)vq->vq_ring.desc;
	vq->vq_peer_idx = (driver ? devices : drivers) | flags;
	vq->vq_flags = (driver ? drivers : devices) | flags;
}

/* ------------------------------------------------------------------ driver */

/** As vq_driver_next(); pq_shown() showed it. */
AMP_HOT int pq_driver_next(const struct virtqueue *vq, uint32_t *id, uint32_t *len)
{
	const struct vring_packed_desc *desc = pq_look_at(vq);

	*id = AMP_SHARED_LOAD(&desc->id);
	if (amp_unlikely(*id > vq->vq_mask || !vq->vq_descx[*id].ndescs))
		return AMP_LINK_BAD_DESCRIPTOR;
	if (len)
		*len = AMP_SHARED_LOAD(&desc->len);
	return AMP_LINK_OK;
}

AMP_HOT void pq_driver_advance(struct virtqueue *vq, uint32_t descs)
{
	pq_advance_look(vq, &vq->vq_used_cons_idx, descs);
}

/**
 * Write all of the next descriptor but what makes it available; there is a free one.
 * @param len  bytes of a buffer of one part
 */
AMP_HOT void pq_driver_prepare(struct virtqueue *vq, uint32_t id, uint64_t addr, uint32_t len)
{
	struct vring_packed_desc *desc = pq_write_to(vq);

	amp_shared_store64(&desc->addr, addr);
	AMP_SHARED_STORE(&desc->len, len);
	AMP_SHARED_STORE(&desc->id, (uint16_t)id);
}

/** Offer what was prepared. @param flags  0 or VRING_DESC_F_WRITE */
AMP_HOT void pq_driver_publish(struct virtqueue *vq, uint16_t flags)
{
	struct vring_packed_desc *desc = pq_write_to(vq);

	/* Release: a device that sees it available sees the rest of it and the buffer, not what was there before. */
	AMP_SHARED_STORE_RELEASE(&desc->flags, (uint16_t)(vq->vq_flags | flags));
	(void)pq_advance_write(vq, &vq->vq_available_idx, desc + 1, 1);
}

/** As amp_vq_driver_attach(). @return the buffer's id, or -1 */
int amp_packed_attach(struct virtqueue *vq, void *buf, uint32_t len, bool writable);

/* ------------------------------------------------------------------ device */

/** Whether the descriptor at a count has been given back in its round: "used" changes with each that is. */
static inline bool pq_given_back(const struct vring *ring, uint16_t at)
{
	const struct vring_packed_desc *first = (const struct vring_packed_desc *)(const void *)ring->desc;
	bool used = AMP_SHARED_LOAD(&first[at & (ring->num - 1u)].flags) & VRING_PACKED_DESC_F_USED;

	return used != (bool)(at & ring->num);
}

/** Whether it has all descriptors that there are; one more is nobody's to offer. */
static inline bool pq_device_has_all(const struct virtqueue *vq)
{
	return (uint16_t)(vq->vq_available_idx - vq->vq_used_cons_idx) > vq->vq_mask;
}

/** The id of the next buffer, which pq_shown() showed. @return AMP_LINK_OK or a reason */
AMP_HOT int pq_device_next(const struct virtqueue *vq, uint32_t *id)
{
	*id = AMP_SHARED_LOAD(&pq_look_at(vq)->id);
	return amp_likely(*id <= vq->vq_mask) ? AMP_LINK_OK : AMP_LINK_BAD_DESCRIPTOR;
}

AMP_HOT void pq_device_advance(struct virtqueue *vq, uint32_t descs)
{
	pq_advance_look(vq, &vq->vq_available_idx, descs);
}

/** Write all of the next used descriptor but what makes it used: buffer @p id, @p len bytes written. */
AMP_HOT void pq_device_prepare(struct virtqueue *vq, uint32_t id, uint32_t len)
{
	struct vring_packed_desc *desc = pq_write_to(vq);

	AMP_SHARED_STORE(&desc->len, len);
	AMP_SHARED_STORE(&desc->id, (uint16_t)id);
}

/**
 * Give what was prepared back, a buffer of @p descs descriptors.
 * @param flags  VRING_DESC_F_WRITE if bytes were written, else 0
 */
AMP_HOT void pq_device_put(struct virtqueue *vq, uint32_t descs, uint16_t flags)
{
	struct vring_packed_desc *desc = pq_write_to(vq);

	/* Release: a driver that sees it used sees the rest of it and the message, not what was there before. */
	AMP_SHARED_STORE_RELEASE(&desc->flags, (uint16_t)(vq->vq_flags | flags));
	if (pq_advance_write(vq, &vq->vq_used_cons_idx, desc + descs, descs))
		AMP_SHARED_STORE(pq_passed(vq), 1);
}

#endif /* AMP_PACKED_RING_H */
