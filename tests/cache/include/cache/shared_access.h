/* SPDX-License-Identifier: GPL-2.0-only */
/* AMP_SHARED_ACCESS_HEADER of the build over the cache model: before each access something may happen to a line. */
#ifndef CACHE_SHARED_ACCESS_H
#define CACHE_SHARED_ACCESS_H

#include <cache/model.h>

#include <string.h>

#define AMP_SHARED_LOAD(ptr)         (cache_model_step(ptr), __atomic_load_n((ptr), __ATOMIC_RELAXED))
#define AMP_SHARED_LOAD_ACQUIRE(ptr) (cache_model_step(ptr), __atomic_load_n((ptr), __ATOMIC_ACQUIRE))

#define AMP_SHARED_STORE(ptr, value)                                                \
	(cache_model_step(ptr), __atomic_store_n((ptr), (value), __ATOMIC_RELAXED), \
	 cache_model_wrote((ptr), sizeof(*(ptr))))
#define AMP_SHARED_STORE_RELEASE(ptr, value)                                        \
	(cache_model_step(ptr), __atomic_store_n((ptr), (value), __ATOMIC_RELEASE), \
	 cache_model_wrote((ptr), sizeof(*(ptr))))

#define AMP_SHARED_COPY_IN(dst, src, len) \
	(cache_model_step(dst), memcpy((dst), (src), (len)), cache_model_wrote((dst), (len)))
#define AMP_SHARED_COPY_OUT(dst, src, len) (cache_model_step(src), (void)memcpy((dst), (src), (len)))
#define AMP_SHARED_CLEAR(dst, len)         (cache_model_step(dst), memset((dst), 0, (len)), cache_model_wrote((dst), (len)))
#define AMP_SHARED_FENCE()                 __atomic_thread_fence(__ATOMIC_SEQ_CST)

#endif /* CACHE_SHARED_ACCESS_H */
