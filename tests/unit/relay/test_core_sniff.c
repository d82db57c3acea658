// SPDX-License-Identifier: GPL-2.0-only
/* The relay looks at the rings when a doorbell passes: each message once, or a gap with its count. No QEMU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/sniffed.h"
#include "common/vdevs.h"
#include "relay/lab.h"

#ifndef MEM_DA /* above 4 GiB, too */
#define MEM_DA 0x21000000u
#endif
#define MEM_PA   0x10000000u /* where Linux sees it */
#define MEM_SIZE 0x20000u
#define TABLE    0x8000u
#define RING0    0xa000u
#define RING1    0xb000u
#define BUFFERS  0x10000u
#define NUM      16u
#define ALIGN    256u
#define AVAIL    256u /* of a ring of 16 … */
#define USED     512u
#define MAX      4096

static struct lab *lab;
static struct core *core;
static struct core_config *config;

/* What the listener heard. */
static struct {
	int count;
	struct {
		struct amp_sniffed head;
		uint8_t data[AMP_SNIFFED_MAX];
	} record[MAX];
} * heard;

static void listen_to_it(struct client *client, const struct core *from, const uint8_t *records, size_t len)
{
	(void)client;
	assert_ptr_equal(from, core);
	for (size_t at = 0; at < len;) {
		assert_true(heard->count < MAX && len - at >= sizeof(heard->record[0].head));
		memcpy(&heard->record[heard->count].head, records + at, sizeof(heard->record[0].head));
		assert_true(heard->record[heard->count].head.size <= len - at);
		memcpy(heard->record[heard->count].data, records + at + sizeof(heard->record[0].head),
		       heard->record[heard->count].head.len);
		at += heard->record[heard->count++].head.size;
	}
}

static const struct client_ops listener = {.on_sniffed = listen_to_it};

static void add_region(enum amp_region_kind kind, uint32_t offset, uint32_t size)
{
	config->region[config->num_regions++] = (struct amp_region){.kind = kind, .offset = offset, .size = size};
}

static void driver_is(uint8_t status)
{
	core->shm.base[TABLE + sizeof(struct resource_table) + 4 + offsetof(struct fw_rsc_vdev, status)] = status;
}

static void write_table(void)
{
	struct {
		struct resource_table head;
		uint32_t offset[1];
		struct fw_rsc_vdev vdev;
		struct fw_rsc_vdev_vring ring[2];
	} table = {
		.head = {.ver = 1, .num = 1},
		.offset = {sizeof(struct resource_table) + 4},
		.vdev = {.type = RSC_VDEV, .id = VIRTIO_ID_RPMSG, .num_of_vrings = 2},
		.ring = {{.da = MEM_DA + RING0, .align = ALIGN, .num = NUM},
	                 {.da = MEM_DA + RING1, .align = ALIGN, .num = NUM}},
	};

	memcpy(core->shm.base + TABLE, &table, sizeof(table));
	core->link.found = true;
	core->link.table = TABLE;
	core->link.table_size = sizeof(table);
}

static int set_up(void **state)
{
	(void)state;
	lab = calloc(1, sizeof(*lab));
	heard = calloc(1, sizeof(*heard));
	if (!lab || !heard)
		return -1;
	lab->record.fd = -1;
	lab->soc.num_cores = 1;
	config = &lab->soc.core[0];
	strcpy(config->name, "m3");
	config->mem_da = MEM_DA;
	config->mem_size = MEM_SIZE;
	add_region(AMP_REGION_CONTROL, 0, AMP_CTRL_SIZE);
	add_region(AMP_REGION_BUFFERS, BUFFERS, 2 * NUM * 512);
	core = &lab->core[0];
	core->lab = lab;
	core->config = config;
	if (amp_shm_create(&core->shm, "sniff-test", MEM_SIZE, MEM_SIZE) < 0)
		return -1;
	amp_shm_write_mem_pa(&core->shm, MEM_PA);
	write_table();
	driver_is(7);
	core->phase = PHASE_RUNNING;
	lab->control.client[1].ops = &listener;
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		lab->control.client[i].fd = -1;
	lab->control.client[1].fd = 1; /* is written to by nobody */
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	amp_shm_destroy(&core->shm);
	free(lab);
	free(heard);
	return 0;
}

static void nobody_listens(void)
{
	lab->control.client[1].fd = -1;
}

/* ------------------------------------------------------------------ the two sides */

static uint16_t word(uint32_t at)
{
	uint16_t value;

	memcpy(&value, core->shm.base + at, sizeof(value));
	return value;
}

static void set_word(uint32_t at, uint32_t value)
{
	memcpy(core->shm.base + at, &(uint16_t){(uint16_t)value}, 2);
}

