// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "amprelay/campaign/campaign.h"
#include "amprelay/fault_kinds.h"

#define ROUNDS 500

static struct campaign campaign = {
	.seed = 5,
	.soc = {{"m3", {"m3"}, 1}, {"star", {"m3", "rv32"}, 2}},
	.num_socs = 2,
	.host_percent = 5,
	.catalogue = "/nowhere",
};

static int choose_all(void **state)
{
	(void)state;
	return amp_campaign_choose(&campaign, NULL) != NULL;
}

static void a_round_is_the_same_each_time(void **state)
{
	struct campaign_round one, two;

	(void)state;
	for (uint32_t i = 0; i < ROUNDS; i++) {
		char *first, *second;

		amp_campaign_draw(&campaign, i, &one);
		amp_campaign_draw(&campaign, i, &two);
		assert_ptr_equal(one.host, two.host);
		if (!amp_campaign_is_inside(&one))
			continue;
		first = amp_campaign_text(&campaign, &one);
		second = amp_campaign_text(&campaign, &two);
		assert_string_equal(first, second);
		free(first);
		free(second);
	}
}

static void another_seed_draws_other_rounds(void **state)
{
	struct campaign other = campaign;
	struct campaign_round one, two;
	unsigned int same = 0;

	(void)state;
	other.seed = 6;
	for (uint32_t i = 0; i < ROUNDS; i++) {
		amp_campaign_draw(&campaign, i, &one);
		amp_campaign_draw(&other, i, &two);
		same += one.fault[0].moment_ms == two.fault[0].moment_ms && one.fault[0].kind == two.fault[0].kind;
	}
	assert_true(same < ROUNDS / 50);
}

/* What is left out at random must be rare: here, kinds, cores and SoCs that never come. */
static void every_kind_and_core_has_its_turn_and_hosts_are_few(void **state)
{
	static unsigned int seen[CAMPAIGN_KINDS_MAX], cores[3];
	struct campaign_round round;
	unsigned int hosts = 0;

	(void)state;
	for (uint32_t i = 0; i < 4 * ROUNDS; i++) {
		amp_campaign_draw(&campaign, i, &round);
		hosts += round.host != NULL;
		cores[(round.soc == &campaign.soc[1]) + round.core]++;
		for (size_t kind = 0; kind < campaign.num_kinds; kind++)
			seen[kind] += round.fault[round.num_faults - 1].kind == campaign.kinds[kind];
	}
	for (size_t kind = 0; kind < campaign.num_kinds; kind++)
		assert_true(seen[kind] > 0);
	assert_true(cores[0] > ROUNDS && cores[1] > ROUNDS / 2 && cores[2] > ROUNDS / 2);
	assert_in_range(hosts, 4 * ROUNDS * 3 / 100, 4 * ROUNDS * 7 / 100);
}

/* Whatever is drawn, those before the last are none that end a life: what came of the last is told apart. */
static void only_the_last_fault_need_be_noticed(void **state)
{
	struct campaign_round round;

	(void)state;
	for (uint32_t i = 0; i < ROUNDS; i++) {
		amp_campaign_draw(&campaign, i, &round);
		for (size_t f = 0; f + 1 < round.num_faults; f++)
			assert_int_equal(amp_fault_find(round.fault[f].kind)->outcome, FAULT_MASKED);
	}
}

static void each_round_is_a_scenario_that_loads(void **state)
{
	char dir[] = "/tmp/campaign-XXXXXX", path[PATH_MAX], error[SCENARIO_ERROR_LEN];
	struct campaign_round round;
	struct scenario *scenario;

	(void)state;
	campaign.dir = mkdtemp(dir);
	assert_non_null(campaign.dir);
	for (uint32_t i = 0; i < ROUNDS; i++) {
		amp_campaign_draw(&campaign, i, &round);
		if (!amp_campaign_is_inside(&round))
			continue;
		assert_true(amp_campaign_write(&campaign, &round, path));
		scenario = amp_scenario_load(path, error);
		if (!scenario)
			fail_msg("%s", error);
		assert_int_equal(scenario->steps[0].action, SCENARIO_up);
		amp_scenario_free(scenario);
		unlink(path);
	}
	rmdir(dir);
}

static void kinds_are_chosen_by_name(void **state)
{
	struct campaign some = {.catalogue = "/nowhere"};
	char names[] = "undef,host-stop,core-payload-flip", wrong[] = "undef,nonsense";

	(void)state;
	assert_null(amp_campaign_choose(&some, names));
	assert_int_equal(some.num_kinds, 2);
	assert_int_equal(some.num_hosts, 1);
	assert_string_equal(amp_campaign_choose(&some, wrong), "nonsense");
}

static bool has_host(const struct campaign *of, const char *name)
{
	for (size_t i = 0; i < of->num_hosts; i++) {
		if (strcmp(of->hosts[i], name) == 0)
			return true;
	}
	return false;
}

static void allocations_fail_on_the_debug_kernel_only(void **state)
{
	struct campaign plain = {.catalogue = "/nowhere"}, debug = {.catalogue = "/nowhere", .has_debug_kernel = true};
	char name[] = "host-allocations", again[] = "host-allocations";
	struct campaign named = {0};

	(void)state;
	assert_null(amp_campaign_choose(&plain, NULL));
	assert_null(amp_campaign_choose(&debug, NULL));
	assert_false(has_host(&plain, name));
	assert_true(has_host(&debug, name));
	assert_string_equal(amp_campaign_choose(&named, name), "host-allocations");
	named.has_debug_kernel = true;
	assert_null(amp_campaign_choose(&named, again));
}

/* One side has refused the rings: the ledger is held to what its senders were told by a new life. */
static void a_core_whose_rings_were_refused_is_restarted_before_the_ledger_is_settled(void **state)
{
	struct campaign_round round = {.soc = &campaign.soc[0], .fault = {{"core-avail-index", 5}}, .num_faults = 1};
	char *text = amp_campaign_text(&campaign, &round);

	(void)state;
	assert_non_null(strstr(text, "restart: m3"));
	assert_true(strstr(text, "restart: m3") < strstr(text, "settle:"));
	assert_null(strstr(text, "--corrupt"));
	free(text);
	round.fault[0].kind = "host-header-unused";
	text = amp_campaign_text(&campaign, &round);
	assert_null(strstr(text, "restart:"));
	assert_non_null(strstr(text, "--no-loss"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_round_is_the_same_each_time),
		cmocka_unit_test(another_seed_draws_other_rounds),
		cmocka_unit_test(every_kind_and_core_has_its_turn_and_hosts_are_few),
		cmocka_unit_test(only_the_last_fault_need_be_noticed),
		cmocka_unit_test(each_round_is_a_scenario_that_loads),
		cmocka_unit_test(kinds_are_chosen_by_name),
		cmocka_unit_test(allocations_fail_on_the_debug_kernel_only),
		cmocka_unit_test(a_core_whose_rings_were_refused_is_restarted_before_the_ledger_is_settled),
	};

	return cmocka_run_group_tests(tests, choose_all, NULL);
}
