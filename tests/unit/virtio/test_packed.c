// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packed rings, both ends: what lies in memory, chains, indirect descriptors, kicks, restarts; and for each field that
 * the other side writes, the smallest bad value and the largest good one.
 */
#include "ring_pair.h"

#define NUM PAIR_NUM

#define MARK   (((uint16_t *)(void *)device_event())[2])
#define PASSED (((uint16_t *)(void *)device_event())[3])
#define IN_USE 0xa301
#define LET_GO 0xa302

static struct vring_packed_desc *desc(unsigned int at)
{
	return (struct vring_packed_desc *)(void *)pair->shm.ring + at;
}

static struct vring_packed_desc_event *driver_event(void)
{
	return (struct vring_packed_desc_event *)(void *)(pair->shm.ring + 16 * NUM);
}

/* At the next multiple of 64 behind where a split ring's available ring would end. */
static struct vring_packed_desc_event *device_event(void)
{
	return (struct vring_packed_desc_event *)(void *)(pair->shm.ring + 192);
}

static int create(struct virtqueue **vq, struct virtio_device *dev, unsigned int num)
{
	struct vring_alloc_info info = pair_ring(num);

	if (!*vq)
		*vq = virtqueue_allocate(NUM);
	int status = amp_packed_create(dev, 0, "packed", &info, NULL, pair_kick, *vq);

	if (!status)
		virtqueue_set_shmem_io(*vq, &pair->io);
	return status;
}

static int up_with(uint64_t features)
{
	pair_alloc();
	pair_set_features(features | 1ull << VIRTIO_F_RING_PACKED);
	assert_int_equal(create(&pair->driver, &pair->driver_dev, NUM), VQUEUE_SUCCESS);
	assert_int_equal(create(&pair->device, &pair->device_dev, NUM), VQUEUE_SUCCESS);
	return 0;
}

static int up(void **state)
{
	(void)state;
	return up_with(WITH_INDIRECT);
}

static int up_events(void **state)
{
	(void)state;
	return up_with(WITH_EVENTS);
}

static int down(void **state)
{
	(void)state;
	pair_free();
	return 0;
}

static int add(unsigned int readable, unsigned int writable, void *cookie)
{
	struct virtqueue_buf list[NUM + 1];

	pair_list(list, readable + writable);
	return amp_packed_add_buffer(pair->driver, list, (int)readable, (int)writable, cookie);
}

static unsigned int take(uint16_t *id)
{
	struct amp_vq_part parts[NUM];
	unsigned int num = amp_packed_take(pair->device, parts, NUM, id);

	for (unsigned int i = 0; i < num; i++) {
		assert_ptr_equal(parts[i].buf, pair->shm.data + PAIR_PART * i);
		assert_int_equal(parts[i].len, PAIR_PART);
	}
	return num;
}

/* ------------------------------------------------------------------ what lies in memory */

static void the_words_in_memory_are_those_of_the_specification(void **state)
{
	uint16_t id, back;
	uint32_t len;
	int cookie;

	(void)state;
	/* seven descriptors, then two that lie across the end of the ring */
	assert_int_equal(add(3, 4, &cookie), VQUEUE_SUCCESS);
	for (unsigned int i = 0; i < 7; i++) {
		assert_int_equal(desc(i)->addr, pair_addr(pair->shm.data + PAIR_PART * i));
		assert_int_equal(desc(i)->len, PAIR_PART);
		assert_int_equal(desc(i)->flags, 0x0080 | (i < 6 ? 1 : 0) | (i < 3 ? 0 : 2));
	}
	assert_int_equal(take(&id), 7);
	assert_int_equal(desc(6)->id, id);
	assert_int_equal(amp_packed_give_back(pair->device, id, 5), VQUEUE_SUCCESS);
	assert_int_equal(desc(0)->flags, 0x8080 | 2);
	assert_int_equal(desc(0)->id, id);
	assert_int_equal(desc(0)->len, 5);
	assert_ptr_equal(amp_packed_get_buffer(pair->driver, &len, &back), &cookie);
	assert_int_equal(back, id);
	assert_int_equal(len, 5);

	assert_int_equal(add(1, 1, &cookie), VQUEUE_SUCCESS);
	assert_int_equal(desc(7)->flags, 0x0080 | 1); /* the last of the first round */
	assert_int_equal(desc(0)->flags, 0x8000 | 2); /* the first of the second */
	assert_int_equal(take(&id), 2);
	assert_int_equal(PASSED, 0);
	assert_int_equal(amp_packed_give_back(pair->device, id, 0), VQUEUE_SUCCESS);
	assert_int_equal(desc(7)->flags, 0x8080);
	assert_int_equal(PASSED, 1); /* nothing in the descriptors shows it any more */
	assert_ptr_equal(amp_packed_get_buffer(pair->driver, &len, NULL), &cookie);
	assert_int_equal(len, 0);

	/* the second round: the states are the other way round */
	assert_int_equal(add(1, 0, &cookie), VQUEUE_SUCCESS);
	assert_int_equal(desc(1)->flags, 0x8000);
	assert_int_equal(take(&id), 1);
	assert_int_equal(amp_packed_give_back(pair->device, id, 0), VQUEUE_SUCCESS);
	assert_int_equal(desc(1)->flags, 0x0000);
	assert_ptr_equal(amp_packed_get_buffer(pair->driver, NULL, NULL), &cookie);
}

static void a_new_driver_zeroes_the_ring_up_to_the_mark_and_nothing_behind_it(void **state)
{
	const uint8_t *end = (const uint8_t *)(device_event() + 2);

	(void)state;
	for (const uint8_t *byte = pair->shm.ring; byte < end; byte++)
		assert_int_equal(*byte, byte == (uint8_t *)&MARK       ? IN_USE & 0xff
		                        : byte == (uint8_t *)&MARK + 1 ? IN_USE >> 8
		                                                       : 0);
	for (const uint8_t *byte = end; byte < pair->shm.data; byte++)
		assert_int_equal(*byte, 0x55);
	assert_true(end <= pair->shm.ring + vring_size(NUM, PAIR_ALIGN));
}

