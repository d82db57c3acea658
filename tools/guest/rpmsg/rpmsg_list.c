// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpmsg.h"
#include "rpmsg_ctrl.h"

/* Channels, or endpoints in the same form. */
struct rows {
	unsigned int count;
	struct amp_channel *row;
};

struct list {
	const char *core;
	bool all, endpoints, json;
	struct rows channels, exported;
	bool incomplete;
};

enum {
	OPT_JSON = 256
};

static const struct argp_option options[] = {
	{"all", 'a', NULL, 0, "Also Linux' own devices: name service and control", 0},
	{"core", 'C', "NAME", 0, "Only this core's channels", 0},
	{"endpoints", 'e', NULL, 0, "Show the endpoints that were made from Linux' side, instead of the channels", 0},
	{"json", OPT_JSON, NULL, 0, "Channels and endpoints as one JSON object", 0},
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
	case 'e':
		list->endpoints = true;
		return 0;
	case OPT_JSON:
		list->json = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Show the channels that the cores have announced, and those that were made from Linux' side: the name "
	       "service's table of each core, with addresses (SRC is Linux' end), driver and device node.",
};

/* ------------------------------------------------------------------ collecting */

static bool add(struct list *list, struct rows *rows, const struct amp_channel *row)
{
	struct amp_channel *more = reallocarray(rows->row, rows->count + 1, sizeof(*more));

	if (!more) {
		list->incomplete = true;
		return false;
	}
	rows->row = more;
	rows->row[rows->count++] = *row;
	return true;
}

static bool add_endpoint(const struct amp_node *node, void *arg)
{
	struct amp_channel row = {.src = node->src, .dst = node->dst};
	struct list *list = arg;

	snprintf(row.core, sizeof(row.core), "%s", node->core);
	snprintf(row.name, sizeof(row.name), "%s", node->name);
	snprintf(row.node, sizeof(row.node), "%.31s", node->path + strlen("/dev/"));
	return add(list, &list->exported, &row);
}

static bool add_channel(const struct amp_channel *channel, void *arg)
{
	struct amp_ctrl control;
	struct list *list = arg;
	bool is_control = strcmp(channel->name, "rpmsg_ctrl") == 0;

	if (list->core && strcmp(channel->core, list->core) != 0)
		return true;
	if (is_control && amp_ctrl_of_channel(channel, &control) == 0)
		amp_ctrl_visit(&control, add_endpoint, list);
	if (!list->all && (is_control || strcmp(channel->name, "rpmsg_ns") == 0))
		return true;
	return add(list, &list->channels, channel);
}

static int by_core_and_name(const void *a, const void *b)
{
	const struct amp_channel *x = a, *y = b;
	int order = strcmp(x->core, y->core);

	if (!order)
		order = strcmp(x->name, y->name);
	if (!order)
		order = (x->dst > y->dst) - (x->dst < y->dst);
	return order ? order : strcmp(x->node, y->node);
}

static void sort(struct rows *rows)
{
	if (rows->count)
		qsort(rows->row, rows->count, sizeof(*rows->row), by_core_and_name);
}

/* ------------------------------------------------------------------ printing */

static const char *address(uint32_t value, char buf[16])
{
	if (value == UINT32_MAX)
		return "-";
	snprintf(buf, 16, "0x%x", value);
	return buf;
}

static void print_table(const struct rows *rows, const char *title)
{
	char src[16], dst[16];

	printf("%-8s %-24s %-8s %-8s %-22s %s\n", "CORE", title, "SRC", "DST", "DRIVER", "DEVICE");
	for (unsigned int i = 0; i < rows->count; i++) {
		const struct amp_channel *c = &rows->row[i];

		printf("%-8s %-24s %-8s %-8s %-22s %s%s\n", c->core, c->name, address(c->src, src),
		       address(c->dst, dst), c->driver[0] ? c->driver : "-", c->node[0] ? "/dev/" : "-", c->node);
	}
}

static void print_text_member(const char *name, const char *prefix, const char *value)
{
	char text[128];

	snprintf(text, sizeof(text), "%s%s", prefix, value);
	printf(", \"%s\": ", name);
	if (value[0])
		print_json(text);
	else
		printf("null");
}

static void print_address_member(const char *name, uint32_t value)
{
	if (value == UINT32_MAX)
		printf(", \"%s\": null", name);
	else
		printf(", \"%s\": %u", name, value);
}

static void print_json_rows(const char *name, const struct rows *rows)
{
	printf("\"%s\": [", name);
	for (unsigned int i = 0; i < rows->count; i++) {
		const struct amp_channel *c = &rows->row[i];

		printf("%s{\"core\": ", i ? ", " : "");
		print_json(c->core);
		print_text_member("name", "", c->name);
		print_address_member("src", c->src);
		print_address_member("dst", c->dst);
		print_text_member("driver", "", c->driver);
		print_text_member("device", "/dev/", c->node);
		printf("}");
	}
	printf("]");
}

int rpmsg_list(int argc, char **argv)
{
	struct list list = {0};

	argp_parse(&argp, argc, argv, 0, NULL, &list);
	amp_channels_visit(add_channel, &list);
	sort(&list.channels);
	sort(&list.exported);
	if (list.json) {
		printf("{");
		print_json_rows("channels", &list.channels);
		printf(", ");
		print_json_rows("endpoints", &list.exported);
		printf("}\n");
	} else if (list.endpoints) {
		print_table(&list.exported, "ENDPOINT");
	} else {
		print_table(&list.channels, "CHANNEL");
	}
	free(list.channels.row);
	free(list.exported.row);
	if (list.incomplete)
		fprintf(stderr, "rpmsg list: no memory for the whole list\n");
	return list.incomplete ? RPMSG_FAILED : RPMSG_OK;
}
