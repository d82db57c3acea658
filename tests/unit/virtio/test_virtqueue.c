// SPDX-License-Identifier: GPL-2.0-only
/* A driver's and a device's virtqueue on one ring, for device types with buffers in several parts. */
#include <amprelay/config.h>
#include <amprelay/link_reason.h>
#include <amprelay/ring_features.h>
#include <openamp/virtio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <shared_memory.h>

#define NUM   8u
#define ALIGN 64u
#define PHYS  0x1000ul
#define PART  64u /* bytes of a buffer's part */

struct pair {
	struct virtio_device driver_dev, device_dev;
	struct virtqueue *driver, *device;
	struct metal_io_region io[2]; /* by role */
	struct virtio_vring_info info[2];
	metal_phys_addr_t phys;
	struct vring ring; /* as it is in memory */
	struct {
		uint8_t ring[512] __attribute__((__aligned__(64)));
		uint8_t data[1024];
	} shm;
	unsigned int kicks;
	unsigned int callbacks;
};

static struct pair *pair;

static void kick(struct virtqueue *vq)
{
	(void)vq;
	pair->kicks++;
}

static void callback(struct virtqueue *vq)
{
	(void)vq;
	pair->callbacks++;
}

static struct vring_alloc_info ring_info(unsigned int role)
{
	return (struct vring_alloc_info){.vaddr = seen_by(role, pair->shm.ring), .align = ALIGN, .num_descs = NUM};
}

static void init_io(const metal_phys_addr_t *pages, unsigned int page_shift)
{
	for (unsigned int role = 0; role < 2; role++)
		metal_io_init(&pair->io[role], seen_by(role, &pair->shm), pages, sizeof(pair->shm), page_shift,
		              SHARED_MEMORY_FLAGS, NULL);
}

static struct virtqueue *create(unsigned int role, struct virtio_device *vdev)
{
	struct virtqueue *vq = virtqueue_allocate(role == VIRTIO_DEV_DRIVER ? NUM : 0);

	pair->info[role] = (struct virtio_vring_info){.vq = vq, .info = ring_info(role), .io = &pair->io[role]};
	vdev->role = role;
	vdev->vrings_num = 1;
	vdev->vrings_info = &pair->info[role];
	assert_int_equal(virtqueue_create(vdev, 0, role == VIRTIO_DEV_DRIVER ? "driver" : "device",
	                                  &pair->info[role].info, callback, kick, vq),
	                 0);
	virtqueue_set_shmem_io(vq, &pair->io[role]);
	return vq;
}

static int up(void **state)
{
	pair = aligned_alloc(64, (sizeof(*pair) + 63) / 64 * 64);
	assert_non_null(pair);
	memset(pair, 0, sizeof(*pair));
	memset(&pair->shm, 0x55, sizeof(pair->shm));
	shared_memory_begin(&pair->shm, sizeof(pair->shm));
	pair->phys = PHYS;
	init_io(&pair->phys, (unsigned int)-1);
	pair->driver = create(VIRTIO_DEV_DRIVER, &pair->driver_dev);
	pair->device = create(VIRTIO_DEV_DEVICE, &pair->device_dev);
	vring_init(&pair->ring, NUM, pair->shm.ring, ALIGN);
	*state = pair;
	return 0;
}

static int down(void **state)
{
	(void)state;
	virtqueue_free(pair->driver);
	virtqueue_free(pair->device);
	shared_memory_end(&pair->shm);
	free(pair);
	return 0;
}

static int add(unsigned int readable, unsigned int writable, void *cookie)
{
	struct virtqueue_buf list[NUM + 1];

	for (unsigned int i = 0; i < readable + writable && i <= NUM; i++)
		list[i] = (struct virtqueue_buf){seen_by(VIRTIO_DEV_DRIVER, pair->shm.data + PART * i), PART};
	return virtqueue_add_buffer(pair->driver, list, (int)readable, (int)writable, cookie);
}

