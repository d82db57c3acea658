// SPDX-License-Identifier: GPL-2.0-only
/* ping: numbered messages to a service that sends them back. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rpmsg_trips.h"

struct ping {
	struct target target;
	struct trips trips;
	int interval_ms;
	bool json, measure;
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
	struct trips *trips = &ping->trips;

	switch (key) {
	case 'c':
		trips->count = parse_number(arg, 1, 10000000, state);
		ping->measure = true;
		return 0;
	case 's':
		trips->sequence.size = parse_number(arg, 1, RPMSG_PAYLOAD_MAX, state);
		ping->measure = true;
		return 0;
	case 'i':
		ping->interval_ms = parse_seconds(arg, state);
		return 0;
	case OPT_TIMEOUT:
		trips->timeout_ms = parse_seconds(arg, state);
		return 0;
	case OPT_PREFIX:
		trips->prefix = arg;
		return 0;
	case 'q':
		trips->quiet = true;
		return 0;
	case OPT_JSON:
		ping->json = trips->quiet = ping->measure = true;
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
		if (strlen(trips->prefix) + trips->sequence.size > RPMSG_PAYLOAD_MAX)
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
	.doc = "Send numbered messages to a service that sends them back (default amp-echo), one at a "
	       "time. Check that each comes back once, in order and unchanged, and measure the round "
	       "trips.\vCalled as rpmsg_ping without --count, --size and --json, it sends one text, "
	       "\"ping /dev/rpmsg0\", and prints the reply.",
	.children = (const struct argp_child[]){{&channel_argp, 0, NULL, 0}, {0}},
};

static int measure_trips(struct ping *ping, int fd)
{
	struct trips *trips = &ping->trips;
	int err = 0, status;

	drain(fd);
	while (!err && !interrupted && trips->sequence.sent < trips->count) {
		if (trips->sequence.sent && ping->interval_ms)
			amp_wait(NULL, 0, now_ns() + (uint64_t)ping->interval_ms * 1000000);
		err = interrupted ? -EINTR : trips_one(trips, fd);
	}
	status = trips_verdict(trips, &ping->target, err);
	if (ping->json) {
		printf("{\"channel\": ");
		print_json(ping->target.channel.name);
		printf(", \"core\": ");
		print_json(ping->target.channel.core);
		printf(", ");
	}
	trips_print(trips, ping->json);
	if (ping->json)
		printf("}\n");
	return status;
}

/* As people know it from rpmsg_ping. */
static int one_text(const struct ping *ping, int fd)
{
	const struct target *target = &ping->target;
	uint64_t deadline = now_ns() + (uint64_t)ping->trips.timeout_ms * 1000000;
	uint8_t reply[RPMSG_PAYLOAD_MAX];
	char text[RPMSG_PAYLOAD_MAX];
	int n = snprintf(text, sizeof(text), "ping %s", target->name);

	drain(fd);
	n = transmit(fd, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1, deadline);
	if (!n)
		n = receive(fd, reply, sizeof(reply), deadline);
	if (n == -ETIMEDOUT)
		return target_error(target, RPMSG_TIMEOUT, "no reply in %g s", ping->trips.timeout_ms / 1000.0);
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
		.target.name = "amp-echo",
		.trips = {.count = 10, .sequence.size = 16, .timeout_ms = 1000, .prefix = ""},
	};
	int fd, status;

	argp_parse(&argp, argc, argv, 0, NULL, &ping);
	status = trips_begin(&ping.trips, &ping.target);
	if (!status)
		status = target_open(&ping.target, &fd);
	if (!status) {
		status = called_by_link && !ping.measure ? one_text(&ping, fd) : measure_trips(&ping, fd);
		close(fd);
	}
	trips_end(&ping.trips);
	return status;
}
