// SPDX-License-Identifier: GPL-2.0-only
/* Loading piece by piece, the loader's functions themselves, and other formats than ELF. */
#include "load_fixture.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openamp/elf_loader.h>

static void what_is_wanted_next_is_enough_to_load(void **state)
{
	struct elf_spec spec = spec_with_table(true);
	struct elf_image image = elf_build(&spec);
	size_t offset = 0, len = 1, memlen;
	struct metal_io_region *io;
	metal_phys_addr_t pa;
	unsigned char padding;
	void *info = NULL;
	int parts = 0;

	(void)state;
	while (len) {
		assert_true(offset + len <= image.size);
		assert_int_equal(remoteproc_load_noblock(&rproc, image.bytes + offset, offset, len, &info, &pa, &io,
		                                         &offset, &len, &memlen, &padding),
		                 0);
		assert_int_equal(rproc.state, len ? RPROC_CONFIGURED : RPROC_READY);
		parts++;
	}
	assert_true(parts > 5);
	elf_release(info);
	expect_loaded(&spec, &image);
	elf_free(&image);
}

static void the_caller_may_put_parts_in_their_place_himself(void **state)
{
	struct elf_spec spec = spec_with_table(false);
	struct elf_image image = elf_build(&spec);
	size_t offset = 0, len = 30, memlen;
	struct metal_io_region *io = NULL;
	metal_phys_addr_t pa;
	unsigned char padding;
	const void *data;
	void *info = NULL;
	int put = 0;

	(void)state;
	while (len) {
		data = image.bytes + offset;
		if (io) {
			assert_int_equal(metal_io_block_write(io, metal_io_phys_to_offset(io, pa), data, (int)len),
			                 len);
			data = NULL;
			put++;
		}
		assert_int_equal(remoteproc_load_noblock(&rproc, data, offset, len, &info, &pa, &io, &offset, &len,
		                                         &memlen, &padding),
		                 0);
		assert_true(memlen >= len);
		assert_int_equal(padding, 0);
		assert_int_equal(pa == METAL_BAD_PHYS, io == NULL);
	}
	assert_int_equal(put, 2);
	elf_release(info);
	expect_loaded(&spec, &image);
	elf_free(&image);
}

static void pieces_of_no_use_are_passed_over(void **state)
{
	struct elf_spec spec = spec_with_table(false);
	struct elf_image image = elf_build(&spec);
	size_t offset, len;
	void *info = NULL;

	(void)state;
	assert_int_equal(
		remoteproc_load_noblock(&rproc, image.bytes, 0, 20, &info, NULL, NULL, &offset, &len, NULL, NULL), 0);
	assert_int_equal(offset, 20);
	assert_true(len >= sizeof(Elf32_Ehdr) - 20);
	/* Before and behind what is wanted. */
	assert_int_equal(
		remoteproc_load_noblock(&rproc, image.bytes, 0, 20, &info, NULL, NULL, &offset, &len, NULL, NULL), 0);
	assert_int_equal(
		remoteproc_load_noblock(&rproc, image.bytes + 21, 21, 50, &info, NULL, NULL, &offset, &len, NULL, NULL),
		0);
	assert_int_equal(
		remoteproc_load_noblock(&rproc, image.bytes + 20, 20, 0, &info, NULL, NULL, &offset, &len, NULL, NULL),
		0);
	assert_int_equal(offset, 20);
	/* Overlapping pieces. */
	for (size_t at = 10; len; at += 10)
		assert_int_equal(remoteproc_load_noblock(&rproc, image.bytes + at, at, metal_min(image.size - at, 25),
		                                         &info, NULL, NULL, &offset, &len, NULL, NULL),
		                 0);
	elf_release(info);
	expect_loaded(&spec, &image);
	elf_free(&image);
}

