/* SPDX-License-Identifier: BSD-3-Clause */
/* Arm's MPS2 board with the image AN505, a Cortex-M33, all in the secure state. */
#ifndef AMP_FIRMWARE_DEVICES_H
#define AMP_FIRMWARE_DEVICES_H

#define BOARD_COUNTER 0x50000000u /**< the first timer */

#include "cmsdk_timer.h" /* the clock */
#include "cmsdk_uart.h"  /* the doorbell */

#define BOARD_IRQS          128
#define BOARD_NOTHING_THERE 0x5ff00000u /**< an address where no device answers */

#endif
