// SPDX-License-Identifier: GPL-2.0-only
/* What the other side published before it reset the device or left is delivered, then the loss is told; the rings are
 * left alone meanwhile. */
#include "link_fixture.h"

#include <amprelay/ring_features.h>

#include <string.h>

static struct box host_box, remote_box;
static struct fixture *at;
static struct shared before; /* the block as the other side left it */
static unsigned int calls, lost_at;

static void on_lost(struct rpmsg_virtio_device *rvdev, int reason, void *arg)
{
	struct side *side = arg;

	(void)rvdev;
	side->lost_count++;
	side->lost_reason = reason;
	lost_at = calls;
}

static void begin(void **state)
{
	at = *state;
	calls = lost_at = 0;
	amp_rpmsg_set_link_cb(&at->host.rvdev, on_lost, &at->host);
	amp_rpmsg_set_link_cb(&at->remote.rvdev, on_lost, &at->remote);
	box_open(&host_box, &at->host, NULL, 10, 20);
	box_open(&remote_box, &at->remote, NULL, 20, 10);
}

/* The device's word about a ring: WIRE.md. */
static uint16_t mark_of(unsigned int index)
{
	return *fixture_mark(at, index);
}

/* The driver resets; the test decides when the device hears of it. */
static void driver_resets(void)
{
	assert_int_equal(virtio_reset_device(at->host.vdev), 0);
	before = *at->shm;
}

static void the_rings_are_untouched_but_for_the_mark(void)
{
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(mark_of(i), 0xa302); /* let go */
		memcpy((char *)&before + ((char *)fixture_mark(at, i) - (char *)at->shm), fixture_mark(at, i), 2);
	}
	assert_memory_equal(before.vring, at->shm->vring, sizeof(before.vring));
}

static int count_and_answer(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	uint32_t room;

	assert_int_equal(*(unsigned char *)data, calls);
	calls++;
	assert_int_equal(rpmsg_sendto(ept, "x", 1, src), RPMSG_ERR_DEV_STATE);
	assert_int_equal(rpmsg_trysendto(ept, "x", 1, src), RPMSG_ERR_DEV_STATE);
	assert_null(rpmsg_get_tx_payload_buffer(ept, &room, true));
	assert_int_equal(amp_rpmsg_link_state(&at->remote.rvdev), AMP_LINK_LOST);
	assert_int_equal(at->remote.lost_count, 0);
	return box_receive(ept, data, len, src, priv);
}

static void send_numbers(unsigned int first, unsigned int count)
{
	for (; count; count--, first++)
		assert_int_equal(rpmsg_trysend(&host_box.ept, &first, 1), 1);
}

/* A whole ring of messages, some of them for nobody. */
static void messages_before_a_reset_are_delivered_and_then_the_loss_is_told(void **state)
{
	for (unsigned int id = 0; id < 2; id++) {
		begin(state);
		remote_box.ept.cb = count_and_answer;
		send_numbers(0, 3);
		assert_int_equal(rpmsg_sendto(&host_box.ept, "nobody", 6, 99), 6);
		send_numbers(3, RING_NUM - 4);
		driver_resets();
		memset(at->remote.kicks, 0, sizeof(at->remote.kicks));
		/* whichever queue the kick is for */
		assert_int_equal(rproc_virtio_notified(at->remote.vdev, id), 0);
		assert_int_equal(calls, RING_NUM - 1);
		assert_int_equal(lost_at, RING_NUM - 1);
		assert_int_equal(at->remote.lost_count, 1);
		assert_int_equal(at->remote.lost_reason, AMP_LINK_PEER_RESET);
		assert_int_equal(at->remote.reset_count, id + 1);
		assert_int_equal(at->remote.kicks[0] + at->remote.kicks[1], 0);
		the_rings_are_untouched_but_for_the_mark();
		/* and not once more */
		fixture_poll(&at->remote);
		assert_int_equal(calls, RING_NUM - 1);
		rpmsg_deinit_vdev(&at->remote.rvdev);
		rpmsg_deinit_vdev(&at->host.rvdev);
		assert_int_equal(fixture_init_host(at), RPMSG_SUCCESS);
		assert_int_equal(fixture_init_remote(at), RPMSG_SUCCESS);
		at->remote.lost_count = 0;
	}
}

