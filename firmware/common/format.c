/* SPDX-License-Identifier: BSD-3-Clause */
#include "format.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The analyser does not follow a va_list out of the function that started it. */
// NOLINTBEGIN(clang-analyzer-valist.Uninitialized)

struct output {
	char *at, *end; /* end: where the NUL goes at the latest */
	size_t length;  /* what would have been written with room for all */
};

/** A va_list may be an array, which cannot be handed on by reference: in a structure it can. */
struct arguments {
	va_list list;
};

struct conversion {
	bool zero, left;
	unsigned width;
	unsigned precision; /* UINT32_MAX = none */
	unsigned longs;     /* number of 'l' */
	bool size;          /* 'z' */
	unsigned shorts;    /* number of 'h' */
};

#define MAX_DIGITS 20 /* of a 64-bit number, in decimal */

static void put(struct output *out, char c)
{
	if (out->at < out->end)
		*out->at++ = c;
	out->length++;
}

static void fill(struct output *out, char c, unsigned count)
{
	while (count--)
		put(out, c);
}

/** Text of `length` bytes after `prefix` (sign or 0x), in a field. Zeroes go between the two. */
static void put_field(struct output *out, const struct conversion *conv, const char *prefix, const char *text,
                      size_t length)
{
	size_t prefix_length = strlen(prefix);
	size_t used = prefix_length + length;
	unsigned padding = conv->width > used ? conv->width - (unsigned)used : 0;

	if (!conv->left && !conv->zero)
		fill(out, ' ', padding);
	while (*prefix)
		put(out, *prefix++);
	if (!conv->left && conv->zero)
		fill(out, '0', padding);
	while (length--)
		put(out, *text++);
	if (conv->left)
		fill(out, ' ', padding);
}

static void put_number(struct output *out, const struct conversion *conv, const char *prefix, uint64_t value,
                       unsigned base, char ten)
{
	char digits[MAX_DIGITS];
	char *first = digits + sizeof(digits);

	do {
		unsigned digit;

		/* 64-bit division is a slow library function on small cores, and numbers are mostly small */
		if (value <= UINT32_MAX) {
			digit = (uint32_t)value % base;
			value = (uint32_t)value / base;
		} else {
			digit = (unsigned)(value % base);
			value /= base;
		}
		*--first = (char)(digit < 10 ? '0' + digit : ten + digit - 10);
	} while (value);
	put_field(out, conv, prefix, first, (size_t)(digits + sizeof(digits) - first));
}

static unsigned read_number(const char **format, struct arguments *args, bool *negative)
{
	unsigned number = 0;

	if (**format == '*') {
		int value = va_arg(args->list, int);

		++*format;
		*negative = value < 0;
		return value < 0 ? 0u - (unsigned)value : (unsigned)value;
	}
	while (**format >= '0' && **format <= '9' && number < 10000)
		number = number * 10 + (unsigned)(*(*format)++ - '0');
	return number;
}

static struct conversion read_conversion(const char **format, struct arguments *args)
{
	struct conversion conv = {.precision = UINT32_MAX};
	bool negative = false;

	for (;; ++*format) {
		if (**format == '0')
			conv.zero = true;
		else if (**format == '-')
			conv.left = true;
		else
			break;
	}
	conv.width = read_number(format, args, &negative);
	if (negative)
		conv.left = true;
	if (**format == '.') {
		++*format;
		negative = false;
		conv.precision = read_number(format, args, &negative);
		if (negative)
			conv.precision = UINT32_MAX;
	}
	for (;; ++*format) {
		if (**format == 'l')
			conv.longs++;
		else if (**format == 'h')
			conv.shorts++;
		else if (**format == 'z')
			conv.size = true;
		else
			break;
	}
	return conv;
}

static int64_t read_signed(const struct conversion *conv, struct arguments *args)
{
	int value;

	if (conv->longs >= 2)
		return va_arg(args->list, long long);
	if (conv->longs)
		return va_arg(args->list, long);
	if (conv->size)
		return va_arg(args->list, ptrdiff_t);
	value = va_arg(args->list, int);
	return conv->shorts >= 2 ? (signed char)value : conv->shorts ? (short)value : value;
}

static uint64_t read_unsigned(const struct conversion *conv, struct arguments *args)
{
	unsigned value;

	if (conv->longs >= 2)
		return va_arg(args->list, unsigned long long);
	if (conv->longs)
		return va_arg(args->list, unsigned long);
	if (conv->size)
		return va_arg(args->list, size_t);
	value = va_arg(args->list, unsigned);
	return conv->shorts >= 2 ? (unsigned char)value : conv->shorts ? (unsigned short)value : value;
}

static void put_text(struct output *out, struct conversion *conv, const char *text)
{
	size_t length = 0;

	if (!text)
		text = "(null)";
	while (length < conv->precision && text[length])
		length++;
	conv->zero = false;
	put_field(out, conv, "", text, length);
}

/** One conversion; `format` is behind its '%'. @return false if it is none that we know */
static bool convert(struct output *out, const char **format, struct arguments *args)
{
	struct conversion conv = read_conversion(format, args);
	int64_t number;
	char c;

	switch (*(*format)++) {
	case 'd':
	case 'i':
		number = read_signed(&conv, args);
		put_number(out, &conv, number < 0 ? "-" : "", number < 0 ? 0 - (uint64_t)number : (uint64_t)number, 10,
		           'a');
		return true;
	case 'u':
		put_number(out, &conv, "", read_unsigned(&conv, args), 10, 'a');
		return true;
	case 'x':
		put_number(out, &conv, "", read_unsigned(&conv, args), 16, 'a');
		return true;
	case 'X':
		put_number(out, &conv, "", read_unsigned(&conv, args), 16, 'A');
		return true;
	case 'p':
		conv = (struct conversion){.zero = true, .width = 2 + 2 * sizeof(void *)};
		put_number(out, &conv, "0x", (uintptr_t)va_arg(args->list, void *), 16, 'a');
		return true;
	case 'c':
		c = (char)va_arg(args->list, int);
		conv.zero = false;
		put_field(out, &conv, "", &c, 1);
		return true;
	case 's':
		put_text(out, &conv, va_arg(args->list, const char *));
		return true;
	case '%':
		put(out, '%');
		return true;
	default:
		return false;
	}
}

size_t amp_vformat(char *out, size_t size, const char *format, va_list args)
{
	struct output output = {.at = out, .end = size ? out + size - 1 : out};
	struct arguments arguments;

	va_copy(arguments.list, args);
	while (*format) {
		const char *start = format;

		if (*format++ != '%') {
			put(&output, *start);
		} else if (!convert(&output, &format, &arguments)) {
			/* unknown: copy what was skipped; a NUL may have ended it */
			if (!format[-1])
				format--;
			while (start < format)
				put(&output, *start++);
		}
	}
	va_end(arguments.list);
	if (size)
		*output.at = '\0';
	return output.length;
}

size_t amp_format(char *out, size_t size, const char *format, ...)
{
	va_list args;
	size_t length;

	va_start(args, format);
	length = amp_vformat(out, size, format, args);
	va_end(args);
	return length;
}

// NOLINTEND(clang-analyzer-valist.Uninitialized)
