// SPDX-License-Identifier: BSD-3-Clause
#include "format.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The analyser does not follow a va_list out of the function that started it. */
// NOLINTBEGIN(clang-analyzer-valist.Uninitialized)

struct output {
	char *at, *end; /* end: the last place where the NUL can go */
	size_t length;  /* what would have been written with room for all */
};

/** A va_list may be an array, which cannot be passed by reference; a structure that holds it can. */
struct arguments {
	va_list list;
};

struct conversion {
	bool zero, left;
	bool alternate; /* '#' */
	char sign;      /* '+' or ' ' before what is not negative, or 0 */
	unsigned width;
	unsigned precision; /* NO_PRECISION: none */
	unsigned longs;     /* number of 'l'; 2 for 'j' too */
	unsigned shorts;    /* number of 'h' */
	bool size;          /* 'z' or 't' */
	bool long_double;   /* 'L' */
};

#define NO_PRECISION UINT32_MAX
#define MAX_DIGITS   22 /* of a 64-bit number, in octal */

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

/** `prefix` (sign or 0x), zeros, and text of `length` bytes, in a field. */
static void put_field(struct output *out, const struct conversion *conv, const char *prefix, unsigned zeros,
                      const char *text, size_t length)
{
	size_t used = strlen(prefix) + zeros + length;
	unsigned padding = conv->width > used ? conv->width - (unsigned)used : 0;

	if (!conv->left && !conv->zero)
		fill(out, ' ', padding);
	while (*prefix)
		put(out, *prefix++);
	if (!conv->left && conv->zero)
		fill(out, '0', padding);
	fill(out, '0', zeros);
	while (length--)
		put(out, *text++);
	if (conv->left)
		fill(out, ' ', padding);
}

static void put_number(struct output *out, struct conversion *conv, const char *prefix, uint64_t value, unsigned base,
                       char ten)
{
	char digits[MAX_DIGITS];
	char *first = digits + sizeof(digits);
	unsigned length;

	while (value) {
		unsigned digit;

		/* small cores have a slow library function for 64-bit divisions, and most numbers are small */
		if (value <= UINT32_MAX) {
			digit = (uint32_t)value % base;
			value = (uint32_t)value / base;
		} else {
			digit = (unsigned)(value % base);
			value /= base;
		}
		*--first = (char)(digit < 10 ? '0' + digit : ten + digit - 10);
	}
	length = (unsigned)(digits + sizeof(digits) - first);
	/* The precision is the least number of digits. Without one it is 1, and zeros may fill the field. */
	if (conv->precision == NO_PRECISION)
		conv->precision = 1;
	else
		conv->zero = false;
	if (base == 8 && conv->alternate && conv->precision <= length)
		conv->precision = length + 1; /* in octal, '#' puts a zero before the number */
	put_field(out, conv, prefix, conv->precision > length ? conv->precision - length : 0, first, length);
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
	struct conversion conv = {.precision = NO_PRECISION};
	bool negative = false;

	for (;; ++*format) {
		if (**format == '0')
			conv.zero = true;
		else if (**format == '-')
			conv.left = true;
		else if (**format == '#')
			conv.alternate = true;
		else if (**format == '+' || (**format == ' ' && conv.sign == '+'))
			conv.sign = '+';
		else if (**format == ' ')
			conv.sign = ' ';
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
			conv.precision = NO_PRECISION;
	}
	for (;; ++*format) {
		if (**format == 'l')
			conv.longs++;
		else if (**format == 'h')
			conv.shorts++;
		else if (**format == 'j')
			conv.longs = 2;
		else if (**format == 'z' || **format == 't')
			conv.size = true;
		else if (**format == 'L')
			conv.long_double = true;
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

static void put_signed(struct output *out, struct conversion *conv, int64_t number)
{
	const char sign[2] = {(char)(number < 0 ? '-' : conv->sign), '\0'};

	put_number(out, conv, sign, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, 10, 'a');
}

static void put_hexadecimal(struct output *out, struct conversion *conv, uint64_t number, bool upper)
{
	const char *prefix = !conv->alternate || !number ? "" : upper ? "0X" : "0x";

	put_number(out, conv, prefix, number, 16, upper ? 'A' : 'a');
}

static void put_pointer(struct output *out, struct conversion *conv, const void *pointer)
{
	conv->precision = 2 * sizeof(pointer);
	put_number(out, conv, "0x", (uintptr_t)pointer, 16, 'a');
}

static void put_text(struct output *out, struct conversion *conv, const char *text)
{
	size_t length = 0;

	if (!text)
		text = "(null)";
	while (length < conv->precision && text[length])
		length++;
	conv->zero = false;
	put_field(out, conv, "", 0, text, length);
}

static bool is_floating(char conversion)
{
	conversion |= 'a' ^ 'A';
	return conversion == 'a' || (conversion >= 'e' && conversion <= 'g');
}

/** Take the argument of a conversion that is not carried out, so that the next one gets its own. */
static void skip_argument(char conversion, const struct conversion *conv, struct arguments *args)
{
	if (is_floating(conversion)) {
#if defined(__aarch64__) && !defined(__ARM_FP)
		(void)conv; /* without floating-point registers nobody can have passed one */
#else
		if (conv->long_double)
			(void)va_arg(args->list, long double);
		else
			(void)va_arg(args->list, double);
#endif
	} else if (conversion == 'n' || conversion == 's') {
		(void)va_arg(args->list, void *);
	} else if (conversion == 'c') {
		(void)va_arg(args->list, unsigned); /* wint_t */
	}
}

/** One conversion; `format` is behind its '%'. @return false if it is none that is carried out here */
static bool convert(struct output *out, const char **format, struct arguments *args)
{
	struct conversion conv = read_conversion(format, args);
	char conversion = *(*format)++, c;

	if (conv.longs && (conversion == 's' || conversion == 'c')) { /* wide characters */
		skip_argument(conversion, &conv, args);
		return false;
	}
	switch (conversion) {
	case 'd':
	case 'i':
		put_signed(out, &conv, read_signed(&conv, args));
		return true;
	case 'u':
		put_number(out, &conv, "", read_unsigned(&conv, args), 10, 'a');
		return true;
	case 'o':
		put_number(out, &conv, "", read_unsigned(&conv, args), 8, 'a');
		return true;
	case 'x':
	case 'X':
		put_hexadecimal(out, &conv, read_unsigned(&conv, args), conversion == 'X');
		return true;
	case 'p':
		put_pointer(out, &conv, va_arg(args->list, void *));
		return true;
	case 'c':
		c = (char)va_arg(args->list, int);
		conv.zero = false;
		put_field(out, &conv, "", 0, &c, 1);
		return true;
	case 's':
		put_text(out, &conv, va_arg(args->list, const char *));
		return true;
	case '%':
		put(out, '%');
		return true;
	default:
		skip_argument(conversion, &conv, args);
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
			/* not carried out: copy what was skipped; a NUL may have ended it */
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
