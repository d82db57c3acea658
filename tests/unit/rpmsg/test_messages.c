// SPDX-License-Identifier: GPL-2.0-only
/* Messages between a host and a remote, seen from outside. */
#include "link_fixture.h"

#include <amprelay/link.h>

#include <string.h>

#define HOST_ADDR   2000u
#define REMOTE_ADDR 3000u

static void a_message_reaches_the_other_side(void **state)
{
	struct fixture *f = *state;
	static struct box host, remote;

	box_open(&host, &f->host, NULL, HOST_ADDR, REMOTE_ADDR);
	box_open(&remote, &f->remote, NULL, REMOTE_ADDR, HOST_ADDR);

	assert_int_equal(rpmsg_send(&host.ept, "to remote", 10), 10);
	fixture_poll(&f->remote);
	assert_int_equal(remote.count, 1);
	assert_int_equal(remote.len, 10);
	assert_string_equal((char *)remote.data, "to remote");
	assert_int_equal(remote.src, HOST_ADDR);

	assert_int_equal(rpmsg_send(&remote.ept, "to host", 8), 8);
	fixture_poll(&f->host);
	assert_int_equal(host.count, 1);
	assert_string_equal((char *)host.data, "to host");
	assert_int_equal(host.src, REMOTE_ADDR);
}

static void messages_keep_order_and_content_for_many_turns_of_the_ring(void **state)
{
	struct fixture *f = *state;
	static struct box host, remote;
	uint32_t value;

	box_open(&host, &f->host, NULL, HOST_ADDR, REMOTE_ADDR);
	box_open(&remote, &f->remote, NULL, REMOTE_ADDR, HOST_ADDR);
	/* more than 65536, so that the free-running indices wrap */
	for (uint32_t i = 0; i < 70000; i++) {
		assert_int_equal(rpmsg_trysend(&host.ept, &i, sizeof(i)), sizeof(i));
		fixture_poll(&f->remote);
		memcpy(&value, remote.data, sizeof(value));
		assert_int_equal(value, i);
		assert_int_equal(rpmsg_trysend(&remote.ept, &i, sizeof(i)), sizeof(i));
		fixture_poll(&f->host);
		memcpy(&value, host.data, sizeof(value));
		assert_int_equal(value, i);
	}
	assert_int_equal(remote.count, 70000);
	assert_int_equal(host.count, 70000);
}

static struct box refilling_host, refilled;

/* A host that sends the next message as soon as one arrives; not for ever, so that a test that fails ends. */
static int refill(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept, (void)data, (void)len, (void)src, (void)priv;
	if (++refilled.count < 1000)
		assert_int_equal(rpmsg_trysend(&refilling_host.ept, "again", 6), 6);
	return RPMSG_SUCCESS;
}

static void a_bounded_reception_ends_although_the_other_side_refills_the_ring(void **state)
{
	struct fixture *f = *state;
	unsigned int turns;

	box_open(&refilling_host, &f->host, NULL, HOST_ADDR, REMOTE_ADDR);
	box_open(&refilled, &f->remote, NULL, REMOTE_ADDR, HOST_ADDR);
	refilled.ept.cb = refill;
	amp_rpmsg_bound_reception(&f->remote.rvdev, true);
	assert_false(amp_rpmsg_more(&f->remote.rvdev));
	assert_int_equal(rpmsg_send(&refilling_host.ept, "first", 6), 6);
	virtqueue_notification(f->remote.rvdev.rvq);
	assert_in_range(refilled.count, 1, RING_NUM);
	assert_true(amp_rpmsg_more(&f->remote.rvdev));
	/* and nothing is lost by that */
	for (turns = 0; amp_rpmsg_more(&f->remote.rvdev); turns++)
		virtqueue_notification(f->remote.rvdev.rvq);
	assert_in_range(turns, 999 / RING_NUM, 999);
	assert_int_equal(refilled.count, 1000);
}

static void more_is_nothing_on_a_link_that_is_down_or_lost(void **state)
{
	struct fixture *f = *state;

	box_open(&refilling_host, &f->host, NULL, HOST_ADDR, REMOTE_ADDR);
	assert_int_equal(rpmsg_send(&refilling_host.ept, "first", 6), 6);
	assert_true(amp_rpmsg_more(&f->remote.rvdev));
	amp_rpmsg_peer_lost(&f->remote.rvdev);
	assert_false(amp_rpmsg_more(&f->remote.rvdev));
	rpmsg_deinit_vdev(&f->remote.rvdev);
	assert_false(amp_rpmsg_more(&f->remote.rvdev));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_message_reaches_the_other_side, fixture_up, fixture_down),
		cmocka_unit_test_setup_teardown(messages_keep_order_and_content_for_many_turns_of_the_ring, fixture_up,
	                                        fixture_down),
		cmocka_unit_test_setup_teardown(a_bounded_reception_ends_although_the_other_side_refills_the_ring,
	                                        fixture_up, fixture_down),
		cmocka_unit_test_setup_teardown(more_is_nothing_on_a_link_that_is_down_or_lost, fixture_up,
	                                        fixture_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
