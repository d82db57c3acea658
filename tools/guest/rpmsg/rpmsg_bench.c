// SPDX-License-Identifier: GPL-2.0-only
/* bench: how many round trips a second, and how many messages a second to a service that counts them. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rpmsg_trips.h"

#define REPORT_EVERY 32u  /* messages to each report of amp-sink */
#define WINDOW_MAX   224u /* of Linux' 256 buffers; the others are for other programs */
#define REPORT_NS    2000000000u

/* What amp-sink says. */
struct report {
	unsigned int messages, bytes, gaps, sum;
};

struct stream {
	struct target target;
	unsigned int count, size, window;
	uint8_t message[RPMSG_PAYLOAD_MAX];
	/* results */
	unsigned int sent, acknowledged;
	uint32_t sum;
	uint64_t written[WINDOW_MAX / REPORT_EVERY + 1]; /* when the messages were sent that reports are awaited for */
	unsigned int timed;
	uint64_t *times; /* from a message to its report */
	uint64_t begin, end;
	struct report report;
};

struct bench {
	struct target echo;
	struct trips trips;
	uint64_t begin, end; /* of the round trips */
	struct stream stream;
	bool json;
};

enum {
	OPT_JSON = 256,
	OPT_ECHO,
	OPT_SINK
};

static const struct argp_option options[] = {
	{"round-trips", 'r', "N", 0, "Number of round trips (default 10000; 0: none)", 0},
	{"messages", 'm', "N", 0, "Number of messages of the stream (default 50000; 0: none)", 0},
	{"echo-size", 'e', "BYTES", 0, "Size of the messages that come back (default 16)", 0},
	{"size", 's', "BYTES", 0, "Size of the stream's messages (default 496, 4 or more)", 0},
	{"window", 'W', "N", 0, "Most messages of the stream under way (default 160, 32 to 224)", 0},
	{"echo", OPT_ECHO, "CHANNEL", 0, "The service that sends messages back (default amp-echo)", 0},
	{"sink", OPT_SINK, "CHANNEL", 0, "The service that counts them (default amp-sink)", 0},
	{"json", OPT_JSON, NULL, 0, "The results as one JSON object", 0},
	{"core", 'C', "NAME", 0, "The core, if several offer these services", 0},
	{"wait", 'w', "SEC", 0, "Wait so long for the channels to be announced (default: not at all)", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct bench *bench = state->input;

	switch (key) {
	case 'r':
		bench->trips.count = parse_number(arg, 0, 10000000, state);
		return 0;
	case 'm':
		bench->stream.count = parse_number(arg, 0, 100000000, state);
		return 0;
	case 'e':
		bench->trips.sequence.size = parse_number(arg, 1, RPMSG_PAYLOAD_MAX, state);
		return 0;
	case 's':
		bench->stream.size = parse_number(arg, sizeof(uint32_t), RPMSG_PAYLOAD_MAX, state);
		return 0;
	case 'W':
		bench->stream.window = parse_number(arg, REPORT_EVERY, WINDOW_MAX, state);
		return 0;
	case OPT_ECHO:
		bench->echo.name = arg;
		return 0;
	case OPT_SINK:
		bench->stream.target.name = arg;
		return 0;
	case OPT_JSON:
		bench->json = true;
		return 0;
	case 'C':
		bench->echo.core = bench->stream.target.core = arg;
		return 0;
	case 'w':
		bench->echo.wait_ms = bench->stream.target.wait_ms = parse_seconds(arg, state);
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s'? channels are named with --echo and --sink", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Measure how fast messages go: round trips one at a time, then a stream to the core. Each message is "
	       "checked: by comparison when it comes back, by number and sum where it is counted.",
};

/* ------------------------------------------------------------------ round trips */

static int run_trips(struct bench *bench)
{
	int fd, err = 0, status = target_open(&bench->echo, &fd);

	if (status)
		return status;
	drain(fd);
	bench->begin = now_ns();
	while (!err && !interrupted && bench->trips.sequence.sent < bench->trips.count)
		err = trips_one(&bench->trips, fd);
	bench->end = now_ns();
	close(fd);
	return trips_verdict(&bench->trips, &bench->echo, err);
}

/* ------------------------------------------------------------------ stream */

/* Read "KEY=NUMBER" and the space after it. */
static bool take_number(const char **text, const char *key, unsigned int *value)
{
	const char *digits = *text + strlen(key);
	unsigned long number;
	char *end;

	if (strncmp(*text, key, strlen(key)) != 0 || !isdigit((unsigned char)*digits))
		return false;
	errno = 0;
	number = strtoul(digits, &end, 0);
	if (errno || number > UINT_MAX || !isspace((unsigned char)*end))
		return false;
	*value = (unsigned int)number;
	*text = end + 1;
	return true;
}

/* @return 0, or what receive() says; -EPROTO: this is no report */
static int read_report(int fd, struct report *report, uint64_t deadline)
{
	char message[RPMSG_PAYLOAD_MAX + 1];
	const char *text = message;
	int n = receive(fd, message, RPMSG_PAYLOAD_MAX, deadline);

	if (n < 0)
		return n;
	message[n] = '\0';
	return take_number(&text, "messages=", &report->messages) && take_number(&text, "bytes=", &report->bytes) &&
	                       take_number(&text, "gaps=", &report->gaps) && take_number(&text, "sum=", &report->sum)
	               ? 0
	               : -EPROTO;
}

/* Have the sink tell what it has counted, and begin anew. */
static int ask(int fd, struct report *report)
{
	uint64_t deadline = now_ns() + REPORT_NS;
	int err = transmit(fd, "", 0, deadline);

	return err ? err : read_report(fd, report, deadline);
}

/* Different in each message: its number, in the first word. */
static int send_one(struct stream *stream, int fd)
{
	int err;

	memcpy(stream->message, &stream->sent, sizeof(stream->sent));
	err = transmit(fd, stream->message, stream->size, now_ns() + REPORT_NS);
	if (err)
		return err;
	stream->sum += stream->sent++;
	if (stream->sent % REPORT_EVERY == 0)
		stream->written[stream->sent / REPORT_EVERY % (WINDOW_MAX / REPORT_EVERY + 1)] = now_ns();
	return 0;
}

static int take_report(struct stream *stream, int fd)
{
	struct report report;
	int err = read_report(fd, &report, now_ns() + REPORT_NS);

	if (err)
		return err;
	if (report.messages > stream->sent || report.messages < stream->acknowledged ||
	    report.messages % REPORT_EVERY != 0)
		return -EPROTO;
	stream->report = report;
	stream->acknowledged = report.messages;
	stream->times[stream->timed++] =
		now_ns() - stream->written[report.messages / REPORT_EVERY % (WINDOW_MAX / REPORT_EVERY + 1)];
	return 0;
}

/* The sum of all words but the first, which is the same in each message. */
static uint32_t sum_of_rest(const struct stream *stream)
{
	uint32_t sum = 0, word;

	for (unsigned int i = sizeof(word); i < stream->size; i += sizeof(word)) {
		word = 0;
		memcpy(&word, stream->message + i, stream->size - i < sizeof(word) ? stream->size - i : sizeof(word));
		sum += word;
	}
	return sum;
}

static int send_all(struct stream *stream, int fd)
{
	int err = ask(fd, &stream->report);

	stream->report = (struct report){0}; /* that was of another stream */
	amp_sequence_fill(stream->message, stream->size, 0);
	stream->begin = now_ns();
	while (!err && !interrupted && stream->sent < stream->count)
		err = stream->sent - stream->acknowledged < stream->window ? send_one(stream, fd)
		                                                           : take_report(stream, fd);
	while (!err && stream->sent - stream->acknowledged >= REPORT_EVERY)
		err = take_report(stream, fd);
	if (!err)
		err = ask(fd, &stream->report);
	stream->end = now_ns();
	stream->sum += stream->sent * sum_of_rest(stream);
	return err;
}

/* @return enum rpmsg_exit */
static int stream_verdict(const struct stream *stream, int err)
{
	const struct target *target = &stream->target;
	const struct report *report = &stream->report;

	switch (err) {
	case 0:
		break;
	case -EPIPE:
		return target_error(target, RPMSG_LOST, "the channel was lost after %u messages", stream->sent);
	case -ETIMEDOUT:
		return target_error(target, RPMSG_TIMEOUT, "no report in %u s after %u messages",
		                    REPORT_NS / 1000000000u, stream->sent);
	case -EPROTO:
		return target_error(target, RPMSG_FAILED,
		                    "its report after %u messages makes no sense: does somebody else send to it?",
		                    stream->sent);
	default:
		return target_failed(target, err);
	}
	if (report->messages == stream->sent && report->bytes == stream->sent * stream->size && report->gaps == 0 &&
	    report->sum == stream->sum)
		return stream->sent < stream->count ? ended_early() : RPMSG_OK;
	return target_error(target, RPMSG_FAILED,
	                    "%u messages with sum 0x%08x were sent, but %u with sum 0x%08x and %u gaps came",
	                    stream->sent, stream->sum, report->messages, report->sum, report->gaps);
}

static int run_stream(struct stream *stream)
{
	int fd, err, status;

	stream->times = malloc((stream->count / REPORT_EVERY + 1) * sizeof(*stream->times));
	if (!stream->times)
		return target_error(&stream->target, RPMSG_FAILED, "no memory for %u messages: make it fewer",
		                    stream->count);
	status = target_open(&stream->target, &fd);
	if (status)
		return status;
	drain(fd);
	err = send_all(stream, fd);
	close(fd);
	return stream_verdict(stream, err);
}

/* ------------------------------------------------------------------ results */

static double per_second(unsigned int count, uint64_t begin, uint64_t end)
{
	return end > begin ? count * 1e9 / (double)(end - begin) : 0;
}

static void print_trips(const struct bench *bench)
{
	const struct trips *trips = &bench->trips;
	double rate = per_second(trips->timed, bench->begin, bench->end);

	if (bench->json) {
		printf("\"round_trips\": {\"per_second\": %.0f, ", rate);
	} else {
		printf("%s of %s: %u round trips of %u bytes: %.0f a second\n", bench->echo.name,
		       bench->echo.channel.core, trips->timed, trips->sequence.size, rate);
	}
	trips_print(trips, bench->json);
	if (bench->json)
		printf("}");
}

static void print_stream(const struct bench *bench)
{
	const struct stream *stream = &bench->stream;
	const struct report *report = &stream->report;
	double rate = per_second(report->messages, stream->begin, stream->end);
	bool cut = interrupted && stream->sent < stream->count;

	if (bench->json) {
		printf("\"stream\": {\"interrupted\": %s, \"per_second\": %.0f, \"size\": %u, \"sent\": %u, "
		       "\"counted\": %u, \"gaps\": %u, \"window\": %u%s",
		       cut ? "true" : "false", rate, stream->size, stream->sent, report->messages, report->gaps,
		       stream->window, stream->timed ? ", " : "");
	} else {
		if (cut)
			printf("interrupted after %u of %u\n", stream->sent, stream->count);
		printf("%s of %s: %u messages of %u bytes: %.0f a second, %.1f MB/s\n%u sent, %u counted, %u gaps\n%s",
		       stream->target.name, stream->target.channel.core, report->messages, stream->size, rate,
		       rate * stream->size / 1e6, stream->sent, report->messages, report->gaps,
		       stream->timed ? "message to its report " : "");
	}
	print_times(stream->times, stream->timed, bench->json);
	if (bench->json)
		printf("}");
}

int rpmsg_bench(int argc, char **argv)
{
	struct bench bench = {
		.echo.name = "amp-echo",
		.trips = {.count = 10000, .sequence.size = 16, .timeout_ms = 1000, .prefix = "", .quiet = true},
		.stream = {.target.name = "amp-sink", .count = 50000, .size = RPMSG_PAYLOAD_MAX, .window = 160},
	};
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &bench);
	status = trips_begin(&bench.trips, &bench.echo);
	if (!status && bench.trips.count)
		status = run_trips(&bench);
	/* After a message that was lost the stream is of interest all the same; after the core was, there is none. */
	if ((status == RPMSG_OK || status == RPMSG_FAILED) && bench.stream.count && !interrupted) {
		int err = run_stream(&bench.stream);

		status = status ? status : err;
	}
	if (bench.json) {
		printf("{\"core\": ");
		print_json(bench.trips.count ? bench.echo.channel.core : bench.stream.target.channel.core);
	}
	if (bench.begin) {
		printf("%s", bench.json ? ", " : "");
		print_trips(&bench);
	}
	if (bench.stream.begin) {
		printf("%s", bench.json ? ", " : "");
		print_stream(&bench);
	}
	if (bench.json)
		printf("}\n");
	trips_end(&bench.trips);
	free(bench.stream.times);
	return status;
}
