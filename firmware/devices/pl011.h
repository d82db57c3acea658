/* SPDX-License-Identifier: BSD-3-Clause */
/* Arm's UART PL011 as a doorbell: what devices/doorbell.c asks of a UART. */
#ifndef AMP_FIRMWARE_PL011_H
#define AMP_FIRMWARE_PL011_H

#include <soc.h>
#include <stdbool.h>
#include <stdint.h>

#define PL011_REG(offset) (*(volatile uint32_t *)(uintptr_t)(SOC_DOORBELL_BASE + (offset)))

#define PL011_DATA       PL011_REG(0x00)
#define PL011_FLAGS      PL011_REG(0x18)
#define PL011_LINE       PL011_REG(0x2c)
#define PL011_CONTROL    PL011_REG(0x30)
#define PL011_INTERRUPTS PL011_REG(0x38) /* enabled */
#define PL011_CLEAR      PL011_REG(0x44)

#define PL011_FLAGS_RX_EMPTY (1u << 4)
#define PL011_FLAGS_TX_FULL  (1u << 5)
#define PL011_LINE_8_BITS    (3u << 5)
#define PL011_LINE_FIFO      (1u << 4)
#define PL011_CONTROL_ENABLE (1u << 0 | 1u << 8 | 1u << 9) /* UART, transmitter, receiver */
#define PL011_RX             (1u << 4 | 1u << 6) /* as many bytes as make an interrupt, or fewer that have waited */
#define PL011_TX             (1u << 5)

/** One interrupt for both directions. */
#define UART_TX_IRQ SOC_DOORBELL_IRQ

static inline void uart_power_on(void)
{
	PL011_INTERRUPTS = 0;
	PL011_LINE = PL011_LINE_8_BITS | PL011_LINE_FIFO;
	PL011_CONTROL = PL011_CONTROL_ENABLE;
}

static inline bool uart_has_byte(void)
{
	return !(PL011_FLAGS & PL011_FLAGS_RX_EMPTY);
}

static inline uint8_t uart_take(void)
{
	return (uint8_t)PL011_DATA;
}

static inline bool uart_has_room(void)
{
	return !(PL011_FLAGS & PL011_FLAGS_TX_FULL);
}

static inline void uart_send(uint8_t byte)
{
	PL011_DATA = byte;
}

/** Interrupt when a byte has come, from now on. */
static inline void uart_interrupt_on_byte(void)
{
	PL011_INTERRUPTS |= PL011_RX;
}

/** Switch the interrupt "the transmitter has become free" on or off. */
static inline void uart_interrupt_on_room(bool on)
{
	PL011_INTERRUPTS = on ? PL011_RX | PL011_TX : PL011_RX;
}

/** To be called first in the interrupt handler: whatever happens from then on makes a new interrupt. */
static inline void uart_acknowledge(void)
{
	PL011_CLEAR = PL011_RX | PL011_TX;
}

#endif
