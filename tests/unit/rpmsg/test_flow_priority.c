// SPDX-License-Identifier: GPL-2.0-only
/* An urgent message waits for nobody: a reserve of send buffers, and a reception that looks ahead. */
#include "link_fixture.h"

#include <amprelay/flow_control.h>

#include <string.h>

#define RESERVE 2u

/* What came, in the order of the callbacks: an upper case letter is urgent. */
static char came[64];
static unsigned int num_came;

struct end {
	struct side *side;
	struct amp_flow flow;
	struct amp_flow_endpoint urgent, usual;
	struct rpmsg_endpoint plain;
};

static struct end ends[2];

#define for_each_direction(from, to) for (struct end *from = &ends[0], *to = &ends[1]; from < &ends[2]; to = from++)

static void (*in_callback)(struct rpmsg_endpoint *ept, void *data); /* once */

static int receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	void (*act)(struct rpmsg_endpoint *, void *) = in_callback;
	char letter = *(char *)data;

	(void)src, (void)priv;
	assert_int_equal(len, 1);
	came[num_came++] = letter;
	in_callback = NULL;
	if (act)
		act(ept, data);
	assert_int_equal(*(char *)data, letter); /* nobody has the buffer meanwhile */
	return RPMSG_SUCCESS;
}

static void open_end(struct end *end, struct side *side, uint32_t own, uint32_t other)
{
	const struct amp_flow_config urgent = {.flags = AMP_FLOW_URGENT}, usual = {.window = 0};

	end->side = side;
	assert_int_equal(amp_flow_open(&end->flow, &side->rvdev, 1), RPMSG_SUCCESS);
	assert_int_equal(amp_flow_prioritise(&end->flow, RESERVE), RPMSG_SUCCESS);
	assert_int_equal(
		amp_flow_create_ept(&end->flow, &end->urgent, NULL, own + 1, other + 1, receive, NULL, &urgent),
		RPMSG_SUCCESS);
	assert_int_equal(amp_flow_create_ept(&end->flow, &end->usual, NULL, own + 2, other + 2, receive, NULL, &usual),
	                 RPMSG_SUCCESS);
	assert_int_equal(rpmsg_create_ept(&end->plain, &side->rvdev.rdev, NULL, own + 3, other + 3, receive, NULL),
	                 RPMSG_SUCCESS);
}

static void settle(void)
{
	for (unsigned int i = 0; i < 4; i++) {
		fixture_poll(ends[0].side);
		fixture_poll(ends[1].side);
	}
	memset(came, 0, sizeof(came));
	num_came = 0;
}

static int up_with(void **state, uint32_t features)
{
	struct fixture *f;

	fixture_devices(state);
	f = *state;
	f->shm->rsc.vdev.dfeatures |= features;
	assert_int_equal(amp_flow_accept(f->host.vdev), RPMSG_SUCCESS);
	assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
	memset(ends, 0, sizeof(ends));
	open_end(&ends[0], &f->host, 10, 20);
	open_end(&ends[1], &f->remote, 20, 10);
	in_callback = NULL;
	settle();
	return 0;
}

static int up(void **state)
{
	return up_with(state, 1u << AMP_RPMSG_F_FLOW);
}

/* With a peer that knows nothing of it priorities are this side's own. */
static int up_without_the_feature(void **state)
{
	return up_with(state, 0);
}

/* Send a letter: upper case is urgent, lower case usual, a digit without flow control. */
static int send(struct end *from, char letter)
{
	if (letter >= 'A' && letter <= 'Z')
		return amp_flow_trysend(&from->urgent, &letter, 1);
	if (letter >= 'a')
		return amp_flow_trysend(&from->usual, &letter, 1);
	return rpmsg_trysend(&from->plain, &letter, 1);
}

static void send_all(struct end *from, const char *letters)
{
	for (; *letters; letters++)
		assert_int_equal(send(from, *letters), 1);
}

