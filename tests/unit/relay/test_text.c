// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/clock.h"
#include "common/text.h"
#include "relay/base/child.h"
#include "relay/base/log.h"

static void untrusted_text_becomes_printable_and_terminated(void **state)
{
	char out[8];

	(void)state;
	amp_text_clean(out, sizeof(out),
	               "a\x1b\n\xff"
	               "b",
	               5);
	assert_string_equal(out, "a???b");
	amp_text_clean(out, sizeof(out), "0123456789", 10);
	assert_string_equal(out, "0123456");
	amp_text_clean(out, sizeof(out), "ab\0cd", 5);
	assert_string_equal(out, "ab");
	amp_text_clean(out, 1, "abc", 3);
	assert_string_equal(out, "");
}

static void a_file_name_is_no_path_and_ends(void **state)
{
	(void)state;
	assert_true(amp_text_is_file_name("amprelay-m3.elf", 64));
	assert_true(amp_text_is_file_name("m3", 3));
	assert_false(amp_text_is_file_name("m3", 2));
	assert_false(amp_text_is_file_name("", 8));
	assert_false(amp_text_is_file_name("..", 8));
	assert_false(amp_text_is_file_name(".a", 8));
	assert_false(amp_text_is_file_name("a/b", 8));
	assert_false(amp_text_is_file_name("a b", 8));
	assert_false(amp_text_is_file_name("a,b", 8));
}

static void commas_in_qemu_options_are_doubled(void **state)
{
	char out[32];

	(void)state;
	assert_string_equal(amp_qemu_escape(out, sizeof(out), "/a,b/c"), "/a,,b/c");
	assert_string_equal(amp_qemu_escape(out, sizeof(out), ",,"), ",,,,");
	assert_true(strlen(amp_qemu_escape(out, 4, ",,,,,,")) < 4);
}

static void arguments_that_do_not_fit_are_noticed(void **state)
{
	static struct arguments args;

	(void)state;
	for (int i = 0; i < ARGUMENTS_MAX; i++)
		amp_argument(&args, "%d", i);
	assert_false(args.overflow);
	assert_string_equal(args.v[ARGUMENTS_MAX - 1], "127");
	assert_null(args.v[ARGUMENTS_MAX]);
	amp_argument(&args, "one more");
	assert_true(args.overflow);
}

static void a_burst_passes_and_then_one_for_each_refill(void **state)
{
	struct ratelimit limit = RATELIMIT(3, 100);
	uint64_t now = 1000 * NS_PER_S;
	uint32_t suppressed;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_true(amp_ratelimit(&limit, now, &suppressed));
	for (int i = 0; i < 5; i++)
		assert_false(amp_ratelimit(&limit, now + 99 * NS_PER_MS, &suppressed));
	assert_true(amp_ratelimit(&limit, now + 100 * NS_PER_MS, &suppressed));
	assert_int_equal(suppressed, 5);
	assert_false(amp_ratelimit(&limit, now + 199 * NS_PER_MS, &suppressed));
	assert_true(amp_ratelimit(&limit, now + 10 * NS_PER_S, &suppressed));
	assert_int_equal(suppressed, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(untrusted_text_becomes_printable_and_terminated),
		cmocka_unit_test(a_file_name_is_no_path_and_ends),
		cmocka_unit_test(commas_in_qemu_options_are_doubled),
		cmocka_unit_test(arguments_that_do_not_fit_are_noticed),
		cmocka_unit_test(a_burst_passes_and_then_one_for_each_refill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
