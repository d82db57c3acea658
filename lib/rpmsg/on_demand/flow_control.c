// SPDX-License-Identifier: BSD-3-Clause
/*
 * A slow receiver stops its sender and nobody else: credits, stop and ready, shares of the receive buffers.
 *
 * An endpoint with flow control is known by its callback, which counts and calls the application's. What the other side
 * has to be told is kept as flags of the endpoint, and told when there is a buffer: what is sent then is how things
 * stand, so nothing has to be queued.
 */
#include "flow_control.h"
#include "../../rpmsg/endpoints.h"
#include "../../rpmsg/link.h"
#include "../../rpmsg/on_demand.h"
#include "../../rpmsg/short_error.h"
#include "waiting.h"

#include <string.h>

/* Only programs that prioritise contain this. */
#pragma weak amp_flow_take_urgent

/* What a counterpart has to be told. */
enum {
	DUE_ASK = 1,    /* what is between the two begins anew here */
	DUE_ANSWER = 2, /* it has asked */
	DUE_LIMIT = 4,  /* it may send more */
	DUE_READY = 8,  /* stop, or go on */
};

/* A limit can be behind what was sent before it came: by what was under way, which the ring has room for. */
#define FARTHEST_BEHIND 32768
/* Farther than a limit can be from a count, either way. */
#define FAR 0x20000u

static metal_mutex_t *lock_of(const struct amp_flow *flow)
{
	return &flow->rvdev->rdev.lock;
}

/* ------------------------------------------------------------------ what there is to say */

/* Where a count begins: far from those that ended, so that a limit which is under way still, for who was here before,
 * cannot be taken for one of this count. */
static void move_base(struct amp_flow *flow, uint32_t ended)
{
	if ((int32_t)(ended + FAR - flow->base) > 0)
		flow->base = ended + FAR;
}

/* The counterpart may be another than it was: then nothing is known, and it is asked. */
static void look_at_peer(struct amp_flow_endpoint *fept)
{
	uint32_t dest = fept->ept.dest_addr;

	AMP_ASSERT_LOCKED(lock_of(fept->flow));
	if (dest == fept->peer || dest == RPMSG_ADDR_ANY)
		return;
	fept->peer = dest;
	move_base(fept->flow, fept->sent);
	fept->sent = fept->flow->base;
	fept->received = 0;
	fept->limited = fept->counted = fept->stopped = false;
	fept->flow->base += FAR;
	fept->due = fept->flow->negotiated ? DUE_ASK : 0;
}

/* Up to which message this side takes. What it was told is not taken back, though more may be kept since than came. */
static uint32_t own_limit(const struct amp_flow_endpoint *fept)
{
	uint32_t limit = fept->received - fept->kept + fept->config.window;

	return (int32_t)(limit - fept->told) > 0 ? limit : fept->told;
}

/* Whether the counterpart should hear that it may send more: for half a window, or if it can send nothing. */
static void look_at_limit(struct amp_flow_endpoint *fept)
{
	uint32_t more = own_limit(fept) - fept->told;

	if (fept->counted && fept->config.window && more &&
	    (more >= (fept->config.window + 1u) / 2 || fept->told == fept->received))
		fept->due |= DUE_LIMIT;
}

static int32_t credit_of(const struct amp_flow_endpoint *fept)
{
	if (fept->stopped)
		return 0;
	return fept->limited ? (int32_t)(fept->limit - fept->sent) : INT32_MAX;
}

static size_t write_message(struct amp_flow_endpoint *fept, struct amp_flow_msg *msg)
{
	*msg = (struct amp_flow_msg){.src = fept->ept.addr, .dst = fept->peer};
	if (!fept->paused)
		msg->flags |= FLOW_READY;
	if (fept->due == DUE_READY)
		return FLOW_SHORT;
	if (fept->due & (DUE_ASK | DUE_ANSWER)) {
		msg->flags |= FLOW_COUNT;
		msg->sent = fept->sent;
	}
	if (fept->due & DUE_ASK)
		msg->flags |= FLOW_ASK;
	if (fept->counted && fept->config.window) {
		msg->flags |= FLOW_LIMIT;
		msg->limit = own_limit(fept);
	}
	return sizeof(*msg);
}

