// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting for a buffer to write a message into, in a program that sends in no other way: it calls neither rpmsg_send()
 * nor its like, which would link the waiting.
 */
#include "link_fixture.h"

#include <metal/time.h>

#define MS 1000000ull

static void waits(struct side *side)
{
	const uint32_t timeout_ms = 100;
	unsigned long long start;
	static struct box box;
	uint32_t len;
	void *buffer;

	box_open(&box, side, NULL, 10, 20);
	while ((buffer = rpmsg_get_tx_payload_buffer(&box.ept, &len, 0)))
		assert_int_equal(rpmsg_send_nocopy(&box.ept, buffer, 1), 1);
	amp_rpmsg_set_send_timeout(&side->rvdev, timeout_ms);
	start = metal_get_timestamp();
	assert_null(rpmsg_get_tx_payload_buffer(&box.ept, &len, 1));
	assert_true(metal_get_timestamp() - start >= timeout_ms * MS);
	start = metal_get_timestamp();
	assert_null(rpmsg_get_tx_payload_buffer(&box.ept, &len, 0));
	assert_true(metal_get_timestamp() - start < timeout_ms * MS);
}

static void a_host_that_only_writes_in_place_waits_for_a_buffer(void **state)
{
	waits(&((struct fixture *)*state)->host);
}

static void a_remote_that_only_writes_in_place_waits_for_a_buffer(void **state)
{
	waits(&((struct fixture *)*state)->remote);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_host_that_only_writes_in_place_waits_for_a_buffer, fixture_up,
	                                        fixture_down),
		cmocka_unit_test_setup_teardown(a_remote_that_only_writes_in_place_waits_for_a_buffer, fixture_up,
	                                        fixture_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
