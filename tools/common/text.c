// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "text.h"

#define LETTERS_AND_DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

void amp_text(char *out, size_t size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (vsnprintf(out, size, format, args) < 0)
		out[0] = '\0';
	va_end(args);
}

void amp_text_clean(char *out, size_t size, const void *text, size_t len)
{
	const unsigned char *in = text;
	size_t n = strnlen(text, len);

	if (n > size - 1)
		n = size - 1;
	for (size_t i = 0; i < n; i++)
		out[i] = (char)(in[i] >= 0x20 && in[i] < 0x7f ? in[i] : '?');
	out[n] = '\0';
}

bool amp_text_is_file_name(const char *name, size_t size)
{
	size_t len = strnlen(name, size);

	if (len == 0 || len == size || name[0] == '.')
		return false;
	return strspn(name, LETTERS_AND_DIGITS "._+-") == len;
}

bool amp_text_is_lab_name(const char *name)
{
	size_t len = strlen(name);

	return len >= 1 && len <= AMP_LAB_NAME_MAX && name[0] != '.' && name[0] != '-' &&
	       strspn(name, LETTERS_AND_DIGITS "_.-") == len;
}

void amp_text_hex(char *to, const uint8_t *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		to[2 * i] = digits[bytes[i] >> 4];
		to[2 * i + 1] = digits[bytes[i] & 15];
	}
	to[2 * len] = '\0';
}
