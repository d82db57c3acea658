// SPDX-License-Identifier: GPL-2.0-only
/* Memories of a remote processor: by name, by each address, at each limit. */
#include "fixture.h"

#include <string.h>

static void addresses_translate_up_to_the_last_byte(void **state)
{
	static const struct {
		long at; /* relative to the start of memory */
		bool there;
	} rows[] = {{-1, false}, {0, true}, {1, true}, {MEM_SIZE - 1, true}, {MEM_SIZE, false}};
	struct metal_io_region *io = shared_mem.io;
	unsigned long offset;

	(void)state;
	for (unsigned int i = 0; i < metal_dim(rows); i++) {
		offset = 77;
		assert_ptr_equal(remoteproc_get_io_with_da(&rproc, MEM_DA + (unsigned long)rows[i].at, &offset),
		                 rows[i].there ? io : NULL);
		assert_int_equal(offset, rows[i].there ? rows[i].at : 77);
		assert_ptr_equal(remoteproc_get_io_with_pa(&rproc, MEM_PA + (unsigned long)rows[i].at),
		                 rows[i].there ? io : NULL);
		assert_ptr_equal(remoteproc_get_io_with_va(&rproc, memory + rows[i].at), rows[i].there ? io : NULL);
	}
	assert_ptr_equal(remoteproc_get_io_with_da(&rproc, MEM_DA, NULL), io);
}

static void ranges_map_if_all_of_them_is_there(void **state)
{
	static const struct {
		metal_phys_addr_t at;
		size_t size;
		bool there;
	} rows[] = {
		{0, 1, true},
		{0, MEM_SIZE, true},
		{0, MEM_SIZE + 1, false},
		{1, MEM_SIZE, false},
		{MEM_SIZE - 1, 1, true},
		{MEM_SIZE - 1, 2, false},
		{0, SIZE_MAX, false},
		{MEM_SIZE / 2, SIZE_MAX, false},
		{0, 0, false},
	};
	metal_phys_addr_t da, pa;
	struct metal_io_region *io;
	void *va;

	(void)state;
	for (unsigned int i = 0; i < metal_dim(rows); i++) {
		da = MEM_DA + rows[i].at;
		pa = METAL_BAD_PHYS;
		io = NULL;
		va = remoteproc_mmap(&rproc, &pa, &da, rows[i].size, 0, &io);
		assert_ptr_equal(va, rows[i].there ? memory + rows[i].at : NULL);
		assert_ptr_equal(io, rows[i].there ? shared_mem.io : NULL);
		assert_true(pa == (rows[i].there ? MEM_PA + rows[i].at : METAL_BAD_PHYS));

		pa = MEM_PA + rows[i].at;
		da = METAL_BAD_PHYS;
		va = remoteproc_mmap(&rproc, &pa, &da, rows[i].size, 0, NULL);
		assert_ptr_equal(va, rows[i].there ? memory + rows[i].at : NULL);
		assert_true(da == (rows[i].there ? MEM_DA + rows[i].at : METAL_BAD_PHYS));
	}
	assert_null(remoteproc_mmap(&rproc, NULL, NULL, 1, 0, NULL));
	assert_null(remoteproc_mmap(NULL, NULL, &da, 1, 0, NULL));
}

static void names_are_compared_whole_and_cut_to_31_characters(void **state)
{
	static const char name[] = "a name that is longer than a name can be";
	struct remoteproc_mem mem;

	(void)state;
	assert_ptr_equal(remoteproc_get_io_with_name(&rproc, "shared"), shared_mem.io);
	assert_null(remoteproc_get_io_with_name(&rproc, "share"));
	assert_null(remoteproc_get_io_with_name(&rproc, "shared2"));
	assert_null(remoteproc_get_io_with_name(&rproc, NULL));
	assert_null(remoteproc_get_io_with_name(NULL, "shared"));

	memset(&mem, 0xff, sizeof(mem));
	remoteproc_init_mem(&mem, name, MEM_PA, METAL_BAD_PHYS, 1, shared_mem.io);
	assert_int_equal(strlen(mem.name), 31);
	assert_memory_equal(mem.name, name, 31);
	remoteproc_init_mem(&mem, NULL, METAL_BAD_PHYS, METAL_BAD_PHYS, 1, shared_mem.io);
	assert_string_equal(mem.name, "");
	assert_true(mem.pa == MEM_PA);
	remoteproc_init_mem(NULL, NULL, 0, 0, 0, NULL);
}

