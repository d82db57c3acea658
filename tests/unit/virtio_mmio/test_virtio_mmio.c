/* SPDX-License-Identifier: GPL-2.0-only */
/* The virtio-mmio transport against a device made of register hooks. Most tests run for both register layouts. */
#include "fake_device.h"

#include <openamp/rpmsg_virtio.h>

#include <metal/errno.h>
#include <metal/log.h>

#include <stdlib.h>
#include <string.h>

static struct virtio_mmio_device vmdev;
static struct virtqueue *vqs[FAKE_QUEUES];
static unsigned int called, resets, logged;
static void *called_with;

static void on_queue(void *arg)
{
	called++;
	called_with = arg;
}

static void on_vq(struct virtqueue *vq)
{
	called++;
	called_with = vq->priv;
}

static void on_reset(struct virtio_device *vdev)
{
	assert_ptr_equal(vdev, &vmdev.vdev);
	resets++;
}

static void count_log(enum metal_log_level level, const char *format, ...)
{
	(void)format;
	logged += level <= METAL_LOG_ERROR;
}

static int init(void)
{
	memset(&vmdev, 0, sizeof(vmdev));
	vmdev.device_mode = VIRTIO_DEV_DRIVER;
	vmdev.vdev.mmops = &fake_mmops;
	vmdev.vdev.reset_cb = on_reset;
	return amp_virtio_mmio_init_regions(&vmdev, &fake_registers, &fake_shm, &vmdev);
}

static int start(uint32_t version)
{
	int i;

	metal_set_log_handler(count_log);
	called = 0;
	resets = 0;
	logged = 0;
	shm = aligned_alloc(4096, SHM_SIZE);
	assert_non_null(shm);
	memset(shm, 0xa5, SHM_SIZE);
	fake_reset(version);
	assert_int_equal(init(), 0);
	for (i = 0; i < FAKE_QUEUES; i++)
		vqs[i] = virtqueue_allocate(8);
	return 0;
}

static int start_legacy(void **state)
{
	(void)state;
	return start(1);
}

static int start_modern(void **state)
{
	(void)state;
	return start(2);
}

static int stop(void **state)
{
	int i;

	(void)state;
	amp_virtio_mmio_release(&vmdev);
	amp_virtio_mmio_release(&vmdev);
	assert_int_equal(fake_allocated, fake_freed);
	for (i = 0; i < FAKE_QUEUES; i++)
		virtqueue_free(vqs[i]);
	free(shm);
	return 0;
}

static struct virtqueue *setup(unsigned int idx)
{
	return virtio_mmio_setup_virtqueue(&vmdev.vdev, idx, vqs[idx], on_queue, &vqs[idx], "queue");
}

/* ------------------------------------------------------------------ identity */

static void the_device_is_identified_reset_and_told_of_a_driver(void **state)
{
	(void)state;
	fake.status = VIRTIO_CONFIG_STATUS_ACK | VIRTIO_CONFIG_STATUS_DRIVER | VIRTIO_CONFIG_STATUS_DRIVER_OK;
	fake.resets_late = 5;
	assert_int_equal(init(), 0);
	assert_int_equal(fake.status, VIRTIO_CONFIG_STATUS_ACK | VIRTIO_CONFIG_STATUS_DRIVER);
	assert_int_equal(virtio_get_devid(&vmdev.vdev), VIRTIO_ID_CONSOLE);
	assert_int_equal(vmdev.vdev.id.vendor, 0x1234);
	assert_int_equal(vmdev.vdev.id.version, fake.version);
	assert_ptr_equal(vmdev.user_data, &vmdev);
}

static void what_is_no_device_is_refused_by_name(void **state)
{
	uint32_t version = fake.version;

	(void)state;
	fake.magic ^= 1;
	assert_int_equal(init(), -ENODEV);
	fake.magic ^= 1;
	for (fake.version = 0; fake.version < 5; fake.version += 3)
		assert_int_equal(init(), -EOPNOTSUPP);
	fake.version = version;
	fake.id = 0;
	assert_int_equal(init(), -ENODEV);
	fake.id = UINT32_MAX;
	assert_int_equal(init(), -ENODEV);
	fake.id = 3;
	fake_registers.size = 0xff;
	assert_int_equal(init(), -EINVAL);
	fake_registers.size = 0x100;
	assert_int_equal(init(), 0);
}

static void a_modern_device_without_version_1_is_refused(void **state)
{
	(void)state;
	fake.offered[1] = 0;
	assert_int_equal(init(), -EOPNOTSUPP);
	assert_int_equal(fake.status, VIRTIO_CONFIG_STATUS_FAILED);
}

