// SPDX-License-Identifier: GPL-2.0-only
/* Split rings with indirect descriptors and with an event index, both ends. */
#include "ring_pair.h"

#define NUM         PAIR_NUM
#define TABLE_PARTS 12u

static struct vring ring; /* as it is in memory */

static int up_with(uint64_t features)
{
	struct vring_alloc_info info;

	pair_alloc();
	pair_set_features(features);
	info = pair_ring(NUM);
	pair->driver = virtqueue_allocate(NUM);
	pair->device = virtqueue_allocate(0);
	assert_int_equal(virtqueue_create(&pair->driver_dev, 0, "", &info, NULL, pair_kick, pair->driver), 0);
	assert_int_equal(virtqueue_create(&pair->device_dev, 0, "", &info, NULL, pair_kick, pair->device), 0);
	virtqueue_set_shmem_io(pair->driver, &pair->io);
	virtqueue_set_shmem_io(pair->device, &pair->io);
	vring_init(&ring, NUM, pair->shm.ring, PAIR_ALIGN);
	if (features & WITH_EVENTS) {
		amp_vq_use_event_idx(pair->driver);
		amp_vq_use_event_idx(pair->device);
	}
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

static struct vring_desc *table(void)
{
	return (struct vring_desc *)(void *)(pair->shm.data + PAIR_DATA - 16 * TABLE_PARTS);
}

static int add_indirect(unsigned int readable, unsigned int writable, void *cookie)
{
	struct virtqueue_buf list[TABLE_PARTS];

	pair_list(list, readable + writable);
	return amp_vq_add_indirect(pair->driver, table(), list, (int)readable, (int)writable, cookie);
}

static int add(unsigned int readable, unsigned int writable, void *cookie)
{
	struct virtqueue_buf list[NUM];

	pair_list(list, readable + writable);
	return virtqueue_add_buffer(pair->driver, list, (int)readable, (int)writable, cookie);
}

/* ------------------------------------------------------------------ indirect */

static void direct_and_indirect_buffers_take_turns(void **state)
{
	struct amp_vq_part parts[TABLE_PARTS];
	uint16_t head, back;
	unsigned int num;
	uint32_t len;
	int cookie;

	(void)state;
	for (unsigned int turn = 0; turn < 60; turn++) {
		num = turn & 1 ? TABLE_PARTS : 1 + turn % NUM;
		assert_int_equal(turn & 1 ? add_indirect(5, TABLE_PARTS - 5, &cookie) : add(1, num - 1, &cookie), 0);
		if (turn & 1)
			assert_int_equal(pair->driver->vq_free_cnt, NUM - 1);
		assert_int_equal(amp_vq_take(pair->device, parts, TABLE_PARTS, &head), num);
		for (unsigned int i = 0; i < num; i++) {
			assert_ptr_equal(parts[i].buf, pair->shm.data + PAIR_PART * i);
			assert_int_equal(parts[i].len, PAIR_PART);
			assert_int_equal(parts[i].writable, i >= (turn & 1 ? 5 : 1));
		}
		assert_int_equal(amp_vq_take(pair->device, parts, TABLE_PARTS, &head), 0);
		assert_int_equal(virtqueue_add_consumed_buffer(pair->device, head, 7), VQUEUE_SUCCESS);
		assert_ptr_equal(virtqueue_get_buffer(pair->driver, &len, &back), &cookie);
		assert_int_equal(back, head);
		assert_int_equal(pair->driver->vq_free_cnt, NUM);
	}
}

static void a_driver_fills_a_table_as_the_specification_says(void **state)
{
	struct virtqueue_buf part = {pair->shm.data, 4};
	int cookie;

	(void)state;
	assert_int_equal(add_indirect(2, 1, &cookie), 0);
	assert_int_equal(ring.desc[ring.avail->ring[0]].flags, VRING_DESC_F_INDIRECT);
	assert_int_equal(ring.desc[ring.avail->ring[0]].len, 48);
	assert_int_equal(ring.desc[ring.avail->ring[0]].addr, pair_addr(table()));
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(table()[i].addr, pair_addr(pair->shm.data + PAIR_PART * i));
		assert_int_equal(table()[i].flags, (i < 2 ? VRING_DESC_F_NEXT : 0) | (i == 2 ? VRING_DESC_F_WRITE : 0));
		assert_int_equal(table()[i].next, i < 2 ? i + 1 : 0);
	}
	assert_int_equal(amp_vq_add_indirect(pair->driver, pair->shm.data + 4, &part, 1, 0, &cookie),
	                 ERROR_VQUEUE_INVLD_PARAM);
	for (unsigned int i = 1; i < NUM; i++)
		assert_int_equal(add_indirect(1, 0, &cookie), VQUEUE_SUCCESS);
	assert_int_equal(add_indirect(1, 0, &cookie), ERROR_VRING_FULL);
	pair_set_features(0);
	assert_int_equal(add_indirect(1, 0, &cookie), ERROR_VQUEUE_INVLD_PARAM);
}

