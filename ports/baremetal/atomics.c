// SPDX-License-Identifier: BSD-3-Clause
/*
 * Atomic operations for cores that have no instructions for them, such as ARMv6-M, and of 8 bytes where those have
 * none: what the compiler calls there. Interrupts are kept out meanwhile, which is enough on one CPU. On other cores
 * nothing calls this, and it is not linked.
 *
 * The names belong to the compiler, which knows them as its own in C: they are given to the functions for the linker.
 * Weak, so that a program may have others.
 */
#include <metal/compiler.h>
#include <metal/port/irq.h>
#include <stdbool.h>
#include <stdint.h>

/* NOLINTBEGIN(bugprone-macro-parentheses): types, and declarations of parameters */

/* A function, under the name that the compiler calls for operands of this many bytes. */
#define FUNCTION(ret, name, size, ...)                                                    \
	ret amp_atomic_##name##_##size(__VA_ARGS__) __asm__("__atomic_" #name "_" #size); \
	metal_weak ret amp_atomic_##name##_##size(__VA_ARGS__)

/* *ptr becomes `value`, an expression of old and operand; the result is what it was. */
#define FETCH(name, value, type, size)                                          \
	FUNCTION(type, name, size, volatile void *ptr, type operand, int order) \
	{                                                                       \
		unsigned int flags = metal_irq_save_disable();                  \
		type old = *(volatile type *)ptr;                               \
                                                                                \
		(void)order;                                                    \
		*(volatile type *)ptr = (type)(value);                          \
		metal_irq_restore_enable(flags);                                \
		return old;                                                     \
	}

#define COMPARE_EXCHANGE(type, size)                                                                          \
	FUNCTION(bool, compare_exchange, size, volatile void *ptr, void *expected, type desired, int success, \
	         int failure)                                                                                 \
	{                                                                                                     \
		unsigned int flags = metal_irq_save_disable();                                                \
		type old = *(volatile type *)ptr;                                                             \
		bool equal = old == *(type *)expected;                                                        \
                                                                                                              \
		(void)success;                                                                                \
		(void)failure;                                                                                \
		if (equal)                                                                                    \
			*(volatile type *)ptr = desired;                                                      \
		else                                                                                          \
			*(type *)expected = old;                                                              \
		metal_irq_restore_enable(flags);                                                              \
		return equal;                                                                                 \
	}

/* NOLINTEND(bugprone-macro-parentheses) */

#define ALL(type, size)                             \
	FETCH(exchange, operand, type, size)        \
	FETCH(fetch_add, old + operand, type, size) \
	FETCH(fetch_sub, old - operand, type, size) \
	FETCH(fetch_and, old &operand, type, size)  \
	FETCH(fetch_or, old | operand, type, size)  \
	FETCH(fetch_xor, old ^ operand, type, size) \
	COMPARE_EXCHANGE(type, size)

ALL(uint8_t, 1)
ALL(uint16_t, 2)
ALL(uint32_t, 4)
ALL(uint64_t, 8)

/* Loads and stores of up to 4 bytes are instructions everywhere. */
FUNCTION(uint64_t, load, 8, const volatile void *ptr, int order)
{
	unsigned int flags = metal_irq_save_disable();
	uint64_t value = *(const volatile uint64_t *)ptr;

	(void)order;
	metal_irq_restore_enable(flags);
	return value;
}

FUNCTION(void, store, 8, volatile void *ptr, uint64_t value, int order)
{
	unsigned int flags = metal_irq_save_disable();

	(void)order;
	*(volatile uint64_t *)ptr = value;
	metal_irq_restore_enable(flags);
}
