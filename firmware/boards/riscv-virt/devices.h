/* SPDX-License-Identifier: BSD-3-Clause */
/* QEMU's machine "virt" with one RISC-V core. */
#ifndef AMP_FIRMWARE_DEVICES_H
#define AMP_FIRMWARE_DEVICES_H

#include "ns16550.h" /* the doorbell */

#define BOARD_CLINT         0x02000000u /**< timer */
#define BOARD_PLIC          0x0c000000u /**< interrupt controller */
#define BOARD_NOTHING_THERE 0x18000000u /**< an address where no device answers */

#endif
