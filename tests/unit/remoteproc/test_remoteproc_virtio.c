// SPDX-License-Identifier: GPL-2.0-only
/* The virtio transport of remoteproc: what it takes from a resource table, and what it refuses. */
#include <openamp/remoteproc.h>
#include <openamp/remoteproc_virtio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NUM 8u

static struct {
	struct fw_rsc_vdev vdev;
	struct fw_rsc_vdev_vring vring[RPROC_MAX_VRINGS + 1];
	uint8_t behind[16];
} rsc __attribute__((__aligned__(8)));

static uint8_t ring[2][512] __attribute__((__aligned__(64)));
static unsigned int kicks[4], resets, callbacks[2];

static int notify(void *priv, uint32_t id)
{
	assert_ptr_equal(priv, &rsc);
	assert_in_range(id, 0, 3);
	kicks[id]++;
	return 0;
}

static void on_reset(struct virtio_device *vdev)
{
	(void)vdev;
	resets++;
}

static void on_queue(struct virtqueue *vq)
{
	callbacks[vq->vq_queue_index]++;
}

static int setup(void **state)
{
	(void)state;
	memset(&rsc, 0, sizeof(rsc));
	memset(ring, 0, sizeof(ring));
	memset(kicks, 0, sizeof(kicks));
	memset(callbacks, 0, sizeof(callbacks));
	resets = 0;
	rsc.vdev.type = RSC_VDEV;
	rsc.vdev.id = VIRTIO_ID_CONSOLE;
	rsc.vdev.num_of_vrings = 2;
	for (unsigned int i = 0; i < RPROC_MAX_VRINGS + 1; i++) {
		rsc.vring[i].num = NUM;
		rsc.vring[i].align = 64;
		rsc.vring[i].notifyid = i + 2;
	}
	return 0;
}

static struct virtio_device *create(unsigned int role)
{
	return rproc_virtio_create_vdev(role, 5, &rsc, NULL, &rsc, notify, on_reset);
}

static void a_device_is_what_its_table_says(void **state)
{
	struct virtio_device *vdev = create(VIRTIO_DEV_DEVICE);

	(void)state;
	assert_non_null(vdev);
	assert_int_equal(vdev->role, VIRTIO_DEV_DEVICE);
	assert_int_equal(vdev->notifyid, 5);
	assert_int_equal(virtio_get_devid(vdev), VIRTIO_ID_CONSOLE);
	assert_int_equal(vdev->vrings_num, 2);
	assert_int_equal(vdev->vrings_info[1].notifyid, 3);
	assert_int_equal(vdev->vrings_info[1].info.num_descs, NUM);
	rproc_virtio_remove_vdev(vdev);
	rproc_virtio_remove_vdev(NULL);
}

static void entries_that_make_no_sense_are_refused(void **state)
{
	static const uint32_t wrong_num[] = {3, 32769, 65536, 0x10008, UINT32_MAX};
	struct virtio_device *vdev;

	(void)state;
	assert_null(rproc_virtio_create_vdev(VIRTIO_DEV_DEVICE, 0, NULL, NULL, NULL, notify, NULL));
	assert_null(rproc_virtio_create_vdev(VIRTIO_DEV_DEVICE, 0, &rsc, NULL, NULL, NULL, NULL));
	assert_null(create(2));
	assert_null(rproc_virtio_create_vdev(VIRTIO_DEV_DEVICE, 0, (char *)&rsc + 2, NULL, NULL, notify, NULL));
	rsc.vdev.type = RSC_TRACE;
	assert_null(create(VIRTIO_DEV_DEVICE));
	setup(state);
	rsc.vdev.num_of_vrings = 0;
	assert_null(create(VIRTIO_DEV_DEVICE));
	rsc.vdev.num_of_vrings = RPROC_MAX_VRINGS + 1;
	assert_null(create(VIRTIO_DEV_DEVICE));
	rsc.vdev.num_of_vrings = RPROC_MAX_VRINGS;
	vdev = create(VIRTIO_DEV_DEVICE);
	assert_non_null(vdev);
	rproc_virtio_remove_vdev(vdev);
	rsc.vring[0].num = 32768;
	vdev = create(VIRTIO_DEV_DEVICE);
	assert_non_null(vdev);
	assert_int_equal(vdev->vrings_info[0].info.num_descs, 32768);
	rproc_virtio_remove_vdev(vdev);
	for (unsigned int i = 0; i < sizeof(wrong_num) / sizeof(wrong_num[0]); i++) {
		setup(state);
		rsc.vring[1].num = wrong_num[i];
		assert_null(create(VIRTIO_DEV_DEVICE));
		assert_null(create(VIRTIO_DEV_DRIVER));
	}
}

