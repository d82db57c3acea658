// SPDX-License-Identifier: GPL-2.0-only
/* The life of a link: waiting, loss, restart. */
#include "link_fixture.h"

#include <metal/time.h>

#include <string.h>
#include <unistd.h>

static struct box host_box, remote_box;

static void open_boxes(struct fixture *f)
{
	box_open(&host_box, &f->host, NULL, 10, 20);
	box_open(&remote_box, &f->remote, NULL, 20, 10);
}

/* As the driver would: status 0, then everything anew. */
static void driver_resets(struct fixture *f)
{
	assert_int_equal(virtio_reset_device(f->host.vdev), 0);
}

/* ------------------------------------------------------------------ buffers */

static void a_send_without_a_free_buffer_is_refused_at_once_or_after_the_time_out(void **state)
{
	struct fixture *f = *state;
	unsigned long long start, spent;

	open_boxes(f);
	for (unsigned int i = 0; i < RING_NUM; i++)
		assert_int_equal(rpmsg_trysend(&host_box.ept, "x", 1), 1);
	assert_int_equal(rpmsg_trysend(&host_box.ept, "x", 1), RPMSG_ERR_NO_BUFF);
	amp_rpmsg_set_send_timeout(&f->host.rvdev, 20);
	start = metal_get_timestamp();
	assert_int_equal(rpmsg_send(&host_box.ept, "x", 1), RPMSG_ERR_NO_BUFF);
	spent = metal_get_timestamp() - start;
	assert_in_range(spent, 20000000, 2000000000);
	fixture_poll(&f->remote);
	assert_int_equal(remote_box.count, RING_NUM);
	assert_int_equal(rpmsg_trysend(&host_box.ept, "x", 1), 1);
}

static struct fixture *waited_for;
static unsigned int waits;

static int wait_remote_reads(struct rpmsg_device *rdev, uint32_t id)
{
	assert_ptr_equal(rdev, &waited_for->host.rvdev.rdev);
	assert_int_equal(id, 1);
	if (++waits == 3)
		fixture_poll(&waited_for->remote);
	return RPMSG_SUCCESS;
}

static void a_waiting_send_goes_on_when_a_buffer_comes_back(void **state)
{
	struct fixture *f = *state;
	const uint16_t *no_kicks = fixture_no_kicks(f, 1, VIRTIO_DEV_DRIVER);

	open_boxes(f);
	waited_for = f;
	waits = 0;
	rpmsg_virtio_set_wait_cb(&f->host.rvdev, wait_remote_reads);
	for (unsigned int i = 0; i < RING_NUM; i++)
		assert_int_equal(rpmsg_send(&host_box.ept, "x", 1), 1);
	assert_int_equal(*no_kicks, VRING_AVAIL_F_NO_INTERRUPT);
	f->remote.kicks[1] = 0;
	assert_int_equal(rpmsg_send(&host_box.ept, "y", 1), 1);
	assert_int_equal(waits, 3);
	assert_int_equal(f->remote.kicks[1],
	                 AMP_WITH_VQ_RX_EMPTY_NOTIFY ? 1 : RING_NUM); /* asked for while it waited … */
	assert_int_equal(*no_kicks, VRING_AVAIL_F_NO_INTERRUPT);      /* … and not after */
}

static int wait_not_supported(struct rpmsg_device *rdev, uint32_t id)
{
	(void)rdev;
	(void)id;
	waits++;
	return RPMSG_EOPNOTSUPP;
}

static int wait_fails(struct rpmsg_device *rdev, uint32_t id)
{
	(void)rdev;
	(void)id;
	return RPMSG_ERR_PERM;
}

static void the_wait_callback_can_leave_the_waiting_to_the_port_or_end_it(void **state)
{
	struct fixture *f = *state;

	open_boxes(f);
	waits = 0;
	for (unsigned int i = 0; i < RING_NUM; i++)
		assert_int_equal(rpmsg_send(&host_box.ept, "x", 1), 1);
	amp_rpmsg_set_send_timeout(&f->host.rvdev, 5);
	rpmsg_virtio_set_wait_cb(&f->host.rvdev, wait_not_supported);
	assert_int_equal(rpmsg_send(&host_box.ept, "x", 1), RPMSG_ERR_NO_BUFF);
	assert_in_range(waits, 1, 10);
	rpmsg_virtio_set_wait_cb(&f->host.rvdev, wait_fails);
	assert_int_equal(rpmsg_send(&host_box.ept, "x", 1), RPMSG_ERR_PERM);
}

