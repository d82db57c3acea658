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
	put_file(*state, "events.jsonl", "w",
	         "{\"ev\":\"host.start\",\"t\":100000000000}\n"); /* Linux's clock begins */
	put_file(*state, "kernel.log", "w", "[    0.700000] k1\n[    2.500000] k2\n");
	assert_int_equal(amp_merge_open(&merge, *state, NULL), 0);
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
	assert_int_equal(amp_merge_open(&merge, *state, NULL), 0);
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
	assert_int_equal(amp_merge_open(&merge, *state, NULL), 0);
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
	assert_int_equal(amp_merge_open(&merge, *state, "relay"), 0);
	collect(&merge, true, text, sizeof(text));
	assert_string_equal(text, "relay:[2.0] r;");
	amp_merge_close(&merge);
}

static void a_log_that_appears_later_is_discovered(void **state)
{
	struct log_merge merge;
	char text[1024];

	assert_int_equal(amp_merge_open(&merge, *state, NULL), 0);
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
	assert_int_equal(amp_merge_open(&merge, *state, NULL), 0);
	collect(&merge, false, text, sizeof(text));
	assert_string_equal(text, "linux:whole;");
	collect(&merge, true, text, sizeof(text));
	assert_string_equal(text, "linux:login: ;");
	amp_merge_close(&merge);
}

/* Where the lines are on the host's clock, in ms, and their texts. */
static void collect_times(struct log_merge *merge, char *out, size_t size)
{
	struct log_source *source;

	out[0] = '\0';
	while ((source = amp_merge_next(merge, true))) {
		snprintf(out + strlen(out), size - strlen(out), "%.3f±%.3f %s;", source->stamp * 1e3,
		         source->error < 0 ? -1 : source->error * 1e3, source->text);
		source->line = NULL;
	}
}

#define CLOCK(of, epoch, began, from, offset, error)                                             \
	"{\"t\":1,\"ev\":\"clock.set\",\"of\":\"" of "\",\"epoch\":" #epoch ",\"began\":" #began \
	"000000,\"from\":" #from ",\"offset\":" #offset "000000,\"error\":" #error "000}\n"

static void lines_stand_where_their_own_clocks_put_them(void **state)
{
	struct log_merge merge;
	char text[1024];

	put_file(*state, "events.jsonl", "w",
	         "{\"t\":1000000000,\"ev\":\"lab.up\"}\n" CLOCK("m3", 1, 1000, 0, 1010, 900)
	                 CLOCK("m3", 1, 1000, 0, 1020, 30) CLOCK("linux", 1, 1000, 0, 1005, 20));
	/* received later than it was said: the relay had other things to do */
	put_file(*state, "m3.log", "w", "[ 1.090] [ 0.050] said first\n[ 1.091] [ 0.070] then\n");
	put_file(*state, "kernel.log", "w", "[ 0.066] between\n");
	put_file(*state, "relay.log", "w", "[ 1.100] [mine] last\n");
	assert_int_equal(amp_merge_open(&merge, *state, NULL), 0);
	collect_times(&merge, text, sizeof(text));
	assert_string_equal(text, "1070.000±0.030 said first;1071.000±0.020 between;1090.000±0.030 then;"
	                          "1100.000±0.000 [mine] last;");
	amp_merge_close(&merge);
}

static void each_life_has_its_clock_and_a_clock_that_stood_still_its_stretches(void **state)
{
	struct log_merge merge;
	char text[1024];

	put_file(*state, "events.jsonl", "w",
	         "{\"t\":1000000000,\"ev\":\"lab.up\"}\n" CLOCK("m3", 1, 1000, 0, 1010, 1)
	                 CLOCK("m3", 1, 1000, 500000000, 1400, 1) CLOCK("m3", 2, 3000, 0, 3010, 1));
	put_file(*state, "m3.log", "w",
	         "[ 1.6] [ 0.499] before\n[ 1.95] [ 0.501] after\n[ 3.02] [ 0.002] second life\n");
	assert_int_equal(amp_merge_open(&merge, *state, NULL), 0);
	collect_times(&merge, text, sizeof(text));
	assert_string_equal(text, "1509.000±0.001 before;1901.000±0.001 after;3012.000±0.001 second life;");
	amp_merge_close(&merge);
}

static void linux_boots_again_in_its_log(void **state)
{
	struct log_merge merge;
	char text[1024];

	put_file(*state, "events.jsonl", "w",
	         "{\"t\":1000000000,\"ev\":\"lab.up\"}\n{\"t\":1500000000,\"ev\":\"host.start\"}\n"
	         "{\"t\":9000000000,\"ev\":\"host.reset\",\"resets\":1}\n" CLOCK("linux", 2, 9000, 0, 9100, 5));
	put_file(*state, "kernel.log", "w", "[ 0.1] one\n[ restart ] Linux boots again\n[ 0.1] two\n");
	assert_int_equal(amp_merge_open(&merge, *state, NULL), 0);
	collect_times(&merge, text, sizeof(text));
	assert_string_equal(text, "1600.000±-1.000 one;9100.000±0.005 Linux boots again;9200.000±0.005 two;");
	amp_merge_close(&merge);
}

static void a_core_that_lies_is_put_where_the_relay_heard_it(void **state)
{
	struct log_merge merge;
	char text[1024];

	put_file(*state, "events.jsonl", "w",
	         "{\"t\":1000000000,\"ev\":\"lab.up\"}\n" CLOCK("m3", 1, 1000, 0, 1010, 1));
	put_file(*state, "m3.log", "w",
	         "[ 1.1] [ 99.0] from the future\n[ 1.2] [ -50] before the lab\n[ 1.3] [nan] no number\n"
	         "[ 1.4] [ 1e999] no time\n[ 1.5] [\n");
	assert_int_equal(amp_merge_open(&merge, *state, NULL), 0);
	collect_times(&merge, text, sizeof(text));
	assert_string_equal(text, "1100.000±-1.000 from the future;1200.000±-1.000 [ -50] before the lab;"
	                          "1300.000±-1.000 [nan] no number;1400.000±-1.000 [ 1e999] no time;"
	                          "1500.000±-1.000 [;");
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
		T(lines_stand_where_their_own_clocks_put_them),
		T(each_life_has_its_clock_and_a_clock_that_stood_still_its_stretches),
		T(linux_boots_again_in_its_log),
		T(a_core_that_lies_is_put_where_the_relay_heard_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
