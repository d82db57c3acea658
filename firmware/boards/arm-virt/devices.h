/* SPDX-License-Identifier: BSD-3-Clause */
/* QEMU's machine "virt" with one Arm core. */
#ifndef AMP_FIRMWARE_DEVICES_H
#define AMP_FIRMWARE_DEVICES_H

#include "pl011.h" /* the doorbell */

#define BOARD_DEVICES           0x08000000u /**< what the MMU maps of them: interrupt controller, UART … */
#define BOARD_DEVICES_SIZE      0x02000000u
#define BOARD_GIC_DISTRIBUTOR   0x08000000u
#define BOARD_GIC_CPU_INTERFACE 0x08010000u
#define BOARD_NOTHING_THERE     0x09100000u /**< an address where no device answers */

#endif
