/* SPDX-License-Identifier: BSD-3-Clause */
/* The doorbell by interrupt. Both directions keep one bit per bell: a bell that has rung need not ring twice. */
#include "armv7m.h"
#include "board.h"
#include "cmsdk_uart.h"

#include <amprelay/wire.h>

#define TX_WORDS (256 / 32)

/* Shared with the interrupt handlers: changed with interrupts off only. */
static struct amp_doorbell_events rung;
static uint32_t tx_waiting[TX_WORDS]; /* bit n: byte n shall be sent as soon as the transmitter is free */

static void receive(uint8_t byte)
{
	if (byte < AMP_DB_NOTIFY_MAX)
		rung.notify |= 1ull << byte;
	else if (byte == AMP_DB_SHUTDOWN)
		rung.control |= AMP_EVENT_SHUTDOWN;
	else if (byte == AMP_DB_INJECT)
		rung.control |= AMP_EVENT_INJECT;
	else
		rung.unknown++;
}

void amp_doorbell_rx_interrupt(void)
{
	/* Cleared first: a byte that comes after the last look at `state` makes a new interrupt. */
	UART->interrupts = UART_INT_RX;
	while (UART->state & UART_STATE_RX_FULL)
		receive((uint8_t)UART->data);
}

/* Send what waits, while the transmitter takes it. Interrupts are off, or this is the interrupt. */
static void transmit(void)
{
	for (uint32_t i = 0; i < TX_WORDS; i++) {
		while (tx_waiting[i]) {
			uint32_t bit = (uint32_t)__builtin_ctz(tx_waiting[i]);

			if (UART->state & UART_STATE_TX_FULL) {
				UART->ctrl |= UART_CTRL_TX_INT;
				/* It may have become free before its interrupt was on: then there will be none. */
				if (UART->state & UART_STATE_TX_FULL)
					return;
			}
			tx_waiting[i] &= ~(1u << bit);
			UART->data = 32 * i + bit;
		}
	}
	UART->ctrl &= ~UART_CTRL_TX_INT;
}

void amp_doorbell_tx_interrupt(void)
{
	UART->interrupts = UART_INT_TX;
	transmit();
}

void amp_doorbell_start(void)
{
	uint32_t primask = armv7m_irq_save();

	UART->ctrl |= UART_CTRL_RX_INT;
	amp_doorbell_rx_interrupt(); /* what came before made no interrupt */
	NVIC_IPR8(AMP_DOORBELL_RX_IRQ) = ARMV7M_PRIORITY_IRQ;
	NVIC_IPR8(AMP_DOORBELL_TX_IRQ) = ARMV7M_PRIORITY_IRQ;
	NVIC_ISER(0) = 1u << AMP_DOORBELL_RX_IRQ | 1u << AMP_DOORBELL_TX_IRQ;
	armv7m_irq_restore(primask);
}

void amp_doorbell_ring(uint8_t byte)
{
	uint32_t primask = armv7m_irq_save();

	tx_waiting[byte / 32] |= 1u << (byte % 32);
	transmit();
	armv7m_irq_restore(primask);
}

void amp_doorbell_post(uint32_t control)
{
	uint32_t primask = armv7m_irq_save();

	rung.control |= control;
	armv7m_irq_restore(primask);
}

bool amp_doorbell_pending(void)
{
	return rung.notify || rung.control;
}

struct amp_doorbell_events amp_doorbell_take(void)
{
	uint32_t primask = armv7m_irq_save();
	struct amp_doorbell_events taken = rung;

	rung.notify = 0;
	rung.control = 0;
	armv7m_irq_restore(primask);
	return taken;
}
