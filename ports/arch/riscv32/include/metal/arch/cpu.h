/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RISC-V cores of 32 bits in machine mode, without caches or with ones that the peer sees through. (Others need
 * cache maintenance, and a directory of their own.)
 */
#ifndef METAL_ARCH_CPU_H
#define METAL_ARCH_CPU_H

#ifdef __cplusplus
extern "C" {
#endif

/** Machine interrupt enable, in mstatus. */
#define AMP_ARCH_MSTATUS_MIE 8u

static inline void amp_arch_cpu_yield(void)
{
	/* "pause", which assemblers without Zihintpause do not know. Cores without it take it as an empty fence. */
	__asm__ volatile(".word 0x0100000f" ::: "memory");
}

/** Disable interrupts of this hart; returns whether they were enabled (MIE). */
static inline unsigned int amp_arch_irq_save(void)
{
	unsigned int mstatus;

	__asm__ volatile("csrrci %0, mstatus, %1" : "=r"(mstatus) : "i"(AMP_ARCH_MSTATUS_MIE) : "memory");
	return mstatus & AMP_ARCH_MSTATUS_MIE;
}

/** Back to what amp_arch_irq_save() returned. */
static inline void amp_arch_irq_restore(unsigned int flags)
{
	/* Interrupts are disabled between the pair: setting the bit or leaving it is all there is to restore. */
	__asm__ volatile("csrs mstatus, %0" ::"r"(flags & AMP_ARCH_MSTATUS_MIE) : "memory");
}

/** Wait for an interrupt that mie enables. One that is held back by amp_arch_irq_save() ends the wait too, so a check
 * before it is not lost. */
static inline void amp_arch_wait(void)
{
	/* What was written before is seen by the peer before this core sleeps, devices included. */
	__asm__ volatile("fence iorw, iorw\n\twfi" ::: "memory");
}

/* No maintenance. What remains: accesses before are complete before the peer is told, by memory or by a device. */
static inline void amp_arch_cache_flush(void *addr, unsigned int len)
{
	(void)addr;
	(void)len;
	__asm__ volatile("fence iorw, iorw" ::: "memory");
}

static inline void amp_arch_cache_invalidate(void *addr, unsigned int len)
{
	(void)addr;
	(void)len;
	__asm__ volatile("fence iorw, iorw" ::: "memory");
}

#ifdef __cplusplus
}
#endif

#endif /* METAL_ARCH_CPU_H */