static void expect(const char *letters)
{
	assert_string_equal(came, letters);
	memset(came, 0, sizeof(came));
	num_came = 0;
}

/* ------------------------------------------------------------------ the reserve */

static void an_urgent_message_finds_a_buffer_when_the_others_find_none(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		/* More than once around the ring: a driver's buffers lie elsewhere at first. */
		for (unsigned int turn = 0; turn < 4; turn++) {
			unsigned int sent = 0;

			while (send(from, turn & 1 ? 'a' : '1') == 1)
				sent++;
			assert_int_equal(sent, RING_NUM - RESERVE);
			assert_int_equal(send(from, 'a'), RPMSG_ERR_NO_BUFF);
			assert_int_equal(send(from, '1'), RPMSG_ERR_NO_BUFF);
			for (unsigned int i = 0; i < RESERVE; i++)
				assert_int_equal(send(from, 'A'), 1);
			assert_int_equal(send(from, 'A'), RPMSG_ERR_NO_BUFF);
			fixture_poll(to->side);
			assert_int_equal(num_came, RING_NUM);
			settle();
		}
	}
}

/* One that comes back is for the reserve, as long as that is not full. */
static void the_reserve_is_filled_first(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		while (send(from, 'a') == 1)
			;
		for (unsigned int i = 0; i < RESERVE; i++)
			assert_int_equal(send(from, 'A'), 1);
		fixture_poll(to->side);
		while (send(from, 'a') == 1)
			;
		for (unsigned int i = 0; i < RESERVE; i++)
			assert_int_equal(send(from, 'A'), 1);
		settle();
	}
}

static void asking_for_the_size_of_a_buffer_does_not_open_the_reserve(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		(void)to;
		for (unsigned int sent = 0; sent < RING_NUM - RESERVE; sent++) {
			assert_true(rpmsg_get_tx_buffer_size(&from->plain) > 0);
			assert_int_equal(send(from, '1'), 1);
		}
		(void)rpmsg_get_tx_buffer_size(&from->plain);
		assert_int_equal(send(from, '1'), RPMSG_ERR_NO_BUFF);
		assert_null(rpmsg_get_tx_payload_buffer(&from->plain, &(uint32_t){0}, false));
		settle();
	}
}

/* ------------------------------------------------------------------ reception */

static void urgent_messages_are_handed_out_first_and_in_their_order(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		for (unsigned int turn = 0; turn < 4; turn++) {
			send_all(from, "ab1ABC");
			fixture_poll(to->side);
			expect("ABCab1");
			send_all(from, "Aa1B2C");
			fixture_poll(to->side);
			expect("ABCa12");
			settle();
		}
	}
}

/* All buffers go back, each once. */
static void no_buffer_is_lost_or_given_back_twice(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		for (unsigned int turn = 0; turn < 20; turn++) {
			send_all(from, turn % 2 ? "aAbBcC" : "abAcdB");
			fixture_poll(to->side);
			assert_int_equal(num_came, 6);
			settle();
		}
		assert_int_equal(from->side->lost_count + to->side->lost_count, 0);
	}
}

static struct end *sender;

static void send_urgent(struct rpmsg_endpoint *ept, void *data)
{
	(void)ept, (void)data;
	send_all(sender, "ABC");
}

/* One that comes while a callback runs is next. */
static void an_urgent_message_waits_for_one_callback(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		sender = from;
		send_all(from, "abcd");
		in_callback = send_urgent;
		fixture_poll(to->side);
		expect("aABCbcd");
		amp_rpmsg_bound_reception(&to->side->rvdev, true);
		send_all(from, "abc");
		in_callback = send_urgent;
		fixture_poll(to->side);
		assert_memory_equal(came, "aABCbc", 6);
		settle();
		amp_rpmsg_bound_reception(&to->side->rvdev, false);
	}
}

/* ------------------------------------------------------------------ whose the buffer is */

static void *held;

