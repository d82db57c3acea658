// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <limits.h>
#include <string.h>

#include <metal/cache.h>
#include <metal/io.h>

#define SIZE 0x100

static metal_align(16) unsigned char memory[SIZE + 32];
static const metal_phys_addr_t linear_pa = 0x40000000;
static struct metal_io_region region;
static int messages; /* log messages of refused accesses */

static void count_message(enum metal_log_level level, const char *format, ...)
{
	(void)format;
	assert_int_equal(level, METAL_LOG_ERROR);
	messages++;
}

/* A linear region in the middle of memory, with 16 bytes of 0xee on either side. */
static int setup(void **state)
{
	(void)state;
	metal_set_log_handler(count_message);
	messages = 0;
	memset(memory, 0xee, sizeof(memory));
	memset(memory + 16, 0, SIZE);
	metal_io_init(&region, memory + 16, &linear_pa, SIZE, -1, 0, NULL);
	return 0;
}

static int surroundings_are_untouched(void **state)
{
	(void)state;
	for (int i = 0; i < 16; i++) {
		if (memory[i] != 0xee || memory[16 + SIZE + i] != 0xee)
			return -1;
	}
	return 0;
}

static void a_region_knows_its_size_and_places(void **state)
{
	(void)state;
	assert_int_equal(metal_io_region_size(&region), SIZE);
	assert_ptr_equal(metal_io_virt(&region, 0), memory + 16);
	assert_ptr_equal(metal_io_virt(&region, SIZE - 1), memory + 16 + SIZE - 1);
	assert_int_equal(metal_io_virt_to_offset(&region, memory + 16 + 5), 5);
	assert_int_equal(metal_io_phys(&region, 7), linear_pa + 7);
	assert_int_equal(metal_io_phys_to_offset(&region, linear_pa + SIZE - 1), SIZE - 1);
	assert_ptr_equal(metal_io_phys_to_virt(&region, linear_pa + 9), memory + 16 + 9);
	assert_int_equal(metal_io_virt_to_phys(&region, memory + 16 + 9), linear_pa + 9);
}

static void places_outside_are_bad(void **state)
{
	(void)state;
	assert_null(metal_io_virt(&region, SIZE));
	assert_null(metal_io_virt(&region, ULONG_MAX));
	assert_null(metal_io_virt(&region, METAL_BAD_OFFSET));
	assert_true(metal_io_virt_to_offset(&region, memory + 15) == METAL_BAD_OFFSET);
	assert_true(metal_io_virt_to_offset(&region, memory + 16 + SIZE) == METAL_BAD_OFFSET);
	assert_true(metal_io_virt_to_offset(&region, NULL) == METAL_BAD_OFFSET);
	assert_true(metal_io_phys(&region, SIZE) == METAL_BAD_PHYS);
	assert_true(metal_io_phys_to_offset(&region, linear_pa - 1) == METAL_BAD_OFFSET);
	assert_true(metal_io_phys_to_offset(&region, linear_pa + SIZE) == METAL_BAD_OFFSET);
	assert_true(metal_io_phys_to_offset(&region, METAL_BAD_PHYS) == METAL_BAD_OFFSET);
	assert_null(metal_io_phys_to_virt(&region, 0));
	assert_true(metal_io_virt_to_phys(&region, memory) == METAL_BAD_PHYS);
}

static void a_region_without_physical_addresses_says_so(void **state)
{
	struct metal_io_region io;

	(void)state;
	metal_io_init(&io, memory + 16, NULL, SIZE, -1, 0, NULL);
	assert_true(metal_io_phys(&io, 0) == METAL_BAD_PHYS);
	assert_true(metal_io_phys_to_offset(&io, 0) == METAL_BAD_OFFSET);
	assert_ptr_equal(metal_io_virt(&io, 0), memory + 16);
}

