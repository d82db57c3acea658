// SPDX-License-Identifier: GPL-2.0-only
/* Images and tables as the linkers and SDKs of vendors make them, and as Linux takes them. */
#include "load_fixture.h"

#include <stdlib.h>
#include <string.h>

#include <openamp/elf_loader.h>

#define RUNS_AT 0x2800u /* in the memory: where no segment is */

/* Through each kind of store; a stream must be able to begin again so many times. */
static void load_each_way(const struct elf_image *image, unsigned int rewinds, int expected,
                          void (*check)(const struct elf_image *image))
{
	struct source source = {.image = image, .end = image->size, .fail_at = SIZE_MAX};
	size_t pieces[] = {1, 7, 64, image->size};

	assert_int_equal(load_mem(image, image->size), expected);
	if (!expected)
		check(image);
	for (unsigned int i = 0; i < metal_dim(pieces); i++) {
		memset(memory, FRESH, MEM_SIZE);
		source.piece = pieces[i];
		source.at = 0;
		source.rewinds = 0;
		source.may_rewind = rewinds;
		assert_int_equal(load_source(&source), expected);
		if (!expected)
			check(image);
		if (pieces[i] == image->size)
			continue; /* all of it came at once */
		assert_int_equal(source.rewinds, rewinds);
		if (!rewinds)
			continue;
		/* A stream that comes once says so. */
		source.at = 0;
		source.may_rewind = 0;
		assert_int_equal(load_source(&source), expected ? expected : -AMP_RPROC_ERR_STREAM);
	}
	check_canaries();
	assert_int_equal(live_allocations(), 0);
	memset(memory, FRESH, MEM_SIZE);
}

/* ------------------------------------------------------------------ where the table is */

static void check_table_runs_elsewhere(const struct elf_image *image)
{
	struct table *live = (struct table *)(void *)(memory + RUNS_AT), expected = good_table;

	expected.vdev.gfeatures = 0;
	assert_ptr_equal(rproc.rsc_table, live);
	assert_int_equal(rproc.rsc_len, sizeof(expected));
	assert_memory_equal(live, &expected, sizeof(expected));
	/* The bytes in the segment are the segment's. */
	assert_memory_equal(memory + 0x1000, image->bytes + image->segment_offset[1], 0x180);
}

/* STM32MP1: linked to run at one place, loaded at another. What is written to the copy at the latter nobody reads. */
static void the_table_is_where_the_firmware_was_linked_to_find_it(void **state)
{
	struct elf_spec spec;
	struct elf_image image;

	(void)state;
	for (int wide = 0; wide < 2; wide++) {
		spec = spec_with_table(wide);
		spec.table_runs_at = MEM_DA + RUNS_AT;
		image = elf_build(&spec);
		load_each_way(&image, 1, 0, check_table_runs_elsewhere);
		elf_free(&image);
		/* There may be zeroes of a segment there. */
		spec.segment[2].da = MEM_DA + RUNS_AT - 0x10;
		image = elf_build(&spec);
		load_each_way(&image, 1, 0, check_table_runs_elsewhere);
		elf_free(&image);
	}
}

static void check_table_alone(const struct elf_image *image)
{
	(void)image;
	assert_ptr_equal(rproc.rsc_table, memory + RUNS_AT);
	assert_int_equal(((struct table *)rproc.rsc_table)->header.num, 2);
	assert_int_equal(memory[0x1000], FRESH);
}

static void a_table_that_no_segment_loads_is_loaded_by_itself(void **state)
{
	static const struct elf_field_ref type = PH(p_type);
	struct elf_spec spec = spec_with_table(true);
	struct elf_image image;

	(void)state;
	spec.table_runs_at = MEM_DA + RUNS_AT;
	spec.junk = 2 * AMP_ELF_WINDOW; /* else a stream may still have it */
	image = elf_build(&spec);
	elf_set_field(&image, &type, 1, PT_NOTE);
	load_each_way(&image, 1, 0, check_table_alone);
	elf_free(&image);
	/* Not on top of what is there. */
	spec.table_runs_at = MEM_DA + 0x100;
	image = elf_build(&spec);
	load_each_way(&image, 0, -AMP_RPROC_ERR_SEGMENT, NULL);
	elf_free(&image);
	/* Nor where there is no memory. */
	spec.table_runs_at = MEM_DA + MEM_SIZE;
	image = elf_build(&spec);
	load_each_way(&image, 0, -AMP_RPROC_ERR_SEGMENT_MEMORY, NULL);
	elf_free(&image);
}