static void a_buffer_of_several_parts_goes_there_and_back(void **state)
{
	uint16_t head, idx, next;
	unsigned int part;
	uint32_t len;
	int cookie;

	(void)state;
	for (unsigned int turn = 0; turn < 100; turn++) {
		assert_int_equal(virtqueue_empty(pair->driver), 1);
		assert_int_equal(add(2, 1, &cookie), VQUEUE_SUCCESS);
		assert_int_equal(virtqueue_empty(pair->driver), 0);
		assert_int_equal(virtqueue_get_desc_size(pair->device), PART);
		assert_ptr_equal(virtqueue_get_first_avail_buffer(pair->device, &head, &len),
		                 seen_by(VIRTIO_DEV_DEVICE, pair->shm.data));
		assert_int_equal(len, PART);
		for (idx = head, part = 1; part < 3; part++, idx = next)
			assert_ptr_equal(virtqueue_get_next_avail_buffer(pair->device, idx, &next, &len),
			                 seen_by(VIRTIO_DEV_DEVICE, pair->shm.data + PART * part));
		assert_null(virtqueue_get_next_avail_buffer(pair->device, idx, &next, &len));
		assert_int_equal(pair->ring.desc[idx].flags, VRING_DESC_F_WRITE);
		assert_null(virtqueue_get_first_avail_buffer(pair->device, &idx, &len));
		assert_null(virtqueue_get_buffer(pair->driver, &len, &idx));
		assert_int_equal(virtqueue_add_consumed_buffer(pair->device, head, 7), VQUEUE_SUCCESS);
		assert_ptr_equal(virtqueue_get_buffer(pair->driver, &len, &idx), &cookie);
		assert_int_equal(len, 7);
		assert_int_equal(idx, head);
	}
}

static void a_full_ring_refuses_and_all_descriptors_come_back(void **state)
{
	uint16_t head[NUM];
	uint32_t len;
	int cookie[NUM];

	(void)state;
	for (unsigned int turn = 0; turn < 3; turn++) {
		for (unsigned int i = 0; i < NUM; i++)
			assert_int_equal(add(1, 0, &cookie[i]), VQUEUE_SUCCESS);
		assert_int_equal(virtqueue_full(pair->driver), 1);
		assert_int_equal(add(1, 0, &cookie[0]), ERROR_VRING_FULL);
		for (unsigned int i = 0; i < NUM; i++)
			assert_non_null(virtqueue_get_first_avail_buffer(pair->device, &head[i], &len));
		/* in another order than they came */
		for (unsigned int i = 0; i < NUM; i++)
			assert_int_equal(virtqueue_add_consumed_buffer(pair->device, head[(i * 3) % NUM], 0), 0);
		assert_int_equal(virtqueue_add_consumed_buffer(pair->device, head[0], 0), ERROR_VRING_FULL);
		for (unsigned int i = 0; i < NUM; i++)
			assert_ptr_equal(virtqueue_get_buffer(pair->driver, NULL, NULL), &cookie[(i * 3) % NUM]);
		assert_int_equal(virtqueue_full(pair->driver), 0);
		assert_int_equal(virtqueue_empty(pair->driver), 1);
	}
	assert_int_equal(add(NUM - 1, 1, &cookie[0]), VQUEUE_SUCCESS);
}

static void buffers_that_cannot_be_offered_are_refused(void **state)
{
	struct virtqueue_buf list = {seen_by(VIRTIO_DEV_DRIVER, pair->shm.data), 32};
	int cookie;

	(void)state;
	assert_int_equal(add(0, 0, &cookie), ERROR_VRING_NO_BUFF);
	assert_int_equal(virtqueue_add_buffer(pair->driver, &list, NUM + 1, 0, &cookie), ERROR_VRING_FULL);
	assert_int_equal(virtqueue_add_buffer(pair->driver, &list, -1, 2, &cookie), ERROR_VQUEUE_INVLD_PARAM);
	assert_int_equal(virtqueue_add_buffer(pair->driver, &list, INT32_MAX, INT32_MAX, &cookie),
	                 ERROR_VQUEUE_INVLD_PARAM);
	assert_int_equal(virtqueue_add_buffer(pair->driver, NULL, 1, 0, &cookie), ERROR_VQUEUE_INVLD_PARAM);
	assert_int_equal(virtqueue_add_buffer(pair->driver, &list, 1, 0, NULL), ERROR_VQUEUE_INVLD_PARAM);
	list.len = 0;
	assert_int_equal(virtqueue_add_buffer(pair->driver, &list, 1, 0, &cookie), ERROR_VQUEUE_INVLD_PARAM);
	list.buf = (uint8_t *)seen_by(VIRTIO_DEV_DRIVER, &pair->shm + 1) - 4;
	list.len = 5;
	assert_int_equal(virtqueue_add_buffer(pair->driver, &list, 1, 0, &cookie), ERROR_VQUEUE_INVLD_PARAM);
	list.len = 4;
	assert_int_equal(virtqueue_add_buffer(pair->driver, &list, 1, 0, &cookie), VQUEUE_SUCCESS);
	list.buf = &cookie;
	assert_int_equal(virtqueue_add_buffer(pair->driver, &list, 1, 0, &cookie), ERROR_VQUEUE_INVLD_PARAM);
}