/* A transport that sees no reset by itself, and calls the queues. The kick for the messages is on its way. */
static void a_kick_of_the_other_queue_refuses_sends_and_leaves_the_messages_to_theirs(void **state)
{
	begin(state);
	remote_box.ept.cb = count_and_answer;
	send_numbers(0, 2);
	driver_resets();
	virtqueue_notification(at->remote.rvdev.svq);
	assert_int_equal(calls, 0);
	assert_int_equal(at->remote.lost_count, 0);
	assert_int_equal(rpmsg_trysend(&remote_box.ept, "x", 1), RPMSG_ERR_DEV_STATE);
	virtqueue_notification(at->remote.rvdev.rvq);
	assert_int_equal(calls, 2);
	assert_int_equal(lost_at, 2);
	assert_int_equal(at->remote.lost_count, 1);
}

static void a_destroy_before_the_driver_left_reaches_the_unbind_callback(void **state)
{
	static struct box named, host_named;

	begin(state);
	box_open(&named, &at->remote, "service", 30, RPMSG_ADDR_ANY);
	fixture_poll(&at->host);
	box_open(&host_named, &at->host, "service", 40, 30);
	assert_int_equal(rpmsg_send(&host_named.ept, "x", 1), 1);
	fixture_poll(&at->remote);
	assert_int_equal(named.ept.dest_addr, 40);
	rpmsg_deinit_vdev(&at->host.rvdev); /* destroys, resets and kicks */
	assert_int_equal(named.unbound, 0);
	fixture_poll(&at->remote);
	assert_int_equal(named.unbound, 1);
	assert_int_equal(at->remote.lost_count, 1);
	rpmsg_destroy_ept(&named.ept);
}

/* Only this send fails: the kick for the messages is on its way. */
static void a_send_that_notices_the_reset_leaves_the_messages_to_the_notification(void **state)
{
	uint32_t room;
	void *taken;

	begin(state);
	remote_box.ept.cb = count_and_answer;
	taken = rpmsg_get_tx_payload_buffer(&remote_box.ept, &room, false);
	send_numbers(0, 2);
	driver_resets();
	assert_int_equal(rpmsg_trysend(&remote_box.ept, "x", 1), RPMSG_ERR_DEV_STATE);
	assert_int_equal(rpmsg_send_nocopy(&remote_box.ept, taken, 1), RPMSG_ERR_DEV_STATE);
	assert_int_equal(calls, 0);
	assert_int_equal(at->remote.lost_count, 0);
	assert_true(amp_rpmsg_more(&at->remote.rvdev));
	fixture_poll(&at->remote);
	assert_false(amp_rpmsg_more(&at->remote.rvdev));
	assert_int_equal(calls, 2);
	assert_int_equal(lost_at, 2);
	assert_int_equal(at->remote.lost_count, 1);
	the_rings_are_untouched_but_for_the_mark();
}

/* A ring that is new holds nothing of the life before, whatever stands in it. */
static void nothing_is_taken_from_a_ring_that_was_zeroed(void **state)
{
	begin(state);
	remote_box.ept.cb = count_and_answer;
	send_numbers(0, 2);
	driver_resets();
	*fixture_mark(at, 1) = 0;
	fixture_poll(&at->remote);
	assert_int_equal(calls, 0);
	assert_int_equal(at->remote.lost_count, 1);
	assert_int_equal(at->remote.lost_reason, AMP_LINK_PEER_RESET);
	assert_int_equal(mark_of(1), 0); /* not ours any more */
}

static void zero_ring(void)
{
	char *start = (char *)at->shm->vring[1];

	memset(start, 0, (size_t)((char *)fixture_mark(at, 1) + 2 - start));
}

/* The driver zeroes the ring while the first message is handled. */
static int zero_and_count(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept, (void)data, (void)len, (void)src, (void)priv;
	calls++;
	zero_ring();
	return RPMSG_SUCCESS;
}

