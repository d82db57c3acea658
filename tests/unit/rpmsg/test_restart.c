// SPDX-License-Identifier: GPL-2.0-only
/* The driver restarts while the device is in the middle of something: what the old life stores last must not hurt. */
#include "link_fixture.h"

#include <metal/cache.h>
#include <metal/time.h>

#include <string.h>

static struct box host_box, remote_box;

static void open_boxes(struct fixture *f)
{
	box_open(&host_box, &f->host, NULL, 10, 20);
	box_open(&remote_box, &f->remote, NULL, 20, 10);
}

static void assert_messages_flow(struct fixture *f)
{
	open_boxes(f);
	for (unsigned int i = 0; i < 3 * RING_NUM; i++) {
		assert_int_equal(rpmsg_send(&host_box.ept, &i, sizeof(i)), sizeof(i));
		fixture_poll(&f->remote);
		assert_int_equal(rpmsg_send(&remote_box.ept, &i, sizeof(i)), sizeof(i));
		fixture_poll(&f->host);
	}
	assert_int_equal(host_box.count, 3 * RING_NUM);
	assert_int_equal(remote_box.count, 3 * RING_NUM);
}

/* A driver that does not wait has zeroed the rings while the device was giving a buffer back. */
static void the_late_index_of_an_old_life_does_not_stop_the_new_one(void **state)
{
	struct fixture *f = *state;

	if (AMP_WITH_PACKED_RINGS)
		skip(); /* it is no index; virtio_packed has what becomes of it */
	assert_messages_flow(f);
	rpmsg_deinit_vdev(&f->host.rvdev);
	assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
	for (unsigned int i = 0; i < 2; i++) {
		fixture_ring(f, i).used->idx = (uint16_t)(3 * RING_NUM + 1);
		fixture_ring(f, i).used->flags = VRING_USED_F_NO_NOTIFY;
	}
	fixture_poll(&f->remote);
	assert_int_equal(f->remote.lost_reason, AMP_LINK_PEER_RESET);
	rpmsg_deinit_vdev(&f->remote.rvdev);
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
	assert_int_equal(fixture_ring(f, 1).used->flags, 0);
	assert_messages_flow(f);
}

/* The index is as before, since the late store has put it back: only the device's mark is missing. */
static void a_reset_is_noticed_even_if_the_index_looks_the_same(void **state)
{
	struct fixture *f = *state;
	uint16_t idx[2];

	assert_messages_flow(f);
	for (unsigned int i = 0; i < 2; i++)
		idx[i] = fixture_ring(f, i).used->idx;
	rpmsg_deinit_vdev(&f->host.rvdev);
	assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
	for (unsigned int i = 0; i < 2; i++)
		fixture_ring(f, i).used->idx = idx[i];
	fixture_poll(&f->remote);
	assert_int_equal(rpmsg_send(&remote_box.ept, "x", 1), RPMSG_ERR_DEV_STATE);
	assert_int_equal(f->remote.lost_reason, AMP_LINK_PEER_RESET);
}

/* A proposal for a core that Linux attaches to: a status of the host's own, until the device answers with 0. */
static void an_unknown_status_is_a_request_to_reset_that_is_answered_with_0(void **state)
{
	struct fixture *f = *state;
	volatile uint8_t *status = &f->shm->rsc.vdev.status;
	unsigned int kicks;
	uint8_t seen;

	for (unsigned int bit = 0x10; bit <= 0x20; bit <<= 1) {
		assert_messages_flow(f);
		kicks = f->remote.kicks[0];
		*status = (uint8_t)(bit | VIRTIO_CONFIG_STATUS_DRIVER_OK);
		assert_int_equal(rproc_virtio_notified(f->remote.vdev, 1), 0);
		assert_int_equal(f->remote.lost_reason, AMP_LINK_PEER_RESET);
		/* while its rings are in use there is no answer */
		assert_int_equal(virtio_get_status(f->remote.vdev, &seen), 0);
		assert_int_equal(seen, VIRTIO_CONFIG_STATUS_RESET);
		assert_int_equal(*status, bit | VIRTIO_CONFIG_STATUS_DRIVER_OK);
		assert_int_equal(f->remote.kicks[0], kicks);
		rpmsg_deinit_vdev(&f->remote.rvdev);
		assert_int_equal(virtio_get_status(f->remote.vdev, &seen), 0);
		assert_int_equal(*status, VIRTIO_CONFIG_STATUS_RESET);
		assert_int_equal(f->remote.kicks[0], kicks + 1);
		/* … one */
		assert_int_equal(virtio_get_status(f->remote.vdev, &seen), 0);
		assert_int_equal(f->remote.kicks[0], kicks + 1);
		rpmsg_deinit_vdev(&f->host.rvdev);
		assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
		assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
	}
}