/* ------------------------------------------------------------------ buffers */

static void a_buffer_of_several_parts_goes_there_and_back(void **state)
{
	uint16_t id, back;
	uint32_t len;
	int cookie;

	(void)state;
	for (unsigned int turn = 0; turn < 200; turn++) {
		unsigned int readable = turn % 3, writable = 1 + turn % 5;

		assert_int_equal(add(readable, writable, &cookie), VQUEUE_SUCCESS);
		assert_int_equal(take(&id), readable + writable);
		assert_int_equal(take(&back), 0);
		assert_null(amp_packed_get_buffer(pair->driver, &len, &back));
		assert_int_equal(amp_packed_give_back(pair->device, id, turn + 1), VQUEUE_SUCCESS);
		assert_int_equal(amp_packed_give_back(pair->device, id, 1), ERROR_VRING_FULL);
		assert_ptr_equal(amp_packed_get_buffer(pair->driver, &len, &back), &cookie);
		assert_int_equal(len, turn + 1);
		assert_int_equal(back, id);
		assert_int_equal(virtqueue_empty(pair->driver), 1);
	}
}

static void a_full_ring_refuses_and_all_come_back_in_any_order(void **state)
{
	uint16_t id[NUM], back;
	int cookie[NUM];

	(void)state;
	for (unsigned int turn = 0; turn < 5; turn++) {
		for (unsigned int i = 0; i < NUM; i++)
			assert_int_equal(add(1, 0, &cookie[i]), VQUEUE_SUCCESS);
		assert_int_equal(virtqueue_full(pair->driver), 1);
		assert_int_equal(add(1, 0, &cookie[0]), ERROR_VRING_FULL);
		for (unsigned int i = 0; i < NUM; i++)
			assert_int_equal(take(&id[i]), 1);
		assert_int_equal(take(&back), 0);
		for (unsigned int i = 0; i < NUM; i++)
			assert_int_equal(amp_packed_give_back(pair->device, id[(i * 3) % NUM], 0), VQUEUE_SUCCESS);
		for (unsigned int i = 0; i < NUM; i++)
			assert_ptr_equal(amp_packed_get_buffer(pair->driver, NULL, NULL), &cookie[(i * 3) % NUM]);
		assert_int_equal(virtqueue_empty(pair->driver), 1);
	}
	assert_int_equal(add(NUM - 1, 1, &cookie[0]), VQUEUE_SUCCESS);
	assert_int_equal(take(&back), NUM);
	assert_int_equal(amp_packed_give_back(pair->device, back, 1), VQUEUE_SUCCESS);
	assert_ptr_equal(amp_packed_get_buffer(pair->driver, NULL, NULL), &cookie[0]);
}

/* Chains of different lengths that overtake each other, against a model: what is with whom. Seeds are counted. */
static void whatever_the_order_each_buffer_comes_back_once(void **state)
{
	static const unsigned int sizes[] = {1, 2, 4, 8};

	for (unsigned int seed = 1; seed <= 40; seed++) {
		unsigned int with_device[NUM], num_with = 0, offered = 0, came = 0, given = 0;
		uint32_t random = seed * 2654435761u;
		uint8_t cookie[NUM] = {0};
		uint8_t *back;
		uint16_t id;
		unsigned int num = sizes[seed % 4];

		down(state);
		pair_alloc();
		pair_set_features(0);
		assert_int_equal(create(&pair->driver, &pair->driver_dev, num), VQUEUE_SUCCESS);
		assert_int_equal(create(&pair->device, &pair->device_dev, num), VQUEUE_SUCCESS);
		for (unsigned int step = 0; step < 2000; step++) {
			random = random * 1664525u + 1013904223u;
			switch (random >> 30) {
			case 0:
			case 1:
				for (unsigned int i = 0; i < NUM; i++) {
					if (cookie[i])
						continue;
					cookie[i] = 1;
					if (add(1 + (random >> 20) % 3, 0, &cookie[i]) == VQUEUE_SUCCESS)
						offered++;
					else
						cookie[i] = 0;
					break;
				}
				break;
			case 2:
				if (take(&id))
					with_device[num_with++] = id;
				break;
			default:
				if (num_with) {
					unsigned int which = (random >> 16) % num_with;

					assert_int_equal(
						amp_packed_give_back(pair->device, (uint16_t)with_device[which], 0),
						VQUEUE_SUCCESS);
					with_device[which] = with_device[--num_with];
					given++;
				}
				while ((back = amp_packed_get_buffer(pair->driver, NULL, NULL)) != NULL) {
					assert_int_equal(*back, 1);
					*back = 0;
					came++;
				}
				assert_int_equal(came, given);
			}
			assert_int_equal(pair->driver->vq_fault + pair->device->vq_fault, 0);
		}
		assert_true(came > 100 && offered >= came);
	}
}