struct hostile_case {
	const char *text;
	void (*write)(struct vring_desc *desc); /* the indirect one, with a table of three */
	int reason;
};

#define CASE(name, statement)                     \
	static void name(struct vring_desc *desc) \
	{                                         \
		(void)desc;                       \
		statement;                        \
	}

CASE(as_it_is, )
CASE(empty, desc->len = 0)
CASE(less_than_one, desc->len = 15)
CASE(not_a_multiple, desc->len = 49)
CASE(odd, desc->addr += 4)
CASE(outside, desc->addr = PAIR_PHYS + sizeof(pair->shm) - 47 + 7)
CASE(high, desc->addr += 1ull << 32)
CASE(chained, desc->flags |= VRING_DESC_F_NEXT; desc->next = 1)
CASE(nested, table()[1].flags |= VRING_DESC_F_INDIRECT)
CASE(next_last, table()[0].next = 2)
CASE(next_beyond, table()[0].next = 3)
CASE(next_max, table()[0].next = 0xffff)
CASE(loop, table()[2].flags |= VRING_DESC_F_NEXT; table()[2].next = 2)
CASE(disorder, table()[0].flags |= VRING_DESC_F_WRITE)
CASE(part_outside, table()[2].len = PAIR_DATA + 1)
CASE(not_negotiated, pair_set_features(0))

static void a_device_survives_each_bad_word_of_an_indirect_buffer(void **state)
{
	static const struct hostile_case cases[] = {
		{"as it should be", as_it_is, AMP_LINK_OK},
		{"table: empty", empty, AMP_LINK_BAD_LENGTH},
		{"table: less than one", less_than_one, AMP_LINK_BAD_LENGTH},
		{"table: not a multiple of 16", not_a_multiple, AMP_LINK_BAD_LENGTH},
		{"table: not aligned", odd, AMP_LINK_BAD_ADDRESS},
		{"table: beyond the memory", outside, AMP_LINK_BAD_ADDRESS},
		{"table: 4 GiB too high", high, AMP_LINK_BAD_ADDRESS},
		{"table: and a chain", chained, AMP_LINK_BAD_FLAGS},
		{"table: another in it", nested, AMP_LINK_BAD_FLAGS},
		{"next: the last", next_last, AMP_LINK_OK},
		{"next: behind the last", next_beyond, AMP_LINK_BAD_DESCRIPTOR},
		{"next: 65535", next_max, AMP_LINK_BAD_DESCRIPTOR},
		{"next: a loop", loop, AMP_LINK_BAD_DESCRIPTOR},
		{"flags: what is read behind what is written", disorder, AMP_LINK_BAD_FLAGS},
		{"part: larger than the memory", part_outside, AMP_LINK_BAD_ADDRESS},
		{"not negotiated", not_negotiated, AMP_LINK_BAD_FLAGS},
	};
	struct amp_vq_part parts[NUM];
	unsigned int num;
	uint16_t head;
	int cookie;

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		down(state);
		up(state);
		print_message("    %s\n", cases[i].text);
		assert_int_equal(add_indirect(2, 1, &cookie), VQUEUE_SUCCESS);
		cases[i].write(&ring.desc[ring.avail->ring[0]]);
		num = amp_vq_take(pair->device, parts, NUM, &head);
		assert_int_equal(pair->device->vq_fault, cases[i].reason);
		assert_int_equal(num != 0, cases[i].reason == AMP_LINK_OK);
		assert_int_equal(amp_vq_take(pair->device, parts, NUM, &head), 0);
	}
}