static void the_delivery_ends_when_the_ring_is_zeroed(void **state)
{
	begin(state);
	remote_box.ept.cb = zero_and_count;
	send_numbers(0, 3);
	driver_resets();
	fixture_poll(&at->remote);
	assert_int_equal(calls, 1);
	assert_int_equal(at->remote.lost_count, 1);
	if (!AMP_WITH_PACKED_RINGS)
		assert_int_equal(fixture_ring(at, 1).used->idx, 0);
}

static unsigned int translations;

/* Called when the descriptor has been read: the driver, which has waited for long enough, zeroes the ring just then. */
static unsigned long zero_at_the_second(struct metal_io_region *io, metal_phys_addr_t phys)
{
	(void)io;
	if (calls && ++translations == 1)
		zero_ring();
	return (unsigned long)(phys - PHYS_BASE);
}

static void a_message_is_not_delivered_from_a_ring_that_is_zeroed_while_it_is_read(void **state)
{
	begin(state);
	rpmsg_deinit_vdev(&at->remote.rvdev);
	rpmsg_deinit_vdev(&at->host.rvdev);
	at->remote.io.ops.phys_to_offset = zero_at_the_second;
	assert_int_equal(fixture_init_host(at), RPMSG_SUCCESS);
	assert_int_equal(fixture_init_remote(at), RPMSG_SUCCESS);
	begin(state);
	translations = 0;
	remote_box.ept.cb = count_and_answer;
	send_numbers(0, 3);
	driver_resets();
	fixture_poll(&at->remote);
	assert_true(translations > 0);
	assert_int_equal(calls, 1);
	assert_int_equal(at->remote.lost_count, 1);
	assert_int_equal(at->remote.lost_reason, AMP_LINK_PEER_RESET);
}

/* A peer that left a ring full of nonsense. */
static void garbage_ends_the_delivery_and_the_reason_stays_the_reset(void **state)
{
	struct vring ring;

	for (unsigned int i = 0; i < 4; i++) {
		begin(state);
		remote_box.ept.cb = count_and_answer;
		send_numbers(0, 3);
		ring = fixture_ring(at, 1);
		if (AMP_WITH_PACKED_RINGS) {
			struct vring_packed_desc *desc = (struct vring_packed_desc *)(void *)ring.desc;

			if (i == 0)
				desc[0].flags |= VRING_DESC_F_NEXT;
			else if (i == 1)
				desc[1].id = RING_NUM;
			else if (i == 2)
				desc[1].addr = 0;
			else
				at->shm->buffers[desc[1].addr - PHYS_BASE - offsetof(struct shared, buffers) + 13] =
					0xff;
		} else if (i == 0)
			ring.avail->idx = (uint16_t)(ring.avail->idx + RING_NUM); /* more than the ring holds */
		else if (i == 1)
			ring.avail->ring[1] = RING_NUM;
		else if (i == 2)
			ring.desc[ring.avail->ring[1]].addr = 0;
		else
			at->shm->buffers[ring.desc[ring.avail->ring[1]].addr - PHYS_BASE -
			                 offsetof(struct shared, buffers) + 13] = 0xff; /* the payload's length */
		driver_resets();
		fixture_poll(&at->remote);
		assert_int_equal(calls, i == 0 ? 0 : 1);
		assert_int_equal(at->remote.lost_count, 1);
		assert_int_equal(at->remote.lost_reason, AMP_LINK_PEER_RESET);
		the_rings_are_untouched_but_for_the_mark();
		rpmsg_deinit_vdev(&at->remote.rvdev);
		rpmsg_deinit_vdev(&at->host.rvdev);
		assert_int_equal(fixture_init_host(at), RPMSG_SUCCESS);
		assert_int_equal(fixture_init_remote(at), RPMSG_SUCCESS);
		at->remote.lost_count = 0;
	}
}

