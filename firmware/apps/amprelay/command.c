// SPDX-License-Identifier: BSD-3-Clause
#include "command.h"

#include "app.h"
#include "board.h"
#include "chatter.h"
#include "control.h"
#include "fault_names.h"
#include "format.h"
#include "hoard.h"
#include "misbehave.h"
#include "params.h"
#include "services.h"
#include "telemetry.h"
#include "trace.h"
#include "urgent.h"

#include <amprelay/version.h>
#include <stdarg.h>
#include <string.h>

/** A reply that grows; what does not fit is cut off. */
struct reply {
	char *text;
	size_t length;
};

__attribute__((format(printf, 2, 3))) static void say(struct reply *reply, const char *format, ...)
{
	size_t room = COMMAND_REPLY_MAX - reply->length;
	va_list args;
	size_t length;

	va_start(args, format);
	length = amp_vformat(reply->text + reply->length, room, format, args);
	va_end(args);
	reply->length += length < room ? length : room - 1;
}

static void say_version(struct reply *reply, const char *argument)
{
	uint8_t id[AMP_BUILD_ID_LEN];
	uint32_t length = amp_control_build_id(id);

	(void)argument;
	say(reply, "amprelay-%s %s build-id=", amp_control_core_name(), AMP_FIRMWARE_VERSION);
	for (uint32_t i = 0; i < length; i++)
		say(reply, "%02x", id[i]);
	say(reply, " library=%s\n", amp_version());
}

static void say_uptime(struct reply *reply, const char *argument)
{
	(void)argument;
	say(reply, "uptime_ms=%llu\n", (unsigned long long)amp_clock_ms());
}

static void say_stats(struct reply *reply, const char *argument)
{
	uint32_t stack_size, stack_used = amp_stack_used(&stack_size);

	(void)argument;
	say(reply,
	    "rx=%u tx=%u dropped=%u refused=%u links=%u doorbells=%u unknown_doorbells=%u load_permille=%u "
	    "heartbeat=%u "
	    "stack_used=%u stack_size=%u\n",
	    (unsigned)app_stats.rx, (unsigned)app_stats.tx, (unsigned)app_stats.dropped, (unsigned)app_stats.refused,
	    (unsigned)app_stats.links, (unsigned)app_stats.doorbells, (unsigned)app_stats.unknown_doorbells,
	    (unsigned)app_load_permille(), (unsigned)amp_control_heartbeat(), (unsigned)stack_used,
	    (unsigned)stack_size);
}

static void crash(struct reply *reply, const char *argument)
{
	enum amp_fault fault = amp_fault_by_name(argument, strlen(argument));

	if (fault == AMP_FAULT_NONE) {
		say(reply, "error: no fault '%s'; there are:%s\n", argument, amp_fault_names);
		return;
	}
	app_crash_later(fault);
	say(reply, "ok: committing fault '%s'\n", argument);
}

static void log_text(struct reply *reply, const char *argument)
{
	if (!*argument) {
		say(reply, "error: log what? usage: log TEXT\n");
		return;
	}
	amp_trace_text(argument, strlen(argument));
	say(reply, "ok\n");
}

static void start_to_misbehave(struct reply *reply, const char *argument)
{
	if (misbehave(argument))
		say(reply, "ok\n");
	else
		say(reply, "error: '%s'; usage: misbehave KIND [COUNT], of %s\n", argument, misbehave_kinds);
}

static void start_to_hoard(struct reply *reply, const char *argument)
{
	if (hoard(argument))
		say(reply, "ok\n");
	else
		say(reply, "error: '%s'; usage: hoard KIND NAME, of %s\n", argument, hoard_kinds);
}

static void open_urgent(struct reply *reply, const char *argument)
{
	(void)argument;
	urgent_begin();
	say(reply, "ok\n");
}

static void set_rate(struct reply *reply, const char *argument)
{
	uint32_t period;

	if (!telemetry_parse_period(argument, strlen(argument), &period)) {
		say(reply, "error: rate '%s'; usage: rate MS, 0 = off, else %u to %u\n", argument, TELEMETRY_MIN_MS,
		    TELEMETRY_MAX_MS);
		return;
	}
	telemetry_set_period(period);
	say(reply, "ok: %u ms\n", (unsigned)period);
}

