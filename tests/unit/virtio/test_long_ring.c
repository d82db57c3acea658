// SPDX-License-Identifier: GPL-2.0-only
/* A ring whose entries lie on many lines of a cache: no look at an index shows them by the way. */
#include <openamp/virtio.h>
#include <openamp/virtqueue.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <shared_memory.h>

#define LONG  64u
#define ALIGN 64u
#define PHYS  0x20000000u
#define PART  64u /* bytes of a buffer */

static struct {
	uint8_t ring[4096];
	uint8_t data[LONG * PART];
} shm __attribute__((__aligned__(64)));

static void nothing(struct virtqueue *vq)
{
	(void)vq;
}

/* One side. */
static struct virtqueue *create(unsigned int role, struct virtio_device *vdev, struct virtio_vring_info *info,
                                struct metal_io_region *io)
{
	static const metal_phys_addr_t phys = PHYS;
	struct virtqueue *vq = virtqueue_allocate(LONG);

	metal_io_init(io, seen_by(role, &shm), &phys, sizeof(shm), (unsigned int)-1, SHARED_MEMORY_FLAGS, NULL);
	*info = (struct virtio_vring_info){
		.vq = vq, .info = {.vaddr = seen_by(role, shm.ring), .align = ALIGN, .num_descs = LONG}, .io = io};
	*vdev = (struct virtio_device){.role = role, .vrings_num = 1, .vrings_info = info};
	assert_int_equal(virtqueue_create(vdev, 0, "a long one", &info->info, nothing, nothing, vq), 0);
	virtqueue_set_shmem_io(vq, io);
	return vq;
}

static void buffers_come_through_a_ring_of_many_lines_in_any_order(void **state)
{
	struct virtio_vring_info info[2];
	struct metal_io_region io[2];
	struct virtio_device vdev[2];
	struct virtqueue *driver, *device;
	struct virtqueue_buf buf;
	uint16_t head[LONG / 2];
	uint32_t len;

	(void)state;
	shared_memory_begin(&shm, sizeof(shm));
	driver = create(VIRTIO_DEV_DRIVER, &vdev[0], &info[0], &io[0]);
	device = create(VIRTIO_DEV_DEVICE, &vdev[1], &info[1], &io[1]);
	for (int turn = 0; turn < 5; turn++) {
		for (unsigned int i = 0; i < LONG / 2; i++) {
			buf = (struct virtqueue_buf){seen_by(VIRTIO_DEV_DRIVER, shm.data + PART * i), (int)i + 1};
			assert_int_equal(virtqueue_add_buffer(driver, &buf, 1, 0, buf.buf), VQUEUE_SUCCESS);
		}
		for (unsigned int i = 0; i < LONG / 2; i++) {
			assert_true(turn & 1 ||
			            virtqueue_get_desc_size(device) == i + 1); /* or the next reads the entry */
			assert_ptr_equal(virtqueue_get_first_avail_buffer(device, &head[i], &len),
			                 seen_by(VIRTIO_DEV_DEVICE, shm.data + PART * i));
			assert_int_equal(len, i + 1);
		}
		for (unsigned int i = LONG / 2; i-- > 0;)
			assert_int_equal(virtqueue_add_consumed_buffer(device, head[i], i + 1), VQUEUE_SUCCESS);
		for (unsigned int i = LONG / 2; i-- > 0;) {
			assert_true(turn & 1 || virtqueue_get_desc_size(driver) == i + 1);
			assert_ptr_equal(virtqueue_get_buffer(driver, &len, NULL),
			                 seen_by(VIRTIO_DEV_DRIVER, shm.data + PART * i));
			assert_int_equal(len, i + 1);
		}
	}
	virtqueue_free(driver);
	virtqueue_free(device);
	shared_memory_end(&shm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buffers_come_through_a_ring_of_many_lines_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
