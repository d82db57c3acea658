/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How the way of a message is compiled.
 *
 * It is written once for both roles, as functions that take the role as a constant and are all inlined into one per
 * role: neither calls nor role checks remain. A build for size keeps the calls, and one copy.
 */
#ifndef AMP_HOT_PATH_H
#define AMP_HOT_PATH_H

#if defined(__OPTIMIZE__) && !defined(__OPTIMIZE_SIZE__)
#define AMP_HOT                             static inline __attribute__((__always_inline__))
#define AMP_COLD                            __attribute__((__cold__, __noinline__))
#define AMP_FAST                            1
#define AMP_INLINE_OR_CALL(inlined, called) inlined
#else
#define AMP_HOT static inline
#define AMP_COLD
#define AMP_FAST                            0
#define AMP_INLINE_OR_CALL(inlined, called) called
#endif

#define amp_likely(x)   __builtin_expect(!!(x), 1)
#define amp_unlikely(x) __builtin_expect(!!(x), 0)

#endif /* AMP_HOT_PATH_H */
