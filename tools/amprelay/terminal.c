// SPDX-License-Identifier: GPL-2.0-only
#include "terminal.h"

#include "common/output.h"

#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE 1024

/* ------------------------------------------------------------------ characters */

/* Length of the character that begins with this byte; 0: none does. */
static size_t length_of(unsigned char first)
{
	return first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
}

/* @return the code point; UINT32_MAX: no valid encoding, or not the shortest */
static uint32_t decode(const char *bytes, size_t len)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	uint32_t code = (unsigned char)bytes[0];

	if (len > 1)
		code &= 0x7fu >> len;
	for (size_t i = 1; i < len; i++) {
		if (((unsigned char)bytes[i] & 0xc0) != 0x80)
			return UINT32_MAX;
		code = code << 6 | ((unsigned char)bytes[i] & 0x3f);
	}
	return code < least[len] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? UINT32_MAX : code;
}

/* Besides control characters: what turns the direction of the text around it, or ends lines, and is seen by nobody. */
static bool is_harmless(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} bad[] = {
		{0x00, 0x08},     {0x0b, 0x1f},     {0x7f, 0x9f},       {0x061c, 0x061c},      {0x180e, 0x180e},
		{0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},   {0xe000, 0xf8ff},      {0xfeff, 0xfeff},
		{0xfff0, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0xe0fff}, {0xf0000, UINT32_MAX},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (code >= bad[i].first && code <= bad[i].last)
			return false;
	}
	return true;
}

static size_t spell(char *out, const char *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		out[n++] = '\\';
		out[n++] = 'x';
		out[n++] = digits[(unsigned char)bytes[i] >> 4];
		out[n++] = digits[(unsigned char)bytes[i] & 15];
	}
	return n;
}

/* ------------------------------------------------------------------ a stream of them */

/* What waits cannot become a character any more. */
static size_t give_up(struct amp_terminal *terminal, char *out)
{
	size_t n = spell(out, terminal->part, terminal->fill);

	terminal->fill = 0;
	return n;
}

static size_t take(struct amp_terminal *terminal, bool utf8, char byte, char *out)
{
	size_t n = 0, want;

	if (terminal->cr) {
		n = byte == '\n' ? 0 : spell(out, "\r", 1);
		terminal->cr = false;
	}
	if (terminal->fill && ((unsigned char)byte & 0xc0) != 0x80)
		n += give_up(terminal, out + n);
	if (byte == '\r') {
		terminal->cr = true;
		return n;
	}
	terminal->part[terminal->fill++] = byte;
	want = length_of((unsigned char)terminal->part[0]);
	if (want > 1 && !utf8)
		want = 0;
	if (want > terminal->fill)
		return n;
	if (!want || !is_harmless(decode(terminal->part, want)))
		return n + give_up(terminal, out + n);
	memcpy(out + n, terminal->part, want);
	terminal->fill = 0;
	return n + want;
}

size_t amp_terminal_clean(struct amp_terminal *terminal, bool utf8, const char *data, size_t len, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += take(terminal, utf8, data[i], out + n);
	return n;
}

/* Its own view of the locale: the rest of the program keeps that of C, in which numbers have a point. */
static bool knows_utf8(void)
{
	static int known = -1;
	locale_t locale;

	if (known < 0) {
		locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
		known = locale && strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
		if (locale)
			freelocale(locale);
	}
	return known;
}

bool amp_terminal_write(struct amp_terminal *terminal, const char *data, size_t len)
{
	char clean[4 * PIECE + 16];

	if (!isatty(fileno(terminal->to)))
		return fwrite(data, 1, len, terminal->to) == len;
	for (size_t done = 0, n; done < len; done += n) {
		size_t cleaned;

		n = len - done < PIECE ? len - done : PIECE;
		cleaned = amp_terminal_clean(terminal, knows_utf8(), data + done, n, clean);
		if (fwrite(clean, 1, cleaned, terminal->to) != cleaned)
			return false;
	}
	return true;
}

bool amp_terminal_end(struct amp_terminal *terminal)
{
	char rest[32];
	size_t n = terminal->cr ? spell(rest, "\r", 1) : give_up(terminal, rest);

	terminal->cr = false;
	if (fwrite(rest, 1, n, terminal->to) != n)
		return false;
	return terminal->to == stdout ? amp_output_flush() : !fflush(terminal->to);
}

void amp_terminal_puts(const char *text, FILE *to)
{
	struct amp_terminal terminal = {.to = to};
	char rest[32];

	amp_terminal_write(&terminal, text, strlen(text));
	if (terminal.cr)
		fwrite(rest, 1, spell(rest, "\r", 1), to);
	else if (terminal.fill)
		fwrite(rest, 1, give_up(&terminal, rest), to);
}

void amp_terminal_printf(FILE *to, const char *format, ...)
{
	char text[4096];
	va_list args;

	va_start(args, format);
	if (vsnprintf(text, sizeof(text), format, args) > 0)
		amp_terminal_puts(text, to);
	va_end(args);
}