static void an_entry_must_lie_wholly_inside_its_region(void **state)
{
	size_t entry = sizeof(rsc.vdev) + 2 * sizeof(rsc.vring[0]);
	struct virtio_device *vdev;
	struct metal_io_region io;

	(void)state;
	metal_io_init(&io, &rsc, NULL, entry, (unsigned int)-1, 0, NULL);
	vdev = rproc_virtio_create_vdev(VIRTIO_DEV_DEVICE, 0, &rsc, &io, NULL, notify, NULL);
	assert_non_null(vdev);
	rproc_virtio_remove_vdev(vdev);
	rsc.vdev.config_len = 1;
	assert_null(rproc_virtio_create_vdev(VIRTIO_DEV_DEVICE, 0, &rsc, &io, NULL, notify, NULL));
	rsc.vdev.config_len = UINT32_MAX;
	assert_null(rproc_virtio_create_vdev(VIRTIO_DEV_DEVICE, 0, &rsc, &io, NULL, notify, NULL));
	rsc.vdev.config_len = 0;
	metal_io_init(&io, &rsc, NULL, entry - 1, (unsigned int)-1, 0, NULL);
	assert_null(rproc_virtio_create_vdev(VIRTIO_DEV_DEVICE, 0, &rsc, &io, NULL, notify, NULL));
	metal_io_init(&io, &rsc, NULL, sizeof(rsc.vdev) - 1, (unsigned int)-1, 0, NULL);
	assert_null(rproc_virtio_create_vdev(VIRTIO_DEV_DEVICE, 0, &rsc, &io, NULL, notify, NULL));
	metal_io_init(&io, ring, NULL, sizeof(ring), (unsigned int)-1, 0, NULL);
	assert_null(rproc_virtio_create_vdev(VIRTIO_DEV_DEVICE, 0, &rsc, &io, NULL, notify, NULL));
}

static void vrings_that_make_no_sense_are_refused(void **state)
{
	struct virtio_device *vdev = create(VIRTIO_DEV_DRIVER);
	struct metal_io_region io;

	(void)state;
	metal_io_init(&io, ring, NULL, (size_t)vring_size(NUM, 64), (unsigned int)-1, 0, NULL);
	assert_int_equal(rproc_virtio_init_vring(vdev, 1, 9, ring, &io, NUM, 64), 0);
	assert_int_equal(vdev->vrings_info[1].notifyid, 9);
	assert_int_equal(rproc_virtio_init_vring(NULL, 0, 0, ring, &io, NUM, 64), -RPROC_EINVAL);
	assert_int_equal(rproc_virtio_init_vring(vdev, 2, 0, ring, &io, NUM, 64), -RPROC_EINVAL);
	assert_int_equal(rproc_virtio_init_vring(vdev, 0, 0, NULL, &io, NUM, 64), -RPROC_EINVAL);
	assert_int_equal(rproc_virtio_init_vring(vdev, 0, 0, ring, &io, 0, 64), -RPROC_EINVAL);
	assert_int_equal(rproc_virtio_init_vring(vdev, 0, 0, ring, &io, NUM - 1, 64), -RPROC_EINVAL);
	assert_int_equal(rproc_virtio_init_vring(vdev, 0, 0, ring, &io, 65536, 64), -RPROC_EINVAL);
	assert_int_equal(rproc_virtio_init_vring(vdev, 0, 0, ring, &io, NUM, 0), -RPROC_EINVAL);
	assert_int_equal(rproc_virtio_init_vring(vdev, 0, 0, ring, &io, NUM, 48), -RPROC_EINVAL);
	assert_int_equal(rproc_virtio_init_vring(vdev, 0, 0, ring, &io, NUM, 1u << 17), -RPROC_EINVAL);
	assert_int_equal(rproc_virtio_init_vring(vdev, 0, 0, ring[0] + 32, &io, NUM, 64), -RPROC_EINVAL);
	assert_int_equal(rproc_virtio_init_vring(vdev, 0, 0, ring[1], &io, NUM, 64), -RPROC_EINVAL); /* not in io */
	io.size--;
	assert_int_equal(rproc_virtio_init_vring(vdev, 0, 0, ring, &io, NUM, 64), -RPROC_EINVAL);
	/* alignments: the smallest, and one step beyond; descriptors hold 64-bit words */
	assert_int_equal(rproc_virtio_init_vring(vdev, 0, 0, ring, NULL, NUM, 2), -RPROC_EINVAL);
	assert_int_equal(rproc_virtio_init_vring(vdev, 0, 0, ring, NULL, NUM, 4), 0);
	assert_int_equal(rproc_virtio_init_vring(vdev, 0, 0, ring[0] + 4, NULL, NUM, 4), -RPROC_EINVAL);
	assert_int_equal(rproc_virtio_init_vring(vdev, 0, 0, ring[0] + 8, NULL, NUM, 4), 0);
	assert_int_equal(rproc_virtio_init_vring(vdev, 0, 0, (void *)(uintptr_t)0x10000, NULL, NUM, 65536), 0);
	assert_int_equal(rproc_virtio_init_vring(vdev, 0, 0, (void *)(uintptr_t)0x20000, NULL, NUM, 1u << 17), 0);
	assert_int_equal(rproc_virtio_init_vring(vdev, 0, 0, (void *)(uintptr_t)0x30000, NULL, NUM, 1u << 17),
	                 -RPROC_EINVAL);
	rproc_virtio_remove_vdev(vdev);
}