static void misuse_of_pieces_is_refused(void **state)
{
	struct elf_spec spec = spec_with_table(false);
	struct elf_image image = elf_build(&spec);
	size_t offset, len;
	void *info = NULL;
	int dummy;

	(void)state;
	/* Not begun. */
	assert_int_equal(
		remoteproc_load_noblock(&rproc, image.bytes, 1, 9, &info, NULL, NULL, &offset, &len, NULL, NULL),
		-RPROC_ERR_LOADER_STATE);
	info = &dummy;
	assert_int_equal(
		remoteproc_load_noblock(&rproc, image.bytes, 0, 9, &info, NULL, NULL, &offset, &len, NULL, NULL),
		-RPROC_ERR_LOADER_STATE);
	assert_ptr_equal(info, &dummy);
	/* Nothing is where it would have been put. */
	info = NULL;
	assert_int_equal(remoteproc_load_noblock(&rproc, NULL, 0, 9, &info, NULL, NULL, &offset, &len, NULL, NULL),
	                 -RPROC_EINVAL);
	/* A length beyond all offsets. */
	assert_int_equal(
		remoteproc_load_noblock(&rproc, image.bytes, 0, 20, &info, NULL, NULL, &offset, &len, NULL, NULL), 0);
	assert_int_equal(remoteproc_load_noblock(&rproc, image.bytes, 20, SIZE_MAX - 19, &info, NULL, NULL, &offset,
	                                         &len, NULL, NULL),
	                 -RPROC_EINVAL);
	assert_null(info);
	assert_int_equal(len, 0);
	assert_int_equal(remoteproc_load_noblock(NULL, image.bytes, 0, 9, &info, NULL, NULL, &offset, &len, NULL, NULL),
	                 -RPROC_EINVAL);
	assert_int_equal(
		remoteproc_load_noblock(&rproc, image.bytes, 0, 9, NULL, NULL, NULL, &offset, &len, NULL, NULL),
		-RPROC_EINVAL);
	assert_int_equal(remoteproc_load_noblock(&rproc, image.bytes, 0, 9, &info, NULL, NULL, NULL, &len, NULL, NULL),
	                 -RPROC_EINVAL);
	assert_int_equal(
		remoteproc_load_noblock(&rproc, image.bytes, 0, 9, &info, NULL, NULL, &offset, NULL, NULL, NULL),
		-RPROC_EINVAL);
	assert_int_equal(remoteproc_load(NULL, NULL, NULL, &amp_mem_store_ops, NULL), -RPROC_EINVAL);
	assert_int_equal(remoteproc_load(&rproc, NULL, NULL, NULL, NULL), -RPROC_EINVAL);
	assert_int_equal(remoteproc_load(&rproc, NULL, NULL, &amp_mem_store_ops, NULL), -AMP_RPROC_ERR_STORE);
	assert_int_equal(remoteproc_load(&rproc, NULL, NULL, &amp_stream_store_ops, NULL), -AMP_RPROC_ERR_STORE);
	elf_free(&image);
}

