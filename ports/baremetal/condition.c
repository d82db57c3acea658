// SPDX-License-Identifier: BSD-3-Clause
/* Waiting in the CPU's idle state for a signal that an interrupt handler gives. */
#include <metal/compiler.h>
#include <metal/condition.h>
#include <metal/errno.h>
#include <metal/port/board.h>
#include <metal/port/irq.h>
#include <metal/time.h>
#include <stdbool.h>

metal_weak void amp_board_idle(void)
{
	amp_arch_wait();
}

void metal_condition_init(struct metal_condition *cv)
{
	atomic_store_explicit(&cv->signals, 0, memory_order_relaxed);
}

int metal_condition_signal(struct metal_condition *cv)
{
	/* Whoever waits is interrupted by this, and so finds the count changed, even if a further handler comes between
	 * the two and counts the same number. What was done before is seen. */
	atomic_signal_fence(memory_order_release);
	atomic_store_explicit(&cv->signals, atomic_load_explicit(&cv->signals, memory_order_relaxed) + 1,
	                      memory_order_relaxed);
	return 0;
}

int metal_condition_broadcast(struct metal_condition *cv)
{
	return metal_condition_signal(cv);
}

/*
 * One round: look, and if nothing has come, idle. Interrupts are off between the two: a signal in between is then still
 * pending, and ends the idle state, in which it would otherwise be slept over.
 */
static bool signalled(struct metal_condition *cv, unsigned int before)
{
	unsigned int flags = metal_irq_save_disable();
	bool changed = atomic_load_explicit(&cv->signals, memory_order_relaxed) != before;

	if (!changed)
		amp_board_idle();
	metal_irq_restore_enable(flags);
	return changed;
}

int metal_condition_wait(struct metal_condition *cv, metal_mutex_t *m)
{
	/* Read while the mutex still keeps the signal away. */
	unsigned int before = atomic_load_explicit(&cv->signals, memory_order_relaxed);

	metal_mutex_release(m);
	while (!signalled(cv, before))
		;
	atomic_signal_fence(memory_order_acquire);
	metal_mutex_acquire(m);
	return 0;
}

int amp_condition_wait_until(struct metal_condition *cv, metal_mutex_t *m, unsigned long long deadline)
{
	unsigned int before = atomic_load_explicit(&cv->signals, memory_order_relaxed);
	unsigned long long now;
	bool changed;
	int ret = 0;

	metal_mutex_release(m);
	do {
		now = metal_get_timestamp();
		changed = atomic_load_explicit(&cv->signals, memory_order_relaxed) != before;
		/* A signal that came before the deadline counts, even if it is only seen now. */
		if (!changed && now == 0)
			ret = -ENOSYS;
		else if (!changed && now >= deadline)
			ret = -ETIMEDOUT;
	} while (!changed && !ret && !signalled(cv, before));
	atomic_signal_fence(memory_order_acquire); /* what was done before the signal is seen */
	metal_mutex_acquire(m);
	return ret;
}
