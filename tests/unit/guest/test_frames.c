// SPDX-License-Identifier: GPL-2.0-only
/* The agent's framing: what the relay sends is checked before anything acts on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "guest/agent/frames.h"

static struct amp_frame_in in;
static struct amp_frame_out out;

static int reset(void **state)
{
	(void)state;
	memset(&in, 0, sizeof(in));
	memset(&out, 0, sizeof(out));
	return 0;
}

static void receive(uint8_t type, uint16_t channel, const void *payload, uint32_t len)
{
	uint8_t header[8] = {len & 0xff, len >> 8 & 0xff, len >> 16 & 0xff, len >> 24, type,
	                     0,          channel & 0xff,  channel >> 8};

	memcpy(in.bytes + in.used, header, sizeof(header));
	in.used += sizeof(header);
	if (payload) {
		memcpy(in.bytes + in.used, payload, len);
		in.used += len;
	}
}

static int next(struct amp_frame *frame, const uint8_t **payload)
{
	const char *reason = NULL;
	int result = amp_frame_next(&in, frame, payload, &reason);

	/* a refusal always says why, and nothing else does */
	assert_int_equal(result == -1, reason != NULL);
	return result;
}

static void frames_come_out_as_they_went_in(void **state)
{
	const uint8_t *payload;
	struct amp_frame frame;

	(void)state;
	receive(AMP_FRAME_EXEC, 0x1234, "ls\0-l", 6);
	receive(AMP_FRAME_CLOSE, 1, NULL, 0);
	assert_int_equal(next(&frame, &payload), 1);
	assert_int_equal(frame.type, AMP_FRAME_EXEC);
	assert_int_equal(frame.channel, 0x1234);
	assert_int_equal(frame.len, 6);
	assert_memory_equal(payload, "ls\0-l", 6);
	assert_int_equal(next(&frame, &payload), 1);
	assert_int_equal(frame.type, AMP_FRAME_CLOSE);
	assert_int_equal(next(&frame, &payload), 0);
	amp_frame_compact(&in);
	assert_int_equal(in.used, 0);
}

static void a_frame_waits_for_its_last_byte(void **state)
{
	const uint8_t *payload;
	struct amp_frame frame;
	size_t all;

	(void)state;
	receive(AMP_FRAME_STDIN, 7, "hello", 5);
	all = in.used;
	for (in.used = 0; in.used < all; in.used++)
		assert_int_equal(next(&frame, &payload), 0);
	assert_int_equal(next(&frame, &payload), 1);
	assert_memory_equal(payload, "hello", 5);
}

static void the_longest_frame_fits_into_the_buffer(void **state)
{
	static uint8_t data[AMP_AGENT_PAYLOAD_MAX];
	const uint8_t *payload;
	struct amp_frame frame;

	(void)state;
	receive(AMP_FRAME_STDIN, 1, data, sizeof(data));
	assert_int_equal(next(&frame, &payload), 1);
	assert_int_equal(frame.len, AMP_AGENT_PAYLOAD_MAX);
}

static void bad_frames_are_refused_by_their_header_alone(void **state)
{
	static const struct {
		const char *what;
		uint8_t type;
		uint16_t channel;
		uint32_t len;
	} cases[] = {
		{"too long by one", AMP_FRAME_STDIN, 1, AMP_AGENT_PAYLOAD_MAX + 1},
		{"absurd length", AMP_FRAME_STDIN, 1, UINT32_MAX},
		{"unknown type", 99, 1, 0},
		{"type 0", 0, 1, 0},
		{"a type that only the agent sends", AMP_FRAME_EXIT, 1, 4},
		{"HELLO from the relay", AMP_FRAME_HELLO, 1, 4},
		{"EXEC on the agent's channel", AMP_FRAME_EXEC, 0, 3},
		{"EXEC of nothing", AMP_FRAME_EXEC, 1, 0},
		{"short SIGNAL", AMP_FRAME_SIGNAL, 1, 3},
		{"long SIGNAL", AMP_FRAME_SIGNAL, 1, 5},
		{"empty WINDOW", AMP_FRAME_WINDOW, 1, 0},
		{"CLOSE with data", AMP_FRAME_CLOSE, 1, 1},
	};
	const uint8_t *payload;
	struct amp_frame frame;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		reset(state);
		receive(cases[i].type, cases[i].channel, NULL, cases[i].len);
		if (next(&frame, &payload) != -1)
			fail_msg("accepted: %s", cases[i].what);
	}
}

static void arguments_are_split_at_their_ends(void **state)
{
	char *argv[4];

	(void)state;
	assert_int_equal(amp_frame_argv((const uint8_t *)"echo\0\0a b", 10, argv, 4), 3);
	assert_string_equal(argv[0], "echo");
	assert_string_equal(argv[1], "");
	assert_string_equal(argv[2], "a b");
	assert_null(argv[3]);
}

static void malformed_arguments_are_refused(void **state)
{
	char *argv[4];

	(void)state;
	assert_int_equal(amp_frame_argv((const uint8_t *)"ls", 2, argv, 4), -1);         /* not terminated */
	assert_int_equal(amp_frame_argv((const uint8_t *)"", 0, argv, 4), -1);           /* nothing */
	assert_int_equal(amp_frame_argv((const uint8_t *)"\0a", 3, argv, 4), -1);        /* no name */
	assert_int_equal(amp_frame_argv((const uint8_t *)"a\0b\0c\0d", 8, argv, 4), -1); /* too many */
}

static void output_is_laid_out_little_endian(void **state)
{
	static const uint8_t expected[] = {4, 0, 0, 0, AMP_FRAME_EXIT, 0, 0x34, 0x12, 0x7f, 0, 0, 0};

	(void)state;
	assert_int_equal(amp_frame_room(&out), AMP_AGENT_PAYLOAD_MAX);
	amp_frame_put_le32(&out, AMP_FRAME_EXIT, 0x1234, 127);
	assert_int_equal(out.end - out.start, sizeof(expected));
	assert_memory_equal(out.bytes + out.start, expected, sizeof(expected));
}

static void a_full_output_buffer_has_no_room_until_bytes_leave(void **state)
{
	size_t room, frames = 0;

	(void)state;
	while ((room = amp_frame_room(&out)) > 0) {
		amp_frame_put(&out, AMP_FRAME_STDOUT, 1, room);
		assert_true(out.end <= sizeof(out.bytes));
		frames++;
	}
	assert_true(frames >= 4);
	out.start += AMP_FRAME_MAX;
	assert_int_equal(amp_frame_room(&out), AMP_AGENT_PAYLOAD_MAX);
	assert_int_equal(out.start, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(frames_come_out_as_they_went_in, reset),
		cmocka_unit_test_setup(a_frame_waits_for_its_last_byte, reset),
		cmocka_unit_test_setup(the_longest_frame_fits_into_the_buffer, reset),
		cmocka_unit_test(bad_frames_are_refused_by_their_header_alone),
		cmocka_unit_test(arguments_are_split_at_their_ends),
		cmocka_unit_test(malformed_arguments_are_refused),
		cmocka_unit_test_setup(output_is_laid_out_little_endian, reset),
		cmocka_unit_test_setup(a_full_output_buffer_has_no_room_until_bytes_leave, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
