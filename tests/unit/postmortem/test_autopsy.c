// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dumps of a board that knows nothing of us, each with one fault: it is named from the file alone. The dumps are made
 * here: two rings in the middle of their traffic, their buffers, a resource table, and a crash record.
 */
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/channel_names.h"
#include "postmortem/autopsy.h"

#ifndef DA                    /* above 4 GiB, too */
#define DA        0x10000000u /* of the memory, for the core … */
#define PA        0x80000000u /* … and for the host */
#define CLASS     ELFCLASS32
#define Elf(type) Elf32_##type
#else
#define CLASS     ELFCLASS64
#define Elf(type) Elf64_##type
#endif
#define SIZE    0x8000u
#define RING0   0x0000u
#define RING1   0x1000u
#define TABLE   0x2000u
#define TRACE   0x2400u
#define REMOTE  0x3000u
#define BUFFERS 0x4000u
#define NUM     16u
#define ALIGN   512u
#define AVAIL   256u /* of a ring of 16 … */
#define USED    512u

/* Writes what follows a fault: one of these for each test of it. */
static uint8_t memory[SIZE];
static char dir[] = "/tmp/autopsy-test.XXXXXX", path[64];

struct table {
	struct resource_table head;
	uint32_t offset[3];
	struct fw_rsc_vdev vdev;
	struct fw_rsc_vdev_vring ring[2];
	struct fw_rsc_trace trace;
	struct fw_rsc_carveout carveout;
};

static struct table *table(void)
{
	return (struct table *)(memory + TABLE);
}

static struct amp_remote *remote(void)
{
	return (struct amp_remote *)(memory + REMOTE);
}

static struct vring_desc *desc(enum amp_direction direction, uint32_t id)
{
	return (struct vring_desc *)(memory + (direction == AMP_TO_HOST ? RING0 : RING1)) + id;
}

static uint16_t *avail_word(enum amp_direction direction, uint32_t word)
{
	return (uint16_t *)(memory + (direction == AMP_TO_HOST ? RING0 : RING1) + AVAIL) + word;
}

static uint16_t *used_word(enum amp_direction direction, uint32_t word)
{
	return (uint16_t *)(memory + (direction == AMP_TO_HOST ? RING0 : RING1) + USED) + word;
}

static uint32_t *used_elem(enum amp_direction direction, uint32_t slot)
{
	return (uint32_t *)(memory + (direction == AMP_TO_HOST ? RING0 : RING1) + USED + 4) + (size_t)2 * slot;
}

static struct amp_rpmsg *message(enum amp_direction direction, uint32_t id)
{
	return (struct amp_rpmsg *)(memory + BUFFERS + (size_t)512 * (direction * NUM + id));
}

static void offer(enum amp_direction direction, uint32_t id)
{
	uint16_t *index = avail_word(direction, 1);

	*desc(direction, id) = (struct vring_desc){.addr = PA + BUFFERS + 512u * (direction * NUM + id),
	                                           .len = 512,
	                                           .flags = direction == AMP_TO_HOST ? VRING_DESC_F_WRITE : 0};
	*avail_word(direction, 2 + *index % NUM) = (uint16_t)id;
	++*index;
}

static void give_back(enum amp_direction direction, uint32_t id)
{
	uint16_t *index = used_word(direction, 1);

	used_elem(direction, *index % NUM)[0] = id;
	used_elem(direction, *index % NUM)[1] = 512;
	++*index;
}

static void write_message(enum amp_direction direction, uint32_t id, uint32_t dst, const void *payload, uint32_t len)
{
	*message(direction, id) = (struct amp_rpmsg){.src = 0x100 + direction, .dst = dst, .len = (uint16_t)len};
	memcpy(message(direction, id) + 1, payload, len);
}

/*
 * The host has 16 buffers with the core, which has used 8; 5 of them have come back. It has sent 20 messages, of which
 * the core has not given back the last two.
 */