static int wait_peer_lost(struct rpmsg_device *rdev, uint32_t id)
{
	(void)rdev;
	(void)id;
	waits++;
	amp_rpmsg_peer_lost(&waited_for->host.rvdev);
	return RPMSG_SUCCESS;
}

static void a_waiting_send_ends_at_once_when_the_peer_is_gone(void **state)
{
	struct fixture *f = *state;

	open_boxes(f);
	waited_for = f;
	waits = 0;
	for (unsigned int i = 0; i < RING_NUM; i++)
		assert_int_equal(rpmsg_send(&host_box.ept, "x", 1), 1);
	rpmsg_virtio_set_wait_cb(&f->host.rvdev, wait_peer_lost);
	assert_int_equal(rpmsg_send(&host_box.ept, "x", 1), RPMSG_ERR_DEV_STATE);
	assert_int_equal(waits, 1);
	assert_int_equal(f->host.lost_count, 1);
	assert_int_equal(f->host.lost_reason, AMP_LINK_PEER_LOST);
}

static int wait_driver_resets(struct rpmsg_device *rdev, uint32_t id)
{
	(void)rdev;
	(void)id;
	waits++;
	driver_resets(waited_for);
	return RPMSG_SUCCESS;
}

static void a_waiting_send_ends_at_once_when_the_driver_resets(void **state)
{
	struct fixture *f = *state;

	open_boxes(f);
	waited_for = f;
	waits = 0;
	for (unsigned int i = 0; i < RING_NUM; i++)
		assert_int_equal(rpmsg_send(&remote_box.ept, "x", 1), 1);
	rpmsg_virtio_set_wait_cb(&f->remote.rvdev, wait_driver_resets);
	assert_int_equal(rpmsg_send(&remote_box.ept, "x", 1), RPMSG_ERR_DEV_STATE);
	assert_int_equal(waits, 1);
	assert_int_equal(f->remote.lost_reason, AMP_LINK_PEER_RESET);
	assert_int_equal(f->remote.reset_count, 1);
}

/* Both have sent all they can. While the host waits, the remote sends too; while it waits, the host goes on waiting. */
static int wait_both(struct rpmsg_device *rdev, uint32_t id)
{
	(void)id;
	if (rdev == &waited_for->remote.rvdev.rdev) {
		fixture_poll(&waited_for->host);
	} else if (++waits == 1) {
		/* the host has made room before it waited: one more than that, and the remote must wait as well */
		for (unsigned int i = 0; i < RING_NUM + 1; i++)
			assert_int_equal(rpmsg_send(&remote_box.ept, "r", 1), 1);
	}
	return RPMSG_SUCCESS;
}

static void both_sides_out_of_buffers_is_no_deadlock(void **state)
{
	struct fixture *f = *state;

	open_boxes(f);
	waited_for = f;
	waits = 0;
	for (unsigned int i = 0; i < RING_NUM; i++) {
		assert_int_equal(rpmsg_send(&host_box.ept, "x", 1), 1);
		assert_int_equal(rpmsg_send(&remote_box.ept, "x", 1), 1);
	}
	rpmsg_virtio_set_wait_cb(&f->host.rvdev, wait_both);
	rpmsg_virtio_set_wait_cb(&f->remote.rvdev, wait_both);
	assert_int_equal(rpmsg_send(&host_box.ept, "h", 1), 1);
	assert_int_equal(waits, 1);
	assert_int_equal(remote_box.count, RING_NUM);
	assert_in_range(host_box.count, 2 * RING_NUM, 2 * RING_NUM + 1);
}

