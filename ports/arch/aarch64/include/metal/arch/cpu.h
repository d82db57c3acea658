/* SPDX-License-Identifier: BSD-3-Clause */
/* AArch64 cores without an operating system, at EL1 or above: Cortex-A53, A57, A72 … */
#ifndef METAL_ARCH_CPU_H
#define METAL_ARCH_CPU_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

static inline void amp_arch_cpu_yield(void)
{
	__asm__ volatile("yield" ::: "memory");
}

/** Mask interrupts (IRQ and FIQ) of this core; returns the mask before (DAIF). */
static inline unsigned int amp_arch_irq_save(void)
{
	uint64_t daif;

	__asm__ volatile("mrs %0, daif\n\tmsr daifset, #3" : "=r"(daif)::"memory");
	return (unsigned int)daif;
}

/** Back to the mask that amp_arch_irq_save() returned. */
static inline void amp_arch_irq_restore(unsigned int flags)
{
	__asm__ volatile("msr daif, %0" ::"r"((uint64_t)flags) : "memory");
}

/** Wait for an interrupt. One that is masked by amp_arch_irq_save() ends the wait too, so a check before it is not
 * lost. */
static inline void amp_arch_wait(void)
{
	__asm__ volatile("dsb sy\n\twfi" ::: "memory");
}

/** Bytes of the shortest line of all data caches. */
static inline uintptr_t amp_arch_cache_line(void)
{
	uint64_t ctr;

	__asm__("mrs %0, ctr_el0" : "=r"(ctr));
	return (uintptr_t)4 << (ctr >> 16 & 15);
}

/* By address, to where all observers see the same; memory that is not cached takes no harm. */
static inline void amp_arch_cache_flush(void *addr, unsigned int len)
{
	uintptr_t line = amp_arch_cache_line(), end = (uintptr_t)addr + len;

	for (uintptr_t at = (uintptr_t)addr & ~(line - 1); at < end; at += line)
		__asm__ volatile("dc cvac, %0" ::"r"(at) : "memory");
	__asm__ volatile("dsb sy" ::: "memory");
}

/* Cleans as well: what else lies in the first and the last line may be this core's. */
static inline void amp_arch_cache_invalidate(void *addr, unsigned int len)
{
	uintptr_t line = amp_arch_cache_line(), end = (uintptr_t)addr + len;

	for (uintptr_t at = (uintptr_t)addr & ~(line - 1); at < end; at += line)
		__asm__ volatile("dc civac, %0" ::"r"(at) : "memory");
	__asm__ volatile("dsb sy" ::: "memory");
}

#ifdef __cplusplus
}
#endif

#endif /* METAL_ARCH_CPU_H */
