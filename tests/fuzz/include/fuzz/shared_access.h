/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Accessors of shared memory for a library under fuzzing (AMP_SHARED_ACCESS_HEADER): before each access the
 * hostile peer of tests/fuzz/peer.h may write.
 */
#ifndef FUZZ_SHARED_ACCESS_H
#define FUZZ_SHARED_ACCESS_H

#include <string.h>

void fuzz_peer_moment(void);

#define AMP_SHARED_LOAD(ptr)                 (fuzz_peer_moment(), __atomic_load_n((ptr), __ATOMIC_RELAXED))
#define AMP_SHARED_LOAD_ACQUIRE(ptr)         (fuzz_peer_moment(), __atomic_load_n((ptr), __ATOMIC_ACQUIRE))
#define AMP_SHARED_STORE(ptr, value)         (fuzz_peer_moment(), __atomic_store_n((ptr), (value), __ATOMIC_RELAXED))
#define AMP_SHARED_STORE_RELEASE(ptr, value) (fuzz_peer_moment(), __atomic_store_n((ptr), (value), __ATOMIC_RELEASE))
#define AMP_SHARED_COPY_IN(dst, src, len)    (fuzz_peer_moment(), memcpy((dst), (src), (len)))
#define AMP_SHARED_COPY_OUT(dst, src, len)   (fuzz_peer_moment(), memcpy((dst), (src), (len)))
#define AMP_SHARED_CLEAR(dst, len)           (fuzz_peer_moment(), memset((dst), 0, (len)))
#define AMP_SHARED_FENCE()                   (fuzz_peer_moment(), __atomic_thread_fence(__ATOMIC_SEQ_CST))

#endif