/* ------------------------------------------------------------------ saying it */

static int take_buffer(struct rpmsg_virtio_device *rvdev, uint32_t len, bool urgent)
{
	return urgent && amp_flow_take_urgent ? amp_flow_take_urgent(rvdev, len) : amp_tx_take(rvdev, len, false);
}

/* Publish the buffer that was taken. */
static void publish(struct rpmsg_virtio_device *rvdev, uint32_t src, uint32_t dst, const void *data, size_t len)
{
	bool driver = role_is_driver(rvdev->vdev);
	const struct amp_buffer *buf = &rvdev->taken;

	tx_prepare(rvdev, rvdev->svq, buf, (int)len, driver);
	tx_fill(buf->hdr, src, dst, (int)len);
	AMP_SHARED_COPY_IN(buf->hdr + 1, data, len);
	mark_buffer(rvdev->svq, buf->idx, true, driver);
	vq_buffer_flush(rvdev->shbuf_io, buf->hdr, (uint32_t)(len + sizeof(*buf->hdr)));
	(void)buffer_give(rvdev->svq, buf, driver);
}

/* With the lock, which is free during the kick. */
static void kick(struct rpmsg_virtio_device *rvdev)
{
	if (vq_wants_kick(rvdev->svq, role_is_driver(rvdev->vdev))) {
		metal_mutex_release(&rvdev->rdev.lock);
		rvdev->svq->notify(rvdev->svq);
		metal_mutex_acquire(&rvdev->rdev.lock);
	}
}

/* A message of flow control. With the lock. @return RPMSG_SUCCESS or SHORT_ERROR() */
static int say(struct amp_flow *flow, const struct amp_flow_msg *msg, size_t len)
{
	struct rpmsg_virtio_device *rvdev = flow->rvdev;
	int status = take_buffer(rvdev, (uint32_t)len, true);

	if (status)
		return status;
	publish(rvdev, msg->src, AMP_FLOW_EPT_ADDR, msg, len);
	return RPMSG_SUCCESS;
}

/*
 * Tell the counterpart what it has to be told. With the lock, which is free during a kick. Without a buffer that stays
 * to be done: kicks are on then, and amp_flow_sent() hears of the next one.
 * @return RPMSG_SUCCESS or SHORT_ERROR()
 */
static int tell(struct amp_flow_endpoint *fept)
{
	struct rpmsg_virtio_device *rvdev = fept->flow->rvdev;
	bool driver = role_is_driver(rvdev->vdev);
	struct amp_flow_msg msg;
	size_t len;
	int status;

	if (!fept->due || !fept->ept.rdev)
		return RPMSG_SUCCESS;
	len = write_message(fept, &msg);
	status = say(fept->flow, &msg, len);
	if (status == SHORT_ERROR(RPMSG_ERR_NO_BUFF) && rvdev->link_state == AMP_LINK_UP) {
		fept->flow->due = true;
		vq_set_no_notify(rvdev->svq, false, driver);
		AMP_SHARED_FENCE(); /* our flag, then another look: as in a send that waits */
		status = say(fept->flow, &msg, len);
	}
	if (status)
		return status;
	if (msg.flags & FLOW_LIMIT)
		fept->told = msg.limit;
	fept->due = 0;
	kick(rvdev);
	return RPMSG_SUCCESS;
}

/* All that could not be told before. An endpoint may come or go during a kick, so the list is begun again. */
static void tell_all(struct amp_flow *flow)
{
	struct metal_list *endpoints = &flow->rvdev->rdev.endpoints, *node;
	struct amp_flow_endpoint *fept;
	bool told = true;

	while (flow->due && told) {
		told = false;
		metal_list_for_each (endpoints, node) {
			fept = as_flow_endpoint(metal_container_of(node, struct rpmsg_endpoint, node));
			if (!fept || !fept->due)
				continue;
			if (tell(fept))
				return;
			told = true;
			break;
		}
	}
	flow->due = false;
}

static struct amp_flow *flow_of(struct rpmsg_device *rdev)
{
	struct rpmsg_endpoint *ept = rpmsg_find_ept(rdev, AMP_FLOW_EPT_ADDR);

