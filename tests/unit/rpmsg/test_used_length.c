// SPDX-License-Identifier: GPL-2.0-only
/* A device gives each buffer back with the buffer's own length as used length: OpenAMP's driver offers it again with
 * that as its size, and Linux takes it as the room that a message may fill. */
#include "link_fixture.h"

#include <string.h>

#define HOST_ADDR   2000u
#define REMOTE_ADDR 3000u
#define H2R_SIZE    48u
#define R2H_SIZE    64u

static struct box host, remote;
static void *held;

/* Up, with buffers of another size in each direction. */
static int up(void **state)
{
	static const struct rpmsg_virtio_config config = {H2R_SIZE, R2H_SIZE, false};
	struct fixture *f;

	fixture_devices(state);
	f = *state;
	rpmsg_virtio_init_shm_pool(&f->pool, seen_by(VIRTIO_DEV_DRIVER, f->shm->buffers), sizeof(f->shm->buffers));
	assert_int_equal(
		rpmsg_init_vdev_with_config(&f->host.rvdev, f->host.vdev, NULL, &f->host.io, &f->pool, &config), 0);
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
	box_open(&host, &f->host, NULL, HOST_ADDR, REMOTE_ADDR);
	box_open(&remote, &f->remote, NULL, REMOTE_ADDR, HOST_ADDR);
	return 0;
}

/* Ring @index has one used entry, and that says @len. */
static void check_used(struct fixture *f, unsigned int index, uint32_t len)
{
	struct vring ring = fixture_ring(f, index);

	assert_int_equal(ring.used->idx, 1);
	assert_int_equal(ring.used->ring[0].len, len);
}

static void a_copied_message_is_given_to_the_driver_with_its_buffers_length(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(rpmsg_send(&remote.ept, "x", 1), 1);
	check_used(f, 0, R2H_SIZE);
	fixture_poll(&f->host);
	assert_int_equal(host.len, 1);
}

static void a_message_written_in_place_is_given_to_the_driver_with_its_buffers_length(void **state)
{
	struct fixture *f = *state;
	uint32_t room;
	char *payload = rpmsg_get_tx_payload_buffer(&remote.ept, &room, false);

	assert_int_equal(room, R2H_SIZE - 16);
	payload[0] = 'x';
	assert_int_equal(rpmsg_send_nocopy(&remote.ept, payload, 1), 1);
	check_used(f, 0, R2H_SIZE);
	fixture_poll(&f->host);
	assert_int_equal(host.len, 1);
}

static void a_received_buffer_goes_back_with_its_length(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(rpmsg_send(&host.ept, "x", 1), 1);
	fixture_poll(&f->remote);
	check_used(f, 1, H2R_SIZE);
}

static void a_message_for_nobody_goes_back_with_its_length(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(rpmsg_sendto(&host.ept, "x", 1, REMOTE_ADDR + 1), 1);
	fixture_poll(&f->remote);
	check_used(f, 1, H2R_SIZE);
}

static int hold(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)len, (void)src, (void)priv;
	rpmsg_hold_rx_buffer(ept, data);
	held = data;
	return RPMSG_SUCCESS;
}

static void a_held_buffer_goes_back_with_its_length(void **state)
{
	struct fixture *f = *state;

	remote.ept.cb = hold;
	assert_int_equal(rpmsg_send(&host.ept, "x", 1), 1);
	fixture_poll(&f->remote);
	assert_int_equal(fixture_ring(f, 1).used->idx, 0);
	rpmsg_release_rx_buffer(&remote.ept, held);
	check_used(f, 1, H2R_SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_copied_message_is_given_to_the_driver_with_its_buffers_length, up,
	                                        fixture_down),
		cmocka_unit_test_setup_teardown(
			a_message_written_in_place_is_given_to_the_driver_with_its_buffers_length, up, fixture_down),
		cmocka_unit_test_setup_teardown(a_received_buffer_goes_back_with_its_length, up, fixture_down),
		cmocka_unit_test_setup_teardown(a_message_for_nobody_goes_back_with_its_length, up, fixture_down),
		cmocka_unit_test_setup_teardown(a_held_buffer_goes_back_with_its_length, up, fixture_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