/* One bell for both queues: the wait consumes the kick, and nobody else will hear of the message. */
static int wait_on_a_shared_bell(struct rpmsg_device *rdev, uint32_t id)
{
	(void)rdev;
	(void)id;
	if (++waits == 1) {
		fixture_poll(&waited_for->remote);
		assert_int_equal(rpmsg_trysend(&remote_box.ept, "r", 1), 1);
	}
	return RPMSG_SUCCESS;
}

static void a_message_that_comes_with_the_awaited_buffer_is_received(void **state)
{
	struct fixture *f = *state;

	open_boxes(f);
	waited_for = f;
	waits = 0;
	for (unsigned int i = 0; i < RING_NUM; i++)
		assert_int_equal(rpmsg_send(&host_box.ept, "x", 1), 1);
	rpmsg_virtio_set_wait_cb(&f->host.rvdev, wait_on_a_shared_bell);
	assert_int_equal(rpmsg_send(&host_box.ept, "h", 1), 1);
	assert_int_equal(waits, 1);
	assert_int_equal(host_box.count, 1);
}

/* ------------------------------------------------------------------ kicks */

static void a_waiting_side_hears_of_returned_buffers_once_or_of_each_as_configured(void **state)
{
	struct fixture *f = *state;

	open_boxes(f);
	for (int i = 0; i < 4; i++)
		assert_int_equal(rpmsg_trysend(&host_box.ept, "x", 1), 1);
	*fixture_no_kicks(f, 1, VIRTIO_DEV_DRIVER) = 0; /* as while a send waits */
	f->remote.kicks[1] = 0;
	fixture_poll(&f->remote);
	assert_int_equal(remote_box.count, 4);
	assert_int_equal(f->remote.kicks[1], AMP_WITH_VQ_RX_EMPTY_NOTIFY ? 1 : 4);
}

static void kicks_are_sent_only_where_somebody_waits_for_them(void **state)
{
	struct fixture *f = *state;

	open_boxes(f);
	memset(f->host.kicks, 0, sizeof(f->host.kicks));
	memset(f->remote.kicks, 0, sizeof(f->remote.kicks));
	assert_int_equal(rpmsg_send(&host_box.ept, "x", 1), 1);
	assert_int_equal(f->host.kicks[1], 1);
	fixture_poll(&f->remote);
	assert_int_equal(f->remote.kicks[1], 0); /* the host does not wait for its buffer */
	assert_int_equal(rpmsg_send(&remote_box.ept, "x", 1), 1);
	assert_int_equal(f->remote.kicks[0], 1);
	fixture_poll(&f->host);
	assert_int_equal(f->host.kicks[0], 0);
}

static int send_during_callback(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept;
	(void)data;
	(void)len;
	(void)src;
	(void)priv;
	/* the other side sees that this one is at it, and spares the kick */
	assert_int_equal(rpmsg_send(&host_box.ept, "z", 1), 1);
	remote_box.ept.cb = box_receive;
	return 0;
}

static void messages_that_come_while_others_are_handled_need_no_kick_and_are_not_lost(void **state)
{
	struct fixture *f = *state;

	open_boxes(f);
	remote_box.ept.cb = send_during_callback;
	assert_int_equal(rpmsg_send(&host_box.ept, "x", 1), 1);
	f->host.kicks[1] = 0;
	fixture_poll(&f->remote);
	assert_int_equal(f->host.kicks[1], 0);
	assert_int_equal(remote_box.count, 1);
	assert_int_equal(remote_box.data[0], 'z');
}

static unsigned int remote_kicks;

/* While the remote kicks, the next message comes, and an interrupt of its other queue looks at both queues. */
static void other_context_looks(struct fixture *f, uint32_t id)
{
	(void)id;
	if (remote_kicks++)
		return;
	assert_int_equal(rpmsg_trysend(&host_box.ept, "2", 1), 1);
	assert_int_equal(rproc_virtio_notified(f->remote.vdev, 0), 0);
}