	return ept && ept->cb == amp_flow_control ? metal_container_of(ept, struct amp_flow, ept) : NULL;
}

/* In place of amp_rpmsg_sent(): a buffer may be free for what could not be told, before others take it. */
static void amp_flow_sent(struct virtqueue *vq)
{
	struct rpmsg_virtio_device *rvdev = vq->vq_dev->priv;
	struct amp_flow *flow;

	metal_mutex_acquire(&rvdev->rdev.lock);
	flow = flow_of(&rvdev->rdev);
	if (flow && flow->due) {
		tell_all(flow);
		if (!flow->due && !rvdev->waits && rvdev->link_state == AMP_LINK_UP)
			vq_set_no_notify(vq, true, role_is_driver(rvdev->vdev));
	}
	metal_mutex_release(&rvdev->rdev.lock);
	amp_rpmsg_sent(vq);
}

/* ------------------------------------------------------------------ hearing it */

/* @return whether a limit can be one of this count */
static bool limit_ok(const struct amp_flow_endpoint *fept, uint32_t limit)
{
	int32_t ahead = (int32_t)(limit - fept->sent);

	return ahead <= (int32_t)AMP_FLOW_WINDOW_MAX && ahead >= -FARTHEST_BEHIND;
}

/* Take what the counterpart says; a short message has no other flags than FLOW_READY. @return false: it cannot be */
static bool take_state(struct amp_flow_endpoint *fept, const struct amp_flow_msg *msg)
{
	bool anew = msg->flags & FLOW_ASK, limits = msg->flags & FLOW_LIMIT;

	if (anew && !(msg->flags & FLOW_COUNT))
		return false;
	/* What was taken is not taken back. */
	if (limits && fept->limited && !anew &&
	    (!limit_ok(fept, msg->limit) || (int32_t)(msg->limit - fept->limit) < 0))
		return false;
	fept->stopped = !(msg->flags & FLOW_READY);
	if (anew) {
		fept->limited = false;
		fept->due |= DUE_ANSWER;
	}
	if (msg->flags & FLOW_COUNT) {
		if (anew || !fept->counted)
			fept->told = msg->sent;
		fept->counted = true;
		fept->received = msg->sent;
		if (fept->config.window)
			fept->due |= DUE_LIMIT;
	}
	/* The first one may be of a count that ended, and come late. */
	if (limits && limit_ok(fept, msg->limit)) {
		fept->limited = true;
		fept->limit = msg->limit;
	}
	return true;
}

/* @return the endpoint that a message is for, with one more reference; NULL: there is none, or it was refused */
static struct amp_flow_endpoint *take_message(struct amp_flow *flow, const struct amp_flow_msg *msg, bool *changed)
{
	uint32_t known = FLOW_READY | FLOW_LIMIT | FLOW_COUNT | FLOW_ASK;
	struct amp_flow_endpoint *fept;
	bool could_send;

	if (msg->src == RPMSG_ADDR_ANY || msg->dst == RPMSG_ADDR_ANY || msg->flags & ~known) {
		flow->refused++;
		return NULL;
	}
	fept = as_flow_endpoint(rpmsg_find_ept(&flow->rvdev->rdev, msg->dst));
	if (!fept || fept->ept.dest_addr == RPMSG_ADDR_ANY)
		return NULL; /* it has gone, or will ask when it knows its counterpart */
	look_at_peer(fept);
	could_send = credit_of(fept) > 0;
	if (msg->src != fept->peer || !take_state(fept, msg)) {
		flow->refused++;
		return NULL;
	}
	*changed = could_send != (credit_of(fept) > 0);
	fept->ept.refcnt++;
	return fept;
}