/* Through the largest ring: the counts pass 65536, and the place and the wrap counter stay right. */
static void the_largest_ring_goes_round(void **state)
{
	enum {
		LARGEST = 32768
	};
	size_t size = (size_t)vring_size(LARGEST, 4096);
	struct virtqueue *driver = virtqueue_allocate(LARGEST), *device = virtqueue_allocate(LARGEST);
	uint8_t *ring = aligned_alloc(4096, (size + 4095) / 4096 * 4096);
	struct vring_alloc_info info = {.vaddr = ring, .align = 4096, .num_descs = LARGEST};
	struct virtqueue_buf part = {pair->shm.data, 4};
	struct amp_vq_part got;
	uint16_t id;
	int cookie;

	(void)state;
	memset(ring, 0, size);
	assert_int_equal(amp_packed_create(&pair->driver_dev, 0, "", &info, NULL, NULL, driver), 0);
	assert_int_equal(amp_packed_create(&pair->device_dev, 0, "", &info, NULL, NULL, device), 0);
	virtqueue_set_shmem_io(driver, &pair->io);
	virtqueue_set_shmem_io(device, &pair->io);
	for (unsigned int i = 0; i < 3 * LARGEST; i++) {
		assert_int_equal(amp_packed_add_buffer(driver, &part, 1, 0, &cookie), VQUEUE_SUCCESS);
		assert_int_equal(amp_packed_take(device, &got, 1, &id), 1);
		assert_int_equal(amp_packed_take(device, &got, 1, &id), 0);
		assert_int_equal(amp_packed_give_back(device, id, 0), VQUEUE_SUCCESS);
		assert_ptr_equal(amp_packed_get_buffer(driver, NULL, NULL), &cookie);
		assert_null(amp_packed_get_buffer(driver, NULL, NULL));
	}
	for (unsigned int i = 0; i < LARGEST; i++)
		assert_int_equal(amp_packed_add_buffer(driver, &part, 1, 0, &cookie), VQUEUE_SUCCESS);
	for (unsigned int i = 0; i < LARGEST; i++)
		assert_int_equal(amp_packed_take(device, &got, 1, &id), 1);
	assert_int_equal(amp_packed_take(device, &got, 1, &id), 0);
	assert_int_equal(device->vq_fault, AMP_LINK_OK);
	virtqueue_free(driver);
	virtqueue_free(device);
	free(ring);
}

static void buffers_that_cannot_be_offered_are_refused(void **state)
{
	struct virtqueue_buf list = {pair->shm.data, 32};
	int cookie;

	(void)state;
	assert_int_equal(add(0, 0, &cookie), ERROR_VRING_NO_BUFF);
	assert_int_equal(amp_packed_add_buffer(pair->driver, &list, NUM + 1, 0, &cookie), ERROR_VRING_FULL);
	assert_int_equal(amp_packed_add_buffer(pair->driver, &list, -1, 2, &cookie), ERROR_VQUEUE_INVLD_PARAM);
	assert_int_equal(amp_packed_add_buffer(pair->driver, NULL, 1, 0, &cookie), ERROR_VQUEUE_INVLD_PARAM);
	assert_int_equal(amp_packed_add_buffer(pair->driver, &list, 1, 0, NULL), ERROR_VQUEUE_INVLD_PARAM);
	list.len = 0;
	assert_int_equal(amp_packed_add_buffer(pair->driver, &list, 1, 0, &cookie), ERROR_VQUEUE_INVLD_PARAM);
	list.buf = pair->shm.data + PAIR_DATA - 4;
	list.len = 5;
	assert_int_equal(amp_packed_add_buffer(pair->driver, &list, 1, 0, &cookie), ERROR_VQUEUE_INVLD_PARAM);
	list.len = 4;
	assert_int_equal(amp_packed_add_buffer(pair->driver, &list, 1, 0, &cookie), VQUEUE_SUCCESS);
	assert_int_equal(desc(1)->flags, 0);
}

static void rings_that_cannot_be_are_refused(void **state)
{
	static const uint16_t wrong_num[] = {0, 3, 6, 32769, 65535};
	struct vring_alloc_info info = pair_ring(NUM);
	struct virtio_device dev = {.role = VIRTIO_DEV_DEVICE};
	struct virtqueue *vq = virtqueue_allocate(NUM);

	(void)state;
	for (unsigned int i = 0; i < sizeof(wrong_num) / sizeof(wrong_num[0]); i++) {
		info.num_descs = wrong_num[i];
		assert_int_equal(amp_packed_create(&dev, 0, "", &info, NULL, NULL, vq), ERROR_VRING_MAX_DESC);
	}
	info = pair_ring(NUM);
	info.align = 2;
	assert_int_equal(amp_packed_create(&dev, 0, "", &info, NULL, NULL, vq), ERROR_VRING_ALIGN);
	info.align = 48;
	assert_int_equal(amp_packed_create(&dev, 0, "", &info, NULL, NULL, vq), ERROR_VRING_ALIGN);
	info = pair_ring(NUM);
	info.vaddr = (uint8_t *)info.vaddr + 8;
	assert_int_equal(amp_packed_create(&dev, 0, "", &info, NULL, NULL, vq), ERROR_VRING_ALIGN);
	info.vaddr = NULL;
	assert_int_equal(amp_packed_create(&dev, 0, "", &info, NULL, NULL, vq), ERROR_VQUEUE_INVLD_PARAM);
	info = pair_ring(NUM);
	assert_int_equal(amp_packed_create(NULL, 0, "", &info, NULL, NULL, vq), ERROR_VQUEUE_INVLD_PARAM);
	assert_int_equal(amp_packed_create(&dev, 0, "", NULL, NULL, NULL, vq), ERROR_VQUEUE_INVLD_PARAM);
	assert_int_equal(amp_packed_create(&dev, 0, "", &info, NULL, NULL, NULL), ERROR_VQUEUE_INVLD_PARAM);
	virtqueue_free(vq);
}

/* ------------------------------------------------------------------ a device against a hostile driver */

struct hostile_case {
	const char *text;
	void (*write)(void); /* into the first of two buffers of two parts each, which are at descriptors 0 to 3 */
	int reason;          /* AMP_LINK_OK: the buffer is taken */
};

#define CASE(name, statement)  \
	static void name(void) \
	{                      \
		statement;     \
	}