static void rings_that_cannot_be_are_refused(void **state)
{
	static const uint16_t wrong_num[] = {0, 3, 6, 32769, 65535};
	static const uint32_t wrong_align[] = {0, 1, 2, 3, 48};
	struct virtqueue *vq = virtqueue_allocate(0);
	struct vring_alloc_info info;

	(void)state;
	for (unsigned int i = 0; i < sizeof(wrong_num) / sizeof(wrong_num[0]); i++) {
		info = ring_info(VIRTIO_DEV_DEVICE);
		info.num_descs = wrong_num[i];
		assert_int_equal(virtqueue_create(&pair->device_dev, 0, "", &info, NULL, NULL, vq),
		                 ERROR_VRING_MAX_DESC);
	}
	for (unsigned int i = 0; i < sizeof(wrong_align) / sizeof(wrong_align[0]); i++) {
		info = ring_info(VIRTIO_DEV_DEVICE);
		info.align = wrong_align[i];
		assert_int_equal(virtqueue_create(&pair->device_dev, 0, "", &info, NULL, NULL, vq), ERROR_VRING_ALIGN);
	}
	info = ring_info(VIRTIO_DEV_DEVICE);
	info.vaddr = (uint8_t *)info.vaddr + 8;
	assert_int_equal(virtqueue_create(&pair->device_dev, 0, "", &info, NULL, NULL, vq), ERROR_VRING_ALIGN);
	info.vaddr = NULL;
	assert_int_equal(virtqueue_create(&pair->device_dev, 0, "", &info, NULL, NULL, vq), ERROR_VQUEUE_INVLD_PARAM);
	info = ring_info(VIRTIO_DEV_DEVICE);
	assert_int_equal(virtqueue_create(NULL, 0, "", &info, NULL, NULL, vq), ERROR_VQUEUE_INVLD_PARAM);
	assert_int_equal(virtqueue_create(&pair->device_dev, 0, "", NULL, NULL, NULL, vq), ERROR_VQUEUE_INVLD_PARAM);
	assert_int_equal(virtqueue_create(&pair->device_dev, 0, "", &info, NULL, NULL, NULL), ERROR_VQUEUE_INVLD_PARAM);
	pair->ring.used->idx = 1;
	assert_int_equal(virtqueue_create(&pair->device_dev, 0, "", &info, NULL, NULL, vq), ERROR_EMPTY_RING);
	assert_null(virtqueue_allocate(VIRTQUEUE_MAX_DESC + 1));
	virtqueue_free(vq);
	virtqueue_free(NULL);
}

/* Of a packed ring both sides write to each line of the cache. */
static void a_packed_ring_is_refused_where_caches_are_not_coherent(void **state)
{
	int status = SHARED_MEMORY_FLAGS ? ERROR_VRING_ALIGN : VQUEUE_SUCCESS;
	struct vring_alloc_info info = ring_info(VIRTIO_DEV_DRIVER);

	(void)state;
	assert_int_equal(amp_packed_create(&pair->driver_dev, 0, "", &info, NULL, NULL, pair->driver), status);
}

static void a_new_driver_queue_zeroes_its_ring_and_nothing_else(void **state)
{
	size_t size = (size_t)vring_size(NUM, ALIGN);

	(void)state;
	for (size_t i = 0; i < size - sizeof(uint16_t); i++) /* the device has marked the last word as its own */
		assert_int_equal(pair->shm.ring[i], 0);
	for (size_t i = size; i < sizeof(pair->shm.ring); i++)
		assert_int_equal(pair->shm.ring[i], 0x55);
}

static void kicks_follow_the_flag_of_the_other_side(void **state)
{
	int cookie;

	(void)state;
	assert_int_equal(add(1, 0, &cookie), 0);
	virtqueue_kick(pair->driver);
	assert_int_equal(pair->kicks, 1);
	virtqueue_disable_cb(pair->device);
	assert_int_equal(pair->ring.used->flags, VRING_USED_F_NO_NOTIFY);
	virtqueue_kick(pair->driver);
	assert_int_equal(pair->kicks, 1);
	assert_int_equal(virtqueue_enable_cb(pair->device), 1); /* something came meanwhile */
	assert_int_equal(pair->ring.used->flags, 0);
	virtqueue_disable_cb(pair->driver);
	assert_int_equal(pair->ring.avail->flags, VRING_AVAIL_F_NO_INTERRUPT);
	virtqueue_kick(pair->device);
	assert_int_equal(pair->kicks, 1);
	assert_int_equal(virtqueue_enable_cb(pair->driver), 0);
	virtqueue_kick(pair->device);
	assert_int_equal(pair->kicks, 2);
	virtqueue_notification(pair->driver);
	assert_int_equal(pair->callbacks, 1);
}