static void a_device_that_does_not_get_reset_is_given_up_in_time(void **state)
{
	(void)state;
	fake.ignores_reset = true;
	assert_int_equal(init(), -ETIMEDOUT);
	assert_int_equal(logged, 1);
	fake.ignores_reset = false;
	assert_int_equal(init(), 0);
}

static void arguments_that_make_no_sense_are_refused(void **state)
{
	struct virtio_mmio_device other;

	(void)state;
	memset(&other, 0, sizeof(other));
	assert_int_equal(virtio_mmio_device_init(NULL, 1, 1, NULL), -EINVAL);
	assert_int_equal(virtio_mmio_device_init(&other, 0, 1, NULL), -EINVAL);
	assert_int_equal(virtio_mmio_device_init(&other, 1, 0, NULL), -EINVAL);
	assert_int_equal(amp_virtio_mmio_init_regions(NULL, &fake_registers, &fake_shm, NULL), -EINVAL);
	assert_int_equal(amp_virtio_mmio_init_regions(&other, NULL, &fake_shm, NULL), -EINVAL);
	assert_int_equal(amp_virtio_mmio_init_regions(&other, &fake_registers, NULL, NULL), -EINVAL);
	other.device_mode = VIRTIO_DEV_DEVICE;
	assert_int_equal(amp_virtio_mmio_init_regions(&other, &fake_registers, &fake_shm, NULL), -EINVAL);
	assert_null(virtio_mmio_setup_virtqueue(NULL, 0, vqs[0], on_queue, NULL, "q"));
	assert_null(virtio_mmio_setup_virtqueue(&vmdev.vdev, 0, NULL, on_queue, NULL, "q"));
	assert_null(virtio_mmio_setup_virtqueue(&vmdev.vdev, 65536, vqs[0], on_queue, NULL, "q"));
	virtio_mmio_register_device(NULL, 1, vqs);
	virtio_mmio_register_device(&vmdev.vdev, 0, vqs);
	virtio_mmio_register_device(&vmdev.vdev, -1, vqs);
	virtio_mmio_register_device(&vmdev.vdev, 32769, vqs);
	virtio_mmio_register_device(&vmdev.vdev, 1, NULL);
	assert_int_equal(vmdev.vdev.vrings_num, 0);
	virtio_mmio_isr(NULL);
	amp_virtio_mmio_release(NULL);
}

static void registers_in_plain_memory_work_too(void **state)
{
	static uint32_t registers[64 + 4];
	struct virtio_mmio_device plain;

	(void)state;
	memset(&plain, 0, sizeof(plain));
	registers[0] = 0x74726976;
	registers[1] = 1;
	registers[2] = VIRTIO_ID_ENTROPY;
	plain.device_mode = VIRTIO_DEV_DRIVER;
	plain.cfg_mem.base = registers;
	plain.cfg_mem.size = sizeof(registers);
	plain.shm_mem.base = (void *)(uintptr_t)SHM_PHYS;
	plain.shm_mem.size = SHM_SIZE;
	assert_int_equal(virtio_mmio_device_init(&plain, (uintptr_t)shm, (uintptr_t)registers, NULL), 0);
	assert_int_equal(registers[0x70 / 4], VIRTIO_CONFIG_STATUS_ACK | VIRTIO_CONFIG_STATUS_DRIVER);
	assert_int_equal(metal_io_virt_to_phys(&plain.shm_io, shm + 16), SHM_PHYS + 16);
	amp_virtio_mmio_release(&plain);
}

/* ------------------------------------------------------------------ status and features */

static void features_are_those_that_both_have(void **state)
{
	uint32_t features;

	(void)state;
	assert_int_equal(virtio_get_features(&vmdev.vdev, &features), 0);
	assert_int_equal(features, 0x30000003);
	assert_int_equal(virtio_negotiate_features(&vmdev.vdev, 0x30000006, &features), 0);
	assert_int_equal(features, 2);
	assert_int_equal(fake.accepted[0], 2);
	assert_int_equal(fake.accepted[1], fake.version == 2);
	assert_true(virtio_has_feature(&vmdev.vdev, 1));
	assert_false(virtio_has_feature(&vmdev.vdev, 0));
	/* once only */
	assert_int_equal(virtio_negotiate_features(&vmdev.vdev, 1, &features), 0);
	assert_int_equal(features, 2);
	assert_int_equal(virtio_reset_device(&vmdev.vdev), 0);
	assert_int_equal(virtio_set_features(&vmdev.vdev, 1), 0);
	assert_int_equal(fake.accepted[0], 1);
}

