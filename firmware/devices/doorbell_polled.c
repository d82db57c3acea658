// SPDX-License-Identifier: BSD-3-Clause
/* The part of the doorbell that works without interrupts, for the boot ROM and for crashes. */
#include "board.h"
#include "devices.h"

void amp_doorbell_power_on(void)
{
	uart_power_on();
}

void amp_doorbell_put(uint8_t byte)
{
	/* Do not sleep: in a fault handler no interrupt would end that. */
	while (!uart_has_room())
		;
	uart_send(byte);
}
