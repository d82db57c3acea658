// SPDX-License-Identifier: GPL-2.0-only
/* Queues and interrupts of a device made of register hooks. */
#include "fixture.h"

#include <amprelay/link.h>
#include <openamp/rpmsg_virtio.h>

#include <metal/utilities.h>

/* ------------------------------------------------------------------ queues */

static void a_buffer_goes_to_the_device_and_comes_back(void **state)
{
	char *data = (char *)shm + SHM_SIZE - 64;
	struct virtqueue_buf buf = {data, 64};
	uint32_t len;

	(void)state;
	virtio_negotiate_features(&vmdev.vdev, 0, NULL);
	assert_ptr_equal(setup(0), vqs[0]);
	assert_ptr_equal(setup(1), vqs[1]);
	virtio_mmio_register_device(&vmdev.vdev, FAKE_QUEUES, vqs);
	assert_int_equal(vmdev.vdev.vrings_num, FAKE_QUEUES);
	assert_ptr_equal(vmdev.vdev.vrings_info[1].vq, vqs[1]);
	assert_int_equal(vmdev.vdev.vrings_info[1].info.num_descs, 8);
	virtio_set_status(&vmdev.vdev, VIRTIO_CONFIG_STATUS_DRIVER_OK);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(virtqueue_add_buffer(vqs[1], &buf, 0, 1, data), 0);
		virtqueue_kick(vqs[1]);
		assert_int_equal(fake.queue[1].notified, i + 1);
		fake_echo(1, (char)('a' + i));
		called_with = NULL;
		virtio_mmio_isr(&vmdev.vdev);
		assert_int_equal(called, 2 * (i + 1)); /* one interrupt for all queues */
		assert_int_equal(fake.interrupt, 0);
		assert_ptr_equal(virtqueue_get_buffer(vqs[1], &len, NULL), data);
		assert_int_equal(len, 64);
		assert_int_equal(data[63], 'a' + i);
	}
	assert_int_equal(logged, 0);
}

static void a_ring_is_as_large_as_both_sides_allow(void **state)
{
	static const struct {
		uint32_t device;
		unsigned int room;
		uint32_t num;
	} size[] = {{8, 8, 8}, {4, 8, 4}, {16, 8, 8}, {7, 8, 4}, {1, 8, 1}, {32768, 8, 8}, {8, 5, 4}};
	struct virtqueue *vq;

	(void)state;
	for (unsigned int i = 0; i < metal_dim(size); i++) {
		virtio_reset_device(&vmdev.vdev);
		fake.queue[0].num_max = size[i].device;
		vq = virtqueue_allocate(size[i].room);
		assert_ptr_equal(virtio_mmio_setup_virtqueue(&vmdev.vdev, 0, vq, NULL, NULL, "q"), vq);
		assert_int_equal(fake.queue[0].num, size[i].num);
		assert_int_equal(vq->vq_nentries, size[i].num);
		virtio_reset_device(&vmdev.vdev);
		virtqueue_free(vq);
	}
}

static void a_queue_that_the_device_cannot_have_is_refused(void **state)
{
	struct virtqueue *no_room = virtqueue_allocate(0);

	(void)state;
	fake.queue[0].num_max = 0;
	assert_null(setup(0));
	assert_null(virtio_mmio_setup_virtqueue(&vmdev.vdev, 1, no_room, NULL, NULL, "q"));
	assert_null(virtio_mmio_setup_virtqueue(&vmdev.vdev, FAKE_QUEUES, vqs[0], NULL, NULL, NULL));
	fake.queue[0].num_max = VIRTQUEUE_MAX_DESC + 1;
	assert_null(setup(0));
	assert_int_equal(fake.status, VIRTIO_CONFIG_STATUS_FAILED);
	virtqueue_free(no_room);
}

static void a_queue_in_use_is_refused(void **state)
{
	(void)state;
	assert_non_null(setup(0));
	assert_null(setup(0));
	/* by somebody else, as the device says */
	fake.queue[1].pfn = 1;
	fake.queue[1].ready = 1;
	assert_null(setup(1));
}

