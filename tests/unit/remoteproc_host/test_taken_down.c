// SPDX-License-Identifier: GPL-2.0-only
/* A link and its virtio device are taken down as OpenAMP's applications do it: afterwards, and inside a callback. */
#include "fixture.h"

#include <openamp/rpmsg_virtio.h>

static const struct remoteproc_ops remote_ops;
static struct remoteproc remote;
static struct remoteproc_mem remote_mem;
static struct rpmsg_virtio_device host_link, remote_link;
static struct rpmsg_endpoint host_ept, remote_ept;
static struct rpmsg_virtio_shm_pool pool;

static int ignore(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept, (void)data, (void)len, (void)src, (void)priv;
	return 0;
}

static void links_up(rpmsg_ept_cb remote_cb)
{
	struct rpmsg_virtio_config config = {64, 64, false};
	struct virtio_device *vdev;

	rpmsg_virtio_init_shm_pool(&pool, memory + 0x3000, 0x800);
	vdev = remoteproc_create_virtio(&rproc, 0, VIRTIO_DEV_DRIVER, NULL);
	assert_non_null(vdev);
	assert_int_equal(rpmsg_init_vdev_with_config(&host_link, vdev, NULL, shared_mem.io, &pool, &config), 0);
	vdev = remoteproc_create_virtio(&remote, 0, VIRTIO_DEV_DEVICE, NULL);
	assert_non_null(vdev);
	assert_int_equal(rpmsg_init_vdev(&remote_link, vdev, NULL, shared_mem.io, NULL), 0);
	assert_int_equal(rpmsg_create_ept(&host_ept, &host_link.rdev, NULL, 1, 2, ignore, NULL), 0);
	assert_int_equal(rpmsg_create_ept(&remote_ept, &remote_link.rdev, NULL, 2, 1, remote_cb, NULL), 0);
}

static int setup_both(void **state)
{
	struct table *table = (struct table *)(void *)(memory + 0x100);

	if (setup(state))
		return -1;
	*table = good_table;
	remoteproc_init(&remote, &remote_ops, NULL);
	remoteproc_init_mem(&remote_mem, "shared", MEM_PA, MEM_DA, MEM_SIZE, shared_mem.io);
	remoteproc_add_mem(&remote, &remote_mem);
	return remoteproc_set_rsc_table(&rproc, &table->header, sizeof(*table)) ||
	       remoteproc_set_rsc_table(&remote, &table->header, sizeof(*table));
}

static int teardown_both(void **state)
{
	assert_int_equal(remoteproc_remove(&remote), 0);
	return teardown(state);
}

static void the_device_of_a_link_that_went_down_is_removed_by_its_own_pointer(void **state)
{
	(void)state;
	for (unsigned int turn = 0; turn < 3; turn++) {
		links_up(ignore);
		rpmsg_deinit_vdev(&remote_link);
		rpmsg_deinit_vdev(&remote_link);
		assert_int_equal(rpmsg_virtio_get_role(&remote_link), RPMSG_REMOTE);
		remoteproc_remove_virtio(&remote, remote_link.vdev);
		rpmsg_deinit_vdev(&host_link);
		assert_int_equal(rpmsg_virtio_get_role(&host_link), RPMSG_HOST);
		remoteproc_remove_virtio(&rproc, host_link.vdev);
		/* what is left is the link's memory */
		assert_int_equal(live_allocations(), 0);
		assert_int_equal(rpmsg_virtio_get_role(&remote_link), RPMSG_REMOTE);
		assert_int_equal(rpmsg_virtio_get_role(&host_link), RPMSG_HOST);
		assert_int_equal(rpmsg_virtio_get_tx_buffer_size(&host_link.rdev), RPMSG_ERR_DEV_STATE);
		rpmsg_deinit_vdev(&remote_link);
	}
}

static unsigned int called;

static int take_all_down(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept, (void)data, (void)len, (void)src, (void)priv;
	called++;
	rpmsg_deinit_vdev(&remote_link);
	remoteproc_remove_virtio(&remote, remote_link.vdev);
	assert_int_equal(remoteproc_remove(&remote), -RPROC_EAGAIN);
	return 0;
}

static void in_a_callback_a_device_stays_until_the_notification_is_over(void **state)
{
	(void)state;
	called = 0;
	for (unsigned int turn = 1; turn < 4; turn++) {
		links_up(take_all_down);
		assert_int_equal(rpmsg_send(&host_ept, "x", 1), 1);
		assert_int_equal(rpmsg_send(&host_ept, "y", 1), 1);
		assert_int_equal(remoteproc_get_notification(&remote, RSC_NOTIFY_ID_ANY), 0);
		assert_int_equal(called, turn);
		assert_false(metal_list_is_empty(&remote.vdevs));
		remoteproc_remove_virtio(&remote, remote_link.vdev);
		assert_true(metal_list_is_empty(&remote.vdevs));
		rpmsg_deinit_vdev(&host_link);
		remoteproc_remove_virtio(&rproc, host_link.vdev);
		assert_int_equal(live_allocations(), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_device_of_a_link_that_went_down_is_removed_by_its_own_pointer,
	                                        setup_both, teardown_both),
		cmocka_unit_test_setup_teardown(in_a_callback_a_device_stays_until_the_notification_is_over, setup_both,
	                                        teardown_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
