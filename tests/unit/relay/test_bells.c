// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "relay/core/bells.h"

#define IDS 4

static struct bells bells;
static int remote; /* the core's end of the UART */

static int power_on(void **state)
{
	int pair[2];

	(void)state;
	if (amp_bells_init(&bells, IDS) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		return -1;
	fcntl(pair[0], F_SETFL, O_NONBLOCK);
	fcntl(pair[1], F_SETFL, O_NONBLOCK);
	remote = pair[1];
	amp_bells_power_on(&bells, pair[0]);
	bells.linux_hears = true;
	return 0;
}

static int power_off(void **state)
{
	(void)state;
	if (remote >= 0)
		close(remote);
	amp_bells_close(&bells);
	return 0;
}

static uint64_t interrupts(uint32_t vector)
{
	uint64_t count = 0;

	return read(bells.to_host[vector], &count, sizeof(count)) == sizeof(count) ? count : 0;
}

/* Rings id 0 and 1 in turn until the socket is full. */
static unsigned int fill_uart(void)
{
	unsigned int n = 0;

	while (!amp_bells_ring_remote(&bells, (uint8_t)(n & 1)))
		n++;
	return n;
}

static void a_kick_of_linux_is_one_byte_to_the_core(void **state)
{
	uint8_t bytes[8];

	(void)state;
	assert_false(amp_bells_ring_remote(&bells, 3));
	assert_int_equal(read(remote, bytes, sizeof(bytes)), 1);
	assert_int_equal(bytes[0], 3);
	assert_int_equal(bells.to_remote_count[3], 1);
}

static void many_kicks_in_one_reception_are_one_interrupt_each(void **state)
{
	struct bell_news news;

	(void)state;
	assert_int_equal(write(remote, "\0\1\0\1\0\0\0", 7), 7);
	amp_bells_receive(&bells, &news);
	assert_int_equal(news.notify, 3);
	assert_int_equal(interrupts(AMP_VECTOR_NOTIFY(0)), 1);
	assert_int_equal(interrupts(AMP_VECTOR_NOTIFY(1)), 1);
	assert_int_equal(interrupts(AMP_VECTOR_NOTIFY(2)), 0);
	assert_int_equal(interrupts(AMP_VECTOR_CONTROL), 0);
	assert_int_equal(bells.to_host_count[0], 1);
}

static void kicks_for_the_relay_as_the_host_are_told_and_counted_and_do_not_interrupt_linux(void **state)
{
	struct bell_news news;

	(void)state;
	bells.linux_hears = false;
	assert_int_equal(write(remote, "\0\1\1", 3), 3);
	amp_bells_receive(&bells, &news);
	assert_int_equal(news.notify, 3);
	assert_int_equal(bells.to_host_count[1], 1);
	assert_int_equal(interrupts(AMP_VECTOR_NOTIFY(0)), 0);
	assert_int_equal(interrupts(AMP_VECTOR_NOTIFY(1)), 0);
	/* Linux still talks to the controller */
	amp_bells_ring_host(&bells, AMP_VECTOR_CONTROL);
	assert_int_equal(interrupts(AMP_VECTOR_CONTROL), 1);
}

static void control_bytes_are_told_and_interrupt_nobody(void **state)
{
	const uint8_t bytes[] = {AMP_DB_BOOT, AMP_DB_READY, AMP_DB_CRASH};
	struct bell_news news;

	(void)state;
	assert_int_equal(write(remote, bytes, sizeof(bytes)), 3);
	amp_bells_receive(&bells, &news);
	assert_int_equal(news.control, BELL_NEWS(AMP_DB_BOOT) | BELL_NEWS(AMP_DB_READY) | BELL_NEWS(AMP_DB_CRASH));
	assert_int_equal(news.notify, 0);
	for (uint32_t v = 0; v <= IDS; v++)
		assert_int_equal(interrupts(v), 0);
}

static void bytes_without_a_meaning_are_counted_and_dropped(void **state)
{
	const uint8_t bytes[] = {IDS, 0x3f, 0x40, 0x7f, 0x80, 0x81, 0xbf, 0xcc, 0xff};
	struct bell_news news;

	(void)state;
	assert_int_equal(write(remote, bytes, sizeof(bytes)), sizeof(bytes));
	amp_bells_receive(&bells, &news);
	assert_int_equal(news.invalid, sizeof(bytes));
	assert_int_equal(news.notify, 0);
	assert_int_equal(news.control, 0);
	assert_int_equal(bells.invalid, sizeof(bytes));
}

static void a_full_uart_leaves_one_pending_bit_for_many_kicks(void **state)
{
	unsigned int sent = fill_uart();

	(void)state;
	assert_true(sent > 100);
	for (int i = 0; i < 1000; i++) {
		assert_true(amp_bells_ring_remote(&bells, 2));
		assert_true(amp_bells_ring_remote(&bells, 3));
	}
	assert_int_equal(bells.pending_notify & 0xc, 0xc);
	assert_int_equal(bells.coalesced, 1998);
}

static void what_is_pending_is_sent_when_the_core_reads_again(void **state)
{
	uint8_t bytes[4096];
	size_t total = 0, twos = 0;
	ssize_t n;

	(void)state;
	fill_uart();
	amp_bells_ring_remote(&bells, 2);
	amp_bells_ring_remote(&bells, AMP_DB_SHUTDOWN);
	assert_true(amp_bells_flush(&bells)); /* still full */
	while ((n = read(remote, bytes, sizeof(bytes))) > 0)
		total += (size_t)n;
	assert_false(amp_bells_flush(&bells));
	n = read(remote, bytes, sizeof(bytes));
	assert_in_range(n, 2, 4);
	assert_int_equal(bytes[0], AMP_DB_SHUTDOWN); /* before any kick */
	for (ssize_t i = 0; i < n; i++)
		twos += bytes[i] == 2;
	assert_int_equal(twos, 1);
	assert_true(total > 100);
	assert_false(amp_bells_ring_remote(&bells, 2));
}

static void kicks_for_a_core_that_is_off_are_dropped(void **state)
{
	(void)state;
	fill_uart();
	amp_bells_power_off(&bells);
	assert_false(amp_bells_ring_remote(&bells, 0));
	assert_false(amp_bells_flush(&bells));
	assert_int_equal(bells.pending_notify, 0);
}

static void a_core_that_is_gone_is_told_and_kills_nobody(void **state)
{
	struct bell_news news;

	(void)state;
	close(remote);
	remote = -1;
	amp_bells_ring_remote(&bells, 0); /* no SIGPIPE */
	amp_bells_receive(&bells, &news);
	assert_true(news.closed);
}

static void a_flood_is_read_in_bounded_pieces(void **state)
{
	uint8_t flood[4096] = {0};
	struct bell_news news;
	int turns = 0;

	(void)state;
	assert_int_equal(write(remote, flood, sizeof(flood)), sizeof(flood));
	do {
		amp_bells_receive(&bells, &news);
		turns++;
	} while (news.more);
	assert_true(turns >= 16);
	assert_int_equal(interrupts(AMP_VECTOR_NOTIFY(0)), bells.to_host_count[0]);
}

static void a_new_life_starts_without_old_kicks(void **state)
{
	int pair[2];
	uint8_t byte;

	(void)state;
	fill_uart();
	amp_bells_power_off(&bells);
	close(remote);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	remote = pair[1];
	amp_bells_power_on(&bells, pair[0]);
	assert_int_equal(read(remote, &byte, 1), -1);
	assert_int_equal(bells.to_remote_count[0], 0);
}

static void a_fault_is_of_one_kick_to_the_core(void **state)
{
	static const struct {
		enum bell_fault fault;
		size_t count;
		const char *bytes;
	} faults[] = {{BELL_LOSE, 1, "\2"}, {BELL_DOUBLE, 3, "\2\2\2"}, {BELL_CROSS, 2, "\3\2"}};
	char bytes[8];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		bells.to_remote_fault = faults[i].fault;
		amp_bells_ring_remote(&bells, 2);
		amp_bells_ring_remote(&bells, 2); /* sound again */
		assert_int_equal(read(remote, bytes, sizeof(bytes)), faults[i].count);
		assert_memory_equal(bytes, faults[i].bytes, faults[i].count);
	}
	bells.to_remote_fault = BELL_LOSE;
	amp_bells_ring_remote(&bells, AMP_DB_SHUTDOWN); /* no kick */
	assert_int_equal(read(remote, bytes, sizeof(bytes)), 1);
}