/* What a driver writes on its way up, or when it gives up, is its business. */
static void a_status_of_a_driver_is_left_alone(void **state)
{
	static const uint8_t of_a_driver[] = {0x01, 0x03, 0x0b, 0x83, 0x47, 0x80};
	struct fixture *f = *state;
	volatile uint8_t *status = &f->shm->rsc.vdev.status;
	uint8_t seen;

	rpmsg_deinit_vdev(&f->remote.rvdev);
	for (size_t i = 0; i < sizeof(of_a_driver); i++) {
		*status = of_a_driver[i];
		assert_int_equal(virtio_get_status(f->remote.vdev, &seen), 0);
		assert_int_equal(seen, of_a_driver[i]);
		assert_int_equal(*status, of_a_driver[i]);
	}
}

static unsigned int answers;

/* The device hears the kick of a driver that waits. Its rings are as it left them: nothing was zeroed before. */
static void remote_answers(struct fixture *f, uint32_t id)
{
	(void)id;
	if (answers++)
		return;
	assert_int_equal(fixture_used(f, 0), 3 * RING_NUM);
	assert_int_equal(fixture_used(f, 1), 3 * RING_NUM);
	fixture_poll(&f->remote);
}

/* The library's clock is the real one, or moves by a step each time it is read. */
static unsigned long long fake_time, fake_step;

unsigned long long __real_metal_get_timestamp(void);
unsigned long long __wrap_metal_get_timestamp(void);

unsigned long long __wrap_metal_get_timestamp(void)
{
	return fake_time ? fake_time += fake_step : __real_metal_get_timestamp();
}

/* … of a host that comes up. */
static unsigned long long how_long_the_driver_waits(struct fixture *f, unsigned long long step)
{
	unsigned long long start = 1000000000, end;

	fake_time = start;
	fake_step = step;
	assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
	end = fake_time;
	fake_time = 0;
	return end - start;
}

static void a_driver_zeroes_no_ring_before_the_device_has_let_go_of_it(void **state)
{
	struct fixture *f = *state;

	assert_messages_flow(f);
	rpmsg_deinit_vdev(&f->host.rvdev); /* a kick that nobody hears */
	answers = 0;
	f->host.on_kick = remote_answers;
	assert_in_range(how_long_the_driver_waits(f, 1000000), 0, 4000000); /* it sees the answer, and goes on */
	f->host.on_kick = NULL;
	assert_in_range(answers, 1, 2); /* kicked to let go, and for DRIVER_OK */
	assert_int_equal(f->remote.lost_count, 1);
	assert_int_equal(f->remote.lost_reason, AMP_LINK_PEER_RESET);
	rpmsg_deinit_vdev(&f->remote.rvdev);
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
	assert_messages_flow(f);
}

static void a_driver_waits_50_ms_for_all_rings_of_a_device_that_is_dead(void **state)
{
	struct fixture *f = *state;

	rpmsg_deinit_vdev(&f->host.rvdev);
	assert_in_range(how_long_the_driver_waits(f, 1000000), 50000000, 60000000);
}

static void a_driver_without_a_clock_does_not_wait_for_ever(void **state)
{
	struct fixture *f = *state;

	rpmsg_deinit_vdev(&f->host.rvdev);
	assert_int_equal(how_long_the_driver_waits(f, 0), 0);
}