static void a_region_without_virtual_address_is_never_touched(void **state)
{
	struct metal_io_region io;
	char c;

	(void)state;
	metal_io_init(&io, METAL_BAD_VA, &linear_pa, SIZE, -1, 0, NULL);
	assert_null(metal_io_virt(&io, 0));
	assert_true(metal_io_virt_to_offset(&io, (void *)4) == METAL_BAD_OFFSET);
	assert_int_equal(metal_io_phys(&io, 4), linear_pa + 4);
	assert_int_equal(metal_io_block_read(&io, 0, &c, 1), -ERANGE);
	assert_int_equal(metal_io_block_write(&io, 0, &c, 1), -ERANGE);
	assert_int_equal(metal_io_block_set(&io, 0, 0, 1), -ERANGE);
	assert_int_equal(metal_io_read32(&io, 0), UINT32_MAX);
	metal_io_write32(&io, 0, 1);
	assert_int_equal(messages, 2);
}

static void pages_are_found_wherever_they_lie(void **state)
{
	/* 3 pages of 64 bytes and a part of a fourth; not in order, not aligned */
	static const metal_phys_addr_t pages[] = {0x9000, 0x1020, 0x5000, (metal_phys_addr_t)-64};
	struct metal_io_region io;
	unsigned long offset;

	(void)state;
	metal_io_init(&io, memory + 16, pages, 3 * 64 + 10, 6, 0, NULL);
	for (offset = 0; offset < 3 * 64 + 10; offset++) {
		assert_int_equal(metal_io_phys(&io, offset), pages[offset / 64] + offset % 64);
		assert_int_equal(metal_io_phys_to_offset(&io, pages[offset / 64] + offset % 64), offset);
	}
	assert_true(metal_io_phys(&io, offset) == METAL_BAD_PHYS);
	assert_true(metal_io_phys_to_offset(&io, pages[3] + 10) == METAL_BAD_OFFSET);
	assert_true(metal_io_phys_to_offset(&io, 0x8fff) == METAL_BAD_OFFSET);
	assert_true(metal_io_phys_to_offset(&io, 0x9040) == METAL_BAD_OFFSET);
	assert_true(metal_io_phys_to_offset(&io, 0x101f) == METAL_BAD_OFFSET);
}

static void a_page_map_of_whole_pages_is_not_read_past_its_end(void **state)
{
	metal_phys_addr_t *pages = test_malloc(2 * sizeof(*pages)); /* the address sanitizer knows its end */
	struct metal_io_region io;

	(void)state;
	pages[0] = 0x1000;
	pages[1] = 0x3000;
	metal_io_init(&io, memory + 16, pages, 128, 6, 0, NULL);
	assert_int_equal(metal_io_phys_to_offset(&io, 0x303f), 127);
	assert_true(metal_io_phys_to_offset(&io, 0x3040) == METAL_BAD_OFFSET);
	assert_true(metal_io_phys(&io, 128) == METAL_BAD_PHYS);
	test_free(pages);
}

static void a_region_of_size_0_has_no_places(void **state)
{
	struct metal_io_region io;

	(void)state;
	metal_io_init(&io, memory, &linear_pa, 0, 12, 0, NULL);
	assert_null(metal_io_virt(&io, 0));
	assert_true(metal_io_phys(&io, 0) == METAL_BAD_PHYS);
	assert_true(metal_io_phys_to_offset(&io, linear_pa) == METAL_BAD_OFFSET);
	assert_int_equal(metal_io_block_set(&io, 0, 0, 0), 0);
	assert_int_equal(metal_io_block_set(&io, 0, 0, 1), -ERANGE);
}

static void integers_of_each_width_are_read_and_written(void **state)
{
	(void)state;
	metal_io_write8(&region, 1, 0x81);
	metal_io_write16(&region, 2, 0x8283);
	metal_io_write32_explicit(&region, 4, 0x84858687, memory_order_release);
	metal_io_write64(&region, 8, 0x88898a8b8c8d8e8fULL);
	assert_int_equal(metal_io_read8(&region, 1), 0x81);
	assert_int_equal(metal_io_read16(&region, 2), 0x8283);
	assert_int_equal(metal_io_read32_explicit(&region, 4, memory_order_acquire), 0x84858687);
	assert_true(metal_io_read64(&region, 8) == 0x88898a8b8c8d8e8fULL);
	assert_int_equal(region.size, SIZE);
	assert_int_equal(memory[16], 0);
	metal_io_write8(&region, SIZE - 1, 0x7f);
	assert_int_equal(memory[16 + SIZE - 1], 0x7f);
	assert_int_equal(messages, 0);
}