static void hold(struct rpmsg_endpoint *ept, void *data)
{
	held = data;
	rpmsg_hold_rx_buffer(ept, data);
}

static void hold_and_release(struct rpmsg_endpoint *ept, void *data)
{
	rpmsg_hold_rx_buffer(ept, data);
	rpmsg_release_rx_buffer(ept, data);
}

/* How many buffers the sender can fill. */
static unsigned int room(struct end *from)
{
	unsigned int sent = 0;

	while (send(from, 'A') == 1)
		sent++;
	settle();
	return sent;
}

static void an_urgent_message_can_be_held_beyond_its_turn(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		send_all(from, "abA");
		in_callback = hold;
		fixture_poll(to->side);
		expect("Aab");
		assert_int_equal(room(from), RING_NUM - 1);
		assert_int_equal(*(char *)held, 'A');
		rpmsg_release_rx_buffer(&to->urgent.ept, held);
		assert_int_equal(room(from), RING_NUM);
		send_all(from, "abA");
		in_callback = hold_and_release;
		fixture_poll(to->side);
		expect("Aab");
		assert_int_equal(room(from), RING_NUM);
		assert_int_equal(amp_rpmsg_held_buffers(&to->side->rvdev), 0);
	}
}

static struct end *receiver;

static void receive_inside(struct rpmsg_endpoint *ept, void *data)
{
	(void)ept, (void)data;
	fixture_poll(receiver->side);
	send_all(sender, "x");
}

/* Its turn comes while its callback runs, which itself receives: the buffer stays until that returns. */
static void an_urgent_message_whose_turn_comes_in_its_callback_stays_till_that_returns(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		sender = from;
		receiver = to;
		send_all(from, "abAcd");
		in_callback = receive_inside;
		fixture_poll(to->side);
		expect("Aabcdx");
		assert_int_equal(room(from), RING_NUM);
	}
}

static void release_inside(struct rpmsg_endpoint *ept, void *data)
{
	rpmsg_hold_rx_buffer(ept, data);
	fixture_poll(receiver->side);
	rpmsg_release_rx_buffer(ept, data);
}

static void holds_and_turns_go_together(void **state)
{
	(void)state;
	for_each_direction(from, to)
	{
		receiver = to;
		send_all(from, "abAcd");
		in_callback = release_inside;
		fixture_poll(to->side);
		expect("Aabcd");
		assert_int_equal(room(from), RING_NUM);
	}
}

static void destroy(struct rpmsg_endpoint *ept, void *data)
{
	(void)data;
	rpmsg_destroy_ept(ept);
}

static void an_urgent_endpoint_may_be_destroyed_in_its_callback(void **state)
{
	for (unsigned int i = 0; i < 2; i++) {
		up(state);
		send_all(&ends[i], "abAB");
		in_callback = destroy;
		fixture_poll(ends[!i].side);
		expect("Aab");
		assert_int_equal(ends[0].side->lost_count + ends[1].side->lost_count, 0);
		fixture_down(state);
	}
}

/* ------------------------------------------------------------------ the end of a link */

static void lose_link(struct rpmsg_endpoint *ept, void *data)
{
	(void)ept, (void)data;
	amp_rpmsg_peer_lost(&receiver->side->rvdev);
}

static void take_down(struct rpmsg_endpoint *ept, void *data)
{
	(void)ept, (void)data;
	rpmsg_deinit_vdev(&receiver->side->rvdev);
}

/* Each message once, whatever was handed out ahead when the other side went. */
static void what_was_handed_out_ahead_does_not_come_again_when_the_link_is_lost(void **state)
{
	static struct end *const receivers[] = {&ends[0], &ends[1]};

	for (unsigned int i = 0; i < 2; i++) {
		up(state);
		receiver = receivers[i];
		sender = receivers[!i];
		send_all(sender, "abABc");
		in_callback = lose_link;
		fixture_poll(receiver->side);
		assert_int_equal(receiver->side->lost_count, 1);
		assert_int_equal(num_came, 5);
		expect("AabBc");
		fixture_down(state);
	}
}

