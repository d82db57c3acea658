// SPDX-License-Identifier: GPL-2.0-only
/* What of a guest's text a terminal is shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "amprelay/terminal.h"

static char out[8192];

static const char *clean(bool utf8, const char *text, size_t len)
{
	struct amp_terminal terminal = {.to = stdout};

	out[amp_terminal_clean(&terminal, utf8, text, len, out)] = '\0';
	return out;
}

static void printable_text_passes_unchanged(void **state)
{
	static const char text[] =
		"[    1.234567] a \\ line\twith tab, \xc3\xa9, \xe2\x82\xac, \xe4\xb8\xad and \xf0\x9f\x98\x80\n";

	(void)state;
	assert_string_equal(clean(true, text, strlen(text)), text);
}

static void every_control_byte_is_spelled_out(void **state)
{
	char expected[8];

	(void)state;
	for (unsigned int byte = 0; byte < 256; byte++) {
		const char text[] = {(char)byte, '.'};

		if (byte == '\n' || byte == '\t' || (byte >= 0x20 && byte < 0x7f))
			snprintf(expected, sizeof(expected), "%c.", (int)byte);
		else
			snprintf(expected, sizeof(expected), "\\x%02x.", byte);
		assert_string_equal(clean(true, text, 2), expected);
		assert_string_equal(clean(false, text, 2), expected);
	}
}

static void no_string_of_bytes_leaves_a_control_character(void **state)
{
	unsigned int seed = (unsigned int)getpid();
	char text[512];

	(void)state;
	print_message("seed %u\n", seed);
	for (int round = 0; round < 2000; round++) {
		struct amp_terminal terminal = {.to = stdout};
		size_t n = 0;

		for (size_t i = 0; i < sizeof(text); i++)
			text[i] = (char)rand_r(&seed);
		for (size_t at = 0, len; at < sizeof(text); at += len) {
			len = (size_t)rand_r(&seed) % 7 + 1;
			len = len < sizeof(text) - at ? len : sizeof(text) - at;
			n += amp_terminal_clean(&terminal, true, text + at, len, out + n);
		}
		for (size_t i = 0; i < n; i++) {
			unsigned char byte = (unsigned char)out[i];

			assert_true(byte >= 0x20 || byte == '\n' || byte == '\t');
			assert_int_not_equal(byte, 0x7f);
			/* U+0080 to U+009f, the 8-bit control characters */
			assert_false(byte == 0xc2 && i + 1 < n && (unsigned char)out[i + 1] < 0xa0);
		}
	}
}

static void control_characters_in_utf8_are_spelled_out(void **state)
{
	static const char *const bad[] = {"\xc2\x9b",     "\xc2\x85",     "\xe2\x80\xae",
	                                  "\xe2\x80\xa8", "\xe2\x81\xa6", "\xef\xbb\xbf"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_memory_equal(clean(true, bad[i], strlen(bad[i])), "\\x", 2);
}

static void encodings_that_are_longer_than_needed_or_impossible_are_spelled_out(void **state)
{
	static const char *const bad[] = {"\xc0\x9b",         "\xc1\xbf",     "\xe0\x82\x9b",
	                                  "\xf0\x80\x82\x9b", "\xed\xa0\x80", "\xf4\x90\x80\x80",
	                                  "\xf5\x80\x80\x80", "\xff",         "\x80"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		clean(true, bad[i], strlen(bad[i]));
		for (const char *c = out; *c; c++)
			assert_in_range(*c, 0x20, 0x7e);
		assert_int_equal(strlen(out), 4 * strlen(bad[i]));
	}
}

static void a_terminal_without_utf8_gets_ascii(void **state)
{
	(void)state;
	/* the second byte of it is the control character CSI of an 8-bit terminal */
	assert_string_equal(clean(false, "\xc3\x9b", 2), "\\xc3\\x9b");
}

static void a_carriage_return_passes_only_at_the_end_of_a_line(void **state)
{
	(void)state;
	assert_string_equal(clean(true, "boot\r\n", 6), "boot\n");
	assert_string_equal(clean(true, "good\rbad\n", 9), "good\\x0dbad\n");
	assert_string_equal(clean(true, "\r\r\n", 3), "\\x0d\n");
}

static void characters_may_be_cut_anywhere(void **state)
{
	struct amp_terminal terminal = {.to = stdout};
	static const char text[] = "\xe2\x82\xac\r\n\xe2\x82";
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < strlen(text); i++)
		n += amp_terminal_clean(&terminal, true, text + i, 1, out + n);
	n += amp_terminal_clean(&terminal, true, "!", 1, out + n);
	out[n] = '\0';
	assert_string_equal(out, "\xe2\x82\xac\n\\xe2\\x82!");
}

static void a_file_gets_every_byte_as_it_came(void **state)
{
	static const char text[] = "\x1b[31m\xc2\x9b\r\0\x80\n";
	struct amp_terminal terminal = {.to = tmpfile()};
	char back[sizeof(text)];

	(void)state;
	assert_true(amp_terminal_write(&terminal, text, sizeof(text)));
	assert_true(amp_terminal_end(&terminal));
	rewind(terminal.to);
	assert_int_equal(fread(back, 1, sizeof(back), terminal.to), sizeof(text));
	assert_memory_equal(back, text, sizeof(text));
	fclose(terminal.to);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(printable_text_passes_unchanged),
		cmocka_unit_test(every_control_byte_is_spelled_out),
		cmocka_unit_test(no_string_of_bytes_leaves_a_control_character),
		cmocka_unit_test(control_characters_in_utf8_are_spelled_out),
		cmocka_unit_test(encodings_that_are_longer_than_needed_or_impossible_are_spelled_out),
		cmocka_unit_test(a_terminal_without_utf8_gets_ascii),
		cmocka_unit_test(a_carriage_return_passes_only_at_the_end_of_a_line),
		cmocka_unit_test(characters_may_be_cut_anywhere),
		cmocka_unit_test(a_file_gets_every_byte_as_it_came),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
