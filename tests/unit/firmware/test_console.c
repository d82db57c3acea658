// SPDX-License-Identifier: GPL-2.0-only
/* A person at the core's own UART, which the functions at the top play. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "board.h"
#include "command.h"
#include "console.h"
#include "control.h"

#include <stdio.h>
#include <string.h>

static const char *typed;
static char said[1024], asked[COMMAND_LINE_MAX + 1];
static int commands;

void amp_console_start(void)
{
}

void amp_console_put(const char *text, size_t length)
{
	assert_true(strlen(said) + length < sizeof(said));
	strncat(said, text, length);
}

int amp_console_take(void)
{
	return *typed ? (unsigned char)*typed++ : -1;
}

const char *amp_control_core_name(void)
{
	return "test";
}

size_t command_run(const char *text, size_t length, char *reply)
{
	snprintf(asked, sizeof(asked), "%.*s", (int)length, text);
	commands++;
	memcpy(reply, "one\ntwo\n", 8);
	return 8;
}

static int set_up(void **state)
{
	(void)state;
	typed = "";
	said[0] = '\0';
	console_start(3);
	assert_string_equal(said, "\r\ntest: amprelay firmware 1.2.3, life 3; 'help' lists commands\r\ntest> ");
	said[0] = asked[0] = '\0';
	commands = 0;
	return 0;
}

static void type(const char *text)
{
	said[0] = '\0';
	typed = text;
	console_turn();
}

static void a_line_is_echoed_and_answered(void **state)
{
	(void)state;
	type("ver");
	assert_string_equal(said, "ver");
	assert_int_equal(commands, 0);
	type("sion\r");
	assert_string_equal(asked, "version");
	assert_string_equal(said, "sion\r\none\r\ntwo\r\ntest> ");
}

static void each_end_of_a_line_ends_one_line(void **state)
{
	(void)state;
	type("a\rb\nc\r\nd");
	assert_int_equal(commands, 3);
	assert_string_equal(asked, "c");
	type("\n\n");
	assert_int_equal(commands, 4); /* an empty line asks for nothing */
	assert_string_equal(asked, "d");
}

static void backspace_takes_back_what_was_typed_and_no_more(void **state)
{
	(void)state;
	type("\bab\x7f\b\b\b");
	assert_string_equal(said, "ab\b \b\b \b");
	type("c\r");
	assert_string_equal(asked, "c");
}

static void what_is_no_text_or_too_much_is_not_taken(void **state)
{
	char text[COMMAND_LINE_MAX + 3];

	(void)state;
	type("a\033\001\377b\r");
	assert_string_equal(asked, "ab");
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 2] = '\r';
	text[sizeof(text) - 1] = '\0';
	type(text);
	assert_int_equal(strlen(asked), COMMAND_LINE_MAX);
}

int main(void)
{
#define TEST(claim) cmocka_unit_test_setup(claim, set_up)
	const struct CMUnitTest tests[] = {
		TEST(a_line_is_echoed_and_answered),
		TEST(each_end_of_a_line_ends_one_line),
		TEST(backspace_takes_back_what_was_typed_and_no_more),
		TEST(what_is_no_text_or_too_much_is_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
