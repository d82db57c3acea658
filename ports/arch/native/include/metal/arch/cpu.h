/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A program under an operating system, on any CPU: no control over interrupts, and memory that is coherent.
 *
 * User space cannot maintain caches portably. What it shares with another core comes from a driver, which maps it as
 * the hardware needs.
 */
#ifndef METAL_ARCH_CPU_H
#define METAL_ARCH_CPU_H

#include <metal/atomic.h>

#ifdef __cplusplus
extern "C" {
#endif

static inline void amp_arch_cpu_yield(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
	__asm__ volatile("yield" ::: "memory");
#else
	atomic_signal_fence(memory_order_seq_cst);
#endif
}

static inline void amp_arch_cache_flush(void *addr, unsigned int len)
{
	(void)addr;
	(void)len;
	atomic_thread_fence(memory_order_release);
}

static inline void amp_arch_cache_invalidate(void *addr, unsigned int len)
{
	(void)addr;
	(void)len;
	atomic_thread_fence(memory_order_acquire);
}

#ifdef __cplusplus
}
#endif

#endif /* METAL_ARCH_CPU_H */