static void a_message_that_another_context_has_seen_is_not_left_behind(void **state)
{
	struct fixture *f = *state;

	open_boxes(f);
	assert_int_equal(rpmsg_trysend(&host_box.ept, "1", 1), 1);
	*fixture_no_kicks(f, 1, VIRTIO_DEV_DRIVER) = 0; /* as if the host waited for its buffer */
	remote_kicks = 0;
	f->remote.on_kick = other_context_looks;
	assert_int_equal(rproc_virtio_notified(f->remote.vdev, 1), 0);
	f->remote.on_kick = NULL;
	assert_int_equal(remote_box.count, 2);
}

/* ------------------------------------------------------------------ loss and restart */

static void sends_are_refused_after_the_peer_is_gone(void **state)
{
	struct fixture *f = *state;
	uint32_t room;

	open_boxes(f);
	assert_int_equal(rpmsg_send(&remote_box.ept, "x", 1), 1);
	driver_resets(f);
	assert_int_equal(rpmsg_send(&remote_box.ept, "x", 1), RPMSG_ERR_DEV_STATE);
	assert_int_equal(rpmsg_trysend(&remote_box.ept, "x", 1), RPMSG_ERR_DEV_STATE);
	assert_null(rpmsg_get_tx_payload_buffer(&remote_box.ept, &room, true));
	assert_int_equal(rpmsg_get_tx_buffer_size(&remote_box.ept), RPMSG_ERR_DEV_STATE);
	assert_int_equal(amp_rpmsg_link_state(&f->remote.rvdev), AMP_LINK_LOST);
	assert_int_equal(f->remote.lost_count, 1);
	assert_int_equal(f->remote.reset_count, 1);
	fixture_poll(&f->remote);
	assert_int_equal(f->remote.lost_count, 1);
	assert_int_equal(f->remote.reset_count, 1);
}

static void a_kick_after_a_reset_reports_it_once(void **state)
{
	struct fixture *f = *state;

	driver_resets(f);
	fixture_poll(&f->remote);
	fixture_poll(&f->remote);
	assert_int_equal(f->remote.lost_count, 1);
	assert_int_equal(f->remote.lost_reason, AMP_LINK_PEER_RESET);
	assert_int_equal(f->remote.reset_count, 1);
}

/* The host restarts, and the remote has not looked in between: the status is DRIVER_OK again. */
static void a_reset_that_came_and_went_unseen_is_noticed(void **state)
{
	struct fixture *f = *state;

	open_boxes(f);
	assert_int_equal(rpmsg_send(&remote_box.ept, "x", 1), 1);
	assert_int_equal(rpmsg_send(&host_box.ept, "x", 1), 1);
	fixture_poll(&f->remote);
	rpmsg_deinit_vdev(&f->host.rvdev);
	assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
	fixture_poll(&f->remote);
	assert_int_equal(f->remote.lost_count, 1);
	assert_int_equal(f->remote.lost_reason, AMP_LINK_PEER_RESET);
	assert_int_equal(f->remote.reset_count, 1);
	assert_int_equal(rpmsg_send(&remote_box.ept, "x", 1), RPMSG_ERR_DEV_STATE);
}

static void such_a_reset_is_noticed_by_the_kick_for_new_buffers_alone(void **state)
{
	struct fixture *f = *state;

	for (unsigned int direction = 0; direction < 2; direction++) {
		open_boxes(f);
		if (direction == 0) {
			assert_int_equal(rpmsg_send(&remote_box.ept, "x", 1), 1);
		} else {
			assert_int_equal(rpmsg_send(&host_box.ept, "x", 1), 1);
			fixture_poll(&f->remote);
		}
		rpmsg_deinit_vdev(&f->host.rvdev);
		assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
		assert_int_equal(rproc_virtio_notified(f->remote.vdev, 0), 0);
		assert_int_equal(f->remote.lost_count, direction + 1);
		assert_int_equal(f->remote.lost_reason, AMP_LINK_PEER_RESET);
		rpmsg_deinit_vdev(&f->remote.rvdev);
		assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
	}
}

static struct fixture *starting;
static const struct virtio_dispatch *real_dispatch;

/* The last word of the device's life before comes when the rings are new already. */
static void set_status_late_flag(struct virtio_device *vdev, uint8_t status)
{
	real_dispatch->set_status(vdev, status);
	if (status & VIRTIO_CONFIG_STATUS_DRIVER_OK)
		*fixture_no_kicks(starting, 0, VIRTIO_DEV_DEVICE) = VRING_USED_F_NO_NOTIFY;
}