static void make_memory(void)
{
	static const char name[AMP_NS_SIZE] = "sensor";

	memset(memory, 0, sizeof(memory));
	*table() = (struct table){
		.head = {.ver = 1, .num = 3},
		.offset = {offsetof(struct table, vdev), offsetof(struct table, trace),
	                   offsetof(struct table, carveout)},
		.vdev = {.type = RSC_VDEV,
	                 .id = VIRTIO_ID_RPMSG,
	                 .dfeatures = 1,
	                 .gfeatures = 1,
	                 .status = 7,
	                 .num_of_vrings = 2},
		.ring = {{.da = DA + RING0, .align = ALIGN, .num = NUM},
	                 {.da = DA + RING1, .align = ALIGN, .num = NUM}},
		.trace = {.type = RSC_TRACE, .da = DA + TRACE, .len = 512},
		.carveout = {.type = RSC_CARVEOUT, .da = DA, .pa = PA, .len = SIZE},
	};
	strcpy((char *)memory + TRACE, "the last words\n");
	for (uint32_t id = 0; id < NUM; id++)
		offer(AMP_TO_HOST, id);
	for (uint32_t id = 0; id < 8; id++) {
		write_message(AMP_TO_HOST, id, id ? 0x400 : RPMSG_NS_EPT_ADDR, id ? "answer" : name,
		              id ? 6 : sizeof(name));
		give_back(AMP_TO_HOST, id);
	}
	for (uint32_t id = 0; id < 5; id++)
		offer(AMP_TO_HOST, id);
	for (uint32_t i = 0; i < 20; i++) {
		write_message(AMP_TO_REMOTE, i % NUM, 0x100, "question", 8);
		offer(AMP_TO_REMOTE, i % NUM);
		if (i >= 2)
			give_back(AMP_TO_REMOTE, (i - 2) % NUM);
	}
}

/* ------------------------------------------------------------------ files */

static void write_at(FILE *file, long at, const void *data, size_t size)
{
	assert_int_equal(fseek(file, at, SEEK_SET), 0);
	assert_int_equal(fwrite(data, 1, size, file), size);
}

/* As Linux makes it: no sections, a segment for each piece, physical addresses are the core's. */
static void write_devcoredump(void)
{
	static const uint32_t at[] = {RING0, TABLE, REMOTE, BUFFERS}, size[] = {0x2000, 0x1000, 0x1000, SIZE - BUFFERS};
	Elf(Ehdr) header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, CLASS, ELFDATA2LSB, EV_CURRENT},
	                    .e_type = ET_CORE,
	                    .e_machine = EM_ARM,
	                    .e_version = EV_CURRENT,
	                    .e_phoff = sizeof(header),
	                    .e_ehsize = sizeof(header),
	                    .e_phentsize = sizeof(Elf(Phdr)),
	                    .e_phnum = 4};
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	write_at(file, 0, &header, sizeof(header));
	for (long i = 0; i < 4; i++) {
		Elf(Phdr) segment = {.p_type = PT_LOAD,
		                     .p_offset = 0x1000 + at[i],
		                     .p_vaddr = DA + at[i],
		                     .p_paddr = DA + at[i],
		                     .p_filesz = size[i],
		                     .p_memsz = size[i]};

		write_at(file, (long)sizeof(header) + i * (long)sizeof(segment), &segment, sizeof(segment));
		write_at(file, 0x1000 + (long)at[i], memory + at[i], size[i]);
	}
	fclose(file);
}

static struct amp_autopsy *examine(void)
{
	struct amp_autopsy *autopsy = calloc(1, sizeof(*autopsy));
	char error[AMP_DUMPFILE_TEXT];

	write_devcoredump();
	if (!amp_dumpfile_add_elf(&autopsy->dump, path, error))
		fail_msg("%s", error);
	assert_true(amp_autopsy_examine(autopsy));
	return autopsy;
}

static void done(struct amp_autopsy *autopsy)
{
	amp_autopsy_free(autopsy);
	free(autopsy);
}

static int set_up(void **state)
{
	(void)state;
	strcpy(strrchr(dir, '.') + 1, "XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/dump", dir);
	make_memory();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

/* What is printed for people; the caller frees it. */
static char *printed(const struct amp_autopsy *autopsy)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	amp_autopsy_print(autopsy, out);
	fclose(out);
	for (size_t i = 0; i < size; i++)
		assert_true(text[i] == '\n' || (text[i] >= ' ' && text[i] <= '~'));
	return text;
}

/* ------------------------------------------------------------------ a sound dump */

