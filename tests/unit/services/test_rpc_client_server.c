// SPDX-License-Identifier: GPL-2.0-only
/* Remote procedure calls between a client and a server, seen from outside. */
#include "link_fixture.h"

#include <openamp/rpmsg_rpc_client_server.h>

#include <metal/log.h>

#include <string.h>

/* The fixture's payload is 48 bytes. */
#define MAX_PARAMS (PAYLOAD - 8)

enum {
	ADD = 7,
	TEXT = 8,
	LATER = 9,
	UNKNOWN = 10,
};

static struct rpmsg_rpc_svr server;
static struct rpmsg_rpc_clt client;
static struct {
	unsigned int requests, answers, shutdowns, unbinds;
	unsigned char params[MAX_BUF_LEN + 1]; /* of the answer */
	unsigned char text[MAX_BUF_LEN + 1];   /* of the request */
	size_t request_len, len;
	int status;
} seen;

static int add(void *data, struct rpmsg_rpc_svr *rpcs)
{
	const struct rpmsg_rpc_request *request = data;
	uint32_t term[2], sum;

	seen.requests++;
	seen.request_len = amp_rpmsg_rpc_request_len(rpcs);
	assert_int_equal(request->id, ADD);
	memcpy(term, request->params, sizeof(term));
	sum = term[0] + term[1];
	assert_true(rpmsg_rpc_server_send(rpcs, ADD, RPMSG_RPC_OK, &sum, sizeof(sum)) > 0);
	return 0;
}

static int text(void *data, struct rpmsg_rpc_svr *rpcs)
{
	seen.requests++;
	seen.request_len = amp_rpmsg_rpc_request_len(rpcs);
	/* the byte behind the request is there, see rpmsg_rpc_syscall_cb */
	memcpy(seen.text, (const unsigned char *)data + offsetof(struct rpmsg_rpc_request, params), sizeof(seen.text));
	assert_true(rpmsg_rpc_server_send(rpcs, TEXT, -5, NULL, 0) > 0);
	return 0;
}

static int later(void *data, struct rpmsg_rpc_svr *rpcs)
{
	(void)data;
	(void)rpcs;
	seen.requests++;
	return 0;
}

static void answered(struct rpmsg_rpc_clt *rpc, int status, void *data, size_t len)
{
	assert_ptr_equal(rpc, &client);
	seen.answers++;
	seen.status = status;
	seen.len = len;
	memcpy(seen.params, data, len + 1);
}

static void server_went(struct rpmsg_rpc_clt *rpc)
{
	assert_ptr_equal(rpc, &client);
	seen.shutdowns++;
}

static void client_went(struct rpmsg_endpoint *ept)
{
	assert_ptr_equal(ept, &server.ept);
	seen.unbinds++;
}

static const struct rpmsg_rpc_services services[] = {{ADD, add}, {TEXT, text}, {LATER, later}};
static const struct rpmsg_rpc_client_services callbacks[] = {
	{ADD, answered}, {TEXT, answered}, {LATER, answered}, {UNKNOWN, answered}};

static void poll_all(struct fixture *f)
{
	for (int i = 0; i < 3; i++) {
		fixture_poll(&f->remote);
		fixture_poll(&f->host);
	}
}

static int start(void **state)
{
	struct fixture *f;

	metal_set_log_level(METAL_LOG_ERROR); /* refusals are what is tested */
	fixture_up(state);
	f = *state;
	memset(&seen, 0, sizeof(seen));
	assert_int_equal(rpmsg_rpc_server_init(&server, &f->host.rvdev.rdev, services, 3, client_went), RPMSG_SUCCESS);
	assert_int_equal(rpmsg_rpc_client_init(&client, &f->remote.rvdev.rdev, server_went, callbacks, 4),
	                 RPMSG_SUCCESS);
	poll_all(f);
	assert_true(is_rpmsg_ept_ready(&client.ept));
	return 0;
}

/* A message of any content from the client's address to the server's. */
static void send_raw(struct fixture *f, const void *data, int len)
{
	assert_int_equal(rpmsg_send(&client.ept, data, len), len);
	poll_all(f);
}

static void send_raw_answer(struct fixture *f, const void *data, int len)
{
	assert_int_equal(rpmsg_sendto(&server.ept, data, len, client.ept.addr), len);
	poll_all(f);
}

static void a_request_is_carried_out_and_its_answer_reaches_the_callback(void **state)
{
	uint32_t term[2] = {40, 2}, sum;

	assert_int_equal(rpmsg_rpc_client_send(&client, ADD, term, sizeof(term)), 4 + sizeof(term));
	poll_all(*state);
	assert_int_equal(seen.requests, 1);
	assert_int_equal(seen.request_len, sizeof(term));
	assert_int_equal(seen.answers, 1);
	assert_int_equal(seen.status, RPMSG_RPC_OK);
	assert_int_equal(seen.len, sizeof(sum));
	memcpy(&sum, seen.params, sizeof(sum));
	assert_int_equal(sum, 42);
	assert_int_equal(amp_rpmsg_rpc_request_len(&server), 0);
}

