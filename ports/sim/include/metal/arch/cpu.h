/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Simulator: a busy-wait lets the other side run. Caches are coherent; what delays writes is the memory of
 * <sim/sim.h>.
 */
#ifndef METAL_ARCH_CPU_H
#define METAL_ARCH_CPU_H

#include <sim/sim.h>

static inline void amp_arch_cpu_yield(void)
{
	sim_yield();
}

static inline void amp_arch_cache_flush(void *addr, unsigned int len)
{
	(void)addr;
	(void)len;
}

static inline void amp_arch_cache_invalidate(void *addr, unsigned int len)
{
	(void)addr;
	(void)len;
}

#endif /* METAL_ARCH_CPU_H */
