// SPDX-License-Identifier: GPL-2.0-only
/* Interrupt controllers and software interrupts, on any port. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <limits.h>

#include <metal/irq_controller.h>
#include <metal/softirq.h>
#include <metal/sys.h>

#define BASE 5000 /* above what the port uses itself */

static struct metal_irq irqs[8];
static struct metal_irq_controller controller;
static unsigned int enabled; /* bit per interrupt of the controller */
static int registrations;
static int errors;

static void count_errors(enum metal_log_level level, const char *format, ...)
{
	(void)format;
	if (level <= METAL_LOG_ERROR)
		errors++;
}

static void set_enable(struct metal_irq_controller *cntr, int irq, unsigned int state)
{
	unsigned int bit = 1u << (irq - cntr->irq_base);

	assert_in_range(irq - cntr->irq_base, 0, cntr->irq_num - 1);
	enabled = state == METAL_IRQ_ENABLE ? enabled | bit : enabled & ~bit;
}

static int own_register(struct metal_irq_controller *cntr, int irq, metal_irq_handler hd, void *arg)
{
	(void)arg;
	assert_int_equal(*(int *)cntr->arg, 77);
	assert_int_equal(irq, BASE + 3);
	registrations += hd ? 1 : -1;
	return hd ? -ENOSPC : 0;
}

static int count_call(int irq, void *arg)
{
	assert_in_range(irq, BASE, INT_MAX);
	++*(int *)arg;
	return METAL_IRQ_HANDLED;
}

static int other_handler(int irq, void *arg)
{
	(void)irq;
	(void)arg;
	return METAL_IRQ_NOT_HANDLED;
}

static int setup(void **state)
{
	const struct metal_init_params params = {count_errors, METAL_LOG_ERROR};

	(void)state;
	enabled = 0;
	errors = 0;
	registrations = 0;
	for (size_t i = 0; i < metal_dim(irqs); i++)
		irqs[i] = (struct metal_irq){0};
	controller = (struct metal_irq_controller){
		.irq_base = BASE, .irq_num = metal_dim(irqs), .irq_set_enable = set_enable, .irqs = irqs};
	return metal_init(&params);
}

static int teardown(void **state)
{
	(void)state;
	metal_finish();
	return 0;
}

static void a_handler_gets_its_interrupt_and_argument(void **state)
{
	int calls = 0;

	(void)state;
	assert_int_equal(metal_irq_register_controller(&controller), 0);
	assert_int_equal(metal_irq_register(BASE + 2, count_call, &calls), 0);
	assert_int_equal(metal_irq_handle(&irqs[2], BASE + 2), METAL_IRQ_HANDLED);
	assert_int_equal(calls, 1);
	metal_irq_enable(BASE + 2);
	assert_int_equal(enabled, 1u << 2);
	metal_irq_disable(BASE + 2);
	assert_int_equal(enabled, 0);
	assert_int_equal(errors, 0);
}

static void an_unregistered_interrupt_is_disabled_and_has_no_handler(void **state)
{
	int calls = 0;

	(void)state;
	assert_int_equal(metal_irq_register_controller(&controller), 0);
	assert_int_equal(metal_irq_register(BASE + 7, count_call, &calls), 0);
	metal_irq_enable(BASE + 7);
	metal_irq_unregister(BASE + 7);
	assert_int_equal(enabled, 0);
	assert_int_equal(metal_irq_handle(&irqs[7], BASE + 7), METAL_IRQ_NOT_HANDLED);
	assert_int_equal(metal_irq_handle(NULL, BASE + 7), METAL_IRQ_NOT_HANDLED);
	assert_int_equal(calls, 0);
	assert_int_equal(metal_irq_register(BASE + 7, other_handler, NULL), 0);
}

static void a_second_handler_is_refused_and_the_same_one_gets_its_new_argument(void **state)
{
	int calls = 0, new_calls = 0;

	(void)state;
	assert_int_equal(metal_irq_register_controller(&controller), 0);
	assert_int_equal(metal_irq_register(BASE, count_call, &calls), 0);
	assert_int_equal(metal_irq_register(BASE, other_handler, NULL), -EBUSY);
	assert_int_equal(metal_irq_register(BASE, count_call, &new_calls), 0);
	metal_irq_handle(&irqs[0], BASE);
	assert_int_equal(calls, 0);
	assert_int_equal(new_calls, 1);
}

