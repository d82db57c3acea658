// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "amprelay/campaign/campaign.h"

static const struct campaign campaign = {.seed = 9, .soc = {{"m3", {"m3"}, 1}}, .num_socs = 1};

static json_t *number(const json_t *report, const char *object, const char *key)
{
	return json_object_get(json_object_get(report, object), key);
}

static const json_t *row(const json_t *report, const char *kind)
{
	const json_t *each;
	size_t i;

	json_array_foreach (json_object_get(report, "kinds"), i, each) {
		if (strcmp(json_string_value(json_object_get(each, "kind")), kind) == 0)
			return each;
	}
	return NULL;
}

static void rounds_add_up_by_kind(void **state)
{
	json_t *results =
		json_loads("[{\"round\": 1, \"ok\": true, \"faults\": [{\"kind\": \"undef\", \"outcome\": "
	                   "\"detected\", \"detect_ms\": 2, "
	                   "\"recover_ms\": 50}], \"messages\": {\"sent\": 10, \"delivered\": 8, \"reported\": 2}},"
	                   "{\"round\": 2, \"ok\": true, \"faults\": [{\"kind\": \"stall\", \"outcome\": \"masked\"}, "
	                   "{\"kind\": \"undef\", "
	                   "\"outcome\": \"detected\", \"detect_ms\": 4, \"recover_ms\": 70}], \"messages\": "
	                   "{\"sent\": 5, \"delivered\": 5}},"
	                   "{\"round\": 3, \"ok\": false, \"faults\": [{\"kind\": \"stall\", \"outcome\": \"masked\"}, "
	                   "{\"kind\": \"undef\", "
	                   "\"outcome\": \"\"}], \"messages\": {\"sent\": 1, \"unaccounted\": 1}}]",
	                   0, NULL);
	json_t *report = amp_campaign_report(&campaign, results, 6, true);
	const json_t *undef = row(report, "undef"), *stall = row(report, "stall");

	(void)state;
	assert_int_equal(json_integer_value(json_object_get(report, "rounds")), 3);
	assert_int_equal(json_integer_value(json_object_get(report, "failed")), 1);
	assert_int_equal(json_integer_value(number(report, "messages", "sent")), 16);
	assert_int_equal(json_integer_value(number(report, "messages", "unaccounted")), 1);
	assert_int_equal(json_integer_value(json_object_get(undef, "count")), 3);
	assert_int_equal(json_integer_value(json_object_get(undef, "failed")), 1);
	assert_int_equal(json_integer_value(number(undef, "outcomes", "detected")), 2);
	assert_int_equal(json_integer_value(json_array_get(json_object_get(undef, "rounds"), 0)), 3);
	assert_true(json_number_value(number(undef, "recover_ms", "p50")) == 50);
	assert_true(json_number_value(number(undef, "recover_ms", "p99")) == 70);
	assert_int_equal(json_integer_value(json_object_get(stall, "failed")), 0);
	assert_true(json_is_null(json_object_get(stall, "detect_ms")));
	json_decref(report);
	json_decref(results);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rounds_add_up_by_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
