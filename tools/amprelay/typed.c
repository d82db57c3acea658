// SPDX-License-Identifier: GPL-2.0-only
#include "typed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define ESCAPE 0x1d /* Ctrl-] */

static struct termios saved;

static void restore_terminal(void)
{
	tcsetattr(STDIN_FILENO, TCSADRAIN, &saved);
}

void amp_typed_begin(struct amp_typed *typed)
{
	struct termios raw;

	*typed = (struct amp_typed){0};
	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &saved))
		return;
	atexit(restore_terminal);
	raw = saved;
	cfmakeraw(&raw);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	typed->terminal = true;
}

void amp_typed_end(const struct amp_typed *typed)
{
	if (typed->terminal)
		restore_terminal();
}

static void explain(void)
{
	fputs("\r\n[Ctrl-] then '.' leaves, Ctrl-] twice types one, '?' shows this]\r\n", stderr);
}

ssize_t amp_typed_filter(struct amp_typed *typed, char *data, size_t len)
{
	char keys[len];
	size_t n = 0;

	if (!typed->terminal)
		return (ssize_t)len;
	memcpy(keys, data, len);
	for (size_t i = 0; i < len; i++) {
		if (!typed->escape) {
			if (keys[i] == ESCAPE)
				typed->escape = true;
			else
				data[n++] = keys[i];
			continue;
		}
		typed->escape = false;
		if (keys[i] == '.')
			return -1;
		if (keys[i] == '?') {
			explain();
			continue;
		}
		data[n++] = ESCAPE;
		if (keys[i] != ESCAPE)
			data[n++] = keys[i];
	}
	return (ssize_t)n;
}
