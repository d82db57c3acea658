/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file compiler.h
 * @brief What C has no portable spelling for: packing, alignment, weak symbols. Written for GCC and Clang.
 */
#ifndef METAL_COMPILER_H
#define METAL_COMPILER_H

/** Around a structure whose members have no padding: METAL_PACKED_BEGIN struct s { … } METAL_PACKED_END; */
#define METAL_PACKED_BEGIN
#define METAL_PACKED_END __attribute__((__packed__))

/** Objects of this type may lie in memory that is accessed by other types as well. */
#define AMP_MAY_ALIAS __attribute__((__may_alias__))

/** Align an object or type to n bytes, a power of two. */
#define metal_align(n) __attribute__((__aligned__(n)))

/** A definition that a board or an application may replace with its own. */
#define metal_weak __attribute__((__weak__))

/** The compiler's assembler statement, also where the language standard has none. */
#define metal_asm __asm__

/** C's restrict, also where C++ reads the header. */
#define METAL_RESTRICT __restrict

#endif /* METAL_COMPILER_H */
