// SPDX-License-Identifier: GPL-2.0-only
/* The doorbell over a UART that this file plays: bytes that wait to be read, and room for so many to be sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "board.h"
#include "control.h"
#include "devices.h"

#include <amprelay/wire.h>

static struct {
	uint8_t in[16], out[16];
	unsigned ins, read, outs;
	unsigned room;
	unsigned room_after; /* this many looks for room fail, then there is some */
	bool wants_room, wants_bytes;
	unsigned enabled; /* interrupts, as bits */
	unsigned off;     /* depth of amp_interrupts_off() */
	unsigned told;    /* what the clock says */
} uart;

void uart_power_on(void)
{
}

bool uart_has_byte(void)
{
	return uart.read < uart.ins;
}

uint8_t uart_take(void)
{
	assert_true(uart_has_byte());
	return uart.in[uart.read++];
}

bool uart_has_room(void)
{
	if (uart.room_after && --uart.room_after == 0)
		uart.room = sizeof(uart.out);
	return uart.room > 0;
}

void uart_send(uint8_t byte)
{
	assert_true(uart.room > 0 && uart.outs < sizeof(uart.out));
	uart.room--;
	uart.out[uart.outs++] = byte;
}

void uart_interrupt_on_byte(void)
{
	uart.wants_bytes = true;
}

void uart_interrupt_on_room(bool on)
{
	uart.wants_room = on;
}

void uart_acknowledge(void)
{
}

void amp_irq_enable(uint32_t irq)
{
	uart.enabled |= 1u << irq;
}

void amp_control_set_clock(void)
{
	uart.told++;
}

uint32_t amp_interrupts_off(void)
{
	return uart.off++;
}

void amp_interrupts_restore(uint32_t state)
{
	assert_int_equal(--uart.off, state);
}

static void come(uint8_t byte)
{
	uart.in[uart.ins++] = byte;
}

static int quiet(void **state)
{
	(void)state;
	memset(&uart, 0, sizeof(uart));
	uart.room = sizeof(uart.out);
	amp_doorbell_interrupt(); /* sends what the last test left */
	(void)amp_doorbell_take();
	memset(&uart, 0, sizeof(uart));
	return 0;
}

static int bells_are_answered(void **state)
{
	(void)state;
	return uart.off; /* interrupts are on again */
}

static void a_bell_that_rang_before_the_start_is_heard(void **state)
{
	(void)state;
	come(3);
	amp_doorbell_start();
	assert_true(amp_doorbell_pending());
	assert_int_equal(amp_doorbell_take().notify, 1u << 3);
	assert_true(uart.wants_bytes);
	assert_int_equal(uart.enabled, 1u << SOC_DOORBELL_IRQ | 1u << UART_TX_IRQ);
}

static void bells_of_one_kind_become_one_event(void **state)
{
	struct amp_doorbell_events events;

	(void)state;
	come(0);
	come(AMP_DB_NOTIFY_MAX - 1);
	come(0);
	come(AMP_DB_SHUTDOWN);
	come(AMP_DB_INJECT);
	come(AMP_DB_SUSPEND);
	come(AMP_DB_RESUME);
	come(AMP_DB_HANDOVER);
	amp_doorbell_interrupt();
	events = amp_doorbell_take();
	assert_true(events.notify == (1ull << (AMP_DB_NOTIFY_MAX - 1) | 1));
	assert_int_equal(events.control, AMP_EVENT_SHUTDOWN | AMP_EVENT_INJECT | AMP_EVENT_SUSPEND | AMP_EVENT_RESUME |
	                                         AMP_EVENT_HANDOVER);
	assert_false(amp_doorbell_pending());
	assert_int_equal(amp_doorbell_take().notify, 0);
}

static void bytes_without_a_meaning_are_only_counted(void **state)
{
	uint32_t before = amp_doorbell_take().unknown;

	(void)state;
	come(AMP_DB_NOTIFY_MAX);
	come(AMP_DB_BOOT);
	come(0xff);
	amp_doorbell_interrupt();
	assert_false(amp_doorbell_pending());
	assert_int_equal(amp_doorbell_take().unknown, before + 3);
}

static void the_journal_s_bell_is_an_event(void **state)
{
	(void)state;
	come(AMP_DB_JOURNAL_TAKEN);
	amp_doorbell_interrupt();
	assert_int_equal(amp_doorbell_take().control, AMP_EVENT_JOURNAL);
}

static void a_question_for_the_clock_is_answered_by_the_interrupt(void **state)
{
	(void)state;
	uart.room = sizeof(uart.out);
	amp_doorbell_start();
	assert_int_equal(uart.told, 1); /* unasked: it can be asked */
	assert_int_equal(uart.out[0], AMP_DB_CLOCK);
	come(AMP_DB_ASK_CLOCK);
	amp_doorbell_interrupt();
	assert_int_equal(uart.told, 2);
	assert_int_equal(uart.outs, 2);
	assert_int_equal(uart.out[1], AMP_DB_CLOCK);
	assert_false(amp_doorbell_pending());
}

static void a_bell_is_sent_at_once_if_there_is_room(void **state)
{
	(void)state;
	uart.room = 1;
	amp_doorbell_ring(AMP_DB_READY);
	assert_int_equal(uart.outs, 1);
	assert_int_equal(uart.out[0], AMP_DB_READY);
	assert_false(uart.wants_room);
}

static void a_bell_without_room_is_sent_by_the_interrupt_once(void **state)
{
	(void)state;
	amp_doorbell_ring(1);
	amp_doorbell_ring(1);
	amp_doorbell_ring(AMP_DB_TRACE);
	assert_int_equal(uart.outs, 0);
	assert_true(uart.wants_room);

	uart.room = 1;
	amp_doorbell_interrupt();
	assert_int_equal(uart.outs, 1);
	assert_int_equal(uart.out[0], 1);
	assert_true(uart.wants_room); /* the other one still waits */

	uart.room = 5;
	amp_doorbell_interrupt();
	assert_int_equal(uart.outs, 2);
	assert_int_equal(uart.out[1], AMP_DB_TRACE);
	assert_false(uart.wants_room);
}

/* Else its interrupt would never come: it was off when the room came. */
static void room_that_comes_before_its_interrupt_is_on_is_used(void **state)
{
	(void)state;
	uart.room_after = 2;
	amp_doorbell_ring(7);
	assert_int_equal(uart.outs, 1);
	assert_int_equal(uart.out[0], 7);
	assert_false(uart.wants_room);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, quiet, bells_are_answered)
	const struct CMUnitTest tests[] = {
		T(a_bell_that_rang_before_the_start_is_heard),
		T(bells_of_one_kind_become_one_event),
		T(bytes_without_a_meaning_are_only_counted),
		T(the_journal_s_bell_is_an_event),
		T(a_question_for_the_clock_is_answered_by_the_interrupt),
		T(a_bell_is_sent_at_once_if_there_is_room),
		T(a_bell_without_room_is_sent_by_the_interrupt_once),
		T(room_that_comes_before_its_interrupt_is_on_is_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