static void each_buffer_has_an_owner(void **state)
{
	struct amp_autopsy *autopsy = examine();
	const struct amp_ringstate *to_host = &autopsy->device[0].queue[AMP_TO_HOST],
				   *to_remote = &autopsy->device[0].queue[AMP_TO_REMOTE];

	(void)state;
	assert_int_equal(autopsy->devices, 1);
	assert_int_equal(autopsy->table_at, DA + TABLE);
	assert_null(amp_autopsy_first_fault(autopsy));
	assert_int_equal(to_host->of_device, 13);
	assert_int_equal(to_host->of_driver, 3);
	for (uint32_t id = 0; id < NUM; id++)
		assert_int_equal(to_host->owner[id], id >= 5 && id < 8 ? AMP_OWNER_DRIVER : AMP_OWNER_DEVICE);
	assert_int_equal(to_remote->of_device, 2);
	assert_int_equal(to_remote->owner[2], AMP_OWNER_DEVICE);
	assert_int_equal(to_remote->owner[3], AMP_OWNER_DEVICE);
	done(autopsy);
}

static void the_last_messages_and_the_trace_are_shown(void **state)
{
	struct amp_autopsy *autopsy = examine();
	char *text = printed(autopsy);

	(void)state;
	assert_non_null(strstr(text, "sensor"));
	assert_non_null(strstr(text, "\"question\""));
	assert_non_null(strstr(text, "the last words"));
	assert_non_null(strstr(text, "the host has     3  5-7"));
	assert_null(strstr(text, "first fault"));
	free(text);
	done(autopsy);
}

static void a_core_that_holds_a_buffer_for_long_is_no_fault(void **state)
{
	struct amp_autopsy *autopsy;

	(void)state;
	memset(memory + RING1, 0, 0x1000);
	for (uint32_t id = 0; id < NUM; id++)
		offer(AMP_TO_REMOTE, id);
	for (uint32_t i = 1; i < 200; i++) { /* buffer 0 stays with the core */
		uint32_t id = 1 + (i - 1) % (NUM - 1);

		give_back(AMP_TO_REMOTE, id);
		if (i < 195)
			offer(AMP_TO_REMOTE, id);
	}
	autopsy = examine();
	assert_null(amp_autopsy_first_fault(autopsy));
	assert_int_equal(autopsy->device[0].queue[AMP_TO_REMOTE].owner[0], AMP_OWNER_DEVICE);
	assert_int_equal(autopsy->device[0].queue[AMP_TO_REMOTE].of_device, NUM - 5);
	done(autopsy);
	give_back(AMP_TO_REMOTE, 0); /* and comes back at last */
	autopsy = examine();
	assert_null(amp_autopsy_first_fault(autopsy));
	done(autopsy);
}

static void raw_bytes_and_a_table_do_as_well(void **state)
{
	struct amp_autopsy *autopsy = calloc(1, sizeof(*autopsy));
	char error[AMP_DUMPFILE_TEXT];
	FILE *file = fopen(path, "w");

	(void)state;
	assert_non_null(file);
	desc(AMP_TO_HOST, 10)->len = 7;
	fwrite(memory, 1, sizeof(memory), file);
	fclose(file);
	assert_true(amp_dumpfile_add_raw(&autopsy->dump, DA, path, error));
	file = fopen(path, "w");
	assert_non_null(file);
	fwrite(table(), 1, sizeof(struct table), file);
	fclose(file);
	assert_true(amp_autopsy_read_table(autopsy, path, error));
	assert_true(amp_autopsy_examine(autopsy));
	assert_int_equal(autopsy->table_at, 0);
	assert_string_equal(amp_autopsy_first_fault(autopsy)->field, "desc[10].len");
	done(autopsy);
}

static void without_a_map_the_rings_are_still_explained(void **state)
{
	struct amp_autopsy *autopsy;
	char *text;

	(void)state;
	table()->head.num = 2; /* no carveout */
	autopsy = examine();
	assert_false(autopsy->has_buffers);
	assert_null(amp_autopsy_first_fault(autopsy));
	assert_int_equal(autopsy->device[0].queue[AMP_TO_REMOTE].of_device, 2);
	text = printed(autopsy);
	assert_non_null(strstr(text, "--map HOST=DEVICE"));
	free(text);
	done(autopsy);
}

