// SPDX-License-Identifier: GPL-2.0-only
#include "scratch.h"

#include "amprelay/event_filter.h"

static bool matches(const char *text, const char *record_text)
{
	char error[256] = "";
	struct event_filter *filter = amp_event_filter_parse(text, error, sizeof(error));
	json_t *record = json_loads(record_text, 0, NULL);
	bool match;

	assert_non_null(filter);
	assert_non_null(record);
	match = amp_event_filter_match(filter, record);
	amp_event_filter_free(filter);
	json_decref(record);
	return match;
}

static const char crash[] =
	"{\"t\":1,\"seq\":7,\"ev\":\"core.crash\",\"core\":\"m3\",\"ok\":true,\"ms\":1.5,\"x\":null}";

static void all_conditions_must_hold(void **state)
{
	(void)state;
	assert_true(matches("ev=core.crash", crash));
	assert_true(matches("ev=core.crash,core=m3", crash));
	assert_false(matches("ev=core.crash,core=m4", crash));
	assert_false(matches("ev=core.cras", crash));
	assert_false(matches("ev=core.crash,detector=exit", crash));
}

static void numbers_and_truth_values_are_compared_as_text(void **state)
{
	(void)state;
	assert_true(matches("seq=7", crash));
	assert_false(matches("seq=07", crash));
	assert_true(matches("ok=true", crash));
	assert_false(matches("ok=false", crash));
	assert_false(matches("x=null", crash));
	assert_false(matches("ms=1.5", crash)); /* a measured value is nothing to wait for */
}

static void a_value_may_contain_an_equals_sign(void **state)
{
	(void)state;
	assert_true(matches("why=a=b", "{\"why\":\"a=b\"}"));
}

static void a_condition_can_be_that_a_value_is_another(void **state)
{
	(void)state;
	assert_true(matches("ev!=core.fault", crash));
	assert_false(matches("ev!=core.crash", crash));
	assert_true(matches("nobody!=7", crash));
	assert_false(matches("ev!=core.fault,seq!=7", crash));
	assert_true(matches("why=a!=b", "{\"why\":\"a!=b\"}"));
}

static void nonsense_is_refused_with_the_word_that_is_wrong(void **state)
{
	static const struct {
		const char *text, *word;
	} bad[] = {
		{"", "''"},
		{"x", "'x'"},
		{"=y", "'=y'"},
		{"!=y", "'!=y'"},
		{"ev=", "'ev='"},
		{"a=b,", "''"},
		{",a=b", "''"},
		{"a=b,,c=d", "''"},
		{"a=b,a=c", "'a=c'"},
		{"a=1,b=2,c", "'c'"},
		{"a=1,b=2,c=,d=4", "'c='"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char error[256] = "";

		assert_null(amp_event_filter_parse(bad[i].text, error, sizeof(error)));
		if (!strstr(error, bad[i].word))
			fail_msg("\"%s\": %s", bad[i].text, error);
	}
}

static void too_many_conditions_are_refused(void **state)
{
	char text[512] = "a0=b", error[1024];

	(void)state;
	for (int i = 1; i < 17; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), ",a%d=b", i);
	assert_null(amp_event_filter_parse(text, error, sizeof(error)));
	assert_non_null(strstr(error, "a16=b"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_conditions_must_hold),
		cmocka_unit_test(numbers_and_truth_values_are_compared_as_text),
		cmocka_unit_test(a_value_may_contain_an_equals_sign),
		cmocka_unit_test(a_condition_can_be_that_a_value_is_another),
		cmocka_unit_test(nonsense_is_refused_with_the_word_that_is_wrong),
		cmocka_unit_test(too_many_conditions_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
