// SPDX-License-Identifier: GPL-2.0-only
/* A slow receiver stops its sender and nobody else: stop and ready, credits, shares of the receive buffers. */
#include "link_fixture.h"

#include <amprelay/flow_control.h>

#include <string.h>

#define WINDOW 4u
#define HOLD   2u

#define READY 1u
#define LIMIT 2u
#define COUNT 4u
#define ASK   8u

/* A message of flow control, as WIRE.md has it. */
struct message {
	uint32_t src, dst, flags, sent, limit;
};

/* An endpoint with flow control, and what became of it. */
struct flow_box {
	struct amp_flow_endpoint fept;
	unsigned int count;
	int answer;           /* what its callback returns */
	void *held[RING_NUM]; /* buffers that it holds */
	unsigned int num_held;
	bool hold;            /* hold what comes */
	unsigned int changed; /* calls of the callback for that */
	bool may_send;        /* what the last one said */
};

struct end {
	struct side *side;
	struct amp_flow flow;
	struct flow_box box;
	struct box plain; /* an endpoint without flow control */
};

static struct end ends[2];

/* Each claim holds in both directions: for each of them, `from` and `to`. */
#define for_each_direction(from, to) for (struct end *from = &ends[0], *to = &ends[1]; from < &ends[2]; to = from++)

static int receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct flow_box *box = priv;

	(void)len, (void)src;
	assert_ptr_equal(ept, &box->fept.ept);
	box->count++;
	if (box->hold && amp_flow_hold(&box->fept, data) == RPMSG_SUCCESS)
		box->held[box->num_held++] = data;
	return box->answer;
}

static void changed(struct amp_flow_endpoint *fept, bool may_send)
{
	struct flow_box *box = fept->ept.priv;

	box->changed++;
	box->may_send = may_send;
}

static void open_box(struct end *end, uint32_t src, uint32_t dst)
{
	struct amp_flow_config config = {.window = WINDOW, .hold = HOLD};
	struct flow_box *box = &end->box;

	memset(box, 0, sizeof(*box));
	box->fept.ept.priv = box;
	box->fept.changed = changed;
	assert_int_equal(amp_flow_create_ept(&end->flow, &box->fept, NULL, src, dst, receive, NULL, &config),
	                 RPMSG_SUCCESS);
}

/* Until nothing is under way any more. */
static void settle(void)
{
	for (unsigned int i = 0; i < 4; i++) {
		fixture_poll(ends[0].side);
		fixture_poll(ends[1].side);
	}
}

/* What the device offers and the driver accepts. */
static struct fixture *link_up(void **state, bool offers, bool accepts)
{
	struct fixture *f;

	fixture_devices(state);
	f = *state;
	if (offers)
		f->shm->rsc.vdev.dfeatures |= 1u << AMP_RPMSG_F_FLOW;
	if (accepts)
		assert_int_equal(amp_flow_accept(f->host.vdev), RPMSG_SUCCESS);
	assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
	memset(ends, 0, sizeof(ends));
	ends[0].side = &f->host;
	ends[1].side = &f->remote;
	return f;
}

static void open_flow(struct end *end)
{
	assert_int_equal(amp_flow_open(&end->flow, &end->side->rvdev, 2), RPMSG_SUCCESS);
}

static void open_ends(void)
{
	for (unsigned int i = 0; i < 2; i++) {
		open_flow(&ends[i]);
		box_open(&ends[i].plain, ends[i].side, NULL, 30 + i, 31 - i);
	}
	open_box(&ends[0], 10, 20);
	open_box(&ends[1], 20, 10);
	settle();
}

static int up(void **state)
{
	link_up(state, true, true);
	open_ends();
	return 0;
}

/* Say something to the other side's flow control. */
static void say(struct end *from, const struct message *msg, int len)
{
	uint8_t bytes[BUF_SIZE] = {0};

	memcpy(bytes, msg, sizeof(*msg));
	assert_int_equal(rpmsg_trysend_offchannel(&from->plain.ept, msg->src, AMP_FLOW_EPT_ADDR, bytes, len), len);
	settle();
}

static int send(struct end *from)
{
	return amp_flow_trysend(&from->box.fept, "x", 1);
}

/* How many messages this side has sent. */
static uint16_t published(const struct end *end)
{
	const struct virtqueue *vq = end->side->rvdev.svq;

	return end->side->vdev->role == VIRTIO_DEV_DRIVER ? vq->vq_available_idx : vq->vq_used_cons_idx;
}