static void rings_that_were_left_out_of_the_dump_are_no_fault(void **state)
{
	struct amp_autopsy *autopsy;
	char *text;

	(void)state;
	table()->ring[0].da = table()->ring[1].da = 0x50000000;
	autopsy = examine();
	assert_int_equal(autopsy->devices, 1);
	assert_null(amp_autopsy_first_fault(autopsy));
	text = printed(autopsy);
	assert_non_null(strstr(text, "not in the dump"));
	assert_null(strstr(text, "nothing is wrong"));
	free(text);
	done(autopsy);
}

/* ------------------------------------------------------------------ faults of the rings */

#define FAULT(name, statement) \
	static void name(void) \
	{                      \
		statement;     \
	}

FAULT(ring_of_six, table()->ring[0].num = 6)
FAULT(odd_alignment, table()->ring[1].align = 24)
FAULT(ring_elsewhere, table()->ring[1].da = 0x50000000)
FAULT(avail_flags, *avail_word(AMP_TO_HOST, 0) = 0x8000)
FAULT(used_flags, *used_word(AMP_TO_REMOTE, 0) = 0x40)
FAULT(avail_runs_ahead, *avail_word(AMP_TO_REMOTE, 1) += 100)
FAULT(used_runs_ahead, *used_word(AMP_TO_HOST, 1) += 100)
FAULT(offers_nothing, *avail_word(AMP_TO_REMOTE, 2 + 3) = 77)
FAULT(gives_back_nothing, used_elem(AMP_TO_HOST, 7)[0] = 0x10000)
FAULT(offers_twice, *avail_word(AMP_TO_HOST, 2 + 15) = 14)
FAULT(gives_back_twice, used_elem(AMP_TO_REMOTE, 1)[0] = 0)
FAULT(used_length, used_elem(AMP_TO_REMOTE, 1)[1] = 4000)
FAULT(used_shorter_than_message, used_elem(AMP_TO_HOST, 7)[1] = 17)
FAULT(desc_indirect, desc(AMP_TO_HOST, 9)->flags |= VRING_DESC_F_INDIRECT)
FAULT(desc_chained, desc(AMP_TO_REMOTE, 9)->flags |= VRING_DESC_F_NEXT)
FAULT(desc_not_writable, desc(AMP_TO_HOST, 10)->flags = 0)
FAULT(desc_writable, desc(AMP_TO_REMOTE, 10)->flags = VRING_DESC_F_WRITE)
FAULT(desc_too_small, desc(AMP_TO_HOST, 11)->len = 8)
FAULT(desc_too_large, desc(AMP_TO_REMOTE, 15)->len = 0x10000)
FAULT(desc_bit_flip, desc(AMP_TO_HOST, 12)->addr ^= 0x40000000)
FAULT(desc_of_another, desc(AMP_TO_HOST, 13)->addr -= 256)
FAULT(message_too_long, message(AMP_TO_HOST, 6)->len = 497)
FAULT(message_too_long_for_core, message(AMP_TO_REMOTE, 3)->len = 0xffff)
FAULT(announcement_without_end, message(AMP_TO_HOST, 6)->dst = RPMSG_NS_EPT_ADDR;
      message(AMP_TO_HOST, 6)->len = AMP_NS_SIZE; memset(message(AMP_TO_HOST, 6) + 1, 'x', 32))
FAULT(announcement_length, message(AMP_TO_HOST, 7)->dst = RPMSG_NS_EPT_ADDR)

