/* SPDX-License-Identifier: GPL-2.0-only */
/* The board that the tests pretend to have: a UART that test_doorbell.c plays. */
#ifndef AMP_FIRMWARE_DEVICES_H
#define AMP_FIRMWARE_DEVICES_H

#include <soc.h>
#include <stdbool.h>
#include <stdint.h>

#define UART_TX_IRQ 6

void uart_power_on(void);
bool uart_has_byte(void);
uint8_t uart_take(void);
bool uart_has_room(void);
void uart_send(uint8_t byte);
void uart_interrupt_on_byte(void);
void uart_interrupt_on_room(bool on);
void uart_acknowledge(void);

#endif
