// SPDX-License-Identifier: GPL-2.0-only
/* Clocks that stood while their machines were stopped, and how they come together again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "relay/clocks.h"

static struct machine_clocks clocks;

static int set_up(void **state)
{
	(void)state;
	amp_clocks_begin(&clocks, 3);
	for (uint32_t i = 0; i < clocks.count; i++)
		clocks.clock[i].counted = true;
	return 0;
}

static void stands(uint32_t i, uint64_t from, uint64_t to)
{
	amp_clocks_tell(&clocks, i, false, from);
	amp_clocks_tell(&clocks, i, true, to);
}

static void clocks_that_stood_equally_long_are_together(void **state)
{
	(void)state;
	assert_int_equal(amp_clocks_next(&clocks), CLOCKS_NOW);
	for (uint32_t i = 0; i < 3; i++)
		stands(i, 1000 + 10 * i, 9000 + 10 * i);
	assert_int_equal(amp_clocks_apart(&clocks), 0);
	assert_int_equal(amp_clocks_next(&clocks), CLOCKS_NOW);
}

static void the_one_that_stood_least_has_to_stand_for_the_difference(void **state)
{
	(void)state;
	stands(0, 0, 5000);
	stands(1, 0, 3000);
	stands(2, 0, 9000);
	assert_int_equal(amp_clocks_apart(&clocks), 6000);
	assert_int_equal(amp_clocks_next(&clocks), 1);
	assert_int_equal(amp_clocks_ahead(&clocks, 1), 6000);
	assert_int_equal(amp_clocks_ahead(&clocks, 0), 4000);
	assert_int_equal(amp_clocks_ahead(&clocks, 2), 0);
	stands(1, 20000, 26100); /* a bit too long */
	assert_int_equal(amp_clocks_next(&clocks), 0);
	stands(0, 30000, 34000);
	assert_int_equal(amp_clocks_apart(&clocks), 100);
	assert_int_equal(amp_clocks_next(&clocks), CLOCKS_NOW);
}

static void nothing_is_chosen_while_one_stands(void **state)
{
	(void)state;
	stands(0, 0, 5000);
	amp_clocks_tell(&clocks, 2, false, 6000);
	assert_int_equal(amp_clocks_next(&clocks), CLOCKS_WAIT);
	amp_clocks_tell(&clocks, 2, true, 7000);
	assert_int_equal(amp_clocks_next(&clocks), 1);
}

static void a_machine_of_another_life_is_not_counted(void **state)
{
	(void)state;
	stands(0, 0, 5000);
	stands(1, 0, 5000);
	clocks.clock[2].counted = false;
	amp_clocks_tell(&clocks, 2, false, 1);
	assert_int_equal(amp_clocks_apart(&clocks), 0);
	assert_int_equal(amp_clocks_next(&clocks), CLOCKS_NOW);
	clocks.clock[2] = (struct machine_clock){.us = 900000};
	assert_int_equal(amp_clocks_ahead(&clocks, 0), 0);
}

static void a_host_clock_that_goes_back_or_a_start_told_twice_adds_nothing(void **state)
{
	(void)state;
	stands(0, 5000, 4000);
	assert_int_equal(clocks.clock[0].us, 0);
	amp_clocks_tell(&clocks, 0, true, 9000);
	assert_int_equal(clocks.clock[0].us, 0);
}

static void nobody_waits_for_clocks_that_are_too_far_apart_or_never_meet(void **state)
{
	(void)state;
	stands(0, 0, 2000001);
	assert_int_equal(amp_clocks_next(&clocks), CLOCKS_NOW);
	set_up(NULL);
	stands(0, 0, 2000000);
	amp_clocks_align(&clocks);
	for (int i = 0; i < 16; i++)
		assert_int_equal(amp_clocks_next(&clocks), 1);
	assert_int_equal(amp_clocks_next(&clocks), CLOCKS_NOW);
	amp_clocks_align(&clocks);
	assert_int_equal(amp_clocks_next(&clocks), 1);
}

int main(void)
{
#define TEST(claim) cmocka_unit_test_setup(claim, set_up)
	const struct CMUnitTest tests[] = {
		TEST(clocks_that_stood_equally_long_are_together),
		TEST(the_one_that_stood_least_has_to_stand_for_the_difference),
		TEST(nothing_is_chosen_while_one_stands),
		TEST(a_machine_of_another_life_is_not_counted),
		TEST(a_host_clock_that_goes_back_or_a_start_told_twice_adds_nothing),
		TEST(nobody_waits_for_clocks_that_are_too_far_apart_or_never_meet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