static void a_device_refuses_impossible_chains(void **state)
{
	uint16_t head, next;
	uint32_t len;
	int cookie;

	/* a loop: as many steps as there are descriptors do not reach an end, and each stays inside the memory */
	assert_int_equal(add(2, 0, &cookie), 0);
	assert_non_null(virtqueue_get_first_avail_buffer(pair->device, &head, &len));
	pair->ring.desc[pair->ring.desc[head].next].flags = VRING_DESC_F_NEXT;
	pair->ring.desc[pair->ring.desc[head].next].next = head;
	for (unsigned int steps = 0; steps < 2 * NUM; steps++, head = next)
		assert_non_null(virtqueue_get_next_avail_buffer(pair->device, head, &next, &len));

	assert_null(virtqueue_get_next_avail_buffer(pair->device, NUM, &next, &len));
	pair->ring.desc[head].next = NUM;
	assert_null(virtqueue_get_next_avail_buffer(pair->device, head, &next, &len));
	assert_int_equal(pair->device->vq_fault, AMP_LINK_BAD_DESCRIPTOR);
	assert_null(virtqueue_get_first_avail_buffer(pair->device, &head, &len));

	down(state);
	up(state);
	assert_int_equal(add(1, 0, &cookie), 0);
	pair->ring.desc[pair->ring.avail->ring[0]].flags = VRING_DESC_F_INDIRECT;
	assert_null(virtqueue_get_first_avail_buffer(pair->device, &head, &len));
	assert_int_equal(pair->device->vq_fault, AMP_LINK_BAD_FLAGS);

	down(state);
	up(state);
	assert_int_equal(add(1, 0, &cookie), 0);
	pair->ring.desc[pair->ring.avail->ring[0]].addr = PHYS + sizeof(pair->shm) - PART + 1;
	assert_null(virtqueue_get_first_avail_buffer(pair->device, &head, &len));
	assert_int_equal(pair->device->vq_fault, AMP_LINK_BAD_ADDRESS);
	assert_int_equal(virtqueue_add_consumed_buffer(pair->device, NUM, 0), ERROR_INVLD_DESC_IDX);

	/* beyond the 32 bits that make sense */
	down(state);
	up(state);
	assert_int_equal(add(1, 0, &cookie), 0);
	pair->ring.desc[pair->ring.avail->ring[0]].addr += 1ull << 32;
	assert_null(virtqueue_get_first_avail_buffer(pair->device, &head, &len));
	assert_int_equal(pair->device->vq_fault, AMP_LINK_BAD_ADDRESS);
}

static void a_driver_refuses_what_it_did_not_give(void **state)
{
	int cookie;

	assert_int_equal(add(1, 0, &cookie), 0);
	pair->ring.used->ring[0].id = NUM;
	pair->ring.used->idx = 1;
	assert_null(virtqueue_get_buffer(pair->driver, NULL, NULL));
	assert_int_equal(pair->driver->vq_fault, AMP_LINK_BAD_DESCRIPTOR);
	assert_int_equal(add(1, 0, &cookie), ERROR_VQUEUE_INVLD_PARAM);

	down(state);
	up(state);
	assert_int_equal(add(3, 0, &cookie), 0);
	pair->ring.used->ring[0].id = pair->ring.desc[pair->ring.avail->ring[0]].next; /* a part, not a head */
	pair->ring.used->idx = 1;
	assert_null(virtqueue_get_buffer(pair->driver, NULL, NULL));
	assert_int_equal(pair->driver->vq_fault, AMP_LINK_BAD_DESCRIPTOR);

	down(state);
	up(state);
	assert_int_equal(add(1, 0, &cookie), 0);
	pair->ring.used->idx = 2;
	assert_null(virtqueue_get_buffer(pair->driver, NULL, NULL));
	assert_int_equal(pair->driver->vq_fault, AMP_LINK_BAD_INDEX);
}

static void descriptors_are_shown_only_if_they_are_valid(void **state)
{
	int cookie;

	(void)state;
	assert_int_equal(add(1, 0, &cookie), 0);
	assert_ptr_equal(virtqueue_get_buffer_addr(pair->device, 0), seen_by(VIRTIO_DEV_DEVICE, pair->shm.data));
	assert_int_equal(virtqueue_get_buffer_length(pair->device, 0), PART);
	assert_null(virtqueue_get_buffer_addr(pair->device, NUM));
	assert_int_equal(virtqueue_get_buffer_length(pair->device, NUM), 0);
	pair->ring.desc[0].addr = 0;
	assert_null(virtqueue_get_buffer_addr(pair->device, 0));
	virtqueue_dump(pair->device);
}

