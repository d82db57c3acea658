// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "relay/base/clock_offset.h"

static void one_answer_bounds_the_offset(void **state)
{
	struct clock_offset offset = {0};

	(void)state;
	assert_true(amp_offset_take(&offset, 1000, 100, 1060));
	assert_int_equal(offset.from, 0); /* nothing contradicts that it was so from the start */
	assert_int_equal(amp_offset_ns(&offset), 930);
	assert_int_equal(amp_offset_error(&offset), 30);
}

/* Whatever the ways there and back take: the true offset is never outside. */
static void answers_narrow_the_bounds_and_keep_the_truth(void **state)
{
	struct clock_offset offset = {0};
	const int64_t truth = -123456789;
	uint64_t seed = 1, error = UINT64_MAX;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		uint64_t there, back, asked = (uint64_t)i * 1000000;

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		there = 5000 + (seed >> 33) % 100000;
		back = 5000 + (seed >> 45) % 100000;
		assert_true(amp_offset_take(&offset, asked, asked + there - (uint64_t)truth, asked + there + back));
		assert_true(offset.low <= truth && truth <= offset.high);
		assert_true(amp_offset_error(&offset) <= error);
		error = amp_offset_error(&offset);
	}
	assert_true(error < 6000); /* about what the shortest ways took */
}

static void a_clock_that_was_set_begins_anew(void **state)
{
	struct clock_offset offset = {0};

	(void)state;
	assert_true(amp_offset_take(&offset, 1000, 100, 1010));
	assert_false(amp_offset_take(&offset, 2000, 1050, 2010)); /* it stood still for 45 and more */
	assert_int_equal(offset.from, 1050);
	assert_int_equal(amp_offset_ns(&offset), 955);
	assert_int_equal(amp_offset_error(&offset), 5);
}

static void whatever_a_machine_says_nothing_breaks(void **state)
{
	static const uint64_t words[] = {0, 1, INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX};
	struct clock_offset offset = {0};

	(void)state;
	for (size_t i = 0; i < 25; i++) {
		amp_offset_take(&offset, 5000, words[i % 5], 6000);
		amp_offset_take(&offset, 7000, words[i / 5], 8000);
		assert_true(amp_offset_error(&offset) <= 500);
		amp_offset_ns(&offset);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_answer_bounds_the_offset),
		cmocka_unit_test(answers_narrow_the_bounds_and_keep_the_truth),
		cmocka_unit_test(a_clock_that_was_set_begins_anew),
		cmocka_unit_test(whatever_a_machine_says_nothing_breaks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
