/* SPDX-License-Identifier: GPL-2.0-only */
/* A CPU whose data cache is the model of <cache/model.h>. */
#ifndef METAL_ARCH_CPU_H
#define METAL_ARCH_CPU_H

#include <cache/model.h>

#include <stdatomic.h>

#define AMP_ARCH_CACHE_LINE cache_model_line()

static inline void amp_arch_cpu_yield(void)
{
	atomic_signal_fence(memory_order_seq_cst);
}

static inline void amp_arch_cache_flush(void *addr, unsigned int len)
{
	cache_model_flush(addr, len);
}

static inline void amp_arch_cache_invalidate(void *addr, unsigned int len)
{
	cache_model_invalidate(addr, len);
}

#endif /* METAL_ARCH_CPU_H */