static void an_access_that_does_not_fit_is_refused_and_reported(void **state)
{
	static const struct {
		unsigned long offset;
		int width;
	} bad[] = {
		{SIZE, 1}, {SIZE - 1, 2}, {SIZE - 2, 4}, {SIZE - 4, 8}, {ULONG_MAX, 1}, {ULONG_MAX - 3, 4},
		{1, 2},    {2, 4},        {4, 8},        {0, 0},        {0, 3},         {0, 16},
		{0, -1},   {0, INT_MIN},
	};

	(void)state;
	for (size_t i = 0; i < metal_dim(bad); i++) {
		metal_io_write(&region, bad[i].offset, 0x5555, memory_order_relaxed, bad[i].width);
		assert_true(metal_io_read(&region, bad[i].offset, memory_order_relaxed, bad[i].width) == UINT64_MAX);
	}
	assert_int_equal(messages, 2 * metal_dim(bad));
	for (int i = 0; i < SIZE; i++)
		assert_int_equal(memory[16 + i], 0);
}

/* Every alignment of both sides, and lengths around the size of words, for both kinds of memory. */
static void blocks_are_copied_for_every_alignment_and_length(void **state)
{
	const unsigned int kinds[] = {0, AMP_IO_NORMAL};
	unsigned char src[64], dst[64], expected[64];

	(void)state;
	for (int i = 0; i < 64; i++)
		src[i] = (unsigned char)(i * 7 + 1);
	for (int n = 0; n < 2 * 9 * 9 * 40; n++) {
		int from = n % 9, to = n / 9 % 9, len = n / 81 % 40;

		region.mem_flags = kinds[n / (81 * 40)];
		memset(memory + 16, 0xaa, SIZE);
		memset(dst, 0x55, sizeof(dst));
		assert_int_equal(metal_io_block_write(&region, to, src + from, len), len);
		memset(expected, 0xaa, sizeof(expected));
		memcpy(expected + to, src + from, len);
		assert_memory_equal(memory + 16, expected, sizeof(expected));

		assert_int_equal(metal_io_block_read(&region, to, dst + from, len), len);
		memset(expected, 0x55, sizeof(expected));
		memcpy(expected + from, src + from, len);
		assert_memory_equal(dst, expected, sizeof(expected));

		assert_int_equal(metal_io_block_set(&region, to, 0xc3, len), len);
		memset(expected, 0xaa, sizeof(expected));
		memset(expected + to, 0xc3, len);
		assert_memory_equal(memory + 16, expected, sizeof(expected));
	}
}

static void what_of_a_block_is_outside_is_left_out(void **state)
{
	const unsigned int kinds[] = {0, AMP_IO_NORMAL};
	unsigned char buffer[SIZE + 20];

	(void)state;
	for (size_t i = 0; i < metal_dim(kinds); i++) {
		region.mem_flags = kinds[i];
		memset(buffer, 0x77, sizeof(buffer));
		assert_int_equal(metal_io_block_write(&region, 0, buffer, SIZE + 1), SIZE);
		assert_int_equal(metal_io_block_write(&region, 3, buffer, INT_MAX), SIZE - 3);
		assert_int_equal(metal_io_block_set(&region, SIZE - 1, 1, 2), 1);
		assert_int_equal(metal_io_block_set(&region, SIZE - 9, 5, 20), 9);
		assert_int_equal(metal_io_block_read(&region, SIZE - 10, buffer, 20), 10);
		assert_int_equal(buffer[0], 0x77);
		assert_int_equal(buffer[1], 5);
		assert_int_equal(buffer[9], 5);
		assert_int_equal(buffer[10], 0x77);
		assert_int_equal(metal_io_block_read(&region, 0, buffer, SIZE + 20), SIZE);
		assert_int_equal(metal_io_block_write(&region, SIZE, buffer, 0), 0);
	}
}

