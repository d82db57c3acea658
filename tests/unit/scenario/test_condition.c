// SPDX-License-Identifier: GPL-2.0-only
#include "../cli/scratch.h"

#include "amprelay/scenario/condition.h"

static const char text[] =
	"{\"lab\":\"x\",\"host\":{\"agent\":\"up\"},\"cores\":["
	"{\"name\":\"m3\",\"ready\":true,\"epoch\":3,\"last_crash\":null,\"doorbells\":{\"to_host\":[7,0]}},"
	"{\"name\":\"rv32\",\"ready\":false,\"epoch\":1,\"uptime_ms\":1.5}]}";

static bool holds(const char *condition)
{
	json_t *status = json_loads(text, 0, NULL);
	char found[256], why[256] = "";
	bool holds;

	if (!amp_scenario_condition_is_one(condition, why, sizeof(why)))
		fail_msg("%s: %s", condition, why);
	holds = amp_scenario_condition_holds(condition, status, found, sizeof(found));
	json_decref(status);
	return holds;
}

static void places_in_the_status_are_compared(void **state)
{
	static const char *const good[] = {
		"host.agent == up",
		"m3.epoch == 3",
		"m3.epoch != 4",
		"m3.epoch > 2",
		"m3.epoch >= 3",
		"m3.epoch < 3.5",
		"m3.epoch <= 3",
		"rv32.uptime_ms > 1.4",
		"m3.ready == true",
		"m3.last_crash == null",
		"lab == x",
		"m3.doorbells.to_host.0 == 7",
		"m3.epoch == 1 + 2",
		"m3.epoch > rv32.epoch",
		"lab != host.agent",
		"7 == m3.doorbells.to_host.0",
		"10 > 9",
	};
	static const char *const bad[] = {
		"host.agent == down", "m3.epoch == 4",   "m3.epoch > 3", "m3.epoch == 1 + 1",
		"rv32.ready == true", "m3.nothing == 0", "lab > a",      "rv32.x < 1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!holds(good[i]))
			fail_msg("%s", good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (holds(bad[i]))
			fail_msg("%s", bad[i]);
	}
}

static void what_is_there_instead_is_told(void **state)
{
	json_t *status = json_loads(text, 0, NULL);
	char found[256];

	(void)state;
	assert_false(amp_scenario_condition_holds("m3.epoch == 5", status, found, sizeof(found)));
	assert_string_equal(found, "m3.epoch is 3");
	json_decref(status);
	assert_false(amp_scenario_condition_holds("m3.epoch == 5", NULL, found, sizeof(found)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_in_the_status_are_compared),
		cmocka_unit_test(what_is_there_instead_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
