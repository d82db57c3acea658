// SPDX-License-Identifier: GPL-2.0-only
/* Calls that wait for their answer, against a server that the tests play: rpmsg_retarget.h. */
#include "link_fixture.h"

#include <openamp/rpmsg_retarget.h>

#include <metal/errno.h>
#include <metal/log.h>
#include <metal/time.h>

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define CLIENT_ADDR 2000u

static struct fixture *fixture;
static struct rpmsg_rpc_data rpc;
static struct box server; /* on the host, which the tests play */
static unsigned int shutdowns, polls;

/* What the server does when it is polled the next time. */
static void (*next_act)(void);

static int play(void *arg)
{
	void (*act)(void) = next_act;

	assert_ptr_equal(arg, &polls);
	polls++;
	fixture_poll(&fixture->host);
	if (act && server.count) {
		next_act = NULL;
		server.count = 0;
		act();
	}
	fixture_poll(&fixture->remote);
	return 0;
}

static void shut_down(struct rpmsg_rpc_data *data)
{
	assert_ptr_equal(data, &rpc);
	shutdowns++;
}

static void answer(uint32_t id, int field1, const char *data)
{
	struct {
		struct rpmsg_rpc_syscall head;
		char data[16];
	} msg;
	size_t len = data ? strlen(data) : 0;

	memset(&msg, 0, sizeof(msg));
	msg.head.id = id;
	msg.head.args.int_field1 = field1;
	msg.head.args.data_len = (uint32_t)len;
	if (len)
		memcpy(msg.data, data, len);
	assert_true(rpmsg_send(&server.ept, &msg, (int)(sizeof(msg.head) + len)) > 0);
}

static int start(void **state)
{
	metal_set_log_level(METAL_LOG_ERROR);
	fixture_up(state);
	fixture = *state;
	shutdowns = 0;
	polls = 0;
	next_act = NULL;
	box_open(&server, &fixture->host, NULL, DEFAULT_PROXY_ENDPOINT, CLIENT_ADDR);
	assert_int_equal(rpmsg_rpc_init(&rpc, &fixture->remote.rvdev.rdev, NULL, CLIENT_ADDR, DEFAULT_PROXY_ENDPOINT,
	                                &polls, play, shut_down),
	                 RPMSG_SUCCESS);
	return 0;
}

static int stop(void **state)
{
	rpmsg_rpc_release(&rpc);
	return fixture_down(state);
}

static struct rpmsg_rpc_syscall request = {.id = CLOSE_SYSCALL_ID, .args = {3, 0, 0}};
static struct {
	struct rpmsg_rpc_syscall head;
	char data[16];
} response;

static int call(void)
{
	memset(&response, 0, sizeof(response));
	return rpmsg_rpc_send(&rpc, &request, sizeof(request), &response, sizeof(response));
}

static void answer_close(void)
{
	answer(CLOSE_SYSCALL_ID, 5, "data");
}

static void a_call_returns_the_answer(void **state)
{
	(void)state;
	next_act = answer_close;
	assert_int_equal(call(), sizeof(response.head) + 4);
	assert_int_equal(response.head.id, CLOSE_SYSCALL_ID);
	assert_int_equal(response.head.args.int_field1, 5);
	assert_memory_equal(response.data, "data", 4);
	assert_int_equal(server.len, sizeof(request));
	assert_memory_equal(server.data, &request, sizeof(request));
}

static void answer_others_first(void)
{
	static struct box stranger;
	uint32_t id = CLOSE_SYSCALL_ID;

	answer(OPEN_SYSCALL_ID, 1, NULL);
	assert_int_equal(rpmsg_send(&server.ept, &id, 3), 3);
	box_open(&stranger, &fixture->host, NULL, 99, CLIENT_ADDR);
	assert_int_equal(rpmsg_send(&stranger.ept, &id, 4), 4);
	answer(ACK_STATUS_ID, 7, NULL);
}

static void messages_that_answer_another_request_are_not_taken(void **state)
{
	(void)state;
	next_act = answer_others_first;
	assert_int_equal(call(), sizeof(response.head));
	assert_int_equal(response.head.args.int_field1, 7);
	assert_int_equal(response.head.id, CLOSE_SYSCALL_ID);
}