static void an_interrupt_without_controller_is_refused(void **state)
{
	(void)state;
	assert_int_equal(metal_irq_register_controller(&controller), 0);
	assert_int_equal(metal_irq_register(BASE - 1, other_handler, NULL), -EINVAL);
	assert_int_equal(metal_irq_register(BASE + 8, other_handler, NULL), -EINVAL);
	assert_int_equal(metal_irq_register(METAL_BAD_IRQ, other_handler, NULL), -EINVAL);
	assert_int_equal(metal_irq_register(BASE, NULL, NULL), -EINVAL);
	metal_irq_unregister(BASE + 8);
	assert_int_equal(errors, 0);
	metal_irq_enable(BASE + 8);
	metal_irq_enable(UINT_MAX);
	assert_int_equal(errors, 2);
	assert_int_equal(enabled, 0);
}

static void a_controller_may_keep_handlers_itself(void **state)
{
	int cookie = 77;

	(void)state;
	controller.irqs = NULL;
	controller.irq_register = own_register;
	controller.arg = &cookie;
	assert_int_equal(metal_irq_register_controller(&controller), 0);
	assert_int_equal(metal_irq_register(BASE + 3, other_handler, NULL), -ENOSPC);
	assert_int_equal(registrations, 1);
	metal_irq_unregister(BASE + 3);
	assert_int_equal(registrations, 0);
}

static void bad_controllers_are_refused(void **state)
{
	struct metal_irq_controller bad;

	(void)state;
	assert_int_equal(metal_irq_register_controller(NULL), -EINVAL);
	bad = controller;
	bad.irq_num = 0;
	assert_int_equal(metal_irq_register_controller(&bad), -EINVAL);
	bad = controller;
	bad.irq_base = -2;
	assert_int_equal(metal_irq_register_controller(&bad), -EINVAL);
	bad = controller;
	bad.irq_base = INT_MAX - 3;
	assert_int_equal(metal_irq_register_controller(&bad), -EINVAL);
	bad = controller;
	bad.irq_set_enable = NULL;
	assert_int_equal(metal_irq_register_controller(&bad), -EINVAL);
	bad = controller;
	bad.irqs = NULL;
	assert_int_equal(metal_irq_register_controller(&bad), -EINVAL);
}

static void controllers_do_not_share_numbers(void **state)
{
	static struct metal_irq others[4];
	static METAL_IRQ_CONTROLLER_DECLARE(other, BASE + 7, 4, NULL, set_enable, NULL, others);

	(void)state;
	assert_int_equal(metal_irq_register_controller(&controller), 0);
	assert_int_equal(metal_irq_register_controller(&controller), -EBUSY);
	assert_int_equal(metal_irq_register_controller(&other), -EBUSY);
	other.irq_base = BASE - 3;
	assert_int_equal(metal_irq_register_controller(&other), -EBUSY);
	other.irq_base = METAL_BAD_IRQ;
	assert_int_equal(metal_irq_register_controller(&other), 0);
	assert_int_equal(other.irq_base, BASE + 8);
}

static void numbers_that_are_chosen_end_with_the_largest_one(void **state)
{
	/* They stay registered until the teardown. */
	static struct metal_irq_controller last, chosen;

	(void)state;
	last = (struct metal_irq_controller){.irq_base = INT_MAX - 20, .irq_num = 10, .irq_set_enable = set_enable};
	last.irq_register = own_register;
	chosen = last;
	assert_int_equal(metal_irq_register_controller(&last), 0);
	chosen.irq_base = METAL_BAD_IRQ;
	chosen.irq_num = 11;
	assert_int_equal(metal_irq_register_controller(&chosen), -EINVAL);
	assert_int_equal(chosen.irq_base, METAL_BAD_IRQ);
	chosen.irq_num = 10;
	assert_int_equal(metal_irq_register_controller(&chosen), 0);
	assert_int_equal(chosen.irq_base, INT_MAX - 10);
}

static void numbers_no_controller_can_have_are_reported(void **state)
{
	(void)state;
	assert_int_equal(metal_irq_register_controller(&controller), 0);
	metal_irq_enable((unsigned int)INT_MAX + 1);
	metal_irq_disable(UINT_MAX);
	assert_int_equal(errors, 2);
	assert_int_equal(enabled, 0);
}