static void a_device_survives_each_bad_chain(void **state)
{
	struct amp_vq_part parts[NUM];
	uint16_t head, first;
	int cookie;

	/* a loop; a part behind the last one; more parts than there is room for; an indirect one behind another */
	for (unsigned int i = 0; i < 4; i++) {
		down(state);
		up(state);
		assert_int_equal(add(3, 0, &cookie), 0);
		first = ring.avail->ring[0];
		if (i == 0) {
			ring.desc[ring.desc[first].next].next = first;
		} else if (i == 1) {
			ring.desc[first].next = NUM;
		} else if (i == 3) {
			ring.desc[ring.desc[first].next].flags |= VRING_DESC_F_INDIRECT;
		}
		assert_int_equal(amp_vq_take(pair->device, parts, i == 2 ? 2 : NUM, &head), 0);
		assert_int_equal(pair->device->vq_fault, i == 3 ? AMP_LINK_BAD_FLAGS : AMP_LINK_BAD_DESCRIPTOR);
	}
	down(state);
	up(state);
	assert_int_equal(add(1, 0, &cookie), 0);
	ring.avail->ring[0] = NUM;
	assert_int_equal(amp_vq_take(pair->device, parts, NUM, &head), 0);
	assert_int_equal(pair->device->vq_fault, AMP_LINK_BAD_DESCRIPTOR);
}

/* ------------------------------------------------------------------ event index */

static void a_kick_comes_for_the_entry_that_is_asked_for(void **state)
{
	struct amp_vq_part part;
	uint16_t head;
	int cookie;

	for (unsigned int start = 0; start < 3 * NUM; start++) {
		for (unsigned int num = 1; num <= NUM; num++) {
			for (unsigned int event = 0; event < 4 * NUM; event++) {
				down(state);
				up_events(state);
				for (unsigned int i = 0; i < start; i++) {
					assert_int_equal(add(1, 0, &cookie), 0);
					assert_int_equal(amp_vq_take(pair->device, &part, 1, &head), 1);
					assert_int_equal(virtqueue_add_consumed_buffer(pair->device, head, 0), 0);
					assert_non_null(virtqueue_get_buffer(pair->driver, NULL, NULL));
				}
				amp_vq_kick_event(pair->driver);
				pair->kicks[VIRTIO_DEV_DRIVER] = 0;
				for (unsigned int i = 0; i < num; i++)
					assert_int_equal(add(1, 0, &cookie), 0);
				vring_avail_event(&ring) = (uint16_t)event;
				amp_vq_kick_event(pair->driver);
				assert_int_equal(pair->kicks[VIRTIO_DEV_DRIVER], event >= start && event < start + num);
			}
		}
	}
}

static void each_side_asks_for_its_next_entry_and_hears_of_it(void **state)
{
	struct amp_vq_part part;
	uint16_t head;
	int cookie;

	(void)state;
	assert_int_equal(ring.avail->flags | ring.used->flags, 0);
	for (unsigned int i = 0; i < 70000; i++) {
		assert_int_equal(amp_vq_enable_cb_event(pair->device), 0);
		assert_int_equal(vring_avail_event(&ring), i & 0xffff);
		assert_int_equal(amp_vq_enable_cb_event(pair->driver), 0);
		assert_int_equal(vring_used_event(&ring), i & 0xffff);
		assert_int_equal(add(1, 0, &cookie), 0);
		amp_vq_kick_event(pair->driver);
		amp_vq_kick_event(pair->driver); /* nothing new */
		assert_int_equal(pair->kicks[VIRTIO_DEV_DRIVER], i + 1);
		assert_int_equal(amp_vq_enable_cb_event(pair->device), 1);
		assert_int_equal(amp_vq_take(pair->device, &part, 1, &head), 1);
		assert_int_equal(virtqueue_add_consumed_buffer(pair->device, head, 0), 0);
		amp_vq_kick_event(pair->device);
		amp_vq_kick_event(pair->device);
		assert_int_equal(pair->kicks[VIRTIO_DEV_DEVICE], i + 1);
		assert_non_null(virtqueue_get_buffer(pair->driver, NULL, NULL));
	}
	assert_int_equal(pair->device->vq_fault, AMP_LINK_OK); /* its mark is not in the ring */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(direct_and_indirect_buffers_take_turns, up, down),
		cmocka_unit_test_setup_teardown(a_driver_fills_a_table_as_the_specification_says, up, down),
		cmocka_unit_test_setup_teardown(a_device_survives_each_bad_word_of_an_indirect_buffer, up, down),
		cmocka_unit_test_setup_teardown(a_device_survives_each_bad_chain, up, down),
		cmocka_unit_test_setup_teardown(a_kick_comes_for_the_entry_that_is_asked_for, up_events, down),
		cmocka_unit_test_setup_teardown(each_side_asks_for_its_next_entry_and_hears_of_it, up_events, down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
