// SPDX-License-Identifier: GPL-2.0-only
/* Looking at the rings, names and resource tables of others: what is sound is read, what is not is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/channel_names.h"
#include "common/rings.h"
#include "common/vdevs.h"

#define NUM     8u
#define ALIGN   256u
#define AVAIL   128u /* of a ring of 8 … */
#define USED    256u
#define BUFFERS 0x1000u
#define SIZE    0x4000u
#define BASE    0x80000000u /* of the memory */
#define HOST    0x10000000u /* the same, as the host sees it */

static uint8_t bytes[SIZE];

static bool read_bytes(void *context, uint64_t addr, void *copy, size_t size)
{
	(void)context;
	if (addr < BASE || addr - BASE > SIZE || size > SIZE - (addr - BASE))
		return false;
	memcpy(copy, bytes + (addr - BASE), size);
	return true;
}

static const struct amp_memory memory = {.read = read_bytes,
                                         .shift = BASE - (uint64_t)HOST,
                                         .buffers_at = BASE + BUFFERS,
                                         .buffers_size = SIZE - BUFFERS};
static struct amp_ring ring;

static void put16(uint32_t at, uint32_t value)
{
	memcpy(bytes + at, &(uint16_t){(uint16_t)value}, 2);
}

static struct vring_desc *desc(uint32_t id)
{
	return (struct vring_desc *)(void *)(bytes + id * sizeof(struct vring_desc));
}

/* Descriptor `id` has a message of `len` bytes; entry `index` of the avail ring and of the used ring names it. */
static void make_message(uint16_t index, uint32_t id, enum amp_direction direction, uint32_t len)
{
	struct amp_rpmsg head = {.src = 0x400, .dst = 0x100, .len = (uint16_t)len};
	uint32_t used[2] = {id, 512};

	*desc(id) = (struct vring_desc){.addr = HOST + BUFFERS + id * 512,
	                                .len = 512,
	                                .flags = direction == AMP_TO_HOST ? VRING_DESC_F_WRITE : 0};
	memcpy(bytes + BUFFERS + (size_t)512 * id, &head, sizeof(head));
	put16(AVAIL + 4 + index % NUM * 2, id);
	memcpy(bytes + USED + 4 + (size_t)8 * (index % NUM), used, sizeof(used));
}

static int set_up(void **state)
{
	struct amp_ring_fault fault;

	(void)state;
	memset(bytes, 0, sizeof(bytes));
	return amp_ring_lay_out(&ring, BASE, NUM, ALIGN, &fault) ? 0 : -1;
}

static enum amp_ring_problem problem_of(enum amp_direction direction, uint16_t index, uint64_t *value)
{
	struct amp_ring_fault fault = {0};
	struct amp_ring_entry entry;
	struct amp_rpmsg head;
	char text[AMP_RING_TEXT];

	if (amp_ring_read_message(&memory, &ring, direction, index, &entry, &head, &fault))
		return AMP_RING_SOUND;
	assert_true(strlen(amp_ring_fault_text(&fault, text)) > 10);
	if (value)
		*value = fault.value;
	return fault.problem;
}

/* ------------------------------------------------------------------ rings */

static void a_ring_lies_where_virtio_says(void **state)
{
	(void)state;
	assert_int_equal(ring.desc, BASE);
	assert_int_equal(ring.avail, BASE + AVAIL);
	assert_int_equal(ring.used, BASE + USED);
	assert_int_equal(ring.num, NUM);
}

static void a_ring_that_cannot_be_is_refused(void **state)
{
	struct amp_ring_fault fault;
	struct amp_ring other;

	(void)state;
	assert_false(amp_ring_lay_out(&other, BASE, 0, ALIGN, &fault));
	assert_int_equal(fault.problem, AMP_RING_NUM);
	assert_false(amp_ring_lay_out(&other, BASE, 6, ALIGN, &fault));
	assert_false(amp_ring_lay_out(&other, BASE, 65536, ALIGN, &fault));
	assert_int_equal(fault.problem, AMP_RING_NUM);
	assert_false(amp_ring_lay_out(&other, BASE, NUM, 0, &fault));
	assert_false(amp_ring_lay_out(&other, BASE, NUM, 48, &fault));
	assert_int_equal(fault.problem, AMP_RING_ALIGN);
	assert_true(
		amp_ring_lay_out(&other, UINT64_MAX - 8, 32768, 1u << 31, &fault)); /* reading it is refused, then */
}

