/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A small snprintf for firmware without a C library.
 *
 * Conversions: %d %i %u %o %x %X %c %s %p %%, with the flags '#', '0', '-', '+' and ' ', width and precision (numbers
 * or '*'), and the lengths hh h l ll j z t. %p writes "0x" and all digits of a pointer.
 *
 * Anything else is copied as it is, so that it can be seen: "%f" in the output says that there is no floating point
 * here. The arguments of floating point (%f %e %g %a), wide characters (%lc %ls) and %n are skipped, so that later
 * conversions get the right ones.
 */
#ifndef AMP_FIRMWARE_FORMAT_H
#define AMP_FIRMWARE_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/**
 * Format into `out`, cut off at size - 1 and always terminated if `size` > 0. Context: any; reentrant.
 * @return the length that the whole text has: if it is >= size, the text was cut off
 */
size_t amp_vformat(char *out, size_t size, const char *format, va_list args) __attribute__((format(printf, 3, 0)));

size_t amp_format(char *out, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
