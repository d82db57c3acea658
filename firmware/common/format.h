/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file format.h
 * @brief A small snprintf for firmware without a C library.
 *
 * Conversions: %d %i %u %x %X %c %s %p %%, with the flags '0' and '-', a width (number or '*'), a precision for %s
 * ("%.10s",
 * "%.*s"), and the lengths hh h l ll z. Anything else is copied as it stands, so that a mistake can be seen. No
 * floating point. %p writes "0x" and all digits of a pointer.
 */
#ifndef AMP_FIRMWARE_FORMAT_H
#define AMP_FIRMWARE_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/**
 * Format into `out`, always terminated if `size` > 0, cut off at size - 1. Context: any; reentrant.
 * @return the length without the cut: the text was cut if this is >= size
 */
size_t amp_vformat(char *out, size_t size, const char *format, va_list args) __attribute__((format(printf, 3, 0)));

size_t amp_format(char *out, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
