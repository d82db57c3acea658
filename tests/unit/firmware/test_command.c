// SPDX-License-Identifier: GPL-2.0-only
/* The commands of amp-command, with the rest of the firmware played by the functions at the top. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "app.h"
#include "board.h"
#include "chatter.h"
#include "command.h"
#include "control.h"
#include "fault_names.h"
#include "hoard.h"
#include "misbehave.h"
#include "params.h"
#include "services.h"
#include "telemetry.h"
#include "trace.h"
#include "urgent.h"

#include <string.h>

struct app_stats app_stats = {
	.rx = 1, .tx = 2, .dropped = 3, .refused = 7, .links = 4, .doorbells = 5, .unknown_doorbells = 6};

static uint32_t fault, period;
static char logged[256];

uint32_t amp_control_build_id(uint8_t id[AMP_BUILD_ID_LEN])
{
	id[0] = 0x0a;
	id[1] = 0xff;
	return 2;
}

const char misbehave_kinds[] = "rudely, loudly";

size_t params_format(char text[PARAMS_TEXT_MAX])
{
	strcpy(text, "table=2\n");
	return strlen(text);
}

bool misbehave(const char *text)
{
	return strcmp(text, "rudely 3") == 0;
}

const char hoard_kinds[] = "silver, gold";

bool hoard(const char *text)
{
	return strcmp(text, "gold of mine") == 0;
}

static unsigned int urgent_begun;

void urgent_begin(void)
{
	urgent_begun++;
}

uint32_t amp_control_heartbeat(void)
{
	return 77;
}

const char *amp_control_core_name(void)
{
	return "test";
}

static uint32_t lines, samples;

bool chatter(uint32_t count)
{
	bool done = lines == 0;

	lines = done ? count : lines;
	return done;
}

void service_client_sample_expect(uint32_t messages)
{
	samples = messages;
}

uint64_t amp_clock_ms(void)
{
	return 5000000000;
}

uint32_t amp_stack_used(uint32_t *size)
{
	*size = 8192;
	return 512;
}

uint32_t app_load_permille(void)
{
	return 9;
}

void app_crash_later(uint32_t kind)
{
	fault = kind;
}

void telemetry_set_period(uint32_t period_ms)
{
	period = period_ms;
}

void amp_trace_text(const char *text, size_t length)
{
	assert_true(length < sizeof(logged));
	memcpy(logged, text, length);
	logged[length] = '\0';
}

/* What one message is answered with; the reply stays within its room and ends with its only line end or several. */
static const char *reply_to(const char *message, size_t length)
{
	static char reply[COMMAND_REPLY_MAX + 5];
	size_t got;

	memset(reply, '#', sizeof(reply));
	got = command_run(message, length, reply);
	assert_true(got >= 1 && got <= COMMAND_REPLY_MAX);
	assert_memory_equal(reply + COMMAND_REPLY_MAX, "#####", 5);
	assert_int_equal(reply[got - 1], '\n');
	reply[got] = '\0';
	assert_int_equal(strlen(reply), got);
	return reply;
}

static const char *reply(const char *message)
{
	return reply_to(message, strlen(message));
}

static int setup(void **state)
{
	(void)state;
	fault = 0;
	period = 12345;
	logged[0] = '\0';
	return 0;
}

static void help_names_every_command_and_fault(void **state)
{
	static const char *const words[] = {"help",   "version",   "uptime", "stats",  "crash",  "log", "journal",
	                                    "sample", "misbehave", "hoard",  "params", "urgent", "rate"};
	const char *help = reply("help");

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_non_null(strstr(help, words[i]));
	for (uint32_t i = AMP_FAULT_NONE + 1; i < AMP_FAULT_COUNT; i++)
		assert_non_null(strstr(help, amp_fault_name(i)));
}

static void version_has_firmware_build_and_library(void **state)
{
	(void)state;
	assert_non_null(strstr(reply("version"), "amprelay-test 1.2.3 build-id=0aff library="));
}

static void uptime_does_not_wrap_after_49_days(void **state)
{
	(void)state;
	assert_string_equal(reply("uptime"), "uptime_ms=5000000000\n");
}

static void stats_names_every_value(void **state)
{
	(void)state;
	assert_string_equal(
		reply("stats"),
		"rx=1 tx=2 dropped=3 refused=7 links=4 doorbells=5 unknown_doorbells=6 load_permille=9 heartbeat=77 "
		"stack_used=512 stack_size=8192\n");
}

static void each_fault_can_be_ordered_by_name(void **state)
{
	(void)state;
	for (uint32_t i = AMP_FAULT_NONE + 1; i < AMP_FAULT_COUNT; i++) {
		char command[32] = "crash ";

		strcat(command, amp_fault_name(i));
		assert_memory_equal(reply(command), "ok", 2);
		assert_int_equal(fault, i);
	}
}

static void unknown_faults_are_refused_with_the_list(void **state)
{
	static const char *const commands[] = {"crash", "crash ", "crash un", "crash undefx", "crash undef bus"};

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		assert_memory_equal(reply(commands[i]), "error: ", 7);
		assert_non_null(strstr(reply(commands[i]), "lockup"));
		assert_int_equal(fault, 0);
	}
}

static void fault_numbers_out_of_range_have_no_name(void **state)
{
	(void)state;
	assert_null(amp_fault_name(AMP_FAULT_NONE));
	assert_null(amp_fault_name(AMP_FAULT_COUNT));
	assert_null(amp_fault_name(UINT32_MAX));
}

