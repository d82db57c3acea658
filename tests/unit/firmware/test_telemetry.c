// SPDX-License-Identifier: GPL-2.0-only
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "load.h"
#include "telemetry.h"

#include <string.h>

static void a_record_names_every_value(void **state)
{
	const struct telemetry_record record = {1, 2000, 3, 4, 5, 6, 7};
	char text[TELEMETRY_TEXT_MAX];
	size_t length = telemetry_format(text, &record);

	(void)state;
	assert_int_equal(length, strlen(text));
	assert_string_equal(text, "seq=1 uptime_ms=2000 heartbeat=3 load_permille=4 rx=5 tx=6 dropped=7\n");
}

static void the_largest_record_fits(void **state)
{
	const struct telemetry_record record = {UINT32_MAX, UINT64_MAX, UINT32_MAX, UINT32_MAX,
	                                        UINT32_MAX, UINT32_MAX, UINT32_MAX};
	char text[TELEMETRY_TEXT_MAX];

	(void)state;
	assert_true(telemetry_format(text, &record) < sizeof(text));
	assert_int_equal(text[strlen(text) - 1], '\n');
}

static void expect_period(const char *text, bool valid, uint32_t period)
{
	uint32_t got = 12345;

	assert_int_equal(telemetry_parse_period(text, strlen(text), &got), valid);
	assert_int_equal(got, valid ? period : 12345);
}

static void periods_in_range_are_taken(void **state)
{
	(void)state;
	expect_period("0", true, 0);
	expect_period("25", true, 25);
	expect_period("0050", true, 50);
	expect_period("60000", true, 60000);
}

static void other_periods_are_refused_and_change_nothing(void **state)
{
	(void)state;
	expect_period("", false, 0);
	expect_period("24", false, 0);
	expect_period("60001", false, 0);
	expect_period("4294967321", false, 0); /* 25 + 2^32 */
	expect_period("-1", false, 0);
	expect_period("50ms", false, 0);
	expect_period(" 50", false, 0);
}

static void records_come_at_once_and_then_in_rhythm(void **state)
{
	struct telemetry_timer timer = {0};

	(void)state;
	assert_true(telemetry_due(&timer, 100, 1000));
	assert_false(telemetry_due(&timer, 100, 1099));
	assert_true(telemetry_due(&timer, 100, 1110)); /* late … */
	assert_false(telemetry_due(&timer, 100, 1199));
	assert_true(telemetry_due(&timer, 100, 1200)); /* … but the next one is on time */
}

static void missed_records_are_not_made_up_for(void **state)
{
	struct telemetry_timer timer = {0};

	(void)state;
	assert_true(telemetry_due(&timer, 100, 1000));
	assert_true(telemetry_due(&timer, 100, 5000));
	assert_false(telemetry_due(&timer, 100, 5001));
	assert_true(telemetry_due(&timer, 100, 5100));
}

static void period_zero_is_off(void **state)
{
	struct telemetry_timer timer = {0};

	(void)state;
	assert_false(telemetry_due(&timer, 0, 1000000));
}

static void load_is_the_share_of_time_not_asleep(void **state)
{
	struct amp_load load = {0};

	(void)state;
	assert_false(amp_load_turn(&load, 400, 300, 1000));
	assert_int_equal(load.permille, 0); /* no full window yet */
	assert_true(amp_load_turn(&load, 1000, 450, 1000));
	assert_int_equal(load.permille, 250);
	amp_load_turn(&load, 2000, 0, 1000);
	assert_int_equal(load.permille, 1000);
	amp_load_turn(&load, 3000, 1001, 1000);
	assert_int_equal(load.permille, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_names_every_value),
		cmocka_unit_test(the_largest_record_fits),
		cmocka_unit_test(periods_in_range_are_taken),
		cmocka_unit_test(other_periods_are_refused_and_change_nothing),
		cmocka_unit_test(records_come_at_once_and_then_in_rhythm),
		cmocka_unit_test(missed_records_are_not_made_up_for),
		cmocka_unit_test(period_zero_is_off),
		cmocka_unit_test(load_is_the_share_of_time_not_asleep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