static void a_driver_does_not_wait_for_a_device_whose_core_is_off(void **state)
{
	struct fixture *f = *state;
	unsigned int kicks;

	rpmsg_deinit_vdev(&f->host.rvdev);
	amp_virtio_peer_off(f->host.vdev);
	kicks = f->host.kicks[0] + f->host.kicks[1];
	assert_in_range(how_long_the_driver_waits(f, 1000000), 0, 10000000);
	assert_int_equal(f->host.kicks[0] + f->host.kicks[1], kicks + 1); /* for DRIVER_OK, and nobody was asked */
}

static void what_a_driver_had_in_its_cache_of_the_buffers_falls_on_no_message(void **state)
{
	struct fixture *f = *state;

	rpmsg_deinit_vdev(&f->host.rvdev);
	fixture_poll(&f->remote);
	rpmsg_deinit_vdev(&f->remote.rvdev);
	memset(seen_by(VIRTIO_DEV_DRIVER, f->shm->buffers), 0x5a, sizeof(f->shm->buffers));
	assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
	open_boxes(f);
	for (unsigned int i = 0; i < RING_NUM; i++)
		assert_int_equal(rpmsg_send(&remote_box.ept, "message", 7), 7);
	shared_memory_settle();
	fixture_poll(&f->host);
	assert_int_equal(host_box.count, RING_NUM);
	assert_memory_equal(host_box.data, "message", 7);
}

static void a_driver_that_leaves_tells_the_device_by_a_kick(void **state)
{
	struct fixture *f = *state;

	f->host.on_kick = remote_answers;
	assert_messages_flow(f);
	answers = 0;
	rpmsg_deinit_vdev(&f->host.rvdev);
	assert_int_equal(f->remote.lost_count, 1);
	assert_int_equal(f->remote.lost_reason, AMP_LINK_PEER_RESET);
	f->host.on_kick = NULL;
}

static unsigned int status_reads;

/* The driver says DRIVER_OK, and resets while the device sets up its queues. */
static uint8_t status_goes(struct virtio_device *vdev)
{
	(void)vdev;
	return status_reads++ ? VIRTIO_CONFIG_STATUS_RESET : VIRTIO_CONFIG_STATUS_DRIVER_OK;
}

/* … resets, zeroes the rings and is ready again. */
static uint8_t status_goes_and_comes(struct virtio_device *vdev)
{
	struct rpmsg_virtio_device *rvdev = vdev->priv;

	if (status_reads++ == 1) {
		*rvdev->rvq->vq_life = 0;
		metal_cache_flush(rvdev->rvq->vq_life, sizeof(uint16_t));
	}
	return VIRTIO_CONFIG_STATUS_DRIVER_OK;
}

static void a_device_that_comes_up_during_a_reset_tries_again_or_is_told_to(void **state)
{
	struct fixture *f = *state;
	const struct virtio_dispatch *func = f->remote.vdev->func;
	struct virtio_dispatch racing = *func;

	if (!AMP_WITH_WAIT_FOR_DRIVER)
		skip(); /* it looks at the status once less */
	assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
	f->remote.vdev->func = &racing;
	for (unsigned int i = 0; i < 2; i++) {
		racing.get_status = i ? status_goes_and_comes : status_goes;
		status_reads = 0;
		assert_int_equal(fixture_init_remote(f), i ? RPMSG_SUCCESS : RPMSG_ERR_DEV_STATE);
		assert_int_equal(status_reads, i ? 3 : 2);
	}
	f->remote.vdev->func = func;
	assert_messages_flow(f);
}

/* After the loss the ring is the driver's: a send that was waiting must not write its flag into the new one. */
static int wait_until_the_host_is_back(struct rpmsg_device *rdev, uint32_t id)
{
	struct rpmsg_virtio_device *rvdev = metal_container_of(rdev, struct rpmsg_virtio_device, rdev);
	struct side *remote = metal_container_of(rvdev, struct side, rvdev);

	(void)id;
	rpmsg_deinit_vdev(&remote->f->host.rvdev);
	fixture_poll(remote);
	assert_int_equal(fixture_init_host(remote->f), RPMSG_SUCCESS);
	return RPMSG_SUCCESS;
}