static void log_writes_its_text(void **state)
{
	(void)state;
	assert_string_equal(reply("log hello  world\n"), "ok\n");
	assert_string_equal(logged, "hello  world");
	assert_memory_equal(reply("log"), "error: ", 7);
}

static void rate_sets_the_period(void **state)
{
	(void)state;
	assert_string_equal(reply("rate 50"), "ok: 50 ms\n");
	assert_int_equal(period, 50);
	assert_string_equal(reply("rate 0"), "ok: 0 ms\n");
	assert_int_equal(period, 0);
	assert_memory_equal(reply("rate 1"), "error: ", 7);
	assert_memory_equal(reply("rate"), "error: ", 7);
	assert_int_equal(period, 0);
}

static void line_ends_and_padding_do_not_matter(void **state)
{
	(void)state;
	assert_string_equal(reply_to("uptime\r\n\0\0", 10), "uptime_ms=5000000000\n");
	assert_string_equal(reply("uptime   "), "uptime_ms=5000000000\n");
}

static void anything_else_is_an_error(void **state)
{
	(void)state;
	assert_string_equal(reply("nonsense 1 2"), "error: no command 'nonsense'; try help\n");
	assert_string_equal(reply(""), "error: no command ''; try help\n");
	assert_string_equal(reply("vers"), "error: no command 'vers'; try help\n");
	assert_string_equal(reply("helpx"), "error: no command 'helpx'; try help\n");
	assert_string_equal(reply_to("up\0time", 7), "error: no command 'up.time'; try help\n");
	assert_string_equal(reply("\x1b[2J"), "error: no command '.[2J'; try help\n");
}

static void misbehaviour_begins_or_its_kinds_are_told(void **state)
{
	(void)state;
	assert_string_equal(reply("misbehave rudely 3"), "ok\n");
	assert_string_equal(reply("misbehave politely"),
	                    "error: 'politely'; usage: misbehave KIND [COUNT], of rudely, loudly\n");
}

static void urgent_opens_its_channel(void **state)
{
	(void)state;
	urgent_begun = 0;
	assert_string_equal(reply("urgent"), "ok\n");
	assert_int_equal(urgent_begun, 1);
}

static void a_hoard_begins_or_its_kinds_are_told(void **state)
{
	(void)state;
	assert_string_equal(reply("hoard gold of mine"), "ok\n");
	assert_string_equal(reply("hoard lead"), "error: 'lead'; usage: hoard KIND NAME, of silver, gold\n");
}

static void long_commands_are_refused_whole(void **state)
{
	char line[496];

	(void)state;
	memset(line, 'x', sizeof(line));
	memcpy(line, "log ", 4);
	assert_string_equal(reply_to(line, COMMAND_LINE_MAX), "ok\n");
	assert_int_equal(strlen(logged), COMMAND_LINE_MAX - 4);
	logged[0] = '\0';
	assert_memory_equal(reply_to(line, COMMAND_LINE_MAX + 1), "error: a command has at most 127 bytes\n", 39);
	assert_memory_equal(reply_to(line, sizeof(line)), "error: a command has at most 127 bytes\n", 39);
	/* not even if what fits looks complete */
	memset(line + 5, ' ', 200);
	assert_memory_equal(reply_to(line, sizeof(line)), "error: a command has at most 127 bytes\n", 39);
	assert_string_equal(logged, "");
}

static void the_journal_gets_so_many_lines(void **state)
{
	(void)state;
	lines = 0;
	assert_string_equal(reply("journal 100000"), "ok\n");
	assert_int_equal(lines, 100000);
	assert_string_equal(reply("journal 5"), "error: the lines before are not all written yet\n");
	assert_string_equal(reply("journal"), "error: ''; usage: journal COUNT, 1 to 1000000\n");
	assert_string_equal(reply("journal 0"), "error: '0'; usage: journal COUNT, 1 to 1000000\n");
	assert_string_equal(reply("journal 4294967297"), "error: '4294967297'; usage: journal COUNT, 1 to 1000000\n");
	assert_string_equal(reply("journal 5x"), "error: '5x'; usage: journal COUNT, 1 to 1000000\n");
	assert_string_equal(reply("sample 10000"), "ok\n");
	assert_int_equal(samples, 10000);
	assert_string_equal(reply("sample -1"), "error: '-1'; usage: sample COUNT, 1 to 1000000\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(help_names_every_command_and_fault, setup),
		cmocka_unit_test_setup(version_has_firmware_build_and_library, setup),
		cmocka_unit_test_setup(uptime_does_not_wrap_after_49_days, setup),
		cmocka_unit_test_setup(stats_names_every_value, setup),
		cmocka_unit_test_setup(each_fault_can_be_ordered_by_name, setup),
		cmocka_unit_test_setup(unknown_faults_are_refused_with_the_list, setup),
		cmocka_unit_test_setup(fault_numbers_out_of_range_have_no_name, setup),
		cmocka_unit_test_setup(log_writes_its_text, setup),
		cmocka_unit_test_setup(rate_sets_the_period, setup),
		cmocka_unit_test_setup(line_ends_and_padding_do_not_matter, setup),
		cmocka_unit_test_setup(anything_else_is_an_error, setup),
		cmocka_unit_test_setup(misbehaviour_begins_or_its_kinds_are_told, setup),
		cmocka_unit_test_setup(urgent_opens_its_channel, setup),
		cmocka_unit_test_setup(a_hoard_begins_or_its_kinds_are_told, setup),
		cmocka_unit_test_setup(long_commands_are_refused_whole, setup),
		cmocka_unit_test_setup(the_journal_gets_so_many_lines, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
