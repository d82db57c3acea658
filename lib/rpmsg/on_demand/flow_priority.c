// SPDX-License-Identifier: BSD-3-Clause
/*
 * A reception that looks ahead: urgent messages first.
 *
 * An urgent message is handed out where it stands in the ring. Its entry is taken in its turn, as every one: until then
 * its buffer has one user more, beside the callback and the holds of the application, and whoever is the last gives it
 * back. Which entries these are is kept in private memory.
 */
#include "../../rpmsg/reception.h"
#include "../../rpmsg/short_error.h"
#include "flow_control.h"

/* The message at place @p at of the ring, as the last look has shown it; it stays there. @return whether it is one */
static bool peek(const struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, uint16_t at, struct amp_buffer *buf,
                 bool driver)
{
	uint16_t *next = driver ? &vq->vq_used_cons_idx : &vq->vq_available_idx, saved = *next;
	int reason;

	*next = at;
	reason = driver ? vq_driver_next(vq, &buf->idx, &buf->size) : device_next(rvdev, vq, 0, buf, false);
	*next = saved;
	if (reason)
		return false;
	if (driver) {
		if (buf->size < sizeof(*buf->hdr) || buf->size > rvdev->config.r2h_buf_size)
			return false;
		buf->hdr = vq->vq_descx[buf->idx].cookie;
	}
	vq_buffer_invalidate(rvdev->shbuf_io, buf->hdr, sizeof(*buf->hdr));
	return AMP_SHARED_LOAD(&buf->hdr->len) <= buf->size - sizeof(*buf->hdr);
}

/* The endpoint of a message, if that is urgent; a message of flow control is as urgent as whom it is about. */
static struct rpmsg_endpoint *urgent_ept(struct rpmsg_virtio_device *rvdev, const struct amp_buffer *buf)
{
	struct rpmsg_endpoint *ept = rpmsg_find_ept(&rvdev->rdev, AMP_SHARED_LOAD(&buf->hdr->dst));
	const struct amp_flow_endpoint *fept = as_flow_endpoint(ept);
	struct amp_flow_msg msg;

	if (ept && ept->cb == amp_flow_control && AMP_SHARED_LOAD(&buf->hdr->len) >= FLOW_SHORT) {
		vq_buffer_invalidate(rvdev->shbuf_io, buf->hdr + 1, FLOW_SHORT);
		AMP_SHARED_COPY_OUT(&msg, buf->hdr + 1, FLOW_SHORT);
		fept = as_flow_endpoint(rpmsg_find_ept(&rvdev->rdev, msg.dst));
	}
	return fept && fept->config.flags & AMP_FLOW_URGENT ? ept : NULL;
}

/* One user of a message that was handed out ahead has done with it: its turn has come, or its callback returned. */
static void drop(struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, const struct amp_buffer *buf, bool driver)
{
	uint32_t mark = AMP_SHARED_LOAD(&buf->hdr->reserved);

	if (mark >= 2 * BUF_HOLD_ONE) {
		set_mark(rvdev, buf->hdr, mark - BUF_HOLD_ONE);
	} else if (is_ours(vq, buf->hdr, buf->idx, driver)) {
		set_mark(rvdev, buf->hdr, BUF_RELEASED);
		rx_return(rvdev, vq, buf, driver);
	}
}

/* Hand one out ahead. The lock is free during its callback. @return AMP_LINK_OK, or why the link ends */
static int hand_out(struct amp_flow *flow, struct virtqueue *vq, struct rpmsg_endpoint *ept,
                    const struct amp_buffer *buf, uint16_t at, bool driver)
{
	struct rpmsg_virtio_device *rvdev = flow->rvdev;
	uint32_t len = AMP_SHARED_LOAD(&buf->hdr->len), src = AMP_SHARED_LOAD(&buf->hdr->src);

	if (len > buf->size - sizeof(*buf->hdr)) /* it was less when it was looked at */
		return AMP_LINK_BAD_MESSAGE;
	flow->ahead[(flow->first_ahead + flow->num_ahead++) % AMP_FLOW_AHEAD] = (struct amp_flow_ahead){*buf, at};
	mark_buffer(vq, buf->idx, false, driver);
	vq_buffer_invalidate(rvdev->shbuf_io, buf->hdr + 1, len);
	set_mark(rvdev, buf->hdr, buf->idx | 2 * BUF_HOLD_ONE);
	call_ept(&rvdev->rdev, ept, buf->hdr, src, len);
	if (!ring_ours(rvdev, vq, driver))
		return AMP_LINK_PEER_RESET; /* unless another reason is known */
	drop(rvdev, vq, buf, driver);
	return AMP_LINK_OK;
}