static void a_send_that_waited_leaves_the_rings_of_the_next_life_alone(void **state)
{
	struct fixture *f = *state;

	open_boxes(f);
	rpmsg_virtio_set_wait_cb(&f->remote.rvdev, wait_until_the_host_is_back);
	while (rpmsg_trysend(&remote_box.ept, "x", 1) == 1)
		;
	assert_int_equal(rpmsg_send(&remote_box.ept, "x", 1), RPMSG_ERR_DEV_STATE);
	assert_int_equal(*fixture_no_kicks(f, 0, VIRTIO_DEV_DEVICE), 0);
	if (!AMP_WITH_PACKED_RINGS)
		assert_int_equal(fixture_ring(f, 0).used->idx, 0);
	rpmsg_deinit_vdev(&f->remote.rvdev);
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
	assert_messages_flow(f);
}

/* What a callback of the device does after the driver has given it up, and begun a new life. */
static void (*late)(void *message);
static void *kept;
static uint8_t new_buffers[NUM_BUFS * BUF_SIZE];

static int outlasts_the_wait(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct rpmsg_virtio_device *rvdev = metal_container_of(ept->rdev, struct rpmsg_virtio_device, rdev);
	struct side *remote = metal_container_of(rvdev, struct side, rvdev);

	(void)len;
	(void)src;
	(void)priv;
	rpmsg_deinit_vdev(&remote->f->host.rvdev);
	assert_int_equal(fixture_init_host(remote->f), RPMSG_SUCCESS);
	memcpy(new_buffers, remote->f->shm->buffers, sizeof(new_buffers));
	if (late)
		late(data);
	return RPMSG_SUCCESS;
}

static void late_send(void *message)
{
	(void)message;
	assert_int_equal(rpmsg_send(&remote_box.ept, "late", 4), RPMSG_ERR_DEV_STATE);
}

static void late_no_copy_send(void *message)
{
	(void)message;
	assert_int_equal(rpmsg_send_nocopy(&remote_box.ept, kept, 4), RPMSG_ERR_DEV_STATE);
}

static void late_taking_of_a_buffer(void *message)
{
	uint32_t room;

	(void)message;
	assert_null(rpmsg_get_tx_payload_buffer(&remote_box.ept, &room, 1));
}

static void late_return_of_a_buffer(void *message)
{
	(void)message;
	assert_int_equal(rpmsg_release_tx_buffer(&remote_box.ept, kept), RPMSG_ERR_DEV_STATE);
}

static void late_hold(void *message)
{
	rpmsg_hold_rx_buffer(&remote_box.ept, message);
}

static void late_release(void *message)
{
	(void)message;
	rpmsg_release_rx_buffer(&remote_box.ept, kept);
}

static void late_hold_and_release(void *message)
{
	rpmsg_hold_rx_buffer(&remote_box.ept, message);
	rpmsg_release_rx_buffer(&remote_box.ept, message);
}

/* Holds the first message, so that one is held when the second comes. */
static int hold_it(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)len;
	(void)src;
	(void)priv;
	rpmsg_hold_rx_buffer(ept, data);
	kept = data;
	return RPMSG_SUCCESS;
}

/* Used entries are as the driver made them when it began, buffers as they were then. */
static void assert_nothing_was_stored(struct fixture *f)
{
	for (unsigned int i = 0; i < 2; i++) {
		struct vring ring = fixture_ring(f, i);

		assert_int_equal(*fixture_no_kicks(f, i, VIRTIO_DEV_DEVICE), 0);
		for (unsigned int j = 0; j < RING_NUM && AMP_WITH_PACKED_RINGS; j++)
			assert_true(!(ring.desc[j].next & 0x8000)); /* where a packed one has its flags: used */
		if (AMP_WITH_PACKED_RINGS)
			continue;
		assert_int_equal(ring.used->idx, 0);
		for (unsigned int j = 0; j < RING_NUM; j++) {
			assert_int_equal(ring.used->ring[j].id, 0);
			assert_int_equal(ring.used->ring[j].len, 0);
		}
	}
	assert_memory_equal(f->shm->buffers, new_buffers, sizeof(new_buffers));
}