static void a_memory_added_twice_is_there_once(void **state)
{
	struct metal_list *node;
	int n = 0;

	(void)state;
	remoteproc_add_mem(&rproc, &shared_mem);
	remoteproc_add_mem(&rproc, NULL);
	remoteproc_add_mem(NULL, &shared_mem);
	metal_list_for_each (&rproc.mems, node)
		n++;
	assert_int_equal(n, 1);
}

static void a_memory_in_the_middle_of_a_region_maps_there(void **state)
{
	struct remoteproc_mem mem;
	metal_phys_addr_t da = 0x5010;
	unsigned long offset = 0;

	(void)state;
	remoteproc_init_mem(&mem, "part", MEM_PA + 0x1000, 0x5000, 0x100, shared_mem.io);
	remoteproc_add_mem(&rproc, &mem);
	assert_ptr_equal(remoteproc_mmap(&rproc, NULL, &da, 0xf0, 0, NULL), memory + 0x1010);
	assert_null(remoteproc_mmap(&rproc, NULL, &da, 0xf1, 0, NULL));
	assert_ptr_equal(remoteproc_get_io_with_da(&rproc, 0x50ff, &offset), shared_mem.io);
	assert_int_equal(offset, 0x10ff);
	metal_list_del(&mem.node);
}

static void a_memory_larger_than_its_region_does_not_lead_out_of_it(void **state)
{
	struct remoteproc_mem mem;
	metal_phys_addr_t da = 0x5000;

	(void)state;
	remoteproc_init_mem(&mem, "liar", MEM_PA + 0x1000, 0x5000, MEM_SIZE, shared_mem.io);
	remoteproc_add_mem(&rproc, &mem);
	assert_ptr_equal(remoteproc_mmap(&rproc, NULL, &da, MEM_SIZE - 0x1000, 0, NULL), memory + 0x1000);
	assert_null(remoteproc_mmap(&rproc, NULL, &da, MEM_SIZE - 0xfff, 0, NULL));
	assert_null(remoteproc_get_io_with_da(&rproc, 0x5000 + MEM_SIZE - 0x1000, NULL));
	metal_list_del(&mem.node);
	remoteproc_init_mem(&mem, "no region", 0x100, 0x5000, 0x100, NULL);
	remoteproc_add_mem(&rproc, &mem);
	assert_null(remoteproc_mmap(&rproc, NULL, &da, 1, 0, NULL));
	assert_null(remoteproc_get_io_with_da(&rproc, 0x5000, NULL));
	metal_list_del(&mem.node);
}

static void pages_that_are_not_adjacent_do_not_map_as_one(void **state)
{
	static const metal_phys_addr_t pages[] = {0x10000, 0x20000};
	struct metal_io_region region;
	struct remoteproc_mem mem;
	metal_phys_addr_t da = 0x5000;

	(void)state;
	metal_io_init(&region, memory, pages, 0x2000, 12, 0, NULL);
	remoteproc_init_mem(&mem, "pages", 0x10000, 0x5000, 0x2000, &region);
	remoteproc_add_mem(&rproc, &mem);
	/* Without the option not even one page is looked for. */
	assert_ptr_equal(remoteproc_mmap(&rproc, NULL, &da, 0x1000, 0, NULL), AMP_WITH_PAGE_MAPS ? memory : NULL);
	assert_null(remoteproc_mmap(&rproc, NULL, &da, 0x1001, 0, NULL));
	metal_list_del(&mem.node);
}

static struct remoteproc_mem *get_mem(struct remoteproc *r, const char *name, metal_phys_addr_t pa,
                                      metal_phys_addr_t da, void *va, size_t size, struct remoteproc_mem *buf)
{
	(void)r;
	(void)va;
	if ((name && strcmp(name, "found")) || (!name && pa != 0x100 && (da < 0x9000 || da + size > 0x9100)))
		return NULL;
	remoteproc_init_mem(buf, name, 0x100, 0x9000, 0x100, shared_mem.io);
	buf->pa = MEM_PA + 0x800;
	return buf;
}

static int mapped;

static void *map(struct remoteproc *r, metal_phys_addr_t *pa, metal_phys_addr_t *da, size_t size,
                 unsigned int attribute, struct metal_io_region **io)
{
	(void)r;
	(void)size;
	mapped++;
	assert_int_equal(attribute, 0x77);
	if (*da != METAL_BAD_PHYS && *da != 0xa000)
		return NULL;
	*pa = MEM_PA + 0x900;
	*da = 0xa000;
	*io = shared_mem.io;
	return memory + 0x900;
}