static void an_answer_larger_than_the_room_is_an_error_and_writes_nothing(void **state)
{
	(void)state;
	memset(&response, 0x55, sizeof(response));
	next_act = answer_close;
	assert_int_equal(rpmsg_rpc_send(&rpc, &request, sizeof(request), &response, sizeof(response.head) + 3),
	                 RPMSG_ERR_BUFF_SIZE);
	assert_int_equal(response.head.id, 0x55555555);
	next_act = answer_close;
	assert_int_equal(rpmsg_rpc_send(&rpc, &request, sizeof(request), &response, sizeof(response.head) + 4), 20);
}

static void a_call_without_an_answer_times_out(void **state)
{
	unsigned long long begin = metal_get_timestamp(), took;

	(void)state;
	amp_rpmsg_rpc_set_timeout(&rpc, 20);
	assert_int_equal(call(), -ETIMEDOUT);
	took = metal_get_timestamp() - begin;
	assert_true(took >= 20000000ull);
	assert_true(polls > 0);
}

static void a_late_answer_is_not_taken_for_the_one_of_the_next_call(void **state)
{
	(void)state;
	amp_rpmsg_rpc_set_timeout(&rpc, 5);
	assert_int_equal(call(), -ETIMEDOUT);
	/* Still no answer: nothing new is sent. */
	server.count = 0;
	assert_int_equal(call(), -ETIMEDOUT);
	assert_int_equal(server.count, 0);
	/* It comes now, and the next call gets its own. */
	amp_rpmsg_rpc_set_timeout(&rpc, 1000);
	answer(CLOSE_SYSCALL_ID, 1, NULL);
	next_act = answer_close;
	assert_int_equal(call(), 20);
	assert_int_equal(response.head.args.int_field1, 5);
}

static void terminate(void)
{
	answer(TERM_SYSCALL_ID, 0, NULL);
}

static void a_server_that_terminates_ends_the_waiting_call_and_the_client(void **state)
{
	(void)state;
	next_act = terminate;
	assert_int_equal(call(), RPMSG_ERR_DEV_STATE);
	assert_int_equal(shutdowns, 1);
	assert_true(rpc.ept_destroyed);
	assert_int_equal(call(), RPMSG_ERR_DEV_STATE);
}

static void lose_link(void)
{
	amp_rpmsg_peer_lost(&fixture->remote.rvdev);
}

static void a_link_that_is_lost_ends_the_waiting_call(void **state)
{
	(void)state;
	next_act = lose_link;
	assert_int_equal(call(), RPMSG_ERR_DEV_STATE);
	assert_int_equal(call(), RPMSG_ERR_DEV_STATE);
}

static void take_link_down(void)
{
	rpmsg_deinit_vdev(&fixture->remote.rvdev);
}

static int poll_until_down(void *arg)
{
	(void)arg;
	fixture_poll(&fixture->host);
	take_link_down();
	return 0;
}

static void a_link_that_is_taken_down_ends_the_waiting_call(void **state)
{
	(void)state;
	rpc.poll = poll_until_down;
	assert_int_equal(call(), RPMSG_ERR_DEV_STATE);
	assert_true(rpc.ept_destroyed);
}

static int failing_poll(void *arg)
{
	(void)arg;
	return -1234;
}

static void an_error_of_poll_ends_the_call(void **state)
{
	(void)state;
	rpc.poll = failing_poll;
	assert_int_equal(call(), -1234);
}

static void a_request_that_has_no_answer_does_not_wait(void **state)
{
	struct rpmsg_rpc_syscall term = {.id = TERM_SYSCALL_ID};

	(void)state;
	assert_int_equal(rpmsg_rpc_send(&rpc, &term, sizeof(term), NULL, 0), sizeof(term));
	assert_int_equal(polls, 0);
	next_act = answer_close;
	assert_int_equal(call(), 20);
}

