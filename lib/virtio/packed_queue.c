// SPDX-License-Identifier: BSD-3-Clause
/* Queues on packed rings: what both roles share: life, kicks, looking. In a program only if it uses one. */
#include "packed_ring.h"
#include "ring_start.h"

#define EVENT_WRAP 0x8000u /* of vring_packed_desc_event::off_wrap */

AMP_COLD void amp_packed_fault(struct virtqueue *vq, int reason)
{
	if (!vq->vq_fault)
		vq->vq_fault = (uint8_t)reason;
	/* Nothing is shown any more, so that the checks of the hot path are enough to stop. */
	vq->vq_peer_idx = PQ_STOPPED;
}

void amp_packed_stop(struct virtqueue *vq, int reason)
{
	amp_packed_fault(vq, reason);
	if (role_is_driver(vq->vq_dev) || !vq_mark_stands(vq))
		return;
	/* Release: a driver that sees this zeroes the ring behind all that was stored before, not before it. */
	AMP_SHARED_STORE_RELEASE(vq->vq_life, VQ_LET_GO);
}

/* A look at the next descriptor, the part of its flags in @p mask; others there end the queue. */
static bool look(struct virtqueue *vq, uint16_t mask)
{
	uint16_t differs = AMP_SHARED_LOAD_ACQUIRE(&pq_look_at(vq)->flags) ^ vq->vq_peer_idx;
	bool driver = role_is_driver(vq->vq_dev);
	int reason = AMP_LINK_OK;

	if (vq->vq_fault)
		return false;
	if (!driver && !vq_mark_stands(vq))
		reason = AMP_LINK_PEER_RESET;
	else if (differs & PQ_STATE)
		return false;
	else if (!driver && pq_device_has_all(vq))
		reason = AMP_LINK_BAD_INDEX;
	else if (differs & mask)
		reason = AMP_LINK_BAD_FLAGS;
	if (reason)
		amp_packed_fault(vq, reason);
	return !reason;
}

bool amp_packed_look(struct virtqueue *vq)
{
	return look(vq, PQ_STATE);
}

bool amp_packed_look_at_one(struct virtqueue *vq)
{
	return look(vq, UINT16_MAX);
}

/*
 * The device's side of a ring that the driver has zeroed. If a device has been there since, and has used something,
 * what it gave back cannot be told from what will be: only a driver's reset leads on. A used descriptor in a ring
 * without a mark is the last store of a device that stood still in the middle of it (docs/explanation/simulator.md,
 * "The window"): it lies over one that the driver has offered.
 */
static int start_device(struct virtqueue *vq)
{
	const struct vring_packed_desc *first = pq_look_at(vq);
	uint16_t flags = 0;

	/* A ring that another firmware has handed over is ours as it is; without the mark the driver has reset it
	 * since. */
	if (vq->vq_dev->take_over)
		return vq_mark_stands(vq) ? VQUEUE_SUCCESS : VQ_START(ERROR_EMPTY_RING);
	if (AMP_SHARED_LOAD(pq_passed(vq)) != 0)
		return VQ_START(ERROR_EMPTY_RING);
	for (uint32_t i = 0; i < vq->vq_nentries; i++)
		flags |= AMP_SHARED_LOAD(&first[i].flags);
	if (flags & VRING_PACKED_DESC_F_USED)
		return VQ_START(ERROR_EMPTY_RING);
	pq_set_no_notify(vq, false, false);
	AMP_SHARED_STORE(vq->vq_life, VQ_IN_USE);
	return VQUEUE_SUCCESS;
}

int amp_packed_start(struct virtqueue *vq, struct virtio_device *device, unsigned int id,
                     const struct vring_alloc_info *ring)
{
	bool driver = role_is_driver(device);
	int status = vq_check_ring(ring);

	/* Each descriptor is written by both sides, and a line of the cache holds several. */
	if (!status && vq_in_noncoherent_memory(device, id))
		status = VQ_START(ERROR_VRING_ALIGN);
	if (!status && device->rpmsg_lite_host)
		status = VQ_START(ERROR_VQUEUE_INVLD_PARAM);
	if (status)
		return status;
	vq_prepare(vq, device, id, ring, false);
	vq->vq_life = pq_mark(&vq->vq_ring);
	if (driver) {
		vq_zero_ring(vq, vq->vq_life);
		AMP_SHARED_STORE(pq_passed(vq), 0); /* the only word that is behind the mark */
	} else {
		status = start_device(vq);
	}
	pq_begin(vq, vq->vq_ring.desc, driver, 0);
	return status;
}