static void the_platform_is_asked_for_memories_that_are_not_registered(void **state)
{
	metal_phys_addr_t da = 0x9010, pa = METAL_BAD_PHYS;
	struct metal_io_region *io = NULL;

	(void)state;
	platform_ops.get_mem = get_mem;
	platform_ops.mmap = map;
	mapped = 0;
	assert_ptr_equal(remoteproc_get_io_with_name(&rproc, "found"), shared_mem.io);
	assert_null(remoteproc_get_io_with_name(&rproc, "lost"));
	assert_ptr_equal(remoteproc_get_io_with_pa(&rproc, 0x100), shared_mem.io);
	assert_ptr_equal(remoteproc_mmap(&rproc, NULL, &da, 0xf0, 0x77, NULL), memory + 0x810);
	assert_int_equal(mapped, 0);
	da = 0xa000;
	assert_ptr_equal(remoteproc_mmap(&rproc, &pa, &da, 8, 0x77, &io), memory + 0x900);
	assert_int_equal(mapped, 1);
	assert_true(pa == MEM_PA + 0x900);
	assert_ptr_equal(io, shared_mem.io);
	da = 0xb000;
	assert_null(remoteproc_mmap(&rproc, NULL, &da, 8, 0x77, &io));
	/* Both addresses open: allocate. */
	da = METAL_BAD_PHYS;
	assert_non_null(remoteproc_mmap(&rproc, NULL, &da, 8, 0x77, &io));
	assert_int_equal(da, 0xa000);
}

static char *answer_va;

static void *map_at(struct remoteproc *r, metal_phys_addr_t *pa, metal_phys_addr_t *da, size_t size,
                    unsigned int attribute, struct metal_io_region **io)
{
	(void)r;
	(void)size;
	(void)attribute;
	*pa = MEM_PA;
	*da = 0xa000;
	*io = shared_mem.io;
	return answer_va;
}

static void what_the_platform_maps_lies_in_the_region_that_it_names(void **state)
{
	metal_phys_addr_t da = 0xa000;

	(void)state;
	platform_ops.mmap = map_at;
	answer_va = (char *)memory + MEM_SIZE - 8;
	assert_ptr_equal(remoteproc_mmap(&rproc, NULL, &da, 8, 0, NULL), answer_va);
	assert_null(remoteproc_mmap(&rproc, NULL, &da, 9, 0, NULL));
	answer_va = (char *)memory - 1;
	assert_null(remoteproc_mmap(&rproc, NULL, &da, 1, 0, NULL));
	answer_va = NULL;
	assert_null(remoteproc_mmap(&rproc, NULL, &da, 1, 0, NULL));
}

static void notify_ids_are_given_out_once_within_the_range(void **state)
{
	unsigned int bits = (unsigned int)METAL_BITS_PER_ULONG;

	(void)state;
	assert_int_equal(remoteproc_allocate_id(&rproc, 3, 5), 3);
	assert_int_equal(remoteproc_allocate_id(&rproc, 3, 5), 4);
	assert_int_equal(remoteproc_allocate_id(&rproc, 3, 5), RSC_NOTIFY_ID_ANY);
	assert_int_equal(remoteproc_allocate_id(&rproc, 3, 3), RSC_NOTIFY_ID_ANY);
	assert_int_equal(remoteproc_allocate_id(&rproc, 0, bits + 1), 0);
	assert_int_equal(remoteproc_allocate_id(&rproc, bits - 1, RSC_NOTIFY_ID_ANY), bits - 1);
	assert_int_equal(remoteproc_allocate_id(&rproc, bits, 0), RSC_NOTIFY_ID_ANY);
	assert_int_equal(remoteproc_allocate_id(&rproc, RSC_NOTIFY_ID_ANY, 0), RSC_NOTIFY_ID_ANY);
	assert_int_equal(remoteproc_allocate_id(NULL, 0, 0), RSC_NOTIFY_ID_ANY);
	for (unsigned int i = 4; i < bits; i++)
		assert_int_not_equal(remoteproc_allocate_id(&rproc, 0, 0), i == bits - 1 ? 0 : RSC_NOTIFY_ID_ANY);
	assert_int_equal(remoteproc_allocate_id(&rproc, 0, 0), RSC_NOTIFY_ID_ANY);
}

