/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The three stacks of a firmware, as firmware.ld lays them out.
 *
 * They grow down towards their guard, which memory protection keeps anyone from touching. main() runs on the main
 * stack, interrupt handlers on the handler stack, and fault handling on the fault stack.
 */
#ifndef AMP_FIRMWARE_STACK_H
#define AMP_FIRMWARE_STACK_H

#include <stdint.h>

extern uint32_t __main_guard[], __main_stack[], __main_stack_top[];
extern uint32_t __handler_guard[], __handler_stack[], __handler_stack_top[];
extern uint32_t __fault_stack_top[];
/** As far behind __text_start as code, data and stacks take bytes, wherever those are. */
extern const uint8_t __memory_used[];
extern const uint32_t __text_start[];

/** What start.S fills the stacks with. */
#define AMP_STACK_PAINT 0x5aa5c33cu

/** Bytes of each guard. No stack frame is as large, so none can step over it: -Wframe-larger-than in CMakeLists.txt. */
#define AMP_STACK_GUARD 4096u

/** @return the name of the stack in whose guard the address lies, or NULL. Context: any. */
const char *amp_stack_guarded(uintptr_t address);

#endif
