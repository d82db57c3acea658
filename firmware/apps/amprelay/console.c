// SPDX-License-Identifier: BSD-3-Clause
#include "console.h"

#include "board.h"
#include "command.h"
#include "control.h"
#include "format.h"

#include <stdbool.h>
#include <string.h>

#define BACKSPACE '\b'
#define DELETE    0x7f

static char line[COMMAND_LINE_MAX];
static size_t length;
static bool carriage_return; /* was typed last: a line feed behind it is no line of its own */

static void say(const char *text)
{
	amp_console_put(text, strlen(text));
}

static void prompt(void)
{
	say(amp_control_core_name());
	say("> ");
}

/* Terminals in raw mode want both. */
static void say_lines(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '\n')
			say("\r");
		amp_console_put(&text[i], 1);
	}
}

static void answer(void)
{
	char reply[COMMAND_REPLY_MAX];

	say("\r\n");
	if (length)
		say_lines(reply, command_run(line, length, reply));
	length = 0;
	prompt();
}

static void type(char byte)
{
	bool second = byte == '\n' && carriage_return;

	carriage_return = byte == '\r';
	if (second)
		return;
	if (byte == '\r' || byte == '\n') {
		answer();
	} else if ((byte == BACKSPACE || byte == DELETE) && length) {
		length--;
		say("\b \b");
	} else if (byte >= ' ' && byte <= '~' && length < sizeof(line)) {
		line[length++] = byte;
		amp_console_put(&byte, 1);
	}
}

void console_start(uint32_t life)
{
	char greeting[96];

	length = 0;
	carriage_return = false;
	amp_console_start();
	amp_format(greeting, sizeof(greeting),
	           "\r\n%s: amprelay firmware " AMP_FIRMWARE_VERSION ", life %u; 'help' lists commands\r\n",
	           amp_control_core_name(), (unsigned)life);
	say(greeting);
	prompt();
}

void console_turn(void)
{
	for (int byte = amp_console_take(); byte >= 0; byte = amp_console_take())
		type((char)byte);
}
