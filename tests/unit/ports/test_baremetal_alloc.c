// SPDX-License-Identifier: GPL-2.0-only
/* The arena of the bare-metal port: 1024 bytes here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>
#include <string.h>

#include <metal/alloc.h>
#include <metal/arch/cpu.h>
#include <metal/utilities.h>

#include "assert_trap.h"

#define HEADER _Alignof(max_align_t) /* a block's header is one unit of alignment */

/* Everything free again: one allocation takes the whole arena. */
static int nothing_is_left_allocated(void **state)
{
	void *all = metal_allocate_memory(AMP_HEAP_SIZE - HEADER);

	(void)state;
	if (!all || fake_irqs_masked)
		return -1;
	metal_free_memory(all);
	return 0;
}

static void allocations_are_aligned_and_do_not_overlap(void **state)
{
	static const unsigned int sizes[] = {1, 7, 16, 17, 32, 100, 3};
	unsigned char *ptr[metal_dim(sizes)];

	(void)state;
	for (size_t i = 0; i < metal_dim(sizes); i++) {
		ptr[i] = metal_allocate_memory(sizes[i]);
		assert_non_null(ptr[i]);
		assert_int_equal((uintptr_t)ptr[i] % _Alignof(max_align_t), 0);
		memset(ptr[i], (int)i, sizes[i]);
	}
	for (size_t i = 0; i < metal_dim(sizes); i++) {
		for (unsigned int n = 0; n < sizes[i]; n++)
			assert_int_equal(ptr[i][n], i);
	}
	for (size_t i = 0; i < metal_dim(sizes); i++)
		metal_free_memory(ptr[i]);
}

static void what_does_not_fit_is_not_allocated(void **state)
{
	void *ptr;

	(void)state;
	assert_null(metal_allocate_memory(0));
	assert_null(metal_allocate_memory(AMP_HEAP_SIZE));
	assert_null(metal_allocate_memory(AMP_HEAP_SIZE - HEADER + 1));
	assert_null(metal_allocate_memory(UINT_MAX));
	assert_null(metal_allocate_memory(UINT_MAX - HEADER));
	ptr = metal_allocate_memory(AMP_HEAP_SIZE - HEADER);
	assert_non_null(ptr);
	memset(ptr, 0xff, AMP_HEAP_SIZE - HEADER);
	assert_null(metal_allocate_memory(1));
	metal_free_memory(ptr);
}

/* Three neighbours, freed in every order, leave one free block. */
static void freed_neighbours_are_joined_in_every_order(void **state)
{
	static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

	(void)state;
	for (int n = 0; n < 6; n++) {
		void *ptr[3], *end;

		for (int i = 0; i < 3; i++)
			ptr[i] = metal_allocate_memory(48);
		end = metal_allocate_memory(48);
		for (int i = 0; i < 3; i++)
			metal_free_memory(ptr[orders[n][i]]);
		/* the hole of the three, with two headers won */
		assert_ptr_equal(metal_allocate_memory(3 * 48 + 2 * HEADER), ptr[0]);
		metal_free_memory(ptr[0]);
		metal_free_memory(end);
		assert_int_equal(nothing_is_left_allocated(NULL), 0);
	}
}

static void the_first_hole_that_fits_is_used(void **state)
{
	char *a = metal_allocate_memory(64), *b = metal_allocate_memory(16), *c = metal_allocate_memory(32);
	char *d = metal_allocate_memory(16);

	(void)state;
	metal_free_memory(a);
	metal_free_memory(c);
	assert_ptr_equal(metal_allocate_memory(32), a);
	assert_ptr_equal(metal_allocate_memory(32), c);
	metal_free_memory(a);
	metal_free_memory(b);
	metal_free_memory(c);
	metal_free_memory(d);
}

static void a_pointer_freed_twice_is_detected(void **state)
{
	void *a = metal_allocate_memory(16), *b = metal_allocate_memory(16);

	(void)state;
	metal_free_memory(a);
	assert_traps(metal_free_memory(a), "live_block");
	fake_irqs_masked = 0; /* the assertion left with interrupts off, as it should */
	metal_free_memory(b);
	assert_traps(metal_free_memory(b), "live_block"); /* now inside a larger free block */
	fake_irqs_masked = 0;
}

static void a_pointer_from_elsewhere_is_detected(void **state)
{
	char *a = metal_allocate_memory(64), other[16];

	(void)state;
	assert_traps(metal_free_memory(other), "live_block");
	fake_irqs_masked = 0;
	assert_traps(metal_free_memory(a + 16), "live_block");
	fake_irqs_masked = 0;
	assert_traps(metal_free_memory(a + 1), "live_block");
	fake_irqs_masked = 0;
	metal_free_memory(NULL);
	metal_free_memory(a);
}

static void an_overrun_header_is_detected_before_it_is_followed(void **state)
{
	unsigned char *a = metal_allocate_memory(16), *b = metal_allocate_memory(16), saved[HEADER];

	(void)state;
	memcpy(saved, a + 16, sizeof(saved));
	memset(a + 16, 0xff, 4);
	assert_traps(metal_free_memory(b), "heap_is_intact");
	fake_irqs_masked = 0;
	memset(a + 16, 0, 4);
	assert_traps(metal_allocate_memory(16), "heap_is_intact");
	fake_irqs_masked = 0;
	memcpy(a + 16, saved, sizeof(saved));
	metal_free_memory(a);
	metal_free_memory(b);
}

/* A long row of random steps against a simple model: contents stay, and all memory comes back. */
static void random_use_keeps_contents_and_loses_nothing(void **state)
{
	struct {
		unsigned char *ptr;
		unsigned int size;
	} live[12] = {{0}};
	uint32_t seed = 1;

	(void)state;
	for (int step = 0; step < 20000; step++) {
		unsigned int slot, size;

		seed = seed * 1664525u + 1013904223u;
		slot = (seed >> 24) % metal_dim(live);
		size = (seed >> 12) % 200 + 1;
		if (live[slot].ptr) {
			for (unsigned int i = 0; i < live[slot].size; i++)
				assert_int_equal(live[slot].ptr[i], slot);
			metal_free_memory(live[slot].ptr);
			live[slot].ptr = NULL;
		} else {
			live[slot].ptr = metal_allocate_memory(size);
			live[slot].size = size;
			if (live[slot].ptr)
				memset(live[slot].ptr, (int)slot, size);
		}
	}
	for (size_t i = 0; i < metal_dim(live); i++)
		metal_free_memory(live[i].ptr);
}

#define alloc_test(name) cmocka_unit_test_teardown(name, nothing_is_left_allocated)

int main(void)
{
	const struct CMUnitTest tests[] = {
		alloc_test(allocations_are_aligned_and_do_not_overlap),
		alloc_test(what_does_not_fit_is_not_allocated),
		alloc_test(freed_neighbours_are_joined_in_every_order),
		alloc_test(the_first_hole_that_fits_is_used),
		alloc_test(a_pointer_freed_twice_is_detected),
		alloc_test(a_pointer_from_elsewhere_is_detected),
		alloc_test(an_overrun_header_is_detected_before_it_is_followed),
		alloc_test(random_use_keeps_contents_and_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