static void a_block_that_begins_outside_is_refused(void **state)
{
	unsigned char buffer[SIZE + 1];

	(void)state;
	memset(buffer, 0x77, sizeof(buffer));
	assert_int_equal(metal_io_block_write(&region, SIZE, buffer, 1), -ERANGE);
	assert_int_equal(metal_io_block_write(&region, SIZE + 1, buffer, 0), -ERANGE);
	assert_int_equal(metal_io_block_write(&region, ULONG_MAX, buffer, 2), -ERANGE);
	assert_int_equal(metal_io_block_write(&region, METAL_BAD_OFFSET, buffer, 1), -ERANGE);
	assert_int_equal(metal_io_block_write(&region, ULONG_MAX - INT_MAX + 1, buffer, INT_MAX), -ERANGE);
	assert_int_equal(metal_io_block_write(&region, 0, buffer, -1), -EINVAL);
	assert_int_equal(metal_io_block_set(&region, SIZE, 1, 2), -ERANGE);
	assert_int_equal(metal_io_block_set(&region, 0, 1, -1), -EINVAL);
	assert_int_equal(metal_io_block_read(&region, SIZE, buffer, 2), -ERANGE);
	assert_int_equal(metal_io_block_read(&region, 0, buffer, INT_MIN), -EINVAL);
	for (int i = 0; i < SIZE; i++) {
		assert_int_equal(memory[16 + i], 0);
		assert_int_equal(buffer[i], 0x77);
	}
}

/* Hooks that note how they were called. */
static struct {
	const char *hook;
	unsigned long offset;
	uint64_t value;
	memory_order order;
	int width;
	int calls;
} last;

static void note(const char *hook, unsigned long offset, uint64_t value, memory_order order, int width)
{
	last.hook = hook;
	last.offset = offset;
	last.value = value;
	last.order = order;
	last.width = width;
	last.calls++;
}

static uint64_t hook_read(struct metal_io_region *io, unsigned long offset, memory_order order, int width)
{
	(void)io;
	note("read", offset, 0, order, width);
	return 0x1122334455667788ULL;
}

static void hook_write(struct metal_io_region *io, unsigned long offset, uint64_t value, memory_order order, int width)
{
	(void)io;
	note("write", offset, value, order, width);
}

static int hook_block_read(struct metal_io_region *io, unsigned long offset, void *restrict dst, memory_order order,
                           int len)
{
	(void)io;
	memset(dst, 0x3c, len);
	note("block_read", offset, 0, order, len);
	return len - 1;
}

static int hook_block_write(struct metal_io_region *io, unsigned long offset, const void *restrict src,
                            memory_order order, int len)
{
	(void)io;
	note("block_write", offset, *(const unsigned char *)src, order, len);
	return -EIO;
}

static void hook_block_set(struct metal_io_region *io, unsigned long offset, unsigned char value, memory_order order,
                           int len)
{
	(void)io;
	note("block_set", offset, value, order, len);
}

static void hook_close(struct metal_io_region *io)
{
	note("close", 0, 0, memory_order_relaxed, 0);
	memset(io, 0xff, sizeof(*io)); /* as if it was freed */
}

static metal_phys_addr_t hook_offset_to_phys(struct metal_io_region *io, unsigned long offset)
{
	(void)io;
	return 0xa0000000 + offset * 2;
}

static unsigned long hook_phys_to_offset(struct metal_io_region *io, metal_phys_addr_t phys)
{
	(void)io;
	return (phys - 0xa0000000) / 2;
}

static const struct metal_io_ops hooks = {
	hook_read,      hook_write, hook_block_read,     hook_block_write,
	hook_block_set, hook_close, hook_offset_to_phys, hook_phys_to_offset,
};