static void the_elf_functions_refuse_what_was_not_asked_for(void **state)
{
	struct elf_spec spec = spec_with_table(false);
	struct elf_image image = elf_build(&spec);
	size_t offset, len, memlen;
	unsigned char padding;
	metal_phys_addr_t da;
	void *info = NULL;

	(void)state;
	assert_int_equal(elf_identify(image.bytes, 4), 0);
	assert_int_equal(elf_identify(image.bytes, 3), -RPROC_EINVAL);
	assert_int_equal(elf_identify(NULL, 4), -RPROC_EINVAL);
	assert_int_equal(elf_load_header(image.bytes, 0, 10, &info, 0, &offset, &len), 0);
	assert_int_equal(offset, 0);
	assert_true(len >= sizeof(Elf32_Ehdr));
	/* With no bytes: the same is wanted. A part, more than it, another one, or nothing is an error. */
	memlen = len;
	assert_int_equal(elf_load_header(NULL, 0, 0, &info, 0, &offset, &len), 0);
	assert_int_equal(len, memlen);
	assert_int_equal(elf_load_header(image.bytes, 0, len - 1, &info, 0, &offset, &len), -RPROC_ERR_LOADER_STATE);
	assert_int_equal(elf_load_header(image.bytes, 0, len + 1, &info, 0, &offset, &len), -RPROC_ERR_LOADER_STATE);
	assert_int_equal(elf_load_header(image.bytes + 1, 1, len, &info, 0, &offset, &len), -RPROC_ERR_LOADER_STATE);
	assert_int_equal(elf_load_header(NULL, 0, len, &info, 0, &offset, &len), -RPROC_ERR_LOADER_STATE);
	assert_int_equal(elf_load(&rproc, NULL, 0, 0, &info, 0, &da, &offset, &len, &padding, &memlen),
	                 -RPROC_ERR_LOADER_STATE);
	assert_int_equal(elf_locate_rsc_table(info, &da, &memlen, &memlen), -RPROC_ERR_LOADER_STATE);
	assert_int_equal(elf_load_header(image.bytes, 0, 10, NULL, 0, &offset, &len), -RPROC_EINVAL);
	/* The header, the program headers; then nothing is wanted, and no more of them is taken. */
	while (elf_get_load_state(info) == RPROC_LOADER_NOT_READY)
		assert_true(elf_load_header(image.bytes + offset, offset, len, &info, 0, &offset, &len) >= 0);
	assert_int_equal(len, 0);
	assert_int_equal(elf_load_header(NULL, 0, 0, &info, 0, &offset, &len), -RPROC_ERR_LOADER_STATE);
	assert_int_equal(elf_load(&rproc, image.bytes, 0, 1, &info, 0, &da, &offset, &len, &padding, &memlen),
	                 -RPROC_ERR_LOADER_STATE);
	elf_release(info);
	/* What is no ELF file. */
	info = NULL;
	assert_int_equal(elf_load_header(NULL, 0, 0, &info, 0, &offset, &len), 0);
	image.bytes[0]++;
	assert_int_equal(elf_load_header(image.bytes, offset, len, &info, 0, &offset, &len), -AMP_RPROC_ERR_FORMAT);
	elf_release(info);

	elf_release(NULL);
	info = NULL;
	assert_int_equal(elf_load(&rproc, NULL, 0, 0, &info, 0, &da, &offset, &len, &padding, &memlen), -RPROC_EINVAL);
	assert_int_equal(elf_locate_rsc_table(NULL, &da, &offset, &len), -RPROC_EINVAL);
	assert_true(elf_get_entry(NULL) == METAL_BAD_PHYS);
	assert_int_equal(elf_get_load_state(NULL), -RPROC_EINVAL);
	elf_free(&image);
}

/* ------------------------------------------------------------------ other formats */

/* "RAW0", device address, 8 bytes of no meaning, then 8 bytes to load there, padded to 12 with 0xee. */
static int raw_released;
static int raw_identify(const void *data, size_t len)
{
	assert_int_equal(len, 16);
	return memcmp(data, "RAW0", 4) ? -1 : 0;
}

static int raw_header(const void *data, size_t offset, size_t len, void **info, int state, size_t *noffset,
                      size_t *nlen)
{
	assert_int_equal(offset, 0);
	assert_int_equal(len, 16);
	assert_int_equal(state, 0);
	*info = malloc(4);
	memcpy(*info, (const char *)data + 4, 4);
	*noffset = 0;
	*nlen = 0;
	return RPROC_LOADER_READY_TO_LOAD;
}

static int raw_data(struct remoteproc *r, const void *data, size_t offset, size_t len, void **info, int state,
                    metal_phys_addr_t *da, size_t *noffset, size_t *nlen, unsigned char *padding, size_t *nmemsize)
{
	uint32_t to;

	(void)r;
	(void)data;
	assert_int_equal(state, RPROC_LOADER_READY_TO_LOAD);
	if (offset + len == 24)
		return RPROC_LOADER_LOAD_COMPLETE;
	offset = len ? offset + len : 16;
	memcpy(&to, *info, 4);
	*da = to + (offset - 16);
	*noffset = offset;
	*nlen = 24 - offset;
	*nmemsize = 28 - offset;
	*padding = 0xee;
	return RPROC_LOADER_READY_TO_LOAD;
}

