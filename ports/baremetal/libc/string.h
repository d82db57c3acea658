/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The functions of <string.h> that this library needs, for compilers that come without a C library.
 *
 * Found only where there is no other <string.h> (-idirafter). The program defines them.
 */
#ifndef AMP_LIBC_STRING_H
#define AMP_LIBC_STRING_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

void *memcpy(void *__restrict dst, const void *__restrict src, size_t len);
void *memmove(void *dst, const void *src, size_t len);
void *memset(void *dst, int byte, size_t len);
int memcmp(const void *a, const void *b, size_t len);
void *memchr(const void *mem, int byte, size_t len);
size_t strlen(const char *text);
size_t strnlen(const char *text, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t len);
char *strncpy(char *__restrict dst, const char *__restrict src, size_t len);

#ifdef __cplusplus
}
#endif

#endif /* AMP_LIBC_STRING_H */