static void a_request_that_could_not_be_sent_leaves_the_client_usable(void **state)
{
	unsigned char large[PAYLOAD + 1] = {CLOSE_SYSCALL_ID};

	(void)state;
	assert_int_equal(rpmsg_rpc_send(&rpc, large, sizeof(large), &response, sizeof(response)), RPMSG_ERR_BUFF_SIZE);
	next_act = answer_close;
	assert_int_equal(call(), 20);
}

static void arguments_that_make_no_sense_are_refused(void **state)
{
	struct rpmsg_device *rdev = &fixture->remote.rvdev.rdev;
	struct rpmsg_rpc_data other;

	(void)state;
	assert_int_equal(rpmsg_rpc_send(NULL, &request, sizeof(request), &response, sizeof(response)), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_rpc_send(&rpc, NULL, sizeof(request), &response, sizeof(response)), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_rpc_send(&rpc, &request, 3, &response, sizeof(response)), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_rpc_send(&rpc, &request, sizeof(request), &response, 3), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_rpc_init(NULL, rdev, NULL, 1, 2, NULL, play, NULL), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_rpc_init(&other, NULL, NULL, 1, 2, NULL, play, NULL), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_rpc_init(&other, rdev, NULL, CLIENT_ADDR, 2, NULL, play, NULL), RPMSG_ERR_ADDR);
	rpmsg_rpc_release(NULL);
	amp_rpmsg_rpc_peer_lost(NULL);
	amp_rpmsg_rpc_set_timeout(NULL, 1);
}

static void the_default_client_is_forgotten_when_it_is_released(void **state)
{
	(void)state;
	assert_null(amp_rpmsg_default_rpc());
	rpmsg_set_default_rpc(&rpc);
	assert_ptr_equal(amp_rpmsg_default_rpc(), &rpc);
	rpmsg_rpc_release(&rpc);
	assert_null(amp_rpmsg_default_rpc());
}

/* ------------------------------------------------------------------ a server that is found by its name */

static int play_without_acts(void *arg)
{
	unsigned int *count = arg;

	if (++*count == 3)
		box_open(&server, &fixture->host, "files", RPMSG_ADDR_ANY, RPMSG_ADDR_ANY);
	fixture_poll(&fixture->host);
	fixture_poll(&fixture->remote);
	return 0;
}

static int only_link(void **state)
{
	metal_set_log_level(METAL_LOG_ERROR);
	fixture_up(state);
	fixture = *state;
	shutdowns = 0;
	return 0;
}

static void init_waits_for_the_announcement_and_notices_when_the_server_goes(void **state)
{
	unsigned int count = 0;

	(void)state;
	assert_int_equal(rpmsg_rpc_init(&rpc, &fixture->remote.rvdev.rdev, "files", RPMSG_ADDR_ANY, RPMSG_ADDR_ANY,
	                                &count, play_without_acts, shut_down),
	                 RPMSG_SUCCESS);
	assert_true(count >= 3);
	rpmsg_destroy_ept(&server.ept);
	fixture_poll(&fixture->remote);
	assert_int_equal(shutdowns, 1);
	assert_int_equal(call(), RPMSG_ERR_DEV_STATE);
	/* It is back. */
	box_open(&server, &fixture->host, "files", RPMSG_ADDR_ANY, rpc.ept.addr);
	rpc.ept.dest_addr = server.ept.addr;
	rpc.poll = play;
	rpc.poll_arg = &polls;
	next_act = answer_close;
	assert_int_equal(call(), 20);
	rpmsg_rpc_release(&rpc);
}

static int failing_link(void *arg)
{
	(void)arg;
	lose_link();
	return 0;
}

static void init_ends_when_poll_fails_or_the_link_is_lost(void **state)
{
	struct rpmsg_device *rdev = &fixture->remote.rvdev.rdev;

	(void)state;
	assert_int_equal(rpmsg_rpc_init(&rpc, rdev, "files", RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, NULL, failing_poll, NULL),
	                 -1234);
	assert_int_equal(rpmsg_rpc_init(&rpc, rdev, "files", RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, NULL, failing_link, NULL),
	                 RPMSG_ERR_DEV_STATE);
	assert_true(rpc.ept_destroyed);
}

