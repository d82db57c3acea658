// SPDX-License-Identifier: GPL-2.0-only
/* Image stores that do not keep to the rules, stores that seek, and images too large for an int. */
#include "load_fixture.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>

/* A store over an image, whose faults the tests choose. */
struct faulty {
	struct elf_image *image;
	const void *opened; /* what open() hands over */
	int open_answer;
	bool no_data; /* load() hands over nothing, with this answer */
	int load_answer;
	int closed;
	bool had_address;
};

static int faulty_open(void *store, const char *path, const void **img_data)
{
	struct faulty *faulty = store;

	(void)path;
	*img_data = faulty->opened;
	return faulty->open_answer;
}

static int faulty_load(void *store, size_t offset, size_t size, const void **data, metal_phys_addr_t pa,
                       struct metal_io_region *io, char is_blocking)
{
	struct faulty *faulty = store;

	assert_true(is_blocking);
	if (faulty->no_data)
		return faulty->load_answer;
	if (io || pa != METAL_BAD_PHYS)
		faulty->had_address = true;
	if (offset > faulty->image->size)
		return 0;
	*data = faulty->image->bytes + offset;
	/* More than was asked for: all that there is. */
	return (int)metal_max(size, faulty->image->size - offset);
}

static void faulty_close(void *store)
{
	((struct faulty *)store)->closed++;
}

static const struct image_store_ops faulty_ops = {
	.open = faulty_open,
	.close = faulty_close,
	.load = faulty_load,
	.features = SUPPORT_SEEK,
};

static int load_faulty(struct faulty *faulty)
{
	return remoteproc_load(&rproc, "not used", faulty, &faulty_ops, NULL);
}

static void a_store_with_a_part_missing_is_refused(void **state)
{
	const struct image_store_ops no_open = {.load = faulty_load}, no_load = {.open = faulty_open};
	struct amp_stream_store stream = {.read = read_source, .buf = (char[4]){0}, .buf_size = 4}, bad;
	struct amp_mem_store mem = {NULL, 100};

	(void)state;
	assert_int_equal(remoteproc_load(&rproc, NULL, &stream, &no_open, NULL), -RPROC_EINVAL);
	assert_int_equal(remoteproc_load(&rproc, NULL, &stream, &no_load, NULL), -RPROC_EINVAL);
	assert_int_equal(remoteproc_load(&rproc, NULL, &mem, &amp_mem_store_ops, NULL), -AMP_RPROC_ERR_STORE);
	bad = stream;
	bad.read = NULL;
	assert_int_equal(remoteproc_load(&rproc, NULL, &bad, &amp_stream_store_ops, NULL), -AMP_RPROC_ERR_STORE);
	bad = stream;
	bad.buf = NULL;
	assert_int_equal(remoteproc_load(&rproc, NULL, &bad, &amp_stream_store_ops, NULL), -AMP_RPROC_ERR_STORE);
	bad = stream;
	bad.buf_size = 0;
	assert_int_equal(remoteproc_load(&rproc, NULL, &bad, &amp_stream_store_ops, NULL), -AMP_RPROC_ERR_STORE);
}

static void a_store_that_hands_over_nothing_is_an_error(void **state)
{
	struct elf_spec spec = elf_default_spec(false);
	struct elf_image image = elf_build(&spec);
	struct faulty faulty = {.image = &image, .open_answer = 16};

	(void)state;
	assert_int_equal(load_faulty(&faulty), -AMP_RPROC_ERR_STORE);
	assert_int_equal(faulty.closed, 1);
	faulty.opened = image.bytes;
	faulty.no_data = true;
	faulty.load_answer = 36;
	assert_int_equal(load_faulty(&faulty), -AMP_RPROC_ERR_STORE);
	faulty.load_answer = 0;
	assert_int_equal(load_faulty(&faulty), -AMP_RPROC_ERR_TRUNCATED);
	faulty.load_answer = -EIO;
	assert_int_equal(load_faulty(&faulty), -EIO);
	assert_int_equal(faulty.closed, 4);
	faulty.open_answer = -EACCES; /* what was not opened is not closed */
	assert_int_equal(load_faulty(&faulty), -EACCES);
	assert_int_equal(faulty.closed, 4);
	elf_free(&image);
}

static void a_store_that_claims_more_than_was_asked_for_is_cut_to_that(void **state)
{
	struct elf_spec spec = spec_with_table(true);
	struct elf_image image = elf_build(&spec);
	struct faulty faulty = {.image = &image, .opened = image.bytes, .open_answer = 16};
	struct metal_io_region region;
	struct remoteproc_mem mem;

	(void)state;
	/* Without physical addresses the store is not asked to write to memory itself. */
	metal_list_del(&shared_mem.node);
	metal_io_init(&region, memory, NULL, MEM_SIZE, (unsigned int)-1, 0, NULL);
	remoteproc_init_mem(&mem, "no addresses", METAL_BAD_PHYS, MEM_DA, MEM_SIZE, &region);
	remoteproc_add_mem(&rproc, &mem);
	assert_int_equal(load_faulty(&faulty), 0);
	assert_false(faulty.had_address);
	expect_loaded(&spec, &image);
	metal_list_del(&mem.node);
	elf_free(&image);
}

/* The program headers and what they load at the front, section names and headers behind two gigabytes of nothing. */
static void an_image_larger_than_an_int_loads_from_memory(void **state)
{
	static const struct elf_field_ref shoff = EH(e_shoff), offset = SH(sh_offset);
	const size_t gap = (size_t)INT_MAX + 0x1000;
	struct elf_spec spec = spec_with_table(true);
	struct amp_mem_store store;
	struct elf_image image = elf_build(&spec);
	size_t names = elf_get_field(&image, &offset, image.names_section);
	char *large;

	(void)state;
	elf_set_field(&image, &offset, image.names_section, names + gap);
	elf_set_field(&image, &shoff, 0, elf_get_field(&image, &shoff, 0) + gap);
	large = mmap(NULL, image.size + gap, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
	             0);
	assert_true(large != MAP_FAILED);
	memcpy(large, image.bytes, names);
	memcpy(large + names + gap, image.bytes + names, image.size - names);

	store = (struct amp_mem_store){large, image.size + gap};
	assert_int_equal(remoteproc_load(&rproc, NULL, &store, &amp_mem_store_ops, NULL), 0);
	expect_loaded(&spec, &image);
	/* The end cut off, and all behind the first two gigabytes. */
	store.size--;
	assert_int_equal(remoteproc_load(&rproc, NULL, &store, &amp_mem_store_ops, NULL), -AMP_RPROC_ERR_TRUNCATED);
	store.size = (size_t)INT_MAX + 1;
	assert_int_equal(remoteproc_load(&rproc, NULL, &store, &amp_mem_store_ops, NULL), -AMP_RPROC_ERR_TRUNCATED);
	munmap(large, image.size + gap);
	elf_free(&image);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_store_with_a_part_missing_is_refused),
		TEST(a_store_that_hands_over_nothing_is_an_error),
		TEST(a_store_that_claims_more_than_was_asked_for_is_cut_to_that),
		TEST(an_image_larger_than_an_int_loads_from_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
