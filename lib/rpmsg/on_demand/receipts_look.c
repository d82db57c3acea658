// SPDX-License-Identifier: BSD-3-Clause
/*
 * Which messages with a receipt have come back, and what became of the others when the link was lost.
 *
 * A message under way is known by its descriptor. It has come back when its descriptor stands in the other side's ring
 * again: used entries for a driver, available ones for a device. Whoever sends takes such entries, also for messages
 * that have no receipt, so they are looked at afterwards: each send with a receipt looks at those since the last one,
 * as far as nobody can have written over them.
 */
#include "receipts.h"

#include "../../rpmsg/endpoints.h"

/* ------------------------------------------------------------------ the list, in the order of the sends */

static void take_out(struct amp_receipts *receipts, uint32_t id)
{
	struct amp_receipt_slot *slot = &receipts->slots[id];

	if (slot->state == RECEIPT_FREE)
		return;
	slot->state = RECEIPT_FREE;
	*(slot->previous == RECEIPT_NONE ? &receipts->first : &receipts->slots[slot->previous].next) = slot->next;
	*(slot->next == RECEIPT_NONE ? &receipts->last : &receipts->slots[slot->next].previous) = slot->previous;
}

static void append(struct amp_receipts *receipts, uint32_t id, uint32_t sequence, uint16_t position)
{
	struct amp_receipt_slot *slot = &receipts->slots[id];

	*slot = (struct amp_receipt_slot){sequence, receipts->last, RECEIPT_NONE, position, RECEIPT_UNDER_WAY};
	*(receipts->last == RECEIPT_NONE ? &receipts->first : &receipts->slots[receipts->last].next) = (uint16_t)id;
	receipts->last = (uint16_t)id;
}

/* Of what did not come back nothing else is known. */
static void all_unknown(struct amp_receipts *receipts)
{
	for (uint16_t i = receipts->first; i != RECEIPT_NONE; i = receipts->slots[i].next)
		receipts->slots[i].state = AMP_RECEIPT_UNKNOWN;
}

/* ------------------------------------------------------------------ what came back */

/* The next entry that this side writes. */
static uint16_t own_idx(const struct virtqueue *vq, bool driver)
{
	return driver ? vq->vq_available_idx : vq->vq_used_cons_idx;
}

/* How far the other side's index can get before this side publishes again. */
static uint16_t end_of(const struct virtqueue *vq, bool driver)
{
	return (uint16_t)(own_idx(vq, driver) + (driver ? 0 : vq->vq_nentries));
}

/* The descriptor in an entry of the device's ring, or of the driver's. Acquire: what is looked at afterwards is no
 * older. */
static uint32_t entry_of(const struct virtqueue *vq, uint16_t at, bool devices)
{
	const uint32_t *used = &vq->vq_ring.used->ring[at & vq->vq_mask].id;
	const uint16_t *avail = &vq->vq_ring.avail->ring[at & vq->vq_mask];

	if (devices) {
		vq_ring_invalidate(vq, used, sizeof(*used));
		return AMP_SHARED_LOAD_ACQUIRE(used);
	}
	vq_ring_invalidate(vq, avail, sizeof(*avail));
	return AMP_SHARED_LOAD_ACQUIRE(avail);
}

/*
 * Device: whether what was read before is of this life. A driver of this library takes our mark away before it zeroes.
 * Others zero as they like, but between a status 0 and a DRIVER_OK: with another one they may have begun to.
 */
static bool life_stands(const struct rpmsg_virtio_device *rvdev, const struct virtqueue *vq)
{
	uint8_t status = 0;

	if (!acknowledges(&rvdev->rdev) && !host_is_lite(vq))
		(void)virtio_get_status(rvdev->vdev, &status);
	AMP_SHARED_FENCE();
	return (!status || status & VIRTIO_CONFIG_STATUS_DRIVER_OK) && vq_mark_stands(vq);
}

/* Whether entry @p at, read before, was that entry: nobody has written the one that takes its place, or begun to. */
static bool entry_stood(const struct rpmsg_virtio_device *rvdev, const struct virtqueue *vq, uint16_t at, bool driver)
{
	uint16_t written = vq_peer_idx_now(vq, driver);

	if (written != end_of(vq, driver))
		written++;
	return (uint16_t)(written - at) <= vq->vq_nentries && (driver || life_stands(rvdev, vq));
}

/* What was sent again had come back: our own last entries show it, as far as they are behind the oldest message. */
static void look_at_own(struct amp_receipts *receipts)
{
	const struct rpmsg_virtio_device *rvdev = receipts->rvdev;
	const struct virtqueue *vq = rvdev->svq;
	bool driver = link_is_driver(rvdev);
	uint16_t end = own_idx(vq, driver), at;
	uint32_t id;

	if (receipts->first == RECEIPT_NONE)
		return;
	at = (uint16_t)(receipts->slots[receipts->first].position + 1);
	if ((uint16_t)(end - at) > vq->vq_nentries)
		at = (uint16_t)(end - vq->vq_nentries);
	for (; at != end; at++) {
		id = entry_of(vq, at, !driver);
		if ((driver || life_stands(rvdev, vq)) && id <= vq->vq_mask && receipts->slots[id].position != at)
			take_out(receipts, id);
	}
}

