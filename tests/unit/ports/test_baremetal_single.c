// SPDX-License-Identifier: GPL-2.0-only
/* Bare metal, one context: locks do nothing, and nobody defines what a board may define. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include <metal/condition.h>
#include <metal/cpu.h>
#include <metal/irq.h>
#include <metal/log.h>
#include <metal/mutex.h>
#include <metal/shmem.h>
#include <metal/sleep.h>
#include <metal/spinlock.h>
#include <metal/time.h>

static void locks_leave_interrupts_alone(void **state)
{
	static metal_mutex_t mutex = METAL_MUTEX_INIT(mutex);
	static struct metal_spinlock spinlock = METAL_SPINLOCK_INIT;

	(void)state;
	metal_mutex_init(&mutex);
	metal_mutex_acquire(&mutex);
	assert_int_equal(fake_irqs_masked, 0);
	assert_true(metal_mutex_try_acquire(&mutex));
	metal_mutex_release(&mutex);
	assert_false(metal_mutex_is_acquired(&mutex));
	metal_mutex_deinit(&mutex);
	metal_spinlock_init(&spinlock);
	metal_spinlock_acquire(&spinlock);
	assert_int_equal(fake_irqs_masked, 0);
	metal_spinlock_release(&spinlock);
}

static void interrupts_are_kept_out_by_the_cpu(void **state)
{
	unsigned int outer, inner;

	(void)state;
	outer = metal_irq_save_disable();
	assert_int_equal(fake_irqs_masked, 1);
	inner = metal_irq_save_disable();
	metal_irq_restore_enable(inner);
	assert_int_equal(fake_irqs_masked, 1);
	metal_irq_restore_enable(outer);
	assert_int_equal(fake_irqs_masked, 0);
}

static void without_a_clock_nothing_waits_for_time(void **state)
{
	static struct metal_condition cv = METAL_CONDITION_INIT;
	static metal_mutex_t mutex = METAL_MUTEX_INIT(mutex);

	(void)state;
	assert_int_equal(metal_get_timestamp(), 0);
	assert_int_equal(metal_sleep_usec(1000000), -ENOSYS);
	assert_int_equal(amp_condition_wait_until(&cv, &mutex, 1), -ENOSYS);
	metal_cpu_yield();
}

static void messages_go_nowhere_by_default(void **state)
{
	(void)state;
	metal_log(METAL_LOG_EMERGENCY, "%d", 1);
}

static void there_is_no_shared_memory_but_what_is_described(void **state)
{
	struct metal_io_region *io;

	(void)state;
	assert_int_equal(metal_init(NULL), 0);
	assert_int_equal(metal_shmem_open("vrings", 1, &io), -ENOENT);
	metal_finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(locks_leave_interrupts_alone),
		cmocka_unit_test(interrupts_are_kept_out_by_the_cpu),
		cmocka_unit_test(without_a_clock_nothing_waits_for_time),
		cmocka_unit_test(messages_go_nowhere_by_default),
		cmocka_unit_test(there_is_no_shared_memory_but_what_is_described),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
