// SPDX-License-Identifier: GPL-2.0-only
/* Loading from memory, from streams and from files. */
#include "load_fixture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openamp/elf_loader.h>

static void images_of_both_classes_load_from_memory(void **state)
{
	struct elf_image image;
	struct elf_spec spec;

	(void)state;
	for (int variant = 0; variant < 32; variant++) {
		spec = variant & 2 ? spec_with_table(variant & 1) : elf_default_spec(variant & 1);
		spec.headers_in_first = variant & 4;
		spec.names_early = variant & 8;
		spec.junk = variant & 16 ? 3000 : 0;
		image = elf_build(&spec);
		assert_int_equal(load_mem(&image, image.size), 0);
		expect_loaded(&spec, &image);
		elf_free(&image);
	}
}

static void an_image_of_64_bits_is_refused_without_the_option(void **state)
{
	struct elf_spec spec = elf_default_spec(true);
	struct elf_image image;

	(void)state;
	if (AMP_WITH_ELF64)
		skip();
	spec.wide = true;
	image = elf_build(&spec);
	assert_int_equal(load_mem(&image, image.size), -AMP_RPROC_ERR_ELF_HEADER);
	elf_free(&image);
}

static void an_image_without_sections_loads_and_has_no_table(void **state)
{
	struct elf_spec spec = elf_default_spec(true);
	struct elf_image image;

	(void)state;
	spec.no_sections = true;
	image = elf_build(&spec);
	assert_int_equal(load_mem(&image, image.needed), 0);
	expect_loaded(&spec, &image);
	assert_int_equal(load_stream(&image, 7, image.size), 0);
	expect_loaded(&spec, &image);
	elf_free(&image);
}

static void a_stream_loads_in_pieces_of_any_size(void **state)
{
	struct elf_image image;
	struct elf_spec spec;

	(void)state;
	for (int variant = 0; variant < 4; variant++) {
		spec = spec_with_table(variant & 1);
		spec.headers_in_first = variant & 2;
		spec.junk = 40;
		image = elf_build(&spec);
		for (size_t piece = 1; piece <= image.size + 1; piece++) {
			assert_int_equal(load_stream(&image, piece, image.size), 0);
			expect_loaded(&spec, &image);
		}
		elf_free(&image);
	}
}

static void a_stream_loads_whatever_the_order_of_its_program_headers(void **state)
{
	struct elf_spec spec = spec_with_table(false);
	struct elf_image image = elf_build(&spec);
	Elf32_Phdr *phdr = (Elf32_Phdr *)(void *)(image.bytes + sizeof(Elf32_Ehdr));
	Elf32_Phdr first = phdr[0];

	(void)state;
	phdr[0] = phdr[1];
	phdr[1] = phdr[2];
	phdr[2] = first;
	assert_int_equal(load_stream(&image, 100, image.size), 0);
	expect_loaded(&spec, &image);
	elf_free(&image);
}

static void a_stream_passes_over_what_is_not_needed(void **state)
{
	struct elf_spec spec = spec_with_table(false);
	struct elf_image image;

	(void)state;
	spec.junk = 100000;
	image = elf_build(&spec);
	assert_int_equal(load_stream(&image, 1000, image.size), 0);
	expect_loaded(&spec, &image);
	elf_free(&image);
}

static void a_stream_with_the_names_out_of_reach_is_refused_by_name(void **state)
{
	struct elf_spec spec = spec_with_table(false);
	struct elf_image image;

	(void)state;
	spec.names_early = true;
	spec.junk = 3000;
	image = elf_build(&spec);
	assert_int_equal(load_stream(&image, 100, image.size), -AMP_RPROC_ERR_STREAM);
	assert_int_equal(live_allocations(), 0);
	elf_free(&image);
}

static void an_image_cut_off_at_any_byte_is_refused(void **state)
{
	struct elf_image image;
	struct elf_spec spec;

	(void)state;
	for (int variant = 0; variant < 4; variant++) {
		spec = variant & 2 ? spec_with_table(variant & 1) : elf_default_spec(variant & 1);
		image = elf_build(&spec);
		for (size_t end = 0; end < image.needed; end++) {
			assert_int_equal(load_mem(&image, end), -AMP_RPROC_ERR_TRUNCATED);
			assert_int_equal(load_stream(&image, 1 + end % 90, end), -AMP_RPROC_ERR_TRUNCATED);
			assert_int_equal(rproc.state, RPROC_CONFIGURED);
			assert_int_equal(remoteproc_start(&rproc), -RPROC_EINVAL);
			assert_int_equal(live_allocations(), 0);
			check_canaries();
		}
		elf_free(&image);
	}
}