/* Zephyr's sample hands over the region of its table for rings that lie elsewhere. */
static void a_ring_may_lie_outside_the_region_of_the_table(void **state)
{
	(void)state;
	for (unsigned int role = VIRTIO_DEV_DRIVER; role <= VIRTIO_DEV_DEVICE; role++) {
		struct virtio_device *vdev;
		struct metal_io_region io;

		metal_io_init(&io, &rsc, NULL, sizeof(rsc), (unsigned int)-1, 0, NULL);
		vdev = rproc_virtio_create_vdev(role, 0, &rsc, &io, &rsc, notify, NULL);
		assert_non_null(vdev);
		assert_int_equal(rproc_virtio_init_vring(vdev, 0, 0, ring[0], &io, 2 * NUM, 64), 0);
		assert_int_equal(rproc_virtio_init_vring(vdev, 1, 1, ring[1], NULL, NUM, 16), 0);
		/* One that a ring would fit into is asked all the same. */
		io.size = (size_t)vring_size(2 * NUM, 64);
		assert_int_equal(rproc_virtio_init_vring(vdev, 0, 0, ring[0], &io, 2 * NUM, 64), -RPROC_EINVAL);
		rproc_virtio_remove_vdev(vdev);
	}
}

/* The larger ring works: as many buffers as it has descriptors go into the driver's queue, and come out of the
 * device's. */
