// SPDX-License-Identifier: GPL-2.0-only
/* What every program for a bare core has anyway; not counted as the library's. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

void *memcpy(void *restrict dst, const void *restrict src, size_t len)
{
	unsigned char *to = dst;
	const unsigned char *from = src;

	while (len--)
		*to++ = *from++;
	return dst;
}

void *memset(void *dst, int value, size_t len)
{
	unsigned char *to = dst;

	while (len--)
		*to++ = (unsigned char)value;
	return dst;
}

int memcmp(const void *left, const void *right, size_t len)
{
	const unsigned char *a = left, *b = right;

	for (; len; len--, a++, b++) {
		if (*a != *b)
			return *a - *b;
	}
	return 0;
}

size_t strlen(const char *text)
{
	size_t len = 0;

	while (text[len])
		len++;
	return len;
}

int strcmp(const char *left, const char *right)
{
	while (*left && *left == *right)
		left++, right++;
	return (unsigned char)*left - (unsigned char)*right;
}

int strncmp(const char *left, const char *right, size_t len)
{
	for (; len && *left && *left == *right; len--)
		left++, right++;
	return len ? (unsigned char)*left - (unsigned char)*right : 0;
}

char *strncpy(char *restrict dst, const char *restrict src, size_t len)
{
	size_t copied;

	for (copied = 0; copied < len && src[copied]; copied++)
		dst[copied] = src[copied];
	memset(dst + copied, 0, len - copied);
	return dst;
}

void *memchr(const void *block, int value, size_t len)
{
	const unsigned char *at = block;

	for (; len; len--, at++) {
		if (*at == (unsigned char)value)
			return (void *)(uintptr_t)at;
	}
	return NULL;
}