static const struct {
	const char *name;
	void (*commit)(void);
	enum amp_direction queue;
	enum amp_ring_problem problem;
	const char *field;
} faults[] = {
	{"a ring of six", ring_of_six, AMP_TO_HOST, AMP_RING_NUM, "vring.num"},
	{"an odd alignment", odd_alignment, AMP_TO_REMOTE, AMP_RING_ALIGN, "vring.align"},
	{"a ring elsewhere", ring_elsewhere, AMP_TO_REMOTE, AMP_RING_ABSENT, "the ring"},
	{"avail flags", avail_flags, AMP_TO_HOST, AMP_RING_FLAGS, "avail.flags"},
	{"used flags", used_flags, AMP_TO_REMOTE, AMP_RING_FLAGS, "used.flags"},
	{"avail runs ahead", avail_runs_ahead, AMP_TO_REMOTE, AMP_RING_INDEX, "avail.idx"},
	{"used runs ahead", used_runs_ahead, AMP_TO_HOST, AMP_RING_INDEX, "used.idx"},
	{"no such descriptor offered", offers_nothing, AMP_TO_REMOTE, AMP_RING_ID, "avail.ring[3]"},
	{"no such descriptor given back", gives_back_nothing, AMP_TO_HOST, AMP_RING_ID, "used.ring[7].id"},
	{"offered twice", offers_twice, AMP_TO_HOST, AMP_RING_TWICE, "avail.ring[14]"},
	{"given back twice", gives_back_twice, AMP_TO_REMOTE, AMP_RING_TWICE, "used.ring[1].id"},
	{"a used length", used_length, AMP_TO_REMOTE, AMP_RING_USED_LEN, "used.ring[1].len"},
	{"a used length below the message's", used_shorter_than_message, AMP_TO_HOST, AMP_RING_USED_LEN,
         "used.ring[7].len"},
	{"an indirect descriptor", desc_indirect, AMP_TO_HOST, AMP_RING_CHAIN, "desc[9].flags"},
	{"a chain", desc_chained, AMP_TO_REMOTE, AMP_RING_CHAIN, "desc[9].flags"},
	{"a buffer that cannot be written", desc_not_writable, AMP_TO_HOST, AMP_RING_WRITE, "desc[10].flags"},
	{"a message that can be written", desc_writable, AMP_TO_REMOTE, AMP_RING_WRITE, "desc[10].flags"},
	{"a buffer without room", desc_too_small, AMP_TO_HOST, AMP_RING_SIZE, "desc[11].len"},
	{"a buffer that goes on too far", desc_too_large, AMP_TO_REMOTE, AMP_RING_ADDR, "desc[15].addr"},
	{"a bit of an address", desc_bit_flip, AMP_TO_HOST, AMP_RING_ADDR, "desc[12].addr"},
	{"a part of another buffer", desc_of_another, AMP_TO_HOST, AMP_RING_OVERLAP, "desc[13].addr"},
	{"a message longer than its buffer", message_too_long, AMP_TO_HOST, AMP_RING_LEN, "header of entry 6"},
	{"the same to the core", message_too_long_for_core, AMP_TO_REMOTE, AMP_RING_LEN, "header of entry 3"},
	{"a name without an end", announcement_without_end, AMP_TO_HOST, AMP_RING_NAME, "buffer of desc[6]"},
	{"an announcement's length", announcement_length, AMP_TO_HOST, AMP_RING_NAME, "buffer of desc[7]"},
};

static void each_fault_of_a_ring_is_named_from_the_file_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		const struct amp_ringstate *first;
		struct amp_autopsy *autopsy;
		char *text;

		make_memory();
		faults[i].commit();
		autopsy = examine();
		first = amp_autopsy_first_fault(autopsy);
		if (!first || first->direction != faults[i].queue || first->fault.problem != faults[i].problem ||
		    strcmp(first->field, faults[i].field) != 0)
			fail_msg("%s: queue %d, problem %d, field '%s'", faults[i].name,
			         first ? (int)first->direction : -1, first ? (int)first->fault.problem : -1,
			         first ? first->field : "");
		text = printed(autopsy);
		assert_non_null(strstr(text, faults[i].field));
		free(text);
		done(autopsy);
	}
}

/* ------------------------------------------------------------------ faults of the core */

static void each_cause_of_a_crash_is_named_from_the_file_alone(void **state)
{
	(void)state;
	for (uint32_t cause = 1; cause < AMP_CRASH_COUNT; cause++) {
		struct amp_autopsy *autopsy;
		char *text;

		make_memory();
		remote()->epoch = 5;
		remote()->crash =
			(struct amp_crash){.magic = AMP_CRASH_MAGIC, .epoch = 5, .cause = cause, .arch = EM_ARM};
		remote()->crash.reg[15] = 0x10007654;
		strcpy(remote()->crash.text, "its own words");
		autopsy = examine();
		assert_int_equal(autopsy->summary.cause, cause);
		assert_int_equal(autopsy->summary.pc, 0x10007654);
		text = printed(autopsy);
		assert_non_null(strstr(text, amp_postmortem_cause_text(cause)));
		assert_non_null(strstr(text, "its own words"));
		free(text);
		done(autopsy);
	}
}

