// SPDX-License-Identifier: BSD-3-Clause
/* Sends with a receipt, and what became of them: the interface. */
#include "receipts.h"
#include "../../rpmsg/carrier.h"
#include "../../rpmsg/endpoints.h"
#include "../../rpmsg/link.h"
#include "../../rpmsg/on_demand.h"
#include "../../rpmsg/short_error.h"

/* A lost link: the driver ends what the device may still do, and looks then. */
static void settle_lost(struct amp_receipts *receipts)
{
	struct rpmsg_virtio_device *rvdev = receipts->rvdev;
	bool driver = link_is_driver(rvdev);
	uint16_t mark = 0;

	if (driver) {
		if (virtio_reset_device(rvdev->vdev))
			(void)virtio_set_status(rvdev->vdev, VIRTIO_CONFIG_STATUS_RESET);
		mark = amp_vq_wait_let_go(rvdev->svq);
	}
	/* The device has looked when it lost the link, in another thread perhaps. */
	metal_mutex_acquire(&rvdev->rdev.lock);
	/* Without a mark nobody has begun to use the ring, or it is another library's device, which has none. */
	if (driver)
		amp_receipts_settle(receipts, mark != VQ_IN_USE, mark || acknowledges(&rvdev->rdev));
	metal_mutex_release(&rvdev->rdev.lock);
}

int amp_receipts_collect(struct amp_receipts *receipts, struct amp_receipt *lost, uint32_t room)
{
	struct amp_receipt_slot *slot;
	int state, count = 0;

	if (!receipts || !receipts->rvdev || (room && !lost))
		return RPMSG_ERR_PARAM;
	if (!__atomic_load_n(&receipts->settled, __ATOMIC_ACQUIRE)) {
		state = amp_rpmsg_link_state(receipts->rvdev);
		if (state == AMP_LINK_DOWN || receipts->rvdev->svq->priv != receipts)
			return RPMSG_ERR_DEV_STATE;
		if (state == AMP_LINK_UP)
			return RPMSG_ERR_PERM;
		settle_lost(receipts);
	}
	for (uint16_t i = receipts->first; i != RECEIPT_NONE; i = slot->next) {
		slot = &receipts->slots[i];
		if ((uint32_t)count++ < room)
			*lost++ = (struct amp_receipt){slot->sequence, (enum amp_receipt_state)slot->state};
	}
	return count;
}

/* ------------------------------------------------------------------ for the sender */

int amp_receipts_open(struct amp_receipts *receipts, struct rpmsg_virtio_device *rvdev, struct amp_receipt_slot *slots,
                      uint32_t num_slots, unsigned int flags)
{
	struct virtqueue *vq;

	/* A packed ring's descriptors are written over by what comes next: what came back is not there to see. */
	if (AMP_WITH_PACKED_RINGS)
		return RPMSG_EOPNOTSUPP;
	if (!receipts || !rvdev || !slots || (flags & ~AMP_RECEIPTS_ONE_BY_ONE))
		return RPMSG_ERR_PARAM;
	if (amp_rpmsg_link_state(rvdev) != AMP_LINK_UP)
		return RPMSG_ERR_DEV_STATE;
	vq = rvdev->svq;
	if (num_slots < vq->vq_nentries || vq->priv)
		return RPMSG_ERR_PARAM;
	for (uint32_t i = 0; i < num_slots; i++)
		slots[i].state = RECEIPT_FREE;
	metal_mutex_acquire(&rvdev->rdev.lock);
	*receipts = (struct amp_receipts){.rvdev = rvdev,
	                                  .slots = slots,
	                                  .first = RECEIPT_NONE,
	                                  .last = RECEIPT_NONE,
	                                  .seen = vq_next_idx(vq, link_is_driver(rvdev)),
	                                  .one_by_one = flags & AMP_RECEIPTS_ONE_BY_ONE};
	vq->priv = receipts;
	metal_mutex_release(&rvdev->rdev.lock);
	return RPMSG_SUCCESS;
}

/* What a send with a receipt checks besides what every one does. @return RPMSG_SUCCESS or SHORT_ERROR() */
static int check(const struct amp_receipts *receipts, const struct rpmsg_endpoint *ept, uint32_t dst, const void *data,
                 int len)
{
	struct rpmsg_device *rdev;
	int status;

	if (!receipts || !receipts->rvdev || !ept)
		return SHORT_ERROR(RPMSG_ERR_PARAM);
	status = check_send(ept, &rdev, amp_ept_addr(ept), dst, data, len);
	if (!status && rdev != &receipts->rvdev->rdev)
		status = SHORT_ERROR(RPMSG_ERR_PARAM);
	/* Of another life: its link has been brought up again. */
	if (!status && receipts->rvdev->svq->priv != receipts)
		status = SHORT_ERROR(RPMSG_ERR_DEV_STATE);
	return status;
}

int amp_receipts_sendto(struct amp_receipts *receipts, struct rpmsg_endpoint *ept, uint32_t sequence, const void *data,
                        int len, uint32_t dst, bool wait)
{
	int status = check(receipts, ept, dst, data, len);
	struct rpmsg_virtio_device *rvdev;
	const struct amp_buffer *buf;
	bool driver;

	if (status)
		return full_error(status);
	rvdev = receipts->rvdev;
	buf = &rvdev->taken;
	metal_mutex_acquire(&rvdev->rdev.lock);
	status = amp_tx_take(rvdev, (uint32_t)len, false);
	/* By this name, so that a program which has receipts contains waiting. */
	if (wait && status == SHORT_ERROR(RPMSG_ERR_NO_BUFF))
		status = amp_tx_wait(rvdev, (uint32_t)len, wait);
	if (status) {
		amp_link_unlock(rvdev);
		return full_error(status);
	}
	driver = link_is_driver(rvdev);
	/* Before it is published: it may be taken at once, and the link may end in the next moment. */
	amp_receipt_note(receipts, buf->idx, sequence);
	tx_fill(buf->hdr, amp_ept_addr(ept), dst, len);
	AMP_SHARED_COPY_IN(buf->hdr + 1, data, (size_t)len);
	mark_buffer(rvdev->svq, buf->idx, true, driver);
	return tx_send_unlock(rvdev, rvdev->svq, buf, len, driver);
}

int amp_receipts_sendto_nocopy(struct amp_receipts *receipts, struct rpmsg_endpoint *ept, uint32_t sequence,
                               const void *data, int len, uint32_t dst)
{
	int status = check(receipts, ept, dst, data, len);
	struct amp_buffer buf = {.hdr = payload_to_hdr(data)};
	struct rpmsg_virtio_device *rvdev;
	bool driver;

	if (status)
		return full_error(status);
	rvdev = receipts->rvdev;
	driver = link_is_driver(rvdev);
	metal_mutex_acquire(&rvdev->rdev.lock);
	if (!is_handed_out(rvdev, buf.hdr, &buf.idx, driver) || !ring_ours(rvdev, rvdev->svq, driver) ||
	    (uint32_t)len > AMP_SHARED_LOAD(&buf.hdr->len)) {
		metal_mutex_release(&rvdev->rdev.lock);
		return rpmsg_send_offchannel_nocopy(ept, amp_ept_addr(ept), dst, data, len); /* knows what is wrong */
	}
	amp_receipt_note(receipts, buf.idx, sequence);
	tx_fill(buf.hdr, amp_ept_addr(ept), dst, len);
	if (AMP_FAST)
		buf.size = size_of(rvdev->svq, buf.idx, driver);
	mark_buffer(rvdev->svq, buf.idx, true, driver);
	return tx_send_unlock(rvdev, rvdev->svq, &buf, len, driver);
}