int amp_flow_control(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct amp_flow *flow = metal_container_of(ept, struct amp_flow, ept);
	struct rpmsg_virtio_device *rvdev = flow->rvdev;
	struct amp_flow_endpoint *fept = NULL;
	struct amp_flow_msg msg = {.src = 0};
	bool changed = false, may_send = false;

	(void)src, (void)priv;
	metal_mutex_acquire(&rvdev->rdev.lock);
	if (!flow->negotiated || (len != FLOW_SHORT && len != sizeof(msg))) {
		flow->refused++;
	} else {
		AMP_SHARED_COPY_OUT(&msg, data, len);
		if (len == FLOW_SHORT && msg.flags & ~(uint32_t)FLOW_READY)
			flow->refused++;
		else
			fept = take_message(flow, &msg, &changed);
	}
	if (fept) {
		may_send = credit_of(fept) > 0;
		(void)tell(fept);
		if (may_send && rvdev->waits)
			amp_tx_wake(rvdev);
	}
	metal_mutex_release(&rvdev->rdev.lock);
	if (!fept)
		return RPMSG_SUCCESS;
	if (changed && fept->changed)
		fept->changed(fept, may_send);
	amp_ept_put(&rvdev->rdev, &fept->ept, false);
	return RPMSG_SUCCESS;
}

/* ------------------------------------------------------------------ messages in */

/* With the lock. */
static void done(struct amp_flow_endpoint *fept, uint32_t count)
{
	fept->kept -= metal_min(count, fept->kept);
	look_at_limit(fept);
	(void)tell(fept);
}

/* Whether there is a link, and thus a lock. */
static bool is_there(const struct amp_flow_endpoint *fept)
{
	return fept && fept->flow && amp_rpmsg_link_state(fept->flow->rvdev) != AMP_LINK_DOWN;
}

int amp_flow_receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct amp_flow_endpoint *fept = metal_container_of(ept, struct amp_flow_endpoint, ept);
	metal_mutex_t *lock = lock_of(fept->flow);
	bool counts;
	int status;

	metal_mutex_acquire(lock);
	look_at_peer(fept);
	counts = src == fept->peer;
	if (counts) {
		fept->received++;
		fept->kept++;
	}
	(void)tell(fept);
	metal_mutex_release(lock);
	status = fept->cb(ept, data, len, src, priv);
	if (counts && status != AMP_FLOW_LATER && is_there(fept)) {
		metal_mutex_acquire(lock);
		done(fept, 1);
		metal_mutex_release(lock);
	}
	return status;
}

void amp_flow_done(struct amp_flow_endpoint *fept, uint32_t count)
{
	if (!is_there(fept))
		return;
	metal_mutex_acquire(lock_of(fept->flow));
	done(fept, count);
	amp_link_unlock(fept->flow->rvdev);
}

/* ------------------------------------------------------------------ messages out */

/* A send, as often as it is tried. */
struct attempt {
	struct amp_flow_endpoint *fept;
	const void *data;
	uint32_t len;
};

static int try_to_send(struct rpmsg_virtio_device *rvdev, void *arg)
{
	const struct attempt *attempt = arg;
	struct amp_flow_endpoint *fept = attempt->fept;
	int status;

	if (fept->ept.rdev != &rvdev->rdev)
		return SHORT_ERROR(RPMSG_ERR_DEV_STATE);
	look_at_peer(fept);
	if (fept->peer != fept->ept.dest_addr)
		return SHORT_ERROR(RPMSG_ERR_ADDR);
	/* The question comes before the first message. */
	status = tell(fept);
	if (status)
		return status;
	if (credit_of(fept) <= 0)
		return link_ok(rvdev) ? SHORT_ERROR(RPMSG_ERR_NO_BUFF) : SHORT_ERROR(RPMSG_ERR_DEV_STATE);
	status = take_buffer(rvdev, attempt->len, fept->config.flags & AMP_FLOW_URGENT);
	if (status)
		return status;
	fept->sent++;
	publish(rvdev, fept->ept.addr, fept->peer, attempt->data, attempt->len);
	return RPMSG_SUCCESS;
}

int amp_flow_send_raw(struct amp_flow_endpoint *fept, const void *data, int len, bool wait)
{
	struct attempt attempt = {fept, data, (uint32_t)len};
	struct rpmsg_virtio_device *rvdev;
	struct rpmsg_device *rdev;
	int status;

	if (!fept)
		return RPMSG_ERR_PARAM;
	status = check_send(&fept->ept, &rdev, amp_ept_addr(&fept->ept), amp_ept_dest(&fept->ept), data, len);
	if (status)
		return full_error(status);
	rvdev = fept->flow->rvdev;
	metal_mutex_acquire(&rdev->lock);
	status = try_to_send(rvdev, &attempt);
	if (wait && status == SHORT_ERROR(RPMSG_ERR_NO_BUFF))
		status = wait_until(rvdev, 0, true, try_to_send, &attempt);
	if (status) {
		amp_link_unlock(rvdev);
		return full_error(status);
	}
	kick_unlock(rvdev, rvdev->svq, role_is_driver(rvdev->vdev));
	return len;
}