/* ------------------------------------------------------------------ files that lie */

static void a_file_that_is_cut_off_anywhere_is_explained_as_far_as_it_goes(void **state)
{
	char error[AMP_DUMPFILE_TEXT];

	(void)state;
	write_devcoredump();
	for (long size = 0x1000 + (long)SIZE; size >= 0; size -= size > 0x200 ? 397 : 1) {
		struct amp_autopsy *autopsy = calloc(1, sizeof(*autopsy));

		assert_int_equal(truncate(path, size), 0);
		if (amp_dumpfile_add_elf(&autopsy->dump, path, error)) {
			assert_true(amp_autopsy_examine(autopsy));
			free(printed(autopsy));
		} else {
			assert_true(strlen(error) > 0);
		}
		done(autopsy);
	}
}

static void a_file_that_lies_anywhere_does_no_harm(void **state)
{
	unsigned int seed = 1;

	(void)state;
	for (int round = 0; round < 400; round++) {
		struct amp_autopsy *autopsy = calloc(1, sizeof(*autopsy));
		char error[AMP_DUMPFILE_TEXT];
		FILE *file;

		make_memory();
		for (int i = 0; i < 20; i++)
			memory[(unsigned int)rand_r(&seed) % (round % 2 ? TABLE + 256 : SIZE)] = (uint8_t)rand_r(&seed);
		write_devcoredump();
		file = fopen(path, "r+");
		assert_non_null(file);
		if (round % 4 == 0) {
			uint8_t byte = (uint8_t)rand_r(&seed);

			write_at(file, rand_r(&seed) % 180, &byte, 1);
		}
		fclose(file);
		if (amp_dumpfile_add_elf(&autopsy->dump, path, error)) {
			assert_true(amp_autopsy_examine(autopsy));
			free(printed(autopsy));
		}
		done(autopsy);
	}
}

static void what_is_no_dump_is_refused_with_a_reason(void **state)
{
	struct amp_autopsy *autopsy = calloc(1, sizeof(*autopsy));
	char error[AMP_DUMPFILE_TEXT];
	FILE *file;

	(void)state;
	assert_false(amp_dumpfile_add_elf(&autopsy->dump, "/nonexistent", error));
	assert_non_null(strstr(error, "No such file"));
	assert_false(amp_dumpfile_add_elf(&autopsy->dump, "/proc/self/exe", error));
	assert_non_null(strstr(error, "is not CORE"));
	assert_false(amp_dumpfile_add_elf(&autopsy->dump, dir, error));
	assert_non_null(strstr(error, "no regular file"));
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("text", file);
	fclose(file);
	assert_false(amp_dumpfile_add_elf(&autopsy->dump, path, error));
	assert_non_null(strstr(error, "--raw"));
	assert_false(amp_autopsy_read_table(autopsy, path, error));
	assert_non_null(strstr(error, "no resource table"));
	done(autopsy);
}

int main(void)
{
#define AUTOPSY_TEST(claim) cmocka_unit_test_setup_teardown(claim, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		AUTOPSY_TEST(each_buffer_has_an_owner),
		AUTOPSY_TEST(the_last_messages_and_the_trace_are_shown),
		AUTOPSY_TEST(a_core_that_holds_a_buffer_for_long_is_no_fault),
		AUTOPSY_TEST(raw_bytes_and_a_table_do_as_well),
		AUTOPSY_TEST(without_a_map_the_rings_are_still_explained),
		AUTOPSY_TEST(rings_that_were_left_out_of_the_dump_are_no_fault),
		AUTOPSY_TEST(each_fault_of_a_ring_is_named_from_the_file_alone),
		AUTOPSY_TEST(each_cause_of_a_crash_is_named_from_the_file_alone),
		AUTOPSY_TEST(a_file_that_is_cut_off_anywhere_is_explained_as_far_as_it_goes),
		AUTOPSY_TEST(a_file_that_lies_anywhere_does_no_harm),
		AUTOPSY_TEST(what_is_no_dump_is_refused_with_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
