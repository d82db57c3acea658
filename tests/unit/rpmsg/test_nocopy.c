// SPDX-License-Identifier: GPL-2.0-only
/* Messages written and read in place: who owns which buffer. */
#include "link_fixture.h"

#include <metal/log.h>

#include <string.h>

static struct box host_box, remote_box;

static int up(void **state)
{
	struct fixture *f;

	fixture_up(state);
	f = *state;
	box_open(&host_box, &f->host, NULL, 10, 20);
	box_open(&remote_box, &f->remote, NULL, 20, 10);
	return 0;
}

/* Each claim holds in both directions. */
struct direction {
	struct side *from, *to;
	struct box *sender, *receiver;
};

static void directions(struct fixture *f, struct direction d[2])
{
	d[0] = (struct direction){&f->host, &f->remote, &host_box, &remote_box};
	d[1] = (struct direction){&f->remote, &f->host, &remote_box, &host_box};
}

static void a_message_written_in_place_arrives(void **state)
{
	struct direction d[2];
	uint32_t room;
	char *buf;

	directions(*state, d);
	for (unsigned int i = 0; i < 2; i++) {
		for (unsigned int turn = 0; turn < 3 * RING_NUM; turn++) {
			buf = rpmsg_get_tx_payload_buffer(&d[i].sender->ept, &room, false);
			assert_non_null(buf);
			assert_int_equal(room, PAYLOAD);
			memset(buf, (int)turn, room);
			assert_int_equal(rpmsg_send_nocopy(&d[i].sender->ept, buf, (int)room), room);
			fixture_poll(d[i].to);
			assert_int_equal(d[i].receiver->count, turn + 1);
			assert_int_equal(d[i].receiver->len, PAYLOAD);
			assert_int_equal(d[i].receiver->data[PAYLOAD - 1], turn);
		}
	}
}

static void a_buffer_is_sent_once(void **state)
{
	struct direction d[2];
	uint32_t room;
	void *buf;

	directions(*state, d);
	for (unsigned int i = 0; i < 2; i++) {
		buf = rpmsg_get_tx_payload_buffer(&d[i].sender->ept, &room, false);
		assert_int_equal(rpmsg_sendto_nocopy(&d[i].sender->ept, buf, 1, 99), 1);
		assert_int_equal(rpmsg_sendto_nocopy(&d[i].sender->ept, buf, 1, 99), RPMSG_ERR_PARAM);
		assert_int_equal(rpmsg_release_tx_buffer(&d[i].sender->ept, buf), RPMSG_ERR_PARAM);
	}
}

static void a_message_larger_than_its_buffer_is_refused_and_the_buffer_stays(void **state)
{
	struct direction d[2];
	uint32_t room;
	void *buf;

	directions(*state, d);
	for (unsigned int i = 0; i < 2; i++) {
		buf = rpmsg_get_tx_payload_buffer(&d[i].sender->ept, &room, false);
		assert_int_equal(rpmsg_send_nocopy(&d[i].sender->ept, buf, PAYLOAD + 1), RPMSG_ERR_BUFF_SIZE);
		assert_int_equal(rpmsg_send_nocopy(&d[i].sender->ept, buf, -1), RPMSG_ERR_PARAM);
		assert_int_equal(rpmsg_sendto_nocopy(&d[i].sender->ept, buf, 1, RPMSG_ADDR_ANY), RPMSG_ERR_ADDR);
		assert_int_equal(rpmsg_send_nocopy(&d[i].sender->ept, buf, PAYLOAD), PAYLOAD);
	}
}