static void a_ring_may_be_larger_than_the_table_says_and_the_table_may_say_nothing(void **state)
{
	static uint8_t large[2048] __attribute__((__aligned__(64)));
	static const uint32_t said[] = {NUM, 0, 8 * NUM};
	static const metal_phys_addr_t phys = 0x1000;
	vq_callback callbacks_of[2] = {on_queue, on_queue};
	struct metal_io_region io;

	metal_io_init(&io, large, &phys, sizeof(large), (unsigned int)-1, 0, NULL);
	for (unsigned int i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		struct virtqueue_buf buf = {large, 4};
		struct virtio_device *vdev;
		struct virtqueue *vq;

		setup(state);
		rsc.vring[0].num = said[i];
		vdev = create(VIRTIO_DEV_DRIVER);
		assert_non_null(vdev);
		assert_int_equal(rproc_virtio_init_vring(vdev, 1, 1, ring[1], NULL, NUM, 16), 0);
		if (!said[i])
			assert_int_not_equal(virtio_create_virtqueues(vdev, 0, 2, NULL, callbacks_of, NULL), 0);
		assert_int_equal(rproc_virtio_init_vring(vdev, 0, 0, large, &io, 4 * NUM, 64), 0);
		assert_int_equal(virtio_create_virtqueues(vdev, 0, 2, NULL, callbacks_of, NULL), 0);
		vq = vdev->vrings_info[0].vq;
		virtqueue_set_shmem_io(vq, &io);
		for (unsigned int n = 0; n < 4 * NUM; n++)
			assert_int_equal(virtqueue_add_buffer(vq, &buf, 1, 0, &buf), 0);
		assert_int_equal(virtqueue_full(vq), 1);
		/* not while it is used; later again */
		assert_int_equal(rproc_virtio_init_vring(vdev, 0, 0, large, &io, 8 * NUM, 64), -RPROC_EINVAL);
		virtio_delete_virtqueues(vdev);
		assert_int_equal(rproc_virtio_init_vring(vdev, 0, 0, large, &io, 8 * NUM, 64), 0);
		assert_int_equal(virtio_create_virtqueues(vdev, 0, 2, NULL, callbacks_of, NULL), 0);
		rproc_virtio_remove_vdev(vdev);
	}
	setup(state);
	rsc.vring[1].num = 0;
	{
		struct virtio_device *vdev = create(VIRTIO_DEV_DEVICE);

		assert_non_null(vdev);
		assert_int_equal(rproc_virtio_init_vring(vdev, 1, 1, large, &io, 4 * NUM, 64), 0);
		assert_int_equal(vdev->vrings_info[1].info.num_descs, 4 * NUM);
		rproc_virtio_remove_vdev(vdev);
	}
}

static void features_are_what_both_sides_have(void **state)
{
	struct virtio_device *driver = create(VIRTIO_DEV_DRIVER), *device = create(VIRTIO_DEV_DEVICE);
	uint32_t features;

	(void)state;
	assert_int_equal(virtio_set_features(device, 0x5), 0);
	assert_int_equal(rsc.vdev.dfeatures, 0x5);
	assert_int_equal(virtio_get_features(driver, &features), 0);
	assert_int_equal(features, 0x5);
	assert_int_equal(virtio_get_features(device, &features), 0);
	assert_int_equal(features, 0);
	assert_int_equal(virtio_negotiate_features(driver, 0x3, &features), 0);
	assert_int_equal(features, 0x1);
	assert_int_equal(rsc.vdev.gfeatures, 0x1);
	rsc.vdev.gfeatures = 0xff; /* a driver that accepts what was not offered */
	assert_int_equal(virtio_get_features(device, &features), 0);
	assert_int_equal(features, 0x5);
	assert_true(virtio_has_feature(device, 2));
	assert_false(virtio_has_feature(device, 1));
	assert_false(virtio_has_feature(device, 32));
	rproc_virtio_remove_vdev(driver);
	rproc_virtio_remove_vdev(device);
}

static void the_driver_alone_writes_the_status(void **state)
{
	struct virtio_device *driver = create(VIRTIO_DEV_DRIVER), *device = create(VIRTIO_DEV_DEVICE);
	uint8_t status;

	(void)state;
	assert_int_equal(virtio_set_status(driver, VIRTIO_CONFIG_STATUS_DRIVER_OK), 0);
	assert_int_equal(virtio_get_status(device, &status), 0);
	assert_int_equal(status, VIRTIO_CONFIG_STATUS_DRIVER_OK);
	assert_int_equal(virtio_set_status(device, VIRTIO_CONFIG_STATUS_FAILED), 0);
	assert_int_equal(virtio_reset_device(device), 0);
	assert_int_equal(rsc.vdev.status, VIRTIO_CONFIG_STATUS_DRIVER_OK);
	rproc_virtio_wait_remote_ready(device);
	rproc_virtio_wait_remote_ready(driver);
	rproc_virtio_remove_vdev(device);
	assert_int_equal(rsc.vdev.status, VIRTIO_CONFIG_STATUS_DRIVER_OK);
	rproc_virtio_remove_vdev(driver);
	assert_int_equal(rsc.vdev.status, 0);
}

