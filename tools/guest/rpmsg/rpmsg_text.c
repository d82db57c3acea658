// SPDX-License-Identifier: GPL-2.0-only
/* send, recv and dump: services that speak text, and others. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rpmsg.h"

struct text {
	struct target target;
	const char *words[2]; /* channel, text */
	unsigned int args_max, args;
	unsigned int count; /* messages to print; 0: no end */
	int timeout_ms;     /* -1: none */
	const char *begin, *end;
	void (*print)(const uint8_t *data, size_t len);
};

/* Time for a buffer to become free. */
#define SEND_NS 2000000000u

enum {
	OPT_TIMEOUT = 256,
	OPT_BEGIN,
	OPT_END
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct text *text = state->input;

	switch (key) {
	case 'c':
		text->count = parse_number(arg, 0, 1000000000, state);
		return 0;
	case OPT_TIMEOUT:
		text->timeout_ms = parse_seconds(arg, state);
		return 0;
	case OPT_BEGIN:
		text->begin = arg;
		return 0;
	case OPT_END:
		text->end = arg;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &text->target;
		return 0;
	case ARGP_KEY_ARG:
		if (text->args == text->args_max)
			argp_error(state, "too many arguments at '%s' (put a text with spaces into quotes)", arg);
		text->words[text->args++] = arg;
		text->target.name = text->words[0];
		return 0;
	case ARGP_KEY_END:
		if (text->args < text->args_max)
			argp_error(state, text->args ? "which text?" : "which channel?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Write one message. @return enum rpmsg_exit */
static int send_text(const struct text *text, int fd, const char *message)
{
	size_t len = strlen(message);
	int err;

	if (len > RPMSG_PAYLOAD_MAX)
		return target_error(&text->target, RPMSG_USAGE, "the text has %zu bytes, a message holds %u", len,
		                    RPMSG_PAYLOAD_MAX);
	err = transmit(fd, message, len, now_ns() + SEND_NS);
	return err ? target_failed(&text->target, err) : RPMSG_OK;
}

/* Print `count` messages. @return enum rpmsg_exit */
static int print_messages(const struct text *text, int fd)
{
	uint8_t message[RPMSG_PAYLOAD_MAX];

	for (unsigned int i = 0; !text->count || i < text->count; i++) {
		uint64_t deadline =
			text->timeout_ms < 0 ? AMP_FOREVER : now_ns() + (uint64_t)text->timeout_ms * 1000000;
		int n = receive(fd, message, sizeof(message), deadline);

		if (n == -ETIMEDOUT)
			return target_error(&text->target, RPMSG_TIMEOUT, "nothing came in %g s",
			                    text->timeout_ms / 1000.0);
		if (n == -EINTR && !text->count && !ferror(stdout))
			return RPMSG_OK; /* no end was wished for but this */
		if (n < 0)
			return target_failed(&text->target, n);
		text->print(message, (size_t)n);
	}
	return RPMSG_OK;
}

static const struct argp_option send_options[] = {
	{"count", 'c', "N", 0, "Number of replies to print (default 1; 0: do not wait)", 0},
	{"timeout", OPT_TIMEOUT, "SEC", 0, "Wait so long for each (default 2)", 0},
	{0},
};

static const struct argp send_argp = {
	.options = send_options,
	.parser = parse,
	.args_doc = "CHANNEL|/dev/rpmsgN TEXT",
	.doc = "Send a text as one message and print the reply, for example: rpmsg send amp-command uptime",
	.children = (const struct argp_child[]){{&channel_argp, 0, NULL, 0}, {0}},
};

int rpmsg_send(int argc, char **argv)
{
	struct text text = {.args_max = 2, .count = 1, .timeout_ms = 2000, .print = print_line};
	int fd, status;

	argp_parse(&send_argp, argc, argv, 0, NULL, &text);
	status = target_open(&text.target, &fd);
	if (status)
		return status;
	drain(fd);
	status = send_text(&text, fd, text.words[1]);
	if (!status && text.count)
		status = print_messages(&text, fd);
	close(fd);
	return status;
}

static const struct argp_option recv_options[] = {
	{"count", 'c', "N", 0, "End after so many messages (default 0: never)", 0},
	{"timeout", OPT_TIMEOUT, "SEC", 0, "End if no message comes for so long (default: never)", 0},
	{"begin", OPT_BEGIN, "TEXT", 0,
         "Send this first: a core cannot send before it knows our address (default \"start\")", 0},
	{"end", OPT_END, "TEXT", 0, "Send this at the end (default \"stop\")", 0},
	{0},
};

static const struct argp recv_argp = {
	.options = recv_options,
	.parser = parse,
	.args_doc = "CHANNEL|/dev/rpmsgN",
	.doc = "Print the messages of a channel as they come, for example: rpmsg recv amp-telemetry -c 5",
	.children = (const struct argp_child[]){{&channel_argp, 0, NULL, 0}, {0}},
};

static const struct argp dump_argp = {
	.options = recv_options,
	.parser = parse,
	.args_doc = "CHANNEL|/dev/rpmsgN",
	.doc = "Print the messages of a channel as they come, in hexadecimal, each with its time (seconds since boot) "
	       "and length, for example: rpmsg dump amp-telemetry -c 5",
	.children = (const struct argp_child[]){{&channel_argp, 0, NULL, 0}, {0}},
};

static void print_dump(const uint8_t *data, size_t len)
{
	printf("%.6f %zu bytes\n", (double)now_ns() / 1e9, len);
	print_hex(data, len);
}

static int receive_all(const struct argp *argp, void (*print)(const uint8_t *data, size_t len), int argc, char **argv)
{
	struct text text = {.args_max = 1, .timeout_ms = -1, .begin = "start", .end = "stop", .print = print};
	int fd, status;

	argp_parse(argp, argc, argv, 0, NULL, &text);
	status = target_open(&text.target, &fd);
	if (status)
		return status;
	if (text.begin[0])
		status = send_text(&text, fd, text.begin);
	if (!status) {
		status = print_messages(&text, fd);
		if (text.end[0] && status != RPMSG_LOST)
			send_text(&text, fd, text.end);
	}
	close(fd);
	return status;
}

int rpmsg_recv(int argc, char **argv)
{
	return receive_all(&recv_argp, print_line, argc, argv);
}

int rpmsg_dump(int argc, char **argv)
{
	return receive_all(&dump_argp, print_dump, argc, argv);
}