static void released_buffers_can_be_taken_again_and_none_is_lost(void **state)
{
	struct direction d[2];
	void *buf[RING_NUM];
	uint32_t room;

	directions(*state, d);
	for (unsigned int i = 0; i < 2; i++) {
		for (unsigned int turn = 0; turn < 3; turn++) {
			for (unsigned int k = 0; k < RING_NUM; k++) {
				buf[k] = rpmsg_get_tx_payload_buffer(&d[i].sender->ept, &room, false);
				assert_non_null(buf[k]);
			}
			assert_null(rpmsg_get_tx_payload_buffer(&d[i].sender->ept, &room, false));
			assert_int_equal(rpmsg_trysend(&d[i].sender->ept, "x", 1), RPMSG_ERR_NO_BUFF);
			for (unsigned int k = 0; k < RING_NUM; k++) {
				assert_int_equal(rpmsg_release_tx_buffer(&d[i].sender->ept, buf[k]), RPMSG_SUCCESS);
				assert_int_equal(rpmsg_release_tx_buffer(&d[i].sender->ept, buf[k]), RPMSG_ERR_PARAM);
			}
		}
		for (unsigned int k = 0; k < RING_NUM; k++)
			assert_int_equal(rpmsg_trysend(&d[i].sender->ept, &k, sizeof(k)), sizeof(k));
		fixture_poll(d[i].to);
		assert_int_equal(d[i].receiver->count, RING_NUM);
	}
}

/* ------------------------------------------------------------------ received buffers */

static void *held[RING_NUM];
static unsigned int num_held;

static int hold(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)len;
	(void)src;
	(void)priv;
	rpmsg_hold_rx_buffer(ept, data);
	held[num_held++] = data;
	return 0;
}

static void held_buffers_keep_their_content_until_they_are_released(void **state)
{
	struct direction d[2];

	directions(*state, d);
	for (unsigned int i = 0; i < 2; i++) {
		num_held = 0;
		d[i].receiver->ept.cb = hold;
		for (unsigned int k = 0; k < RING_NUM; k++)
			assert_int_equal(rpmsg_trysend(&d[i].sender->ept, &k, sizeof(k)), sizeof(k));
		fixture_poll(d[i].to);
		assert_int_equal(num_held, RING_NUM);
		assert_int_equal(rpmsg_trysend(&d[i].sender->ept, "x", 1), RPMSG_ERR_NO_BUFF);
		for (unsigned int k = 0; k < RING_NUM; k++)
			assert_int_equal(*(unsigned int *)held[k], k);
		/* out of order */
		for (unsigned int k = RING_NUM; k-- > 0;)
			rpmsg_release_rx_buffer(&d[i].receiver->ept, held[k]);
		d[i].receiver->ept.cb = box_receive;
		for (unsigned int k = 0; k < RING_NUM; k++)
			assert_int_equal(rpmsg_trysend(&d[i].sender->ept, &k, sizeof(k)), sizeof(k));
		assert_int_equal(rpmsg_trysend(&d[i].sender->ept, "x", 1), RPMSG_ERR_NO_BUFF);
		fixture_poll(d[i].to);
		assert_int_equal(d[i].receiver->count, RING_NUM);
	}
}

static void each_hold_needs_a_release_and_a_second_release_does_nothing(void **state)
{
	struct direction d[2];

	directions(*state, d);
	for (unsigned int i = 0; i < 2; i++) {
		num_held = 0;
		d[i].receiver->ept.cb = hold;
		assert_int_equal(rpmsg_trysend(&d[i].sender->ept, "x", 1), 1);
		fixture_poll(d[i].to);
		d[i].receiver->ept.cb = box_receive;
		for (unsigned int k = 1; k < RING_NUM; k++)
			assert_int_equal(rpmsg_trysend(&d[i].sender->ept, "y", 1), 1);
		rpmsg_hold_rx_buffer(&d[i].receiver->ept, held[0]);
		rpmsg_release_rx_buffer(&d[i].receiver->ept, held[0]);
		assert_int_equal(rpmsg_trysend(&d[i].sender->ept, "z", 1), RPMSG_ERR_NO_BUFF);
		rpmsg_release_rx_buffer(&d[i].receiver->ept, held[0]);
		rpmsg_release_rx_buffer(&d[i].receiver->ept, held[0]);
		assert_int_equal(rpmsg_trysend(&d[i].sender->ept, "z", 1), 1);
		assert_int_equal(rpmsg_trysend(&d[i].sender->ept, "z", 1), RPMSG_ERR_NO_BUFF);
		fixture_poll(d[i].to);
		assert_int_equal(amp_rpmsg_link_state(&d[i].from->rvdev), AMP_LINK_UP);
		assert_int_equal(d[i].receiver->count, RING_NUM);
	}
}

