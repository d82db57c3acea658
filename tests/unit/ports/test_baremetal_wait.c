// SPDX-License-Identifier: GPL-2.0-only
/* Bare metal: waiting for a signal of an interrupt handler, with a clock that the test moves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include <metal/condition.h>
#include <metal/mutex.h>
#include <metal/sleep.h>
#include <metal/time.h>

static metal_mutex_t mutex;
static struct metal_condition cv;
static unsigned long long now, step; /* the clock, and what each look at it adds */
static unsigned int signal_at;       /* the wait in which the interrupt comes; 0: never */

/* The board's clock, in place of the weak default. */
unsigned long long metal_get_timestamp(void)
{
	now += step;
	return now;
}

/* The CPU waits: it must do so with interrupts disabled, or a signal before would be slept over. */
static void interrupt(void)
{
	assert_int_equal(fake_irqs_masked, 1);
	assert_false(metal_mutex_is_acquired(&mutex));
	assert_in_range(fake_waits, 1, 1000);
	now += 100;
	if (fake_waits == signal_at)
		metal_condition_signal(&cv);
}

static int setup(void **state)
{
	(void)state;
	metal_mutex_init(&mutex);
	metal_condition_init(&cv);
	fake_interrupt = interrupt;
	fake_waits = 0;
	signal_at = 0;
	now = 1000;
	step = 0;
	metal_mutex_acquire(&mutex);
	return 0;
}

static int teardown(void **state)
{
	int held = metal_mutex_is_acquired(&mutex);

	(void)state;
	metal_mutex_release(&mutex);
	return held && !fake_irqs_masked ? 0 : -1;
}

static void a_signal_ends_the_wait(void **state)
{
	(void)state;
	signal_at = 5;
	assert_int_equal(metal_condition_wait(&cv, &mutex), 0);
	assert_int_equal(fake_waits, 5);
}

static void a_broadcast_ends_the_wait_before_the_deadline(void **state)
{
	(void)state;
	signal_at = 3;
	assert_int_equal(amp_condition_wait_until(&cv, &mutex, 1000 + 5 * 100), 0);
	assert_int_equal(fake_waits, 3);
}

static void the_deadline_ends_the_wait(void **state)
{
	(void)state;
	assert_int_equal(amp_condition_wait_until(&cv, &mutex, 1000 + 5 * 100), -ETIMEDOUT);
	assert_int_equal(fake_waits, 5);
}

static void a_past_deadline_does_not_wait(void **state)
{
	(void)state;
	assert_int_equal(amp_condition_wait_until(&cv, &mutex, 1000), -ETIMEDOUT);
	assert_int_equal(fake_waits, 0);
}

static void a_signal_in_the_last_moment_counts(void **state)
{
	(void)state;
	signal_at = 5;
	assert_int_equal(amp_condition_wait_until(&cv, &mutex, 1000 + 5 * 100), 0);
	assert_int_equal(fake_waits, 5);
}

static void an_old_signal_does_not_end_a_new_wait(void **state)
{
	(void)state;
	assert_int_equal(metal_condition_broadcast(&cv), 0);
	assert_int_equal(amp_condition_wait_until(&cv, &mutex, 1000 + 100), -ETIMEDOUT);
}

static void sleeping_takes_as_long_as_asked_for(void **state)
{
	(void)state;
	step = 7;
	assert_int_equal(metal_sleep_usec(20), 0);
	assert_in_range(now - 1000, 20000, 20000 + 3 * 7);
}

#define wait_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		wait_test(a_signal_ends_the_wait),
		wait_test(a_broadcast_ends_the_wait_before_the_deadline),
		wait_test(the_deadline_ends_the_wait),
		wait_test(a_past_deadline_does_not_wait),
		wait_test(a_signal_in_the_last_moment_counts),
		wait_test(an_old_signal_does_not_end_a_new_wait),
		wait_test(sleeping_takes_as_long_as_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
