/* SPDX-License-Identifier: BSD-3-Clause */
/* The part of the doorbell that needs no interrupts: all that the boot ROM has, and what a crash relies on. */
#include "board.h"
#include "devices.h"

void amp_doorbell_power_on(void)
{
	uart_power_on();
}

void amp_doorbell_put(uint8_t byte)
{
	/* No interrupt could end a sleep here: a fault handler outranks them all. */
	while (!uart_has_room())
		;
	uart_send(byte);
}
