// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device type other than RPMsg over the same transport and queues: a disk. A request is a chain as in virtio-blk: a
 * header that the device reads, data that it reads or writes, and a status byte that it writes.
 */
#include <openamp/remoteproc.h>
#include <openamp/remoteproc_virtio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <metal/cache.h>

#include <shared_memory.h>

#define NUM     8u
#define ALIGN   64u
#define SECTOR  64u
#define SECTORS 4u
#define PHYS    0x60000000ul

enum {
	READ = 0,
	WRITE = 1,
	STATUS_OK = 0,
	STATUS_ERROR = 1,
};

/* Each part has cache lines of its own: the driver writes one, and the device perhaps the next. */
struct request {
	uint32_t type, sector;
	uint8_t data[SECTOR] __attribute__((__aligned__(64)));
	uint8_t status __attribute__((__aligned__(64)));
	uint8_t room[63]; /* of the status's line */
};

static struct {
	struct {
		struct fw_rsc_vdev vdev;
		struct fw_rsc_vdev_vring vring[1];
		uint32_t sectors; /**< the configuration space */
	} rsc __attribute__((__aligned__(8)));
	uint8_t ring[512] __attribute__((__aligned__(64)));
	struct request requests[3];
} shm;

static struct metal_io_region io[2]; /* by role */
static metal_phys_addr_t phys = PHYS;
static struct virtio_device *driver, *device;
static uint8_t disk[SECTORS][SECTOR];
static unsigned int kicks[2], completed;

/* ------------------------------------------------------------------ device */

static uint8_t serve(const uint32_t *header, void *data, uint32_t len)
{
	uint32_t type = header[0], sector = header[1];

	if (sector >= SECTORS || len != SECTOR || type > WRITE)
		return STATUS_ERROR;
	if (type == WRITE)
		memcpy(disk[sector], data, SECTOR);
	else
		memcpy(data, disk[sector], SECTOR);
	return STATUS_OK;
}

static void on_request(struct virtqueue *vq)
{
	uint32_t header_len, len, status_len;
	uint16_t head, idx;
	void *header, *data;
	uint8_t *status;

	while ((header = virtqueue_get_first_avail_buffer(vq, &head, &header_len)) != NULL) {
		assert_int_equal(header_len, 2 * sizeof(uint32_t));
		data = virtqueue_get_next_avail_buffer(vq, head, &idx, &len);
		assert_non_null(data);
		status = virtqueue_get_next_avail_buffer(vq, idx, &idx, &status_len);
		assert_non_null(status);
		assert_int_equal(status_len, 1);
		amp_cache_invalidate_io(&io[VIRTIO_DEV_DEVICE], header, header_len);
		amp_cache_invalidate_io(&io[VIRTIO_DEV_DEVICE], data, len);
		amp_cache_invalidate_io(&io[VIRTIO_DEV_DEVICE], status, 1);
		*status = serve(header, data, len);
		amp_cache_flush_io(&io[VIRTIO_DEV_DEVICE], data, len);
		amp_cache_flush_io(&io[VIRTIO_DEV_DEVICE], status, 1);
		assert_int_equal(virtqueue_add_consumed_buffer(vq, head, len + 1), 0);
	}
	virtqueue_kick(vq);
}

/* ------------------------------------------------------------------ driver */

static void on_complete(struct virtqueue *vq)
{
	uint32_t len;

	struct request *done;

	while ((done = virtqueue_get_buffer(vq, &len, NULL)) != NULL) {
		amp_cache_invalidate_io(&io[VIRTIO_DEV_DRIVER], done, sizeof(*done));
		completed++;
	}
}

static int submit(struct request *what)
{
	struct virtqueue_buf parts[3] = {
		{what, 2 * sizeof(uint32_t)},
		{what->data, SECTOR},
		{&what->status, 1},
	};
	int readable = what->type == WRITE ? 2 : 1;

	what->status = 0xff;
	amp_cache_flush_io(&io[VIRTIO_DEV_DRIVER], what, sizeof(*what));
	return virtqueue_add_buffer(driver->vrings_info[0].vq, parts, readable, 3 - readable, what);
}

static int kick(void *priv, uint32_t id)
{
	(void)id;
	kicks[priv == &kicks[1]]++;
	return 0;
}

static struct virtio_device *create(unsigned int role)
{
	struct virtio_device *vdev =
		rproc_virtio_create_vdev(role, 0, seen_by(role, &shm.rsc), &io[role], &kicks[role], kick, NULL);

	assert_non_null(vdev);
	assert_int_equal(virtio_get_devid(vdev), VIRTIO_ID_BLOCK);
	assert_int_equal(rproc_virtio_init_vring(vdev, 0, 3, seen_by(role, shm.ring), &io[role], NUM, ALIGN), 0);
	return vdev;
}

static void start_queue(struct virtio_device *vdev, vq_callback callback)
{
	const char *names[1] = {"requests"};

	assert_int_equal(virtio_create_virtqueues(vdev, 0, 1, names, &callback, NULL), 0);
	virtqueue_set_shmem_io(vdev->vrings_info[0].vq, &io[vdev->role]);
}

