/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages between a host and a remote, seen from outside. */
#include "link_fixture.h"

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
	uint32_t i, value;

	box_open(&host, &f->host, NULL, HOST_ADDR, REMOTE_ADDR);
	box_open(&remote, &f->remote, NULL, REMOTE_ADDR, HOST_ADDR);
	/* more than 65536, so that the free-running indices wrap */
	for (i = 0; i < 70000; i++) {
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_message_reaches_the_other_side, fixture_up, fixture_down),
		cmocka_unit_test_setup_teardown(messages_keep_order_and_content_for_many_turns_of_the_ring, fixture_up,
	                                        fixture_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