static int raw_locate(void *info, metal_phys_addr_t *da, size_t *offset, size_t *size)
{
	(void)info;
	(void)da;
	(void)offset;
	(void)size;
	return -RPROC_ERR_RSC_TAB_NP;
}

static void raw_release(void *info)
{
	free(info);
	raw_released++;
}

static metal_phys_addr_t raw_entry(void *info)
{
	(void)info;
	return 0x1234;
}

static const struct loader_ops raw_ops = {raw_header, raw_data, raw_locate, raw_release, raw_entry, NULL};

static void a_format_that_was_added_is_loaded(void **state)
{
	struct amp_loader loader = {.ops = &raw_ops, .identify = raw_identify};
	struct elf_image image = {.bytes = (uint8_t *)"RAW0\0\1\0\x20"
	                                              "12345678ABCDEFGH",
	                          .size = 24};
	struct elf_spec spec = elf_default_spec(false);

	(void)state;
	assert_int_equal(load_mem(&image, image.size), -AMP_RPROC_ERR_FORMAT);
	assert_int_equal(amp_remoteproc_add_loader(&rproc, &loader), 0);
	assert_int_equal(amp_remoteproc_add_loader(&rproc, &loader), -RPROC_EINVAL);
	raw_released = 0;
	for (size_t piece = 1; piece < 26; piece++) {
		memset(memory, FRESH, MEM_SIZE);
		assert_int_equal(load_stream(&image, piece, image.size), 0);
		assert_memory_equal(memory + 0x100, "ABCDEFGH\xee\xee\xee\xee\x5a", 13);
		assert_int_equal(load_stream(&image, piece, image.size - 1), -AMP_RPROC_ERR_TRUNCATED);
		assert_int_equal(raw_released, (int)piece * 2);
	}
	assert_int_equal(load_mem(&image, image.size), 0);
	assert_int_equal(rproc.bootaddr, 0x1234);
	assert_ptr_equal(rproc.loader, &raw_ops);
	assert_memory_equal(memory + 0x100, "ABCDEFGH\xee\xee\xee\xee\x5a", 13);
	image = elf_build(&spec);
	assert_int_equal(load_mem(&image, image.size), 0);
	assert_ptr_equal(rproc.loader, &elf_ops);
	elf_free(&image);
}

static void a_loader_with_a_part_missing_is_not_added(void **state)
{
	struct loader_ops ops[5] = {raw_ops, raw_ops, raw_ops, raw_ops, raw_ops};
	struct amp_loader loader = {.ops = &raw_ops};

	(void)state;
	assert_int_equal(amp_remoteproc_add_loader(&rproc, &loader), -RPROC_EINVAL);
	loader = (struct amp_loader){.identify = raw_identify};
	assert_int_equal(amp_remoteproc_add_loader(&rproc, &loader), -RPROC_EINVAL);
	ops[0].load_header = NULL;
	ops[1].load_data = NULL;
	ops[2].locate_rsc_table = NULL;
	ops[3].release = NULL;
	ops[4].get_entry = NULL;
	for (unsigned int i = 0; i < metal_dim(ops); i++) {
		loader.ops = &ops[i];
		assert_int_equal(amp_remoteproc_add_loader(&rproc, &loader), -RPROC_EINVAL);
	}
	assert_null(rproc.loaders);
	assert_int_equal(amp_remoteproc_add_loader(&rproc, NULL), -RPROC_EINVAL);
	assert_int_equal(amp_remoteproc_add_loader(NULL, &loader), -RPROC_EINVAL);
}

static int other_identify(const void *data, size_t len)
{
	return len == 16 && memcmp(data, "RAW1", 4) == 0 ? 0 : -1;
}