static void arguments_that_name_nothing_find_nothing(void **state)
{
	(void)state;
	assert_null(remoteproc_get_io_with_name(&rproc, NULL));
	assert_null(remoteproc_get_io_with_name(NULL, "shared"));
	assert_null(remoteproc_get_io_with_pa(&rproc, METAL_BAD_PHYS));
	assert_null(remoteproc_get_io_with_pa(NULL, MEM_PA));
	assert_null(remoteproc_get_io_with_va(&rproc, NULL));
	assert_null(remoteproc_get_io_with_va(NULL, memory));
	assert_null(remoteproc_get_io_with_da(&rproc, METAL_BAD_PHYS, NULL));
	assert_null(remoteproc_get_io_with_da(NULL, MEM_DA, NULL));
}

static void a_memory_without_region_or_addresses_is_found_by_name_alone(void **state)
{
	struct remoteproc_mem bare, named;

	(void)state;
	metal_list_del(&shared_mem.node);
	remoteproc_init_mem(&bare, "bare", METAL_BAD_PHYS, METAL_BAD_PHYS, 0x100, NULL);
	assert_true(bare.pa == METAL_BAD_PHYS); /* no region that would know it */
	remoteproc_init_mem(&named, "named", METAL_BAD_PHYS, METAL_BAD_PHYS, 0x100, shared_mem.io);
	named.pa = METAL_BAD_PHYS;
	remoteproc_add_mem(&rproc, &bare);
	remoteproc_add_mem(&rproc, &named);
	assert_null(remoteproc_get_io_with_name(&rproc, "bare"));
	assert_ptr_equal(remoteproc_get_io_with_name(&rproc, "named"), shared_mem.io);
	assert_null(remoteproc_get_io_with_pa(&rproc, MEM_PA));
	assert_null(remoteproc_get_io_with_da(&rproc, 0, NULL));
	assert_ptr_equal(remoteproc_get_io_with_va(&rproc, memory), shared_mem.io);
	metal_list_del(&bare.node);
	metal_list_del(&named.node);
}

/* A region that knows its physical addresses, under a memory that has others: nothing in it can be reached. */
static void a_memory_outside_of_its_region_does_not_map(void **state)
{
	struct remoteproc_mem mem;
	metal_phys_addr_t da = 0x5000;

	(void)state;
	remoteproc_init_mem(&mem, "elsewhere", MEM_PA + MEM_SIZE, 0x5000, 0x100, shared_mem.io);
	remoteproc_add_mem(&rproc, &mem);
	assert_null(remoteproc_mmap(&rproc, NULL, &da, 1, 0, NULL));
	assert_null(remoteproc_get_io_with_da(&rproc, 0x5000, NULL));
	metal_list_del(&mem.node);
}

/* With no physical address of its own, the memory is its region from the start. */
static void a_memory_without_physical_address_is_its_region(void **state)
{
	metal_phys_addr_t da = 0x5010, pa = METAL_BAD_PHYS;
	struct remoteproc_mem mem;

	(void)state;
	remoteproc_init_mem(&mem, "whole", METAL_BAD_PHYS, 0x5000, 0x100, shared_mem.io);
	mem.pa = METAL_BAD_PHYS;
	remoteproc_add_mem(&rproc, &mem);
	assert_ptr_equal(remoteproc_mmap(&rproc, &pa, &da, 0xf0, 0, NULL), memory + 0x10);
	assert_true(pa == METAL_BAD_PHYS);
	assert_null(remoteproc_mmap(&rproc, &pa, &da, 0xf1, 0, NULL));
	metal_list_del(&mem.node);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(addresses_translate_up_to_the_last_byte),
		TEST(ranges_map_if_all_of_them_is_there),
		TEST(names_are_compared_whole_and_cut_to_31_characters),
		TEST(a_memory_added_twice_is_there_once),
		TEST(a_memory_in_the_middle_of_a_region_maps_there),
		TEST(a_memory_larger_than_its_region_does_not_lead_out_of_it),
		TEST(pages_that_are_not_adjacent_do_not_map_as_one),
		TEST(the_platform_is_asked_for_memories_that_are_not_registered),
		TEST(what_the_platform_maps_lies_in_the_region_that_it_names),
		TEST(arguments_that_name_nothing_find_nothing),
		TEST(a_memory_without_region_or_addresses_is_found_by_name_alone),
		TEST(a_memory_outside_of_its_region_does_not_map),
		TEST(a_memory_without_physical_address_is_its_region),
		TEST(notify_ids_are_given_out_once_within_the_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
