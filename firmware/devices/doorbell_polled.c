/* SPDX-License-Identifier: BSD-3-Clause */
/* The part of the doorbell that needs no interrupts: all that the boot ROM has, and what a crash relies on. */
#include "board.h"
#include "cmsdk_uart.h"

void amp_doorbell_power_on(void)
{
	UART->baud_divider = 16; /* the smallest that works: QEMU takes no time over a byte */
	UART->ctrl = UART_CTRL_TX | UART_CTRL_RX;
	/*
	 * One read although nothing is there: QEMU asks its peer for more only after a read, and a byte that was sent
	 * before the receiver was on would otherwise wait for ever, and all later ones behind it.
	 */
	(void)UART->data;
}

void amp_doorbell_put(uint8_t byte)
{
	/* No interrupt could end a sleep here: a fault handler outranks them all. */
	while (UART->state & UART_STATE_TX_FULL)
		;
	UART->data = byte;
}