static void disabling_all_interrupts_nests(void **state)
{
	unsigned int outer = metal_irq_save_disable();
	unsigned int inner = metal_irq_save_disable();

	(void)state;
	metal_irq_restore_enable(inner);
	metal_irq_restore_enable(outer);
}

static void software_interrupts_need_init(void **state)
{
	(void)state;
	assert_int_equal(metal_softirq_allocate(1), -ENODEV);
	metal_softirq_set(0);
	metal_softirq_dispatch();
	assert_int_equal(metal_softirq_init(), 0);
	assert_int_equal(metal_softirq_init(), 0);
	assert_true(metal_softirq_allocate(1) >= 0);
}

static void software_interrupts_are_allocated_until_none_is_left(void **state)
{
	int first;

	(void)state;
	assert_int_equal(metal_softirq_init(), 0);
	first = metal_softirq_allocate(METAL_SOFTIRQ_MAX - 1);
	assert_true(first >= 0);
	assert_int_equal(metal_softirq_allocate(0), -EINVAL);
	assert_int_equal(metal_softirq_allocate(-1), -EINVAL);
	assert_int_equal(metal_softirq_allocate(INT_MAX), -ENOSPC);
	assert_int_equal(metal_softirq_allocate(2), -ENOSPC);
	assert_int_equal(metal_softirq_allocate(1), first + METAL_SOFTIRQ_MAX - 1);
	assert_int_equal(metal_softirq_allocate(1), -ENOSPC);
}

static int order[8];
static int order_len;

static int note_order(int irq, void *arg)
{
	assert_in_range(order_len, 0, 7);
	order[order_len++] = irq - *(int *)arg;
	if (order_len == 1)
		metal_softirq_set(irq); /* itself again: for the next dispatch */
	return METAL_IRQ_HANDLED;
}

static void set_software_interrupts_are_dispatched_once_in_order(void **state)
{
	int first;

	(void)state;
	order_len = 0;
	assert_int_equal(metal_softirq_init(), 0);
	first = metal_softirq_allocate(40);
	for (int i = 0; i < 40; i++) {
		assert_int_equal(metal_irq_register(first + i, note_order, &first), 0);
		metal_irq_enable(first + i);
	}
	metal_softirq_set(first + 39);
	metal_softirq_set(first + 3);
	metal_softirq_set(first + 3);
	metal_softirq_set(first + 40); /* not allocated */
	metal_softirq_set(-1);
	metal_softirq_dispatch();
	assert_int_equal(order_len, 2);
	assert_int_equal(order[0], 3);
	assert_int_equal(order[1], 39);
	metal_softirq_dispatch();
	assert_int_equal(order_len, 3);
	assert_int_equal(order[2], 3);
	metal_softirq_dispatch();
	assert_int_equal(order_len, 3);
}

static void a_disabled_software_interrupt_waits_until_it_is_enabled(void **state)
{
	int first;

	(void)state;
	order_len = 0;
	assert_int_equal(metal_softirq_init(), 0);
	first = metal_softirq_allocate(1);
	assert_int_equal(metal_irq_register(first, note_order, &first), 0);
	metal_softirq_set(first);
	metal_softirq_dispatch();
	assert_int_equal(order_len, 0);
	metal_irq_enable(first);
	metal_softirq_dispatch();
	assert_int_equal(order_len, 1);
	metal_irq_unregister(first);
	metal_softirq_dispatch();
	assert_int_equal(order_len, 1);
}

#define irq_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		irq_test(a_handler_gets_its_interrupt_and_argument),
		irq_test(an_unregistered_interrupt_is_disabled_and_has_no_handler),
		irq_test(a_second_handler_is_refused_and_the_same_one_gets_its_new_argument),
		irq_test(an_interrupt_without_controller_is_refused),
		irq_test(a_controller_may_keep_handlers_itself),
		irq_test(bad_controllers_are_refused),
		irq_test(controllers_do_not_share_numbers),
		irq_test(numbers_that_are_chosen_end_with_the_largest_one),
		irq_test(numbers_no_controller_can_have_are_reported),
		irq_test(disabling_all_interrupts_nests),
		irq_test(software_interrupts_need_init),
		irq_test(software_interrupts_are_allocated_until_none_is_left),
		irq_test(set_software_interrupts_are_dispatched_once_in_order),
		irq_test(a_disabled_software_interrupt_waits_until_it_is_enabled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