/* Pages of 128 bytes: the data begins with page 4. Pages 6 and 8 are elsewhere for the other side. */
static metal_phys_addr_t pages[sizeof(((struct pair *)0)->shm) / 128];

static void use_pages(void)
{
	for (unsigned int i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		pages[i] = PHYS + 128 * i;
	pages[6] = 0x40000;
	pages[8] = 0x80000;
	init_io(pages, 7);
}

/* Without WITH_PAGE_MAPS there are no buffers in the regions that the queues have now. */
static bool no_buffers_here(void)
{
	int cookie;

	if (!AMP_WITH_PAGE_MAPS)
		assert_int_equal(add(1, 0, &cookie), ERROR_VQUEUE_INVLD_PARAM);
	return !AMP_WITH_PAGE_MAPS;
}

static void a_buffer_across_pages_that_are_not_adjacent_is_not_offered(void **state)
{
	static const struct {
		unsigned int start, len;
		int status;
	} cases[] = {
		{64, 128, VQUEUE_SUCCESS},            /* pages 4 and 5 */
		{128, 128, VQUEUE_SUCCESS},           /* page 5 */
		{255, 2, ERROR_VQUEUE_INVLD_PARAM},   /* the last byte of 5 and the first of 6 */
		{256, 128, VQUEUE_SUCCESS},           /* page 6 */
		{300, 100, ERROR_VQUEUE_INVLD_PARAM}, /* 6 and 7 */
		{384, 384, ERROR_VQUEUE_INVLD_PARAM}, /* 7 to 9: adjacent at both ends, but not in the middle */
		{640, 384, VQUEUE_SUCCESS},           /* 9 to 11, the end of the memory */
	};
	struct virtqueue_buf list;
	int cookie;

	(void)state;
	use_pages();
	if (no_buffers_here())
		return;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		list.buf = seen_by(VIRTIO_DEV_DRIVER, pair->shm.data + cases[i].start);
		list.len = (int)cases[i].len;
		assert_int_equal(virtqueue_add_buffer(pair->driver, &list, 1, 0, &cookie), cases[i].status);
	}
}

static void a_buffer_across_pages_that_are_not_adjacent_is_not_accepted(void **state)
{
	static const struct {
		uint64_t addr;
		uint32_t len;
		unsigned int offset; /* in the data; 0: refused */
	} cases[] = {
		{PHYS + 576, 128, 64},  {PHYS + 640, 128, 128}, {PHYS + 767, 2, 0},      {0x40000, 128, 256},
		{0x40000 + 44, 100, 0}, {PHYS + 896, 384, 0},   {PHYS + 1152, 384, 640}, {PHYS + 1152, 385, 0},
		{0x40000 - 1, 2, 0},    {PHYS + 767, 1, 255},   {0x80000 + 100, 29, 0},
	};
	uint16_t head;
	uint32_t len;
	int cookie;

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		use_pages();
		if (no_buffers_here())
			return;
		assert_int_equal(add(1, 0, &cookie), VQUEUE_SUCCESS);
		pair->ring.desc[0].addr = cases[i].addr;
		pair->ring.desc[0].len = cases[i].len;
		if (cases[i].offset) {
			assert_ptr_equal(virtqueue_get_first_avail_buffer(pair->device, &head, &len),
			                 seen_by(VIRTIO_DEV_DEVICE, pair->shm.data + cases[i].offset));
			assert_int_equal(len, cases[i].len);
		} else {
			assert_null(virtqueue_get_first_avail_buffer(pair->device, &head, &len));
			assert_int_equal(pair->device->vq_fault, AMP_LINK_BAD_ADDRESS);
		}
		down(state);
		up(state);
	}
}

static metal_phys_addr_t far_phys(struct metal_io_region *io, unsigned long offset)
{
	(void)io;
	return 0x90000000 + offset;
}

static unsigned long far_offset(struct metal_io_region *io, metal_phys_addr_t phys)
{
	(void)io;
	return (unsigned long)(phys - 0x90000000);
}

static void addresses_that_functions_translate_work_with_those_that_a_side_needs(void **state)
{
	static const struct metal_io_ops driver_ops = {.offset_to_phys = far_phys};
	static const struct metal_io_ops device_ops = {.phys_to_offset = far_offset};
	struct metal_io_region driver_io, device_io;
	uint16_t head;
	uint32_t len;
	int cookie;

	(void)state;
	metal_io_init(&driver_io, pair->io[0].virt, NULL, sizeof(pair->shm), (unsigned int)-1, 0, &driver_ops);
	metal_io_init(&device_io, pair->io[1].virt, NULL, sizeof(pair->shm), (unsigned int)-1, 0, &device_ops);
	virtqueue_set_shmem_io(pair->driver, &driver_io);
	virtqueue_set_shmem_io(pair->device, &device_io);
	if (no_buffers_here())
		return;
	assert_int_equal(add(1, 0, &cookie), VQUEUE_SUCCESS);
	assert_int_equal(pair->ring.desc[0].addr, 0x90000000 + 512);
	assert_ptr_equal(virtqueue_get_first_avail_buffer(pair->device, &head, &len),
	                 seen_by(VIRTIO_DEV_DEVICE, pair->shm.data));
}

