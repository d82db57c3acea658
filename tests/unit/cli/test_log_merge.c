// SPDX-License-Identifier: GPL-2.0-only
#include "scratch.h"

#include "amprelay/log_merge.h"

/* All lines as "source:line;", up to `size`. */
static void collect(struct log_merge *merge, bool partial, char *out, size_t size)
{
	struct log_source *source;

	out[0] = '\0';
	while ((source = amp_merge_next(merge, partial))) {
		snprintf(out + strlen(out), size - strlen(out), "%s:%s;", source->name, source->line);
		source->line = NULL;
	}
}

static void lines_come_in_order_of_time(void **state)
{
	struct log_merge merge;
	char text[1024];

	put_file(*state, "relay.log", "w", "[  100.500000] r1\n[  102.000000] r2\n");
	put_file(*state, "m3.log", "w", "[  101.000000] m1\n[  103.000000] m2\n");
	/* Linux's clock began at 100 */
	put_file(*state, "kernel.log", "w", "[    0.700000] k1\n[    2.500000] k2\n");
	assert_int_equal(amp_merge_open(&merge, *state, NULL, 100.0), 0);
	collect(&merge, true, text, sizeof(text));
	assert_string_equal(text, "relay:[  100.500000] r1;kernel:[    0.700000] k1;m3:[  101.000000] m1;"
	                          "relay:[  102.000000] r2;kernel:[    2.500000] k2;m3:[  103.000000] m2;");
	amp_merge_close(&merge);
}

static void lines_without_a_stamp_stay_behind_the_line_before(void **state)
{
	struct log_merge merge;
	char text[1024];

	put_file(*state, "m3.log", "w", "[1.0] a\nplain\n[3.0] b\n");
	put_file(*state, "relay.log", "w", "[2.0] r\n");
	assert_int_equal(amp_merge_open(&merge, *state, NULL, 0), 0);
	collect(&merge, true, text, sizeof(text));
	assert_string_equal(text, "m3:[1.0] a;m3:plain;relay:[2.0] r;m3:[3.0] b;");
	amp_merge_close(&merge);
}

static void logs_of_the_flight_before_are_left_out(void **state)
{
	struct log_merge merge;
	char text[1024];

	put_file(*state, "m3.log", "w", "[1.0] now\n");
	put_file(*state, "m3.1.log", "w", "[0.5] then\n");
	put_file(*state, "events.jsonl", "w", "{}\n");
	put_file(*state, ".log", "w", "no name\n");
	assert_int_equal(amp_merge_open(&merge, *state, NULL, 0), 0);
	collect(&merge, true, text, sizeof(text));
	assert_string_equal(text, "m3:[1.0] now;");
	amp_merge_close(&merge);
}

static void one_source_alone_can_be_wanted(void **state)
{
	struct log_merge merge;
	char text[1024];

	put_file(*state, "m3.log", "w", "[1.0] a\n");
	put_file(*state, "relay.log", "w", "[2.0] r\n");
	assert_int_equal(amp_merge_open(&merge, *state, "relay", 0), 0);
	collect(&merge, true, text, sizeof(text));
	assert_string_equal(text, "relay:[2.0] r;");
	amp_merge_close(&merge);
}

static void a_log_that_appears_later_is_discovered(void **state)
{
	struct log_merge merge;
	char text[1024];

	assert_int_equal(amp_merge_open(&merge, *state, NULL, 0), 0);
	collect(&merge, false, text, sizeof(text));
	assert_string_equal(text, "");
	put_file(*state, "m3.log", "w", "[1.0] a\n");
	amp_merge_discover(&merge);
	amp_merge_discover(&merge);
	collect(&merge, false, text, sizeof(text));
	assert_string_equal(text, "m3:[1.0] a;");
	amp_merge_close(&merge);
}

static void an_unfinished_line_is_shown_only_if_wanted(void **state)
{
	struct log_merge merge;
	char text[1024];

	put_file(*state, "linux.log", "w", "whole\nlogin: ");
	assert_int_equal(amp_merge_open(&merge, *state, NULL, 0), 0);
	collect(&merge, false, text, sizeof(text));
	assert_string_equal(text, "linux:whole;");
	collect(&merge, true, text, sizeof(text));
	assert_string_equal(text, "linux:login: ;");
	amp_merge_close(&merge);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(lines_come_in_order_of_time),
		T(lines_without_a_stamp_stay_behind_the_line_before),
		T(logs_of_the_flight_before_are_left_out),
		T(one_source_alone_can_be_wanted),
		T(a_log_that_appears_later_is_discovered),
		T(an_unfinished_line_is_shown_only_if_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