CASE(id_last, desc(1)->id = NUM - 1)
CASE(id_beyond, desc(1)->id = NUM)
CASE(id_max, desc(1)->id = 0xffff)
CASE(id_of_the_first_does_not_matter, desc(0)->id = 0xffff)
CASE(addr_before, desc(0)->addr = PAIR_PHYS - 1)
CASE(addr_zero, desc(0)->addr = 0)
CASE(addr_first, desc(0)->addr = PAIR_PHYS)
CASE(addr_last, desc(0)->addr = PAIR_PHYS + sizeof(pair->shm) - PAIR_PART)
CASE(addr_last_too_long, desc(0)->addr = PAIR_PHYS + sizeof(pair->shm) - PAIR_PART + 1)
CASE(addr_end, desc(1)->addr = PAIR_PHYS + sizeof(pair->shm))
CASE(addr_high_half, desc(1)->addr += 1ull << 32)
CASE(addr_wraps, desc(1)->addr = UINT64_MAX)
CASE(len_all, desc(0)->addr = PAIR_PHYS; desc(0)->len = sizeof(pair->shm))
CASE(len_more, desc(0)->addr = PAIR_PHYS; desc(0)->len = sizeof(pair->shm) + 1)
CASE(len_max, desc(1)->len = UINT32_MAX)
CASE(len_zero, desc(1)->len = 0)
CASE(next_to_a_used_one, for (unsigned int i = 1; i < 4; i++) desc(i)->flags |= VRING_DESC_F_NEXT | VRING_DESC_F_WRITE)
CASE(
	chain_of_all, for (unsigned int i = 0; i < NUM; i++) {
		*desc(i) = *desc(1);
		desc(i)->flags = (uint16_t)(VRING_PACKED_DESC_F_AVAIL | (i + 1 < NUM ? VRING_DESC_F_NEXT : 0));
	})
CASE(
	chain_of_more, for (unsigned int i = 0; i < NUM; i++) {
		*desc(i) = *desc(1);
		desc(i)->flags = VRING_PACKED_DESC_F_AVAIL | VRING_DESC_F_NEXT;
	})
CASE(second_not_available, desc(1)->flags &= (uint16_t)~VRING_PACKED_DESC_F_AVAIL)
CASE(second_used, desc(1)->flags |= VRING_PACKED_DESC_F_USED)
CASE(reads_after_writes, desc(0)->flags |= VRING_DESC_F_WRITE; desc(1)->flags &= (uint16_t)~VRING_DESC_F_WRITE)
CASE(indirect_and_next, desc(0)->flags |= VRING_DESC_F_INDIRECT)
CASE(indirect_behind, desc(1)->flags |= VRING_DESC_F_INDIRECT)
CASE(unknown_flags, desc(0)->flags |= 0x7f78 & (uint16_t)~VRING_PACKED_DESC_F_AVAIL)

static void a_device_survives_each_bad_word_of_a_driver(void **state)
{
	static const struct hostile_case cases[] = {
		{"id: the last", id_last, AMP_LINK_OK},
		{"id: as many as there are descriptors", id_beyond, AMP_LINK_BAD_DESCRIPTOR},
		{"id: 65535", id_max, AMP_LINK_BAD_DESCRIPTOR},
		{"id: of a descriptor that is not the last of its chain", id_of_the_first_does_not_matter, AMP_LINK_OK},
		{"address: just before the memory", addr_before, AMP_LINK_BAD_ADDRESS},
		{"address: 0", addr_zero, AMP_LINK_BAD_ADDRESS},
		{"address: the first byte", addr_first, AMP_LINK_OK},
		{"address: the last part that fits", addr_last, AMP_LINK_OK},
		{"address: one byte more than fits", addr_last_too_long, AMP_LINK_BAD_ADDRESS},
		{"address: behind the memory", addr_end, AMP_LINK_BAD_ADDRESS},
		{"address: 4 GiB too high", addr_high_half, AMP_LINK_BAD_ADDRESS},
		{"address: the end of all addresses", addr_wraps, AMP_LINK_BAD_ADDRESS},
		{"length: all of the memory", len_all, AMP_LINK_OK},
		{"length: one byte more", len_more, AMP_LINK_BAD_ADDRESS},
		{"length: 4 GiB", len_max, AMP_LINK_BAD_ADDRESS},
		{"length: 0", len_zero, AMP_LINK_OK},
		{"chain: goes on where nothing is available", next_to_a_used_one, AMP_LINK_BAD_DESCRIPTOR},
		{"chain: as long as the ring", chain_of_all, AMP_LINK_OK},
		{"chain: longer", chain_of_more, AMP_LINK_BAD_DESCRIPTOR},
		{"chain: the second is not available", second_not_available, AMP_LINK_BAD_DESCRIPTOR},
		{"chain: the second is used", second_used, AMP_LINK_BAD_DESCRIPTOR},
		{"flags: what is read behind what is written", reads_after_writes, AMP_LINK_BAD_FLAGS},
		{"flags: indirect, and chained", indirect_and_next, AMP_LINK_BAD_FLAGS},
		{"flags: indirect, behind another", indirect_behind, AMP_LINK_BAD_FLAGS},
		{"flags: that mean nothing", unknown_flags, AMP_LINK_OK},
	};
	struct amp_vq_part parts[NUM];
	unsigned int num;
	int cookie[2];
	uint16_t id;

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		down(state);
		up(state);
		print_message("    %s\n", cases[i].text);
		assert_int_equal(add(1, 1, &cookie[0]), VQUEUE_SUCCESS);
		assert_int_equal(add(1, 1, &cookie[1]), VQUEUE_SUCCESS);
		cases[i].write();
		num = amp_packed_take(pair->device, parts, NUM, &id);
		assert_int_equal(pair->device->vq_fault, cases[i].reason);
		if (cases[i].reason) {
			assert_int_equal(num, 0);
			assert_int_equal(amp_packed_take(pair->device, parts, NUM, &id), 0);
			assert_int_equal(amp_packed_give_back(pair->device, 0, 0), ERROR_VQUEUE_INVLD_PARAM);
		} else {
			assert_true(num >= 2);
			assert_true(id < NUM);
		}
	}
}