static void status_bits_add_up_until_the_reset(void **state)
{
	uint8_t status;

	(void)state;
	assert_int_equal(virtio_set_status(&vmdev.vdev, VIRTIO_CONFIG_STATUS_DRIVER_OK), 0);
	assert_int_equal(virtio_get_status(&vmdev.vdev, &status), 0);
	assert_int_equal(status & ~VIRTIO_CONFIG_FEATURES_OK, 7);
	assert_int_equal(!!(status & VIRTIO_CONFIG_FEATURES_OK), fake.version == 2);
	assert_int_equal(virtio_set_status(&vmdev.vdev, 0), 0);
	assert_int_equal(fake.status, 0);
}

static void a_device_that_refuses_its_own_features_is_out_of_use(void **state)
{
	uint32_t features = 1;
	uint8_t status;

	(void)state;
	fake.refuses_features = true;
	assert_int_equal(virtio_negotiate_features(&vmdev.vdev, 1, &features), 0);
	assert_int_equal(features, 0);
	assert_int_equal(fake.status, VIRTIO_CONFIG_STATUS_FAILED);
	assert_int_equal(virtio_get_features(&vmdev.vdev, &features), 0);
	assert_int_equal(features, 0);
	assert_int_equal(virtio_get_status(&vmdev.vdev, &status), 0);
	assert_int_equal(status, VIRTIO_CONFIG_STATUS_FAILED);
	assert_null(setup(0));
	assert_int_equal(logged, 2);
}

static void a_status_that_is_no_byte_puts_the_device_out_of_use(void **state)
{
	uint8_t status;

	(void)state;
	fake.status_bits = 0x100;
	assert_int_equal(virtio_get_status(&vmdev.vdev, &status), 0);
	assert_int_equal(status, VIRTIO_CONFIG_STATUS_FAILED);
	fake.status_bits = 0;
	/* a reset leads on */
	virtio_reset_device(&vmdev.vdev);
	assert_non_null(setup(0));
}

/* ------------------------------------------------------------------ configuration space */

