// SPDX-License-Identifier: GPL-2.0-only
/* How large a message can be: its length has 16 bits, whatever room a buffer has. */
#include "link_fixture.h"

#include <string.h>

#define LARGEST 65536u /**< buffer of this driver */
#define LARGER  131072u

static uint8_t memory[(NUM_BUFS + 1) * LARGEST] __attribute__((__aligned__(64)));
static uint8_t payload[70000];
static struct metal_io_region io;
static metal_phys_addr_t phys = 0x80000000;
static struct box host_box, remote_box;

static void up(struct fixture *f, uint32_t size)
{
	struct rpmsg_virtio_config config = {size, size, false};

	metal_io_init(&io, memory, &phys, sizeof(memory), (unsigned int)-1, 0, NULL);
	rpmsg_virtio_init_shm_pool(&f->pool, memory, NUM_BUFS * (size_t)size);
	assert_int_equal(rpmsg_init_vdev_with_config(&f->host.rvdev, f->host.vdev, NULL, &io, &f->pool, &config), 0);
	assert_int_equal(rpmsg_init_vdev(&f->remote.rvdev, f->remote.vdev, NULL, &io, NULL), 0);
	box_open(&host_box, &f->host, NULL, 10, 20);
	box_open(&remote_box, &f->remote, NULL, 20, 10);
}

static size_t received;

static int measure(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept, (void)src, (void)priv;
	assert_memory_equal(data, payload, len);
	received = len;
	return 0;
}

static void a_driver_has_buffers_of_65536_bytes_and_none_larger(void **state)
{
	struct rpmsg_virtio_config config = {LARGEST, LARGEST + 4, false};
	const int room = LARGEST - 16;
	struct fixture *f = *state;

	for (unsigned int i = 0; i < sizeof(payload); i++)
		payload[i] = (uint8_t)(i * 7 + i / 251);
	assert_int_equal(
		rpmsg_init_vdev_with_config(&f->host.rvdev, f->host.vdev, NULL, &f->host.io, &f->pool, &config),
		RPMSG_ERR_PARAM);
	up(f, LARGEST);
	host_box.ept.cb = remote_box.ept.cb = measure;
	assert_int_equal(rpmsg_get_tx_buffer_size(&host_box.ept), room);
	assert_int_equal(rpmsg_get_tx_buffer_size(&remote_box.ept), room);
	assert_int_equal(rpmsg_send(&host_box.ept, payload, room + 1), RPMSG_ERR_BUFF_SIZE);
	assert_int_equal(rpmsg_send(&host_box.ept, payload, room), room);
	assert_int_equal(rpmsg_get_rx_buffer_size(&remote_box.ept), room);
	fixture_poll(&f->remote);
	assert_int_equal(received, room);
	received = 0;
	assert_int_equal(rpmsg_send(&remote_box.ept, payload, room + 1), RPMSG_ERR_BUFF_SIZE);
	assert_int_equal(rpmsg_send(&remote_box.ept, payload, room), room);
	fixture_poll(&f->host);
	assert_int_equal(received, room);
}

/* Another library's driver may have larger ones. */
static void in_larger_buffers_of_the_other_side_65535_bytes_are_the_most(void **state)
{
	static const int too_long[] = {65536, 65537, 66000, 70000};
	struct fixture *f = *state;
	const uint16_t *len_flags;
	struct vring to_host;
	uint32_t room;
	void *buf;

	up(f, LARGEST);
	for (unsigned int ring = 0; ring < 2; ring++)
		for (unsigned int i = 0; i < RING_NUM; i++)
			fixture_ring(f, ring).desc[i].len = LARGER;
	assert_int_equal(rpmsg_get_tx_buffer_size(&remote_box.ept), 65535);
	assert_int_equal(rpmsg_virtio_get_tx_buffer_size(&f->remote.rvdev.rdev), 65535);
	assert_int_equal(rpmsg_virtio_get_buffer_size(&f->remote.rvdev.rdev), 65535);
	assert_int_equal(rpmsg_send(&host_box.ept, "x", 1), 1);
	fixture_ring(f, 1).desc[0].len = LARGER; /* which a driver of a packed ring has just written */
	assert_int_equal(rpmsg_get_rx_buffer_size(&remote_box.ept), 65535);
	assert_int_equal(rpmsg_virtio_get_rx_buffer_size(&f->remote.rvdev.rdev), 65535);
	for (unsigned int i = 0; i < sizeof(too_long) / sizeof(too_long[0]); i++) {
		assert_int_equal(rpmsg_send(&remote_box.ept, payload, too_long[i]), RPMSG_ERR_BUFF_SIZE);
		assert_int_equal(rpmsg_trysendto(&remote_box.ept, payload, too_long[i], 5), RPMSG_ERR_BUFF_SIZE);
	}
	assert_int_equal(fixture_used(f, 0), 0);
	buf = rpmsg_get_tx_payload_buffer(&remote_box.ept, &room, false);
	assert_non_null(buf);
	assert_int_equal(room, 65535);
	assert_int_equal(rpmsg_send_nocopy(&remote_box.ept, buf, 65536), RPMSG_ERR_BUFF_SIZE);
	assert_int_equal(rpmsg_release_tx_buffer(&remote_box.ept, buf), RPMSG_SUCCESS);
	/* the whole length, and no bit of it among the flags */
	assert_int_equal(rpmsg_send(&remote_box.ept, payload, 65535), 65535);
	to_host = fixture_ring(f, 0);
	buf = memory + (to_host.desc[fixture_used_id(f, 0, 0)].addr - phys) + 16;
	len_flags = (const uint16_t *)(void *)((char *)buf - 4);
	assert_int_equal(len_flags[0], 65535);
	assert_int_equal(len_flags[1], 0);
	assert_memory_equal(buf, payload, 65535);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_driver_has_buffers_of_65536_bytes_and_none_larger, fixture_devices,
	                                        fixture_down),
		cmocka_unit_test_setup_teardown(in_larger_buffers_of_the_other_side_65535_bytes_are_the_most,
	                                        fixture_devices, fixture_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