/* The endpoint that received, or took them, is destroyed before its buffers are given back. */
static void buffers_are_given_back_after_their_endpoint_is_gone(void **state)
{
	struct direction d[2];
	void *taken;
	uint32_t room;

	directions(*state, d);
	for (unsigned int i = 0; i < 2; i++) {
		num_held = 0;
		d[i].receiver->ept.cb = hold;
		for (unsigned int k = 0; k < RING_NUM; k++)
			assert_int_equal(rpmsg_trysend(&d[i].sender->ept, &k, sizeof(k)), sizeof(k));
		fixture_poll(d[i].to);
		taken = rpmsg_get_tx_payload_buffer(&d[i].receiver->ept, &room, false);
		assert_non_null(taken);
		rpmsg_destroy_ept(&d[i].receiver->ept);
		assert_int_equal(rpmsg_send_nocopy(&d[i].receiver->ept, taken, 1), RPMSG_ERR_DEV_STATE);
		assert_null(rpmsg_get_tx_payload_buffer(&d[i].receiver->ept, &room, false));
		for (unsigned int k = 0; k < RING_NUM; k++)
			rpmsg_release_rx_buffer(&d[i].receiver->ept, held[k]);
		assert_int_equal(amp_rpmsg_held_buffers(&d[i].to->rvdev), 0);
		assert_int_equal(rpmsg_release_tx_buffer(&d[i].receiver->ept, taken), RPMSG_SUCCESS);
		assert_int_equal(rpmsg_release_tx_buffer(&d[i].receiver->ept, taken), RPMSG_ERR_PARAM);
		/* all are there again */
		box_open(d[i].receiver, d[i].to, NULL, i ? 10 : 20, i ? 20 : 10);
		for (unsigned int k = 0; k < RING_NUM; k++) {
			assert_int_equal(rpmsg_trysend(&d[i].sender->ept, "x", 1), 1);
			assert_int_equal(rpmsg_trysend(&d[i].receiver->ept, "x", 1), 1);
		}
		fixture_poll(d[i].to);
		fixture_poll(d[i].from);
		assert_int_equal(d[i].receiver->count, RING_NUM);
	}
}

static void buffers_of_a_link_that_went_down_are_not_taken_back(void **state)
{
	struct direction d[2];
	struct fixture *f = *state;
	void *taken;
	uint32_t room;

	directions(f, d);
	num_held = 0;
	remote_box.ept.cb = hold;
	assert_int_equal(rpmsg_trysend(&host_box.ept, "x", 1), 1);
	fixture_poll(&f->remote);
	taken = rpmsg_get_tx_payload_buffer(&remote_box.ept, &room, false);
	rpmsg_deinit_vdev(&f->remote.rvdev);
	rpmsg_deinit_vdev(&f->host.rvdev);
	assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
	rpmsg_release_rx_buffer(&remote_box.ept, held[0]);
	rpmsg_hold_rx_buffer(&remote_box.ept, held[0]);
	assert_int_equal(amp_rpmsg_held_buffers(&f->remote.rvdev), 0);
	assert_int_equal(rpmsg_release_tx_buffer(&remote_box.ept, taken), RPMSG_ERR_DEV_STATE);
}

/* As while its send waits. */
static void a_side_that_waits_is_kicked_for_a_released_buffer(void **state)
{
	struct fixture *f = *state;
	struct direction d[2];
	unsigned int kicks;
	uint16_t *flags;

	directions(f, d);
	for (unsigned int i = 0; i < 2; i++) {
		flags = i ? fixture_no_kicks(f, 0, VIRTIO_DEV_DEVICE) : fixture_no_kicks(f, 1, VIRTIO_DEV_DRIVER);
		num_held = 0;
		d[i].receiver->ept.cb = hold;
		assert_int_equal(rpmsg_trysend(&d[i].sender->ept, "a", 1), 1);
		assert_int_equal(rpmsg_trysend(&d[i].sender->ept, "b", 1), 1);
		fixture_poll(d[i].to);
		kicks = d[i].to->kicks[!i];
		rpmsg_release_rx_buffer(&d[i].receiver->ept, held[0]);
		assert_int_equal(d[i].to->kicks[!i], kicks);
		*flags = 0;
		rpmsg_release_rx_buffer(&d[i].receiver->ept, held[1]);
		assert_int_equal(d[i].to->kicks[!i], kicks + 1);
	}
}

