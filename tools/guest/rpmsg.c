// SPDX-License-Identifier: GPL-2.0-only
/* rpmsg: talk to the services of remote cores from the command line. */
#include "rpmsg.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "uevent.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} subcommands[] = {
	{"list", rpmsg_list, "show the channels that the cores have announced"},
	{"ping", rpmsg_ping, "measure round trips to an echo service"},
	{"send", rpmsg_send, "send a text and print the reply"},
	{"recv", rpmsg_recv, "print messages as they come"},
	{"watch", rpmsg_watch, "tell when a channel comes and goes, with an echo each time"},
	{"wait", rpmsg_wait, "wait until a channel is there"},
};

#define SUBCOMMANDS (sizeof(subcommands) / sizeof(subcommands[0]))

volatile sig_atomic_t interrupted;

/* ---- options that name a channel */

int parse_seconds(const char *text, const struct argp_state *state)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end || !(seconds >= 0 && seconds <= 86400))
		argp_error(state, "'%s' is no number of seconds from 0 to 86400", text);
	return (int)(seconds * 1000 + 0.5);
}

unsigned int parse_number(const char *text, unsigned int min, unsigned int max, const struct argp_state *state)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || !isdigit((unsigned char)text[0]) || *end || value < min || value > max)
		argp_error(state, "'%s' is no number from %u to %u", text, min, max);
	return (unsigned int)value;
}

static const struct argp_option channel_options[] = {
	{"core", 'C', "NAME", 0, "The core that offers the channel, if several do", 1},
	{"wait", 'w', "SEC", 0, "Wait so long for the channel to be announced (default: not at all)", 1},
	{0},
};

static error_t parse_channel_option(int key, char *arg, struct argp_state *state)
{
	struct target *target = state->input;

	switch (key) {
	case 'C':
		target->core = arg;
		return 0;
	case 'w':
		target->wait_ms = parse_seconds(arg, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp channel_argp = {.options = channel_options, .parser = parse_channel_option};

/* ---- channels */

int target_error(const struct target *target, int status, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "rpmsg: %s: ", target->name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return status;
}

int target_find(struct target *target)
{
	int events = target->wait_ms ? amp_uevent_open() : -1;
	int err = target->wait_ms
	                  ? amp_channel_wait(events, target->core, target->name, target->wait_ms, &target->channel)
	                  : amp_channel_find(target->core, target->name, &target->channel);

	if (events >= 0)
		close(events);
	switch (err) {
	case 0:
		return RPMSG_OK;
	case -ENOENT:
		if (target->wait_ms)
			return target_error(target, RPMSG_TIMEOUT, "no such channel was announced in %g s",
			                    target->wait_ms / 1000.0);
		return target_error(target, RPMSG_NO_CHANNEL,
		                    "no such channel%s%s; 'rpmsg list' shows those there are, '--wait SEC' waits",
		                    target->core ? " on core " : "", target->core ? target->core : "");
	case -ENOTUNIQ:
		return target_error(target, RPMSG_USAGE, "several cores offer it: choose one with --core");
	default:
		return target_error(target, RPMSG_FAILED, "%s", strerror(-err));
	}
}

int target_open(struct target *target, int *fd)
{
	char why[128];
	int status = target_find(target);

	if (status)
		return status;
	*fd = amp_channel_open(&target->channel, why, sizeof(why));
	if (*fd < 0)
		return target_error(target, RPMSG_FAILED, "%s", why);
	tick(true);
	return RPMSG_OK;
}

/* ---- messages */

uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

int receive(int fd, void *buf, size_t size, uint64_t deadline)
{
	for (;;) {
		ssize_t n = read(fd, buf, size);

		if (n >= 0)
			return (int)n;
		if (errno != EINTR)
			return -errno;
		if (interrupted)
			return -EINTR;
		if (now_ns() >= deadline)
			return -ETIMEDOUT;
	}
}

void drain(int fd)
{
	uint8_t message[RPMSG_PAYLOAD_MAX];
	int flags = fcntl(fd, F_GETFL);

	fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	while (read(fd, message, sizeof(message)) >= 0)
		;
	fcntl(fd, F_SETFL, flags);
}

void print_message(const uint8_t *data, size_t len)
{
	while (len && (data[len - 1] == '\n' || data[len - 1] == '\0'))
		len--;
	for (size_t i = 0; i < len; i++) {
		if ((data[i] >= ' ' && data[i] < 0x7f) || data[i] == '\n' || data[i] == '\t')
			putchar(data[i]);
		else
			printf("\\x%02x", data[i]);
	}
	putchar('\n');
	fflush(stdout);
}

/* ---- program */

static void on_signal(int number)
{
	if (number != SIGALRM)
		interrupted = 1;
}

void tick(bool on)
{
	struct itimerval period = {.it_interval.tv_usec = 100000, .it_value.tv_usec = 100000};
	static const struct itimerval off;

	setitimer(ITIMER_REAL, on ? &period : &off, NULL);
}

/* No SA_RESTART: a signal ends a read. */
static void set_signals(void)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGALRM};
	struct sigaction action = {.sa_handler = on_signal};

	for (unsigned int i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

static int usage(FILE *to, int status)
{
	fprintf(to, "Usage: rpmsg COMMAND [OPTION...] [CHANNEL]\n"
	            "Talk to the services of remote cores.\n\n");
	for (unsigned int i = 0; i < SUBCOMMANDS; i++)
		fprintf(to, "  %-8s %s\n", subcommands[i].name, subcommands[i].help);
	fprintf(to, "\n'rpmsg COMMAND --help' tells more.\n"
	            "Exit status: 0 done, 1 it did not work, 2 usage, 3 no such channel, 7 nothing came in time.\n");
	return status;
}

int main(int argc, char **argv)
{
	char title[32];

	argp_err_exit_status = RPMSG_USAGE;
	if (argc < 2)
		return usage(stderr, RPMSG_USAGE);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-?") == 0 || strcmp(argv[1], "help") == 0)
		return usage(stdout, RPMSG_OK);
	for (unsigned int i = 0; i < SUBCOMMANDS; i++) {
		if (strcmp(argv[1], subcommands[i].name) != 0)
			continue;
		snprintf(title, sizeof(title), "rpmsg %s", argv[1]);
		argv[1] = title;
		set_signals();
		return subcommands[i].run(argc - 1, argv + 1);
	}
	fprintf(stderr, "rpmsg: unknown command '%s'; see 'rpmsg --help'\n", argv[1]);
	return RPMSG_USAGE;
}
