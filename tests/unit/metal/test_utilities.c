// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <metal/compiler.h>
#include <metal/list.h>
#include <metal/utilities.h>

struct item {
	int value;
	struct metal_list node;
};

/* The values of a list forwards; checks that the way back shows the same. */
static void assert_values(struct metal_list *list, const int *values, int count)
{
	struct metal_list *node;
	int i = 0;

	metal_list_for_each (list, node) {
		assert_in_range(i, 0, count - 1);
		assert_int_equal(metal_container_of(node, struct item, node)->value, values[i]);
		i++;
	}
	assert_int_equal(i, count);
	for (node = list->prev; node != list; node = node->prev)
		assert_int_equal(metal_container_of(node, struct item, node)->value, values[--i]);
	assert_int_equal(i, 0);
}

static void a_new_list_is_empty(void **state)
{
	METAL_DECLARE_LIST(declared);
	struct metal_list list;

	(void)state;
	metal_list_init(&list);
	assert_true(metal_list_is_empty(&list));
	assert_true(metal_list_is_empty(&declared));
	assert_null(metal_list_first(&list));
	assert_values(&list, NULL, 0);
}

static void nodes_are_added_where_they_are_asked_for(void **state)
{
	struct item a = {.value = 1}, b = {.value = 2}, c = {.value = 3}, d = {.value = 4};
	METAL_DECLARE_LIST(list);

	(void)state;
	metal_list_add_tail(&list, &b.node);
	metal_list_add_head(&list, &a.node);
	metal_list_add_after(&b.node, &d.node);
	metal_list_add_before(&d.node, &c.node);
	assert_values(&list, (int[]){1, 2, 3, 4}, 4);
	assert_ptr_equal(metal_list_first(&list), &a.node);
	assert_false(metal_list_is_empty(&list));
}

static void a_deleted_node_is_in_no_list_and_can_be_deleted_again(void **state)
{
	struct item a = {.value = 1}, b = {.value = 2}, c = {.value = 3};
	METAL_DECLARE_LIST(list);

	(void)state;
	metal_list_add_tail(&list, &a.node);
	metal_list_add_tail(&list, &b.node);
	metal_list_add_tail(&list, &c.node);
	metal_list_del(&b.node);
	metal_list_del(&b.node);
	assert_true(metal_list_is_empty(&b.node));
	assert_values(&list, (int[]){1, 3}, 2);
	assert_false(metal_list_find_node(&list, &b.node));
	assert_true(metal_list_find_node(&list, &c.node));
	metal_list_del(&a.node);
	metal_list_del(&c.node);
	assert_true(metal_list_is_empty(&list));
}

static void a_safe_loop_may_delete_every_node(void **state)
{
	struct item items[5];
	struct metal_list *node, *next;
	METAL_DECLARE_LIST(list);
	int seen = 0;

	(void)state;
	for (int i = 0; i < 5; i++)
		metal_list_add_tail(&list, &items[i].node);
	metal_list_for_each_safe (&list, next, node) {
		assert_ptr_equal(node, &items[seen++].node);
		metal_list_del(node);
	}
	assert_int_equal(seen, 5);
	assert_true(metal_list_is_empty(&list));
}

static void a_bit_is_set_and_cleared_alone(void **state)
{
	const int bits = 3 * METAL_BITS_PER_ULONG;

	(void)state;
	for (int bit = 0; bit < bits; bit++) {
		unsigned long map[3] = {0}, inverse[3] = {~0UL, ~0UL, ~0UL};

		metal_bitmap_set_bit(map, bit);
		metal_bitmap_clear_bit(inverse, bit);
		for (int other = 0; other < bits; other++) {
			assert_int_equal(!!metal_bitmap_is_bit_set(map, other), other == bit);
			assert_int_equal(!!metal_bitmap_is_bit_clear(map, other), other != bit);
			assert_int_equal(!!metal_bitmap_is_bit_clear(inverse, other), other == bit);
		}
		assert_int_equal(map[(unsigned int)bit / METAL_BITS_PER_ULONG], metal_bit(bit % METAL_BITS_PER_ULONG));
	}
}

/* Every start and end around the ends of words, against a search bit by bit. */
static void the_next_bit_is_found_for_every_start_and_end(void **state)
{
	unsigned long maps[][3] = {
		{0, 0, 0},       {~0UL, ~0UL, ~0UL},     {0, 0, 1},          {1UL << (METAL_BITS_PER_ULONG - 1), 0, 0},
		{~0UL, 0, ~0UL}, {0x8001, 0x10, 0x8000}, {~0UL, ~1UL, ~0UL},
	};
	unsigned int bits = 3 * METAL_BITS_PER_ULONG, expected;

	(void)state;
	for (size_t m = 0; m < metal_dim(maps); m++) {
		for (unsigned int start = 0; start <= bits; start++) {
			for (unsigned int max = 0; max <= bits; max++) {
				for (expected = start; expected < max; expected++)
					if (metal_bitmap_is_bit_set(maps[m], (int)expected))
						break;
				assert_int_equal(metal_bitmap_next_set_bit(maps[m], start, max),
				                 start < max ? expected : max);
				for (expected = start; expected < max; expected++)
					if (metal_bitmap_is_bit_clear(maps[m], (int)expected))
						break;
				assert_int_equal(metal_bitmap_next_clear_bit(maps[m], start, max),
				                 start < max ? expected : max);
			}
		}
	}
}