static void the_loader_tells_where_the_table_runs(void **state)
{
	struct elf_spec spec = spec_with_table(false);
	struct elf_image image;
	struct amp_mem_store store;
	metal_phys_addr_t da;
	size_t offset, size;
	void *info;

	(void)state;
	spec.table_runs_at = MEM_DA + RUNS_AT;
	image = elf_build(&spec);
	store = (struct amp_mem_store){image.bytes, image.size};
	assert_int_equal(remoteproc_load(&rproc, NULL, &store, &amp_mem_store_ops, &info), 0);
	assert_int_equal(elf_locate_rsc_table(info, &da, &offset, &size), 0);
	assert_int_equal(da, MEM_DA + RUNS_AT);
	assert_int_equal(offset, image.segment_offset[1]);
	assert_int_equal(size, sizeof(good_table));
	rproc.loader->release(info);
	elf_free(&image);
}

/* ------------------------------------------------------------------ no table */

static void check_no_table(const struct elf_image *image)
{
	static struct table mine;

	(void)image;
	assert_null(rproc.rsc_table);
	assert_null(remoteproc_create_virtio(&rproc, 0, VIRTIO_DEV_DRIVER, NULL));
	assert_int_equal(remoteproc_start(&rproc), 0);
	mine = good_table;
	assert_int_equal(remoteproc_set_rsc_table(&rproc, &mine.header, sizeof(mine)), 0);
	assert_ptr_equal(rproc.rsc_table, &mine);
	assert_int_equal(remoteproc_stop(&rproc), 0);
}

static void a_section_without_a_table_is_no_table_and_one_may_follow(void **state)
{
	static const struct table zeroes;
	struct elf_spec spec;
	struct elf_image image;

	(void)state;
	for (unsigned int kind = 0; kind < 6; kind++) {
		spec = spec_with_table(kind & 1);
		if (kind / 2 == 0)
			spec.table_size = 0;
		else if (kind / 2 == 1)
			spec.table_type = SHT_NOBITS;
		else
			spec.table = &zeroes;
		image = elf_build(&spec);
		load_each_way(&image, 0, 0, check_no_table);
		elf_free(&image);
	}
}

/* ------------------------------------------------------------------ zeroes */

/* What is expected of three segments: zeroes of all of them, then the bytes of all of them. */
static struct elf_spec overlapping;

static void check_overlapping(const struct elf_image *image)
{
	uint8_t expected[MEM_SIZE];

	memset(expected, FRESH, sizeof(expected));
	for (unsigned int n = 0; n < ELF_SEGMENTS; n++)
		memset(expected + (overlapping.segment[n].da - MEM_DA) + overlapping.segment[n].filesz, 0,
		       overlapping.segment[n].memsz - overlapping.segment[n].filesz);
	for (unsigned int n = 0; n < ELF_SEGMENTS; n++)
		memcpy(expected + (overlapping.segment[n].da - MEM_DA), image->bytes + image->segment_offset[n],
		       overlapping.segment[n].filesz);
	assert_memory_equal(memory, expected, MEM_SIZE);
}

/* GNU ld for ZynqMP, RZ and Nios: a stack on top of a heap,
 * and data that comes behind zeroes on top of it, or before. */
