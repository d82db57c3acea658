// SPDX-License-Identifier: GPL-2.0-only
/* Commands run by the agent: real processes of this machine, and a relay that does what it should or should not. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "guest/agent/agent.h"

#define STEP_MS 10000 /* no step takes long: this ends a test that would hang */

static struct amp_frame_out out;
static struct amp_pollset set;

/* What came back on the channel under test. */
static struct {
	uint8_t output[2 * AMP_AGENT_WINDOW];
	size_t len;
	char error[512];
	size_t error_len;
	uint32_t returned; /* credit for our input */
	bool ended;
	uint32_t status;
} got;

void amp_guest_log(const char *format, ...)
{
	fprintf(stderr, "agent: %s\n", format);
}

static const char *frame(enum amp_frame_type type, uint16_t channel, const void *payload, size_t len)
{
	struct amp_frame f = {.type = type, .channel = channel, .len = (uint32_t)len};

	return amp_exec_frame(&out, &f, payload);
}

static const char *frame_le32(enum amp_frame_type type, uint16_t channel, uint32_t value)
{
	uint8_t payload[4] = {value & 0xff, value >> 8 & 0xff, value >> 16 & 0xff, value >> 24};

	return frame(type, channel, payload, sizeof(payload));
}

static void shell(uint16_t channel, const char *script)
{
	char argv[256];
	int n = snprintf(argv, sizeof(argv), "/bin/sh%c-c%c%s", 0, 0, script);

	assert_null(frame(AMP_FRAME_EXEC, channel, argv, (size_t)n + 1));
}

/* Take everything out of the buffer, as the relay would. */
static void take_output(void)
{
	while (out.start < out.end) {
		struct amp_frame f;
		const uint8_t *payload;

		memcpy(&f, out.bytes + out.start, sizeof(f));
		payload = out.bytes + out.start + sizeof(f);
		out.start += sizeof(f) + f.len;
		switch (f.type) {
		case AMP_FRAME_STDOUT:
			assert_true(got.len + f.len <= sizeof(got.output));
			memcpy(got.output + got.len, payload, f.len);
			got.len += f.len;
			break;
		case AMP_FRAME_STDERR:
			assert_true(got.error_len + f.len < sizeof(got.error));
			memcpy(got.error + got.error_len, payload, f.len);
			got.error_len += f.len;
			break;
		case AMP_FRAME_WINDOW:
			got.returned += amp_frame_le32(payload);
			break;
		case AMP_FRAME_EXIT:
			assert_false(got.ended);
			got.ended = true;
			got.status = amp_frame_le32(payload);
			break;
		default:
			fail_msg("frame type %u", f.type);
		}
	}
}

/* One turn of the agent's loop. @return false if nothing happened for `ms` */
static bool turn(int ms)
{
	size_t before = got.len;

	amp_exec_work(&out);
	take_output();
	if (got.ended || got.len > before)
		return true;
	set.count = 0;
	amp_exec_poll(&out, &set);
	return poll(set.fds, set.count, ms) > 0;
}

static void run_to_its_end(void)
{
	while (!got.ended)
		assert_true(turn(STEP_MS));
}

static int setup(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	memset(&out, 0, sizeof(out));
	memset(&got, 0, sizeof(got));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	amp_exec_reset();
	return 0;
}

static void output_error_and_status_come_back(void **state)
{
	(void)state;
	shell(1, "echo out; echo err >&2; exit 42");
	run_to_its_end();
	assert_int_equal(got.status, 42);
	assert_memory_equal(got.output, "out\n", 4);
	assert_string_equal(got.error, "err\n");
}

static void a_command_killed_by_a_signal_has_status_128_and_more(void **state)
{
	(void)state;
	shell(1, "kill -TERM $$");
	run_to_its_end();
	assert_int_equal(got.status, 128 + SIGTERM);
}

static void a_command_that_does_not_exist_has_status_127_and_says_so(void **state)
{
	(void)state;
	assert_null(frame(AMP_FRAME_EXEC, 1, "/no/such/command", 17));
	run_to_its_end();
	assert_int_equal(got.status, 127);
	assert_non_null(strstr(got.error, "/no/such/command"));
}

static void a_file_that_is_no_command_has_status_126(void **state)
{
	(void)state;
	assert_null(frame(AMP_FRAME_EXEC, 1, "/etc/passwd", 12));
	run_to_its_end();
	assert_int_equal(got.status, 126);
}

static void input_reaches_the_command_and_its_credit_comes_back(void **state)
{
	static uint8_t data[100000];

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7);
	shell(1, "cat");
	assert_null(frame(AMP_FRAME_STDIN, 1, data, sizeof(data)));
	assert_null(frame(AMP_FRAME_STDIN, 1, NULL, 0));
	run_to_its_end();
	assert_int_equal(got.status, 0);
	assert_int_equal(got.len, sizeof(data));
	assert_memory_equal(got.output, data, sizeof(data));
	assert_int_equal(got.returned, sizeof(data));
}

static void input_that_the_command_does_not_read_is_credited_too(void **state)
{
	static uint8_t data[100000];

	(void)state;
	shell(1, "exec <&-; read x <&2; exit 3");
	assert_null(frame(AMP_FRAME_STDIN, 1, data, sizeof(data)));
	while (got.returned < sizeof(data) && !got.ended)
		assert_true(turn(STEP_MS));
	assert_null(frame(AMP_FRAME_CLOSE, 1, NULL, 0));
	run_to_its_end();
}

