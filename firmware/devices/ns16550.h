/* SPDX-License-Identifier: BSD-3-Clause */
/* The 16550 UART as a doorbell: what devices/doorbell.c asks of a UART. */
#ifndef AMP_FIRMWARE_NS16550_H
#define AMP_FIRMWARE_NS16550_H

#include <soc.h>
#include <stdbool.h>
#include <stdint.h>

#define NS16550_REG(n) (*(volatile uint8_t *)(uintptr_t)(SOC_DOORBELL_BASE + (n)))

#define NS16550_DATA NS16550_REG(0) /* receive buffer, transmit holding */
#define NS16550_IER  NS16550_REG(1)
#define NS16550_FCR  NS16550_REG(2)
#define NS16550_LCR  NS16550_REG(3)
#define NS16550_MCR  NS16550_REG(4)
#define NS16550_LSR  NS16550_REG(5)

#define NS16550_IER_RX        (1u << 0)
#define NS16550_IER_TX        (1u << 1)
#define NS16550_FCR_ENABLE    (1u << 0) /* interrupt at the first byte: no trigger level set */
#define NS16550_LCR_8_BITS    3u
#define NS16550_MCR_INTERRUPT (1u << 3) /* OUT2: the gate of the interrupt line */
#define NS16550_LSR_HAS_BYTE  (1u << 0)
#define NS16550_LSR_HAS_ROOM  (1u << 5) /* the transmit FIFO is empty */

/** One interrupt for both directions. */
#define UART_TX_IRQ SOC_DOORBELL_IRQ

static inline void uart_power_on(void)
{
	NS16550_IER = 0;
	NS16550_LCR = NS16550_LCR_8_BITS;
	NS16550_FCR = NS16550_FCR_ENABLE;
	NS16550_MCR = NS16550_MCR_INTERRUPT;
}

static inline bool uart_has_byte(void)
{
	return NS16550_LSR & NS16550_LSR_HAS_BYTE;
}

static inline uint8_t uart_take(void)
{
	return NS16550_DATA;
}

static inline bool uart_has_room(void)
{
	return NS16550_LSR & NS16550_LSR_HAS_ROOM;
}

static inline void uart_send(uint8_t byte)
{
	NS16550_DATA = byte;
}

/** Interrupt when a byte has come, from now on. */
static inline void uart_interrupt_on_byte(void)
{
	NS16550_IER |= NS16550_IER_RX;
}

/** Switch the interrupt "the transmitter has become free" on or off. */
static inline void uart_interrupt_on_room(bool on)
{
	NS16550_IER = on ? NS16550_IER_RX | NS16550_IER_TX : NS16550_IER_RX;
}

/** Nothing to do: taking the byte, or filling the transmitter, ends the interrupt. */
static inline void uart_acknowledge(void)
{
}

#endif