/* ------------------------------------------------------------------ who knows it */

static void both_sides_know_it(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		assert_true(from->flow.negotiated);
		assert_int_equal(amp_flow_credit(&from->box.fept), WINDOW);
		assert_int_equal(amp_flow_refused(&from->flow), 0);
		(void)to;
	}
}

/* Each way of not having agreed; and nothing is said to such a peer. */
static void a_peer_that_knows_nothing_of_it_is_served_as_before(void **state)
{
	for (unsigned int way = 0; way < 3; way++) {
		link_up(state, way == 1, way == 2);
		open_ends();
		for_each_direction(from, to)
		{
			uint16_t before = published(to);

			assert_int_equal(before, from == ends ? 0 : 3 * RING_NUM); /* nothing was asked */
			assert_false(from->flow.negotiated);
			assert_int_equal(amp_flow_credit(&from->box.fept), UINT32_MAX);
			for (unsigned int i = 1; i <= 3 * RING_NUM; i++) {
				to->box.answer = AMP_FLOW_LATER;
				assert_int_equal(send(from), 1);
				settle();
				assert_int_equal(to->box.count, i);
			}
			amp_flow_done(&to->box.fept, 3 * RING_NUM);
			assert_int_equal(rpmsg_set_flow_control(&from->box.fept.ept, true, 20), RPMSG_EOPNOTSUPP);
			assert_int_equal(published(to), before);
			assert_int_equal(amp_flow_refused(&to->flow), 0);
		}
		fixture_down(state);
	}
}

/* OpenAMP's driver accepts what is offered: the question of each endpoint finds nobody. */
static void a_driver_that_accepts_every_bit_is_served_as_before(void **state)
{
	struct fixture *f = link_up(state, true, true);

	open_flow(&ends[1]);
	assert_true(ends[1].flow.negotiated);
	box_open(&ends[0].plain, &f->host, NULL, 10, 20);
	open_box(&ends[1], 20, 10);
	for (unsigned int i = 1; i <= 3 * RING_NUM; i++) {
		assert_int_equal(send(&ends[1]), 1);
		fixture_poll(&f->host);
		assert_int_equal(ends[0].plain.count, i);
		assert_int_equal(rpmsg_trysend(&ends[0].plain.ept, "x", 1), 1);
		fixture_poll(&f->remote);
		assert_int_equal(ends[1].box.count, i);
	}
	fixture_down(state);
}

/* ------------------------------------------------------------------ stop and ready */

static void stop_stops_one_sender_and_ready_lets_it_go_on(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		assert_int_equal(rpmsg_set_flow_control(&to->box.fept.ept, true, from->box.fept.ept.addr),
		                 RPMSG_SUCCESS);
		assert_int_equal(send(from), 1); /* it has not come yet */
		settle();
		assert_int_equal(from->box.changed, 1);
		assert_false(from->box.may_send);
		assert_int_equal(send(from), RPMSG_ERR_NO_BUFF);
		assert_int_equal(amp_flow_credit(&from->box.fept), 0);
		assert_int_equal(rpmsg_trysend(&from->plain.ept, "x", 1), 1);
		settle();
		assert_int_equal(to->plain.count, 1);
		assert_int_equal(rpmsg_set_flow_control(&to->box.fept.ept, false, from->box.fept.ept.addr),
		                 RPMSG_SUCCESS);
		settle();
		assert_int_equal(from->box.changed, 2);
		assert_true(from->box.may_send);
		assert_int_equal(send(from), 1);
		settle();
		assert_int_equal(to->box.count, 2);
	}
}

/* What others, too, make of it: 12 bytes to 0x36. */
static void stop_and_ready_have_the_bytes_that_they_have_elsewhere(void **state)
{
	const uint32_t stop[] = {20, 10, 0}, ready[] = {20, 10, 1};
	struct fixture *f = link_up(state, true, true);
	struct box listener;

	open_flow(&ends[1]);
	box_open(&listener, &f->host, NULL, 0x36, 1);
	box_open(&ends[1].plain, &f->remote, NULL, 20, 10);
	assert_int_equal(rpmsg_set_flow_control(&ends[1].plain.ept, true, 10), RPMSG_SUCCESS);
	fixture_poll(&f->host);
	assert_int_equal(listener.len, sizeof(stop));
	assert_memory_equal(listener.data, stop, sizeof(stop));
	assert_int_equal(rpmsg_set_flow_control(&ends[1].plain.ept, false, 10), RPMSG_SUCCESS);
	fixture_poll(&f->host);
	assert_int_equal(listener.count, 2);
	assert_memory_equal(listener.data, ready, sizeof(ready));
	fixture_down(state);
}