/* The next buffer's length: of the descriptor that the ring names, which need not be the first. */
static void the_size_of_the_next_buffer_is_shown_to_both_sides(void **state)
{
	uint16_t head[2];
	uint32_t len;
	int cookie;

	(void)state;
	assert_int_equal(virtqueue_get_desc_size(pair->device), 0);
	assert_int_equal(virtqueue_get_desc_size(pair->driver), 0);
	assert_int_equal(add(1, 0, &cookie), VQUEUE_SUCCESS);
	assert_int_equal(add(1, 0, &cookie), VQUEUE_SUCCESS);
	pair->ring.desc[0].len = 30;
	pair->ring.desc[1].len = 31;
	assert_int_equal(virtqueue_get_desc_size(pair->device), 30);
	assert_int_equal(virtqueue_get_desc_size(pair->device), 30); /* nothing was taken */
	assert_non_null(virtqueue_get_first_avail_buffer(pair->device, &head[0], &len));
	assert_int_equal(virtqueue_get_desc_size(pair->device), 31);
	assert_non_null(virtqueue_get_first_avail_buffer(pair->device, &head[1], &len));
	assert_int_equal(virtqueue_get_desc_size(pair->device), 0);
	assert_int_equal(virtqueue_get_desc_size(pair->driver), 0);
	assert_int_equal(virtqueue_add_consumed_buffer(pair->device, head[1], 0), 0);
	assert_int_equal(virtqueue_add_consumed_buffer(pair->device, head[0], 0), 0);
	assert_int_equal(virtqueue_get_desc_size(pair->driver), 31);
	assert_non_null(virtqueue_get_buffer(pair->driver, NULL, NULL));
	assert_int_equal(virtqueue_get_desc_size(pair->driver), 30);
	pair->ring.used->ring[1].id = NUM; /* not one of the ring's */
	assert_int_equal(virtqueue_get_desc_size(pair->driver), 0);
}

/* In cached memory an entry may be on another line than the index that was looked at. */
static void the_size_of_the_next_buffer_is_read_anew_along_the_whole_ring(void **state)
{
	uint16_t head;
	uint32_t len;
	int cookie;

	(void)state;
	assert_int_equal(add(1, 0, &cookie), VQUEUE_SUCCESS);
	assert_non_null(
		virtqueue_get_first_avail_buffer(pair->device, &head, &len)); /* and kept: a zero is not the next */
	assert_int_equal(head, 0);
	for (unsigned int i = 0; i < NUM - 1; i++) {
		assert_int_equal(add(1, 0, &cookie), VQUEUE_SUCCESS);
		pair->ring.desc[1].len = 20 + i;
		assert_int_equal(virtqueue_get_desc_size(pair->device), 20 + i);
		assert_non_null(virtqueue_get_first_avail_buffer(pair->device, &head, &len));
		assert_int_equal(head, 1);
		assert_int_equal(virtqueue_add_consumed_buffer(pair->device, head, 0), 0);
		assert_int_equal(virtqueue_get_desc_size(pair->driver), 20 + i);
		assert_non_null(virtqueue_get_buffer(pair->driver, NULL, NULL));
	}
}

