/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ARMv6-M and ARMv7-M cores without caches: Cortex-M0, M0+, M3, M4. (A Cortex-M7 needs cache maintenance, and a
 * directory of its own.)
 */
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

/** Load a half-word that others write, once. GCC extends a volatile one by a further instruction, after ldrh has. */
static inline uint32_t amp_arch_load_half(const volatile void *ptr)
{
	uint32_t half;

#ifdef __thumb2__
	__asm__ volatile("ldrh %0, %1" : "=r"(half) : "m"(*(const volatile uint16_t *)ptr));
#else /* Armv6-M reaches r0 to r7 alone */
	__asm__ volatile("ldrh %0, %1" : "=l"(half) : "m"(*(const volatile uint16_t *)ptr));
#endif
	if (half > UINT16_MAX)
		__builtin_unreachable();
	return half;
}
#define AMP_ARCH_LOAD_HALF(ptr) amp_arch_load_half(ptr)

/** Mask all interrupts that can be masked; returns the mask before (PRIMASK). */
static inline unsigned int amp_arch_irq_save(void)
{
	unsigned int primask;

	__asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(primask)::"memory");
	return primask;
}

/** Back to the mask that amp_arch_irq_save() returned. */
static inline void amp_arch_irq_restore(unsigned int flags)
{
	/* No ISB: an interrupt that becomes possible here may as well be taken a few instructions later. */
	__asm__ volatile("msr primask, %0" ::"r"(flags) : "memory");
}

/** Wait for an interrupt. One that is masked by amp_arch_irq_save() ends the wait too, so a check before it is not
 * lost. */
static inline void amp_arch_wait(void)
{
	__asm__ volatile("dsb\n\twfi" ::: "memory");
}

/* No data cache. What remains: accesses before are complete before the peer is told. */
static inline void amp_arch_cache_flush(void *addr, unsigned int len)
{
	(void)addr;
	(void)len;
	__asm__ volatile("dsb" ::: "memory");
}

static inline void amp_arch_cache_invalidate(void *addr, unsigned int len)
{
	(void)addr;
	(void)len;
	__asm__ volatile("dsb" ::: "memory");
}

#ifdef __cplusplus
}
#endif

#endif /* METAL_ARCH_CPU_H */
