// SPDX-License-Identifier: GPL-2.0-only
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

/* What log macros of applications use, and each flag with each kind of number. */
static void signs_and_prefixes_are_those_of_the_c_library(void **state)
{
	(void)state;
	same("[%#x][%#X][%#x][%#o][%#o]", 0xbeefu, 0xbeefu, 0u, 8u, 0u);
	same("[%#10x][%#-10x][%#010x][%#08lx]", 0xau, 0xau, 0xau, 0x1234ul);
	same("[%+d][%+d][%+d][% d][% d]", 1, -1, 0, 1, -1);
	same("[%+5d][%-+5d][%+05d][% 05d][%- 5d]", 1, 1, 1, 1, 1);
	same("[%+i][%+ld][%+lld][% hd]", 7, 7l, 7ll, (short)7);
	same("[%o][%lo][%llo][%5o][%-5o][%05o]", 511u, 511ul, ULLONG_MAX, 8u, 8u, 8u);
	same("[%#llo][%#llx]", ULLONG_MAX, ULLONG_MAX);
}

static void precision_is_the_least_number_of_digits(void **state)
{
	(void)state;
	same("[%.4d][%.4d][%.0d][%.0d][%.d]", 42, -42, 0, 7, 0);
	same("[%8.4x][%-8.4x][%.8X][%#.8x]", 0xabu, 0xabu, 0xabu, 0xabu);
	same("[%.*d][%*.*d][%.*u]", 5, 42, 9, 5, 42, -1, 3u);
	same("[%+.3d][% .3d][%.3o]", 5, 5, 5u);
	same("[%.12u][%.25llu]", 1u, 1ull);
}

static void all_lengths_are_read_as_the_c_library_does(void **state)
{
	(void)state;
	same("%hhx %hx %lx %llx %zx %jx %tx", (unsigned char)0xfe, (unsigned short)0xfedc, ULONG_MAX, ULLONG_MAX,
	     SIZE_MAX, UINTMAX_MAX, (ptrdiff_t)0x1234);
	same("%hhd %hd %ld %lld %zd %jd %td", (signed char)-1, (short)-1, -1l, -1ll, (ptrdiff_t)-1, INTMAX_MIN,
	     (ptrdiff_t)-1);
	same("%hho %ho %hhi", (unsigned char)255, (unsigned short)65535, (signed char)-128);
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
	char text[64], expected[160];

	(void)state;
	amp_format(text, sizeof(text), "%p", (void *)(uintptr_t)0x1234);
	snprintf(expected, sizeof(expected), "0x%0*x", (int)(2 * sizeof(void *)), 0x1234u);
	assert_string_equal(text, expected);
	snprintf(expected, sizeof(expected), "[%24s][%-24s]", text, text);
	amp_format(text, sizeof(text), "[%24p][%-24p]", (void *)(uintptr_t)0x1234, (void *)(uintptr_t)0x1234);
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

static void what_is_not_carried_out_leaves_the_others_their_arguments(void **state)
{
	static const struct {
		const char *format, *text;
	} floating[] = {
		{"%f %d", "%f 7"},       {"%6.2f|%d", "%6.2f|7"}, {"%e,%d", "%e,7"},   {"%-8G,%d", "%-8G,7"},
		{"%.3lf,%d", "%.3lf,7"}, {"%a,%d", "%a,7"},       {"%+E,%d", "%+E,7"},
	};
	char text[64];
	int count = 5;

	(void)state;
	for (size_t i = 0; i < sizeof(floating) / sizeof(floating[0]); i++) {
		format_unchecked(text, sizeof(text), floating[i].format, 1.5, 7);
		assert_string_equal(text, floating[i].text);
	}
	format_unchecked(text, sizeof(text), "%Lf %d", 1.5L, 7);
	assert_string_equal(text, "%Lf 7");
	format_unchecked(text, sizeof(text), "%n%d", &count, 7);
	assert_string_equal(text, "%n7");
	assert_int_equal(count, 5);
	format_unchecked(text, sizeof(text), "%ls %lc %d", L"wide", L'w', 7);
	assert_string_equal(text, "%ls %lc 7");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_written_as_the_c_library_does),
		cmocka_unit_test(fields_are_padded_as_the_c_library_does),
		cmocka_unit_test(signs_and_prefixes_are_those_of_the_c_library),
		cmocka_unit_test(precision_is_the_least_number_of_digits),
		cmocka_unit_test(all_lengths_are_read_as_the_c_library_does),
		cmocka_unit_test(strings_end_where_the_precision_says),
		cmocka_unit_test(percent_signs_and_plain_text_are_copied),
		cmocka_unit_test(a_pointer_has_all_its_digits),
		cmocka_unit_test(a_null_string_is_named),
		cmocka_unit_test(unknown_conversions_can_be_seen),
		cmocka_unit_test(what_is_not_carried_out_leaves_the_others_their_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
