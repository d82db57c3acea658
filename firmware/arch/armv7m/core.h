/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of this directory share, and the symbols of the linker script that only they need. */
#ifndef AMP_FIRMWARE_ARMV7M_CORE_H
#define AMP_FIRMWARE_ARMV7M_CORE_H

#include <stdint.h>

typedef void (*armv7m_vector_t)(void);

extern const armv7m_vector_t __vectors[];

/* Code and constants: read-only once the MPU is on. */
extern const uint32_t __text_start[], __text_end[], __text_log2_size[];

/* start.S */
_Noreturn void amp_start(void);
_Noreturn void armv7m_fault_entry(void);

/* main.c of the application */
int main(void);

/* mpu.c */

/**
 * Switch protection on: code is read-only, nothing else is code, and neither stack guards, null pointers nor the other
 * sides' sections can be written.
 */
void armv7m_mpu_start(void);

/* clock.c */
void armv7m_clock_interrupt(void);

/* fault.c */

/** Registers that armv7m_fault_entry saved; the order of its `push`. */
struct fault_context {
	uint32_t msp, psp, exc_return, exception;
	uint32_t r4_to_r11[8];
};

_Noreturn void armv7m_fault_handler(const struct fault_context *context);

/** Let each kind of fault trap as what it is, and have divisions by zero trap too. */
void armv7m_fault_start(void);

#endif
