// SPDX-License-Identifier: GPL-2.0-only
/* Mutexes, spinlocks, conditions and time on Linux. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include <metal/condition.h>
#include <metal/mutex.h>
#include <metal/sleep.h>
#include <metal/spinlock.h>
#include <metal/time.h>

#define MS      1000000ULL /* in nanoseconds */
#define ROUNDS  20000
#define THREADS 4

static metal_mutex_t mutex = METAL_MUTEX_INIT(mutex);
static struct metal_spinlock spinlock = METAL_SPINLOCK_INIT;
static struct metal_condition cv = METAL_CONDITION_INIT;
static int shared, ready;

/* Fresh ones: a test that failed may have left them held. */
static int setup(void **state)
{
	(void)state;
	metal_mutex_init(&mutex);
	metal_condition_init(&cv);
	return 0;
}

static void a_mutex_knows_whether_it_is_held(void **state)
{
	metal_mutex_t m;

	(void)state;
	memset(&m, 0xff, sizeof(m));
	metal_mutex_init(&m);
	assert_false(metal_mutex_is_acquired(&m));
	metal_mutex_acquire(&m);
	assert_true(metal_mutex_is_acquired(&m));
	assert_false(metal_mutex_try_acquire(&m));
	metal_mutex_release(&m);
	assert_false(metal_mutex_is_acquired(&m));
	assert_true(metal_mutex_try_acquire(&m));
	metal_mutex_release(&m);
	metal_mutex_deinit(&m);
}

static void *add_with_mutex(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		metal_mutex_acquire(&mutex);
		shared++;
		metal_mutex_release(&mutex);
	}
	return arg;
}

static void *add_with_spinlock(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		metal_spinlock_acquire(&spinlock);
		shared++;
		metal_spinlock_release(&spinlock);
	}
	return arg;
}

static void run_threads(void *(*function)(void *))
{
	pthread_t threads[THREADS];

	shared = 0;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, function, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(shared, THREADS * ROUNDS);
}

static void a_mutex_excludes(void **state)
{
	(void)state;
	run_threads(add_with_mutex);
}

static void a_spinlock_excludes(void **state)
{
	(void)state;
	metal_spinlock_init(&spinlock);
	run_threads(add_with_spinlock);
}

static void *make_ready(void *arg)
{
	metal_mutex_acquire(&mutex);
	ready = 1;
	if (arg)
		metal_condition_broadcast(&cv);
	else
		metal_condition_signal(&cv);
	metal_mutex_release(&mutex);
	return NULL;
}

static void a_signal_ends_a_wait_with_the_mutex_held(void **state)
{
	pthread_t thread;

	(void)state;
	for (int i = 0; i < 20; i++) {
		ready = 0;
		metal_mutex_acquire(&mutex);
		assert_int_equal(pthread_create(&thread, NULL, make_ready, i % 2 ? &cv : NULL), 0);
		while (!ready) {
			if (i % 4 < 2)
				assert_int_equal(metal_condition_wait(&cv, &mutex), 0);
			else
				assert_int_equal(
					amp_condition_wait_until(&cv, &mutex, metal_get_timestamp() + 60000 * MS), 0);
		}
		assert_true(metal_mutex_is_acquired(&mutex));
		metal_mutex_release(&mutex);
		pthread_join(thread, NULL);
	}
}

static void a_wait_ends_at_its_deadline_with_the_mutex_held(void **state)
{
	unsigned long long deadline = metal_get_timestamp() + 20 * MS;
	struct metal_condition local;
	int ret;

	(void)state;
	metal_condition_init(&local);
	metal_mutex_acquire(&mutex);
	do {
		ret = amp_condition_wait_until(&local, &mutex, deadline);
	} while (ret == 0);
	assert_int_equal(ret, -ETIMEDOUT);
	assert_true(metal_get_timestamp() >= deadline);
	assert_true(metal_mutex_is_acquired(&mutex));
	assert_int_equal(amp_condition_wait_until(&local, &mutex, 0), -ETIMEDOUT);
	metal_mutex_release(&mutex);
}

static void time_grows_and_sleep_takes_it(void **state)
{
	unsigned long long start = metal_get_timestamp();

	(void)state;
	assert_true(start > 0);
	assert_int_equal(metal_sleep_usec(3000), 0);
	assert_true(metal_get_timestamp() - start >= 3 * MS);
	assert_int_equal(metal_sleep_usec(0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mutex_knows_whether_it_is_held),
		cmocka_unit_test_setup(a_mutex_excludes, setup),
		cmocka_unit_test_setup(a_spinlock_excludes, setup),
		cmocka_unit_test_setup(a_signal_ends_a_wait_with_the_mutex_held, setup),
		cmocka_unit_test_setup(a_wait_ends_at_its_deadline_with_the_mutex_held, setup),
		cmocka_unit_test(time_grows_and_sleep_takes_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