static void output_stops_at_the_window_and_goes_on_with_credit(void **state)
{
	(void)state;
	shell(1, "head -c 300000 /dev/zero");
	while (turn(500))
		;
	assert_false(got.ended);
	assert_int_equal(got.len, AMP_AGENT_WINDOW);
	assert_null(frame_le32(AMP_FRAME_WINDOW, 1, 1000));
	while (turn(500))
		;
	assert_int_equal(got.len, AMP_AGENT_WINDOW + 1000);
	assert_null(frame_le32(AMP_FRAME_WINDOW, 1, AMP_AGENT_WINDOW));
	run_to_its_end();
	assert_int_equal(got.len, 300000);
}

static void a_process_left_behind_does_not_delay_the_exit(void **state)
{
	(void)state;
	shell(1, "sleep 5 & echo started");
	run_to_its_end();
	assert_int_equal(got.status, 0);
	assert_memory_equal(got.output, "started\n", 8);
}

static void signals_reach_the_whole_process_group(void **state)
{
	(void)state;
	shell(1, "sh -c 'echo ready; exec sleep 60' | cat");
	while (got.len < 6)
		assert_true(turn(STEP_MS));
	assert_null(frame_le32(AMP_FRAME_SIGNAL, 1, SIGINT));
	run_to_its_end();
	assert_int_equal(got.status, 128 + SIGINT);
}

static void close_kills_and_still_reports_the_exit(void **state)
{
	(void)state;
	shell(1, "trap '' TERM INT HUP; while :; do echo x; done");
	while (got.len < AMP_AGENT_WINDOW)
		assert_true(turn(STEP_MS));
	assert_null(frame(AMP_FRAME_CLOSE, 1, NULL, 0));
	run_to_its_end();
	assert_int_equal(got.status, 128 + SIGKILL);
}

static void a_channel_can_be_used_again_after_the_exit(void **state)
{
	(void)state;
	shell(1, "exit 1");
	run_to_its_end();
	memset(&got, 0, sizeof(got));
	shell(1, "exit 2");
	run_to_its_end();
	assert_int_equal(got.status, 2);
}

static void frames_that_cross_the_exit_are_ignored(void **state)
{
	(void)state;
	assert_null(frame(AMP_FRAME_STDIN, 9, "x", 1));
	assert_null(frame_le32(AMP_FRAME_SIGNAL, 9, 9));
	assert_null(frame_le32(AMP_FRAME_WINDOW, 9, 1));
	assert_null(frame(AMP_FRAME_CLOSE, 9, NULL, 0));
}

static void a_relay_that_breaks_the_protocol_is_told_apart(void **state)
{
	static uint8_t data[AMP_AGENT_WINDOW + 1];

	(void)state;
	assert_non_null(frame(AMP_FRAME_EXEC, 1, "no end", 6));
	shell(1, "sleep 60");
	assert_non_null(frame(AMP_FRAME_EXEC, 1, "ls", 3));             /* channel in use */
	assert_non_null(frame_le32(AMP_FRAME_SIGNAL, 1, 0));            /* no signal */
	assert_non_null(frame_le32(AMP_FRAME_SIGNAL, 1, 65));           /* no signal either */
	assert_non_null(frame_le32(AMP_FRAME_WINDOW, 1, 1));            /* credit for nothing */
	assert_non_null(frame(AMP_FRAME_STDIN, 1, data, sizeof(data))); /* beyond the window */
	assert_null(frame(AMP_FRAME_STDIN, 1, NULL, 0));
	assert_non_null(frame(AMP_FRAME_STDIN, 1, "x", 1)); /* after the end */
}

static void one_command_too_many_is_refused_and_the_others_go_on(void **state)
{
	(void)state;
	for (uint16_t channel = 1; channel <= AMP_AGENT_COMMANDS; channel++)
		shell(channel, "sleep 60");
	take_output();
	assert_false(got.ended);
	shell(AMP_AGENT_COMMANDS + 1, "true");
	take_output();
	assert_true(got.ended);
	assert_int_equal(got.status, 126);
	assert_non_null(strstr(got.error, "too many"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(output_error_and_status_come_back),
		TEST(a_command_killed_by_a_signal_has_status_128_and_more),
		TEST(a_command_that_does_not_exist_has_status_127_and_says_so),
		TEST(a_file_that_is_no_command_has_status_126),
		TEST(input_reaches_the_command_and_its_credit_comes_back),
		TEST(input_that_the_command_does_not_read_is_credited_too),
		TEST(output_stops_at_the_window_and_goes_on_with_credit),
		TEST(a_process_left_behind_does_not_delay_the_exit),
		TEST(signals_reach_the_whole_process_group),
		TEST(close_kills_and_still_reports_the_exit),
		TEST(a_channel_can_be_used_again_after_the_exit),
		TEST(frames_that_cross_the_exit_are_ignored),
		TEST(a_relay_that_breaks_the_protocol_is_told_apart),
		TEST(one_command_too_many_is_refused_and_the_others_go_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
