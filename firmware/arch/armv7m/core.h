/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file core.h
 * @brief What the files of this directory share, and the symbols of the linker script sections.ld.
 */
#ifndef AMP_FIRMWARE_ARMV7M_CORE_H
#define AMP_FIRMWARE_ARMV7M_CORE_H

#include <stdbool.h>
#include <stdint.h>

typedef void (*armv7m_vector_t)(void);

extern const armv7m_vector_t __vectors[];

/*
 * Stacks grow down towards their guard, which the MPU keeps anyone from touching. main() runs on the main stack,
 * interrupt handlers on the handler stack, and fault handling on the fault stack.
 */
extern uint32_t __main_guard[], __main_stack[], __main_stack_top[];
extern uint32_t __handler_guard[], __handler_stack[], __handler_stack_top[];
extern uint32_t __fault_stack_top[];

/* Code and constants: read-only once the MPU is on. */
extern const uint32_t __text_start[], __text_end[], __text_log2_size[];

/** What start.S fills the stacks with. */
#define AMP_STACK_PAINT 0x5aa5c33cu

/** Bytes of each guard. No stack frame is larger, so none can step over it: see -Wframe-larger-than in CMakeLists.txt.
 */
#define AMP_STACK_GUARD 1024u

/* start.S */
_Noreturn void amp_start(void);
_Noreturn void amp_fault_entry(void);

/* main.c of the application */
int main(void);

/* mpu.c */

/** Switch protection on: read-only code, no code elsewhere, stack guards, no null pointers, no writing to what others
 * own. */
void armv7m_mpu_start(void);

/** The address lies in a guard. @return the name of that guard's stack, or NULL */
const char *armv7m_guarded_stack(uint32_t address);

/* clock.c */
void armv7m_clock_interrupt(void);

/* fault.c */

/** Registers that amp_fault_entry saved; the order of its `push`. */
struct fault_context {
	uint32_t msp, psp, exc_return, exception;
	uint32_t r4_to_r11[8];
};

_Noreturn void amp_fault_handler(const struct fault_context *context);

/** Let faults trap as themselves, and trap what the core would otherwise let pass (division by zero, unaligned access).
 */
void armv7m_fault_start(void);

/** From now on the fault handler commits a fault of its own: the core locks up at the next fault. */
void armv7m_fault_poison(void);

#endif
