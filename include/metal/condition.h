/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file condition.h
 * @brief Waiting for another context to signal.
 *
 * The usual pattern, since every wait may end early: hold the mutex, and wait as long as what is waited for is not
 * true.
 *
 * <metal/port/condition.h> defines struct metal_condition and METAL_CONDITION_INIT. On bare metal the core waits in its
 * idle state, and what signals is an interrupt.
 */
#ifndef METAL_CONDITION_H
#define METAL_CONDITION_H

#include <metal/mutex.h>
#include <metal/port/condition.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Make ready for use. Context: any. */
void metal_condition_init(struct metal_condition *cv);

/**
 * @brief Wake one waiter at least (bare metal: the waiter).
 *
 * Context: thread; on bare metal also an interrupt handler. Does not block.
 *
 * @return 0 or a negative error number
 */
int metal_condition_signal(struct metal_condition *cv);

/** Wake all waiters; otherwise as metal_condition_signal(). */
int metal_condition_broadcast(struct metal_condition *cv);

/**
 * @brief Release the mutex, wait for a signal, acquire the mutex again. May return without a signal.
 *
 * Context: task. Blocks without a limit: prefer amp_condition_wait_until().
 *
 * @param m held by the caller
 * @return 0 or a negative error number; the mutex is held again in both cases
 */
int metal_condition_wait(struct metal_condition *cv, metal_mutex_t *m);

/**
 * @brief metal_condition_wait() with an end.
 *
 * Context: task. Blocks until the deadline at most, on bare metal until the first interrupt after it.
 *
 * @param deadline in the nanoseconds of metal_get_timestamp(); in the past: do not wait
 * @return 0, -ETIMEDOUT once the deadline has passed, -ENOSYS when the board has no clock, or another negative error
 *         number; the mutex is held again in all cases
 */
int amp_condition_wait_until(struct metal_condition *cv, metal_mutex_t *m, unsigned long long deadline);

#ifdef __cplusplus
}
#endif

#endif /* METAL_CONDITION_H */
