/* SPDX-License-Identifier: BSD-3-Clause */
/** @file cmsdk_uart.h @brief Arm's CMSDK UART: the doorbell of this board. */
#ifndef AMP_FIRMWARE_CMSDK_UART_H
#define AMP_FIRMWARE_CMSDK_UART_H

#include <soc.h>
#include <stdint.h>

struct cmsdk_uart {
	uint32_t data;
	uint32_t state;
	uint32_t ctrl;
	uint32_t interrupts; /* read: pending; write 1: clear */
	uint32_t baud_divider;
};

#define UART ((volatile struct cmsdk_uart *)SOC_DOORBELL_BASE)

#define UART_STATE_TX_FULL (1u << 0)
#define UART_STATE_RX_FULL (1u << 1)

#define UART_CTRL_TX     (1u << 0)
#define UART_CTRL_RX     (1u << 1)
#define UART_CTRL_TX_INT (1u << 2)
#define UART_CTRL_RX_INT (1u << 3)

#define UART_INT_TX (1u << 0)
#define UART_INT_RX (1u << 1)

#endif