static void zeroes_come_before_bytes_whatever_their_order_in_the_file(void **state)
{
	static const struct {
		uint64_t da;
		size_t filesz, memsz;
	} parts[][ELF_SEGMENTS] = {
		{{0x1000, 0x10, 0x10}, {0x1010, 0, 0x40}, {0x1010, 0, 0x10}},
		{{0x1000, 0x10, 0x10}, {0x1010, 0, 0x1000}, {0x1800, 0x58, 0x58}},
		{{0x1000, 0x10, 0x2000}, {0x1008, 0, 0x10}, {0x1800, 0x58, 0x58}},
		{{0x1000, 0x40, 0x40}, {0x1040, 0x40, 0x40}, {0x0f00, 0x10, 0x400}},
	};
	static const unsigned int order[][ELF_SEGMENTS] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
	                                                   {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	struct elf_image image;
	unsigned int j, wide;

	(void)state;
	for (unsigned int i = 0; i < metal_dim(parts) * metal_dim(order) * 2; i++) {
		wide = i % 2;
		j = i / 2 % metal_dim(order);
		overlapping = elf_default_spec(wide);
		for (unsigned int n = 0; n < ELF_SEGMENTS; n++) {
			overlapping.segment[n].da = MEM_DA + parts[i / 12][order[j][n]].da;
			overlapping.segment[n].filesz = parts[i / 12][order[j][n]].filesz;
			overlapping.segment[n].memsz = parts[i / 12][order[j][n]].memsz;
		}
		image = elf_build(&overlapping);
		load_each_way(&image, 0, 0, check_overlapping);
		elf_free(&image);
	}
}

static void bytes_on_top_of_bytes_are_refused_before_anything_is_written(void **state)
{
	struct elf_spec spec = elf_default_spec(true);
	struct elf_image image;

	(void)state;
	spec.segment[1].da = MEM_DA + spec.segment[0].filesz - 1;
	image = elf_build(&spec);
	assert_int_equal(load_mem(&image, image.size), -AMP_RPROC_ERR_SEGMENT);
	assert_int_equal(memory[0], FRESH);
	assert_int_equal(memory[0x3000], FRESH);
	elf_free(&image);
}

/* ------------------------------------------------------------------ Harvard */

#define CODE_DA 0x40000000u

static struct remoteproc_mem code_mem;
static metal_phys_addr_t answer_da;
static unsigned int asked;

static metal_phys_addr_t by_flags(struct remoteproc *r, metal_phys_addr_t da, size_t size, uint32_t flags)
{
	assert_ptr_equal(r, &rproc);
	assert_int_equal(da, MEM_DA);
	assert_int_equal(size, flags & AMP_ELF_EXECUTABLE ? 0x10 : 0x20);
	assert_int_equal(flags, asked++ ? PF_R | PF_W : PF_R | PF_X);
	return flags & AMP_ELF_EXECUTABLE ? answer_da : da;
}

static struct elf_image harvard(bool wide)
{
	struct elf_spec spec = {.wide = wide && AMP_WITH_ELF64,
	                        .segment = {{MEM_DA, 0x10, 0x10, PF_R | PF_X}, {MEM_DA, 0x18, 0x20, PF_R | PF_W}}};

	asked = 0;
	return elf_build(&spec);
}

static void code_and_data_at_one_address_are_told_apart_by_the_hook(void **state)
{
	struct elf_image image;

	(void)state;
	remoteproc_init_mem(&code_mem, "code", MEM_PA + 0x2000, CODE_DA, 0x1000, shared_mem.io);
	remoteproc_add_mem(&rproc, &code_mem);
	for (int wide = 0; wide < 2; wide++) {
		image = harvard(wide);
		assert_int_equal(load_mem(&image, image.size), -AMP_RPROC_ERR_SEGMENT);
		platform_ops.segment_da = by_flags;
		answer_da = CODE_DA;
		assert_int_equal(load_mem(&image, image.size), 0);
		assert_int_equal(asked, 2);
		assert_memory_equal(memory + 0x2000, image.bytes + image.segment_offset[0], 0x10);
		assert_memory_equal(memory, image.bytes + image.segment_offset[1], 0x18);
		assert_int_equal(memory[0x1f], 0);
		assert_int_equal(memory[0x2010], FRESH);
		/* The answer is checked like an address of the image. */
		answer_da = METAL_BAD_PHYS;
		asked = 0;
		assert_int_equal(load_mem(&image, image.size), -AMP_RPROC_ERR_SEGMENT);
		answer_da = CODE_DA + 0x1000;
		asked = 0;
		assert_int_equal(load_mem(&image, image.size), -AMP_RPROC_ERR_SEGMENT_MEMORY);
		elf_free(&image);
		platform_ops.segment_da = NULL;
	}
	metal_list_del(&code_mem.node);
}

/* ------------------------------------------------------------------ order of the file */

static struct elf_spec ordered;

static void check_ordered(const struct elf_image *image)
{
	expect_loaded(&ordered, image);
}

/* TI's and IAR's linkers. */
static void program_headers_at_the_end_load_from_what_can_begin_again(void **state)
{
	struct elf_image image;

	(void)state;
	for (int variant = 0; variant < 4; variant++) {
		ordered = variant & 2 ? spec_with_table(variant & 1) : elf_default_spec(variant & 1);
		ordered.phdrs_last = true;
		image = elf_build(&ordered);
		load_each_way(&image, 1, 0, check_ordered);
		elf_free(&image);
	}
	/* And section names where no stream has them in time: once more. */
	ordered.names_early = true;
	ordered.junk = 3000;
	image = elf_build(&ordered);
	load_each_way(&image, 2, 0, check_ordered);
	elf_free(&image);
}

static void a_stream_that_fails_to_begin_again_ends_the_load(void **state)
{
	struct elf_spec spec = spec_with_table(false);
	struct elf_image image;
	struct source source = {.image = &image, .piece = 50, .fail_at = SIZE_MAX, .may_rewind = 1, .rewinds = 1};

	(void)state;
	spec.phdrs_last = true;
	image = elf_build(&spec);
	source.end = image.size;
	assert_int_equal(load_source(&source), -98);
	assert_int_equal(rproc.state, RPROC_CONFIGURED);
	assert_int_equal(live_allocations(), 0);
	elf_free(&image);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_table_is_where_the_firmware_was_linked_to_find_it),
		TEST(a_table_that_no_segment_loads_is_loaded_by_itself),
		TEST(the_loader_tells_where_the_table_runs),
		TEST(a_section_without_a_table_is_no_table_and_one_may_follow),
		TEST(zeroes_come_before_bytes_whatever_their_order_in_the_file),
		TEST(bytes_on_top_of_bytes_are_refused_before_anything_is_written),
		TEST(code_and_data_at_one_address_are_told_apart_by_the_hook),
		TEST(program_headers_at_the_end_load_from_what_can_begin_again),
		TEST(a_stream_that_fails_to_begin_again_ends_the_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
