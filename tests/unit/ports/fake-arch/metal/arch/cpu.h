/* SPDX-License-Identifier: GPL-2.0-only */
/* An architecture for tests: its interrupt mask is a variable, and waiting calls the test. */
#ifndef METAL_ARCH_CPU_H
#define METAL_ARCH_CPU_H

extern unsigned int fake_irqs_masked; /* 1 while interrupts are disabled */
extern void (*fake_interrupt)(void);  /* what happens while the CPU waits */
extern unsigned int fake_waits;       /* how often it waited */

void fake_wait(void);

static inline void amp_arch_cpu_yield(void)
{
}

static inline unsigned int amp_arch_irq_save(void)
{
	unsigned int flags = fake_irqs_masked;

	fake_irqs_masked = 1;
	return flags;
}

static inline void amp_arch_irq_restore(unsigned int flags)
{
	fake_irqs_masked = flags;
}

static inline void amp_arch_wait(void)
{
	fake_wait();
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

#endif