static void a_counterpart_that_begins_anew_hears_stop_again(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		uint32_t src = from->box.fept.ept.addr, dst = to->box.fept.ept.addr;

		assert_int_equal(rpmsg_set_flow_control(&to->box.fept.ept, true, src), RPMSG_SUCCESS);
		settle();
		amp_flow_destroy_ept(&from->box.fept);
		open_box(from, src, dst);
		assert_int_equal(amp_flow_credit(&from->box.fept), UINT32_MAX);
		settle();
		assert_int_equal(amp_flow_credit(&from->box.fept), 0);
		assert_int_equal(rpmsg_set_flow_control(&to->box.fept.ept, false, src), RPMSG_SUCCESS);
		settle();
		assert_int_equal(amp_flow_credit(&from->box.fept), WINDOW);
	}
}

static void arguments_of_stop_are_checked(void **state)
{
	struct fixture *f = *state;
	struct rpmsg_endpoint none = {.rdev = NULL};

	assert_int_equal(rpmsg_set_flow_control(NULL, true, 1), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_set_flow_control(&none, true, 1), RPMSG_ERR_DEV_STATE);
	assert_int_equal(rpmsg_set_flow_control(&ends[0].plain.ept, true, RPMSG_ADDR_ANY), RPMSG_ERR_ADDR);
	amp_rpmsg_peer_lost(&f->host.rvdev);
	assert_int_equal(rpmsg_set_flow_control(&ends[0].plain.ept, true, 20), RPMSG_ERR_DEV_STATE);
}

/* ------------------------------------------------------------------ credits */

static void a_slow_receiver_stops_its_sender_and_not_the_link(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		to->box.answer = AMP_FLOW_LATER;
		for (unsigned int i = 0; i < WINDOW; i++) {
			assert_int_equal(send(from), 1);
			settle();
		}
		assert_int_equal(send(from), RPMSG_ERR_NO_BUFF);
		assert_int_equal(amp_flow_credit(&from->box.fept), 0);
		for (unsigned int i = 1; i <= 3 * RING_NUM; i++) {
			assert_int_equal(rpmsg_trysend(&from->plain.ept, "x", 1), 1);
			settle();
			assert_int_equal(to->plain.count, i);
		}
		assert_int_equal(to->box.count, WINDOW);
		/* One that is done with is told at once: the sender can send nothing. */
		amp_flow_done(&to->box.fept, 1);
		settle();
		assert_int_equal(amp_flow_credit(&from->box.fept), 1);
		assert_int_equal(send(from), 1);
		assert_int_equal(send(from), RPMSG_ERR_NO_BUFF);
		settle();
		amp_flow_done(&to->box.fept, UINT32_MAX);
		settle();
		assert_int_equal(amp_flow_credit(&from->box.fept), WINDOW);
		to->box.answer = RPMSG_SUCCESS;
	}
}

/* A receiver that has done with each message at once never stops its sender, and seldom says so. */
static void a_receiver_that_keeps_up_says_so_once_in_half_a_window(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		uint16_t before = published(to);

		for (unsigned int i = 0; i < 10 * WINDOW; i++) {
			assert_int_equal(send(from), 1);
			settle();
		}
		assert_int_equal(to->box.count, 10 * WINDOW);
		assert_int_equal((uint16_t)(published(to) - before), 20);
	}
}

static struct end *slow;

/* While a send waits: the other side has done with a message. */
static int wait_for_slow(struct rpmsg_device *rdev, uint32_t id)
{
	(void)rdev, (void)id;
	amp_flow_done(&slow->box.fept, 1);
	fixture_poll(slow->side);
	return RPMSG_SUCCESS;
}

static void a_send_waits_for_a_credit(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		slow = to;
		to->box.answer = AMP_FLOW_LATER;
		rpmsg_virtio_set_wait_cb(&from->side->rvdev, wait_for_slow);
		for (unsigned int i = 0; i < 3 * WINDOW; i++)
			assert_int_equal(amp_flow_send(&from->box.fept, "x", 1), 1);
		settle();
		assert_int_equal(to->box.count, 3 * WINDOW);
	}
}

static int lose(struct rpmsg_device *rdev, uint32_t id)
{
	(void)id;
	amp_rpmsg_peer_lost(metal_container_of(rdev, struct rpmsg_virtio_device, rdev));
	return RPMSG_SUCCESS;
}