static void a_fault_is_of_one_kick_to_the_host(void **state)
{
	static const struct {
		enum bell_fault fault;
		uint64_t its, other;
	} faults[] = {{BELL_LOSE, 1, 0}, {BELL_DOUBLE, 3, 0}, {BELL_CROSS, 1, 1}};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		bells.to_host_fault = faults[i].fault;
		amp_bells_ring_host(&bells, AMP_VECTOR_CONTROL); /* no kick */
		amp_bells_ring_host(&bells, AMP_VECTOR_NOTIFY(2));
		amp_bells_ring_host(&bells, AMP_VECTOR_NOTIFY(2)); /* sound again */
		assert_int_equal(interrupts(AMP_VECTOR_CONTROL), 1);
		assert_int_equal(interrupts(AMP_VECTOR_NOTIFY(2)), faults[i].its);
		assert_int_equal(interrupts(AMP_VECTOR_NOTIFY(3)), faults[i].other);
	}
}

int main(void)
{
#define TEST(claim) cmocka_unit_test_setup_teardown(claim, power_on, power_off)
	const struct CMUnitTest tests[] = {
		TEST(a_kick_of_linux_is_one_byte_to_the_core),
		TEST(many_kicks_in_one_reception_are_one_interrupt_each),
		TEST(kicks_for_the_relay_as_the_host_are_told_and_counted_and_do_not_interrupt_linux),
		TEST(control_bytes_are_told_and_interrupt_nobody),
		TEST(bytes_without_a_meaning_are_counted_and_dropped),
		TEST(a_full_uart_leaves_one_pending_bit_for_many_kicks),
		TEST(what_is_pending_is_sent_when_the_core_reads_again),
		TEST(kicks_for_a_core_that_is_off_are_dropped),
		TEST(a_core_that_is_gone_is_told_and_kills_nobody),
		TEST(a_flood_is_read_in_bounded_pieces),
		TEST(a_new_life_starts_without_old_kicks),
		TEST(a_fault_is_of_one_kick_to_the_core),
		TEST(a_fault_is_of_one_kick_to_the_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