static void hooks_take_the_place_of_memory(void **state)
{
	struct metal_io_region io;
	unsigned char buffer[8] = {0x66};

	(void)state;
	last.calls = 0;
	metal_io_init(&io, METAL_BAD_VA, NULL, SIZE, -1, 0, &hooks);
	assert_int_equal(metal_io_read16_explicit(&io, 3, memory_order_acquire), 0x7788);
	assert_string_equal(last.hook, "read");
	assert_int_equal(last.offset, 3);
	assert_int_equal(last.width, 2);
	assert_int_equal(last.order, memory_order_acquire);
	metal_io_write64(&io, 8, 42);
	assert_string_equal(last.hook, "write");
	assert_int_equal(last.value, 42);
	assert_int_equal(last.order, memory_order_seq_cst);
	assert_int_equal(metal_io_block_read(&io, 1, buffer + 1, 4), 3);
	assert_string_equal(last.hook, "block_read");
	assert_int_equal(buffer[4], 0x3c);
	assert_int_equal(buffer[5], 0);
	assert_int_equal(metal_io_block_write(&io, 2, buffer, 8), -EIO);
	assert_string_equal(last.hook, "block_write");
	assert_int_equal(last.value, 0x66);
	assert_int_equal(metal_io_block_set(&io, 2, 9, 5), 5);
	assert_string_equal(last.hook, "block_set");
	assert_int_equal(last.width, 5);
	assert_int_equal(last.calls, 5);
	assert_int_equal(metal_io_phys(&io, 4), 0xa0000008);
	assert_int_equal(metal_io_phys_to_offset(&io, 0xa0000008), 4);
}

static void hooks_only_see_places_inside_the_region(void **state)
{
	struct metal_io_region io;
	unsigned char buffer[8];

	(void)state;
	last.calls = 0;
	metal_io_init(&io, METAL_BAD_VA, NULL, SIZE, -1, 0, &hooks);
	assert_true(metal_io_read(&io, SIZE - 1, memory_order_relaxed, 2) == UINT64_MAX);
	assert_true(metal_io_read(&io, ULONG_MAX - 1, memory_order_relaxed, 2) == UINT64_MAX);
	metal_io_write(&io, SIZE, 0, memory_order_relaxed, 1);
	assert_int_equal(metal_io_block_read(&io, SIZE, buffer, 8), -ERANGE);
	assert_int_equal(metal_io_block_write(&io, SIZE, buffer, 8), -ERANGE);
	assert_int_equal(metal_io_block_set(&io, SIZE, 0, 8), -ERANGE);
	assert_int_equal(metal_io_block_read(&io, 0, buffer, 0), 0);
	assert_int_equal(last.calls, 0);
	assert_int_equal(metal_io_block_read(&io, SIZE - 7, buffer, 8), 6); /* one less than it was asked for */
	assert_int_equal(last.width, 7);
	assert_int_equal(metal_io_block_write(&io, SIZE - 6, buffer, 8), -EIO);
	assert_int_equal(last.width, 6);
	assert_int_equal(metal_io_block_set(&io, SIZE - 5, 0, 8), 5);
	assert_int_equal(last.width, 5);
	assert_true(metal_io_phys(&io, SIZE) == METAL_BAD_PHYS);
	assert_true(metal_io_phys_to_offset(&io, 0xa0000000 + 2 * SIZE) == METAL_BAD_OFFSET);
	assert_true(metal_io_phys_to_offset(&io, 0) == METAL_BAD_OFFSET);
}

