// SPDX-License-Identifier: GPL-2.0-only
/* File descriptors as interrupts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <metal/atomic.h>
#include <metal/irq.h>
#include <metal/sleep.h>
#include <metal/sys.h>
#include <metal/time.h>

static int fd;        /* an eventfd: readable is an interrupt */
static sem_t handled; /* posted by handlers */
static atomic_int calls;
static atomic_int errors;

static void count_errors(enum metal_log_level level, const char *format, ...)
{
	(void)format;
	if (level <= METAL_LOG_ERROR)
		atomic_fetch_add(&errors, 1);
}

static int setup(void **state)
{
	const struct metal_init_params params = {count_errors, METAL_LOG_INFO};

	(void)state;
	atomic_store(&calls, 0);
	atomic_store(&errors, 0);
	sem_init(&handled, 0, 0);
	fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return fd < 0 ? -1 : metal_init(&params);
}

static int teardown(void **state)
{
	(void)state;
	metal_finish();
	close(fd);
	sem_destroy(&handled);
	return 0;
}

static void trigger(void)
{
	assert_int_equal(eventfd_write(fd, 1), 0);
}

/* Bounded: a handler that never comes fails the test. */
static void wait_handled(void)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 60;
	assert_int_equal(sem_timedwait(&handled, &until), 0);
}

static int drain(int irq, void *arg)
{
	eventfd_t value;

	(void)arg;
	if (eventfd_read(irq, &value))
		return METAL_IRQ_NOT_HANDLED;
	atomic_fetch_add(&calls, 1);
	sem_post(&handled);
	return METAL_IRQ_HANDLED;
}

static void a_readable_descriptor_calls_its_handler(void **state)
{
	(void)state;
	assert_int_equal(metal_irq_register(fd, drain, NULL), 0);
	metal_irq_enable(fd);
	for (int i = 0; i < 100; i++) {
		trigger();
		wait_handled();
	}
	assert_int_equal(atomic_load(&calls), 100);
	assert_int_equal(atomic_load(&errors), 0);
}

static void a_disabled_descriptor_waits_until_it_is_enabled(void **state)
{
	(void)state;
	assert_int_equal(metal_irq_register(fd, drain, NULL), 0);
	trigger();
	metal_irq_enable(fd);
	wait_handled();
	metal_irq_disable(fd);
	trigger();
	metal_irq_disable(fd);
	assert_int_equal(atomic_load(&calls), 1);
	metal_irq_enable(fd);
	metal_irq_enable(fd);
	wait_handled();
	assert_int_equal(atomic_load(&calls), 2);
}

static void disabled_interrupts_keep_handlers_out(void **state)
{
	unsigned int flags;
	int before;

	(void)state;
	assert_int_equal(metal_irq_register(fd, drain, NULL), 0);
	metal_irq_enable(fd);
	flags = metal_irq_save_disable();
	before = atomic_load(&calls);
	trigger();
	assert_int_equal(metal_sleep_usec(2000), 0);
	assert_int_equal(atomic_load(&calls), before);
	metal_irq_restore_enable(flags);
	wait_handled();
}

static sem_t inside, go_on;
static atomic_int left;

static int stay_inside(int irq, void *arg)
{
	eventfd_t value;

	(void)arg;
	eventfd_read(irq, &value);
	sem_post(&inside);
	sem_wait(&go_on);
	atomic_store(&left, 1);
	return METAL_IRQ_HANDLED;
}

static void *let_go(void *arg)
{
	(void)arg;
	sem_post(&go_on);
	return NULL;
}

static void unregistering_waits_for_the_running_handler(void **state)
{
	pthread_t thread;

	(void)state;
	sem_init(&inside, 0, 0);
	sem_init(&go_on, 0, 0);
	atomic_store(&left, 0);
	assert_int_equal(metal_irq_register(fd, stay_inside, NULL), 0);
	metal_irq_enable(fd);
	trigger();
	sem_wait(&inside);
	pthread_create(&thread, NULL, let_go, NULL);
	metal_irq_unregister(fd);
	assert_int_equal(atomic_load(&left), 1);
	pthread_join(thread, NULL);
	/* Its number is free for another handler. */
	assert_int_equal(metal_irq_register(fd, drain, NULL), 0);
}