/* @return false, and a reply, if it is no number from 1 to `max` */
static bool take_number(struct reply *reply, const char *name, const char *argument, uint32_t max, uint32_t *number)
{
	const char *digit = argument;

	*number = 0;
	for (; *digit >= '0' && *digit <= '9' && *number <= max; digit++)
		*number = *number * 10 + (uint32_t)(*digit - '0');
	if (!*digit && *number > 0 && *number <= max)
		return true;
	say(reply, "error: '%s'; usage: %s COUNT, 1 to %u\n", argument, name, (unsigned)max);
	return false;
}

static void write_journal(struct reply *reply, const char *argument)
{
	uint32_t lines;

	if (!take_number(reply, "journal", argument, CHATTER_MAX, &lines))
		return;
	if (chatter(lines))
		say(reply, "ok\n");
	else
		say(reply, "error: the lines before are not all written yet\n");
}

static void expect_samples(struct reply *reply, const char *argument)
{
	uint32_t messages;

	if (!take_number(reply, "sample", argument, CHATTER_MAX, &messages))
		return;
	service_client_sample_expect(messages);
	say(reply, "ok\n");
}

static void say_params(struct reply *reply, const char *argument)
{
	char text[PARAMS_TEXT_MAX];

	(void)argument;
	(void)params_format(text);
	say(reply, "%s", text);
}

static void say_help(struct reply *reply, const char *argument);

/* The commands; one row each. */
static const struct command {
	const char *name;
	const char *usage;
	void (*run)(struct reply *reply, const char *argument);
} commands[] = {
	{"help", "this list", say_help},
	{"version", "of firmware and library", say_version},
	{"uptime", "since start", say_uptime},
	{"stats", "counters, load, stack", say_stats},
	{"crash", "KIND: commit a fault", crash},
	{"log", "TEXT: to the trace buffer", log_text},
	{"journal", "COUNT: numbered lines", write_journal},
	{"sample", "COUNT: of its messages", expect_samples},
	{"misbehave", "KIND [COUNT]: as no sound core does", start_to_misbehave},
	{"hoard", "KIND NAME: keep all buffers", start_to_hoard},
	{"urgent", "open amp-urgent", open_urgent},
	{"params", "of its start", say_params},
	{"rate", "MS: period of amp-telemetry, 0 = off", set_rate},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void say_help(struct reply *reply, const char *argument)
{
	(void)argument;
	for (unsigned i = 0; i < COMMANDS; i++)
		say(reply, "%s %s\n", commands[i].name, commands[i].usage);
	say(reply, "KIND is one of:%s\n", amp_fault_names);
}

static void run_line(struct reply *reply, char *line)
{
	char *argument = line;

	while (*argument && *argument != ' ')
		argument++;
	while (*argument == ' ')
		*argument++ = '\0';
	for (unsigned i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i].name, line) == 0) {
			commands[i].run(reply, argument);
			return;
		}
	}
	say(reply, "error: no command '%s'; try help\n", line);
}

size_t command_run(const char *text, size_t length, char *reply_text)
{
	struct reply reply = {.text = reply_text};
	char line[COMMAND_LINE_MAX + 2]; /* has room for one byte too many, so that a line that is too long is seen */
	size_t copied = length < sizeof(line) - 1 ? length : sizeof(line) - 1;

	memcpy(line, text, copied);
	while (copied && (line[copied - 1] == '\0' || line[copied - 1] == '\n' || line[copied - 1] == '\r' ||
	                  line[copied - 1] == ' '))
		copied--;
	line[copied] = '\0';
	for (size_t i = 0; i < copied; i++) {
		if (line[i] < ' ' || line[i] > '~')
			line[i] = '.';
	}

	if (length > sizeof(line) - 1 || copied > COMMAND_LINE_MAX)
		say(&reply, "error: a command has at most %u bytes\n", COMMAND_LINE_MAX);
	else
		run_line(&reply, line);
	/* If the reply was cut off, there is room for the newline where its NUL was. */
	if (reply_text[reply.length - 1] != '\n')
		reply_text[reply.length++] = '\n';
	return reply.length;
}