/* As the_size_of_the_next_buffer_is_shown_to_both_sides(), with the available ring. */
static void a_device_takes_and_shows_no_descriptor_beyond_the_ring(void **state)
{
	uint16_t head;
	uint32_t len;
	int cookie;

	assert_int_equal(add(1, 0, &cookie), VQUEUE_SUCCESS);
	assert_int_equal(virtqueue_get_buffer_length(pair->device, NUM - 1), pair->ring.desc[NUM - 1].len);
	pair->ring.avail->ring[0] = NUM;
	assert_int_equal(virtqueue_get_desc_size(pair->device), 0);
	assert_null(virtqueue_get_first_avail_buffer(pair->device, &head, &len));
	assert_int_equal(pair->device->vq_fault, AMP_LINK_BAD_DESCRIPTOR);

	down(state);
	up(state);
	assert_int_equal(add(1, 0, &cookie), VQUEUE_SUCCESS);
	assert_non_null(virtqueue_get_first_avail_buffer(pair->device, &head, &len));
	assert_int_equal(virtqueue_add_consumed_buffer(pair->device, NUM, 0), ERROR_INVLD_DESC_IDX);
	assert_int_equal(pair->ring.used->idx, 0);
	pair->ring.desc[0].flags = VRING_DESC_F_NEXT;
	pair->ring.desc[0].next = NUM - 1;
	pair->ring.desc[NUM - 1] = pair->ring.desc[0];
	assert_non_null(virtqueue_get_next_avail_buffer(pair->device, 0, &head, &len));
	assert_int_equal(head, NUM - 1);
	pair->ring.desc[0].next = NUM;
	assert_null(virtqueue_get_next_avail_buffer(pair->device, 0, &head, &len));
	assert_int_equal(pair->device->vq_fault, AMP_LINK_BAD_DESCRIPTOR);
}

/* Chains of all lengths, given back in another order than they were made: no descriptor is in two of them, or lost. */
static void descriptors_of_chains_are_used_once_at_a_time_whatever_the_order(void **state)
{
	unsigned int parts, shown, chains;
	uint16_t head[NUM], idx, next;
	int cookie[NUM];
	bool taken[NUM];
	uint32_t len;

	(void)state;
	for (unsigned int turn = 0; turn < 50; turn++) {
		memset(taken, 0, sizeof(taken));
		chains = 0;
		for (unsigned int used = 0; used < NUM; used += parts, chains++) {
			parts = 1 + (turn + 2 * chains) % 3;
			if (parts > NUM - used)
				parts = NUM - used;
			assert_int_equal(add(parts - 1, 1, &cookie[chains]), VQUEUE_SUCCESS);
			assert_non_null(virtqueue_get_first_avail_buffer(pair->device, &head[chains], &len));
			for (shown = 1, idx = head[chains];; shown++, idx = next) {
				assert_false(taken[idx]);
				taken[idx] = true;
				if (!virtqueue_get_next_avail_buffer(pair->device, idx, &next, &len))
					break;
			}
			assert_int_equal(shown, parts);
		}
		assert_int_equal(virtqueue_full(pair->driver), 1);
		for (unsigned int i = 0; i < chains; i++)
			assert_int_equal(virtqueue_add_consumed_buffer(pair->device, head[(i + turn) % chains], 0), 0);
		for (unsigned int i = 0; i < chains; i++)
			assert_ptr_equal(virtqueue_get_buffer(pair->driver, NULL, NULL), &cookie[(i + turn) % chains]);
		assert_int_equal(virtqueue_empty(pair->driver), 1);
	}
}

static void parts_are_shown_of_descriptors_of_the_ring_and_until_the_queue_stops(void **state)
{
	uint16_t head, next = 0;
	uint32_t len;
	int cookie;

	(void)state;
	assert_int_equal(add(2, 0, &cookie), VQUEUE_SUCCESS);
	/* What stands behind the descriptors is the available ring: a chain for whoever reads it as a descriptor. */
	pair->ring.avail->flags = 0;
	pair->ring.avail->ring[4] = VRING_DESC_F_NEXT;
	assert_null(virtqueue_get_next_avail_buffer(pair->device, NUM, &next, &len));
	assert_int_equal(pair->device->vq_fault, 0);
	assert_non_null(virtqueue_get_first_avail_buffer(pair->device, &head, &len));
	assert_non_null(virtqueue_get_next_avail_buffer(pair->device, head, &next, &len));
	pair->ring.avail->idx = NUM + 2;
	assert_int_equal(virtqueue_enable_cb(pair->device), 0);
	assert_int_equal(pair->device->vq_fault, AMP_LINK_BAD_INDEX);
	assert_null(virtqueue_get_next_avail_buffer(pair->device, head, &next, &len));
}

static void a_buffer_that_came_back_is_not_taken_twice(void **state)
{
	uint16_t head;
	uint32_t len;
	int cookie[2];

	(void)state;
	assert_int_equal(add(1, 0, &cookie[0]), VQUEUE_SUCCESS);
	assert_int_equal(add(1, 0, &cookie[1]), VQUEUE_SUCCESS);
	assert_non_null(virtqueue_get_first_avail_buffer(pair->device, &head, &len));
	assert_int_equal(virtqueue_add_consumed_buffer(pair->device, head, 0), 0);
	assert_ptr_equal(virtqueue_get_buffer(pair->driver, NULL, NULL), &cookie[0]);
	/* the same once more, in place of the other */
	pair->ring.used->ring[1].id = head;
	pair->ring.used->idx = 2;
	assert_null(virtqueue_get_buffer(pair->driver, NULL, NULL));
	assert_int_equal(pair->driver->vq_fault, AMP_LINK_BAD_DESCRIPTOR);
}