static void a_device_has_no_more_than_the_ring_holds_and_no_id_twice(void **state)
{
	struct amp_vq_part part;
	int cookie;
	uint16_t id;

	for (unsigned int i = 0; i < NUM; i++)
		assert_int_equal(add(1, 0, &cookie), VQUEUE_SUCCESS);
	for (unsigned int i = 0; i < NUM; i++)
		assert_int_equal(amp_packed_take(pair->device, &part, 1, &id), 1);
	desc(0)->flags = VRING_PACKED_DESC_F_USED; /* available in the second round, though nothing came back */
	assert_int_equal(amp_packed_take(pair->device, &part, 1, &id), 0);
	assert_int_equal(pair->device->vq_fault, AMP_LINK_BAD_INDEX);

	down(state);
	up(state);
	assert_int_equal(add(1, 0, &cookie), VQUEUE_SUCCESS);
	assert_int_equal(add(1, 0, &cookie), VQUEUE_SUCCESS);
	desc(1)->id = desc(0)->id;
	assert_int_equal(amp_packed_take(pair->device, &part, 1, &id), 1);
	assert_int_equal(amp_packed_take(pair->device, &part, 1, &id), 0);
	assert_int_equal(pair->device->vq_fault, AMP_LINK_BAD_DESCRIPTOR);

	down(state);
	up(state);
	assert_int_equal(add(2, 0, &cookie), VQUEUE_SUCCESS);
	assert_int_equal(amp_packed_take(pair->device, &part, 1, &id), 0); /* more parts than there is room for */
	assert_int_equal(pair->device->vq_fault, AMP_LINK_BAD_DESCRIPTOR);

	down(state);
	up(state);
	assert_int_equal(amp_packed_give_back(pair->device, NUM, 0), ERROR_INVLD_DESC_IDX);
	assert_int_equal(amp_packed_give_back(pair->device, NUM - 1, 0), ERROR_VRING_FULL);
}

/* ------------------------------------------------------------------ a driver against a hostile device */

static void a_driver_survives_each_bad_word_of_a_device(void **state)
{
	static const struct {
		const char *text;
		uint16_t id, flags;
		int reason; /* AMP_LINK_OK with a cookie, or -1: nothing is there yet */
	} cases[] = {
		{"used: the buffer that it has", 0, 0x8080, AMP_LINK_OK},
		{"used: with flags that mean nothing", 0, 0x8080 | 0x7f7d, AMP_LINK_OK},
		{"used: one that it does not have", 1, 0x8080, AMP_LINK_BAD_DESCRIPTOR},
		{"used: the last id", NUM - 1, 0x8080, AMP_LINK_BAD_DESCRIPTOR},
		{"used: behind the last id", NUM, 0x8080, AMP_LINK_BAD_DESCRIPTOR},
		{"used: 65535", 0xffff, 0x8080, AMP_LINK_BAD_DESCRIPTOR},
		{"available still", 0, 0x0080, -1},
		{"used, but of the other round", 0, 0x0000, -1},
		{"available, but of the other round", 0, 0x8000, -1},
	};
	uint32_t len;
	void *back;
	int cookie;

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		down(state);
		up(state);
		print_message("    %s\n", cases[i].text);
		assert_int_equal(add(2, 0, &cookie), VQUEUE_SUCCESS);
		desc(0)->len = 77;
		desc(0)->id = cases[i].id;
		desc(0)->flags = cases[i].flags;
		back = amp_packed_get_buffer(pair->driver, &len, NULL);
		if (cases[i].reason) {
			assert_null(back);
			assert_int_equal(pair->driver->vq_fault, cases[i].reason < 0 ? 0 : cases[i].reason);
		} else {
			assert_ptr_equal(back, &cookie);
			assert_int_equal(len, 0); /* no word that anything was written */
			assert_null(amp_packed_get_buffer(pair->driver, &len, NULL));
		}
		if (cases[i].reason > 0)
			assert_int_equal(add(1, 0, &cookie), ERROR_VQUEUE_INVLD_PARAM);
	}
	/* Twice the same: the second time it is not the device's any more. */
	down(state);
	up(state);
	assert_int_equal(add(1, 0, &cookie), VQUEUE_SUCCESS);
	assert_int_equal(add(1, 0, &cookie), VQUEUE_SUCCESS);
	for (unsigned int i = 0; i < 2; i++) {
		desc(i)->id = 0;
		desc(i)->flags = 0x8080;
	}
	assert_ptr_equal(amp_packed_get_buffer(pair->driver, NULL, NULL), &cookie);
	assert_null(amp_packed_get_buffer(pair->driver, NULL, NULL));
	assert_int_equal(pair->driver->vq_fault, AMP_LINK_BAD_DESCRIPTOR);
}

/* ------------------------------------------------------------------ indirect */

#define TABLE_PARTS 12u

static struct vring_packed_desc *table(void)
{
	return (struct vring_packed_desc *)(void *)(pair->shm.data + PAIR_DATA - 16 * TABLE_PARTS);
}

static int add_indirect(unsigned int readable, unsigned int writable, void *cookie)
{
	struct virtqueue_buf list[TABLE_PARTS];

	pair_list(list, readable + writable);
	return amp_packed_add_indirect(pair->driver, table(), list, (int)readable, (int)writable, cookie);
}