static void what_comes_after_a_callback_that_outlasted_the_drivers_wait_stores_nothing(void **state)
{
	static void (*const what[])(void *message) = {
		NULL, /* the callback's own buffer */
		late_send, late_no_copy_send, late_taking_of_a_buffer, late_return_of_a_buffer,
		late_hold, late_release,      late_hold_and_release,
	};
	struct fixture *f = *state;
	uint32_t room;

	for (unsigned int i = 0; i < sizeof(what) / sizeof(what[0]); i++) {
		open_boxes(f);
		late = what[i];
		if (late == late_release) {
			remote_box.ept.cb = hold_it;
			assert_int_equal(rpmsg_send(&host_box.ept, "held", 4), 4);
			fixture_poll(&f->remote);
		} else if (late == late_no_copy_send || late == late_return_of_a_buffer) {
			kept = rpmsg_get_tx_payload_buffer(&remote_box.ept, &room, 0);
			assert_non_null(kept);
		}
		remote_box.ept.cb = outlasts_the_wait;
		assert_int_equal(rpmsg_send(&host_box.ept, "x", 1), 1);
		fixture_poll(&f->remote);
		assert_nothing_was_stored(f);
		assert_int_equal(f->remote.lost_count, i + 1);
		assert_int_equal(f->remote.lost_reason, AMP_LINK_PEER_RESET);
		rpmsg_deinit_vdev(&f->remote.rvdev);
		assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
		assert_messages_flow(f);
		rpmsg_destroy_ept(&host_box.ept);
		rpmsg_destroy_ept(&remote_box.ept);
	}
}

static int sees_a_reset(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct rpmsg_virtio_device *rvdev = metal_container_of(ept->rdev, struct rpmsg_virtio_device, rdev);
	struct side *remote = metal_container_of(rvdev, struct side, rvdev);

	(void)data;
	(void)len;
	(void)src;
	(void)priv;
	rpmsg_deinit_vdev(&remote->f->host.rvdev);
	return RPMSG_SUCCESS;
}

/* The driver will zero the ring next, whenever that is: not waiting for its kick, or its kick not heard. */
static void a_reset_during_a_callback_is_noticed_before_the_buffer_goes_back(void **state)
{
	struct fixture *f = *state;

	open_boxes(f);
	remote_box.ept.cb = sees_a_reset;
	assert_int_equal(rpmsg_send(&host_box.ept, "x", 1), 1);
	fixture_poll(&f->remote);
	assert_int_equal(f->remote.lost_reason, AMP_LINK_PEER_RESET);
	assert_int_equal(fixture_used(f, 1), 0);
}

int main(void)
{
#define LINK_TEST(name)   cmocka_unit_test_setup_teardown(name, fixture_up, fixture_down)
#define DEVICE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_devices, fixture_down)
	const struct CMUnitTest tests[] = {
		LINK_TEST(the_late_index_of_an_old_life_does_not_stop_the_new_one),
		LINK_TEST(a_reset_is_noticed_even_if_the_index_looks_the_same),
		LINK_TEST(an_unknown_status_is_a_request_to_reset_that_is_answered_with_0),
		LINK_TEST(a_status_of_a_driver_is_left_alone),
		LINK_TEST(a_driver_zeroes_no_ring_before_the_device_has_let_go_of_it),
		LINK_TEST(a_driver_waits_50_ms_for_all_rings_of_a_device_that_is_dead),
		LINK_TEST(a_driver_without_a_clock_does_not_wait_for_ever),
		LINK_TEST(a_driver_does_not_wait_for_a_device_whose_core_is_off),
		LINK_TEST(what_a_driver_had_in_its_cache_of_the_buffers_falls_on_no_message),
		LINK_TEST(a_driver_that_leaves_tells_the_device_by_a_kick),
		DEVICE_TEST(a_device_that_comes_up_during_a_reset_tries_again_or_is_told_to),
		LINK_TEST(a_send_that_waited_leaves_the_rings_of_the_next_life_alone),
		LINK_TEST(what_comes_after_a_callback_that_outlasted_the_drivers_wait_stores_nothing),
		LINK_TEST(a_reset_during_a_callback_is_noticed_before_the_buffer_goes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
