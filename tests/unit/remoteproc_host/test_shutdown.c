// SPDX-License-Identifier: GPL-2.0-only
/* Shutdown in agreement with the remote. */
#include "fixture.h"

#include <pthread.h>
#include <time.h>

#include <metal/time.h>

static struct amp_shutdown shutdown_;
static int requests, request_answer, waits, wait_answer, answer_after;
static pthread_t thread;

static int request(void *arg)
{
	assert_ptr_equal(arg, &requests);
	assert_int_equal(platform.stop, 0);
	requests++;
	return request_answer;
}

static int wait_polling(void *arg, uint32_t timeout_ms)
{
	assert_ptr_equal(arg, &requests);
	assert_true(timeout_ms > 0 && timeout_ms <= 1000);
	waits++;
	if (waits == answer_after)
		amp_shutdown_acknowledged(&shutdown_);
	return wait_answer;
}

/* Handles nothing until the time is over. */
static int wait_in_vain(void *arg, uint32_t timeout_ms)
{
	struct timespec delay = {0, (long)timeout_ms * 1000000};

	(void)arg;
	waits++;
	nanosleep(&delay, NULL);
	return 0;
}

static void *answer(void *arg)
{
	(void)arg;
	amp_shutdown_acknowledged(&shutdown_);
	return NULL;
}

static int request_from_thread(void *arg)
{
	requests++;
	return pthread_create(&thread, NULL, answer, arg) ? -1 : 0;
}

static int start(void **state)
{
	requests = request_answer = waits = wait_answer = answer_after = 0;
	return setup(state) || remoteproc_start(&rproc);
}

static void an_answer_of_another_thread_ends_the_wait(void **state)
{
	static const struct amp_shutdown_ops ops = {.request = request_from_thread};

	(void)state;
	amp_shutdown_init(&shutdown_, &ops, NULL);
	assert_int_equal(amp_shutdown_run(&shutdown_, &rproc, 60000), 0);
	pthread_join(thread, NULL);
	assert_int_equal(requests, 1);
	assert_int_equal(platform.stop, 1);
	assert_int_equal(rproc.state, RPROC_STOPPED);
}

static void an_answer_found_by_polling_ends_the_wait(void **state)
{
	static const struct amp_shutdown_ops ops = {request, wait_polling};

	(void)state;
	answer_after = 3;
	amp_shutdown_init(&shutdown_, &ops, &requests);
	assert_int_equal(amp_shutdown_run(&shutdown_, &rproc, 1000), 0);
	assert_int_equal(waits, 3);
	assert_int_equal(rproc.state, RPROC_STOPPED);
}

static void an_answer_inside_the_request_needs_no_wait(void **state)
{
	static const struct amp_shutdown_ops ops = {request, wait_polling};

	(void)state;
	amp_shutdown_init(&shutdown_, &ops, &requests);
	amp_shutdown_acknowledged(&shutdown_);
	assert_int_equal(amp_shutdown_run(&shutdown_, &rproc, 0), 0);
	assert_int_equal(waits, 0);
}

static void a_core_that_does_not_answer_is_stopped_in_time(void **state)
{
	static const struct amp_shutdown_ops sleeping = {request, NULL}, polling = {request, wait_in_vain};
	unsigned long long begin = metal_get_timestamp();

	(void)state;
	amp_shutdown_init(&shutdown_, &sleeping, &requests);
	assert_int_equal(amp_shutdown_run(&shutdown_, &rproc, 5), -AMP_RPROC_ERR_TIMEOUT);
	assert_true(metal_get_timestamp() - begin >= 5000000);
	assert_int_equal(platform.stop, 1);
	assert_int_equal(rproc.state, RPROC_STOPPED);

	assert_int_equal(remoteproc_config(&rproc, NULL), 0);
	assert_int_equal(remoteproc_start(&rproc), 0);
	platform.stop = 0;
	amp_shutdown_init(&shutdown_, &polling, &requests);
	assert_int_equal(amp_shutdown_run(&shutdown_, &rproc, 5), -AMP_RPROC_ERR_TIMEOUT);
	assert_true(waits >= 1);
	assert_int_equal(platform.stop, 1);
}

static void a_core_that_cannot_be_asked_is_stopped_at_once(void **state)
{
	static const struct amp_shutdown_ops ops = {request, wait_polling};

	(void)state;
	request_answer = -42;
	amp_shutdown_init(&shutdown_, &ops, &requests);
	assert_int_equal(amp_shutdown_run(&shutdown_, &rproc, 1000), -42);
	assert_int_equal(waits, 0);
	assert_int_equal(platform.stop, 1);
}

static void an_error_of_the_wait_ends_it_and_an_error_of_stop_counts_more(void **state)
{
	static const struct amp_shutdown_ops ops = {request, wait_polling};

	(void)state;
	wait_answer = -43;
	amp_shutdown_init(&shutdown_, &ops, &requests);
	assert_int_equal(amp_shutdown_run(&shutdown_, &rproc, 1000), -43);
	assert_int_equal(waits, 1);
	assert_int_equal(rproc.state, RPROC_STOPPED);

	assert_int_equal(remoteproc_config(&rproc, NULL), 0);
	assert_int_equal(remoteproc_start(&rproc), 0);
	platform.stop = 0;
	platform.answer = -44;
	assert_int_equal(amp_shutdown_run(&shutdown_, &rproc, 1000), -44);
	assert_int_equal(rproc.state, RPROC_ERROR);
}

static void null_does_nothing(void **state)
{
	static const struct amp_shutdown_ops ops = {NULL, wait_polling};

	(void)state;
	amp_shutdown_init(&shutdown_, &ops, NULL);
	assert_int_equal(amp_shutdown_run(&shutdown_, &rproc, 1), -RPROC_EINVAL);
	amp_shutdown_init(&shutdown_, NULL, NULL);
	assert_int_equal(amp_shutdown_run(&shutdown_, &rproc, 1), -RPROC_EINVAL);
	assert_int_equal(amp_shutdown_run(NULL, &rproc, 1), -RPROC_EINVAL);
	assert_int_equal(amp_shutdown_run(&shutdown_, NULL, 1), -RPROC_EINVAL);
	assert_int_equal(rproc.state, RPROC_RUNNING);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_answer_of_another_thread_ends_the_wait),
		TEST(an_answer_found_by_polling_ends_the_wait),
		TEST(an_answer_inside_the_request_needs_no_wait),
		TEST(a_core_that_does_not_answer_is_stopped_in_time),
		TEST(a_core_that_cannot_be_asked_is_stopped_at_once),
		TEST(an_error_of_the_wait_ends_it_and_an_error_of_stop_counts_more),
		TEST(null_does_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