static void a_send_that_waits_for_a_credit_ends(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		to->box.answer = AMP_FLOW_LATER;
		for (unsigned int i = 0; i < WINDOW; i++)
			assert_int_equal(send(from), 1);
		settle();
		amp_rpmsg_set_send_timeout(&from->side->rvdev, 1);
		assert_int_equal(amp_flow_send(&from->box.fept, "x", 1), RPMSG_ERR_NO_BUFF);
	}
	rpmsg_virtio_set_wait_cb(&ends[0].side->rvdev, lose);
	amp_rpmsg_set_send_timeout(&ends[0].side->rvdev, 1000);
	assert_int_equal(amp_flow_send(&ends[0].box.fept, "x", 1), RPMSG_ERR_DEV_STATE);
	assert_int_equal(send(&ends[0]), RPMSG_ERR_DEV_STATE);
}

/* What is sent before the limit is known counts as well. */
static void what_was_sent_before_the_first_limit_counts(void **state)
{
	link_up(state, true, true);
	open_flow(&ends[0]);
	open_flow(&ends[1]);
	for_each_direction(from, to)
	{
		open_box(from, 10, 20);
		open_box(to, 20, 10);
		to->box.answer = AMP_FLOW_LATER;
		for (unsigned int i = 0; i < WINDOW + 1; i++)
			assert_int_equal(send(from), 1);
		settle();
		assert_int_equal(to->box.count, WINDOW + 1);
		assert_int_equal(amp_flow_credit(&from->box.fept), 0);
		amp_flow_done(&to->box.fept, 1);
		settle();
		assert_int_equal(send(from), RPMSG_ERR_NO_BUFF); /* there is one above the window still */
		amp_flow_done(&to->box.fept, 1);
		settle();
		assert_int_equal(send(from), 1);
		assert_int_equal(send(from), RPMSG_ERR_NO_BUFF);
		settle();
		assert_int_equal(amp_flow_refused(&from->flow) + amp_flow_refused(&to->flow), 0);
		amp_flow_destroy_ept(&from->box.fept);
		amp_flow_destroy_ept(&to->box.fept);
	}
	fixture_down(state);
}

/* An endpoint that learns of its counterpart from the first message asks it then. */
static void who_learns_of_its_counterpart_late_agrees_with_it(void **state)
{
	link_up(state, true, true);
	open_flow(&ends[0]);
	open_flow(&ends[1]);
	for_each_direction(from, to)
	{
		open_box(from, 10, 20);
		open_box(to, 20, RPMSG_ADDR_ANY);
		settle();
		assert_int_equal(amp_flow_credit(&from->box.fept), UINT32_MAX);
		to->box.answer = AMP_FLOW_LATER;
		assert_int_equal(send(from), 1);
		settle();
		assert_int_equal(amp_flow_credit(&from->box.fept), WINDOW - 1);
		assert_int_equal(amp_flow_credit(&to->box.fept), WINDOW);
		assert_int_equal(amp_flow_refused(&from->flow) + amp_flow_refused(&to->flow), 0);
		amp_flow_destroy_ept(&from->box.fept);
		amp_flow_destroy_ept(&to->box.fept);
	}
	fixture_down(state);
}

static void who_begins_anew_agrees_anew(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		uint32_t src = from->box.fept.ept.addr, dst = to->box.fept.ept.addr;

		to->box.answer = AMP_FLOW_LATER;
		for (unsigned int i = 0; i < WINDOW; i++)
			assert_int_equal(send(from), 1);
		settle();
		/* The sender: what the receiver keeps of the one before still takes its place. */
		amp_flow_destroy_ept(&from->box.fept);
		open_box(from, src, dst);
		settle();
		assert_int_equal(amp_flow_credit(&from->box.fept), 0);
		amp_flow_done(&to->box.fept, 1);
		settle();
		assert_int_equal(amp_flow_credit(&from->box.fept), 1);
		/* The receiver: it keeps nothing. */
		amp_flow_destroy_ept(&to->box.fept);
		open_box(to, dst, src);
		settle();
		assert_int_equal(amp_flow_credit(&from->box.fept), WINDOW);
		assert_int_equal(amp_flow_refused(&from->flow) + amp_flow_refused(&to->flow), 0);
	}
}