static void a_driver_that_comes_up_kicks_whatever_the_devices_flag_says(void **state)
{
	struct virtio_dispatch dispatch;

	starting = *state;
	real_dispatch = starting->host.vdev->func;
	dispatch = *real_dispatch;
	dispatch.set_status = set_status_late_flag;
	starting->host.vdev->func = &dispatch;
	assert_int_equal(fixture_init_host(starting), RPMSG_SUCCESS);
	starting->host.vdev->func = real_dispatch;
	assert_int_equal(starting->host.kicks[0], 1);
	assert_int_equal(fixture_init_remote(starting), RPMSG_SUCCESS);
}

static void a_link_comes_up_again_after_each_restart_of_the_host(void **state)
{
	struct fixture *f = *state;

	for (unsigned int life = 0; life < 5; life++) {
		open_boxes(f);
		for (unsigned int i = 0; i < 3 * RING_NUM + life; i++) {
			assert_int_equal(rpmsg_send(&host_box.ept, &i, sizeof(i)), sizeof(i));
			fixture_poll(&f->remote);
			assert_int_equal(rpmsg_send(&remote_box.ept, &i, sizeof(i)), sizeof(i));
			fixture_poll(&f->host);
		}
		assert_int_equal(host_box.count, 3 * RING_NUM + life);
		/* messages of the old life, which must not turn up in the new one */
		assert_int_equal(rpmsg_send(&host_box.ept, "old", 4), 4);
		assert_int_equal(rpmsg_send(&remote_box.ept, "old", 4), 4);

		rpmsg_deinit_vdev(&f->host.rvdev);
		assert_null(host_box.ept.rdev);
		fixture_poll(&f->remote);
		assert_int_equal(f->remote.reset_count, life + 1);
		rpmsg_deinit_vdev(&f->remote.rvdev);
		assert_null(remote_box.ept.rdev);
		assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
		assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
	}
}

static void a_remote_that_restarts_alone_must_wait_for_the_drivers_reset(void **state)
{
	struct fixture *f = *state;

	open_boxes(f);
	assert_int_equal(rpmsg_send(&remote_box.ept, "x", 1), 1);
	rpmsg_deinit_vdev(&f->remote.rvdev);
	assert_int_equal(fixture_init_remote(f), RPMSG_ERR_DEV_STATE);
	rpmsg_deinit_vdev(&f->host.rvdev);
	assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
}

static void a_peer_that_is_lost_after_the_link_went_down_does_no_harm(void **state)
{
	struct fixture *f = *state;

	rpmsg_deinit_vdev(&f->host.rvdev);
	/* the lock is gone: whoever takes it now stands still */
	metal_mutex_init(&f->host.rvdev.rdev.lock);
	metal_mutex_acquire(&f->host.rvdev.rdev.lock);
	alarm(10);
	amp_rpmsg_peer_lost(&f->host.rvdev);
	alarm(0);
	metal_mutex_release(&f->host.rvdev.rdev.lock);
	metal_mutex_deinit(&f->host.rvdev.rdev.lock);
	amp_rpmsg_peer_lost(NULL);
	assert_int_equal(amp_rpmsg_link_state(&f->host.rvdev), AMP_LINK_DOWN);
	assert_int_equal(amp_rpmsg_link_state(NULL), AMP_LINK_DOWN);
	assert_int_equal(amp_rpmsg_link_reason(NULL), AMP_LINK_OK);
}

