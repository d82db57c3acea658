/* SPDX-License-Identifier: GPL-2.0-only */
/* The SoC that the tests pretend to run on: only what the portable parts of the firmware look at. */
#ifndef SOC_H
#define SOC_H

#include <stdint.h>

/* of the tests that have one */
extern unsigned char fake_control_block[];

#define SOC_CONTROL_DA ((uintptr_t)fake_control_block)

/* of the boot ROM's: the memory that begins with the control block, and some of the core's own */
extern unsigned char fake_private[];

#define SOC_MEM_DA        SOC_CONTROL_DA
#define SOC_MEM_SIZE      0x10000
#define SOC_PRIVATE0_DA   ((uintptr_t)fake_private)
#define SOC_PRIVATE0_SIZE 0x1000
#define SOC_ELF_MACHINE   183

#define SOC_CORE_NAME    "test"
#define SOC_DOORBELL_IRQ 5

#define SOC_VDEV0_VRING0_NUM 8
#define SOC_VDEV0_VRING1_NUM 8

#endif