static void an_indirect_buffer_has_more_parts_than_the_ring_and_takes_one_descriptor(void **state)
{
	struct amp_vq_part parts[TABLE_PARTS];
	uint16_t id;
	int cookie;

	(void)state;
	for (unsigned int turn = 0; turn < 3 * NUM; turn++) {
		assert_int_equal(add_indirect(5, TABLE_PARTS - 5, &cookie), VQUEUE_SUCCESS);
		assert_int_equal(desc(turn % NUM)->flags, (turn / NUM % 2 ? 0x8000 : 0x0080) | VRING_DESC_F_INDIRECT);
		assert_int_equal(desc(turn % NUM)->len, 16 * TABLE_PARTS);
		assert_int_equal(desc(turn % NUM)->addr, pair_addr(table()));
		for (unsigned int i = 0; i < TABLE_PARTS; i++)
			assert_int_equal(table()[i].flags, i < 5 ? 0 : VRING_DESC_F_WRITE);
		assert_int_equal(amp_packed_take(pair->device, parts, TABLE_PARTS, &id), TABLE_PARTS);
		for (unsigned int i = 0; i < TABLE_PARTS; i++) {
			assert_ptr_equal(parts[i].buf, pair->shm.data + PAIR_PART * i);
			assert_int_equal(parts[i].writable, i >= 5);
		}
		assert_int_equal(amp_packed_give_back(pair->device, id, 1), VQUEUE_SUCCESS);
		assert_ptr_equal(amp_packed_get_buffer(pair->driver, NULL, NULL), &cookie);
	}
}

static void tables_that_cannot_be_are_refused(void **state)
{
	struct virtqueue_buf part = {pair->shm.data, 4};
	int cookie;

	(void)state;
	assert_int_equal(amp_packed_add_indirect(pair->driver, pair->shm.data + 4, &part, 1, 0, &cookie),
	                 ERROR_VQUEUE_INVLD_PARAM);
	assert_int_equal(amp_packed_add_indirect(pair->driver, pair->shm.data + PAIR_DATA - 8, &part, 1, 0, &cookie),
	                 ERROR_VQUEUE_INVLD_PARAM);
	assert_int_equal(amp_packed_add_indirect(pair->driver, NULL, &part, 1, 0, &cookie), ERROR_VQUEUE_INVLD_PARAM);
	assert_int_equal(amp_packed_add_indirect(pair->driver, table(), &part, 0, 0, &cookie), ERROR_VRING_NO_BUFF);
	assert_int_equal(amp_packed_add_indirect(pair->driver, pair->shm.data + PAIR_DATA - 16, &part, 1, 0, &cookie),
	                 VQUEUE_SUCCESS);
	pair_set_features(0);
	assert_int_equal(amp_packed_add_indirect(pair->driver, table(), &part, 1, 0, &cookie),
	                 ERROR_VQUEUE_INVLD_PARAM);
}

CASE(table_one, desc(0)->len = 16)
CASE(table_empty, desc(0)->len = 0)
CASE(table_less_than_one, desc(0)->len = 15)
CASE(table_more_than_one, desc(0)->len = 17)
CASE(table_huge, desc(0)->len = 0xfffffff0)
CASE(table_odd, desc(0)->addr += 4)
CASE(table_before, desc(0)->addr = PAIR_PHYS - 16)
CASE(table_last, desc(0)->addr = PAIR_PHYS + sizeof(pair->shm) - 16; desc(0)->len = 16;
     table()[TABLE_PARTS - 1] = table()[0])
CASE(table_too_long, desc(0)->addr = PAIR_PHYS + sizeof(pair->shm) - 16)
CASE(table_high, desc(0)->addr += 1ull << 32)
CASE(table_nested, table()[0].flags = VRING_DESC_F_INDIRECT)
CASE(table_chained, table()[0].flags = VRING_DESC_F_NEXT)
CASE(table_disorder, table()[0].flags = VRING_DESC_F_WRITE; table()[1].flags = 0)
CASE(table_part_outside, table()[1].addr = PAIR_PHYS + sizeof(pair->shm) - PAIR_PART + 1)
CASE(table_states, table()[0].flags |= 0x8080; table()[1].id = 0xffff)
CASE(table_flag_write, desc(0)->flags |= VRING_DESC_F_WRITE)
CASE(not_negotiated, pair_set_features(0))

static void a_device_survives_each_bad_word_of_an_indirect_buffer(void **state)
{
	static const struct hostile_case cases[] = {
		{"table: of one", table_one, AMP_LINK_OK},
		{"table: empty", table_empty, AMP_LINK_BAD_LENGTH},
		{"table: less than one", table_less_than_one, AMP_LINK_BAD_LENGTH},
		{"table: not a multiple of 16", table_more_than_one, AMP_LINK_BAD_LENGTH},
		{"table: 4 GiB", table_huge, AMP_LINK_BAD_ADDRESS},
		{"table: not aligned", table_odd, AMP_LINK_BAD_ADDRESS},
		{"table: just before the memory", table_before, AMP_LINK_BAD_ADDRESS},
		{"table: at the end of the memory", table_last, AMP_LINK_OK},
		{"table: beyond it", table_too_long, AMP_LINK_BAD_ADDRESS},
		{"table: 4 GiB too high", table_high, AMP_LINK_BAD_ADDRESS},
		{"table: another table in it", table_nested, AMP_LINK_BAD_FLAGS},
		{"table: a chain in it", table_chained, AMP_LINK_BAD_FLAGS},
		{"table: what is read behind what is written", table_disorder, AMP_LINK_BAD_FLAGS},
		{"table: a part outside the memory", table_part_outside, AMP_LINK_BAD_ADDRESS},
		{"table: states and ids, which mean nothing there", table_states, AMP_LINK_OK},
		{"table: to be written, which means nothing", table_flag_write, AMP_LINK_OK},
		{"not negotiated", not_negotiated, AMP_LINK_BAD_FLAGS},
	};
	struct amp_vq_part parts[NUM];
	unsigned int num;
	uint16_t id;
	int cookie;

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		down(state);
		up(state);
		print_message("    %s\n", cases[i].text);
		assert_int_equal(add_indirect(1, 1, &cookie), VQUEUE_SUCCESS);
		cases[i].write();
		num = amp_packed_take(pair->device, parts, NUM, &id);
		assert_int_equal(pair->device->vq_fault, cases[i].reason);
		assert_int_equal(num != 0, cases[i].reason == AMP_LINK_OK);
	}
	/* One part more than there is room for. */
	down(state);
	up(state);
	assert_int_equal(add_indirect(NUM, 1, &cookie), VQUEUE_SUCCESS);
	assert_int_equal(amp_packed_take(pair->device, parts, NUM, &id), 0);
	assert_int_equal(pair->device->vq_fault, AMP_LINK_BAD_DESCRIPTOR);
}

