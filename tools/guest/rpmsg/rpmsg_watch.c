// SPDX-License-Identifier: GPL-2.0-only
/* watch and wait: channels that come and go with their core. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guest/base/uevent.h"
#include "rpmsg.h"
#include "rpmsg_endpoint.h"

#define ECHO_NS 1000000000u /* a service that was announced answers within a second */

struct watch {
	struct target target;
	unsigned int count; /* end after so many lives of the channel; 0: never */
	unsigned int lives;
	bool gone;
	int events;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct watch *watch = state->input;

	switch (key) {
	case 'C':
		watch->target.core = arg;
		return 0;
	case 'c':
		watch->count = parse_number(arg, 1, 1000000000, state);
		return 0;
	case 'g':
		watch->gone = true;
		return 0;
	case 't':
		watch->target.wait_ms = parse_seconds(arg, state);
		return 0;
	case ARGP_KEY_ARG:
		if (watch->target.name)
			argp_error(state, "more than one channel");
		if (arg[0] == '/')
			argp_error(state, "name a channel: device nodes have no announcements");
		watch->target.name = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which channel?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* ------------------------------------------------------------------ wait */

static const struct argp_option wait_options[] = {
	{"gone", 'g', NULL, 0, "Wait until it is gone, instead: at once if it is not there", 0},
	{"core", 'C', "NAME", 0, "The core that offers the channel, if several do", 0},
	{"timeout", 't', "SEC", 0, "Give up after so long (default 10)", 0},
	{0},
};

static const struct argp wait_argp = {
	.options = wait_options,
	.parser = parse,
	.args_doc = "CHANNEL",
	.doc = "Wait until a core has announced the channel, or, with --gone, until that announcement has been taken "
	       "back or its core has gone. Exit status 7 if that does not happen in time.",
};

/* Read all events. @return whether one says that this very channel was removed */
static bool was_removed(const struct watch *watch)
{
	char data[AMP_UEVENT_MAX];
	struct amp_uevent event;
	bool seen = false;
	int n;

	while ((n = amp_uevent_read(watch->events, data, &event)) != 0) {
		if (n == -ENOBUFS)
			seen |= !amp_channel_exists(&watch->target.channel);
		else if (n < 0)
			break;
		else
			seen |= strcmp(event.action, "remove") == 0 &&
			        strcmp(strrchr(event.devpath, '/') + 1, watch->target.channel.device) == 0;
	}
	return seen;
}

/* It may be back when we look, so only the event tells. */
static int wait_until_gone(struct watch *watch)
{
	struct target *target = &watch->target;
	uint64_t deadline = now_ns() + (uint64_t)target->wait_ms * 1000000;
	struct pollfd pfd = {.fd = watch->events, .events = POLLIN};
	int n = amp_channel_find(target->core, target->name, &target->channel);

	if (n == -ENOENT)
		return RPMSG_OK;
	if (n == -ENOTUNIQ)
		return target_error(target, RPMSG_USAGE, "several cores offer it: choose one with --core");
	while (!was_removed(watch)) {
		n = amp_wait(&pfd, 1, deadline);
		if (n == 0)
			return target_error(target, RPMSG_TIMEOUT, "it is still there after %g s",
			                    target->wait_ms / 1000.0);
		if (interrupted)
			return target_error(target, RPMSG_INTERRUPTED, "interrupted while waiting for its end");
	}
	return RPMSG_OK;
}

int rpmsg_wait(int argc, char **argv)
{
	struct watch watch = {.target.wait_ms = 10000};
	int status;

	argp_parse(&wait_argp, argc, argv, 0, NULL, &watch);
	if (!watch.gone)
		return target_find(&watch.target);
	watch.events = amp_uevent_open();
	if (watch.events < 0)
		return target_error(&watch.target, RPMSG_FAILED, "no kernel events: %s", strerror(-watch.events));
	status = wait_until_gone(&watch);
	close(watch.events);
	return status;
}

/* ------------------------------------------------------------------ watch */

static void say(const char *what, const struct watch *watch)
{
	printf("%s %s\n", what, watch->target.name);
	show();
}

/* One echo. @return 0, or an error that means that the channel is lost */
static int check_echo(struct watch *watch, int fd)
{
	char message[32], reply[RPMSG_PAYLOAD_MAX];
	uint64_t start = now_ns();
	int len = snprintf(message, sizeof(message), "watch %u", watch->lives);
	int n = transmit(fd, message, (size_t)len, start + ECHO_NS);

	if (!n)
		do
			n = receive(fd, reply, sizeof(reply), start + ECHO_NS);
		while (n >= 0 && (n != len || memcmp(message, reply, (size_t)len) != 0));
	if (n == -ETIMEDOUT || n == -ENOBUFS) {
		say("silent", watch);
		return 0;
	}
	if (n < 0)
		return n;
	printf("echo %llu\n", (unsigned long long)(now_ns() - start) / 1000);
	show();
	return 0;
}

static void read_events(struct watch *watch)
{
	char data[AMP_UEVENT_MAX];
	struct amp_uevent event;
	int n;

	do
		n = amp_uevent_read(watch->events, data, &event);
	while (n > 0 || n == -ENOBUFS);
}

/* The core may go, which our endpoint tells by POLLERR, or take back just this channel. Returns on a signal, too. */
static void wait_for_loss(struct watch *watch, int fd)
{
	struct pollfd fds[] = {{.fd = fd, .events = POLLIN}, {.fd = watch->events, .events = POLLIN}};

	while (!stop_wanted()) {
		if (amp_wait(fds, 2, AMP_FOREVER) < 0)
			continue;
		if (fds[0].revents & (POLLERR | POLLHUP | POLLNVAL))
			return;
		if (fds[0].revents)
			drain(fd);
		if (!fds[1].revents)
			continue;
		/* Not all events are about this channel, and some may be about a former life of it: so look. */
		read_events(watch);
		if (!amp_channel_exists(&watch->target.channel))
			return;
	}
}

/* The channel is there but cannot be opened: it is on its way out, and each step of that is an event. */
static void wait_for_change(struct watch *watch)
{
	struct pollfd pfd = {.fd = watch->events, .events = POLLIN};

	amp_wait(&pfd, 1, now_ns() + 1000000000u);
	read_events(watch);
}

/* One life of the channel. @return enum rpmsg_exit */
static int follow(struct watch *watch)
{
	char why[128];
	int fd = amp_endpoint_open(&watch->target.channel, why, sizeof(why));
	int err;

	if (fd == -ENODEV) {
		wait_for_change(watch);
		return RPMSG_OK;
	}
	if (fd < 0)
		return target_error(&watch->target, RPMSG_FAILED, "%s", why);
	watch->lives++;
	say("up", watch);
	tick(true);
	err = check_echo(watch, fd);
	if (!err && watch->lives != watch->count)
		wait_for_loss(watch, fd);
	tick(false);
	close(fd);
	if (!interrupted && (err || watch->lives != watch->count))
		say("lost", watch);
	return RPMSG_OK;
}

static const struct argp_option watch_options[] = {
	{"core", 'C', "NAME", 0, "The core that offers the channel, if several do", 0},
	{"count", 'c', "N", 0, "End when it has come N times (default: never)", 0},
	{0},
};

static const struct argp watch_argp = {
	.options = watch_options,
	.parser = parse,
	.args_doc = "CHANNEL",
	.doc = "Print one line when the channel comes (\"up CHANNEL\"), one after an echo through it (\"echo "
	       "MICROSECONDS\", or \"silent CHANNEL\" without an answer in a second), and one when it goes (\"lost "
	       "CHANNEL\"). It survives crashes and restarts of the core: this is how recovery times are measured.",
};

int rpmsg_watch(int argc, char **argv)
{
	struct watch watch = {0};
	int status = RPMSG_OK, err;

	argp_parse(&watch_argp, argc, argv, 0, NULL, &watch);
	watch.events = amp_uevent_open();
	if (watch.events < 0)
		return target_error(&watch.target, RPMSG_FAILED, "no kernel events: %s", strerror(-watch.events));
	while (!status && !interrupted && (!watch.count || watch.lives < watch.count)) {
		do
			err = amp_channel_wait(watch.events, watch.target.core, watch.target.name, AMP_FOREVER,
			                       &watch.target.channel);
		while (err == -EINTR && !interrupted);
		if (err == -ENOTUNIQ)
			status = target_error(&watch.target, RPMSG_USAGE,
			                      "several cores offer it: choose one with --core");
		else if (!err)
			status = follow(&watch);
	}
	close(watch.events);
	/* without --count, being interrupted is how it ends */
	return !status && watch.lives < watch.count ? ended_early() : status;
}