static void queues_of_a_device_can_change_places_after_a_reset(void **state)
{
	(void)state;
	assert_non_null(setup(0));
	assert_non_null(setup(1));
	virtio_reset_device(&vmdev.vdev);
	assert_ptr_equal(virtio_mmio_setup_virtqueue(&vmdev.vdev, 1, vqs[0], NULL, NULL, "q"), vqs[0]);
	assert_ptr_equal(virtio_mmio_setup_virtqueue(&vmdev.vdev, 0, vqs[1], NULL, NULL, "q"), vqs[1]);
	assert_ptr_not_equal(vqs[0]->vq_ring.desc, vqs[1]->vq_ring.desc);
	assert_int_equal(fake_allocated, fake_freed + 2);
}

static void a_device_that_does_not_take_the_ring_is_reported(void **state)
{
	(void)state;
	fake.refuses_rings = true;
	assert_null(setup(0));
	assert_int_equal(logged, 1);
	fake.refuses_rings = false;
	assert_non_null(setup(0));
}

static void a_ring_of_the_application_is_used(void **state)
{
	struct virtqueue *vq = vqs[0];

	(void)state;
	vq->vq_nentries = 8;
	vq->vq_free_cnt = 8;
	vq->vq_ring.desc = (struct vring_desc *)(void *)(shm + 8192);
	assert_non_null(setup(0));
	assert_int_equal(fake_allocated, 0);
	assert_ptr_equal(vq->vq_ring.desc, shm + 8192);
	if (fake.version == 1)
		assert_int_equal(fake.queue[0].pfn, (SHM_PHYS + 8192) / 4096);
	else
		assert_int_equal(fake.queue[0].desc, SHM_PHYS + 8192);
}

static void rings_outside_the_shared_memory_or_misaligned_are_refused(void **state)
{
	static const metal_phys_addr_t odd = SHM_PHYS + 16;
	static uint8_t elsewhere[16384] __attribute__((__aligned__(4096)));
	uint8_t *const bad[] = {elsewhere, shm + 8, shm + 2048, shm + SHM_SIZE - 4096};
	struct virtqueue *vq;

	(void)state;
	for (unsigned int i = 0; i < metal_dim(bad); i++) {
		vq = virtqueue_allocate(8);
		vq->vq_nentries = 8;
		vq->vq_ring.desc = (struct vring_desc *)(void *)bad[i];
		assert_null(virtio_mmio_setup_virtqueue(&vmdev.vdev, 0, vq, NULL, NULL, "q"));
		assert_int_equal(fake.queue[0].pfn | fake.queue[0].ready, 0);
		virtqueue_free(vq);
	}
	vmdev.vdev.mmops = NULL;
	assert_null(setup(1));
	/* aligned here, but not where the device sees it */
	vmdev.vdev.mmops = &fake_mmops;
	vmdev.shm_io.physmap = &odd;
	assert_null(setup(1));
	assert_int_equal(shm[8], 0xa5);
}

/* ------------------------------------------------------------------ device types with queues of their own */

static int create(unsigned int count)
{
	const char *names[FAKE_QUEUES + 1] = {"a", "b", "c"};
	vq_callback callbacks[FAKE_QUEUES + 1] = {on_vq, on_vq, on_vq};
	void *args[FAKE_QUEUES + 1] = {&vqs[0], &vqs[1], NULL};

	return virtio_create_virtqueues(&vmdev.vdev, 0, count, names, callbacks, args);
}