static void a_message_is_read_in_either_direction(void **state)
{
	struct amp_ring_fault fault;
	struct amp_ring_entry entry;
	struct amp_rpmsg head;

	(void)state;
	for (enum amp_direction direction = AMP_TO_HOST; direction <= AMP_TO_REMOTE; direction++) {
		make_message(65535, 3, direction, 40);
		assert_true(amp_ring_read_message(&memory, &ring, direction, 65535, &entry, &head, &fault));
		assert_int_equal(entry.id, 3);
		assert_int_equal(head.src, 0x400);
		assert_int_equal(head.len, 40);
	}
}

static void each_lie_is_named(void **state)
{
	uint64_t value;

	(void)state;
	make_message(0, 1, AMP_TO_REMOTE, 496);
	assert_int_equal(problem_of(AMP_TO_REMOTE, 0, NULL), AMP_RING_SOUND);
	desc(1)->flags = VRING_DESC_F_INDIRECT;
	assert_int_equal(problem_of(AMP_TO_REMOTE, 0, &value), AMP_RING_CHAIN);
	desc(1)->flags = VRING_DESC_F_WRITE;
	assert_int_equal(problem_of(AMP_TO_REMOTE, 0, &value), AMP_RING_WRITE);
	make_message(0, 1, AMP_TO_REMOTE, 497);
	assert_int_equal(problem_of(AMP_TO_REMOTE, 0, &value), AMP_RING_LEN);
	assert_int_equal(value, 497);
	desc(1)->len = 15;
	assert_int_equal(problem_of(AMP_TO_REMOTE, 0, &value), AMP_RING_SIZE);
	put16(AVAIL + 4, NUM);
	assert_int_equal(problem_of(AMP_TO_REMOTE, 0, &value), AMP_RING_ID);
	assert_int_equal(value, NUM);
}

static void a_buffer_anywhere_but_among_the_buffers_is_refused(void **state)
{
	static const uint64_t places[] = {0,           HOST,       HOST + BUFFERS - 1, HOST + SIZE - 511,
	                                  HOST + SIZE, UINT64_MAX, UINT64_MAX - 510,   BASE + BUFFERS};

	(void)state;
	make_message(0, 1, AMP_TO_HOST, 1);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		desc(1)->addr = places[i];
		assert_int_equal(problem_of(AMP_TO_HOST, 0, NULL), AMP_RING_ADDR);
	}
	desc(1)->addr = HOST + BUFFERS;
	desc(1)->len = UINT32_MAX;
	assert_int_equal(problem_of(AMP_TO_HOST, 0, NULL), AMP_RING_ADDR);
}

static void a_used_length_that_does_not_fit_is_named(void **state)
{
	uint32_t lengths[] = {0, 15, 16 + 39, 513};

	(void)state;
	make_message(0, 1, AMP_TO_HOST, 40);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		memcpy(bytes + USED + 8, &lengths[i], 4);
		assert_int_equal(problem_of(AMP_TO_HOST, 0, NULL), AMP_RING_USED_LEN);
	}
	memcpy(bytes + USED + 8, &(uint32_t){16 + 40}, 4);
	assert_int_equal(problem_of(AMP_TO_HOST, 0, NULL), AMP_RING_SOUND);
}

static void a_ring_outside_the_memory_is_not_read(void **state)
{
	struct amp_ring_fault fault;
	uint16_t flags, index;
	uint64_t value;

	(void)state;
	assert_true(amp_ring_lay_out(&ring, BASE + SIZE - 64, NUM, ALIGN, &fault));
	assert_false(amp_ring_read_index(&memory, &ring, true, &flags, &index));
	assert_int_equal(problem_of(AMP_TO_HOST, 0, &value), AMP_RING_ABSENT);
	assert_int_equal(value, ring.used);
}

/* ------------------------------------------------------------------ resource tables */

struct table {
	struct resource_table head;
	uint32_t offset[2];
	struct fw_rsc_vdev vdev;
	struct fw_rsc_vdev_vring ring[2];
};

static struct table a_table(void)
{
	return (struct table){
		.head = {.ver = 1, .num = 2},
		.offset = {sizeof(struct table) + 4, offsetof(struct table, vdev)},
		.vdev = {.type = RSC_VDEV, .id = VIRTIO_ID_RPMSG, .status = 7, .num_of_vrings = 2},
		.ring = {{.da = 0x100}, {.da = 0x200}},
	};
}

static void the_rpmsg_device_of_a_table_is_found(void **state)
{
	struct table table = a_table();
	struct amp_vdev vdev;

	(void)state;
	assert_true(amp_vdev_is_table(&table, sizeof(table)));
	assert_true(amp_vdev_find_rpmsg(&table, sizeof(table), &vdev));
	assert_int_equal(vdev.at, offsetof(struct table, vdev));
	assert_int_equal(vdev.ring[1].da, 0x200);
	assert_int_equal(vdev.head.status, 7);
}

