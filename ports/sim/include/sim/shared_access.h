/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The simulator's accessors of shared memory: AMP_SHARED_ACCESS_HEADER of a simulator build of the library.
 *
 * Each access is a step: before it the scheduler may let the other side run, let an interrupt in, or end this side's
 * life.
 */
#ifndef SIM_SHARED_ACCESS_H
#define SIM_SHARED_ACCESS_H

#include <sim/sim.h>

/* The type of a loaded word, without its qualifiers; nothing is evaluated. */
#define SIM_WORD(ptr) __typeof__(__atomic_load_n((ptr), __ATOMIC_RELAXED))

#define AMP_SHARED_LOAD(ptr)         ((SIM_WORD(ptr))sim_load((ptr), sizeof(*(ptr)), false))
#define AMP_SHARED_LOAD_ACQUIRE(ptr) ((SIM_WORD(ptr))sim_load((ptr), sizeof(*(ptr)), true))

#define AMP_SHARED_STORE(ptr, value)         sim_store((ptr), sizeof(*(ptr)), (uint64_t)(value), false)
#define AMP_SHARED_STORE_RELEASE(ptr, value) sim_store((ptr), sizeof(*(ptr)), (uint64_t)(value), true)

#define AMP_SHARED_COPY_IN(dst, src, len)  sim_copy_in((dst), (src), (len))
#define AMP_SHARED_COPY_OUT(dst, src, len) sim_copy_out((dst), (src), (len))
#define AMP_SHARED_CLEAR(dst, len)         sim_clear((dst), (len))
#define AMP_SHARED_FENCE()                 sim_fence()

#endif /* SIM_SHARED_ACCESS_H */
