// SPDX-License-Identifier: BSD-3-Clause
/*
 * A reserve of send buffers, for urgent messages and for flow control itself.
 *
 * Sends take what the last look at their queue has shown. Here that look shows fewer buffers than there are, so that
 * the last ones are found by nobody but who looks for them. Nothing is taken out of the ring for it.
 *
 * And the release of a message that was handed out before its turn.
 */
#include "../../rpmsg/carrier.h"
#include "../../rpmsg/endpoints.h"
#include "../../rpmsg/link.h"
#include "../../rpmsg/on_demand.h"
#include "../../rpmsg/short_error.h"
#include "flow_control.h"

/* Let the last look have shown all but what is for urgent messages. */
static void hide(const struct amp_flow *flow, struct virtqueue *vq)
{
	uint16_t shown = (uint16_t)(vq->vq_peer_idx - vq_next_idx(vq, role_is_driver(vq->vq_dev)));

	vq->vq_peer_idx = (uint16_t)(vq->vq_peer_idx - metal_min(shown, (uint16_t)(flow->reserve - flow->stash)));
}

bool amp_tx_look(struct virtqueue *vq)
{
	struct rpmsg_virtio_device *rvdev = vq->vq_dev->priv;

	if (!amp_vq_look(vq))
		return false;
	if (amp_flow_of(rvdev))
		hide(amp_flow_of(rvdev), vq);
	return vq_shown(vq, role_is_driver(vq->vq_dev));
}

int amp_flow_take_urgent(struct rpmsg_virtio_device *rvdev, uint32_t len)
{
	int status = amp_tx_take(rvdev, len, false);
	struct amp_flow *flow = amp_flow_of(rvdev);
	struct virtqueue *vq = rvdev->svq;
	uint16_t reserve;

	if (status != SHORT_ERROR(RPMSG_ERR_NO_BUFF) || !flow)
		return status;
	if (flow->stash) {
		reserve = flow->stash_head;
		flow->stash_head = vq->vq_descx[reserve].next;
		flow->stash--;
		amp_tx_untake(rvdev, vq->vq_descx[reserve].cookie, reserve);
		return amp_tx_take(rvdev, len, false);
	}
	reserve = flow->reserve;
	flow->reserve = 0;
	status = amp_tx_take(rvdev, len, false);
	flow->reserve = reserve;
	hide(flow, vq);
	return status;
}

/* A driver's send buffers lie in a list until they are sent for the first time. */
static void put_by(struct amp_flow *flow)
{
	struct rpmsg_virtio_device *rvdev = flow->rvdev;
	struct vq_desc_extra *descx = rvdev->svq->vq_descx;
	uint16_t idx;

	while (flow->stash < flow->reserve && rvdev->reclaimed) {
		idx = rvdev->reclaimed_head;
		rvdev->reclaimed_head = descx[idx].next;
		rvdev->reclaimed--;
		descx[idx].next = flow->stash_head;
		flow->stash_head = idx;
		flow->stash++;
	}
}

void amp_flow_reserve(struct amp_flow *flow, uint16_t reserve)
{
	AMP_ASSERT_LOCKED(&flow->rvdev->rdev.lock);
	flow->reserve = reserve;
	if (role_is_driver(flow->rvdev->vdev))
		put_by(flow);
	hide(flow, flow->rvdev->svq);
}

/* ------------------------------------------------------------------ what was handed out before its turn */

/* One hold of a message whose turn has not come, so that it does not look as if it were with this side. With the lock.
 * @return whether it is such a one */
static bool release_ahead(struct rpmsg_virtio_device *rvdev, struct rpmsg_hdr *hdr)
{
	const struct amp_flow *flow = amp_flow_of(rvdev);
	uint32_t mark = AMP_SHARED_LOAD(&hdr->reserved);

	/* One user is the turn, which is to come: this is never the last. */
	if (rvdev->link_state != AMP_LINK_UP || !flow || !rvdev->held || mark < 2 * BUF_HOLD_ONE)
		return false;
	for (uint32_t i = 0; i < flow->num_ahead; i++) {
		if (flow->ahead[(flow->first_ahead + i) % AMP_FLOW_AHEAD].buf.hdr == hdr) {
			set_mark(rvdev, hdr, mark - BUF_HOLD_ONE);
			__atomic_store_n(&rvdev->held, rvdev->held - 1, __ATOMIC_RELAXED);
			return true;
		}
	}
	return false;
}

/* In place of the weak one. */
void rpmsg_release_rx_buffer(struct rpmsg_endpoint *ept, void *rxbuf)
{
	struct rpmsg_device *rdev = ept_home(ept);
	bool done = false;

	if (rdev && rxbuf && !is_foreign(rdev)) {
		metal_mutex_acquire(&rdev->lock);
		done = release_ahead(rpmsg_to_virtio(rdev), payload_to_hdr(rxbuf));
		metal_mutex_release(&rdev->lock);
	}
	if (!done)
		amp_rpmsg_release_rx(ept, rxbuf);
}
