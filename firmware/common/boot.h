/* SPDX-License-Identifier: BSD-3-Clause */
/* Between the boot ROM's portable part, bootrom.c, and that of the instruction set, boot.c. */
#ifndef AMP_FIRMWARE_BOOT_H
#define AMP_FIRMWARE_BOOT_H

#include <stdint.h>

/** Stack of the boot ROM, from the linker script. */
extern uint32_t __boot_stack[], __boot_stack_top[];

/** Called by arch/ISA at power-on, on the boot ROM's stack, interrupts off. Does not return. */
_Noreturn void boot_main(void);

/** Called by arch/ISA for a fault before the firmware has handlers. `pc`, `lr`: where it happened; 0 if unknown. */
_Noreturn void boot_refuse(uintptr_t pc, uintptr_t lr, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