static void an_error_of_the_store_comes_back_as_it_is(void **state)
{
	struct elf_spec spec = spec_with_table(true);
	struct elf_image image = elf_build(&spec);
	struct source source = {.image = &image, .piece = 16, .end = image.size};
	uint8_t buf[16];
	struct amp_stream_store store = {.read = read_source, .arg = &source, .buf = buf, .buf_size = sizeof(buf)};

	(void)state;
	for (source.fail_at = 0; source.fail_at < image.size; source.fail_at += 50) {
		source.at = 0;
		assert_int_equal(remoteproc_load(&rproc, NULL, &store, &amp_stream_store_ops, NULL), -99);
		assert_int_equal(live_allocations(), 0);
	}
	elf_free(&image);
}

static void each_failing_allocation_ends_the_load_and_leaks_nothing(void **state)
{
	struct elf_spec spec = spec_with_table(false);
	struct elf_image image;
	unsigned int n;
	int status;

	(void)state;
	spec.names_early = true; /* one allocation more */
	spec.junk = 3000;
	image = elf_build(&spec);
	for (n = 1;; n++) {
		fail_allocation(n);
		status = load_mem(&image, image.size);
		assert_int_equal(live_allocations(), 0);
		if (!allocation_failed())
			break;
		assert_int_equal(status, -RPROC_ENOMEM);
		assert_int_equal(rproc.state, RPROC_CONFIGURED);
	}
	fail_allocation(0);
	assert_int_equal(status, 0);
	assert_true(n > 4);
	elf_free(&image);
}

static void what_the_loader_learned_is_handed_to_the_caller(void **state)
{
	struct elf_spec spec = spec_with_table(false);
	struct elf_image image = elf_build(&spec);
	struct amp_mem_store store = {image.bytes, image.size};
	size_t offset, size;
	metal_phys_addr_t da;
	void *info;

	(void)state;
	assert_int_equal(remoteproc_load(&rproc, NULL, &store, &amp_mem_store_ops, &info), 0);
	assert_ptr_equal(rproc.loader, &elf_ops);
	assert_int_equal(elf_get_entry(info), ELF_ENTRY);
	assert_int_equal(elf_get_load_state(info), RPROC_LOADER_LOAD_COMPLETE);
	assert_int_equal(elf_locate_rsc_table(info, &da, &offset, &size), 0);
	assert_int_equal(da, MEM_DA + 0x1000);
	assert_int_equal(offset, image.segment_offset[1]);
	assert_int_equal(size, sizeof(good_table));
	assert_int_equal(elf_locate_rsc_table(info, NULL, NULL, NULL), 0);
	rproc.loader->release(info);

	store.size = 100;
	info = &image;
	assert_int_equal(remoteproc_load(&rproc, NULL, &store, &amp_mem_store_ops, &info), -AMP_RPROC_ERR_TRUNCATED);
	assert_null(info);
	elf_free(&image);
}

static void a_file_loads_and_says_why_it_does_not(void **state)
{
	static struct amp_file_store store;
	struct elf_spec spec = spec_with_table(true);
	char path[] = "/tmp/amprelay-load-test-XXXXXX";
	struct elf_image image;
	int fd = mkstemp(path);

	(void)state;
	spec.junk = 10000;
	image = elf_build(&spec);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, image.bytes, image.size), image.size);
	assert_int_equal(remoteproc_load(&rproc, path, &store, &amp_file_store_ops, NULL), 0);
	expect_loaded(&spec, &image);

	assert_int_equal(ftruncate(fd, (off_t)image.size - 1), 0);
	assert_int_equal(remoteproc_load(&rproc, path, &store, &amp_file_store_ops, NULL), -AMP_RPROC_ERR_TRUNCATED);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(remoteproc_load(&rproc, path, &store, &amp_file_store_ops, NULL), -AMP_RPROC_ERR_TRUNCATED);
	close(fd);
	unlink(path);
	assert_int_equal(remoteproc_load(&rproc, path, &store, &amp_file_store_ops, NULL), -AMP_RPROC_ERR_STORE);
	assert_int_equal(store.error, ENOENT);
	assert_int_equal(remoteproc_load(&rproc, "/tmp", &store, &amp_file_store_ops, NULL), -AMP_RPROC_ERR_STORE);
	assert_int_equal(store.error, EISDIR);
	assert_int_equal(remoteproc_load(&rproc, NULL, &store, &amp_file_store_ops, NULL), -AMP_RPROC_ERR_STORE);
	elf_free(&image);
}

