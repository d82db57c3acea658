// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "rpmsg.h"
#include "rpmsg_stats.h"

struct ping {
	struct target target;
	unsigned int count, size;
	int interval_ms, timeout_ms;
	bool quiet, json;
	/* results */
	unsigned int sent, received, wrong;
	uint64_t *times; /* ns, of those that came back */
};

enum {
	OPT_TIMEOUT = 256,
	OPT_JSON
};

static const struct argp_option options[] = {
	{"count", 'c', "N", 0, "Number of messages (default 10)", 0},
	{"size", 's', "BYTES", 0, "Size of each (default 16, at most 496)", 0},
	{"interval", 'i', "SEC", 0, "Pause between them (default 0)", 0},
	{"timeout", OPT_TIMEOUT, "SEC", 0, "A reply that takes longer is lost (default 1)", 0},
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
		return 0;
	case 's':
		ping->size = parse_number(arg, 1, RPMSG_PAYLOAD_MAX, state);
		return 0;
	case 'i':
		ping->interval_ms = parse_seconds(arg, state);
		return 0;
	case OPT_TIMEOUT:
		ping->timeout_ms = parse_seconds(arg, state);
		return 0;
	case 'q':
		ping->quiet = true;
		return 0;
	case OPT_JSON:
		ping->json = ping->quiet = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &ping->target;
		return 0;
	case ARGP_KEY_ARG:
		if (ping->target.name)
			argp_error(state, "more than one channel");
		ping->target.name = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which channel?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "CHANNEL",
	.doc = "Send messages to a service that echoes them (amp-echo), one at a time, and measure the round trips. "
	       "Each reply is compared with what was sent.",
	.children = (const struct argp_child[]){{&channel_argp, 0, NULL, 0}, {0}},
};

/* Different in each message, so that a late reply to an earlier one is not taken for the current one. */
static void fill(uint8_t *message, unsigned int size, unsigned int number)
{
	uint32_t state = number * 2654435761u + 1;

	for (unsigned int i = 0; i < size; i++) {
		state = state * 1664525u + 1013904223u;
		message[i] = (uint8_t)(state >> 24);
	}
}

/* @return 0, or the error that ends the whole run */
static int one_round_trip(struct ping *ping, int fd)
{
	uint8_t message[RPMSG_PAYLOAD_MAX], reply[RPMSG_PAYLOAD_MAX + 1];
	uint64_t start, end;
	int n;

	fill(message, ping->size, ping->sent);
	start = now_ns();
	if (write(fd, message, ping->size) < 0)
		return errno == EINTR && !interrupted ? 0 : -errno;
	ping->sent++;
	for (;;) {
		n = receive(fd, reply, sizeof(reply), start + (uint64_t)ping->timeout_ms * 1000000);
		end = now_ns();
		if (n >= 0 && (unsigned int)n == ping->size && memcmp(message, reply, ping->size) == 0)
			break;
		if (n == -ETIMEDOUT) {
			if (!ping->quiet)
				printf("%u: lost\n", ping->sent);
			return 0;
		}
		if (n == -EINTR)
			ping->sent--; /* still under way, not lost */
		if (n < 0)
			return n;
		ping->wrong++;
	}
	ping->times[ping->received++] = end - start;
	if (!ping->quiet)
		printf("%u: %u bytes, %.1f us\n", ping->sent, ping->size, (double)(end - start) / 1000);
	return 0;
}

static void pause_for(int ms)
{
	struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

	while (!interrupted && nanosleep(&left, &left) < 0 && errno == EINTR)
		;
}

static void print_summary(struct ping *ping)
{
	unsigned int lost = ping->sent - ping->received;
	double loss = ping->sent ? 100.0 * lost / ping->sent : 0;
	struct amp_stats s = {0};

	if (ping->received)
		s = amp_stats_of(ping->times, ping->received);
	if (ping->json) {
		printf("{\"channel\": \"%s\", \"core\": \"%s\", \"size\": %u, \"sent\": %u, \"received\": %u, "
		       "\"lost\": %u, "
		       "\"wrong\": %u",
		       ping->target.channel.name, ping->target.channel.core, ping->size, ping->sent, ping->received,
		       lost, ping->wrong);
		if (ping->received)
			printf(", \"us\": {\"min\": %.1f, \"avg\": %.1f, \"median\": %.1f, \"p99\": %.1f, \"max\": "
			       "%.1f}",
			       (double)s.min / 1e3, s.mean / 1e3, (double)s.median / 1e3, (double)s.p99 / 1e3,
			       (double)s.max / 1e3);
		printf("}\n");
		return;
	}
	printf("%u sent, %u received, %.4g %% lost, %u wrong\n", ping->sent, ping->received, loss, ping->wrong);
	if (ping->received)
		printf("round trip min/avg/median/p99/max = %.1f/%.1f/%.1f/%.1f/%.1f us\n", (double)s.min / 1e3,
		       s.mean / 1e3, (double)s.median / 1e3, (double)s.p99 / 1e3, (double)s.max / 1e3);
}

int rpmsg_ping(int argc, char **argv)
{
	struct ping ping = {.count = 10, .size = 16, .timeout_ms = 1000};
	int fd, status, err = 0;

	argp_parse(&argp, argc, argv, 0, NULL, &ping);
	ping.times = malloc(ping.count * sizeof(*ping.times));
	if (!ping.times)
		return target_error(&ping.target, RPMSG_FAILED, "no memory for %u results: use a smaller --count",
		                    ping.count);
	status = target_open(&ping.target, &fd);
	if (status)
		goto out;
	drain(fd);
	while (!err && !interrupted && ping.sent < ping.count) {
		if (ping.sent && ping.interval_ms)
			pause_for(ping.interval_ms);
		err = one_round_trip(&ping, fd);
	}
	if (err == -EPIPE)
		target_error(&ping.target, RPMSG_FAILED, "the channel was lost after %u messages", ping.sent);
	else if (err && err != -EINTR)
		target_error(&ping.target, RPMSG_FAILED, "%s", strerror(-err));
	print_summary(&ping);
	if ((err && err != -EINTR) || ping.received < ping.sent || ping.wrong)
		status = RPMSG_FAILED;
	if (!err && ping.received == 0)
		status = RPMSG_TIMEOUT;
	close(fd);
out:
	free(ping.times);
	return status;
}
