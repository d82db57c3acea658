// SPDX-License-Identifier: GPL-2.0-only
/* One firmware hands its link over to the next: nothing is lost, nothing is announced, and a bad record is refused. */
#include "link_fixture.h"

#include <amprelay/hand_over.h>

#include <string.h>

#define EPOCH 7u
#define ECHO  0x100u

static struct box host_box, remote_box;
static struct amp_hand_over record;
static unsigned int announced;
static void *held;

static void on_announcement(struct rpmsg_device *rdev, const char *name, uint32_t addr)
{
	(void)rdev;
	(void)name;
	(void)addr;
	announced++;
}

static int up(void **state)
{
	struct fixture *f;

	fixture_devices(state);
	f = *state;
	f->host_ns_bind = on_announcement;
	announced = 0;
	assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
	box_open(&remote_box, &f->remote, "echo", ECHO, RPMSG_ADDR_ANY);
	fixture_poll(&f->host);
	assert_int_equal(announced, 1);
	box_open(&host_box, &f->host, NULL, 10, ECHO);
	return 0;
}

/* The new firmware starts from nothing: what the old one knew of the link is gone. */
static void forget(struct fixture *f)
{
	struct virtio_device *vdev = f->remote.vdev;

	metal_mutex_deinit(&f->remote.rvdev.rdev.lock);
	memset(&f->remote.rvdev, 0, sizeof(f->remote.rvdev));
	memset(&remote_box, 0, sizeof(remote_box));
	vdev->up = false;
	vdev->priv = NULL;
	for (unsigned int i = 0; i < 2; i++) {
		struct virtqueue *vq = vdev->vrings_info[i].vq;

		vq->vq_used_cons_idx = vq->vq_available_idx = vq->vq_peer_idx = 0x7777;
		vq->vq_inuse = false;
	}
}

static void hand_over(struct fixture *f)
{
	assert_int_equal(amp_rpmsg_hand_over(&f->remote.rvdev, &record), RPMSG_SUCCESS);
	amp_hand_over_seal(&record, EPOCH);
	assert_null(amp_hand_over_wrong(&record, EPOCH));
}

static int take_over(struct fixture *f)
{
	return amp_rpmsg_take_over(&f->remote.rvdev, f->remote.vdev, NULL, &f->remote.io, &record);
}

static void take_over_box(struct fixture *f)
{
	const struct amp_hand_over_endpoint *from = amp_hand_over_find(&record, "echo");

	assert_non_null(from);
	remote_box.ept.priv = &remote_box;
	assert_int_equal(amp_rpmsg_take_over_ept(&remote_box.ept, &f->remote.rvdev.rdev, from, box_receive, box_unbind),
	                 RPMSG_SUCCESS);
}

static void send_both_ways(struct fixture *f, unsigned int messages)
{
	for (unsigned int i = 0; i < messages; i++) {
		assert_int_equal(rpmsg_send(&host_box.ept, &i, sizeof(i)), sizeof(i));
		fixture_poll(&f->remote);
		assert_memory_equal(remote_box.data, &i, sizeof(i));
		assert_int_equal(rpmsg_send(&remote_box.ept, &i, sizeof(i)), sizeof(i));
		fixture_poll(&f->host);
		assert_memory_equal(host_box.data, &i, sizeof(i));
	}
}

static void nothing_is_lost_and_nothing_is_announced(void **state)
{
	struct fixture *f = *state;
	unsigned int received = 0;

	/* at each place of the ring */
	for (unsigned int life = 0; life < 3 * RING_NUM; life++) {
		send_both_ways(f, life);
		received += life;
		hand_over(f);
		/* meanwhile the driver goes on, until the ring is full */
		for (unsigned int i = 0; i < RING_NUM; i++)
			assert_int_equal(rpmsg_trysend(&host_box.ept, &i, sizeof(i)), sizeof(i));
		assert_int_equal(rpmsg_trysend(&host_box.ept, "", 1), RPMSG_ERR_NO_BUFF);
		forget(f);
		assert_int_equal(take_over(f), RPMSG_SUCCESS);
		take_over_box(f);
		fixture_poll(&f->remote);
		assert_int_equal(remote_box.count, RING_NUM);
		assert_int_equal(f->host.lost_count, 0);
	}
	send_both_ways(f, 1);
	assert_int_equal(host_box.count, received + 1);
	assert_int_equal(announced, 1);
}