static void several_devices_in_one_program_do_not_mix(void **state)
{
	struct fixture *f = *state, *g;
	static struct box other_host, other_remote;
	void *other;

	fixture_up(&other);
	g = other;
	open_boxes(f);
	box_open(&other_host, &g->host, NULL, 10, 20);
	box_open(&other_remote, &g->remote, NULL, 20, 10);
	assert_int_equal(rpmsg_send(&host_box.ept, "one", 3), 3);
	assert_int_equal(rpmsg_send(&other_host.ept, "other", 5), 5);
	fixture_poll(&g->remote);
	fixture_poll(&f->remote);
	assert_memory_equal(remote_box.data, "one", 3);
	assert_memory_equal(other_remote.data, "other", 5);
	amp_rpmsg_peer_lost(&g->remote.rvdev);
	assert_int_equal(rpmsg_send(&other_remote.ept, "x", 1), RPMSG_ERR_DEV_STATE);
	assert_int_equal(rpmsg_send(&remote_box.ept, "back", 4), 4);
	fixture_poll(&f->host);
	assert_memory_equal(host_box.data, "back", 4);
	assert_int_equal(other_host.count, 0);
	fixture_down(&other);
}

static void destroying_endpoints_of_a_lost_link_works(void **state)
{
	struct fixture *f = *state;
	static struct box named;

	box_open(&named, &f->remote, "name", 30, RPMSG_ADDR_ANY);
	amp_rpmsg_peer_lost(&f->remote.rvdev);
	rpmsg_destroy_ept(&named.ept);
	assert_int_equal(named.released, 1);
	assert_int_equal(
		rpmsg_create_ept(&named.ept, &f->remote.rvdev.rdev, "name", 30, RPMSG_ADDR_ANY, box_receive, NULL),
		RPMSG_ERR_DEV_STATE);
	assert_null(named.ept.rdev);
}

static void deinit_does_not_wait_for_a_peer_that_takes_no_messages(void **state)
{
	struct fixture *f = *state;
	unsigned long long start = metal_get_timestamp();
	static struct box named[3];

	open_boxes(f);
	for (unsigned int i = 0; i < 3; i++)
		box_open(&named[i], &f->remote, "name", 30 + i, RPMSG_ADDR_ANY);
	while (rpmsg_trysend(&remote_box.ept, "x", 1) == 1)
		;
	rpmsg_deinit_vdev(&f->remote.rvdev);
	assert_in_range(metal_get_timestamp() - start, 0, 2000000000);
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(named[i].released, 1);
}

static void init_refuses_what_cannot_work(void **state)
{
	struct rpmsg_virtio_config config = {BUF_SIZE, BUF_SIZE, false};
	struct fixture *f = *state;
	struct rpmsg_virtio_device *rvdev = &f->host.rvdev;

	assert_int_equal(rpmsg_init_vdev(NULL, f->host.vdev, NULL, &f->host.io, &f->pool), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_init_vdev(rvdev, NULL, NULL, &f->host.io, &f->pool), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_init_vdev(rvdev, f->host.vdev, NULL, NULL, &f->pool), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_init_vdev(rvdev, f->host.vdev, NULL, &f->host.io, NULL), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_init_vdev_with_config(rvdev, f->host.vdev, NULL, &f->host.io, &f->pool, NULL),
	                 RPMSG_ERR_PARAM);
	config.h2r_buf_size = 16; /* a header, and nothing behind it */
	assert_int_equal(rpmsg_init_vdev_with_config(rvdev, f->host.vdev, NULL, &f->host.io, &f->pool, &config),
	                 RPMSG_ERR_PARAM);
	config.h2r_buf_size = BUF_SIZE + 2;
	assert_int_equal(rpmsg_init_vdev_with_config(rvdev, f->host.vdev, NULL, &f->host.io, &f->pool, &config),
	                 RPMSG_ERR_PARAM);
	config.h2r_buf_size = BUF_SIZE;
	rpmsg_virtio_init_shm_pool(&f->pool, seen_by(VIRTIO_DEV_DRIVER, f->shm->buffers),
	                           2 * BUF_SIZE - 1); /* one buffer: not for both directions */
	assert_int_equal(rpmsg_init_vdev_with_config(rvdev, f->host.vdev, NULL, &f->host.io, &f->pool, &config),
	                 RPMSG_ERR_NO_BUFF);
	rpmsg_virtio_init_shm_pool(&f->pool, f + 1, 2 * BUF_SIZE); /* not in the shared memory */
	assert_int_equal(rpmsg_init_vdev_with_config(rvdev, f->host.vdev, NULL, &f->host.io, &f->pool, &config),
	                 RPMSG_ERR_NO_BUFF);
	assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
}

