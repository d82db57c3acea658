// SPDX-License-Identifier: GPL-2.0-only
/* Bare metal, task and interrupt handlers: who holds a lock keeps interrupts out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <metal/irq.h>
#include <metal/mutex.h>
#include <metal/spinlock.h>

#include "assert_trap.h"

static metal_mutex_t mutex = METAL_MUTEX_INIT(mutex);
static metal_mutex_t inner = METAL_MUTEX_INIT(inner);
static struct metal_spinlock spinlock = METAL_SPINLOCK_INIT;

static int setup(void **state)
{
	(void)state;
	fake_irqs_masked = 0;
	metal_mutex_init(&mutex);
	metal_mutex_init(&inner);
	metal_spinlock_init(&spinlock);
	return 0;
}

static void a_held_mutex_keeps_interrupts_out(void **state)
{
	(void)state;
	assert_false(metal_mutex_is_acquired(&mutex));
	metal_mutex_acquire(&mutex);
	assert_int_equal(fake_irqs_masked, 1);
	assert_true(metal_mutex_is_acquired(&mutex));
	metal_mutex_release(&mutex);
	assert_int_equal(fake_irqs_masked, 0);
	assert_false(metal_mutex_is_acquired(&mutex));
	metal_mutex_deinit(&mutex);
}

static void nested_mutexes_end_with_the_first_state(void **state)
{
	(void)state;
	metal_mutex_acquire(&mutex);
	metal_mutex_acquire(&inner);
	metal_mutex_release(&inner);
	assert_int_equal(fake_irqs_masked, 1);
	metal_mutex_release(&mutex);
	assert_int_equal(fake_irqs_masked, 0);
}

static void a_held_mutex_cannot_be_had_twice(void **state)
{
	(void)state;
	assert_true(metal_mutex_try_acquire(&mutex));
	assert_false(metal_mutex_try_acquire(&mutex));
	assert_int_equal(fake_irqs_masked, 1);
	assert_traps(metal_mutex_acquire(&mutex), "acquired");
	assert_traps(metal_mutex_deinit(&mutex), "!mutex->held");
	metal_mutex_release(&mutex);
	assert_int_equal(fake_irqs_masked, 0);
}

static void a_held_spinlock_keeps_interrupts_out(void **state)
{
	(void)state;
	metal_spinlock_acquire(&spinlock);
	assert_int_equal(fake_irqs_masked, 1);
	metal_spinlock_release(&spinlock);
	assert_int_equal(fake_irqs_masked, 0);
	fake_irqs_masked = 1;
	metal_spinlock_acquire(&spinlock);
	metal_spinlock_release(&spinlock);
	assert_int_equal(fake_irqs_masked, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_held_mutex_keeps_interrupts_out, setup),
		cmocka_unit_test_setup(nested_mutexes_end_with_the_first_state, setup),
		cmocka_unit_test_setup(a_held_mutex_cannot_be_had_twice, setup),
		cmocka_unit_test_setup(a_held_spinlock_keeps_interrupts_out, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