static int other_fd;

/* Disables the other of two descriptors. */
static int disable_other(int irq, void *arg)
{
	(void)arg;
	metal_irq_disable(irq == fd ? other_fd : fd);
	return drain(irq, NULL);
}

static void what_a_handler_disables_does_not_come_any_more(void **state)
{
	int gate = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	(void)state;
	other_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	assert_true(gate >= 0 && other_fd >= 0);
	sem_init(&inside, 0, 0);
	sem_init(&go_on, 0, 0);
	assert_int_equal(metal_irq_register(gate, stay_inside, NULL), 0);
	assert_int_equal(metal_irq_register(fd, disable_other, NULL), 0);
	assert_int_equal(metal_irq_register(other_fd, disable_other, NULL), 0);
	metal_irq_enable(fd);
	metal_irq_enable(other_fd);
	metal_irq_enable(gate);
	/* While the first handler runs, both become readable: the dispatcher then sees them at once. */
	assert_int_equal(eventfd_write(gate, 1), 0);
	sem_wait(&inside);
	assert_int_equal(eventfd_write(other_fd, 1), 0);
	trigger();
	sem_post(&go_on);
	wait_handled();
	metal_finish();
	assert_int_equal(atomic_load(&calls), 1);
	assert_int_equal(metal_init(NULL), 0);
	close(gate);
	close(other_fd);
}

static int unregister_itself(int irq, void *arg)
{
	(void)arg;
	metal_irq_unregister(irq); /* without draining: it must not come again */
	atomic_fetch_add(&calls, 1);
	sem_post(&handled);
	return METAL_IRQ_HANDLED;
}

static void a_handler_may_unregister_itself(void **state)
{
	(void)state;
	assert_int_equal(metal_irq_register(fd, unregister_itself, NULL), 0);
	metal_irq_enable(fd);
	trigger();
	wait_handled();
	metal_finish();
	assert_int_equal(atomic_load(&calls), 1);
	assert_int_equal(metal_init(NULL), 0);
}

/* Ten times as often as it once took for an interrupt to be turned off. */
#define MANY 100000

/* Drains, and says that it did nothing, as many handlers do. After MANY it no longer triggers itself. */
static int say_nothing(int irq, void *arg)
{
	eventfd_t value;

	(void)arg;
	if (eventfd_read(irq, &value) == 0) {
		if (atomic_fetch_add(&calls, 1) + 1 < MANY)
			trigger();
		else
			sem_post(&handled);
	}
	return METAL_IRQ_NOT_HANDLED;
}

static void an_interrupt_stays_enabled_whatever_its_handler_returns(void **state)
{
	(void)state;
	assert_int_equal(metal_irq_register(fd, say_nothing, NULL), 0);
	metal_irq_enable(fd);
	trigger();
	wait_handled();
	assert_int_equal(atomic_load(&calls), MANY);
	trigger();
	wait_handled();
	assert_int_equal(atomic_load(&calls), MANY + 1);
	assert_int_equal(atomic_load(&errors), 0);
}

static void notice_error(enum metal_log_level level, const char *format, ...)
{
	(void)format;
	if (level == METAL_LOG_ERROR)
		sem_post(&handled);
}

static atomic_int drains, tells; /* not 0: the handler drains, tells of each call */

/* Says that it handled everything, and does not read. */
static int ignore(int irq, void *arg)
{
	(void)arg;
	if (atomic_load(&drains))
		return drain(irq, NULL);
	if (atomic_load(&tells))
		sem_post(&handled);
	return METAL_IRQ_HANDLED;
}

