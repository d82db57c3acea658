/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file spinlock.h
 * @brief Mutual exclusion for a few instructions. The holder must not block.
 *
 * <metal/port/spinlock.h> defines struct metal_spinlock, METAL_SPINLOCK_INIT and these inline functions:
 *
 *   void metal_spinlock_init(struct metal_spinlock *slock);
 *   void metal_spinlock_acquire(struct metal_spinlock *slock);  not recursive
 *   void metal_spinlock_release(struct metal_spinlock *slock);
 *
 * Linux: context thread. Bare metal: see the option AMP_SINGLE_CONTEXT in ports/README.md; context: any.
 */
#ifndef METAL_SPINLOCK_H
#define METAL_SPINLOCK_H

#include <metal/port/spinlock.h>

#endif /* METAL_SPINLOCK_H */
