/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file utilities.h
 * @brief Small helpers: sizes, rounding, containers, bitmaps.
 *
 * A bitmap is an array of unsigned long; bit n is bit n % METAL_BITS_PER_ULONG of element n / METAL_BITS_PER_ULONG. Bit
 * numbers are not checked; bitmaps are not atomic, the caller excludes others.
 */
#ifndef METAL_UTILITIES_H
#define METAL_UTILITIES_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KB (1024UL)
#define MB (1024UL * KB)
#define GB (1024UL * MB)

/** Mark a parameter or result as deliberately not used. */
#define metal_unused(x) ((void)(x))

/** Number of elements of an array. */
#define metal_dim(x) (sizeof(x) / sizeof((x)[0]))

/* These three evaluate their arguments more than once. */
#define metal_min(x, y) ((x) < (y) ? (x) : (y))
#define metal_max(x, y) ((x) < (y) ? (y) : (x))
#define metal_sign(x)   ((x) < 0 ? -1 : 1)

/** Round a size to a multiple of align, a power of two. */
#define metal_align_down(size, align) ((size) & ~((align)-1))
#define metal_align_up(size, align)   metal_align_down((size) + ((align)-1), align)

/** Quotients of non-negative integers. */
#define metal_div_round_down(num, den) ((num) / (den))
#define metal_div_round_up(num, den)   metal_div_round_down((num) + ((den)-1), (den))

/** Round a pointer to a multiple of align, a power of two. */
#define metal_ptr_align_down(ptr, align) ((void *)metal_align_down((uintptr_t)(ptr), (uintptr_t)(align)))
#define metal_ptr_align_up(ptr, align)   ((void *)metal_align_up((uintptr_t)(ptr), (uintptr_t)(align)))

#define metal_offset_of(structure, member) offsetof(structure, member)

/** The structure around the member that ptr points to. */
#define metal_container_of(ptr, structure, member) ((structure *)((uintptr_t)(ptr)-metal_offset_of(structure, member)))

#define METAL_BITS_PER_ULONG (CHAR_BIT * sizeof(unsigned long))

#define metal_bit(bit) (1UL << (bit))

/** Elements of a bitmap of x bits. */
#define metal_bitmap_longs(x) metal_div_round_up((x), METAL_BITS_PER_ULONG)

/** Set a bit; not atomic. */
static inline void metal_bitmap_set_bit(unsigned long *bitmap, int bit)
{
	bitmap[(unsigned int)bit / METAL_BITS_PER_ULONG] |= metal_bit((unsigned int)bit % METAL_BITS_PER_ULONG);
}

/** Clear a bit; not atomic. */
static inline void metal_bitmap_clear_bit(unsigned long *bitmap, int bit)
{
	bitmap[(unsigned int)bit / METAL_BITS_PER_ULONG] &= ~metal_bit((unsigned int)bit % METAL_BITS_PER_ULONG);
}

/** Not 0 when the bit is set. */
static inline int metal_bitmap_is_bit_set(unsigned long *bitmap, int bit)
{
	return (int)((bitmap[(unsigned int)bit / METAL_BITS_PER_ULONG] >> ((unsigned int)bit % METAL_BITS_PER_ULONG)) &
	             1);
}

/** Not 0 when the bit is clear. */
static inline int metal_bitmap_is_bit_clear(unsigned long *bitmap, int bit)
{
	return !metal_bitmap_is_bit_set(bitmap, bit);
}

/** First bit from start on whose value differs from that of flip's bits; max if there is none below max. */
static inline unsigned int amp_bitmap_next(const unsigned long *bitmap, unsigned long flip, unsigned int start,
                                           unsigned int max)
{
	unsigned long word;
	unsigned int bit;

	while (start < max) {
		word = (bitmap[start / METAL_BITS_PER_ULONG] ^ flip) >> (start % METAL_BITS_PER_ULONG);
		if (word) {
			bit = start + (unsigned int)__builtin_ctzl(word);
			return bit < max ? bit : max;
		}
		/* The next element; the sum cannot pass UINT_MAX unseen, since then max was reached. */
		bit = (unsigned int)METAL_BITS_PER_ULONG - start % (unsigned int)METAL_BITS_PER_ULONG;
		if (bit >= max - start)
			break;
		start += bit;
	}
	return max;
}

/** First set bit in start … max - 1; max if there is none. */
static inline unsigned int metal_bitmap_next_set_bit(unsigned long *bitmap, unsigned int start, unsigned int max)
{
	return amp_bitmap_next(bitmap, 0, start, max);
}

/** First clear bit in start … max - 1; max if there is none. */
static inline unsigned int metal_bitmap_next_clear_bit(unsigned long *bitmap, unsigned int start, unsigned int max)
{
	return amp_bitmap_next(bitmap, ~0UL, start, max);
}

/** Loop over the set bits below max; `bit` is an unsigned int. The body may change bits that it has passed. */
#define metal_bitmap_for_each_set_bit(bitmap, bit, max)                            \
	for ((bit) = metal_bitmap_next_set_bit((bitmap), 0, (max)); (bit) < (max); \
	     (bit) = metal_bitmap_next_set_bit((bitmap), (bit) + 1, (max)))

/** Loop over the clear bits below max; `bit` is an unsigned int. The body may change bits that it has passed. */
#define metal_bitmap_for_each_clear_bit(bitmap, bit, max)                            \
	for ((bit) = metal_bitmap_next_clear_bit((bitmap), 0, (max)); (bit) < (max); \
	     (bit) = metal_bitmap_next_clear_bit((bitmap), (bit) + 1, (max)))

/** Logarithm to base 2, rounded down; 0 for 0. */
static inline unsigned long metal_log2(unsigned long in)
{
	return in ? METAL_BITS_PER_ULONG - 1 - (unsigned long)__builtin_clzl(in) : 0;
}

#ifdef __cplusplus
}
#endif

#endif /* METAL_UTILITIES_H */