static void configuration_is_read_and_written_in_pieces_of_its_fields(void **state)
{
	uint8_t buf[FAKE_CONFIG] = {0};
	static const uint8_t expected[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
	static const struct {
		uint32_t offset;
		int len, width;
	} piece[] = {{0, 4, 4}, {2, 4, 1}, {8, 8, 4}, {6, 2, 2}, {5, 2, 1}, {15, 1, 1}, {0, 16, 1}};
	unsigned int i;

	(void)state;
	for (i = 0; i < metal_dim(piece); i++) {
		memset(buf, 0, sizeof(buf));
		assert_int_equal(virtio_read_config(&vmdev.vdev, piece[i].offset, buf, piece[i].len), 0);
		assert_memory_equal(buf, expected + piece[i].offset, (size_t)piece[i].len);
		assert_int_equal(fake.config_width, piece[i].width);
	}
	assert_int_equal(virtio_write_config(&vmdev.vdev, 4, "abcd", 4), 0);
	assert_memory_equal(fake.config + 4, "abcd", 4);
	assert_int_equal(fake.config_width, 4);
}

static void nothing_outside_the_configuration_is_touched(void **state)
{
	static const uint8_t zero[FAKE_CONFIG + 1];
	uint8_t buf[FAKE_CONFIG + 1];

	(void)state;
	fake.config_width = 0;
	memset(buf, 'x', sizeof(buf));
	assert_int_equal(virtio_read_config(&vmdev.vdev, 0, buf, FAKE_CONFIG + 1), 0);
	assert_memory_equal(buf, zero, sizeof(buf));
	virtio_read_config(&vmdev.vdev, FAKE_CONFIG, buf, 1);
	virtio_read_config(&vmdev.vdev, UINT32_MAX, buf, 4);
	virtio_write_config(&vmdev.vdev, FAKE_CONFIG - 3, buf, 4);
	virtio_write_config(&vmdev.vdev, UINT32_MAX - 3, buf, 4);
	assert_int_equal(fake.config_width, 0);
	assert_int_equal(logged, 5);
	virtio_read_config(&vmdev.vdev, FAKE_CONFIG, buf, 0);
	assert_int_equal(logged, 5);
}

static void a_configuration_that_never_rests_ends_in_an_error(void **state)
{
	uint8_t buf[4] = {9, 9, 9, 9};

	(void)state;
	fake.changes_config = true;
	assert_int_equal(virtio_read_config(&vmdev.vdev, 0, buf, 4), 0);
	assert_int_equal(buf[0], 0);
	assert_int_equal(fake.status, VIRTIO_CONFIG_STATUS_FAILED);
}

/* ------------------------------------------------------------------ queues */

static void a_buffer_goes_to_the_device_and_comes_back(void **state)
{
	char *data = (char *)shm + SHM_SIZE - 64;
	struct virtqueue_buf buf = {data, 64};
	uint32_t len;
	int i;

	(void)state;
	virtio_negotiate_features(&vmdev.vdev, 0, NULL);
	assert_ptr_equal(setup(0), vqs[0]);
	assert_ptr_equal(setup(1), vqs[1]);
	virtio_mmio_register_device(&vmdev.vdev, FAKE_QUEUES, vqs);
	assert_int_equal(vmdev.vdev.vrings_num, FAKE_QUEUES);
	assert_ptr_equal(vmdev.vdev.vrings_info[1].vq, vqs[1]);
	assert_int_equal(vmdev.vdev.vrings_info[1].info.num_descs, 8);
	virtio_set_status(&vmdev.vdev, VIRTIO_CONFIG_STATUS_DRIVER_OK);
	for (i = 0; i < 20; i++) {
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
	unsigned int i;

	(void)state;
	for (i = 0; i < metal_dim(size); i++) {
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
	static uint8_t elsewhere[16384] __attribute__((__aligned__(4096)));
	uint8_t *const bad[] = {elsewhere, shm + 8, shm + 2048, shm + SHM_SIZE - 4096};
	struct virtqueue *vq;
	unsigned int i;

	(void)state;
	for (i = 0; i < metal_dim(bad); i++) {
		vq = virtqueue_allocate(8);
		vq->vq_nentries = 8;
		vq->vq_ring.desc = (struct vring_desc *)(void *)bad[i];
		assert_null(virtio_mmio_setup_virtqueue(&vmdev.vdev, 0, vq, NULL, NULL, "q"));
		assert_int_equal(fake.queue[0].pfn | fake.queue[0].ready, 0);
		virtqueue_free(vq);
	}
	vmdev.vdev.mmops = NULL;
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
	int i;

	(void)state;
	virtio_mmio_register_device(&vmdev.vdev, FAKE_QUEUES, vqs);
	assert_int_equal(create(FAKE_QUEUES + 1), ERROR_VQUEUE_INVLD_PARAM);
	for (i = 0; i < 3; i++) {
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

#define BOTH(name)                                                \
	{#name " (legacy)", name, start_legacy, stop, NULL},      \
	{                                                         \
#name " (modern)", name, start_modern, stop, NULL \
	}
#define MODERN(name) cmocka_unit_test_setup_teardown(name, start_modern, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(the_device_is_identified_reset_and_told_of_a_driver),
		BOTH(what_is_no_device_is_refused_by_name),
		MODERN(a_modern_device_without_version_1_is_refused),
		MODERN(a_device_that_does_not_get_reset_is_given_up_in_time),
		BOTH(arguments_that_make_no_sense_are_refused),
		BOTH(registers_in_plain_memory_work_too),
		BOTH(features_are_those_that_both_have),
		BOTH(status_bits_add_up_until_the_reset),
		MODERN(a_device_that_refuses_its_own_features_is_out_of_use),
		BOTH(a_status_that_is_no_byte_puts_the_device_out_of_use),
		BOTH(configuration_is_read_and_written_in_pieces_of_its_fields),
		BOTH(nothing_outside_the_configuration_is_touched),
		MODERN(a_configuration_that_never_rests_ends_in_an_error),
		BOTH(a_buffer_goes_to_the_device_and_comes_back),
		BOTH(a_ring_is_as_large_as_both_sides_allow),
		BOTH(a_queue_that_the_device_cannot_have_is_refused),
		BOTH(a_queue_in_use_is_refused),
		BOTH(a_device_that_does_not_take_the_ring_is_reported),
		BOTH(a_ring_of_the_application_is_used),
		BOTH(rings_outside_the_shared_memory_or_misaligned_are_refused),
		BOTH(queues_are_created_deleted_and_created_again_on_the_same_rings),
		BOTH(a_failed_creation_leaves_no_queue_behind),
		BOTH(a_device_that_keeps_a_stopped_queue_is_out_of_use),
		BOTH(rpmsg_runs_over_it),
		BOTH(interrupts_of_neighbours_and_unknown_bits_do_no_harm),
		BOTH(a_device_that_needs_a_reset_is_told_of),
		BOTH(a_device_that_is_pulled_out_is_told_of_and_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
