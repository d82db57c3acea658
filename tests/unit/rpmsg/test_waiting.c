// SPDX-License-Identifier: GPL-2.0-only
/* Sends that wait inside each other, since callbacks may send: how deep, and how long. */
#include "link_fixture.h"

#include <metal/time.h>

#include <pthread.h>
#include <semaphore.h>
#include <string.h>

#define MS 1000000ull

static struct fixture *f;
static struct side *here, *there;
static struct box sender, counterpart;
static unsigned int depth, deepest, called;

/* Both rings full: nobody of the two has a buffer to send with. */
static void fill(struct side *side)
{
	here = side;
	there = side == &f->host ? &f->remote : &f->host;
	box_open(&sender, here, NULL, 10, 20);
	box_open(&counterpart, there, NULL, 20, 10);
	while (rpmsg_trysend(&sender.ept, "x", 1) == 1)
		;
	while (rpmsg_trysend(&counterpart.ept, "x", 1) == 1)
		;
	depth = deepest = called = 0;
}

static int answer(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)src, (void)priv;
	called++;
	if (++depth > deepest)
		deepest = depth;
	assert_int_equal(rpmsg_send(ept, data, (int)len), RPMSG_ERR_NO_BUFF);
	depth--;
	return 0;
}

static void sends_in_callbacks_are_a_few_deep_and_end_with_the_outermost(struct side *side, bool in_reception)
{
	const uint32_t timeout_ms = 300;
	unsigned long long start;

	fill(side);
	sender.ept.cb = answer;
	amp_rpmsg_set_send_timeout(&here->rvdev, timeout_ms);
	start = metal_get_timestamp();
	if (in_reception)
		fixture_poll(here);
	else
		assert_int_equal(rpmsg_send(&sender.ept, "x", 1), RPMSG_ERR_NO_BUFF);
	/* Every message for itself would take eight times as long. In a reception each callback is an outermost one. */
	if (!in_reception)
		assert_in_range(metal_get_timestamp() - start, timeout_ms * MS, 5 * timeout_ms * MS);
	assert_int_equal(called, RING_NUM);
	assert_in_range(deepest, 1, AMP_RPMSG_SEND_DEPTH);
	rpmsg_destroy_ept(&sender.ept);
	rpmsg_destroy_ept(&counterpart.ept);
}

static void sends_that_wait_in_callbacks_nest_to_a_limit_and_share_a_deadline(void **state)
{
	for (unsigned int turn = 0; turn < 4; turn++) {
		fixture_up(state);
		f = *state;
		sends_in_callbacks_are_a_few_deep_and_end_with_the_outermost(turn & 1 ? &f->host : &f->remote,
		                                                             turn & 2);
		fixture_down(state);
	}
}

/* The innermost send does not receive, but it waits: the other side reads. */
static int wait_other_side_reads(struct rpmsg_device *rdev, uint32_t id)
{
	(void)rdev, (void)id;
	if (deepest == AMP_RPMSG_SEND_DEPTH - 1)
		fixture_poll(there);
	return RPMSG_SUCCESS;
}

static int answer_in_the_end(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)src, (void)priv;
	called++;
	if (++depth > deepest)
		deepest = depth;
	assert_int_equal(rpmsg_send(ept, data, (int)len), (int)len);
	depth--;
	return 0;
}

static void the_innermost_of_them_goes_on_when_a_buffer_comes_back(void **state)
{
	for (unsigned int turn = 0; turn < 2; turn++) {
		fixture_up(state);
		f = *state;
		fill(turn ? &f->host : &f->remote);
		sender.ept.cb = answer_in_the_end;
		amp_rpmsg_set_send_timeout(&here->rvdev, 60000);
		rpmsg_virtio_set_wait_cb(&here->rvdev, wait_other_side_reads);
		assert_int_equal(rpmsg_send(&sender.ept, "x", 1), 1);
		assert_int_equal(deepest, AMP_RPMSG_SEND_DEPTH - 1);
		assert_int_equal(called, RING_NUM);
		fixture_down(state);
	}
}