uint32_t amp_flow_credit(struct amp_flow_endpoint *fept)
{
	uint32_t credit;

	if (!is_there(fept))
		return 0;
	metal_mutex_acquire(lock_of(fept->flow));
	credit = fept->limited || fept->stopped ? (uint32_t)metal_max(credit_of(fept), 0) : UINT32_MAX;
	metal_mutex_release(lock_of(fept->flow));
	return credit;
}

int rpmsg_set_flow_control(struct rpmsg_endpoint *ept, bool pause, uint32_t dst)
{
	struct rpmsg_device *rdev = ept ? ept_device(ept) : NULL;
	struct amp_flow_endpoint *fept;
	struct amp_flow_msg msg;
	struct amp_flow *flow;
	int status;

	if (!ept)
		return RPMSG_ERR_PARAM;
	if (!rdev)
		return RPMSG_ERR_DEV_STATE;
	if (dst == RPMSG_ADDR_ANY)
		return RPMSG_ERR_ADDR;
	metal_mutex_acquire(&rdev->lock);
	flow = flow_of(rdev);
	fept = as_flow_endpoint(ept);
	if (!flow || !flow->negotiated) {
		metal_mutex_release(&rdev->lock);
		return RPMSG_EOPNOTSUPP;
	}
	if (fept && dst == fept->ept.dest_addr) {
		look_at_peer(fept);
		fept->paused = pause;
		fept->due |= DUE_READY;
		status = tell(fept);
		if (status == SHORT_ERROR(RPMSG_ERR_NO_BUFF))
			status = RPMSG_SUCCESS; /* it is told when there is one */
	} else {
		msg = (struct amp_flow_msg){.src = ept->addr, .dst = dst, .flags = pause ? 0 : FLOW_READY};
		status = say(flow, &msg, FLOW_SHORT);
		if (!status)
			kick(flow->rvdev);
	}
	amp_link_unlock(flow->rvdev);
	return full_error(status);
}

/* ------------------------------------------------------------------ receive buffers */

int amp_flow_hold(struct amp_flow_endpoint *fept, void *rxbuf)
{
	bool room;

	if (!is_there(fept) || !rxbuf)
		return RPMSG_ERR_PARAM;
	metal_mutex_acquire(lock_of(fept->flow));
	room = fept->held < fept->config.hold;
	if (room) {
		fept->held++;
		fept->kept++;
	}
	metal_mutex_release(lock_of(fept->flow));
	if (!room)
		return RPMSG_ERR_NO_BUFF;
	rpmsg_hold_rx_buffer(&fept->ept, rxbuf);
	return RPMSG_SUCCESS;
}

void amp_flow_release(struct amp_flow_endpoint *fept, void *rxbuf)
{
	bool held;

	if (!fept || !ept_home(&fept->ept) || !rxbuf)
		return;
	metal_mutex_acquire(lock_of(fept->flow));
	held = fept->held > 0;
	metal_mutex_release(lock_of(fept->flow));
	if (!held)
		return;
	rpmsg_release_rx_buffer(&fept->ept, rxbuf);
	metal_mutex_acquire(lock_of(fept->flow));
	fept->held--;
	if (fept->gone)
		fept->flow->shared_out--;
	done(fept, 1);
	amp_link_unlock(fept->flow->rvdev);
}

/* ------------------------------------------------------------------ begin and end */

int amp_flow_accept(struct virtio_device *vdev)
{
	if (!vdev || !role_is_driver(vdev))
		return RPMSG_ERR_PARAM;
	if (vdev->up || amp_virtio_in_use(vdev))
		return RPMSG_ERR_DEV_STATE;
	vdev->rpmsg_accepts |= (uint32_t)1 << AMP_RPMSG_F_FLOW;
	return RPMSG_SUCCESS;
}