int amp_packed_create(struct virtio_device *device, unsigned short id, const char *name, struct vring_alloc_info *ring,
                      void (*callback)(struct virtqueue *vq), void (*notify)(struct virtqueue *vq),
                      struct virtqueue *vq)
{
	int status;

	if (!device || !ring || !vq)
		return ERROR_VQUEUE_INVLD_PARAM;
	vq->vq_name = name;
	vq->callback = callback;
	vq->notify = notify;
	status = amp_packed_start(vq, device, id, ring);
	if (!status && !role_is_driver(device))
		memset(vq->vq_descx, 0, vq->vq_nentries * sizeof(vq->vq_descx[0]));
	return VQ_START_ERROR(status);
}

/* ------------------------------------------------------------------ kicks */

static bool has_event_idx(const struct virtqueue *vq)
{
	return (vq->vq_dev->features >> VIRTIO_RING_F_EVENT_IDX) & 1;
}

/* The count of what this side has published. */
static uint16_t published(const struct virtqueue *vq)
{
	return role_is_driver(vq->vq_dev) ? vq->vq_available_idx : vq->vq_used_cons_idx;
}

/*
 * Whether the descriptor that the other side asks a kick for is among the last @p num that were published. Counts are
 * compared modulo two rounds of the ring, which is what a place and a wrap counter say.
 */
static bool passes_event(const struct virtqueue *vq, uint16_t off_wrap, uint32_t num)
{
	uint32_t place = off_wrap & ~EVENT_WRAP, rounds = 2u * vq->vq_nentries - 1u;
	uint32_t event = place + (off_wrap & EVENT_WRAP ? 0 : vq->vq_nentries);

	/* A place outside the ring is nobody's; more than a round, and no place is left out. */
	if (place > vq->vq_mask || num > vq->vq_nentries)
		return true;
	return ((published(vq) - event - 1u) & rounds) < num;
}

void amp_packed_kick(struct virtqueue *vq)
{
	const struct vring_packed_desc_event *event = pq_event(vq, !role_is_driver(vq->vq_dev));
	uint32_t num = vq->vq_queued_cnt;
	uint16_t flags;
	bool wanted;

	vq->vq_queued_cnt = 0;
	AMP_SHARED_FENCE(); /* what was published, then the look: see vq_wants_kick() */
	flags = AMP_SHARED_LOAD_ACQUIRE(&event->flags);
	wanted = flags != VRING_PACKED_EVENT_FLAG_DISABLE;
	if (flags == VRING_PACKED_EVENT_FLAG_DESC && has_event_idx(vq))
		wanted = passes_event(vq, AMP_SHARED_LOAD(&event->off_wrap), num);
	if (wanted && vq->notify)
		vq->notify(vq);
}

void amp_packed_disable_cb(struct virtqueue *vq)
{
	pq_set_no_notify(vq, true, role_is_driver(vq->vq_dev));
}

int amp_packed_enable_cb(struct virtqueue *vq)
{
	bool driver = role_is_driver(vq->vq_dev);
	struct vring_packed_desc_event *event = pq_event(vq, driver);
	uint16_t next = pq_next_idx(vq, driver);

	if (has_event_idx(vq)) {
		AMP_SHARED_STORE(&event->off_wrap,
		                 (uint16_t)((next & vq->vq_mask) | ((next & vq->vq_nentries) ? 0 : EVENT_WRAP)));
		/* Release: not the new flags with the old place. */
		AMP_SHARED_STORE_RELEASE(&event->flags, VRING_PACKED_EVENT_FLAG_DESC);
	} else {
		pq_set_no_notify(vq, false, driver);
	}
	AMP_SHARED_FENCE(); /* what is asked for, then the look: see virtqueue_enable_cb() */
	return amp_packed_look(vq);
}