/* ------------------------------------------------------------------ kicks */

static void kicks_follow_the_flags_of_the_other_side(void **state)
{
	uint16_t id;
	int cookie;

	(void)state;
	assert_int_equal(add(1, 0, &cookie), 0);
	amp_packed_kick(pair->driver);
	assert_int_equal(pair->kicks[VIRTIO_DEV_DRIVER], 1);
	amp_packed_disable_cb(pair->device);
	assert_int_equal(device_event()->flags, VRING_PACKED_EVENT_FLAG_DISABLE);
	amp_packed_kick(pair->driver);
	assert_int_equal(pair->kicks[VIRTIO_DEV_DRIVER], 1);
	assert_int_equal(amp_packed_enable_cb(pair->device), 1); /* something came meanwhile */
	assert_int_equal(device_event()->flags, VRING_PACKED_EVENT_FLAG_ENABLE);
	amp_packed_disable_cb(pair->driver);
	assert_int_equal(driver_event()->flags, VRING_PACKED_EVENT_FLAG_DISABLE);
	assert_int_equal(take(&id), 1);
	assert_int_equal(amp_packed_enable_cb(pair->device), 0);
	assert_int_equal(amp_packed_give_back(pair->device, id, 0), 0);
	amp_packed_kick(pair->device);
	assert_int_equal(pair->kicks[VIRTIO_DEV_DEVICE], 0);
	assert_int_equal(amp_packed_enable_cb(pair->driver), 1);
	amp_packed_kick(pair->device);
	assert_int_equal(pair->kicks[VIRTIO_DEV_DEVICE], 1);
	/* what a hostile side writes there decides about kicks for that side, and nothing else */
	device_event()->flags = VRING_PACKED_EVENT_FLAG_DESC; /* not negotiated */
	amp_packed_kick(pair->driver);
	device_event()->flags = 0xffff;
	amp_packed_kick(pair->driver);
	assert_int_equal(pair->kicks[VIRTIO_DEV_DRIVER], 3);
}

/* Each place and each number published, over three rounds: a kick if, and only if, the descriptor asked for is among
 * them. */
static void with_an_event_index_a_kick_comes_for_the_descriptor_that_is_asked_for(void **state)
{
	unsigned int at = 0, wanted;
	uint16_t id;
	int cookie;

	for (unsigned int start = 0; start < 3 * NUM; start++) {
		for (unsigned int num = 1; num <= NUM; num++) {
			for (unsigned int event = 0; event < 2 * NUM; event++) {
				down(state);
				up_events(state);
				for (at = 0; at < start; at++) {
					assert_int_equal(add(1, 0, &cookie), 0);
					assert_int_equal(take(&id), 1);
					assert_int_equal(amp_packed_give_back(pair->device, id, 0), 0);
					assert_non_null(amp_packed_get_buffer(pair->driver, NULL, NULL));
				}
				device_event()->flags = VRING_PACKED_EVENT_FLAG_DISABLE;
				amp_packed_kick(pair->driver); /* what was published before */
				for (unsigned int i = 0; i < num; i++)
					assert_int_equal(add(1, 0, &cookie), 0);
				device_event()->flags = VRING_PACKED_EVENT_FLAG_DESC;
				device_event()->off_wrap = (uint16_t)(event % NUM | (event / NUM ? 0 : 0x8000));
				wanted = 0;
				for (unsigned int i = start; i < start + num; i++)
					wanted += i % (2 * NUM) == event;
				amp_packed_kick(pair->driver);
				assert_int_equal(pair->kicks[VIRTIO_DEV_DRIVER], wanted);
			}
		}
	}
}

static void with_an_event_index_each_side_asks_for_its_next_descriptor(void **state)
{
	uint16_t id;
	int cookie;

	(void)state;
	for (unsigned int i = 0; i < 3 * NUM; i++) {
		uint16_t next = (uint16_t)(i % NUM | (i / NUM % 2 ? 0 : 0x8000));

		assert_int_equal(amp_packed_enable_cb(pair->device), 0);
		assert_int_equal(device_event()->off_wrap, next);
		assert_int_equal(device_event()->flags, VRING_PACKED_EVENT_FLAG_DESC);
		assert_int_equal(amp_packed_enable_cb(pair->driver), 0);
		assert_int_equal(driver_event()->off_wrap, next);
		assert_int_equal(add(1, 0, &cookie), 0);
		amp_packed_kick(pair->driver);
		assert_int_equal(pair->kicks[VIRTIO_DEV_DRIVER], i + 1);
		assert_int_equal(take(&id), 1);
		assert_int_equal(amp_packed_give_back(pair->device, id, 0), 0);
		amp_packed_kick(pair->device);
		amp_packed_kick(pair->device); /* nothing new */
		assert_int_equal(pair->kicks[VIRTIO_DEV_DEVICE], i + 1);
		assert_int_equal(amp_packed_enable_cb(pair->driver), 1);
		assert_non_null(amp_packed_get_buffer(pair->driver, NULL, NULL));
	}
	/* A place outside the ring, and more published than the ring holds: a kick too many rather than one too few. */
	device_event()->off_wrap = NUM;
	assert_int_equal(add(1, 0, &cookie), 0);
	amp_packed_kick(pair->driver);
	assert_int_equal(pair->kicks[VIRTIO_DEV_DRIVER], 3 * NUM + 1);
	device_event()->off_wrap = 0x7fff;
	amp_packed_kick(pair->driver);
	assert_int_equal(pair->kicks[VIRTIO_DEV_DRIVER], 3 * NUM + 2);
}

/* ------------------------------------------------------------------ restarts */

