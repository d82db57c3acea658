/* SPDX-License-Identifier: GPL-2.0-only */
/* The bare-metal port in a program: each side is one thread, has its link for itself, and is never interrupted. */
#ifndef METAL_ARCH_CPU_H
#define METAL_ARCH_CPU_H

#include <metal/atomic.h>

static inline void amp_arch_cpu_yield(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield" ::: "memory");
#else
	atomic_signal_fence(memory_order_seq_cst);
#endif
}

static inline unsigned int amp_arch_irq_save(void)
{
	return 0;
}

static inline void amp_arch_irq_restore(unsigned int flags)
{
	(void)flags;
}

static inline void amp_arch_wait(void)
{
	amp_arch_cpu_yield();
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

#endif