static void queues_are_created_deleted_and_created_again_on_the_same_rings(void **state)
{
	(void)state;
	virtio_mmio_register_device(&vmdev.vdev, FAKE_QUEUES, vqs);
	assert_int_equal(create(FAKE_QUEUES + 1), ERROR_VQUEUE_INVLD_PARAM);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(create(FAKE_QUEUES), 0);
		assert_true(fake.queue[1].pfn || fake.queue[1].ready);
		called = 0;
		fake.interrupt = VIRTIO_MMIO_INT_VRING;
		virtio_mmio_isr(&vmdev.vdev);
		assert_int_equal(called, 2);
		assert_ptr_equal(called_with, &vqs[0]);
		virtio_delete_virtqueues(&vmdev.vdev);
		assert_int_equal(fake.queue[1].pfn | fake.queue[1].ready, 0);
		fake.interrupt = VIRTIO_MMIO_INT_VRING;
		virtio_mmio_isr(&vmdev.vdev);
		assert_int_equal(called, 2);
	}
	assert_int_equal(fake_allocated, 2);
}

static void a_failed_creation_leaves_no_queue_behind(void **state)
{
	(void)state;
	virtio_mmio_register_device(&vmdev.vdev, FAKE_QUEUES, vqs);
	fake.queue[1].num_max = 0;
	assert_int_equal(create(FAKE_QUEUES), ERROR_VQUEUE_INVLD_PARAM);
	assert_int_equal(fake.queue[0].pfn | fake.queue[0].ready, 0);
	fake.queue[1].num_max = 8;
	assert_int_equal(create(FAKE_QUEUES), 0);
}

static void a_device_that_keeps_a_stopped_queue_is_out_of_use(void **state)
{
	(void)state;
	virtio_mmio_register_device(&vmdev.vdev, FAKE_QUEUES, vqs);
	assert_int_equal(create(FAKE_QUEUES), 0);
	fake.keeps_rings = true;
	virtio_delete_virtqueues(&vmdev.vdev);
	assert_int_equal(fake.status, VIRTIO_CONFIG_STATUS_FAILED);
	assert_int_equal(logged, 1);
}

static void rpmsg_runs_over_it(void **state)
{
	static struct rpmsg_virtio_device rvdev;
	struct rpmsg_virtio_config config = {64, 64, false};
	struct rpmsg_virtio_shm_pool pool;

	(void)state;
	virtio_mmio_register_device(&vmdev.vdev, FAKE_QUEUES, vqs);
	rpmsg_virtio_init_shm_pool(&pool, shm + SHM_SIZE - 1024, 1024);
	assert_int_equal(rpmsg_init_vdev_with_config(&rvdev, &vmdev.vdev, NULL, &vmdev.shm_io, &pool, &config), 0);
	assert_int_equal(fake.status & 7, 7);
	assert_int_equal(fake.queue[0].notified, 1);
	rpmsg_deinit_vdev(&rvdev);
	assert_int_equal(fake.status, 0);
	/* and once more */
	rpmsg_virtio_init_shm_pool(&pool, shm + SHM_SIZE - 1024, 1024);
	assert_int_equal(rpmsg_init_vdev_with_config(&rvdev, &vmdev.vdev, NULL, &vmdev.shm_io, &pool, &config), 0);
	rpmsg_deinit_vdev(&rvdev);
}

static void take_all_down(struct rpmsg_virtio_device *rvdev, int reason, void *arg)
{
	(void)reason, (void)arg;
	called++;
	rpmsg_deinit_vdev(rvdev);
	amp_virtio_mmio_release(&vmdev);
	assert_non_null(vmdev.vdev.func);
	assert_int_equal(fake_freed, 0);
}

static void release(struct virtio_device *vdev)
{
	resets++;
	amp_virtio_mmio_release(&vmdev);
	assert_non_null(vdev->func);
}

