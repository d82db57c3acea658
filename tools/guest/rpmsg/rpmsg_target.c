// SPDX-License-Identifier: GPL-2.0-only
/* What a subcommand works on: a channel by its name, or an endpoint by its device node. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest/base/uevent.h"
#include "rpmsg.h"
#include "rpmsg_ctrl.h"
#include "rpmsg_endpoint.h"

bool called_by_link;

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

int target_failed(const struct target *target, int err)
{
	switch (err) {
	case -EINTR:
		return ended_early();
	case -EPIPE:
		return target_error(target, RPMSG_LOST, "the channel was lost");
	case -ENOBUFS:
		return target_error(target, RPMSG_TIMEOUT, "the core takes no messages: no buffer became free");
	case -EMSGSIZE:
		return target_error(target, RPMSG_USAGE, "a message holds %u bytes", RPMSG_PAYLOAD_MAX);
	default:
		return target_error(target, RPMSG_FAILED, "%s", strerror(-err));
	}
}

static int find_node(struct target *target)
{
	struct amp_channel *channel = &target->channel;
	struct amp_node node;
	int err = amp_node_load(target->name, &node);

	if (err == -ENOTTY)
		return target_error(target, RPMSG_USAGE, "this is no RPMsg endpoint, such as /dev/rpmsg0");
	if (err)
		return target_error(target, RPMSG_NO_CHANNEL, "%s", strerror(-err));
	if (target->core && strcmp(target->core, node.core) != 0)
		return target_error(target, RPMSG_USAGE, "it belongs to core %s", node.core);
	snprintf(channel->core, sizeof(channel->core), "%s", node.core);
	snprintf(channel->name, sizeof(channel->name), "%s", node.name);
	channel->src = node.src;
	channel->dst = node.dst;
	return RPMSG_OK;
}

/* @param events -1: do not wait */
static int find_channel(struct target *target, int events, uint64_t deadline)
{
	int err = events >= 0 ? amp_channel_wait(events, target->core, target->name, deadline, &target->channel)
	                      : amp_channel_find(target->core, target->name, &target->channel);

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
	case -EINTR:
		return target_error(target, RPMSG_INTERRUPTED, "interrupted while waiting for it");
	default:
		return target_error(target, RPMSG_FAILED, "%s", strerror(-err));
	}
}

static uint64_t deadline_of(const struct target *target)
{
	return now_ns() + (uint64_t)target->wait_ms * 1000000;
}

int target_find(struct target *target)
{
	int events, status;

	if (target->name[0] == '/')
		return find_node(target);
	events = target->wait_ms ? amp_uevent_open() : -1;
	status = find_channel(target, events, deadline_of(target));
	if (events >= 0)
		close(events);
	return status;
}

static int open_node(const struct target *target)
{
	int fd = open(target->name, O_RDWR | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	switch (errno) {
	case EBUSY:
		return -target_error(target, RPMSG_REFUSED, "another program has it open");
	case EINVAL:
		return -target_error(target, RPMSG_REFUSED, "its local address %u is in use", target->channel.src);
	case ENETRESET:
	case ENXIO:
	case ENOENT:
		return -target_error(target, RPMSG_NO_CHANNEL, "it has gone");
	default:
		return -target_error(target, RPMSG_FAILED, "%s", strerror(errno));
	}
}

/* Something happens to some device in time. */
static bool wait_for_change(int events, uint64_t deadline)
{
	struct pollfd pfd = {.fd = events, .events = POLLIN};
	char data[AMP_UEVENT_MAX];
	struct amp_uevent event;
	int n;

	if (events < 0 || amp_wait(&pfd, 1, deadline) <= 0)
		return false;
	do
		n = amp_uevent_read(events, data, &event);
	while (n > 0 || n == -ENOBUFS);
	return true;
}

static int open_channel(struct target *target, int *fd)
{
	int events = target->wait_ms ? amp_uevent_open() : -1, status;
	uint64_t deadline = deadline_of(target);
	char why[128];

	/* One that is on its way out comes back, perhaps: then it is waited for, too. */
	do {
		status = find_channel(target, events, deadline);
		*fd = status ? -1 : amp_endpoint_open(&target->channel, why, sizeof(why));
	} while (!status && *fd == -ENODEV && wait_for_change(events, deadline));
	if (events >= 0)
		close(events);
	if (status || *fd >= 0)
		return status;
	return target_error(target, *fd == -ENODEV ? RPMSG_NO_CHANNEL : RPMSG_FAILED, "%s", why);
}

int target_open(struct target *target, int *fd)
{
	int status;

	if (target->name[0] != '/') {
		status = open_channel(target, fd);
	} else {
		status = find_node(target);
		*fd = status ? -1 : open_node(target);
		if (!status && *fd < 0)
			status = -*fd;
	}
	if (!status)
		tick(true);
	return status;
}