static void an_answer_can_be_sent_after_the_service_has_returned(void **state)
{
	assert_true(rpmsg_rpc_client_send(&client, LATER, NULL, 0) > 0);
	poll_all(*state);
	assert_int_equal(seen.answers, 0);
	assert_true(rpmsg_rpc_server_send(&server, LATER, 3, NULL, 0) > 0);
	poll_all(*state);
	assert_int_equal(seen.answers, 1);
	assert_int_equal(seen.status, 3);
	assert_int_equal(seen.len, 0);
}

static void an_unknown_id_is_answered_with_invalid_id(void **state)
{
	assert_true(rpmsg_rpc_client_send(&client, UNKNOWN, NULL, 0) > 0);
	poll_all(*state);
	assert_int_equal(seen.requests, 0);
	assert_int_equal(seen.answers, 1);
	assert_int_equal(seen.status, RPMSG_RPC_INVALID_ID);
}

static void a_request_too_short_for_an_id_reaches_nobody(void **state)
{
	send_raw(*state, "\7\0\0", 3);
	assert_int_equal(seen.requests, 0);
	assert_int_equal(seen.answers, 0);
}

static void text_without_an_end_is_ended_for_the_service(void **state)
{
	unsigned char message[4 + 3] = {TEXT, 0, 0, 0, 'a', 'b', 'c'};

	memset(seen.text, 'x', sizeof(seen.text));
	send_raw(*state, message, sizeof(message));
	assert_int_equal(seen.requests, 1);
	assert_int_equal(seen.request_len, 3);
	assert_string_equal((char *)seen.text, "abc");
	assert_int_equal(seen.text[MAX_BUF_LEN], 0);
	assert_int_equal(seen.status, -5);
}

static void parameters_up_to_the_buffer_are_sent_and_one_byte_more_is_refused(void **state)
{
	unsigned char params[MAX_BUF_LEN + 1] = {0};

	/* of what the format allows, and of what a buffer of this link holds */
	assert_int_equal(rpmsg_rpc_client_send(&client, TEXT, params, MAX_BUF_LEN + 1), RPMSG_ERR_BUFF_SIZE);
	assert_int_equal(rpmsg_rpc_client_send(&client, TEXT, params, PAYLOAD - 4 + 1), RPMSG_ERR_BUFF_SIZE);
	assert_int_equal(rpmsg_rpc_client_send(&client, TEXT, params, PAYLOAD - 4), PAYLOAD);
	poll_all(*state);
	assert_int_equal(seen.requests, 1);
	assert_int_equal(rpmsg_rpc_server_send(&server, TEXT, 0, params, MAX_BUF_LEN + 1), RPMSG_ERR_BUFF_SIZE);
	assert_int_equal(rpmsg_rpc_server_send(&server, TEXT, 0, params, MAX_PARAMS + 1), RPMSG_ERR_BUFF_SIZE);
	assert_int_equal(rpmsg_rpc_server_send(&server, TEXT, 0, params, MAX_PARAMS), PAYLOAD);
	poll_all(*state);
	assert_int_equal(seen.answers, 2);
	assert_int_equal(seen.len, MAX_PARAMS);
}

/* The fixture's buffers are too small for these: they are handed to the endpoints as a link with large
 * buffers would. */
static void messages_longer_than_the_format_allows_are_refused(void **state)
{
	static unsigned char message[sizeof(struct rpmsg_rpc_answer) + 1] = {TEXT};
	const size_t request = sizeof(struct rpmsg_rpc_request), answer = sizeof(struct rpmsg_rpc_answer);
	uint32_t from = client.ept.addr;

	server.ept.cb(&server.ept, message, request + 1, from, server.ept.priv);
	assert_int_equal(seen.requests, 0);
	poll_all(*state);
	assert_int_equal(seen.answers, 1);
	assert_int_equal(seen.status, RPMSG_ERR_BUFF_SIZE);
	server.ept.cb(&server.ept, message, request, from, server.ept.priv);
	assert_int_equal(seen.requests, 1);
	assert_int_equal(seen.request_len, MAX_BUF_LEN);
	poll_all(*state);
	assert_int_equal(seen.answers, 2);

	client.ept.cb(&client.ept, message, answer + 1, client.ept.dest_addr, client.ept.priv);
	assert_int_equal(seen.answers, 2);
	client.ept.cb(&client.ept, message, answer, client.ept.dest_addr, client.ept.priv);
	assert_int_equal(seen.answers, 3);
	assert_int_equal(seen.len, MAX_BUF_LEN);
}

static void answers_that_are_too_short_unknown_or_of_a_stranger_reach_nobody(void **state)
{
	struct fixture *f = *state;
	static struct box stranger;
	uint32_t message[2] = {ADD, 0};

	send_raw_answer(f, message, 7);
	assert_int_equal(seen.answers, 0);
	message[0] = 99;
	send_raw_answer(f, message, 8);
	assert_int_equal(seen.answers, 0);
	message[0] = ADD;
	box_open(&stranger, &f->host, NULL, 77, client.ept.addr);
	assert_int_equal(rpmsg_send(&stranger.ept, message, 8), 8);
	poll_all(f);
	assert_int_equal(seen.answers, 0);
	send_raw_answer(f, message, 8);
	assert_int_equal(seen.answers, 1);
}