static void a_new_link_knows_nothing_of_the_credits_before(void **state)
{
	struct fixture *f = *state;

	ends[1].box.answer = AMP_FLOW_LATER;
	for (unsigned int i = 0; i < WINDOW; i++)
		assert_int_equal(send(&ends[0]), 1);
	settle();
	assert_int_equal(send(&ends[0]), RPMSG_ERR_NO_BUFF);
	rpmsg_deinit_vdev(&f->host.rvdev);
	fixture_poll(&f->remote);
	assert_int_equal(send(&ends[1]), RPMSG_ERR_DEV_STATE);
	amp_flow_done(&ends[1].box.fept, 1);
	rpmsg_deinit_vdev(&f->remote.rvdev);
	amp_flow_done(&ends[1].box.fept, 1);
	assert_int_equal(amp_flow_credit(&ends[1].box.fept), 0);
	assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
	open_ends();
	assert_int_equal(amp_flow_credit(&ends[0].box.fept), WINDOW);
	assert_int_equal(send(&ends[0]), 1);
	settle();
	assert_int_equal(ends[1].box.count, 1);
}

/* The receiver's own messages have filled the ring when it has something to say. */
static void what_finds_no_buffer_is_told_when_there_is_one(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		to->box.answer = AMP_FLOW_LATER;
		for (unsigned int i = 0; i < WINDOW; i++)
			assert_int_equal(send(from), 1);
		settle();
		while (rpmsg_trysend(&to->plain.ept, "x", 1) == 1)
			;
		amp_flow_done(&to->box.fept, WINDOW);
		assert_int_equal(to->flow.due, 1);
		to->side->kicks[0] = to->side->kicks[1] = 0;
		from->side->kicks[0] = from->side->kicks[1] = 0;
		fixture_poll(from->side);
		/* It has asked for a kick when buffers come back. */
		assert_int_equal(from->side->kicks[0] + from->side->kicks[1], 1);
		fixture_poll(to->side);
		assert_int_equal(to->flow.due, 0);
		fixture_poll(from->side);
		assert_int_equal(amp_flow_credit(&from->box.fept), WINDOW);
		settle();
	}
}

/* ------------------------------------------------------------------ what cannot be */

/* Counts and limits are from where the receiver's count stands. @return whether this was refused */
static bool refuses(struct end *to, struct end *from, uint32_t flags, uint32_t ahead)
{
	struct message msg = {from->box.fept.ept.addr, to->box.fept.ept.addr, flags, from->box.fept.sent,
	                      to->box.fept.sent + ahead};
	uint32_t refused = amp_flow_refused(&to->flow);

	say(from, &msg, sizeof(msg));
	return amp_flow_refused(&to->flow) != refused;
}

static void a_limit_is_no_more_than_a_window_ahead(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		assert_true(refuses(to, from, READY | LIMIT, AMP_FLOW_WINDOW_MAX + 1));
		assert_int_equal(amp_flow_credit(&to->box.fept), WINDOW); /* as it was */
		assert_true(refuses(to, from, LIMIT, AMP_FLOW_WINDOW_MAX + 1));
		assert_int_equal(amp_flow_credit(&to->box.fept), WINDOW);
		assert_false(refuses(to, from, READY | LIMIT, AMP_FLOW_WINDOW_MAX));
		assert_int_equal(amp_flow_credit(&to->box.fept), AMP_FLOW_WINDOW_MAX);
		assert_true(refuses(to, from, READY | LIMIT, 0x80000000u));
		assert_true(refuses(to, from, READY | LIMIT, UINT32_MAX));
		assert_int_equal(amp_flow_credit(&to->box.fept), AMP_FLOW_WINDOW_MAX);
	}
}

static void a_limit_does_not_go_back(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		assert_false(refuses(to, from, READY | LIMIT, WINDOW));
		assert_true(refuses(to, from, READY | LIMIT, WINDOW - 1));
		assert_int_equal(amp_flow_credit(&to->box.fept), WINDOW);
	}
}

/* The first limit can be below what was sent, by what was under way: as far as a ring can hold. Else it is of a count
 * that has ended. */
static void a_first_limit_is_taken_if_it_is_of_this_count(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		amp_flow_destroy_ept(&from->box.fept); /* it would say how things are */
		assert_false(refuses(to, from, READY | ASK | COUNT | LIMIT, (uint32_t)-32768));
		assert_int_equal(amp_flow_credit(&to->box.fept), 0);
		assert_false(refuses(to, from, READY | ASK | COUNT | LIMIT, (uint32_t)-32769));
		assert_int_equal(amp_flow_credit(&to->box.fept), UINT32_MAX);
		assert_false(refuses(to, from, READY | LIMIT, AMP_FLOW_WINDOW_MAX + 1));
		assert_int_equal(amp_flow_credit(&to->box.fept), UINT32_MAX);
		assert_false(refuses(to, from, READY | LIMIT, AMP_FLOW_WINDOW_MAX));
		assert_int_equal(amp_flow_credit(&to->box.fept), AMP_FLOW_WINDOW_MAX);
		open_box(from, from->box.fept.ept.addr, to->box.fept.ept.addr);
	}
}