static void a_search_does_not_read_past_the_last_word(void **state)
{
	unsigned long *map = test_malloc(sizeof(*map)); /* the address sanitizer knows its end */

	(void)state;
	*map = 0;
	assert_int_equal(metal_bitmap_next_set_bit(map, 0, METAL_BITS_PER_ULONG), METAL_BITS_PER_ULONG);
	assert_int_equal(metal_bitmap_next_set_bit(map, METAL_BITS_PER_ULONG, METAL_BITS_PER_ULONG),
	                 METAL_BITS_PER_ULONG);
	test_free(map);
}

static void loops_visit_each_bit_once(void **state)
{
	unsigned long map[2] = {metal_bit(0) | metal_bit(5), metal_bit(1)};
	unsigned int expected[] = {0, 5, METAL_BITS_PER_ULONG + 1}, bit, n = 0, clear = 0;

	(void)state;
	metal_bitmap_for_each_set_bit (map, bit, 2 * METAL_BITS_PER_ULONG) {
		assert_int_equal(bit, expected[n++]);
	}
	assert_int_equal(n, 3);
	metal_bitmap_for_each_clear_bit (map, bit, 2 * METAL_BITS_PER_ULONG) {
		assert_true(metal_bitmap_is_bit_clear(map, (int)bit));
		clear++;
	}
	assert_int_equal(clear, 2 * METAL_BITS_PER_ULONG - 3);
	assert_int_equal(metal_bitmap_longs(1), 1);
	assert_int_equal(metal_bitmap_longs(METAL_BITS_PER_ULONG), 1);
	assert_int_equal(metal_bitmap_longs(METAL_BITS_PER_ULONG + 1), 2);
}

static void numbers_are_rounded_as_the_names_say(void **state)
{
	METAL_PACKED_BEGIN
	struct packed {
		uint8_t a;
		uint32_t b;
	} METAL_PACKED_END;
	char *ptr = (char *)(uintptr_t)0x1234;

	(void)state;
	assert_int_equal(metal_align_down(0x1fff, 0x1000), 0x1000);
	assert_int_equal(metal_align_up(0x1001, 0x1000), 0x2000);
	assert_int_equal(metal_align_up(0x1000, 0x1000), 0x1000);
	assert_int_equal(metal_div_round_down(7, 4), 1);
	assert_int_equal(metal_div_round_up(7, 4), 2);
	assert_int_equal(metal_div_round_up(8, 4), 2);
	assert_ptr_equal(metal_ptr_align_down(ptr, 0x100), (void *)(uintptr_t)0x1200);
	assert_ptr_equal(metal_ptr_align_up(ptr, 0x100), (void *)(uintptr_t)0x1300);
	assert_int_equal(metal_min(-1, 2), -1);
	assert_int_equal(metal_max(-1, 2), 2);
	assert_int_equal(metal_sign(-3), -1);
	assert_int_equal(metal_sign(0), 1);
	assert_int_equal(KB, 1024);
	assert_int_equal(MB, 1024 * 1024);
	assert_int_equal(GB, 1024 * 1024 * 1024);
	assert_int_equal(sizeof(struct packed), 5);
	assert_int_equal(metal_offset_of(struct packed, b), 1);
}

static void the_logarithm_is_rounded_down(void **state)
{
	(void)state;
	assert_int_equal(metal_log2(0), 0);
	assert_int_equal(metal_log2(1), 0);
	assert_int_equal(metal_log2(2), 1);
	assert_int_equal(metal_log2(3), 1);
	assert_int_equal(metal_log2(4096), 12);
	assert_int_equal(metal_log2(~0UL), METAL_BITS_PER_ULONG - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_list_is_empty),
		cmocka_unit_test(nodes_are_added_where_they_are_asked_for),
		cmocka_unit_test(a_deleted_node_is_in_no_list_and_can_be_deleted_again),
		cmocka_unit_test(a_safe_loop_may_delete_every_node),
		cmocka_unit_test(a_bit_is_set_and_cleared_alone),
		cmocka_unit_test(the_next_bit_is_found_for_every_start_and_end),
		cmocka_unit_test(a_search_does_not_read_past_the_last_word),
		cmocka_unit_test(loops_visit_each_bit_once),
		cmocka_unit_test(numbers_are_rounded_as_the_names_say),
		cmocka_unit_test(the_logarithm_is_rounded_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