static void a_device_whose_driver_began_again_takes_and_gives_nothing(void **state)
{
	struct amp_vq_part part;
	uint16_t id, other;
	int cookie;

	(void)state;
	assert_int_equal(add(1, 0, &cookie), 0);
	assert_int_equal(add(1, 0, &cookie), 0);
	assert_int_equal(take(&id), 1);
	assert_int_equal(create(&pair->driver, &pair->driver_dev, NUM), VQUEUE_SUCCESS); /* waits, in vain */
	assert_int_equal(MARK, 0);
	assert_int_equal(add(1, 0, &cookie), 0);
	assert_int_equal(amp_packed_give_back(pair->device, id, 0), ERROR_VQUEUE_INVLD_PARAM);
	assert_int_equal(pair->device->vq_fault, AMP_LINK_PEER_RESET);
	assert_int_equal(amp_packed_take(pair->device, &part, 1, &other), 0);
	assert_int_equal(desc(0)->flags, 0x0080); /* as the driver wrote it */
	/* its next life */
	assert_int_equal(create(&pair->device, &pair->device_dev, NUM), VQUEUE_SUCCESS);
	assert_int_equal(take(&id), 1);
	assert_int_equal(amp_packed_give_back(pair->device, id, 0), VQUEUE_SUCCESS);
	assert_non_null(amp_packed_get_buffer(pair->driver, NULL, NULL));
}

/* How far a device has got cannot be seen in the ring; that it has got anywhere, must be. */
static void a_device_begins_on_no_ring_that_was_used_since_it_was_zeroed(void **state)
{
	unsigned int used;
	uint16_t id;
	int cookie;

	for (used = 0; used < 5 * NUM; used++) {
		down(state);
		up(state);
		for (unsigned int i = 0; i < used; i++) {
			assert_int_equal(add(1, 0, &cookie), 0);
			assert_int_equal(take(&id), 1);
			assert_int_equal(amp_packed_give_back(pair->device, id, 0), VQUEUE_SUCCESS);
			assert_non_null(amp_packed_get_buffer(pair->driver, NULL, NULL));
		}
		assert_int_equal(add(1, 0, &cookie), 0);
		if (used == 0)
			assert_int_equal(take(&id), 1); /* and dies with it */
		assert_int_equal(create(&pair->device, &pair->device_dev, NUM),
		                 used ? ERROR_EMPTY_RING : VQUEUE_SUCCESS);
	}
	/* Nothing was given back: the next life gets what the first one had. */
	down(state);
	up(state);
	assert_int_equal(add(1, 0, &cookie), 0);
	assert_int_equal(take(&id), 1);
	assert_int_equal(create(&pair->device, &pair->device_dev, NUM), VQUEUE_SUCCESS);
	assert_int_equal(take(&id), 1);
	/* The last store of a device that stood still, in a ring that was zeroed meanwhile. */
	down(state);
	up(state);
	MARK = 0;
	desc(3)->flags = 0x8080;
	assert_int_equal(create(&pair->device, &pair->device_dev, NUM), ERROR_EMPTY_RING);
}

static void a_queue_that_is_deleted_lets_go_of_its_ring(void **state)
{
	struct virtio_vring_info info = {.vq = pair->device};

	(void)state;
	pair->device_dev.vrings_num = 1;
	pair->device_dev.vrings_info = &info;
	assert_int_equal(MARK, IN_USE);
	virtio_delete_virtqueues(&pair->device_dev);
	assert_int_equal(MARK, LET_GO);
	assert_int_equal(create(&pair->driver, &pair->driver_dev, NUM), VQUEUE_SUCCESS);
	assert_int_equal(MARK, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_words_in_memory_are_those_of_the_specification, up, down),
		cmocka_unit_test_setup_teardown(a_new_driver_zeroes_the_ring_up_to_the_mark_and_nothing_behind_it, up,
	                                        down),
		cmocka_unit_test_setup_teardown(a_buffer_of_several_parts_goes_there_and_back, up, down),
		cmocka_unit_test_setup_teardown(a_full_ring_refuses_and_all_come_back_in_any_order, up, down),
		cmocka_unit_test_setup_teardown(whatever_the_order_each_buffer_comes_back_once, up, down),
		cmocka_unit_test_setup_teardown(the_largest_ring_goes_round, up, down),
		cmocka_unit_test_setup_teardown(buffers_that_cannot_be_offered_are_refused, up, down),
		cmocka_unit_test_setup_teardown(rings_that_cannot_be_are_refused, up, down),
		cmocka_unit_test_setup_teardown(a_device_survives_each_bad_word_of_a_driver, up, down),
		cmocka_unit_test_setup_teardown(a_device_has_no_more_than_the_ring_holds_and_no_id_twice, up, down),
		cmocka_unit_test_setup_teardown(a_driver_survives_each_bad_word_of_a_device, up, down),
		cmocka_unit_test_setup_teardown(
			an_indirect_buffer_has_more_parts_than_the_ring_and_takes_one_descriptor, up, down),
		cmocka_unit_test_setup_teardown(tables_that_cannot_be_are_refused, up, down),
		cmocka_unit_test_setup_teardown(a_device_survives_each_bad_word_of_an_indirect_buffer, up, down),
		cmocka_unit_test_setup_teardown(kicks_follow_the_flags_of_the_other_side, up, down),
		cmocka_unit_test_setup_teardown(with_an_event_index_a_kick_comes_for_the_descriptor_that_is_asked_for,
	                                        up_events, down),
		cmocka_unit_test_setup_teardown(with_an_event_index_each_side_asks_for_its_next_descriptor, up_events,
	                                        down),
		cmocka_unit_test_setup_teardown(a_device_whose_driver_began_again_takes_and_gives_nothing, up, down),
		cmocka_unit_test_setup_teardown(a_device_begins_on_no_ring_that_was_used_since_it_was_zeroed, up, down),
		cmocka_unit_test_setup_teardown(a_queue_that_is_deleted_lets_go_of_its_ring, up, down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