/* Limits that were under way when an endpoint ended, whose address the next one has. */
static void a_limit_for_who_was_here_before_is_not_taken(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		for (unsigned int turn = 0; turn < 3; turn++) {
			uint32_t src = from->box.fept.ept.addr, dst = to->box.fept.ept.addr;

			for (unsigned int i = 0; i < WINDOW; i++)
				assert_int_equal(send(from), 1);
			fixture_poll(to->side); /* says more */
			amp_flow_destroy_ept(&from->box.fept);
			open_box(from, src, dst);
			fixture_poll(from->side);
			assert_int_equal(amp_flow_credit(&from->box.fept), UINT32_MAX);
			settle();
			assert_int_equal(amp_flow_credit(&from->box.fept), WINDOW);
			assert_int_equal(amp_flow_refused(&from->flow) + amp_flow_refused(&to->flow), 0);
		}
	}
}

static void flags_make_sense(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		assert_false(refuses(to, from, READY, 0));
		assert_true(refuses(to, from, READY | 16, 0));
		assert_true(refuses(to, from, READY | 0x80000000u, 0));
		assert_true(refuses(to, from, READY | ASK, 0));
		assert_false(refuses(to, from, READY | COUNT, 0));
		assert_false(refuses(to, from, READY | ASK | COUNT, 0));
		/* What is not said is not looked at. */
		assert_false(refuses(to, from, READY, UINT32_MAX));
	}
}

static void a_short_message_has_one_flag(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		struct message msg = {from->box.fept.ept.addr, to->box.fept.ept.addr, READY, 0, 0};

		say(from, &msg, 12);
		assert_int_equal(amp_flow_refused(&to->flow), 0);
		msg.flags = READY | LIMIT;
		say(from, &msg, 12);
		assert_int_equal(amp_flow_refused(&to->flow), 1);
	}
}

static void a_message_has_one_of_two_lengths(void **state)
{
	const int lengths[] = {0, 11, 13, 19, 21, PAYLOAD};

	(void)state;
	for_each_direction(from, to)
	{
		struct message msg = {from->box.fept.ept.addr, to->box.fept.ept.addr, 0, 0, 0};

		for (unsigned int i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
			say(from, &msg, lengths[i]);
			assert_int_equal(amp_flow_refused(&to->flow), i + 1);
			assert_int_equal(amp_flow_credit(&to->box.fept), WINDOW);
		}
	}
}

static void addresses_are_those_of_counterparts(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		uint32_t src = from->box.fept.ept.addr, dst = to->box.fept.ept.addr;
		struct message msg = {src, dst, 0, 0, 0};

		msg.src = RPMSG_ADDR_ANY;
		assert_int_equal(rpmsg_trysend_offchannel(&from->plain.ept, 1, AMP_FLOW_EPT_ADDR, &msg, 12), 12);
		settle();
		assert_int_equal(amp_flow_refused(&to->flow), 1);
		msg = (struct message){src, RPMSG_ADDR_ANY, 0, 0, 0};
		say(from, &msg, 12);
		assert_int_equal(amp_flow_refused(&to->flow), 2);
		msg = (struct message){src + 1, dst, 0, 0, 0};
		say(from, &msg, 12);
		assert_int_equal(amp_flow_refused(&to->flow), 3);
		assert_int_equal(amp_flow_credit(&to->box.fept), WINDOW);
		/* Of endpoints that are not there, or have no flow control: nothing comes of it. */
		msg = (struct message){src, 99, 0, 0, 0};
		say(from, &msg, 12);
		msg = (struct message){src, to->plain.ept.addr, 0, 0, 0};
		say(from, &msg, 12);
		assert_int_equal(amp_flow_refused(&to->flow), 3);
	}
}

/* ------------------------------------------------------------------ shares */