static void an_urgent_callback_may_take_the_link_down(void **state)
{
	static struct end *const receivers[] = {&ends[0], &ends[1]};

	for (unsigned int i = 0; i < 2; i++) {
		up(state);
		receiver = receivers[i];
		send_all(receivers[!i], "abAB");
		in_callback = take_down;
		fixture_poll(receiver->side);
		expect("A");
		fixture_down(state);
	}
}

/* ------------------------------------------------------------------ a peer that lies */

/* Descriptors and lengths that cannot be end the link as ever, and are not handed out ahead. */
static void what_cannot_be_is_found_in_its_turn(void **state)
{
	struct fixture *f;
	struct vring ring;

	up(state);
	f = *state;
	send_all(&ends[0], "abA");
	ring = fixture_ring(f, 1);
	shared_memory_settle();
	ring.avail->ring[(uint16_t)(ring.avail->idx - 1) % RING_NUM] = RING_NUM;
	shared_memory_settle();
	fixture_poll(&f->remote);
	expect("ab");
	assert_int_equal(f->remote.lost_reason, AMP_LINK_BAD_DESCRIPTOR);
	fixture_down(state);

	up(state);
	f = *state;
	send_all(&ends[1], "abA");
	ring = fixture_ring(f, 0);
	shared_memory_settle();
	ring.used->ring[(uint16_t)(ring.used->idx - 1) % RING_NUM].len = 15;
	shared_memory_settle();
	fixture_poll(&f->host);
	expect("ab");
	assert_int_equal(f->host.lost_reason, AMP_LINK_BAD_LENGTH);
	fixture_down(state);
}

static void arguments_are_checked(void **state)
{
	struct amp_flow none = {.rvdev = NULL};
	struct fixture *f;

	fixture_up(state);
	f = *state;
	assert_int_equal(amp_flow_prioritise(NULL, 1), RPMSG_ERR_PARAM);
	assert_int_equal(amp_flow_prioritise(&none, 1), RPMSG_ERR_PARAM);
	assert_int_equal(amp_flow_open(&ends[0].flow, &f->host.rvdev, 1), RPMSG_SUCCESS);
	assert_int_equal(amp_flow_prioritise(&ends[0].flow, 0), RPMSG_ERR_PARAM);
	assert_int_equal(amp_flow_prioritise(&ends[0].flow, RING_NUM), RPMSG_ERR_PARAM);
	assert_int_equal(amp_flow_prioritise(&ends[0].flow, RING_NUM - 1), RPMSG_SUCCESS);
	assert_int_equal(amp_flow_prioritise(&ends[0].flow, 1), RPMSG_ERR_PARAM);
	fixture_down(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, up, fixture_down)
		TEST(an_urgent_message_finds_a_buffer_when_the_others_find_none),
		TEST(the_reserve_is_filled_first),
		TEST(asking_for_the_size_of_a_buffer_does_not_open_the_reserve),
		TEST(urgent_messages_are_handed_out_first_and_in_their_order),
		cmocka_unit_test_setup_teardown(no_buffer_is_lost_or_given_back_twice, up_without_the_feature,
	                                        fixture_down),
		TEST(an_urgent_message_waits_for_one_callback),
		TEST(an_urgent_message_can_be_held_beyond_its_turn),
		TEST(an_urgent_message_whose_turn_comes_in_its_callback_stays_till_that_returns),
		TEST(holds_and_turns_go_together),
		cmocka_unit_test(an_urgent_endpoint_may_be_destroyed_in_its_callback),
		cmocka_unit_test(what_was_handed_out_ahead_does_not_come_again_when_the_link_is_lost),
		cmocka_unit_test(an_urgent_callback_may_take_the_link_down),
		cmocka_unit_test(what_cannot_be_is_found_in_its_turn),
		cmocka_unit_test(arguments_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
