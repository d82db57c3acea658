/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What must be called with a lock says so, and is checked: in builds without NDEBUG, which the sanitizers' are,
 * and with AMP_CHECK_LOCKS, as the simulator's. Where a port keeps no locks there is nothing to check.
 */
#ifndef AMP_LOCKED_H
#define AMP_LOCKED_H

#include <metal/assert.h>
#include <metal/mutex.h>

#if (defined(AMP_CHECK_LOCKS) || !defined(NDEBUG)) && !defined(METAL_MUTEX_IS_NOTHING)
#define AMP_ASSERT_LOCKED(mutex) metal_assert(metal_mutex_is_acquired(mutex))
#else
#define AMP_ASSERT_LOCKED(mutex) ((void)0)
#endif

/** Whether there are locks, and threads that keep them. */
#ifdef METAL_MUTEX_IS_NOTHING
#define HAS_LOCKS 0
#else
#define HAS_LOCKS 1
#endif

#endif /* AMP_LOCKED_H */