static void buffer_sizes_can_differ_by_direction(void **state)
{
	struct rpmsg_virtio_config config = {.h2r_buf_size = 64, .r2h_buf_size = 128, .split_shpool = true};
	struct rpmsg_virtio_shm_pool pools[2];
	struct fixture *f = *state;

	rpmsg_virtio_init_shm_pool(&pools[0], seen_by(VIRTIO_DEV_DRIVER, f->shm->buffers), 64 * 3);
	rpmsg_virtio_init_shm_pool(&pools[1], seen_by(VIRTIO_DEV_DRIVER, f->shm->buffers + 192), 128 * 2);
	assert_int_equal(rpmsg_init_vdev_with_config(&f->host.rvdev, f->host.vdev, NULL, &f->host.io, pools, &config),
	                 0);
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
	open_boxes(f);
	assert_int_equal(rpmsg_get_tx_buffer_size(&host_box.ept), 48);
	assert_int_equal(rpmsg_get_rx_buffer_size(&host_box.ept), 112);
	assert_int_equal(rpmsg_get_tx_buffer_size(&remote_box.ept), 112);
	assert_int_equal(rpmsg_virtio_get_buffer_size(&f->host.rvdev.rdev), 48);
	assert_int_equal(pools[0].avail, 0);
	assert_int_equal(pools[1].avail, 0);
	assert_int_equal(rpmsg_trysend(&host_box.ept, f, 49), RPMSG_ERR_BUFF_SIZE);
	assert_int_equal(rpmsg_trysend(&host_box.ept, f, 48), 48);
	assert_int_equal(rpmsg_get_rx_buffer_size(&remote_box.ept), 48);
	fixture_poll(&f->remote);
	assert_int_equal(rpmsg_trysend(&remote_box.ept, f, 113), RPMSG_ERR_BUFF_SIZE);
	assert_int_equal(rpmsg_trysend(&remote_box.ept, f, 64), 64);
	assert_int_equal(rpmsg_trysend(&remote_box.ept, f, 64), 64);
	assert_int_equal(rpmsg_trysend(&remote_box.ept, f, 64), RPMSG_ERR_NO_BUFF);
}