int amp_flow_open(struct amp_flow *flow, struct rpmsg_virtio_device *rvdev, uint32_t others)
{
	struct virtio_device *vdev;
	uint32_t buffers;

	if (!flow || !rvdev)
		return RPMSG_ERR_PARAM;
	if (amp_rpmsg_link_state(rvdev) != AMP_LINK_UP)
		return RPMSG_ERR_DEV_STATE;
	vdev = rvdev->vdev;
	buffers = rvdev->rvq->vq_nentries;
	if (!others || others >= buffers)
		return RPMSG_ERR_PARAM;
	memset(flow, 0, sizeof(*flow));
	flow->rvdev = rvdev;
	flow->to_share = buffers - others;
	flow->negotiated = role_is_driver(vdev) ? (vdev->features >> AMP_RPMSG_F_FLOW) & 1
	                                        : virtio_has_feature(vdev, AMP_RPMSG_F_FLOW);
	rvdev->svq->callback = amp_flow_sent;
	return rpmsg_create_ept(&flow->ept, &rvdev->rdev, NULL, AMP_FLOW_EPT_ADDR, AMP_FLOW_EPT_ADDR, amp_flow_control,
	                        NULL);
}

/* Take from what there is to share, or give back. @return whether there was so much */
static bool share(struct amp_flow *flow, uint32_t more, uint32_t less)
{
	bool room;

	metal_mutex_acquire(lock_of(flow));
	room = more <= flow->to_share - flow->shared_out;
	if (room)
		flow->shared_out += more - less;
	metal_mutex_release(lock_of(flow));
	return room;
}

int amp_flow_create_ept(struct amp_flow *flow, struct amp_flow_endpoint *fept, const char *name, uint32_t src,
                        uint32_t dest, rpmsg_ept_cb cb, rpmsg_ns_unbind_cb ns_unbind_cb,
                        const struct amp_flow_config *config)
{
	int status;

	if (!flow || !flow->rvdev || !fept || !cb || !config || config->window > AMP_FLOW_WINDOW_MAX ||
	    config->flags & ~(uint32_t)AMP_FLOW_URGENT)
		return RPMSG_ERR_PARAM;
	if (amp_rpmsg_link_state(flow->rvdev) != AMP_LINK_UP)
		return RPMSG_ERR_DEV_STATE;
	if (!share(flow, config->hold, 0))
		return RPMSG_ERR_NO_BUFF;
	fept->flow = flow;
	fept->cb = cb;
	fept->config = *config;
	fept->peer = RPMSG_ADDR_ANY;
	fept->sent = flow->base;
	fept->limit = fept->received = fept->kept = fept->told = 0;
	fept->held = 0;
	fept->due = 0;
	fept->limited = fept->counted = fept->stopped = fept->paused = fept->gone = false;
	status = rpmsg_create_ept(&fept->ept, &flow->rvdev->rdev, name, src, dest, amp_flow_receive, ns_unbind_cb);
	if (status) {
		(void)share(flow, 0, config->hold);
		return status;
	}
	metal_mutex_acquire(lock_of(flow));
	look_at_peer(fept);
	(void)tell(fept);
	amp_link_unlock(flow->rvdev);
	return RPMSG_SUCCESS;
}

void amp_flow_destroy_ept(struct amp_flow_endpoint *fept)
{
	struct amp_flow *flow = fept ? fept->flow : NULL;
	uint32_t unused;

	if (!flow || !ept_device(&fept->ept))
		return;
	metal_mutex_acquire(lock_of(flow));
	unused = fept->gone ? 0u : (uint32_t)(fept->config.hold - fept->held);
	fept->config.hold = fept->held;
	fept->gone = true;
	move_base(flow, fept->sent);
	metal_mutex_release(lock_of(flow));
	(void)share(flow, 0, unused);
	rpmsg_destroy_ept(&fept->ept);
}

uint32_t amp_flow_refused(const struct amp_flow *flow)
{
	return flow ? __atomic_load_n(&flow->refused, __ATOMIC_RELAXED) : 0;
}
