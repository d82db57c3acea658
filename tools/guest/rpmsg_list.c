// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpmsg.h"

struct list {
	const char *core;
	bool all;
	unsigned int count;
	struct amp_channel *channels;
};

static const struct argp_option options[] = {
	{"all", 'a', NULL, 0, "Also Linux' own devices: name service and control", 0},
	{"core", 'C', "NAME", 0, "Only this core's channels", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct list *list = state->input;

	switch (key) {
	case 'a':
		list->all = true;
		return 0;
	case 'C':
		list->core = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Show the channels that the cores have announced, with addresses (SRC is Linux' end) and driver.",
};

static bool collect(const struct amp_channel *channel, void *arg)
{
	struct list *list = arg;
	struct amp_channel *more;

	if (list->core && strcmp(channel->core, list->core) != 0)
		return true;
	if (!list->all && (strcmp(channel->name, "rpmsg_ctrl") == 0 || strcmp(channel->name, "rpmsg_ns") == 0))
		return true;
	more = reallocarray(list->channels, list->count + 1, sizeof(*more));
	if (!more)
		return false;
	list->channels = more;
	list->channels[list->count++] = *channel;
	return true;
}

static int by_core_and_name(const void *a, const void *b)
{
	const struct amp_channel *x = a, *y = b;
	int order = strcmp(x->core, y->core);

	if (!order)
		order = strcmp(x->name, y->name);
	return order ? order : (x->dst > y->dst) - (x->dst < y->dst);
}

static const char *address(uint32_t value, char buf[16])
{
	if (value == UINT32_MAX)
		return "-";
	snprintf(buf, 16, "0x%x", value);
	return buf;
}

int rpmsg_list(int argc, char **argv)
{
	struct list list = {0};
	char src[16], dst[16];

	argp_parse(&argp, argc, argv, 0, NULL, &list);
	amp_channels_visit(collect, &list);
	if (list.count)
		qsort(list.channels, list.count, sizeof(*list.channels), by_core_and_name);
	printf("%-8s %-24s %-8s %-8s %-22s %s\n", "CORE", "CHANNEL", "SRC", "DST", "DRIVER", "DEVICE");
	for (unsigned int i = 0; i < list.count; i++) {
		const struct amp_channel *c = &list.channels[i];

		printf("%-8s %-24s %-8s %-8s %-22s %s%s\n", c->core, c->name, address(c->src, src),
		       address(c->dst, dst), c->driver[0] ? c->driver : "-", c->node[0] ? "/dev/" : "-", c->node);
	}
	free(list.channels);
	return RPMSG_OK;
}