static void in_a_callback_of_its_link_it_is_not_released(void **state)
{
	static struct rpmsg_virtio_device rvdev;
	struct rpmsg_virtio_config config = {64, 64, false};
	struct rpmsg_virtio_shm_pool pool;

	(void)state;
	virtio_mmio_register_device(&vmdev.vdev, FAKE_QUEUES, vqs);
	rpmsg_virtio_init_shm_pool(&pool, shm + SHM_SIZE - 1024, 1024);
	assert_int_equal(rpmsg_init_vdev_with_config(&rvdev, &vmdev.vdev, NULL, &vmdev.shm_io, &pool, &config), 0);
	amp_rpmsg_set_link_cb(&rvdev, take_all_down, NULL);
	vmdev.vdev.reset_cb = release;
	fake.status |= VIRTIO_CONFIG_STATUS_NEEDS_RESET;
	fake.interrupt = VIRTIO_MMIO_INT_CONFIG;
	virtio_mmio_isr(&vmdev.vdev);
	assert_int_equal(called, 1);
	assert_int_equal(resets, 1);
	amp_virtio_mmio_release(&vmdev);
	assert_null(vmdev.vdev.func);
}

/* ------------------------------------------------------------------ interrupts */

static void interrupts_of_neighbours_and_unknown_bits_do_no_harm(void **state)
{
	(void)state;
	assert_non_null(setup(0));
	virtio_mmio_isr(&vmdev.vdev);
	assert_int_equal(fake.acked, 0);
	fake.interrupt = 0x80000004;
	virtio_mmio_isr(&vmdev.vdev);
	assert_int_equal(fake.acked, 0x80000004);
	assert_int_equal(called, 0);
	fake.interrupt = VIRTIO_MMIO_INT_CONFIG;
	virtio_mmio_isr(&vmdev.vdev);
	assert_int_equal(resets, 0);
}

static void a_device_that_needs_a_reset_is_told_of(void **state)
{
	(void)state;
	virtio_mmio_register_device(&vmdev.vdev, FAKE_QUEUES, vqs);
	assert_int_equal(create(FAKE_QUEUES), 0);
	fake.status |= VIRTIO_CONFIG_STATUS_NEEDS_RESET;
	fake.interrupt = VIRTIO_MMIO_INT_CONFIG;
	virtio_mmio_isr(&vmdev.vdev);
	assert_int_equal(resets, 1);
	fake.interrupt = VIRTIO_MMIO_INT_CONFIG;
	virtio_mmio_isr(&vmdev.vdev);
	assert_int_equal(resets, 1);
}

static void a_device_that_is_pulled_out_is_told_of_and_left_alone(void **state)
{
	(void)state;
	virtio_mmio_register_device(&vmdev.vdev, FAKE_QUEUES, vqs);
	assert_int_equal(create(FAKE_QUEUES), 0);
	fake.interrupt = UINT32_MAX;
	virtio_mmio_isr(&vmdev.vdev);
	assert_int_equal(resets, 1);
	assert_int_equal(called, 0);
	assert_int_equal(logged, 1);
	virtio_mmio_isr(&vmdev.vdev);
	virtqueue_kick(vqs[0]);
	assert_int_equal(fake.queue[0].notified, 0);
	assert_int_equal(logged, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(a_buffer_goes_to_the_device_and_comes_back),
		BOTH(a_ring_is_as_large_as_both_sides_allow),
		BOTH(a_queue_that_the_device_cannot_have_is_refused),
		BOTH(a_queue_in_use_is_refused),
		BOTH(queues_of_a_device_can_change_places_after_a_reset),
		BOTH(a_device_that_does_not_take_the_ring_is_reported),
		BOTH(a_ring_of_the_application_is_used),
		BOTH(rings_outside_the_shared_memory_or_misaligned_are_refused),
		BOTH(queues_are_created_deleted_and_created_again_on_the_same_rings),
		BOTH(a_failed_creation_leaves_no_queue_behind),
		BOTH(a_device_that_keeps_a_stopped_queue_is_out_of_use),
		BOTH(rpmsg_runs_over_it),
		BOTH(in_a_callback_of_its_link_it_is_not_released),
		BOTH(interrupts_of_neighbours_and_unknown_bits_do_no_harm),
		BOTH(a_device_that_needs_a_reset_is_told_of),
		BOTH(a_device_that_is_pulled_out_is_told_of_and_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
