// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "amprelay/campaign/campaign.h"

static struct campaign_round three(void)
{
	return (struct campaign_round){
		.number = 1, .fault = {{"stall", 10}, {"core-bell-lost", 20}, {"undef", 30}}, .num_faults = 3};
}

static bool has(const struct campaign_round *round, const char *kind)
{
	for (size_t i = 0; i < round->num_faults; i++) {
		if (strcmp(round->fault[i].kind, kind) == 0)
			return true;
	}
	return false;
}

static bool fails_with_undef(void *context, const struct campaign_round *round)
{
	(void)context;
	return has(round, "undef");
}

static bool fails_with_both_and_a_moment(void *context, const struct campaign_round *round)
{
	(void)context;
	return has(round, "core-bell-lost") && has(round, "undef") && round->fault[round->num_faults - 1].moment_ms > 0;
}

static bool fails_each_third_time(void *context, const struct campaign_round *round)
{
	unsigned int *calls = context;

	(void)round;
	return ++*calls % 3 == 0;
}

static bool never_fails(void *context, const struct campaign_round *round)
{
	(void)context;
	(void)round;
	return false;
}

static void only_the_fault_is_left_that_it_fails_with(void **state)
{
	struct campaign_round round = three();

	(void)state;
	assert_true(amp_campaign_shrink(&round, fails_with_undef, NULL));
	assert_int_equal(round.num_faults, 1);
	assert_string_equal(round.fault[0].kind, "undef");
	assert_int_equal(round.fault[0].moment_ms, 0);
}

static void what_is_needed_stays(void **state)
{
	struct campaign_round round = three();

	(void)state;
	assert_true(amp_campaign_shrink(&round, fails_with_both_and_a_moment, NULL));
	assert_int_equal(round.num_faults, 2);
	assert_int_equal(round.fault[0].moment_ms, 0);
	assert_int_equal(round.fault[1].moment_ms, 30);
}

static void a_failure_that_needs_its_moment_is_tried_again(void **state)
{
	struct campaign_round round = three();
	unsigned int calls = 0;

	(void)state;
	assert_true(amp_campaign_shrink(&round, fails_each_third_time, &calls));
	assert_int_equal(round.num_faults, 1);
}

static void what_does_not_fail_again_stays_as_it_was(void **state)
{
	struct campaign_round round = three();

	(void)state;
	assert_false(amp_campaign_shrink(&round, never_fails, NULL));
	assert_int_equal(round.num_faults, 3);
	assert_int_equal(round.fault[0].moment_ms, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_fault_is_left_that_it_fails_with),
		cmocka_unit_test(what_is_needed_stays),
		cmocka_unit_test(a_failure_that_needs_its_moment_is_tried_again),
		cmocka_unit_test(what_does_not_fail_again_stays_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
