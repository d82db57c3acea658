// SPDX-License-Identifier: BSD-3-Clause
/* Arm's CMSDK UART as a console. */
#include "board.h"
#include "cmsdk_uart.h"

#include <soc.h>

#define CONSOLE ((volatile struct cmsdk_uart *)SOC_CONSOLE_BASE)

void amp_console_start(void)
{
	CONSOLE->baud_divider = 16; /* as uart_power_on() */
	CONSOLE->ctrl = CMSDK_UART_CTRL_TX | CMSDK_UART_CTRL_RX | CMSDK_UART_CTRL_RX_INT;
	(void)CONSOLE->data; /* or QEMU would not ask for what was typed before: see uart_power_on() */
	amp_irq_enable(SOC_CONSOLE_IRQ);
}

void amp_console_put(const char *text, size_t length)
{
	for (size_t i = 0; i < length && !(CONSOLE->state & CMSDK_UART_STATE_TX_FULL); i++)
		CONSOLE->data = (uint8_t)text[i];
}

int amp_console_take(void)
{
	return CONSOLE->state & CMSDK_UART_STATE_RX_FULL ? (int)(CONSOLE->data & 0xff) : -1;
}

void amp_console_interrupt(void)
{
	/* Acknowledge first: a byte that comes after amp_console_take() has found none makes a new interrupt. */
	CONSOLE->interrupts = CMSDK_UART_INT_RX;
	amp_doorbell_post(AMP_EVENT_CONSOLE);
}