/* ------------------------------------------------------------------ threads are not inside each other */

static sem_t inside, go_on;

static int stay(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept, (void)data, (void)len, (void)src, (void)priv;
	if (!called++) {
		sem_post(&inside);
		sem_wait(&go_on);
	}
	return 0;
}

static void *send_soon_over(void *arg)
{
	(void)arg;
	(void)rpmsg_send(&sender.ept, "x", 1);
	return NULL;
}

static unsigned long long over;

static int wait_longer_than_the_other(struct rpmsg_device *rdev, uint32_t id)
{
	(void)rdev, (void)id;
	if (metal_get_timestamp() > over)
		fixture_poll(there);
	return RPMSG_SUCCESS;
}

static void a_send_waits_its_own_time_while_one_of_another_thread_receives(void **state)
{
	pthread_t thread;

	f = *state;
	fill(&f->host);
	sender.ept.cb = stay;
	assert_int_equal(sem_init(&inside, 0, 0), 0);
	assert_int_equal(sem_init(&go_on, 0, 0), 0);
	amp_rpmsg_set_send_timeout(&here->rvdev, 1);
	assert_int_equal(pthread_create(&thread, NULL, send_soon_over, NULL), 0);
	sem_wait(&inside);
	over = metal_get_timestamp() + 2 * MS;
	amp_rpmsg_set_send_timeout(&here->rvdev, 60000);
	rpmsg_virtio_set_wait_cb(&here->rvdev, wait_longer_than_the_other);
	assert_int_equal(rpmsg_send(&sender.ept, "y", 1), 1);
	sem_post(&go_on);
	pthread_join(thread, NULL);
	sem_destroy(&inside);
	sem_destroy(&go_on);
}

/* ------------------------------------------------------------------ destroying */

static int destroy_named(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)data, (void)len, (void)src, (void)priv;
	called++;
	rpmsg_destroy_ept(ept);
	return 0;
}

static void a_destroy_without_a_buffer_holds_a_reception_up_for_a_moment_only(void **state)
{
	void *taken[RING_NUM];
	unsigned long long start;
	struct box named;
	uint32_t room;

	f = *state;
	box_open(&counterpart, &f->host, NULL, 20, 30);
	box_open(&sender, &f->remote, NULL, 10, 20);
	box_open(&named, &f->remote, "service", 30, 20);
	named.ept.cb = destroy_named;
	for (unsigned int i = 0; i < RING_NUM; i++) {
		taken[i] = rpmsg_get_tx_payload_buffer(&sender.ept, &room, false);
		assert_non_null(taken[i]);
	}
	assert_int_equal(rpmsg_send(&counterpart.ept, "x", 1), 1);
	called = 0;
	start = metal_get_timestamp();
	fixture_poll(&f->remote); /* the time-out of sends is the default, 15 s */
	assert_in_range(metal_get_timestamp() - start, AMP_RPMSG_DESTROY_TIMEOUT_MS * MS, 10000 * MS);
	assert_int_equal(called, 1);
	assert_int_equal(named.released, 1);
	for (unsigned int i = 0; i < RING_NUM; i++)
		assert_int_equal(rpmsg_release_tx_buffer(&sender.ept, taken[i]), RPMSG_SUCCESS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sends_that_wait_in_callbacks_nest_to_a_limit_and_share_a_deadline),
		cmocka_unit_test(the_innermost_of_them_goes_on_when_a_buffer_comes_back),
		cmocka_unit_test_setup_teardown(a_send_waits_its_own_time_while_one_of_another_thread_receives,
	                                        fixture_up, fixture_down),
		cmocka_unit_test_setup_teardown(a_destroy_without_a_buffer_holds_a_reception_up_for_a_moment_only,
	                                        fixture_up, fixture_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
