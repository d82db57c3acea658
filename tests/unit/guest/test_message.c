// SPDX-License-Identifier: GPL-2.0-only
/* Being interrupted while messages come; the other end is a socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "guest/rpmsg/rpmsg.h"

#define MINUTE 60000000000u

static int near, far;

static int up(void **state)
{
	int ends[2];

	(void)state;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends))
		return -1;
	near = ends[0];
	far = ends[1];
	interrupted = 0;
	set_signals();
	tick(true);
	return 0;
}

static int down(void **state)
{
	(void)state;
	tick(false);
	close(near);
	close(far);
	return 0;
}

/* A core that is faster than its reader: no read has to wait, so no signal ends one. */
static void messages_that_never_stop_do_not_keep_signals_out(void **state)
{
	uint64_t deadline = now_ns() + MINUTE;
	char byte = 0;
	int n;

	(void)state;
	kill(getpid(), SIGINT);
	assert_false(interrupted); /* it is blocked */
	do {
		assert_int_equal(send(far, &byte, 1, 0), 1);
		n = receive(near, &byte, 1, deadline);
	} while (n == 1 && now_ns() < deadline);
	assert_int_equal(n, -EINTR);
	assert_true(interrupted);
}

static void a_wait_for_a_message_is_interrupted(void **state)
{
	char byte;

	(void)state;
	kill(getpid(), SIGTERM);
	assert_int_equal(receive(near, &byte, 1, now_ns() + MINUTE), -EINTR);
	assert_true(interrupted);
}

static void a_wait_for_a_message_ends_in_time(void **state)
{
	char byte;

	(void)state;
	assert_int_equal(receive(near, &byte, 1, now_ns() + 1), -ETIMEDOUT);
	assert_false(interrupted);
}

static void a_message_that_is_there_is_not_late(void **state)
{
	char byte = 7;

	(void)state;
	assert_int_equal(send(far, &byte, 1, 0), 1);
	byte = 0;
	assert_int_equal(receive(near, &byte, 1, 0), 1);
	assert_int_equal(byte, 7);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(messages_that_never_stop_do_not_keep_signals_out),
		TEST(a_wait_for_a_message_is_interrupted),
		TEST(a_wait_for_a_message_ends_in_time),
		TEST(a_message_that_is_there_is_not_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
