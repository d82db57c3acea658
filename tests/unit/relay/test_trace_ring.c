// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "relay/core/trace_ring.h"

#define SIZE 64

static uint8_t region[SIZE];
static struct trace_ring ring;
static uint32_t head;
static char seen[4096];
static unsigned int lines;

static int fresh(void **state)
{
	(void)state;
	memset(region, 0, sizeof(region));
	ring = (struct trace_ring){.base = region, .size = SIZE};
	head = 0;
	lines = 0;
	seen[0] = '\0';
	return 0;
}

static void core_writes(const char *text)
{
	for (; *text; text++)
		region[head++ % SIZE] = (uint8_t)*text;
}

static void on_line(void *userdata, const char *line)
{
	(void)userdata;
	lines++;
	strcat(seen, line);
	strcat(seen, "|");
}

static uint32_t drain(void)
{
	return amp_trace_drain(&ring, head, on_line, NULL);
}

static void lines_come_out_whole_and_once(void **state)
{
	(void)state;
	core_writes("one\ntw");
	assert_int_equal(drain(), 0);
	assert_string_equal(seen, "one|");
	core_writes("o\nthree\n");
	drain();
	drain();
	assert_string_equal(seen, "one|two|three|");
}

static void the_ring_wraps(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++) {
		core_writes("0123456789\n");
		assert_int_equal(drain(), 0);
	}
	assert_int_equal(lines, 100);
	assert_null(strstr(seen, "9|1"));
}

static void the_count_of_bytes_wraps(void **state)
{
	(void)state;
	head = ring.tail = UINT32_MAX - 3;
	core_writes("a\n");
	assert_int_equal(drain(), 0);
	core_writes("cross\n");
	assert_int_equal(drain(), 0);
	assert_string_equal(seen, "a|cross|");
}

static void what_was_overwritten_is_counted(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++)
		core_writes("0123456789\n");
	assert_int_equal(drain(), 110 - SIZE);
}

static void an_absurd_head_costs_no_more_than_one_ring(void **state)
{
	(void)state;
	memset(region, '\n', sizeof(region));
	head = 0xfffffff0;
	assert_int_equal(drain(), 0xfffffff0 - SIZE);
	assert_int_equal(lines, SIZE);
	head = 3;                     /* backwards: as far ahead as can be */
	assert_int_equal(drain(), 0); /* 0x13 bytes on */
}

static void a_line_without_an_end_is_cut(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		core_writes("abcdefghijklmnopqrstuvwxyz");
		drain();
	}
	assert_int_equal(lines, 520 / (TRACE_LINE_MAX - 1));
}

static void control_characters_are_replaced(void **state)
{
	(void)state;
	core_writes("\x1b[2Jred\x07 \xff\r\n");
	drain();
	assert_string_equal(seen, "?[2Jred? ?|");
}

static void a_dead_cores_last_words_can_be_had(void **state)
{
	(void)state;
	core_writes("I am dy");
	drain();
	assert_int_equal(lines, 0);
	amp_trace_flush(&ring, on_line, NULL);
	amp_trace_flush(&ring, on_line, NULL);
	assert_string_equal(seen, "I am dy|");
}

static void a_core_without_a_trace_region_has_no_lines(void **state)
{
	(void)state;
	ring = (struct trace_ring){0};
	head = 12345;
	assert_int_equal(drain(), 0);
	assert_int_equal(lines, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(lines_come_out_whole_and_once, fresh),
		cmocka_unit_test_setup(the_ring_wraps, fresh),
		cmocka_unit_test_setup(the_count_of_bytes_wraps, fresh),
		cmocka_unit_test_setup(what_was_overwritten_is_counted, fresh),
		cmocka_unit_test_setup(an_absurd_head_costs_no_more_than_one_ring, fresh),
		cmocka_unit_test_setup(a_line_without_an_end_is_cut, fresh),
		cmocka_unit_test_setup(control_characters_are_replaced, fresh),
		cmocka_unit_test_setup(a_dead_cores_last_words_can_be_had, fresh),
		cmocka_unit_test_setup(a_core_without_a_trace_region_has_no_lines, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