static void an_endpoint_holds_its_share_and_the_others_receive(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		to->box.hold = true;
		for (unsigned int i = 0; i < WINDOW; i++)
			assert_int_equal(send(from), 1);
		settle();
		assert_int_equal(to->box.count, WINDOW);
		assert_int_equal(to->box.num_held, HOLD);
		assert_int_equal(amp_rpmsg_held_buffers(&to->side->rvdev), HOLD);
		for (unsigned int i = 1; i <= 3 * RING_NUM; i++) {
			assert_int_equal(rpmsg_trysend(&from->plain.ept, "x", 1), 1);
			settle();
			assert_int_equal(to->plain.count, i);
		}
		/* What is held counts as not done with. */
		assert_int_equal(amp_flow_credit(&from->box.fept), WINDOW - HOLD);
		for (unsigned int i = 0; i < HOLD; i++)
			amp_flow_release(&to->box.fept, to->box.held[i]);
		settle();
		assert_int_equal(amp_flow_credit(&from->box.fept), WINDOW);
		assert_int_equal(amp_rpmsg_held_buffers(&to->side->rvdev), 0);
		amp_flow_release(&to->box.fept, to->box.held[0]); /* once more than held */
		assert_int_equal(to->box.fept.held, 0);
	}
}

/* A message that is held and put aside counts twice: what the sender was told before stays, also if it is told again,
 * as both have asked. */
static void a_limit_is_not_taken_back(void **state)
{
	for (unsigned int i = 0; i < 2; i++) {
		struct end *from = &ends[i], *to = &ends[!i];

		link_up(state, true, true);
		open_flow(from);
		open_flow(to);
		open_box(from, 10, 20);
		open_box(to, 20, 10);
		to->box.hold = true;
		to->box.answer = AMP_FLOW_LATER;
		assert_int_equal(send(from), 1);
		assert_int_equal(send(from), 1);
		fixture_poll(from->side);
		settle();
		assert_int_equal(to->box.fept.kept, 4);
		assert_int_equal(amp_flow_credit(&from->box.fept), WINDOW - 2);
		assert_int_equal(amp_flow_refused(&from->flow) + amp_flow_refused(&to->flow), 0);
		amp_flow_release(&to->box.fept, to->box.held[0]);
		amp_flow_release(&to->box.fept, to->box.held[1]);
		fixture_down(state);
	}
}

static void shares_are_no_more_than_there_are_buffers(void **state)
{
	struct amp_flow_config config = {.hold = RING_NUM - 2 - HOLD + 1};
	struct flow_box other = {.count = 0};
	struct fixture *f = *state;
	struct amp_flow flow;

	for_each_direction(from, to)
	{
		(void)to;
		config.hold = RING_NUM - 2 - HOLD + 1;
		assert_int_equal(amp_flow_create_ept(&from->flow, &other.fept, NULL, 50, 51, receive, NULL, &config),
		                 RPMSG_ERR_NO_BUFF);
		config.hold--;
		assert_int_equal(amp_flow_create_ept(&from->flow, &other.fept, NULL, 10, 51, receive, NULL, &config),
		                 from == ends ? RPMSG_ERR_ADDR : RPMSG_SUCCESS);
		if (from != ends)
			amp_flow_destroy_ept(&other.fept);
		assert_int_equal(amp_flow_create_ept(&from->flow, &other.fept, NULL, 50, 51, receive, NULL, &config),
		                 RPMSG_SUCCESS);
		amp_flow_destroy_ept(&other.fept);
		amp_flow_destroy_ept(&other.fept);
		assert_int_equal(from->flow.shared_out, HOLD);
	}
	assert_int_equal(amp_flow_open(&flow, &f->host.rvdev, 0), RPMSG_ERR_PARAM);
	assert_int_equal(amp_flow_open(&flow, &f->host.rvdev, RING_NUM), RPMSG_ERR_PARAM);
	assert_int_equal(amp_flow_open(&flow, &f->host.rvdev, 1), RPMSG_ERR_ADDR);
	assert_int_equal(amp_flow_open(NULL, &f->host.rvdev, 1), RPMSG_ERR_PARAM);
	assert_int_equal(amp_flow_open(&flow, NULL, 1), RPMSG_ERR_PARAM);
}

/* An endpoint is destroyed that holds a buffer: its share is free when that is released. */
static void a_share_is_free_when_the_last_buffer_is_released(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		to->box.hold = true;
		assert_int_equal(send(from), 1);
		settle();
		assert_int_equal(to->box.num_held, 1);
		amp_flow_destroy_ept(&to->box.fept);
		assert_int_equal(to->flow.shared_out, 1);
		amp_flow_release(&to->box.fept, to->box.held[0]);
		assert_int_equal(to->flow.shared_out, 0);
		open_box(to, to->box.fept.ept.addr, from->box.fept.ept.addr);
	}
}

