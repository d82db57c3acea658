/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file cpu.h
 * @brief CPU hints.
 */
#ifndef METAL_CPU_H
#define METAL_CPU_H

#include <metal/arch/cpu.h>

/** Tell the CPU that this is a busy-wait loop. Context: any. Does not block. */
#define metal_cpu_yield() amp_arch_cpu_yield()

#endif /* METAL_CPU_H */