/* ------------------------------------------------------------------ another thread receives */

static atomic_bool answering;

static void *receiver(void *arg)
{
	(void)arg;
	while (atomic_load(&answering)) {
		fixture_poll(&fixture->host);
		while (server.count) {
			server.count--;
			answer(CLOSE_SYSCALL_ID, 5, "data");
		}
		fixture_poll(&fixture->remote);
	}
	return NULL;
}

static void *caller(void *arg)
{
	struct {
		struct rpmsg_rpc_syscall head;
		char data[16];
	} got;
	int *good = arg;

	for (int i = 0; i < 200; i++)
		*good += rpmsg_rpc_send(&rpc, &request, sizeof(request), &got, sizeof(got)) == 20;
	return NULL;
}

static void calls_of_several_threads_each_get_their_answer(void **state)
{
	pthread_t receiving, calling[3];
	int good[3] = {0};

	(void)state;
	rpc.poll = NULL;
	atomic_store(&answering, true);
	assert_int_equal(pthread_create(&receiving, NULL, receiver, NULL), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&calling[i], NULL, caller, &good[i]), 0);
	for (int i = 0; i < 3; i++) {
		pthread_join(calling[i], NULL);
		assert_int_equal(good[i], 200);
	}
	atomic_store(&answering, false);
	pthread_join(receiving, NULL);
}

static void *loser(void *arg)
{
	(void)arg;
	amp_rpmsg_rpc_peer_lost(&rpc);
	return NULL;
}

static void *one_call(void *arg)
{
	*(int *)arg = call();
	return NULL;
}

static void a_waiting_thread_is_told_of_the_loss(void **state)
{
	pthread_t calling, losing;
	int result = 0;

	(void)state;
	rpc.poll = NULL;
	amp_rpmsg_rpc_set_timeout(&rpc, AMP_RPC_NO_TIMEOUT);
	assert_int_equal(pthread_create(&calling, NULL, one_call, &result), 0);
	while (!server.count)
		fixture_poll(&fixture->host); /* until the request is on its way */
	assert_int_equal(pthread_create(&losing, NULL, loser, NULL), 0);
	pthread_join(losing, NULL);
	pthread_join(calling, NULL);
	assert_int_equal(result, RPMSG_ERR_DEV_STATE);
}

static void a_thread_without_an_answer_times_out(void **state)
{
	(void)state;
	rpc.poll = NULL;
	amp_rpmsg_rpc_set_timeout(&rpc, 5);
	assert_int_equal(call(), -ETIMEDOUT);
}

#define CALL_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
#define NAME_TEST(name) cmocka_unit_test_setup_teardown(name, only_link, fixture_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CALL_TEST(a_call_returns_the_answer),
		CALL_TEST(messages_that_answer_another_request_are_not_taken),
		CALL_TEST(an_answer_larger_than_the_room_is_an_error_and_writes_nothing),
		CALL_TEST(a_call_without_an_answer_times_out),
		CALL_TEST(a_late_answer_is_not_taken_for_the_one_of_the_next_call),
		CALL_TEST(a_server_that_terminates_ends_the_waiting_call_and_the_client),
		CALL_TEST(a_link_that_is_lost_ends_the_waiting_call),
		CALL_TEST(a_link_that_is_taken_down_ends_the_waiting_call),
		CALL_TEST(an_error_of_poll_ends_the_call),
		CALL_TEST(a_request_that_has_no_answer_does_not_wait),
		CALL_TEST(a_request_that_could_not_be_sent_leaves_the_client_usable),
		CALL_TEST(arguments_that_make_no_sense_are_refused),
		cmocka_unit_test_setup_teardown(the_default_client_is_forgotten_when_it_is_released, start,
	                                        fixture_down),
		NAME_TEST(init_waits_for_the_announcement_and_notices_when_the_server_goes),
		NAME_TEST(init_ends_when_poll_fails_or_the_link_is_lost),
		CALL_TEST(calls_of_several_threads_each_get_their_answer),
		CALL_TEST(a_waiting_thread_is_told_of_the_loss),
		CALL_TEST(a_thread_without_an_answer_times_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
