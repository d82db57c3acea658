// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "relay/linux/agent_frame.h"

static struct frame_reader reader;
static char seen[4096];
static unsigned int lost;
static uint8_t refuse_type;

static int fresh(void **state)
{
	(void)state;
	memset(&reader, 0, sizeof(reader));
	seen[0] = '\0';
	lost = 0;
	refuse_type = 0;
	return 0;
}

static bool on_frame(void *userdata, const struct amp_frame *frame, const uint8_t *payload)
{
	size_t used = strlen(seen);

	(void)userdata;
	(void)payload;
	if (frame->type == refuse_type)
		return false;
	snprintf(seen + used, sizeof(seen) - used, "%u:%u:%u ", frame->type, frame->channel, frame->len);
	return true;
}

static void on_lost(void *userdata)
{
	(void)userdata;
	lost++;
}

static void read_bytes(const void *bytes, size_t len)
{
	static const struct frame_ops ops = {.on_frame = on_frame, .on_lost = on_lost};

	amp_frame_read(&reader, bytes, len, &ops, NULL);
}

static size_t put(uint8_t *out, enum amp_frame_type type, uint16_t channel, uint32_t len)
{
	static const uint8_t payload[AMP_AGENT_PAYLOAD_MAX];

	return amp_frame_write(out, type, channel, payload, len);
}

static size_t put_hello(uint8_t *out)
{
	return amp_frame_write(out, AMP_FRAME_HELLO, 0, "\1\0\0\0", 4);
}

static void frames_come_out_however_the_bytes_come_in(void **state)
{
	uint8_t bytes[256];
	size_t len = put_hello(bytes);

	(void)state;
	len += put(bytes + len, AMP_FRAME_STDOUT, 7, 100);
	len += put(bytes + len, AMP_FRAME_KMSG, 0, 0);
	len += put(bytes + len, AMP_FRAME_EXIT, 7, 4);
	for (size_t piece = 1; piece <= len; piece++) {
		fresh(NULL);
		for (size_t at = 0; at < len; at += piece)
			read_bytes(bytes + at, len - at < piece ? len - at : piece);
		assert_string_equal(seen, "16:0:4 17:7:100 20:0:0 19:7:4 ");
		assert_int_equal(lost, 0);
	}
}

static void the_largest_frame_fits(void **state)
{
	static uint8_t bytes[2 * (sizeof(struct amp_frame) + AMP_AGENT_PAYLOAD_MAX) + 64];
	size_t len = put_hello(bytes);

	(void)state;
	len += put(bytes + len, AMP_FRAME_STDERR, 65535, AMP_AGENT_PAYLOAD_MAX);
	len += put(bytes + len, AMP_FRAME_STDERR, 1, AMP_AGENT_PAYLOAD_MAX);
	read_bytes(bytes, len);
	assert_string_equal(seen, "16:0:4 18:65535:16384 18:1:16384 ");
}

static void nothing_counts_before_hello(void **state)
{
	uint8_t bytes[128];
	size_t len = put(bytes, AMP_FRAME_STDOUT, 1, 10);

	(void)state;
	read_bytes(bytes, len);
	assert_string_equal(seen, "");
	len = put_hello(bytes);
	read_bytes(bytes, len);
	assert_string_equal(seen, "16:0:4 ");
}

static void a_bad_header_loses_step_until_the_next_hello(void **state)
{
	static const struct amp_frame bad[] = {
		{.len = AMP_AGENT_PAYLOAD_MAX + 1, .type = AMP_FRAME_STDOUT, .channel = 1},
		{.len = UINT32_MAX, .type = AMP_FRAME_STDOUT, .channel = 1},
		{.len = 0, .type = 0, .channel = 1},
		{.len = 0, .type = AMP_FRAME_EXEC, .channel = 1},
		{.len = 0, .type = AMP_FRAME_BOOT + 1, .channel = 1},
		{.len = 0, .type = 255, .channel = 1},
		{.len = 0, .type = AMP_FRAME_STDOUT, .reserved = 1, .channel = 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint8_t bytes[128];
		size_t len = put_hello(bytes);

		fresh(NULL);
		memcpy(bytes + len, &bad[i], sizeof(bad[i]));
		len += sizeof(bad[i]);
		len += put(bytes + len, AMP_FRAME_STDOUT, 1, 5); /* not believed any more */
		len += put_hello(bytes + len);
		len += put(bytes + len, AMP_FRAME_KMSG, 0, 3);
		read_bytes(bytes, len);
		assert_string_equal(seen, "16:0:4 16:0:4 20:0:3 ");
		assert_int_equal(lost, 1);
	}
}

static void a_refused_frame_loses_step(void **state)
{
	uint8_t bytes[128];
	size_t len = put_hello(bytes);

	(void)state;
	refuse_type = AMP_FRAME_EXIT;
	len += put(bytes + len, AMP_FRAME_EXIT, 3, 4);
	len += put(bytes + len, AMP_FRAME_STDOUT, 1, 5);
	read_bytes(bytes, len);
	assert_int_equal(lost, 1);
	assert_string_equal(seen, "16:0:4 ");
}

static void a_refused_hello_is_not_offered_again(void **state)
{
	uint8_t bytes[16];

	(void)state;
	refuse_type = AMP_FRAME_HELLO;
	read_bytes(bytes, put_hello(bytes));
	assert_int_equal(lost, 1);
	assert_string_equal(seen, "");
}

static void an_agent_that_died_in_a_frame_is_heard_again(void **state)
{
	uint8_t bytes[256];
	size_t len = put_hello(bytes);

	(void)state;
	put(bytes + len, AMP_FRAME_STDOUT, 1, 100);
	len += 8 + 20; /* the rest was never sent */
	len += put_hello(bytes + len);
	read_bytes(bytes, len);
	assert_string_equal(seen, "16:0:4 ");
	amp_frame_lose_step(&reader); /* QEMU says that the port was closed */
	read_bytes(NULL, 0);
	assert_string_equal(seen, "16:0:4 16:0:4 ");
}

static void noise_is_survived(void **state)
{
	static uint8_t noise[65536];
	uint8_t bytes[64];
	size_t len = put_hello(bytes);

	(void)state;
	srand(4711);
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)rand();
	for (int i = 0; i < 20; i++) {
		read_bytes(bytes, len);
		read_bytes(noise, sizeof(noise) - (size_t)i);
	}
	fresh(NULL);
	read_bytes(bytes, len);
	assert_string_equal(seen, "16:0:4 ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(frames_come_out_however_the_bytes_come_in, fresh),
		cmocka_unit_test_setup(the_largest_frame_fits, fresh),
		cmocka_unit_test_setup(nothing_counts_before_hello, fresh),
		cmocka_unit_test_setup(a_bad_header_loses_step_until_the_next_hello, fresh),
		cmocka_unit_test_setup(a_refused_frame_loses_step, fresh),
		cmocka_unit_test_setup(a_refused_hello_is_not_offered_again, fresh),
		cmocka_unit_test_setup(an_agent_that_died_in_a_frame_is_heard_again, fresh),
		cmocka_unit_test_setup(noise_is_survived, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
