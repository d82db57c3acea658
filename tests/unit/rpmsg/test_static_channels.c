// SPDX-License-Identifier: GPL-2.0-only
/* Channels of which both sides know both addresses beforehand: nobody announces them. WIRE.md, section 10.5. */
#include "link_fixture.h"

#include <string.h>

#define A 10u /* the host's endpoint */
#define B 20u /* the remote's */

static struct box host_box, remote_box;

/* What the device offers: nothing, or the name service, which these channels do not use. */
static uint32_t offered;

static int devices(void **state)
{
	struct fixture *f;

	fixture_devices(state);
	f = *state;
	f->shm->rsc.vdev.dfeatures = offered;
	return 0;
}

static void host_up(struct fixture *f)
{
	assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
	box_open(&host_box, &f->host, NULL, A, B);
}

static void remote_up(struct fixture *f)
{
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
	box_open(&remote_box, &f->remote, NULL, B, A);
}

static void says(struct box *from, struct side *to, struct box *box, const char *text)
{
	unsigned int before = box->count;

	assert_int_equal(rpmsg_trysend(&from->ept, text, (int)strlen(text)), strlen(text));
	fixture_poll(to);
	assert_int_equal(box->count, before + 1);
	assert_int_equal(box->len, strlen(text));
	assert_memory_equal(box->data, text, strlen(text));
}

static void the_channel_stands(struct fixture *f)
{
	says(&host_box, &f->remote, &remote_box, "to the remote");
	says(&remote_box, &f->host, &host_box, "to the host");
}

/* W-STATIC-1 */
static void a_driver_may_send_before_the_device_has_come_up(void **state)
{
	struct fixture *f = *state;

	host_up(f);
	for (unsigned int i = 0; i < RING_NUM; i++)
		assert_int_equal(rpmsg_trysend(&host_box.ept, &i, sizeof(i)), sizeof(i));
	assert_int_equal(rpmsg_trysend(&host_box.ept, "x", 1), RPMSG_ERR_NO_BUFF);
	remote_up(f);
	fixture_poll(&f->remote);
	assert_int_equal(remote_box.count, RING_NUM);
	assert_int_equal(remote_box.src, A);
	the_channel_stands(f);
}

/* W-STATIC-2 */
static void a_device_may_send_before_it_has_heard_anything(void **state)
{
	struct fixture *f = *state;

	host_up(f);
	remote_up(f);
	says(&remote_box, &f->host, &host_box, "first");
	assert_int_equal(host_box.src, B);
	assert_int_equal(remote_box.count, 0);
	the_channel_stands(f);
}

/* W-LINK-3 */
static void a_device_touches_nothing_before_the_driver_is_ready(void **state)
{
	static const uint8_t on_the_way[] = {0, VIRTIO_CONFIG_STATUS_ACK,
	                                     VIRTIO_CONFIG_STATUS_ACK | VIRTIO_CONFIG_STATUS_DRIVER};
	static uint8_t before[sizeof(struct shared)];
	struct fixture *f = *state;

	f->remote.vdev->ready_timeout_ms = 1;
	memset(f->shm->vring, 0, sizeof(f->shm->vring)); /* as a loader leaves them */
	for (unsigned int i = 0; i < sizeof(on_the_way); i++) {
		f->shm->rsc.vdev.status = on_the_way[i];
		memcpy(before, f->shm, sizeof(before));
		assert_int_equal(fixture_init_remote(f), RPMSG_ERR_DEV_STATE);
		shared_memory_settle();
		assert_memory_equal(before, f->shm, sizeof(before));
	}
	host_up(f);
	remote_up(f);
	the_channel_stands(f);
}

/* W-STATIC-3: to an address that nobody has yet, in either direction. */
static void what_comes_before_its_endpoint_is_dropped_and_the_sender_does_not_hear_of_it(void **state)
{
	struct fixture *f = *state;

	host_up(f);
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
	assert_int_equal(rpmsg_trysend(&host_box.ept, "early", 5), 5);
	fixture_poll(&f->remote); /* it looks before it has the endpoint */
	box_open(&remote_box, &f->remote, NULL, B, A);
	fixture_poll(&f->remote);
	assert_int_equal(remote_box.count, 0);
	rpmsg_destroy_ept(&host_box.ept);
	assert_int_equal(rpmsg_trysend(&remote_box.ept, "early", 5), 5);
	fixture_poll(&f->host);
	box_open(&host_box, &f->host, NULL, A, B);
	fixture_poll(&f->host);
	assert_int_equal(host_box.count, 0);
	assert_int_equal(amp_rpmsg_link_state(&f->host.rvdev), AMP_LINK_UP);
	assert_int_equal(amp_rpmsg_link_state(&f->remote.rvdev), AMP_LINK_UP);
	the_channel_stands(f);
}

/* W-STATIC-4, W-NS-1 */
static void a_static_endpoint_keeps_its_counterpart_and_is_not_announced(void **state)
{
	static struct box other;
	struct fixture *f = *state;

	host_up(f);
	remote_up(f);
	assert_int_equal(is_rpmsg_ept_ready(&remote_box.ept), 1);
	assert_int_equal(fixture_ring(f, 0).used->idx, 0);
	assert_int_equal(fixture_ring(f, 1).avail->idx, 0);
	box_open(&other, &f->host, NULL, A + 1, B);
	says(&other, &f->remote, &remote_box, "from somebody else");
	assert_int_equal(remote_box.src, A + 1);
	assert_int_equal(remote_box.ept.dest_addr, A);
	the_channel_stands(f);
	assert_int_equal(other.count, 0);
	/* its end is not announced either: the other side's endpoint stays as it is */
	rpmsg_destroy_ept(&remote_box.ept);
	fixture_poll(&f->host);
	assert_int_equal(host_box.unbound, 0);
	assert_int_equal(host_box.ept.dest_addr, B);
}

/* W-STATIC-5 */
static void after_a_reset_the_channel_stands_again_without_a_word(void **state)
{
	struct fixture *f = *state;

	host_up(f);
	remote_up(f);
	for (unsigned int life = 0; life < 4; life++) {
		the_channel_stands(f);
		rpmsg_deinit_vdev(&f->host.rvdev);
		fixture_poll(&f->remote);
		assert_int_equal(amp_rpmsg_link_state(&f->remote.rvdev), AMP_LINK_LOST);
		assert_int_equal(rpmsg_trysend(&remote_box.ept, "x", 1), RPMSG_ERR_DEV_STATE);
		rpmsg_deinit_vdev(&f->remote.rvdev);
		host_up(f);
		if (life % 2) /* it waits for the device, in each life */
			assert_int_equal(rpmsg_trysend(&host_box.ept, "early", 5), 5);
		remote_up(f);
		fixture_poll(&f->remote);
		assert_int_equal(remote_box.count, life % 2);
	}
}

int main(void)
{
#define STATIC_TEST(name) cmocka_unit_test_setup_teardown(name, devices, fixture_down)
	const struct CMUnitTest tests[] = {
		STATIC_TEST(a_driver_may_send_before_the_device_has_come_up),
		STATIC_TEST(a_device_may_send_before_it_has_heard_anything),
		STATIC_TEST(a_device_touches_nothing_before_the_driver_is_ready),
		STATIC_TEST(what_comes_before_its_endpoint_is_dropped_and_the_sender_does_not_hear_of_it),
		STATIC_TEST(a_static_endpoint_keeps_its_counterpart_and_is_not_announced),
		STATIC_TEST(after_a_reset_the_channel_stands_again_without_a_word),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	offered = 1u << VIRTIO_RPMSG_F_NS;
	return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