static void configuration_is_read_and_written_inside_its_bounds_only(void **state)
{
	struct virtio_device *vdev;
	uint8_t *config = (uint8_t *)&rsc.vring[2], data[8] = {1, 2, 3, 4, 5, 6, 7, 8};

	(void)state;
	rsc.vdev.config_len = 8;
	vdev = create(VIRTIO_DEV_DEVICE);
	rsc.vdev.config_len = 4096; /* changed later: of no effect */
	memset(config, 0xee, 24);
	assert_int_equal(virtio_write_config(vdev, 0, data, 8), 0);
	assert_memory_equal(config, data, 8);
	assert_int_equal(config[8], 0xee);
	assert_int_equal(virtio_write_config(vdev, 1, data, 8), 0);
	assert_memory_equal(config, data, 8);
	assert_int_equal(config[8], 0xee);
	assert_int_equal(virtio_write_config(vdev, 8, data, 1), 0); /* the first byte outside */
	assert_int_equal(config[8], 0xee);
	assert_int_equal(virtio_write_config(vdev, UINT32_MAX, data, 2), 0);
	assert_int_equal(virtio_write_config(vdev, 9, data, 0), 0);
	memset(data, 0, sizeof(data));
	assert_int_equal(virtio_read_config(vdev, 6, data, 2), 0);
	assert_int_equal(data[1], 8);
	assert_int_equal(virtio_read_config(vdev, 7, data, 2), 0);
	assert_int_equal(data[1], 8);
	assert_int_equal(virtio_read_config(vdev, 0, data, -1), -EINVAL);
	rproc_virtio_remove_vdev(vdev);
}

static void kicks_reach_the_queue_with_their_id(void **state)
{
	vq_callback queue_callbacks[2] = {on_queue, on_queue};
	struct virtio_device *vdev = create(VIRTIO_DEV_DEVICE);
	const char *names[2] = {"a", "b"};

	(void)state;
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(rproc_virtio_init_vring(vdev, i, i + 2, ring[i], NULL, NUM, 64), 0);
	assert_int_equal(virtio_create_virtqueues(vdev, 0, 2, names, queue_callbacks, NULL), 0);
	assert_int_equal(rproc_virtio_notified(vdev, 2), 0);
	assert_int_equal(callbacks[0], 0); /* the driver is not ready … */
	assert_int_equal(resets, 1);       /* … and was, when the queues were created */
	virtio_delete_virtqueues(vdev);
	rsc.vdev.status = VIRTIO_CONFIG_STATUS_DRIVER_OK;
	assert_int_equal(virtio_create_virtqueues(vdev, 0, 2, names, queue_callbacks, NULL), 0);
	assert_int_equal(rproc_virtio_notified(vdev, 3), 0);
	assert_int_equal(callbacks[0], 0);
	assert_int_equal(callbacks[1], 1);
	assert_int_equal(rproc_virtio_notified(vdev, 77), 0);
	assert_int_equal(rproc_virtio_notified(vdev, RSC_NOTIFY_ID_ANY), 0);
	assert_int_equal(callbacks[0], 1);
	assert_int_equal(callbacks[1], 2);
	assert_int_equal(rproc_virtio_notified(NULL, 0), -RPROC_EINVAL);
	virtqueue_kick(vdev->vrings_info[1].vq);
	assert_int_equal(kicks[3], 1);

	rsc.vdev.status = 0;
	assert_int_equal(rproc_virtio_notified(vdev, 2), 0);
	assert_int_equal(rproc_virtio_notified(vdev, 2), 0);
	assert_int_equal(resets, 2); /* each reset once */
	virtio_delete_virtqueues(vdev);
	rproc_virtio_remove_vdev(vdev);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_device_is_what_its_table_says, setup),
		cmocka_unit_test_setup(entries_that_make_no_sense_are_refused, setup),
		cmocka_unit_test_setup(an_entry_must_lie_wholly_inside_its_region, setup),
		cmocka_unit_test_setup(vrings_that_make_no_sense_are_refused, setup),
		cmocka_unit_test_setup(a_ring_may_lie_outside_the_region_of_the_table, setup),
		cmocka_unit_test_setup(a_ring_may_be_larger_than_the_table_says_and_the_table_may_say_nothing, setup),
		cmocka_unit_test_setup(features_are_what_both_sides_have, setup),
		cmocka_unit_test_setup(the_driver_alone_writes_the_status, setup),
		cmocka_unit_test_setup(configuration_is_read_and_written_inside_its_bounds_only, setup),
		cmocka_unit_test_setup(kicks_reach_the_queue_with_their_id, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
