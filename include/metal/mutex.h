/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file mutex.h
 * @brief Mutual exclusion between the contexts that use the library.
 *
 * <metal/port/mutex.h> defines metal_mutex_t, METAL_MUTEX_INIT(m) and these inline functions:
 *
 *   void metal_mutex_init(metal_mutex_t *mutex);        not held
 *   void metal_mutex_deinit(metal_mutex_t *mutex);      must not be held; no use after it
 *   int metal_mutex_try_acquire(metal_mutex_t *mutex);  not 0: acquired. Does not block
 *   void metal_mutex_acquire(metal_mutex_t *mutex);     may block; not recursive
 *   void metal_mutex_release(metal_mutex_t *mutex);     by the context that acquired it
 *   int metal_mutex_is_acquired(metal_mutex_t *mutex);  not 0: someone holds it at this moment
 *
 * Optional: METAL_MUTEX_CONTEXT(), a uintptr_t that tells the thread that calls it from all others. Without it the
 * sends that wait on one link share the earliest of their deadlines, as those of nested interrupts do.
 *
 * Optional: METAL_MUTEX_RELEASE_IS_FENCE, if the release orders memory as atomic_thread_fence(memory_order_seq_cst).
 *
 * METAL_MUTEX_IS_NOTHING: nothing is kept, and whether one is held cannot be told. Such a port defines
 * METAL_MUTEX_IDLE(), which is called with interrupts disabled, and sleeps until one is pending, whatever it is.
 *
 * Linux: a futex; context: thread, including interrupt handlers, which are threads there.
 * Bare metal: see the option AMP_SINGLE_CONTEXT in ports/README.md; context: any.
 */
#ifndef METAL_MUTEX_H
#define METAL_MUTEX_H

#include <metal/port/libc.h>
#include <metal/port/mutex.h>

/** Define a mutex, not held: static METAL_MUTEX_DEFINE(m); */
#define METAL_MUTEX_DEFINE(m) metal_mutex_t m = METAL_MUTEX_INIT(m)

#endif /* METAL_MUTEX_H */