static void arguments_are_checked(void **state)
{
	struct amp_flow_config config = {.window = AMP_FLOW_WINDOW_MAX};
	struct flow_box other = {.count = 0};
	struct fixture *f = *state;
	struct amp_flow *flow = &ends[0].flow;

	assert_int_equal(amp_flow_create_ept(flow, &other.fept, NULL, 50, 51, receive, NULL, NULL), RPMSG_ERR_PARAM);
	assert_int_equal(amp_flow_create_ept(flow, &other.fept, NULL, 50, 51, NULL, NULL, &config), RPMSG_ERR_PARAM);
	assert_int_equal(amp_flow_create_ept(flow, NULL, NULL, 50, 51, receive, NULL, &config), RPMSG_ERR_PARAM);
	assert_int_equal(amp_flow_create_ept(NULL, &other.fept, NULL, 50, 51, receive, NULL, &config), RPMSG_ERR_PARAM);
	config.window++;
	assert_int_equal(amp_flow_create_ept(flow, &other.fept, NULL, 50, 51, receive, NULL, &config), RPMSG_ERR_PARAM);
	config = (struct amp_flow_config){.flags = AMP_FLOW_URGENT << 1};
	assert_int_equal(amp_flow_create_ept(flow, &other.fept, NULL, 50, 51, receive, NULL, &config), RPMSG_ERR_PARAM);
	assert_int_equal(amp_flow_send(NULL, "x", 1), RPMSG_ERR_PARAM);
	assert_int_equal(amp_flow_send(&ends[0].box.fept, NULL, 1), RPMSG_ERR_PARAM);
	assert_int_equal(amp_flow_send(&ends[0].box.fept, "x", -1), RPMSG_ERR_PARAM);
	assert_int_equal(amp_flow_trysend(&ends[0].box.fept, &ends, PAYLOAD + 1), RPMSG_ERR_BUFF_SIZE);
	assert_int_equal(amp_flow_hold(&ends[0].box.fept, NULL), RPMSG_ERR_PARAM);
	assert_int_equal(amp_flow_accept(NULL), RPMSG_ERR_PARAM);
	assert_int_equal(amp_flow_accept(f->remote.vdev), RPMSG_ERR_PARAM);
	assert_int_equal(amp_flow_accept(f->host.vdev), RPMSG_ERR_DEV_STATE);
	assert_int_equal(amp_flow_credit(NULL), 0);
	assert_int_equal(amp_flow_refused(NULL), 0);
	amp_flow_done(NULL, 1);
	amp_flow_destroy_ept(NULL);
	amp_flow_release(NULL, flow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, up, fixture_down)
		TEST(both_sides_know_it),
		cmocka_unit_test(a_peer_that_knows_nothing_of_it_is_served_as_before),
		cmocka_unit_test(a_driver_that_accepts_every_bit_is_served_as_before),
		TEST(stop_stops_one_sender_and_ready_lets_it_go_on),
		cmocka_unit_test(stop_and_ready_have_the_bytes_that_they_have_elsewhere),
		TEST(a_counterpart_that_begins_anew_hears_stop_again),
		TEST(arguments_of_stop_are_checked),
		TEST(a_slow_receiver_stops_its_sender_and_not_the_link),
		TEST(a_receiver_that_keeps_up_says_so_once_in_half_a_window),
		TEST(a_send_waits_for_a_credit),
		TEST(a_send_that_waits_for_a_credit_ends),
		cmocka_unit_test(what_was_sent_before_the_first_limit_counts),
		cmocka_unit_test(who_learns_of_its_counterpart_late_agrees_with_it),
		TEST(who_begins_anew_agrees_anew),
		TEST(a_new_link_knows_nothing_of_the_credits_before),
		TEST(what_finds_no_buffer_is_told_when_there_is_one),
		TEST(a_limit_is_no_more_than_a_window_ahead),
		TEST(a_limit_does_not_go_back),
		TEST(a_first_limit_is_taken_if_it_is_of_this_count),
		TEST(a_limit_for_who_was_here_before_is_not_taken),
		TEST(flags_make_sense),
		TEST(a_short_message_has_one_flag),
		TEST(a_message_has_one_of_two_lengths),
		TEST(addresses_are_those_of_counterparts),
		TEST(an_endpoint_holds_its_share_and_the_others_receive),
		cmocka_unit_test(a_limit_is_not_taken_back),
		TEST(shares_are_no_more_than_there_are_buffers),
		TEST(a_share_is_free_when_the_last_buffer_is_released),
		TEST(arguments_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
