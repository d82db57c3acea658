// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

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
	return strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-") == len;
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
