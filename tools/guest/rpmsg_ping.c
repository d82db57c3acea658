// SPDX-License-Identifier: GPL-2.0-only
/* ping: one message at a time to a service that sends it back. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rpmsg.h"
#include "rpmsg_sequence.h"
#include "rpmsg_stats.h"

struct ping {
	struct target target;
	unsigned int count;
	int interval_ms, timeout_ms;
	const char *prefix; /* that the service puts before each reply */
	bool quiet, json, measure;
	/* results */
	struct amp_sequence sequence;
	unsigned int late; /* came back, but not in time */
	unsigned int timed;
	uint64_t *times; /* ns, of those that came in time */
};

enum {
	OPT_TIMEOUT = 256,
	OPT_JSON,
	OPT_PREFIX
};

static const struct argp_option options[] = {
	{"count", 'c', "N", 0, "Number of messages (default 10)", 0},
	{"size", 's', "BYTES", 0, "Size of each (default 16, at most 496)", 0},
	{"interval", 'i', "SEC", 0, "Pause between them (default 0)", 0},
	{"timeout", OPT_TIMEOUT, "SEC", 0, "A reply that takes longer is lost (default 1)", 0},
	{"prefix", OPT_PREFIX, "TEXT", 0, "The service puts this before each message when it sends it back", 0},
	{"quiet", 'q', NULL, 0, "Only the summary", 0},
	{"json", OPT_JSON, NULL, 0, "The summary as one JSON object", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ping *ping = state->input;

	switch (key) {
	case 'c':
		ping->count = parse_number(arg, 1, 10000000, state);
		ping->measure = true;
		return 0;
	case 's':
		ping->sequence.size = parse_number(arg, 1, RPMSG_PAYLOAD_MAX, state);
		ping->measure = true;
		return 0;
	case 'i':
		ping->interval_ms = parse_seconds(arg, state);
		return 0;
	case OPT_TIMEOUT:
		ping->timeout_ms = parse_seconds(arg, state);
		return 0;
	case OPT_PREFIX:
		ping->prefix = arg;
		return 0;
	case 'q':
		ping->quiet = true;
		return 0;
	case OPT_JSON:
		ping->json = ping->quiet = ping->measure = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &ping->target;
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num)
			argp_error(state, "more than one channel");
		ping->target.name = arg;
		return 0;
	case ARGP_KEY_END:
		if (strlen(ping->prefix) + ping->sequence.size > RPMSG_PAYLOAD_MAX)
			argp_error(state, "prefix and message together have more than %u bytes", RPMSG_PAYLOAD_MAX);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[CHANNEL|/dev/rpmsgN]",
	.doc = "Send numbered messages to a service that sends them back (default amp-echo), one at a time. Check that "
	       "each comes back once, in order and unchanged, and measure the round trips.\v"
	       "Called as rpmsg_ping without --count, --size and --json, it sends one text, \"ping /dev/rpmsg0\", and "
	       "prints the reply.",
	.children = (const struct argp_child[]){{&channel_argp, 0, NULL, 0}, {0}},
};

/* Enter a reply into the account. @return is it the one to the last message? */
static bool take(struct ping *ping, const uint8_t *reply, size_t len)
{
	size_t prefix = strlen(ping->prefix);
	int64_t number;

	if (len < prefix || memcmp(reply, ping->prefix, prefix) != 0) {
		ping->sequence.wrong++;
		return false;
	}
	number = amp_sequence_take(&ping->sequence, reply + prefix, len - prefix);
	if (number >= 0 && number != ping->sequence.sent - 1)
		ping->late++;
	return number == ping->sequence.sent - 1;
}

/* @return 0, or the error that ends the whole run */
static int one_round_trip(struct ping *ping, int fd)
{
	uint8_t message[RPMSG_PAYLOAD_MAX], reply[RPMSG_PAYLOAD_MAX];
	uint64_t start, end, deadline;
	int n;

	amp_sequence_fill(message, ping->sequence.size, ping->sequence.sent);
	start = amp_now_ns();
	deadline = start + (uint64_t)ping->timeout_ms * 1000000;
	n = transmit(fd, message, ping->sequence.size, deadline);
	if (n)
		return n;
	ping->sequence.sent++;
	do {
		n = receive(fd, reply, sizeof(reply), deadline);
		end = amp_now_ns();
	} while (n >= 0 && !take(ping, reply, (size_t)n));
	if (n == -ETIMEDOUT) {
		if (!ping->quiet)
			printf("%u: lost\n", ping->sequence.sent);
		return 0;
	}
	if (n < 0) {
		ping->sequence.sent -= n == -EINTR; /* still under way, not lost */
		return n;
	}
	ping->times[ping->timed++] = end - start;
	if (!ping->quiet)
		printf("%u: %u bytes, %.1f us\n", ping->sequence.sent, ping->sequence.size,
		       (double)(end - start) / 1000);
	return 0;
}

static void print_summary(struct ping *ping)
{
	const struct amp_sequence *seq = &ping->sequence;
	unsigned int lost = seq->sent - seq->received;

	if (ping->json) {
		printf("{\"channel\": ");
		print_json(ping->target.channel.name);
		printf(", \"core\": ");
		print_json(ping->target.channel.core);
		printf(", \"size\": %u, \"sent\": %u, \"received\": %u, \"lost\": %u, \"late\": %u, \"doubled\": %u, "
		       "\"disordered\": %u, \"wrong\": %u",
		       seq->size, seq->sent, seq->received, lost, ping->late, seq->doubled, seq->disordered,
		       seq->wrong);
		if (ping->timed)
			printf(", ");
		print_times(ping->times, ping->timed, true);
		printf("}\n");
		return;
	}
	printf("%u sent, %u received, %.4g %% lost, %u late, %u doubled, %u out of order, %u wrong\n", seq->sent,
	       seq->received, seq->sent ? 100.0 * lost / seq->sent : 0, ping->late, seq->doubled, seq->disordered,
	       seq->wrong);
	if (ping->timed)
		printf("round trip ");
	print_times(ping->times, ping->timed, false);
}

static int measure(struct ping *ping, int fd)
{
	const struct amp_sequence *seq = &ping->sequence;
	int err = 0, status = RPMSG_OK;

	drain(fd);
	while (!err && !interrupted && seq->sent < ping->count) {
		if (seq->sent && ping->interval_ms)
			amp_wait(NULL, 0, amp_now_ns() + (uint64_t)ping->interval_ms * 1000000);
		err = interrupted ? -EINTR : one_round_trip(ping, fd);
	}
	if (err == -EPIPE)
		status = target_error(&ping->target, RPMSG_LOST, "the channel was lost after %u messages", seq->sent);
	else if (err)
		status = target_failed(&ping->target, err);
	print_summary(ping);
	if (status)
		return status;
	if (seq->sent && !seq->received)
		return RPMSG_TIMEOUT;
	return seq->received < seq->sent || ping->late || seq->doubled || seq->disordered || seq->wrong ? RPMSG_FAILED
	                                                                                                : RPMSG_OK;
}

/* As people know it from rpmsg_ping. */
static int one_text(const struct ping *ping, int fd)
{
	const struct target *target = &ping->target;
	uint64_t deadline = amp_now_ns() + (uint64_t)ping->timeout_ms * 1000000;
	uint8_t reply[RPMSG_PAYLOAD_MAX];
	char text[RPMSG_PAYLOAD_MAX];
	int n = snprintf(text, sizeof(text), "ping %s", target->name);

	drain(fd);
	n = transmit(fd, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1, deadline);
	if (!n)
		n = receive(fd, reply, sizeof(reply), deadline);
	if (n == -ETIMEDOUT)
		return target_error(target, RPMSG_TIMEOUT, "no reply in %g s", ping->timeout_ms / 1000.0);
	if (n < 0)
		return target_failed(target, n);
	printf("message for %s: \"", target->name);
	print_text(reply, (size_t)n);
	printf("\"\n");
	return RPMSG_OK;
}

int rpmsg_ping(int argc, char **argv)
{
	struct ping ping = {
		.target.name = "amp-echo", .count = 10, .sequence.size = 16, .timeout_ms = 1000, .prefix = ""};
	int fd, status;

	argp_parse(&argp, argc, argv, 0, NULL, &ping);
	ping.times = malloc(ping.count * sizeof(*ping.times));
	ping.sequence.seen = calloc(AMP_SEQUENCE_BYTES(ping.count), 1);
	if (!ping.times || !ping.sequence.seen) {
		status = target_error(&ping.target, RPMSG_FAILED, "no memory for %u results: use a smaller --count",
		                      ping.count);
		goto out;
	}
	status = target_open(&ping.target, &fd);
	if (status)
		goto out;
	status = called_by_link && !ping.measure ? one_text(&ping, fd) : measure(&ping, fd);
	close(fd);
out:
	free(ping.times);
	free(ping.sequence.seen);
	return status;
}