/* Look at what came back, up to entry @p end. */
static void look(struct amp_receipts *receipts, uint16_t end)
{
	const struct rpmsg_virtio_device *rvdev = receipts->rvdev;
	const struct virtqueue *vq = rvdev->svq;
	bool driver = link_is_driver(rvdev), missed = false;
	uint16_t at = receipts->seen;
	uint32_t id;

	receipts->seen = end;
	if ((uint16_t)(end - at) > vq->vq_nentries) {
		missed = true;
		at = (uint16_t)(end - vq->vq_nentries);
	}
	for (; at != end; at++) {
		id = entry_of(vq, at, driver);
		if (!entry_stood(rvdev, vq, at, driver))
			missed = true;
		else if (id <= vq->vq_mask)
			take_out(receipts, id);
	}
	/* What was there to see has been written over. Not of messages that nobody had begun with: before one of those
	 * fewer buffers can come back than the ring has. */
	if (missed) {
		look_at_own(receipts);
		all_unknown(receipts);
	}
}

void amp_receipt_note(struct amp_receipts *receipts, uint32_t id, uint32_t sequence)
{
	const struct virtqueue *vq = receipts->rvdev->svq;

	AMP_ASSERT_LOCKED(&receipts->rvdev->rdev.lock);
	look(receipts, vq_next_idx(vq, link_is_driver(receipts->rvdev)));
	take_out(receipts, id);
	append(receipts, id, sequence, own_idx(vq, link_is_driver(receipts->rvdev)));
}

/* ------------------------------------------------------------------ what did not */

/* Whether a receiver that marks buffers may have begun with the one of descriptor @p id. */
static bool may_have_begun(const struct rpmsg_virtio_device *rvdev, uint32_t id)
{
	const struct virtqueue *vq = rvdev->svq;
	const struct rpmsg_hdr *hdr;
	struct vring_desc desc;
	char *va;

	if (link_is_driver(rvdev)) {
		hdr = vq->vq_descx[id].cookie;
	} else {
		vq_read_desc(vq, id, &desc);
		if (!vq_buffer_va(rvdev->shbuf_io, desc.addr, sizeof(*hdr), &va) ||
		    ((uintptr_t)va & vq_buffer_align_mask(rvdev->shbuf_io)))
			return true;
		hdr = (const struct rpmsg_hdr *)(const void *)va;
	}
	vq_buffer_invalidate(rvdev->shbuf_io, hdr, sizeof(*hdr));
	return AMP_SHARED_LOAD_ACQUIRE(&hdr->reserved) != 0;
}

void amp_receipts_settle(struct amp_receipts *receipts, bool over, bool marks)
{
	const struct rpmsg_virtio_device *rvdev = receipts->rvdev;
	const struct virtqueue *vq = rvdev->svq;
	bool driver = link_is_driver(rvdev), first = true;
	uint16_t idx = vq_peer_idx_now(vq, driver), next = vq_next_idx(vq, driver);
	struct amp_receipt_slot *slot;

	AMP_ASSERT_LOCKED(&receipts->rvdev->rdev.lock);
	if ((uint16_t)(idx - next) <= (uint16_t)(end_of(vq, driver) - next))
		look(receipts, idx);
	else
		over = false; /* nonsense */
	for (uint16_t i = receipts->first; i != RECEIPT_NONE; i = slot->next) {
		slot = &receipts->slots[i];
		if (slot->state == RECEIPT_UNDER_WAY)
			slot->state = (marks ? may_have_begun(rvdev, i) : first || !receipts->one_by_one)
			                      ? AMP_RECEIPT_UNKNOWN
			                      : AMP_RECEIPT_NOT_TAKEN;
		first = false;
	}
	if (!over || (!driver && !life_stands(rvdev, vq)))
		all_unknown(receipts);
	__atomic_store_n(&receipts->settled, true, __ATOMIC_RELEASE);
}

#if !AMP_WITH_PACKED_RINGS
/* In place of the weak one: a device looks before it lets go of the ring. */
void amp_vq_stop_sending(struct virtqueue *vq, int reason)
{
	struct amp_receipts *receipts = vq->priv;

	if (receipts && !link_is_driver(receipts->rvdev))
		amp_receipts_settle(receipts, reason <= AMP_LINK_PEER_LOST, acknowledges(&receipts->rvdev->rdev));
	amp_vq_stop(vq, reason);
}
#endif