/* A message in that direction, in the buffer whose turn it is; it says its number. Its sender is 0x100 + direction. */
static void send_message(enum amp_direction direction, const void *payload, uint32_t len, uint32_t dst)
{
	uint32_t ring = direction == AMP_TO_HOST ? RING0 : RING1, part = direction == AMP_TO_HOST ? USED : AVAIL;
	uint16_t index = word(ring + part + 2), id = index % NUM;
	uint32_t buffer = BUFFERS + (direction * NUM + id) * 512u, used[2] = {id, 512};
	struct amp_rpmsg head = {.src = 0x100u + direction, .dst = dst, .len = (uint16_t)len};
	struct vring_desc desc = {
		.addr = MEM_PA + buffer, .len = 512, .flags = direction == AMP_TO_HOST ? VRING_DESC_F_WRITE : 0};

	memcpy(core->shm.base + ring + id * sizeof(desc), &desc, sizeof(desc));
	memcpy(core->shm.base + buffer, &head, sizeof(head));
	memcpy(core->shm.base + buffer + sizeof(head), payload, len);
	if (direction == AMP_TO_HOST)
		memcpy(core->shm.base + ring + USED + 4 + id * sizeof(used), used, sizeof(used));
	else
		set_word(ring + AVAIL + 4 + id * 2u, id);
	set_word(ring + part + 2, index + 1u);
}

static void send_number(enum amp_direction direction, uint32_t number)
{
	send_message(direction, &number, sizeof(number), 0x200);
}

/* The other side has taken all, and gives the buffers back. */
static void take_all(enum amp_direction direction)
{
	if (direction == AMP_TO_HOST)
		set_word(RING0 + AVAIL + 2, word(RING0 + USED + 2) + NUM);
	else
		set_word(RING1 + USED + 2, word(RING1 + AVAIL + 2));
}

/* ------------------------------------------------------------------ what was heard */

static void heard_number(int record, enum amp_direction direction, uint32_t number)
{
	uint32_t said;

	assert_true(record < heard->count);
	assert_int_equal(heard->record[record].head.kind, AMP_SNIFFED_MESSAGE);
	assert_int_equal(heard->record[record].head.direction, direction);
	assert_int_equal(heard->record[record].head.len, AMP_RPMSG_HEADER + sizeof(said));
	assert_string_equal(heard->record[record].head.core, "m3");
	memcpy(&said, heard->record[record].data + AMP_RPMSG_HEADER, sizeof(said));
	assert_int_equal(said, number);
}

/* The record is an event with that in it. */
static void heard_event(int record, const char *ev, const char *key, json_int_t value)
{
	json_t *event;

	assert_true(record < heard->count);
	assert_int_equal(heard->record[record].head.kind, AMP_SNIFFED_EVENT);
	event = json_loadb((char *)heard->record[record].data, heard->record[record].head.len, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(event, "ev")), ev);
	assert_int_equal(json_integer_value(json_object_get(event, key)), value);
	json_decref(event);
}

/* ------------------------------------------------------------------ claims */

static void each_message_is_told_once_and_in_order(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 70000; i++) { /* the indices wrap */
		send_number(AMP_TO_REMOTE, i);
		if (i % 3 == 0)
			send_number(AMP_TO_HOST, i);
		amp_core_sniff_look(core);
		amp_core_sniff_look(core);
		assert_int_equal(heard->count, i % 3 == 0 ? 2 : 1);
		heard_number(0, AMP_TO_REMOTE, i);
		if (i % 3 == 0)
			heard_number(1, AMP_TO_HOST, i);
		heard->count = 0;
		take_all(AMP_TO_HOST);
		take_all(AMP_TO_REMOTE);
	}
}

static void several_that_came_with_one_doorbell_are_all_told(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < NUM; i++)
		send_number(AMP_TO_REMOTE, i);
	amp_core_sniff_look(core);
	assert_int_equal(heard->count, NUM);
	for (uint32_t i = 0; i < NUM; i++)
		heard_number((int)i, AMP_TO_REMOTE, i);
}

static void what_may_have_been_overwritten_is_a_gap(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 3 * NUM; i++)
		send_number(AMP_TO_REMOTE, i);
	take_all(AMP_TO_REMOTE);
	amp_core_sniff_look(core);
	/* of 16 buffers, 2 may be in somebody's hands */
	assert_int_equal(heard->count, 1 + 14);
	heard_event(0, "wire.gap", "count", 3 * NUM - 14);
	for (uint32_t i = 0; i < 14; i++)
		heard_number(1 + (int)i, AMP_TO_REMOTE, 3 * NUM - 14 + i);
}

static void an_index_that_lies_is_a_gap_of_bounded_cost(void **state)
{
	(void)state;
	send_number(AMP_TO_HOST, 1);
	amp_core_sniff_look(core);
	set_word(RING0 + USED + 2, 60000);
	amp_core_sniff_look(core);
	assert_true(heard->count <= 2 + (int)NUM);
	heard_event(1, "wire.gap", "count", 60000 - 1 - NUM + 2);
}