static void formats_are_tried_in_the_order_in_which_they_were_added(void **state)
{
	struct loader_ops first_ops = raw_ops;
	struct amp_loader other = {.ops = &raw_ops, .identify = other_identify};
	struct amp_loader first = {.ops = &first_ops, .identify = raw_identify};
	struct amp_loader second = {.ops = &raw_ops, .identify = raw_identify};
	struct elf_image image = {.bytes = (uint8_t *)"RAW0\0\1\0\x20"
	                                              "12345678ABCDEFGH",
	                          .size = 24};

	(void)state;
	assert_int_equal(amp_remoteproc_add_loader(&rproc, &other), 0);
	assert_int_equal(amp_remoteproc_add_loader(&rproc, &first), 0);
	assert_int_equal(amp_remoteproc_add_loader(&rproc, &second), 0);
	assert_int_equal(load_mem(&image, image.size), 0);
	assert_ptr_equal(rproc.loader, &first_ops);
}

/* What a loader claims is checked as what an image claims. */
static metal_phys_addr_t claimed_da;
static size_t claimed_offset, claimed_size;
static int claimed_status;

static int claim_table(void *info, metal_phys_addr_t *da, size_t *offset, size_t *size)
{
	(void)info;
	*da = claimed_da;
	*offset = 0;
	*size = claimed_size;
	return claimed_status;
}

static int claim_part(struct remoteproc *r, const void *data, size_t offset, size_t len, void **info, int state,
                      metal_phys_addr_t *da, size_t *noffset, size_t *nlen, unsigned char *padding, size_t *nmemsize)
{
	(void)r;
	(void)data;
	(void)offset;
	(void)len;
	(void)info;
	(void)padding;
	*da = claimed_da;
	*noffset = claimed_offset;
	*nlen = claimed_size;
	*nmemsize = 0;
	return state;
}

static void what_a_loader_claims_is_checked(void **state)
{
	struct loader_ops ops = raw_ops;
	struct amp_loader loader = {.ops = &ops, .identify = raw_identify};
	struct elf_image image = {.bytes = (uint8_t *)"RAW0\0\1\0\x20"
	                                              "12345678ABCDEFGH",
	                          .size = 24};

	(void)state;
	assert_int_equal(amp_remoteproc_add_loader(&rproc, &loader), 0);
	/* A table outside of all memory, one that is none, and an error of its own. */
	ops.locate_rsc_table = claim_table;
	claimed_status = 0;
	claimed_da = MEM_DA + MEM_SIZE - 15;
	claimed_size = 16;
	assert_int_equal(load_mem(&image, image.size), -AMP_RPROC_ERR_RSC_PLACE);
	claimed_da--;
	assert_int_equal(load_mem(&image, image.size), -RPROC_ERR_RSC_TAB_VER);
	claimed_status = -RPROC_ERR_RSC_TAB_VER;
	assert_int_equal(load_mem(&image, image.size), -RPROC_ERR_RSC_TAB_VER);
	assert_int_equal(rproc.state, RPROC_CONFIGURED);
	assert_null(rproc.rsc_table);

	/* A part that ends behind the last offset there is, and one that is larger than what can be written at once. */
	ops.load_data = claim_part;
	claimed_da = MEM_DA;
	claimed_offset = SIZE_MAX - 7;
	claimed_size = 8;
	assert_int_equal(load_mem(&image, image.size), -AMP_RPROC_ERR_TRUNCATED);
	claimed_offset = 16;
	claimed_size = (size_t)INT_MAX + 1;
	assert_int_equal(load_mem(&image, image.size), -AMP_RPROC_ERR_SEGMENT_MEMORY);
	check_canaries();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_wanted_next_is_enough_to_load),
		TEST(the_caller_may_put_parts_in_their_place_himself),
		TEST(pieces_of_no_use_are_passed_over),
		TEST(misuse_of_pieces_is_refused),
		TEST(the_elf_functions_refuse_what_was_not_asked_for),
		TEST(a_format_that_was_added_is_loaded),
		TEST(a_loader_with_a_part_missing_is_not_added),
		TEST(formats_are_tried_in_the_order_in_which_they_were_added),
		TEST(what_a_loader_claims_is_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
