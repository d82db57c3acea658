/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The only way in which the library touches words that the other side can write.
 *
 * Each access happens exactly once, whole, and where it is written (a compiler may neither repeat nor merge it): what
 * was read is a snapshot that can be checked and then used. The orders are those of the C11 memory model.
 *
 * A simulator replaces all of it: with AMP_SHARED_ACCESS_HEADER defined as a header's name, that header provides these
 * macros and can stop, delay or corrupt each access.
 */
#ifndef AMP_SHARED_ACCESS_H
#define AMP_SHARED_ACCESS_H

#include <metal/cpu.h>

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "The wire formats are little-endian; this library is for little-endian cores only"
#endif

#ifdef AMP_SHARED_ACCESS_HEADER
#include AMP_SHARED_ACCESS_HEADER
#else

/*
 * On 32-bit cores an aligned word that is volatile is read and written as whole as an atomic one, in fewer
 * instructions: GCC computes the address of an atomic access apart. Sanitizers have to see that accesses are atomic.
 */
#if UINTPTR_MAX == UINT32_MAX && !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#ifdef AMP_ARCH_LOAD_HALF
#define AMP_SHARED_LOAD(ptr)                                                  \
	((__typeof__(*(ptr)))(sizeof(*(ptr)) == 2 ? AMP_ARCH_LOAD_HALF((ptr)) \
	                                          : *(const volatile __typeof__(*(ptr)) *)(ptr)))
#else
#define AMP_SHARED_LOAD(ptr) (*(const volatile __typeof__(*(ptr)) *)(ptr))
#endif
#define AMP_SHARED_STORE(ptr, value) ((void)(*(volatile __typeof__(*(ptr)) *)(ptr) = (value)))
#else
/** Read, no order. For words behind an index that was read with AMP_SHARED_LOAD_ACQUIRE, and for own words. */
#define AMP_SHARED_LOAD(ptr)         __atomic_load_n((ptr), __ATOMIC_RELAXED)
/** Write, no order. */
#define AMP_SHARED_STORE(ptr, value) __atomic_store_n((ptr), (value), __ATOMIC_RELAXED)
#endif
/** Read an index: what the other side wrote before it is seen by what follows. */
#define AMP_SHARED_LOAD_ACQUIRE(ptr)         __atomic_load_n((ptr), __ATOMIC_ACQUIRE)
/** Write an index: what was written before it is seen by whoever sees it. */
#define AMP_SHARED_STORE_RELEASE(ptr, value) __atomic_store_n((ptr), (value), __ATOMIC_RELEASE)
/** Copy a payload into shared memory. */
#define AMP_SHARED_COPY_IN(dst, src, len)    memcpy((dst), (src), (len))
/** Copy a structure out of shared memory. The other side may be writing to it: check the copy, then use it. */
#ifdef __SANITIZE_THREAD__
static inline void amp_shared_copy_out(void *dst, const void *src, size_t len)
{
	for (size_t i = 0; i < len; i++)
		((uint8_t *)dst)[i] = __atomic_load_n((const uint8_t *)src + i, __ATOMIC_RELAXED);
}
#define AMP_SHARED_COPY_OUT(dst, src, len) amp_shared_copy_out((dst), (src), (len))
#else
#define AMP_SHARED_COPY_OUT(dst, src, len) memcpy((dst), (src), (len))
#endif
/** Fill shared memory with zeroes. */
#define AMP_SHARED_CLEAR(dst, len) memset((dst), 0, (len))

/** Full fence: stores before it are visible before loads after it are done. */
#ifdef __SANITIZE_THREAD__
/* The thread sanitizer does not know fences; it knows read-modify-write operations, which order as much. */
static inline void amp_shared_fence(void)
{
	static uint32_t order;

	(void)__atomic_fetch_add(&order, 0, __ATOMIC_SEQ_CST);
}
#define AMP_SHARED_FENCE() amp_shared_fence()
#else
#define AMP_SHARED_FENCE() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#endif

#endif /* AMP_SHARED_ACCESS_HEADER */

#if UINTPTR_MAX == UINT32_MAX
typedef uint32_t __attribute__((__may_alias__)) amp_shared_half;
#endif

/**
 * Read 64 bits. Not at once on a 32-bit core; that does no harm, since the parts are checked as a whole afterwards and
 * a torn value is just another value that the other side could have written.
 */
static inline uint64_t amp_shared_load64(const uint64_t *ptr)
{
#if UINTPTR_MAX > UINT32_MAX
	return AMP_SHARED_LOAD(ptr);
#else
	const amp_shared_half *half = (const amp_shared_half *)(const void *)ptr;
	uint32_t low = AMP_SHARED_LOAD(&half[0]);

	return low | (uint64_t)AMP_SHARED_LOAD(&half[1]) << 32;
#endif
}

/** Write 64 bits; not at once on a 32-bit core. */
static inline void amp_shared_store64(uint64_t *ptr, uint64_t value)
{
#if UINTPTR_MAX > UINT32_MAX
	AMP_SHARED_STORE(ptr, value);
#else
	amp_shared_half *half = (amp_shared_half *)(void *)ptr;

	AMP_SHARED_STORE(&half[0], (uint32_t)value);
	AMP_SHARED_STORE(&half[1], (uint32_t)(value >> 32));
#endif
}

#endif /* AMP_SHARED_ACCESS_H */
