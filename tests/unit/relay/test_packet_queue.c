// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "relay/control/packet_queue.h"

static struct packet_queue queue;
static int relay, client;
static size_t sent;

static int connect_pair(void **state)
{
	int pair[2];

	(void)state;
	amp_packets_init(&queue);
	sent = 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair) < 0)
		return -1;
	relay = pair[0];
	client = pair[1];
	return 0;
}

static int close_pair(void **state)
{
	(void)state;
	amp_packets_free(&queue);
	close(relay);
	if (client >= 0)
		close(client);
	return 0;
}

/* Sends numbered packets until one has to wait. @return how many */
static unsigned int fill(void)
{
	char data[1024] = {0};
	unsigned int n;

	for (n = 0; !amp_packets_waiting(&queue); n++) {
		memcpy(data, &n, sizeof(n));
		assert_true(amp_packets_send(&queue, relay, 'O', data, sizeof(data), &sent));
	}
	return n;
}

static void a_packet_has_its_type_and_payload(void **state)
{
	char packet[16];

	(void)state;
	assert_true(amp_packets_send(&queue, relay, 'J', "{}", 2, &sent));
	assert_true(amp_packets_send(&queue, relay, 'O', NULL, 0, &sent));
	assert_int_equal(recv(client, packet, sizeof(packet), 0), 3);
	assert_memory_equal(packet, "J{}", 3);
	assert_int_equal(recv(client, packet, sizeof(packet), 0), 1);
	assert_int_equal(sent, 0); /* no payload of 'O' or 'E' */
}

static void no_packet_overtakes_one_that_waits(void **state)
{
	unsigned int n = fill(), number;
	char packet[2048];

	(void)state;
	/* now there is room, but also a queue */
	assert_int_equal(recv(client, packet, sizeof(packet), 0), 1025);
	assert_int_equal(recv(client, packet, sizeof(packet), 0), 1025);
	memset(packet, 0, sizeof(packet));
	memcpy(packet, &n, sizeof(n));
	assert_true(amp_packets_send(&queue, relay, 'O', packet, 1024, &sent));
	for (unsigned int expected = 2; expected <= n; expected++) {
		assert_true(amp_packets_flush(&queue, relay, &sent));
		assert_int_equal(recv(client, packet, sizeof(packet), 0), 1025);
		memcpy(&number, packet + 1, sizeof(number));
		assert_int_equal(number, expected);
	}
	assert_false(amp_packets_waiting(&queue));
	assert_int_equal(queue.bytes, 0);
}

static void what_left_is_counted_once(void **state)
{
	unsigned int n = fill();
	char packet[2048];

	(void)state;
	assert_int_equal(sent, (n - 1) * 1024);
	assert_int_equal(queue.bytes, 1024);
	while (recv(client, packet, sizeof(packet), 0) > 0)
		;
	assert_true(amp_packets_flush(&queue, relay, &sent));
	assert_int_equal(sent, n * 1024);
}

static void a_client_that_is_gone_is_noticed(void **state)
{
	(void)state;
	fill();
	close(client);
	client = -1;
	assert_false(amp_packets_flush(&queue, relay, &sent));
}

int main(void)
{
#define TEST(claim) cmocka_unit_test_setup_teardown(claim, connect_pair, close_pair)
	const struct CMUnitTest tests[] = {
		TEST(a_packet_has_its_type_and_payload),
		TEST(no_packet_overtakes_one_that_waits),
		TEST(what_left_is_counted_once),
		TEST(a_client_that_is_gone_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
