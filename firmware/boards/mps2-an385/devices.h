/* SPDX-License-Identifier: BSD-3-Clause */
/* Arm's MPS2 board with the image AN385, a Cortex-M3. */
#ifndef AMP_FIRMWARE_DEVICES_H
#define AMP_FIRMWARE_DEVICES_H

#define BOARD_COUNTER 0x40000000u /**< the first timer */

#include "cmsdk_timer.h" /* the clock */
#include "cmsdk_uart.h"  /* the doorbell */

#define BOARD_IRQS          32
#define BOARD_NOTHING_THERE 0x50000000u /**< an address where no device answers */

#endif
