// SPDX-License-Identifier: GPL-2.0-only
#include "../cli/scratch.h"

#include "amprelay/scenario/variables.h"

static void only_names_in_braces_are_replaced(void **state)
{
	static const struct {
		const char *text, *expanded;
	} texts[] = {
		{"", ""},
		{"${core}", "m3"},
		{"a ${core} b ${node}${core}", "a m3 b /dev/rpmsg0m3"},
		{"$core $(core) ${CORE} ${} ${core:-x} ${core", "$core $(core) ${CORE} ${} ${core:-x} ${core"},
		{"${$core} $${core}", "${$core} $m3"},
	};
	struct scenario_variables variables = {0};

	(void)state;
	assert_true(amp_variables_set(&variables, "core", "rv32"));
	assert_true(amp_variables_set(&variables, "core", "m3"));
	assert_true(amp_variables_set(&variables, "node", "/dev/rpmsg0"));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char *expanded = amp_variables_expand(&variables, texts[i].text);

		assert_string_equal(expanded, texts[i].expanded);
		free(expanded);
	}
	amp_variables_free(&variables);
}

static void names_are_checked_and_counted(void **state)
{
	struct scenario_names names = {0};
	char name[SCENARIO_NAME_LEN];

	(void)state;
	assert_false(amp_scenario_add_name(&names, ""));
	assert_false(amp_scenario_add_name(&names, "Core"));
	assert_false(amp_scenario_add_name(&names, "a-b"));
	assert_false(amp_scenario_add_name(&names, "a_name_of_twenty_four_is"));
	for (int i = 0; i < SCENARIO_NAMES_MAX; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		assert_true(amp_scenario_add_name(&names, name));
	}
	assert_false(amp_scenario_add_name(&names, "more"));
	assert_true(amp_scenario_add_name(&names, "n0"));
	assert_true(amp_scenario_known(&names, "${n1} $more", name));
	assert_false(amp_scenario_known(&names, "${n1} ${more}", name));
	assert_string_equal(name, "more");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_names_in_braces_are_replaced),
		cmocka_unit_test(names_are_checked_and_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