static unsigned int warnings;

static void count_warnings(enum metal_log_level level, const char *format, ...)
{
	(void)format;
	if (level == METAL_LOG_WARNING)
		warnings++;
}

static void held_buffers_are_counted_and_leaked_ones_reported(void **state)
{
	metal_log_handler handler = metal_get_log_handler();
	struct rpmsg_virtio_device *rvdev;
	struct direction d[2];

	directions(*state, d);
	metal_set_log_handler(count_warnings);
	assert_int_equal(amp_rpmsg_held_buffers(NULL), 0);
	for (unsigned int i = 0; i < 2; i++) {
		num_held = 0;
		warnings = 0;
		rvdev = &d[i].to->rvdev;
		d[i].receiver->ept.cb = hold;
		assert_int_equal(rpmsg_trysend(&d[i].sender->ept, "a", 1), 1);
		assert_int_equal(rpmsg_trysend(&d[i].sender->ept, "b", 1), 1);
		fixture_poll(d[i].to);
		assert_int_equal(amp_rpmsg_held_buffers(rvdev), 2);
		rpmsg_hold_rx_buffer(&d[i].receiver->ept, held[0]);
		assert_int_equal(amp_rpmsg_held_buffers(rvdev), 3);
		rpmsg_release_rx_buffer(&d[i].receiver->ept, held[0]);
		rpmsg_release_rx_buffer(&d[i].receiver->ept, held[0]);
		rpmsg_release_rx_buffer(&d[i].receiver->ept, held[0]); /* one too many */
		assert_int_equal(amp_rpmsg_held_buffers(rvdev), 1);
	}
	/* a lost link still takes releases; what is not released when it goes down has leaked */
	amp_rpmsg_peer_lost(&d[0].to->rvdev);
	rpmsg_release_rx_buffer(&d[0].receiver->ept, held[1]);
	assert_int_equal(amp_rpmsg_held_buffers(&d[0].to->rvdev), 0);
	rpmsg_deinit_vdev(&d[0].to->rvdev);
	assert_int_equal(warnings, 0);
	rpmsg_deinit_vdev(&d[1].to->rvdev);
	assert_int_equal(warnings, 1);
	metal_set_log_handler(handler);
}

static int release_unheld(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)len;
	(void)src;
	(void)priv;
	rpmsg_release_rx_buffer(ept, data);
	return 0;
}

static void a_release_without_a_hold_does_not_return_the_buffer_twice(void **state)
{
	struct direction d[2];

	directions(*state, d);
	for (unsigned int i = 0; i < 2; i++) {
		d[i].receiver->ept.cb = release_unheld;
		for (unsigned int k = 0; k < 3 * RING_NUM; k++) {
			assert_int_equal(rpmsg_trysend(&d[i].sender->ept, "x", 1), 1);
			fixture_poll(d[i].to);
		}
		assert_int_equal(amp_rpmsg_link_state(&d[i].from->rvdev), AMP_LINK_UP);
		assert_int_equal(amp_rpmsg_link_state(&d[i].to->rvdev), AMP_LINK_UP);
	}
}

static void missing_arguments_are_refused(void **state)
{
	struct box nobody = {.ept = {.rdev = NULL}};
	uint32_t room;

	(void)state;
	assert_null(rpmsg_get_tx_payload_buffer(NULL, &room, false));
	assert_null(rpmsg_get_tx_payload_buffer(&host_box.ept, NULL, false));
	assert_null(rpmsg_get_tx_payload_buffer(&nobody.ept, &room, false));
	assert_int_equal(rpmsg_send_nocopy(NULL, "x", 1), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_send_nocopy(&host_box.ept, NULL, 1), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_send_nocopy(&nobody.ept, &nobody, 1), RPMSG_ERR_DEV_STATE);
	assert_int_equal(rpmsg_release_tx_buffer(&host_box.ept, NULL), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_release_tx_buffer(NULL, &nobody), RPMSG_ERR_PARAM);
	rpmsg_hold_rx_buffer(NULL, &nobody);
	rpmsg_release_rx_buffer(&nobody.ept, &nobody);
}