static void buffers_that_lie_across_pages_which_are_not_adjacent_are_left_out(void **state)
{
	static const struct rpmsg_virtio_config config = {2 * BUF_SIZE, 2 * BUF_SIZE, false};
	static metal_phys_addr_t pages[(sizeof(struct shared) + 255) / 256];
	struct fixture *f = *state;
	size_t start = offsetof(struct shared, buffers);
	unsigned int fit = 0, num;

	/* The pool begins so that a buffer lies across the end of each page. */
	start += (320 - start % 256) % 256;
	num = (unsigned int)((offsetof(struct shared, guard3) - start) / (2 * BUF_SIZE));
	for (unsigned int i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		pages[i] = PHYS_BASE + 512 * i;
	for (unsigned int i = 0; i < num; i++)
		fit += (start + i * 2 * BUF_SIZE) % 256 + 2 * BUF_SIZE <= 256;
	assert_in_range(fit, 2, num - 2);
	metal_io_init(&f->host.io, f->host.io.virt, pages, sizeof(*f->shm), 8, SHARED_MEMORY_FLAGS, NULL);
	metal_io_init(&f->remote.io, f->remote.io.virt, pages, sizeof(*f->shm), 8, SHARED_MEMORY_FLAGS, NULL);
	rpmsg_virtio_init_shm_pool(&f->pool, (char *)f->host.io.virt + start, num * 2 * BUF_SIZE);
	if (!AMP_WITH_PAGE_MAPS) {
		assert_int_equal(
			rpmsg_init_vdev_with_config(&f->host.rvdev, f->host.vdev, NULL, &f->host.io, &f->pool, &config),
			RPMSG_ERR_PARAM);
		return;
	}
	assert_int_equal(
		rpmsg_init_vdev_with_config(&f->host.rvdev, f->host.vdev, NULL, &f->host.io, &f->pool, &config),
		RPMSG_SUCCESS);
	assert_int_equal(f->host.rvdev.rvq->vq_available_idx + f->host.rvdev.reclaimed, fit);
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
	open_boxes(f);
	for (unsigned int i = 0; i < 20; i++) {
		assert_int_equal(rpmsg_trysend(&host_box.ept, f, PAYLOAD), PAYLOAD);
		fixture_poll(&f->remote);
		assert_int_equal(rpmsg_trysend(&remote_box.ept, f, PAYLOAD), PAYLOAD);
		fixture_poll(&f->host);
	}
	assert_int_equal(host_box.count, 20);
	assert_int_equal(remote_box.count, 20);
}

static void every_error_and_reason_has_a_text(void **state)
{
	(void)state;
	for (int i = RPMSG_EOPNOTSUPP; i <= RPMSG_ERR_NO_MEM; i++)
		assert_string_not_equal(amp_strerror(i), "unknown error");
	for (int i = ERROR_VQUEUE_INVLD_PARAM; i <= ERROR_VRING_FULL; i++)
		assert_string_not_equal(amp_strerror(i), "unknown error");
	assert_string_equal(amp_strerror(1), "unknown error");
	for (int i = 0; i < AMP_LINK_REASON_COUNT; i++)
		assert_string_not_equal(amp_link_reason_text(i), "unknown reason");
	assert_string_equal(amp_link_reason_text(-1), "unknown reason");
	assert_string_equal(amp_link_reason_text(AMP_LINK_REASON_COUNT), "unknown reason");
}

int main(void)
{
#define LINK_TEST(name)   cmocka_unit_test_setup_teardown(name, fixture_up, fixture_down)
#define DEVICE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_devices, fixture_down)
	const struct CMUnitTest tests[] = {
		LINK_TEST(a_send_without_a_free_buffer_is_refused_at_once_or_after_the_time_out),
		LINK_TEST(a_waiting_send_goes_on_when_a_buffer_comes_back),
		LINK_TEST(the_wait_callback_can_leave_the_waiting_to_the_port_or_end_it),
		LINK_TEST(a_waiting_send_ends_at_once_when_the_peer_is_gone),
		LINK_TEST(a_waiting_send_ends_at_once_when_the_driver_resets),
		LINK_TEST(both_sides_out_of_buffers_is_no_deadlock),
		LINK_TEST(a_message_that_comes_with_the_awaited_buffer_is_received),
		LINK_TEST(a_waiting_side_hears_of_returned_buffers_once_or_of_each_as_configured),
		LINK_TEST(kicks_are_sent_only_where_somebody_waits_for_them),
		LINK_TEST(messages_that_come_while_others_are_handled_need_no_kick_and_are_not_lost),
		LINK_TEST(a_message_that_another_context_has_seen_is_not_left_behind),
		LINK_TEST(sends_are_refused_after_the_peer_is_gone),
		LINK_TEST(a_kick_after_a_reset_reports_it_once),
		LINK_TEST(a_reset_that_came_and_went_unseen_is_noticed),
		LINK_TEST(such_a_reset_is_noticed_by_the_kick_for_new_buffers_alone),
		DEVICE_TEST(a_driver_that_comes_up_kicks_whatever_the_devices_flag_says),
		LINK_TEST(a_link_comes_up_again_after_each_restart_of_the_host),
		LINK_TEST(a_remote_that_restarts_alone_must_wait_for_the_drivers_reset),
		LINK_TEST(a_peer_that_is_lost_after_the_link_went_down_does_no_harm),
		LINK_TEST(several_devices_in_one_program_do_not_mix),
		LINK_TEST(destroying_endpoints_of_a_lost_link_works),
		LINK_TEST(deinit_does_not_wait_for_a_peer_that_takes_no_messages),
		DEVICE_TEST(init_refuses_what_cannot_work),
		DEVICE_TEST(buffer_sizes_can_differ_by_direction),
		DEVICE_TEST(buffers_that_lie_across_pages_which_are_not_adjacent_are_left_out),
		cmocka_unit_test(every_error_and_reason_has_a_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
