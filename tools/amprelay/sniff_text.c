// SPDX-License-Identifier: GPL-2.0-only
/* The wire as lines: for people, or with --json one object each. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "common/output.h"
#include "common/text.h"
#include "event_reader.h"
#include "sniff.h"
#include "terminal.h"

#define SHOWN 48u /* bytes of a payload in a line */

struct text_sink {
	struct sniff_sink sink;
	uint64_t start;
	bool hex;
};

static double seconds(const struct text_sink *text, uint64_t t)
{
	return (double)(int64_t)(t - text->start) / 1e9;
}

static bool is_text(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((bytes[i] < ' ' || bytes[i] > '~') && bytes[i] != '\n' && bytes[i] != '\r' && bytes[i] != '\t' &&
		    !(bytes[i] == '\0' && i + 1 == len))
			return false;
	}
	return len > 0;
}

/* ------------------------------------------------------------------ for programs */

static void print_message_json(const struct sniff_message *message)
{
	const uint8_t *payload = message->bytes + AMP_RPMSG_HEADER;
	uint32_t len = message->kept - AMP_RPMSG_HEADER;
	char hex[2 * AMP_SNIFFED_MAX + 1];
	json_t *object;

	amp_text_hex(hex, payload, len);
	object = json_pack("{s:I, s:s, s:s, s:I, s:I, s:I, s:I, s:s}", "t", (json_int_t)message->t, "core",
	                   message->core, "direction", message->direction == AMP_TO_HOST ? "to-host" : "to-remote",
	                   "src", (json_int_t)message->head.src, "dst", (json_int_t)message->head.dst, "len",
	                   (json_int_t)message->head.len, "flags", (json_int_t)message->head.flags, "payload", hex);
	if (object && message->channel)
		json_object_set_new(object, "channel", json_string(message->channel));
	if (object)
		json_dumpf(object, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
	putchar('\n');
	json_decref(object);
}

/* ------------------------------------------------------------------ for people */

static void print_announcement(const struct sniff_message *message)
{
	char name[AMP_NAME_SIZE];
	uint32_t addr, flags;

	if (!amp_names_read(message->bytes + AMP_RPMSG_HEADER, message->kept - AMP_RPMSG_HEADER, name, &addr, &flags)) {
		fputs("(no announcement)", stdout);
		return;
	}
	amp_terminal_printf(stdout, "%s %s 0x%x",
	                    flags & AMP_NS_DESTROY ? "destroys"
	                    : flags & 2            ? "acknowledges"
	                                           : "announces",
	                    name, addr);
}

static void print_payload(const uint8_t *payload, uint32_t len)
{
	uint32_t shown = len < SHOWN ? len : SHOWN;

	if (is_text(payload, len)) {
		char text[4 * SHOWN + 16];
		struct amp_terminal terminal = {.to = stdout};
		size_t n = amp_terminal_clean(&terminal, false, (const char *)payload, shown, text);

		putchar('"');
		for (size_t i = 0; i < n; i++) {
			if (text[i] == '\n')
				fputs("\\n", stdout);
			else if (text[i] == '\t')
				fputs("\\t", stdout);
			else
				putchar(text[i]);
		}
		putchar('"');
	} else {
		shown = len < SHOWN / 2 ? len : SHOWN / 2;
		for (uint32_t i = 0; i < shown; i++)
			printf("%02x%s", payload[i], i % 4 == 3 && i + 1 < shown ? " " : "");
	}
	if (shown < len)
		fputs("...", stdout);
}

static void print_hex(const uint8_t *bytes, uint32_t len)
{
	for (uint32_t at = 0; at < len; at += 16) {
		uint32_t n = len - at < 16 ? len - at : 16;

		printf("        %04x ", at);
		for (uint32_t i = 0; i < 16; i++) {
			if (i < n)
				printf(" %02x", bytes[at + i]);
			else
				fputs("   ", stdout);
		}
		fputs("  ", stdout);
		for (uint32_t i = 0; i < n; i++)
			putchar(bytes[at + i] >= ' ' && bytes[at + i] <= '~' ? bytes[at + i] : '.');
		putchar('\n');
	}
}

static void show_message(struct sniff_sink *sink, const struct sniff_message *message)
{
	const struct text_sink *text = (void *)sink;
	bool to_host = message->direction == AMP_TO_HOST;
	char way[48];

	if (amp_cli.json) {
		print_message_json(message);
		return;
	}
	amp_text(way, sizeof(way), "%s > %s", to_host ? message->core : "host", to_host ? "host" : message->core);
	printf("%12.6f %-14s ", seconds(text, message->t), way);
	amp_terminal_printf(stdout, "%-20s", message->channel ? message->channel : "-");
	printf(" 0x%03x > 0x%03x %4u  ", message->head.src, message->head.dst, message->head.len);
	if (message->head.dst == RPMSG_NS_EPT_ADDR)
		print_announcement(message);
	else
		print_payload(message->bytes + AMP_RPMSG_HEADER, message->kept - AMP_RPMSG_HEADER);
	putchar('\n');
	if (text->hex)
		print_hex(message->bytes, message->kept);
}

static void show_event(struct sniff_sink *sink, const struct sniff_event *event)
{
	const struct text_sink *text = (void *)sink;
	const char *ev = amp_event_string(event->object, "ev");
	char details[1024];

	if (amp_cli.json) {
		fwrite(event->text, 1, event->len, stdout);
		putchar('\n');
		return;
	}
	if (strcmp(ev, "wire.channel") == 0)
		return; /* the names stand beside the messages */
	amp_sniff_describe(event, details, sizeof(details));
	fputs(amp_cli_color(COLOR_NOTICE), stdout);
	printf("%12.6f ", seconds(text, event->t));
	amp_terminal_printf(stdout, "%-14s %s: %s", event->core[0] ? event->core : "lab", ev, details);
	puts(amp_cli_color(COLOR_END));
}

static bool flush_text(struct sniff_sink *sink)
{
	(void)sink;
	return amp_output_flush();
}

struct sniff_sink *amp_sniff_text(uint64_t start, bool hex)
{
	static struct text_sink text = {
		.sink = {.message = show_message, .event = show_event, .flush = flush_text, .close = flush_text}};

	text.start = start;
	text.hex = hex;
	return &text.sink;
}