/* The ring says that one buffer is offered again and again. */
static int offer_again(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct vring ring = fixture_ring(at, 1);

	(void)ept, (void)data, (void)len, (void)src, (void)priv;
	calls++;
	if (AMP_WITH_PACKED_RINGS) {
		ring.desc[calls % RING_NUM] = ring.desc[0];
		ring.desc[calls % RING_NUM].next =
			calls & RING_NUM ? 0x8000 : 0x0080; /* where a packed one has its flags */
		return RPMSG_SUCCESS;
	}
	ring.avail->ring[ring.avail->idx % RING_NUM] = ring.avail->ring[0];
	ring.avail->idx++;
	return RPMSG_SUCCESS;
}

static void a_peer_that_goes_on_publishing_is_heard_for_no_more_than_a_ring(void **state)
{
	begin(state);
	remote_box.ept.cb = offer_again;
	send_numbers(0, 1);
	driver_resets();
	fixture_poll(&at->remote);
	assert_int_equal(calls, RING_NUM);
	assert_int_equal(at->remote.lost_count, 1);
}

static void *held;

static int hold(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)len, (void)src, (void)priv;
	rpmsg_hold_rx_buffer(ept, data);
	held = data;
	return RPMSG_SUCCESS;
}

static void a_hold_in_the_last_callbacks_counts_and_its_release_gives_nothing_back(void **state)
{
	begin(state);
	remote_box.ept.cb = hold;
	send_numbers(7, 1);
	driver_resets();
	fixture_poll(&at->remote);
	assert_int_equal(amp_rpmsg_held_buffers(&at->remote.rvdev), 1);
	memcpy(before.buffers, at->shm->buffers, sizeof(before.buffers));
	rpmsg_release_rx_buffer(&remote_box.ept, held);
	assert_int_equal(amp_rpmsg_held_buffers(&at->remote.rvdev), 0);
	assert_memory_equal(before.buffers, at->shm->buffers, sizeof(before.buffers));
	the_rings_are_untouched_but_for_the_mark();
}

/* The driver's role: what a remote said before the application heard that it had gone. */
static void a_host_that_is_told_of_its_peers_end_delivers_what_that_had_published(void **state)
{
	static struct box named, host_named;

	begin(state);
	box_open(&named, &at->remote, "service", 30, RPMSG_ADDR_ANY);
	fixture_poll(&at->host);
	box_open(&host_named, &at->host, "service", 40, 30);
	assert_int_equal(rpmsg_send(&remote_box.ept, "last", 4), 4);
	rpmsg_destroy_ept(&named.ept);
	before = *at->shm;
	amp_rpmsg_peer_lost(&at->host.rvdev);
	assert_int_equal(host_box.count, 1);
	assert_memory_equal(host_box.data, "last", 4);
	assert_int_equal(host_named.unbound, 1);
	assert_int_equal(at->host.lost_count, 1);
	assert_int_equal(at->host.lost_reason, AMP_LINK_PEER_LOST);
	assert_memory_equal(before.vring, at->shm->vring, sizeof(before.vring));
	rpmsg_destroy_ept(&host_named.ept);
}

int main(void)
{
#define LINK_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_up, fixture_down)
	const struct CMUnitTest tests[] = {
		LINK_TEST(messages_before_a_reset_are_delivered_and_then_the_loss_is_told),
		LINK_TEST(a_kick_of_the_other_queue_refuses_sends_and_leaves_the_messages_to_theirs),
		LINK_TEST(a_destroy_before_the_driver_left_reaches_the_unbind_callback),
		LINK_TEST(a_send_that_notices_the_reset_leaves_the_messages_to_the_notification),
		LINK_TEST(nothing_is_taken_from_a_ring_that_was_zeroed),
		LINK_TEST(the_delivery_ends_when_the_ring_is_zeroed),
		LINK_TEST(a_message_is_not_delivered_from_a_ring_that_is_zeroed_while_it_is_read),
		LINK_TEST(garbage_ends_the_delivery_and_the_reason_stays_the_reset),
		LINK_TEST(a_peer_that_goes_on_publishing_is_heard_for_no_more_than_a_ring),
		LINK_TEST(a_hold_in_the_last_callbacks_counts_and_its_release_gives_nothing_back),
		LINK_TEST(a_host_that_is_told_of_its_peers_end_delivers_what_that_had_published),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