static void the_client_is_told_when_the_server_goes_and_works_with_the_next_one(void **state)
{
	struct fixture *f = *state;
	uint32_t term[2] = {1, 2};

	rpmsg_destroy_ept(&server.ept);
	poll_all(f);
	assert_int_equal(seen.shutdowns, 1);
	assert_int_equal(rpmsg_rpc_client_send(&client, ADD, term, sizeof(term)), RPMSG_ERR_ADDR);
	assert_int_equal(rpmsg_rpc_server_init(&server, &f->host.rvdev.rdev, services, 3, client_went), RPMSG_SUCCESS);
	poll_all(f);
	assert_int_equal(rpmsg_rpc_client_send(&client, ADD, term, sizeof(term)), 12);
	poll_all(f);
	assert_int_equal(seen.answers, 1);
}

static void the_server_is_told_when_the_client_goes_and_answers_go_nowhere(void **state)
{
	assert_true(rpmsg_rpc_client_send(&client, LATER, NULL, 0) > 0);
	poll_all(*state);
	rpmsg_rpc_client_release(&client);
	poll_all(*state);
	assert_int_equal(seen.unbinds, 1);
	assert_int_equal(rpmsg_rpc_server_send(&server, LATER, 0, NULL, 0), RPMSG_ERR_ADDR);
	rpmsg_rpc_client_release(&client);
	assert_int_equal(rpmsg_rpc_client_send(&client, ADD, NULL, 0), RPMSG_ERR_DEV_STATE);
}

static void sends_are_refused_after_the_link_is_gone(void **state)
{
	struct fixture *f = *state;

	amp_rpmsg_peer_lost(&f->remote.rvdev);
	assert_int_equal(rpmsg_rpc_client_send(&client, ADD, NULL, 0), RPMSG_ERR_DEV_STATE);
	amp_rpmsg_peer_lost(&f->host.rvdev);
	assert_int_equal(rpmsg_rpc_server_send(&server, ADD, 0, NULL, 0), RPMSG_ERR_DEV_STATE);
}

static void arguments_that_make_no_sense_are_refused(void **state)
{
	struct fixture *f = *state;
	static const struct rpmsg_rpc_services no_function[] = {{1, NULL}};
	static const struct rpmsg_rpc_client_services no_cb[] = {{1, NULL}};
	struct rpmsg_device *rdev = &f->host.rvdev.rdev;
	struct rpmsg_rpc_svr svr;
	struct rpmsg_rpc_clt clt;

	assert_int_equal(rpmsg_rpc_server_init(NULL, rdev, services, 3, NULL), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_rpc_server_init(&svr, NULL, services, 3, NULL), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_rpc_server_init(&svr, rdev, NULL, 3, NULL), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_rpc_server_init(&svr, rdev, services, 0, NULL), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_rpc_server_init(&svr, rdev, no_function, 1, NULL), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_rpc_client_init(NULL, rdev, NULL, callbacks, 1), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_rpc_client_init(&clt, NULL, NULL, callbacks, 1), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_rpc_client_init(&clt, rdev, NULL, NULL, 1), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_rpc_client_init(&clt, rdev, NULL, callbacks, 0), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_rpc_client_init(&clt, rdev, NULL, no_cb, 1), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_rpc_client_send(NULL, 1, NULL, 0), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_rpc_client_send(&client, 1, NULL, 1), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_rpc_server_send(NULL, 1, 0, NULL, 0), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_rpc_server_send(&server, 1, 0, NULL, 1), RPMSG_ERR_PARAM);
	assert_int_equal(amp_rpmsg_rpc_request_len(NULL), 0);
	rpmsg_rpc_client_release(NULL);
}

#define RPC_TEST(name) cmocka_unit_test_setup_teardown(name, start, fixture_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RPC_TEST(a_request_is_carried_out_and_its_answer_reaches_the_callback),
		RPC_TEST(an_answer_can_be_sent_after_the_service_has_returned),
		RPC_TEST(an_unknown_id_is_answered_with_invalid_id),
		RPC_TEST(a_request_too_short_for_an_id_reaches_nobody),
		RPC_TEST(text_without_an_end_is_ended_for_the_service),
		RPC_TEST(parameters_up_to_the_buffer_are_sent_and_one_byte_more_is_refused),
		RPC_TEST(messages_longer_than_the_format_allows_are_refused),
		RPC_TEST(answers_that_are_too_short_unknown_or_of_a_stranger_reach_nobody),
		RPC_TEST(the_client_is_told_when_the_server_goes_and_works_with_the_next_one),
		RPC_TEST(the_server_is_told_when_the_client_goes_and_answers_go_nowhere),
		RPC_TEST(sends_are_refused_after_the_link_is_gone),
		RPC_TEST(arguments_that_make_no_sense_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