/* Each would be a line of the cache that both sides write to. */
static void in_cached_memory_nothing_shares_a_line_with_what_the_other_side_writes(void **state)
{
	struct virtqueue_buf list = {seen_by(VIRTIO_DEV_DRIVER, pair->shm.data), PART};
	struct vring_alloc_info info = ring_info(VIRTIO_DEV_DRIVER);
	bool cached = SHARED_MEMORY_FLAGS;
	int cookie;

	(void)state;
	info.align = 16;
	assert_int_equal(virtqueue_create(&pair->driver_dev, 0, "", &info, NULL, kick, pair->driver),
	                 cached ? ERROR_VRING_ALIGN : VQUEUE_SUCCESS);
	info.vaddr = (uint8_t *)info.vaddr + 16;
	assert_int_equal(virtqueue_create(&pair->driver_dev, 0, "", &info, NULL, kick, pair->driver),
	                 cached ? ERROR_VRING_ALIGN : VQUEUE_SUCCESS);
	down(state);
	up(state);
	list.buf = seen_by(VIRTIO_DEV_DRIVER, pair->shm.data + 16);
	list.len = 64;
	assert_int_equal(virtqueue_add_buffer(pair->driver, &list, 0, 1, &cookie),
	                 cached ? ERROR_VQUEUE_INVLD_PARAM : VQUEUE_SUCCESS);
	list.len = 16; /* that only the driver writes to */
	assert_int_equal(virtqueue_add_buffer(pair->driver, &list, 1, 0, &cookie), VQUEUE_SUCCESS);
}

static uint16_t mark(void)
{
	return (uint16_t)pair->ring.used->ring[NUM].id;
}

static void a_device_that_deletes_its_queues_lets_go_of_the_rings(void **state)
{
	(void)state;
	assert_int_equal(mark(), 0xa301);
	virtio_delete_virtqueues(&pair->device_dev);
	assert_int_equal(mark(), 0xa302);
	/* Twice is as once: the ring is not this device's any more. */
	pair->ring.used->ring[NUM].id = 0xa301;
	virtio_delete_virtqueues(&pair->device_dev);
	assert_int_equal(mark(), 0xa301);
	/* A driver leaves the mark as it is. */
	virtio_delete_virtqueues(&pair->driver_dev);
	assert_int_equal(mark(), 0xa301);
}

static void need_event_says_whether_the_index_was_passed(void **state)
{
	(void)state;
	assert_int_equal(vring_need_event(4, 5, 4), 1);
	assert_int_equal(vring_need_event(5, 5, 4), 0);
	assert_int_equal(vring_need_event(3, 5, 4), 0);
	assert_int_equal(vring_need_event(65535, 1, 65534), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, up, down)
	const struct CMUnitTest tests[] = {
		TEST(a_buffer_of_several_parts_goes_there_and_back),
		TEST(a_full_ring_refuses_and_all_descriptors_come_back),
		TEST(buffers_that_cannot_be_offered_are_refused),
		TEST(rings_that_cannot_be_are_refused),
		TEST(a_packed_ring_is_refused_where_caches_are_not_coherent),
		TEST(a_new_driver_queue_zeroes_its_ring_and_nothing_else),
		TEST(kicks_follow_the_flag_of_the_other_side),
		TEST(a_device_refuses_impossible_chains),
		TEST(a_driver_refuses_what_it_did_not_give),
		TEST(descriptors_are_shown_only_if_they_are_valid),
		TEST(a_buffer_across_pages_that_are_not_adjacent_is_not_offered),
		TEST(a_buffer_across_pages_that_are_not_adjacent_is_not_accepted),
		TEST(addresses_that_functions_translate_work_with_those_that_a_side_needs),
		TEST(the_size_of_the_next_buffer_is_shown_to_both_sides),
		TEST(the_size_of_the_next_buffer_is_read_anew_along_the_whole_ring),
		TEST(a_device_takes_and_shows_no_descriptor_beyond_the_ring),
		TEST(descriptors_of_chains_are_used_once_at_a_time_whatever_the_order),
		TEST(parts_are_shown_of_descriptors_of_the_ring_and_until_the_queue_stops),
		TEST(a_buffer_that_came_back_is_not_taken_twice),
		TEST(in_cached_memory_nothing_shares_a_line_with_what_the_other_side_writes),
		TEST(a_device_that_deletes_its_queues_lets_go_of_the_rings),
		TEST(need_event_says_whether_the_index_was_passed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
