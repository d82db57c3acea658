// SPDX-License-Identifier: BSD-3-Clause
/* The doorbell by interrupt. Each direction keeps one bit per byte: a byte that is waiting need not wait twice. */
#include "board.h"
#include "control.h"
#include "devices.h"

#include <amprelay/wire.h>

#define TX_WORDS (256 / 32)

/* Shared with the interrupt handler: to be changed with interrupts off only. */
static struct amp_doorbell_events rung;
static uint32_t tx_waiting[TX_WORDS]; /* bit n: send byte n as soon as the transmitter is free */
static bool tx_stalled;               /* the interrupt "transmitter free" is on */

/* From the interrupt itself, since what comes in between makes the answer worse. */
static void tell_clock(void)
{
	amp_control_set_clock();
	amp_doorbell_ring(AMP_DB_CLOCK);
}

static void receive(uint8_t byte)
{
	if (byte < AMP_DB_NOTIFY_MAX)
		rung.notify |= 1ull << byte;
	else if (byte == AMP_DB_SHUTDOWN)
		rung.control |= AMP_EVENT_SHUTDOWN;
	else if (byte == AMP_DB_INJECT)
		rung.control |= AMP_EVENT_INJECT;
	else if (byte == AMP_DB_JOURNAL_TAKEN)
		rung.control |= AMP_EVENT_JOURNAL;
	else if (byte == AMP_DB_ASK_CLOCK)
		tell_clock();
	else if (byte == AMP_DB_SUSPEND)
		rung.control |= AMP_EVENT_SUSPEND;
	else if (byte == AMP_DB_RESUME)
		rung.control |= AMP_EVENT_RESUME;
	else if (byte == AMP_DB_HANDOVER)
		rung.control |= AMP_EVENT_HANDOVER;
	else
		rung.unknown++;
}

static void stall(bool stalled)
{
	if (stalled != tx_stalled)
		uart_interrupt_on_room(stalled);
	tx_stalled = stalled;
}

/* Send what waits, for as long as the transmitter has room. Interrupts are off, or this is the interrupt. */
static void transmit(void)
{
	for (uint32_t i = 0; i < TX_WORDS; i++) {
		while (tx_waiting[i]) {
			uint32_t bit = (uint32_t)__builtin_ctz(tx_waiting[i]);

			if (!uart_has_room()) {
				stall(true);
				/* If it became free before its interrupt was on, there will be no interrupt. */
				if (!uart_has_room())
					return;
			}
			tx_waiting[i] &= ~(1u << bit);
			uart_send((uint8_t)(32 * i + bit));
		}
	}
	stall(false);
}

void amp_doorbell_interrupt(void)
{
	/* Acknowledge first, so that a byte that comes after the last look makes a new interrupt. */
	uart_acknowledge();
	while (uart_has_byte())
		receive(uart_take());
	if (tx_stalled)
		transmit();
}

void amp_doorbell_start(void)
{
	uint32_t state = amp_interrupts_off();

	uart_interrupt_on_byte();
	amp_doorbell_interrupt(); /* bytes that came before made no interrupt */
	amp_irq_enable(SOC_DOORBELL_IRQ);
	amp_irq_enable(UART_TX_IRQ);
	amp_interrupts_restore(state);
	tell_clock(); /* from now on it can be asked */
}

void amp_doorbell_ring(uint8_t byte)
{
	uint32_t state = amp_interrupts_off();

	tx_waiting[byte / 32] |= 1u << (byte % 32);
	transmit();
	amp_interrupts_restore(state);
}

void amp_doorbell_post(uint32_t control)
{
	uint32_t state = amp_interrupts_off();

	rung.control |= control;
	amp_interrupts_restore(state);
}

bool amp_doorbell_pending(void)
{
	return rung.notify || rung.control;
}

struct amp_doorbell_events amp_doorbell_take(void)
{
	uint32_t state = amp_interrupts_off();
	struct amp_doorbell_events taken = rung;

	rung.notify = 0;
	rung.control = 0;
	amp_interrupts_restore(state);
	return taken;
}