static void let_a_descriptor_rest(void)
{
	metal_set_log_handler(notice_error);
	atomic_store(&drains, 0);
	atomic_store(&tells, 0);
	assert_int_equal(metal_irq_register(fd, ignore, NULL), 0);
	metal_irq_enable(fd);
	trigger();
	wait_handled(); /* the message */
}

static void a_descriptor_that_stays_readable_comes_once_a_millisecond(void **state)
{
	unsigned long long start;

	(void)state;
	let_a_descriptor_rest();
	atomic_store(&tells, 1);
	wait_handled();
	start = metal_get_timestamp();
	for (int i = 0; i < 20; i++)
		wait_handled();
	assert_true(metal_get_timestamp() - start >= 18 * 1000000ull);
	/* Others are served meanwhile. */
	other_fd = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
	assert_true(other_fd >= 0);
	assert_int_equal(metal_irq_register(other_fd, drain, NULL), 0);
	metal_irq_enable(other_fd);
	while (!atomic_load(&calls))
		wait_handled();
	metal_irq_unregister(other_fd);
	close(other_fd);
}

static void a_descriptor_that_is_drained_at_last_comes_as_before(void **state)
{
	(void)state;
	let_a_descriptor_rest();
	atomic_store(&drains, 1);
	wait_handled();
	assert_int_equal(atomic_load(&calls), 1);
	/* Not drained again, it is again called ten thousand times before it rests, and there is a second message. */
	atomic_store(&drains, 0);
	trigger();
	wait_handled();
	assert_int_equal(atomic_load(&calls), 1);
}

static void a_resting_descriptor_may_be_disabled_and_unregistered(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		let_a_descriptor_rest();
		metal_irq_disable(fd);
		atomic_store(&drains, 1);
		assert_int_equal(metal_sleep_usec(3000), 0);
		assert_int_equal(atomic_load(&calls), 0);
		metal_irq_unregister(fd);
	}
	assert_int_equal(metal_irq_register(fd, drain, NULL), 0);
	metal_irq_enable(fd);
	wait_handled();
}

static void what_cannot_be_polled_is_reported(void **state)
{
	int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_true(file >= 0);
	assert_int_equal(metal_irq_register(file, drain, NULL), 0);
	metal_irq_enable(file);
	assert_int_equal(atomic_load(&errors), 1);
	metal_irq_enable(fd); /* has no handler */
	assert_int_equal(atomic_load(&errors), 2);
	metal_irq_unregister(file);
	close(file);
	assert_int_equal(metal_irq_register(AMP_LINUX_IRQ_FDS, drain, NULL), -EINVAL);
	assert_int_equal(metal_irq_register(-1, drain, NULL), -EINVAL);
}

static void interrupts_work_again_after_finish_and_init(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		assert_int_equal(metal_irq_register(fd, drain, NULL), 0);
		metal_irq_enable(fd);
		trigger();
		wait_handled();
		metal_finish();
		assert_int_equal(metal_init(NULL), 0);
	}
	assert_int_equal(atomic_load(&calls), 20);
}

#define irq_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		irq_test(a_readable_descriptor_calls_its_handler),
		irq_test(a_disabled_descriptor_waits_until_it_is_enabled),
		irq_test(disabled_interrupts_keep_handlers_out),
		irq_test(unregistering_waits_for_the_running_handler),
		irq_test(what_a_handler_disables_does_not_come_any_more),
		irq_test(a_handler_may_unregister_itself),
		irq_test(an_interrupt_stays_enabled_whatever_its_handler_returns),
		irq_test(a_descriptor_that_stays_readable_comes_once_a_millisecond),
		irq_test(a_descriptor_that_is_drained_at_last_comes_as_before),
		irq_test(a_resting_descriptor_may_be_disabled_and_unregistered),
		irq_test(what_cannot_be_polled_is_reported),
		irq_test(interrupts_work_again_after_finish_and_init),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