/* A request as the driver sees it. */
static struct request *request(unsigned int i)
{
	return seen_by(VIRTIO_DEV_DRIVER, &shm.requests[i]);
}

static int up(void **state)
{
	(void)state;
	memset(&shm, 0, sizeof(shm));
	memset(disk, 0, sizeof(disk));
	memset(kicks, 0, sizeof(kicks));
	completed = 0;
	shared_memory_begin(&shm, sizeof(shm));
	for (unsigned int role = 0; role < 2; role++)
		metal_io_init(&io[role], seen_by(role, &shm), &phys, sizeof(shm), (unsigned int)-1, SHARED_MEMORY_FLAGS,
		              NULL);
	shm.rsc.vdev.type = RSC_VDEV;
	shm.rsc.vdev.id = VIRTIO_ID_BLOCK;
	shm.rsc.vdev.num_of_vrings = 1;
	shm.rsc.vdev.config_len = sizeof(shm.rsc.sectors);
	shm.rsc.vring[0].num = NUM;
	shm.rsc.vring[0].align = ALIGN;
	shm.rsc.sectors = SECTORS;
	driver = create(VIRTIO_DEV_DRIVER);
	device = create(VIRTIO_DEV_DEVICE);
	start_queue(driver, on_complete);
	virtio_set_status(driver, VIRTIO_CONFIG_STATUS_DRIVER_OK);
	start_queue(device, on_request);
	return 0;
}

static int down(void **state)
{
	(void)state;
	virtio_delete_virtqueues(device);
	virtio_delete_virtqueues(driver);
	rproc_virtio_remove_vdev(device);
	rproc_virtio_remove_vdev(driver);
	shared_memory_end(&shm);
	return 0;
}

static void transfer(struct request *what, uint32_t type, uint32_t sector)
{
	what->type = type;
	what->sector = sector;
	assert_int_equal(submit(what), 0);
	virtqueue_kick(driver->vrings_info[0].vq);
	assert_int_equal(rproc_virtio_notified(device, 3), 0);
	assert_int_equal(rproc_virtio_notified(driver, 3), 0);
}

static void sectors_are_written_and_read_back(void **state)
{
	uint32_t sectors = 0;

	(void)state;
	assert_int_equal(virtio_read_config(driver, 0, &sectors, sizeof(sectors)), 0);
	assert_int_equal(sectors, SECTORS);
	for (uint32_t i = 0; i < 5 * SECTORS; i++) {
		memset(request(0)->data, (int)i + 1, SECTOR);
		transfer(request(0), WRITE, i % SECTORS);
		assert_int_equal(request(0)->status, STATUS_OK);
		transfer(request(1), READ, i % SECTORS);
		assert_int_equal(request(1)->status, STATUS_OK);
		assert_memory_equal(request(1)->data, request(0)->data, SECTOR);
	}
	assert_int_equal(completed, 10 * SECTORS);
	assert_int_equal(kicks[VIRTIO_DEV_DRIVER], completed);
	assert_int_equal(kicks[VIRTIO_DEV_DEVICE], completed);
}

static void a_device_can_refuse_a_request_and_go_on(void **state)
{
	(void)state;
	transfer(request(0), READ, SECTORS);
	assert_int_equal(request(0)->status, STATUS_ERROR);
	transfer(request(0), READ, SECTORS - 1);
	assert_int_equal(request(0)->status, STATUS_OK);
	assert_int_equal(completed, 2);
}

static void requests_beyond_the_ring_are_refused_until_one_is_done(void **state)
{
	(void)state;
	assert_int_equal(submit(request(0)), 0);
	assert_int_equal(submit(request(1)), 0);
	assert_int_equal(submit(request(2)), ERROR_VRING_FULL); /* 6 of 8 descriptors are in use */
	assert_int_equal(rproc_virtio_notified(device, 3), 0);
	assert_int_equal(rproc_virtio_notified(driver, 3), 0);
	assert_int_equal(completed, 2);
	assert_int_equal(submit(request(2)), 0);
}

/* As in RPMsg: the driver comes back, and the device that has let go of its queue takes part in the next life. */
static void the_queue_works_again_after_a_reset(void **state)
{
	(void)state;
	transfer(request(0), WRITE, 1);
	virtio_reset_device(driver);
	virtio_delete_virtqueues(driver);
	virtio_delete_virtqueues(device);
	start_queue(driver, on_complete);
	virtio_set_status(driver, VIRTIO_CONFIG_STATUS_DRIVER_OK);
	start_queue(device, on_request);
	transfer(request(1), READ, 1);
	assert_int_equal(request(1)->status, STATUS_OK);
	assert_int_equal(completed, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sectors_are_written_and_read_back, up, down),
		cmocka_unit_test_setup_teardown(a_device_can_refuse_a_request_and_go_on, up, down),
		cmocka_unit_test_setup_teardown(requests_beyond_the_ring_are_refused_until_one_is_done, up, down),
		cmocka_unit_test_setup_teardown(the_queue_works_again_after_a_reset, up, down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
