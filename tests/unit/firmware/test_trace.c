// SPDX-License-Identifier: GPL-2.0-only
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "trace.h"

#include <string.h>

#define SIZE 16

struct fixture {
	char before[4];
	volatile char text[SIZE];
	char after[4];
	volatile uint32_t head;
	struct amp_trace_ring ring;
};

static struct fixture make(uint32_t head)
{
	struct fixture f = {.head = head};

	memset(f.before, '#', sizeof(f.before));
	memset(f.after, '#', sizeof(f.after));
	return f;
}

static void write_text(struct fixture *f, const char *text)
{
	f->ring = (struct amp_trace_ring){.base = f->text, .size = SIZE, .head = &f->head};
	amp_trace_ring_write(&f->ring, text, strlen(text));
	assert_memory_equal(f->before, "####", 4);
	assert_memory_equal(f->after, "####", 4);
}

static void text_is_appended_and_counted(void **state)
{
	struct fixture f = make(0);

	(void)state;
	write_text(&f, "abc");
	write_text(&f, "def");
	assert_int_equal(f.head, 6);
	assert_memory_equal((const char *)f.text, "abcdef\0\0", 8);
}

static void text_wraps_at_the_end_of_the_ring(void **state)
{
	struct fixture f = make(14);

	(void)state;
	write_text(&f, "abcd");
	assert_int_equal(f.head, 18);
	assert_memory_equal((const char *)f.text + 14, "ab", 2);
	assert_memory_equal((const char *)f.text, "cd", 2);
}

static void the_count_goes_on_past_its_own_wrap(void **state)
{
	struct fixture f = make(UINT32_MAX - 1);

	(void)state;
	write_text(&f, "abcd");
	assert_int_equal(f.head, 2);
	assert_memory_equal((const char *)f.text + 14, "ab", 2);
	assert_memory_equal((const char *)f.text, "cd", 2);
}

static void text_longer_than_the_ring_leaves_its_end(void **state)
{
	struct fixture f = make(0);

	(void)state;
	write_text(&f, "0123456789abcdefXY");
	assert_int_equal(f.head, 18);
	assert_memory_equal((const char *)f.text, "XY23456789abcdef", 16);
}

static void expect_line(uint64_t us, const char *text, const char *expected)
{
	char line[AMP_TRACE_LINE + 4];
	size_t length;

	memset(line, '#', sizeof(line));
	length = amp_trace_line(line, us, text, strlen(text));
	assert_memory_equal(line + AMP_TRACE_LINE, "####", 4);
	assert_true(length <= AMP_TRACE_LINE);
	line[length] = '\0';
	assert_string_equal(line, expected);
}

static void a_line_has_a_time_stamp_and_one_newline(void **state)
{
	(void)state;
	expect_line(12345678, "hello", "[   12.345678] hello\n");
	expect_line(7, "hello\r\n\n", "[    0.000007] hello\n");
	expect_line(0, "", "[    0.000000] \n");
	expect_line(5000000000000, "late", "[5000000.000000] late\n");
}

static void a_line_cannot_hide_another_one(void **state)
{
	(void)state;
	expect_line(0, "a\nb\x1b[31m\xff", "[    0.000000] a.b.[31m.\n");
}

static void a_long_line_is_cut_but_ended(void **state)
{
	char text[400], line[AMP_TRACE_LINE];

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_int_equal(amp_trace_line(line, 0, text, sizeof(text)), AMP_TRACE_LINE);
	assert_int_equal(line[AMP_TRACE_LINE - 2], 'x');
	assert_int_equal(line[AMP_TRACE_LINE - 1], '\n');
}

/* what amp_trace() has made of its arguments */
static char traced[AMP_TRACE_LINE];

void amp_trace_text(const char *text, size_t length)
{
	assert_true(length < sizeof(traced));
	memcpy(traced, text, length);
	traced[length] = '\0';
}

static void a_formatted_line_is_cut_where_a_line_would_be(void **state)
{
	char text[400];

	(void)state;
	amp_trace("%s is %u", "the answer", 42u);
	assert_string_equal(traced, "the answer is 42");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	amp_trace("%s", text);
	assert_int_equal(strlen(traced), AMP_TRACE_LINE - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_appended_and_counted),
		cmocka_unit_test(text_wraps_at_the_end_of_the_ring),
		cmocka_unit_test(the_count_goes_on_past_its_own_wrap),
		cmocka_unit_test(text_longer_than_the_ring_leaves_its_end),
		cmocka_unit_test(a_line_has_a_time_stamp_and_one_newline),
		cmocka_unit_test(a_line_cannot_hide_another_one),
		cmocka_unit_test(a_long_line_is_cut_but_ended),
		cmocka_unit_test(a_formatted_line_is_cut_where_a_line_would_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