static int sent_by_the_application;

static int application_sends(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data, int len, int wait)
{
	(void)rdev, (void)data, (void)wait;
	sent_by_the_application += src == 10 && dst == 20 ? len : 0;
	return len;
}

static void *application_gets(struct rpmsg_device *rdev, uint32_t *len, int wait)
{
	(void)wait;
	*len = 77;
	return rdev;
}

static void a_device_of_the_applications_own_carries_by_its_operations(void **state)
{
	struct rpmsg_device own = {.ops = {.send_offchannel_raw = application_sends}};
	struct box box = {.ept = {.rdev = NULL}};
	uint32_t room = 0;

	(void)state;
	metal_list_init(&own.endpoints);
	metal_mutex_init(&own.lock);
	sent_by_the_application = 0;
	assert_int_equal(rpmsg_create_ept(&box.ept, &own, NULL, 10, 20, box_receive, NULL), 0);
	assert_int_equal(rpmsg_trysend(&box.ept, "abc", 3), 3);
	assert_int_equal(rpmsg_send(&box.ept, "abcd", 4), 4);
	assert_int_equal(sent_by_the_application, 7);
	/* what it has no operation for is not done, least of all by another carrier's */
	assert_null(rpmsg_get_tx_payload_buffer(&box.ept, &room, true));
	assert_int_equal(rpmsg_send_nocopy(&box.ept, "abc", 3), RPMSG_EOPNOTSUPP);
	assert_int_equal(rpmsg_release_tx_buffer(&box.ept, &room), RPMSG_EOPNOTSUPP);
	assert_int_equal(rpmsg_get_tx_buffer_size(&box.ept), RPMSG_EOPNOTSUPP);
	rpmsg_hold_rx_buffer(&box.ept, &room);
	rpmsg_release_rx_buffer(&box.ept, &room);
	own.ops.get_tx_payload_buffer = application_gets;
	assert_ptr_equal(rpmsg_get_tx_payload_buffer(&box.ept, &room, true), &own);
	assert_int_equal(room, 77);
	rpmsg_destroy_ept(&box.ept);
	metal_mutex_deinit(&own.lock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_message_written_in_place_arrives, up, fixture_down),
		cmocka_unit_test_setup_teardown(a_buffer_is_sent_once, up, fixture_down),
		cmocka_unit_test_setup_teardown(a_message_larger_than_its_buffer_is_refused_and_the_buffer_stays, up,
	                                        fixture_down),
		cmocka_unit_test_setup_teardown(released_buffers_can_be_taken_again_and_none_is_lost, up, fixture_down),
		cmocka_unit_test_setup_teardown(held_buffers_keep_their_content_until_they_are_released, up,
	                                        fixture_down),
		cmocka_unit_test_setup_teardown(each_hold_needs_a_release_and_a_second_release_does_nothing, up,
	                                        fixture_down),
		cmocka_unit_test_setup_teardown(buffers_are_given_back_after_their_endpoint_is_gone, up, fixture_down),
		cmocka_unit_test_setup_teardown(buffers_of_a_link_that_went_down_are_not_taken_back, up, fixture_down),
		cmocka_unit_test_setup_teardown(a_side_that_waits_is_kicked_for_a_released_buffer, up, fixture_down),
		cmocka_unit_test_setup_teardown(held_buffers_are_counted_and_leaked_ones_reported, up, fixture_down),
		cmocka_unit_test_setup_teardown(a_release_without_a_hold_does_not_return_the_buffer_twice, up,
	                                        fixture_down),
		cmocka_unit_test_setup_teardown(missing_arguments_are_refused, up, fixture_down),
		cmocka_unit_test(a_device_of_the_applications_own_carries_by_its_operations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