static unsigned int hook_bytes;

static int hook_write(struct metal_io_region *region, unsigned long offset, const void *restrict src,
                      memory_order order, int len)
{
	(void)order;
	hook_bytes += (unsigned int)len;
	memcpy((char *)region->virt + offset, src, (size_t)len);
	return len;
}

static int hook_fails(struct metal_io_region *region, unsigned long offset, const void *restrict src,
                      memory_order order, int len)
{
	(void)region;
	(void)offset;
	(void)src;
	(void)order;
	(void)len;
	return -EIO;
}

static void memory_that_cannot_be_written_ends_the_load(void **state)
{
	struct metal_io_ops hooks = {.block_write = hook_fails};
	struct elf_spec spec = elf_default_spec(false);
	struct elf_image image;

	(void)state;
	shared_mem.io->ops = hooks;
	for (int i = 0; i < 2; i++) {
		spec.headers_in_first = i; /* written from another place */
		image = elf_build(&spec);
		assert_int_equal(load_mem(&image, image.size), -AMP_RPROC_ERR_SEGMENT_MEMORY);
		assert_int_equal(live_allocations(), 0);
		elf_free(&image);
	}
}

static void memory_behind_a_hook_without_physical_addresses_is_loaded(void **state)
{
	struct metal_io_ops hooks = {.block_write = hook_write};
	struct elf_spec spec = elf_default_spec(false);
	struct elf_image image = elf_build(&spec);
	struct metal_io_region region;
	struct remoteproc_mem mem;

	(void)state;
	metal_list_del(&shared_mem.node);
	metal_io_init(&region, memory, NULL, MEM_SIZE, (unsigned int)-1, 0, &hooks);
	for (int i = 0; i < 2; i++) {
		hook_bytes = 0;
		remoteproc_init_mem(&mem, "hooked", i ? MEM_PA : METAL_BAD_PHYS, MEM_DA, MEM_SIZE, &region);
		remoteproc_add_mem(&rproc, &mem);
		assert_int_equal(load_mem(&image, image.size), 0);
		assert_int_equal(hook_bytes, 0x120 + 0x180);
		expect_loaded(&spec, &image);
		metal_list_del(&mem.node);
	}
	elf_free(&image);
}

static void an_image_of_no_known_format_is_refused(void **state)
{
	struct elf_image image = {.bytes = (uint8_t *)"\x7f"
	                                              "ElF not quite an ELF file",
	                          .size = 26};

	(void)state;
	assert_int_equal(load_mem(&image, image.size), -AMP_RPROC_ERR_FORMAT);
	assert_int_equal(load_stream(&image, 1, image.size), -AMP_RPROC_ERR_FORMAT);
	assert_int_equal(load_mem(&image, 0), -AMP_RPROC_ERR_TRUNCATED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(images_of_both_classes_load_from_memory),
		TEST(an_image_of_64_bits_is_refused_without_the_option),
		TEST(an_image_without_sections_loads_and_has_no_table),
		TEST(a_stream_loads_in_pieces_of_any_size),
		TEST(a_stream_loads_whatever_the_order_of_its_program_headers),
		TEST(a_stream_passes_over_what_is_not_needed),
		TEST(a_stream_with_the_names_out_of_reach_is_refused_by_name),
		TEST(an_image_cut_off_at_any_byte_is_refused),
		TEST(an_error_of_the_store_comes_back_as_it_is),
		TEST(each_failing_allocation_ends_the_load_and_leaks_nothing),
		TEST(what_the_loader_learned_is_handed_to_the_caller),
		TEST(a_file_loads_and_says_why_it_does_not),
		TEST(memory_that_cannot_be_written_ends_the_load),
		TEST(memory_behind_a_hook_without_physical_addresses_is_loaded),
		TEST(an_image_of_no_known_format_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
