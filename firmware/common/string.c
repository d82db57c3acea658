// SPDX-License-Identifier: BSD-3-Clause
/*
 * The few functions of <string.h> that the compiler and the library call: firmware links no C library. Words are copied
 * when both sides allow it. The compiler must not recognise these loops and make them calls to themselves: see
 * -fno-tree-loop-distribute-patterns in CMakeLists.txt.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define WORD sizeof(uint32_t)

/* Words of any type are accessed here. */
typedef uint32_t __attribute__((may_alias)) word_t;

static int words_fit(const void *a, const void *b)
{
	return (((uintptr_t)a | (uintptr_t)b) & (WORD - 1)) == 0;
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	unsigned char *out = to;
	const unsigned char *in = from;

	if (words_fit(out, in)) {
		for (; size >= 4 * WORD; size -= 4 * WORD, out += 4 * WORD, in += 4 * WORD) {
			word_t a = ((const word_t *)in)[0], b = ((const word_t *)in)[1];
			word_t c = ((const word_t *)in)[2], d = ((const word_t *)in)[3];

			((word_t *)out)[0] = a;
			((word_t *)out)[1] = b;
			((word_t *)out)[2] = c;
			((word_t *)out)[3] = d;
		}
		for (; size >= WORD; size -= WORD, out += WORD, in += WORD)
			*(word_t *)out = *(const word_t *)in;
	}
	while (size--)
		*out++ = *in++;
	return to;
}

void *memmove(void *to, const void *from, size_t size)
{
	unsigned char *out = to;
	const unsigned char *in = from;

	if ((uintptr_t)out - (uintptr_t)in >= size)
		return memcpy(to, from, size); /* copies upwards: safe unless `to` lies within the source */
	while (size--)
		out[size] = in[size];
	return to;
}

void *memset(void *to, int value, size_t size)
{
	unsigned char *out = to;
	word_t word = (unsigned char)value * 0x01010101u;

	for (; size && ((uintptr_t)out & (WORD - 1)); size--)
		*out++ = (unsigned char)value;
	for (; size >= WORD; size -= WORD, out += WORD)
		*(word_t *)out = word;
	while (size--)
		*out++ = (unsigned char)value;
	return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const unsigned char *left = a, *right = b;

	for (; size; size--, left++, right++) {
		if (*left != *right)
			return *left - *right;
	}
	return 0;
}

size_t strlen(const char *text)
{
	const char *end = text;

	while (*end)
		end++;
	return (size_t)(end - text);
}

size_t strnlen(const char *text, size_t limit)
{
	size_t length = 0;

	while (length < limit && text[length])
		length++;
	return length;
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t limit)
{
	for (; limit; limit--, a++, b++) {
		if (*a != *b || !*a)
			return (unsigned char)*a - (unsigned char)*b;
	}
	return 0;
}

char *strncpy(char *restrict to, const char *restrict from, size_t size)
{
	size_t i = 0;

	for (; i < size && from[i]; i++)
		to[i] = from[i];
	for (; i < size; i++)
		to[i] = '\0';
	return to;
}

void *memchr(const void *in, int value, size_t size)
{
	const unsigned char *byte = in;

	for (; size; size--, byte++) {
		if (*byte == (unsigned char)value)
			return (void *)(uintptr_t)byte;
	}
	return NULL;
}