static void an_entry_that_is_no_message_is_told(void **state)
{
	(void)state;
	send_number(AMP_TO_REMOTE, 0);
	set_word(RING1 + AVAIL + 4, 999);
	send_number(AMP_TO_REMOTE, 1);
	amp_core_sniff_look(core);
	assert_int_equal(heard->count, 2);
	heard_event(0, "wire.bad", "entry", 0);
	heard_number(1, AMP_TO_REMOTE, 1);
}

static void what_passed_before_anybody_listened_is_not_told(void **state)
{
	(void)state;
	nobody_listens();
	send_number(AMP_TO_REMOTE, 0);
	amp_core_sniff_look(core);
	lab->control.client[1].fd = 1;
	send_number(AMP_TO_REMOTE, 1);
	amp_core_sniff_look(core);
	assert_int_equal(heard->count, 1);
	heard_number(0, AMP_TO_REMOTE, 1);
}

static void names_are_known_to_those_who_come_later(void **state)
{
	uint8_t records[4096], announcement[AMP_NS_SIZE] = "amp-echo";
	struct amp_sniffed head;
	char *text;
	size_t len;

	(void)state;
	nobody_listens();
	announcement[33] = 1; /* address 0x100 */
	send_message(AMP_TO_HOST, announcement, sizeof(announcement), RPMSG_NS_EPT_ADDR);
	amp_core_sniff_look(core);
	len = amp_core_sniff_known(core, records, sizeof(records));
	memcpy(&head, records, sizeof(head));
	assert_int_equal(head.size, len);
	text = strndup((char *)records + sizeof(head), head.len);
	assert_non_null(text);
	assert_non_null(strstr(text, "\"addr\":256,\"name\":\"amp-echo\",\"side\":\"remote\""));
	free(text);
	assert_int_equal(amp_core_sniff_known(core, records, 40), 0);
}

static void a_driver_that_lets_go_begins_anew_at_the_first_entry(void **state)
{
	(void)state;
	amp_core_sniff_look(core);
	for (uint32_t i = 0; i < 5; i++)
		send_number(AMP_TO_REMOTE, i);
	driver_is(0); /* and kicks: what it had sent before is still told */
	amp_core_sniff_look(core);
	assert_int_equal(heard->count, 5);
	memset(core->shm.base + RING0, 0, 0x2000);
	amp_core_sniff_look(core);
	driver_is(7);
	heard->count = 0;
	send_number(AMP_TO_REMOTE, 100);
	amp_core_sniff_look(core);
	assert_int_equal(heard->count, 1);
	heard_number(0, AMP_TO_REMOTE, 100);
}

static void rings_that_cannot_be_are_left_alone(void **state)
{
	static const uint32_t places[] = {0, MEM_DA - 16, MEM_DA + MEM_SIZE - 8, UINT32_MAX - 15};
	struct fw_rsc_vdev_vring *ring =
		(void *)(core->shm.base + TABLE + sizeof(struct resource_table) + 4 + sizeof(struct fw_rsc_vdev));

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		amp_core_sniff_end(core);
		ring[0].da = ring[1].da = places[i];
		amp_core_sniff_look(core);
	}
	ring[0].da = MEM_DA + RING0;
	for (uint32_t num = 3; num; num <<= 1) {
		ring[0].num = num;
		amp_core_sniff_end(core);
		amp_core_sniff_look(core);
	}
	assert_int_equal(heard->count, 0);
}

static void a_long_message_is_cut_and_tells_its_length(void **state)
{
	static const uint8_t payload[496] = {1};
	struct vring_desc *desc = (void *)(core->shm.base + RING1);
	struct amp_rpmsg *head;

	(void)state;
	send_message(AMP_TO_REMOTE, payload, sizeof(payload), 1);
	desc->len = 8192; /* as far as the buffers go */
	head = (void *)(core->shm.base + desc->addr - MEM_PA);
	head->len = 8000;
	amp_core_sniff_look(core);
	assert_int_equal(heard->count, 1);
	assert_int_equal(heard->record[0].head.len, AMP_SNIFFED_MAX);
	assert_int_equal(heard->record[0].head.whole, AMP_RPMSG_HEADER + 8000);
}

int main(void)
{
#define SNIFF_TEST(claim) cmocka_unit_test_setup_teardown(claim, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		SNIFF_TEST(each_message_is_told_once_and_in_order),
		SNIFF_TEST(several_that_came_with_one_doorbell_are_all_told),
		SNIFF_TEST(what_may_have_been_overwritten_is_a_gap),
		SNIFF_TEST(an_index_that_lies_is_a_gap_of_bounded_cost),
		SNIFF_TEST(an_entry_that_is_no_message_is_told),
		SNIFF_TEST(what_passed_before_anybody_listened_is_not_told),
		SNIFF_TEST(names_are_known_to_those_who_come_later),
		SNIFF_TEST(a_driver_that_lets_go_begins_anew_at_the_first_entry),
		SNIFF_TEST(rings_that_cannot_be_are_left_alone),
		SNIFF_TEST(a_long_message_is_cut_and_tells_its_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
