/* SPDX-License-Identifier: GPL-2.0-only */
/* The firmware's snprintf against the C library's. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "format.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The same text and the same length as the C library, for every size of the buffer, and nothing written behind it. */
__attribute__((format(printf, 1, 2))) static void same(const char *format, ...)
{
	for (size_t size = 0; size < 80; size++) {
		char ours[96], theirs[96];
		size_t length;
		va_list args;

		memset(ours, '#', sizeof(ours));
		memset(theirs, '#', sizeof(theirs));
		va_start(args, format);
		length = amp_vformat(ours, size, format, args);
		va_end(args);
		va_start(args, format);
		assert_int_equal(length, vsnprintf(theirs, size, format, args));
		va_end(args);
		assert_memory_equal(ours, theirs, sizeof(ours));
	}
}

static void numbers_are_written_as_the_c_library_does(void **state)
{
	(void)state;
	same("%d %d %d", 0, INT_MAX, INT_MIN);
	same("%i|%u|%x|%X", -1, UINT_MAX, 0xbeefu, 0xbeefu);
	same("%ld %lu", LONG_MIN, ULONG_MAX);
	same("%lld %llu %llx", LLONG_MIN, ULLONG_MAX, ULLONG_MAX);
	same("%zu", SIZE_MAX);
	same("%hd %hu %hhd %hhu", (short)-2, (unsigned short)65535, (signed char)-3, (unsigned char)255);
	same("%llu", 4294967296ull);
}

static void fields_are_padded_as_the_c_library_does(void **state)
{
	(void)state;
	same("[%5d][%-5d][%05d]", 42, 42, -42);
	same("[%08x][%8x][%-8x]", 0xabcu, 0xabcu, 0xabcu);
	same("[%*d][%-*d]", 6, 7, 6, 7);
	same("[%*d]", -6, 7);
	same("[%10s][%-10s]", "ab", "cd");
	same("[%5c][%-5c]", 'x', 'y');
	same("%02x%02x", 1u, 0xffu);
}

static void strings_end_where_the_precision_says(void **state)
{
	static const char no_nul[3] = {'a', 'b', 'c'};

	(void)state;
	same("%s", "");
	same("%.3s|%.0s|%.9s", "abcdef", "abcdef", "abc");
	same("%.*s", 3, no_nul);
	same("%.*s", -1, "all");
	same("%8.2s|", "abc");
}

static void percent_signs_and_plain_text_are_copied(void **state)
{
	(void)state;
	same("100%% of %s%%", "it");
	same("no conversion");
}

static void a_pointer_has_all_its_digits(void **state)
{
	char text[64], expected[64];

	(void)state;
	amp_format(text, sizeof(text), "%p", (void *)(uintptr_t)0x1234);
	snprintf(expected, sizeof(expected), "0x%0*x", (int)(2 * sizeof(void *)), 0x1234u);
	assert_string_equal(text, expected);
}

static void a_null_string_is_named(void **state)
{
	char text[16];
	const char *volatile none = NULL;

	(void)state;
	amp_format(text, sizeof(text), "%s", none);
	assert_string_equal(text, "(null)");
}

/* The format is not a literal here: the compiler would rightly complain about it. */
static size_t format_unchecked(char *out, size_t size, const char *format, ...)
{
	va_list args;
	size_t length;

	va_start(args, format);
	length = amp_vformat(out, size, format, args);
	va_end(args);
	return length;
}

static void unknown_conversions_can_be_seen(void **state)
{
	char text[32];

	(void)state;
	format_unchecked(text, sizeof(text), "a %q b");
	assert_string_equal(text, "a %q b");
	format_unchecked(text, sizeof(text), "end %");
	assert_string_equal(text, "end %");
	format_unchecked(text, sizeof(text), "end %-08l");
	assert_string_equal(text, "end %-08l");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_written_as_the_c_library_does),
		cmocka_unit_test(fields_are_padded_as_the_c_library_does),
		cmocka_unit_test(strings_end_where_the_precision_says),
		cmocka_unit_test(percent_signs_and_plain_text_are_copied),
		cmocka_unit_test(a_pointer_has_all_its_digits),
		cmocka_unit_test(a_null_string_is_named),
		cmocka_unit_test(unknown_conversions_can_be_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