static void a_counterpart_that_is_not_known_yet_is_still_not_known(void **state)
{
	struct fixture *f = *state;

	hand_over(f);
	forget(f);
	assert_int_equal(take_over(f), RPMSG_SUCCESS);
	take_over_box(f);
	assert_int_equal(remote_box.ept.dest_addr, RPMSG_ADDR_ANY);
	fixture_poll(&f->host);
	assert_int_equal(announced, 1);
	send_both_ways(f, 1);
	assert_int_equal(remote_box.ept.dest_addr, 10);
}

static int hold(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)len;
	(void)src;
	(void)priv;
	held = data;
	rpmsg_hold_rx_buffer(ept, data);
	return RPMSG_SUCCESS;
}

static void a_message_in_hand_is_not_handed_over(void **state)
{
	struct fixture *f = *state;
	void *buffer;
	uint32_t size;

	remote_box.ept.cb = hold;
	assert_int_equal(rpmsg_send(&host_box.ept, "x", 1), 1);
	fixture_poll(&f->remote);
	assert_int_equal(amp_rpmsg_hand_over(&f->remote.rvdev, &record), RPMSG_ERR_NO_BUFF);
	rpmsg_release_rx_buffer(&remote_box.ept, held);
	assert_int_equal(amp_rpmsg_hand_over(&f->remote.rvdev, &record), RPMSG_SUCCESS);
	buffer = rpmsg_get_tx_payload_buffer(&remote_box.ept, &size, false);
	assert_non_null(buffer);
	assert_int_equal(amp_rpmsg_hand_over(&f->remote.rvdev, &record), RPMSG_ERR_NO_BUFF);
	assert_int_equal(rpmsg_send_nocopy(&remote_box.ept, buffer, 1), 1);
	assert_int_equal(amp_rpmsg_hand_over(&f->remote.rvdev, &record), RPMSG_SUCCESS);
}

static void rings_that_the_driver_has_reset_are_no_link_to_take_over(void **state)
{
	struct fixture *f = *state;

	send_both_ways(f, 3);
	hand_over(f);
	forget(f);
	rpmsg_deinit_vdev(&f->host.rvdev);
	assert_int_equal(take_over(f), RPMSG_ERR_DEV_STATE); /* no DRIVER_OK */
	assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
	assert_int_equal(take_over(f), RPMSG_ERR_DEV_STATE); /* again, but no mark */
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
}

static void rings_that_are_not_as_the_record_says_stay_as_they_are(void **state)
{
	struct fixture *f = *state;
	struct vring ring = fixture_ring(f, 1);

	send_both_ways(f, 3);
	hand_over(f);
	forget(f);
	record.index[1]++;
	assert_int_equal(take_over(f), RPMSG_ERR_PARAM);
	record.index[1]--;
	if (AMP_WITH_PACKED_RINGS) { /* one less, too; there is no other index */
		record.index[1]--;
		assert_int_equal(take_over(f), RPMSG_ERR_PARAM);
		record.index[1]++;
		assert_int_equal(take_over(f), RPMSG_SUCCESS);
		return;
	}
	assert_int_equal(ring.used->idx, record.index[1]);
	ring.avail->idx += RING_NUM + 1;
	assert_int_equal(take_over(f), RPMSG_ERR_PARAM);
	ring.avail->idx -= RING_NUM + 1;
	assert_int_equal(take_over(f), RPMSG_SUCCESS);
}

static void a_link_that_is_not_up_is_handed_over_as_none(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(amp_rpmsg_hand_over(&f->host.rvdev, &record), RPMSG_ERR_PARAM);
	rpmsg_deinit_vdev(&f->remote.rvdev);
	hand_over(f);
	assert_int_equal(record.link, 0);
	assert_int_equal(record.endpoints, 0);
	assert_int_equal(take_over(f), RPMSG_ERR_PARAM);
}