/* Hand out what is urgent of what the ring has, but for the message whose turn it is. */
static int look_ahead(struct amp_flow *flow, struct virtqueue *vq, bool driver)
{
	struct rpmsg_virtio_device *rvdev = flow->rvdev;
	struct rpmsg_endpoint *ept;
	struct amp_buffer buf;
	int reason = AMP_LINK_OK;
	uint16_t next, at;

	while (!reason && rvdev->link_state == AMP_LINK_UP && flow->num_ahead < AMP_FLOW_AHEAD) {
		if (!amp_vq_look(vq))
			return vq->vq_fault;
		next = vq_next_idx(vq, driver);
		/* Behind the one whose turn it is: that has been taken meanwhile. */
		if ((uint16_t)(vq->vq_peer_idx - flow->looked) > (uint16_t)(vq->vq_peer_idx - next))
			flow->looked = next;
		at = flow->looked;
		if (at == vq->vq_peer_idx || !peek(rvdev, vq, at, &buf, driver))
			break;
		flow->looked++;
		ept = urgent_ept(rvdev, &buf);
		if (ept && at == next)
			break;
		if (ept)
			reason = hand_out(flow, vq, ept, &buf, at, driver);
	}
	return reason;
}

/* Whether the message whose turn it is has been handed out. */
static bool was_ahead(const struct amp_flow *flow, const struct virtqueue *vq, bool driver)
{
	return flow->num_ahead && flow->ahead[flow->first_ahead].at == vq_next_idx(vq, driver);
}

/* Its turn: take its entry. */
static int take_turn(struct amp_flow *flow, struct virtqueue *vq, bool driver)
{
	struct amp_buffer buf = flow->ahead[flow->first_ahead].buf;

	flow->first_ahead = (uint16_t)((flow->first_ahead + 1) % AMP_FLOW_AHEAD);
	flow->num_ahead--;
	if (driver)
		vq_driver_advance(vq);
	else
		vq_device_advance(vq);
	if (!ring_ours(flow->rvdev, vq, driver))
		return AMP_LINK_PEER_RESET;
	drop(flow->rvdev, vq, &buf, driver);
	return AMP_LINK_OK;
}

static int deliver_next(struct amp_flow *flow, struct virtqueue *vq, bool driver)
{
	int reason = look_ahead(flow, vq, driver);

	if (reason)
		return reason;
	if (!vq_shown(vq, driver)) /* others receive, too, while a callback runs */
		return AMP_LINK_OK;
	return was_ahead(flow, vq, driver) ? take_turn(flow, vq, driver) : deliver(flow->rvdev, vq, driver, true);
}

/* As receive_unlock() in rpmsg_virtio.c; but each turn looks at the ring again. */
static bool receive_unlock(struct amp_flow *flow, struct virtqueue *vq, bool driver)
{
	struct rpmsg_virtio_device *rvdev = flow->rvdev;
	int reason = AMP_LINK_PEER_RESET;
	uint16_t left = 0;
	bool more = false;

	vq->vq_dev->users++;
	if (link_ok(rvdev)) {
		more = amp_vq_look(vq);
		reason = more ? AMP_LINK_OK : vq->vq_fault;
		left = (uint16_t)(vq->vq_peer_idx - vq_next_idx(vq, driver));
	}
	if (more)
		vq_set_no_notify(vq, true, driver);
	while (more || (reason && amp_link_ends(rvdev, reason))) {
		reason = deliver_next(flow, vq, driver);
		if (!AMP_WITH_VQ_RX_EMPTY_NOTIFY && !reason)
			reason = kick_for_one(rvdev, vq, driver);
		left--;
		more = !reason && vq_shown(vq, driver) && (left || !rvdev->bounded);
		if (!reason && !more) {
			vq->vq_dev->users--;
			return look_again_unlock(rvdev, vq, driver);
		}
	}
	vq->vq_dev->users--;
	amp_link_unlock(rvdev);
	return false;
}

static void receive(struct virtqueue *vq)
{
	struct rpmsg_virtio_device *rvdev = vq->vq_dev->priv;

	do
		metal_mutex_acquire(&rvdev->rdev.lock);
	while (receive_unlock(amp_flow_of(rvdev), vq, role_is_driver(vq->vq_dev)));
}

int amp_flow_prioritise(struct amp_flow *flow, uint32_t reserve)
{
	struct rpmsg_virtio_device *rvdev = flow ? flow->rvdev : NULL;
	struct virtqueue *rvq;

	/* A packed ring has one order, that of its descriptors. */
	if (AMP_WITH_PACKED_RINGS)
		return RPMSG_EOPNOTSUPP;
	if (!rvdev)
		return RPMSG_ERR_PARAM;
	if (amp_rpmsg_link_state(rvdev) != AMP_LINK_UP)
		return RPMSG_ERR_DEV_STATE;
	rvq = rvdev->rvq;
	if (!reserve || reserve >= rvdev->svq->vq_nentries || rvq->priv)
		return RPMSG_ERR_PARAM;
	metal_mutex_acquire(&rvdev->rdev.lock);
	flow->looked = vq_next_idx(rvq, role_is_driver(rvdev->vdev));
	rvq->priv = flow;
	rvq->callback = receive;
	amp_flow_reserve(flow, (uint16_t)reserve);
	metal_mutex_release(&rvdev->rdev.lock);
	return RPMSG_SUCCESS;
}