static void address_0_is_an_address(void **state)
{
	static const metal_phys_addr_t zero = 0, pages[] = {0x1000, 0};
	struct metal_io_region io;
	unsigned char buffer[4];

	(void)state;
	/* Physical. */
	metal_io_init(&io, memory + 16, &zero, SIZE, -1, 0, NULL);
	assert_int_equal(metal_io_phys(&io, 0), 0);
	assert_int_equal(metal_io_phys_to_offset(&io, 0), 0);
	assert_ptr_equal(metal_io_phys_to_virt(&io, 0), memory + 16);
	assert_int_equal(metal_io_virt_to_phys(&io, memory + 16), 0);
	metal_io_init(&io, memory + 16, pages, 128, 6, 0, NULL);
	assert_int_equal(metal_io_phys_to_offset(&io, 0), 64);
	assert_int_equal(metal_io_phys(&io, 64), 0);

	/* Virtual; hooks stand for the memory, since none can be there in a program under Linux. */
	metal_io_init(&io, (void *)0, &linear_pa, SIZE, -1, 0, &hooks);
	io.ops.offset_to_phys = NULL;
	io.ops.phys_to_offset = NULL;
	assert_int_equal(metal_io_virt_to_offset(&io, (void *)0), 0);
	assert_true(metal_io_virt_to_offset(&io, (void *)SIZE) == METAL_BAD_OFFSET);
	assert_int_equal(metal_io_virt_to_phys(&io, (void *)0), linear_pa);
	assert_ptr_equal(metal_io_virt(&io, 4), (void *)4);
	assert_true(amp_io_holds(&io, (void *)0, SIZE));
	assert_false(amp_io_holds(&io, (void *)0, SIZE + 1));
	assert_true(amp_io_in_memory(&io, 0, 8));
	assert_int_equal(metal_io_read32(&io, 0), 0x55667788);
	metal_io_write8(&io, 0, 1);
	assert_int_equal(metal_io_block_read(&io, 0, buffer, 4), 3);
	assert_int_equal(metal_io_block_set(&io, 0, 0, 4), 4);

	/* … and memory further on in such a region. */
	metal_io_init(&io, (void *)0, &zero, SIZE_MAX, -1, 0, NULL);
	assert_int_equal(metal_io_block_write(&io, (uintptr_t)buffer, "abcd", 4), 4);
	assert_memory_equal(buffer, "abcd", 4);
	metal_io_write8(&io, (uintptr_t)buffer, 'x');
	assert_int_equal(buffer[0], 'x');
	assert_int_equal(messages, 0);
}

static void finishing_calls_the_close_hook_once_or_empties_the_region(void **state)
{
	struct metal_io_region io, all_ones;

	(void)state;
	last.calls = 0;
	metal_io_init(&io, memory, NULL, SIZE, -1, 0, &hooks);
	metal_io_finish(&io);
	assert_int_equal(last.calls, 1);
	memset(&all_ones, 0xff, sizeof(all_ones));
	assert_memory_equal(&io, &all_ones, sizeof(io)); /* not touched after the hook, which may have freed it */

	metal_io_finish(&region);
	assert_null(metal_io_virt(&region, 0));
	assert_true(metal_io_phys(&region, 0) == METAL_BAD_PHYS);
}

static void a_statically_initialised_region_works(void **state)
{
	struct metal_io_region io = {.virt = memory + 16,
	                             .physmap = &linear_pa,
	                             .size = SIZE,
	                             .page_shift = (unsigned long)-1,
	                             .page_mask = (metal_phys_addr_t)-1};

	(void)state;
	assert_int_equal(metal_io_phys_to_offset(&io, linear_pa + 0x20), 0x20);
	metal_io_write32(&io, 0x20, 0xabcd);
	assert_int_equal(metal_io_read32(&io, 0x20), 0xabcd);
	amp_cache_flush_io(&io, memory + 16, SIZE);
	amp_cache_invalidate_io(NULL, memory + 16, SIZE);
}

#define io_test(name) cmocka_unit_test_setup_teardown(name, setup, surroundings_are_untouched)

int main(void)
{
	const struct CMUnitTest tests[] = {
		io_test(a_region_knows_its_size_and_places),
		io_test(places_outside_are_bad),
		io_test(a_region_without_physical_addresses_says_so),
		io_test(a_region_without_virtual_address_is_never_touched),
		io_test(pages_are_found_wherever_they_lie),
		io_test(a_page_map_of_whole_pages_is_not_read_past_its_end),
		io_test(a_region_of_size_0_has_no_places),
		io_test(integers_of_each_width_are_read_and_written),
		io_test(an_access_that_does_not_fit_is_refused_and_reported),
		io_test(blocks_are_copied_for_every_alignment_and_length),
		io_test(what_of_a_block_is_outside_is_left_out),
		io_test(a_block_that_begins_outside_is_refused),
		io_test(hooks_take_the_place_of_memory),
		io_test(hooks_only_see_places_inside_the_region),
		io_test(address_0_is_an_address),
		io_test(finishing_calls_the_close_hook_once_or_empties_the_region),
		io_test(a_statically_initialised_region_works),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