static void assert_wrong(const char *text)
{
	const char *wrong = amp_hand_over_wrong(&record, EPOCH);

	assert_non_null(wrong);
	assert_non_null(strstr(wrong, text));
}

static void a_record_that_is_not_sound_is_refused_with_the_reason(void **state)
{
	struct fixture *f = *state;
	struct amp_hand_over sound;
	struct box second;

	box_open(&second, &f->remote, NULL, ECHO + 1, 5);
	hand_over(f);
	assert_int_equal(record.endpoints, 2);
	sound = record;
	record.magic++;
	assert_wrong("no hand-over record");
	record = sound;
	record.version++;
	assert_wrong("another version");
	record = sound;
	record.state[AMP_HAND_OVER_STATE - 1] ^= 1;
	assert_wrong("damaged");
	record = sound;
	amp_hand_over_seal(&record, EPOCH - 1);
	assert_wrong("another life");

	record = sound;
	record.endpoints = AMP_HAND_OVER_ENDPOINTS + 1;
	amp_hand_over_seal(&record, EPOCH);
	assert_wrong("cannot be");
	record = sound;
	record.index[0] = 0x10000;
	amp_hand_over_seal(&record, EPOCH);
	assert_wrong("cannot be");
	record = sound;
	record.state_size = AMP_HAND_OVER_STATE + 4;
	amp_hand_over_seal(&record, EPOCH);
	assert_wrong("not whole");
	record = sound;
	memset(record.endpoint[0].name, 'x', sizeof(record.endpoint[0].name));
	amp_hand_over_seal(&record, EPOCH);
	assert_wrong("has no end");
	record = sound;
	record.endpoint[1].addr = record.endpoint[0].addr;
	amp_hand_over_seal(&record, EPOCH);
	assert_wrong("one address");
	rpmsg_destroy_ept(&second.ept);
}

static void what_services_keep_is_found_by_name_and_size(void **state)
{
	const char text[] = "five";
	uint32_t number = 0x12345678;
	uint8_t large[AMP_HAND_OVER_STATE] = {0};

	(void)state;
	memset(&record, 0, sizeof(record));
	assert_int_equal(amp_hand_over_put(&record, "text", text, sizeof(text)), RPMSG_SUCCESS);
	assert_int_equal(amp_hand_over_put(&record, "number", &number, sizeof(number)), RPMSG_SUCCESS);
	assert_int_equal(amp_hand_over_put(&record, "large", large, sizeof(large)), RPMSG_ERR_NO_MEM);
	amp_hand_over_seal(&record, EPOCH);
	assert_null(amp_hand_over_wrong(&record, EPOCH));
	assert_string_equal(amp_hand_over_get(&record, "text", sizeof(text)), text);
	assert_memory_equal(amp_hand_over_get(&record, "number", sizeof(number)), &number, sizeof(number));
	assert_null(amp_hand_over_get(&record, "number", 8));
	assert_null(amp_hand_over_get(&record, "nothing", 4));

	/* an item that reaches beyond the state */
	record.state[AMP_HAND_OVER_ITEM_NAME] = 0xff;
	amp_hand_over_seal(&record, EPOCH);
	assert_wrong("not whole");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_is_lost_and_nothing_is_announced, up, fixture_down),
		cmocka_unit_test_setup_teardown(a_counterpart_that_is_not_known_yet_is_still_not_known, up,
	                                        fixture_down),
		cmocka_unit_test_setup_teardown(a_message_in_hand_is_not_handed_over, up, fixture_down),
		cmocka_unit_test_setup_teardown(rings_that_the_driver_has_reset_are_no_link_to_take_over, up,
	                                        fixture_down),
		cmocka_unit_test_setup_teardown(rings_that_are_not_as_the_record_says_stay_as_they_are, up,
	                                        fixture_down),
		cmocka_unit_test_setup_teardown(a_link_that_is_not_up_is_handed_over_as_none, up, fixture_down),
		cmocka_unit_test_setup_teardown(a_record_that_is_not_sound_is_refused_with_the_reason, up,
	                                        fixture_down),
		cmocka_unit_test(what_services_keep_is_found_by_name_and_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
