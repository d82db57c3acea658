// SPDX-License-Identifier: GPL-2.0-only
/* For bench/doorbell.c: a Cortex-M3 whose interrupt handler answers each byte of its doorbell, and nothing else. */
#include <stdint.h>

#define UART       ((volatile struct uart *)0x40005000u)
#define UART_IRQ   2
#define NVIC_ISER0 (*(volatile uint32_t *)0xe000e100u)
#define STACK_TOP  0x20008000u
#define RX_FULL    (1u << 1)
#define TX_RX      3u
#define RX_INT     (1u << 3)

struct uart {
	uint32_t data, state, ctrl, interrupts, baud_divider;
};

static void answer(void)
{
	UART->interrupts = RX_INT >> 2;
	while (UART->state & RX_FULL)
		UART->data = UART->data;
}

void __attribute__((__noreturn__)) reset(void);

void reset(void)
{
	UART->baud_divider = 16;
	UART->ctrl = TX_RX;
	(void)UART->data; /* QEMU passes on what waits only after a read */
	UART->ctrl = TX_RX | RX_INT;
	NVIC_ISER0 = 1u << UART_IRQ;
	UART->data = '!';
	for (;;)
		__asm__ volatile("wfi");
}

__attribute__((section(".vectors"), used)) static const void *const vectors[16 + UART_IRQ + 1] = {
	[0] = (const void *)STACK_TOP,
	[1] = (const void *)reset,
	[16 + UART_IRQ] = (const void *)answer,
};
