/* SPDX-License-Identifier: BSD-3-Clause */
/* Arm's CMSDK UART as a doorbell: what devices/doorbell.c asks of a UART. */
#ifndef AMP_FIRMWARE_CMSDK_UART_H
#define AMP_FIRMWARE_CMSDK_UART_H

#include <soc.h>
#include <stdbool.h>
#include <stdint.h>

struct cmsdk_uart {
	uint32_t data;
	uint32_t state;
	uint32_t ctrl;
	uint32_t interrupts; /* read: pending; write 1: clear */
	uint32_t baud_divider;
};

#define CMSDK_UART ((volatile struct cmsdk_uart *)SOC_DOORBELL_BASE)

#define CMSDK_UART_STATE_TX_FULL (1u << 0)
#define CMSDK_UART_STATE_RX_FULL (1u << 1)

#define CMSDK_UART_CTRL_TX     (1u << 0)
#define CMSDK_UART_CTRL_RX     (1u << 1)
#define CMSDK_UART_CTRL_TX_INT (1u << 2)
#define CMSDK_UART_CTRL_RX_INT (1u << 3)

#define CMSDK_UART_INT_TX (1u << 0)
#define CMSDK_UART_INT_RX (1u << 1)

/** The transmitter's interrupt is the one behind the receiver's. */
#define UART_TX_IRQ (SOC_DOORBELL_IRQ + 1)

static inline void uart_power_on(void)
{
	CMSDK_UART->baud_divider = 16; /* the smallest that works; in QEMU a byte takes no time anyway */
	CMSDK_UART->ctrl = CMSDK_UART_CTRL_TX | CMSDK_UART_CTRL_RX;
	/*
	 * Read once although nothing is there: QEMU asks its peer for more only after a read. Without this, a byte that
	 * was sent before the receiver was on would wait for ever, and all later ones behind it.
	 */
	(void)CMSDK_UART->data;
}

static inline bool uart_has_byte(void)
{
	return CMSDK_UART->state & CMSDK_UART_STATE_RX_FULL;
}

static inline uint8_t uart_take(void)
{
	return (uint8_t)CMSDK_UART->data;
}

static inline bool uart_has_room(void)
{
	return !(CMSDK_UART->state & CMSDK_UART_STATE_TX_FULL);
}

static inline void uart_send(uint8_t byte)
{
	CMSDK_UART->data = byte;
}

/** Interrupt when a byte has come, from now on. */
static inline void uart_interrupt_on_byte(void)
{
	CMSDK_UART->ctrl |= CMSDK_UART_CTRL_RX_INT;
}

/** Switch the interrupt "the transmitter has become free" on or off. */
static inline void uart_interrupt_on_room(bool on)
{
	uint32_t ctrl = CMSDK_UART->ctrl & ~CMSDK_UART_CTRL_TX_INT;

	CMSDK_UART->ctrl = on ? ctrl | CMSDK_UART_CTRL_TX_INT : ctrl;
}

/** To be called first in the interrupt handler: whatever happens from then on makes a new interrupt. */
static inline void uart_acknowledge(void)
{
	CMSDK_UART->interrupts = CMSDK_UART_INT_RX | CMSDK_UART_INT_TX;
}

#endif