static void a_table_that_lies_has_no_device(void **state)
{
	struct table table = a_table();
	struct amp_vdev vdev;

	(void)state;
	for (size_t size = 0; size < sizeof(table); size++)
		assert_false(amp_vdev_find_rpmsg(&table, size, &vdev));
	table.head.num = UINT32_MAX;
	assert_false(amp_vdev_is_table(&table, sizeof(table)));
	table.offset[1] = UINT32_MAX - 3;
	assert_false(amp_vdev_find_rpmsg(&table, sizeof(table), &vdev));
	table = a_table();
	table.vdev.num_of_vrings = 255; /* more than there is */
	assert_false(amp_vdev_find_rpmsg(&table, sizeof(table), &vdev));
	table = a_table();
	table.head.ver = 2;
	assert_false(amp_vdev_find_rpmsg(&table, sizeof(table), &vdev));
}

/* ------------------------------------------------------------------ names */

static void announce(struct amp_names *names, enum amp_direction direction, const char *name, uint32_t addr,
                     uint32_t flags)
{
	char payload[AMP_NS_SIZE] = {0};

	for (size_t i = 0; name[i]; i++)
		payload[i] = name[i];
	memcpy(payload + 32, &addr, 4);
	memcpy(payload + 36, &flags, 4);
	amp_names_learn(names, direction, RPMSG_NS_EPT_ADDR, payload, sizeof(payload));
}

static void an_announcement_names_the_messages_of_its_endpoint(void **state)
{
	struct amp_names names = {0};

	(void)state;
	announce(&names, AMP_TO_HOST, "amp-echo", 0x100, 0);
	assert_string_equal(amp_names_find(&names, AMP_TO_HOST, 0x100, 0x400), "amp-echo");
	assert_string_equal(amp_names_find(&names, AMP_TO_REMOTE, 0x400, 0x100), "amp-echo");
	assert_null(amp_names_find(&names, AMP_TO_REMOTE, 0x100, 0x400));
	announce(&names, AMP_TO_REMOTE, "of the host", 0x400, 0);
	assert_string_equal(amp_names_find(&names, AMP_TO_HOST, 0x100, 0x400), "amp-echo");
	announce(&names, AMP_TO_HOST, "amp-echo", 0x100, AMP_NS_DESTROY);
	assert_string_equal(amp_names_find(&names, AMP_TO_HOST, 0x100, 0x400), "of the host");
}

static void a_flood_of_names_takes_no_memory(void **state)
{
	struct amp_names names = {0};
	char name[32];

	(void)state;
	for (uint32_t i = 0; i < 100000; i++) {
		snprintf(name, sizeof(name), "channel-%u", i);
		announce(&names, AMP_TO_HOST, name, i, 0);
	}
	assert_null(amp_names_find(&names, AMP_TO_HOST, 0, 0));
	assert_string_equal(amp_names_find(&names, AMP_TO_HOST, 99999, 0), "channel-99999");
}

static void a_name_without_an_end_or_with_escapes_is_clean_text(void **state)
{
	struct amp_names names = {0};

	(void)state;
	announce(&names, AMP_TO_HOST, "\x1b[2Jabcdefghijklmnopqrstuvwxyz012", 1, 0);
	assert_string_equal(amp_names_find(&names, AMP_TO_HOST, 1, 0), "?[2Jabcdefghijklmnopqrstuvwxyz01");
	amp_names_learn(&names, AMP_TO_HOST, RPMSG_NS_EPT_ADDR, "short", 5);
	assert_int_equal(names.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_ring_lies_where_virtio_says, set_up),
		cmocka_unit_test_setup(a_ring_that_cannot_be_is_refused, set_up),
		cmocka_unit_test_setup(a_message_is_read_in_either_direction, set_up),
		cmocka_unit_test_setup(each_lie_is_named, set_up),
		cmocka_unit_test_setup(a_buffer_anywhere_but_among_the_buffers_is_refused, set_up),
		cmocka_unit_test_setup(a_used_length_that_does_not_fit_is_named, set_up),
		cmocka_unit_test_setup(a_ring_outside_the_memory_is_not_read, set_up),
		cmocka_unit_test(the_rpmsg_device_of_a_table_is_found),
		cmocka_unit_test(a_table_that_lies_has_no_device),
		cmocka_unit_test(an_announcement_names_the_messages_of_its_endpoint),
		cmocka_unit_test(a_flood_of_names_takes_no_memory),
		cmocka_unit_test(a_name_without_an_end_or_with_escapes_is_clean_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
