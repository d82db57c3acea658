// SPDX-License-Identifier: GPL-2.0-only
/* export-ept, destroy-ept and export-dev: endpoints and channels made from Linux' side. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rpmsg.h"
#include "rpmsg_ctrl.h"
#include "rpmsg_endpoint.h"

#define NAME_SERVICE 53u /* the address of Linux' name service */

struct export
{
	struct target target; /* name: of the endpoint or channel */
	const char *words[4]; /* [/dev/rpmsg_ctrlN] NAME [SRC [DST]] */
	unsigned int count;
	bool release;
	uint32_t src, dst;
	struct amp_ctrl control;
	struct rpmsg_endpoint_info info;
};

static const struct argp_option options[] = {
	{"core", 'C', "NAME", 0, "The core, if there are several and no control device is named", 0},
	{NULL, '1', NULL, OPTION_HIDDEN, NULL, 0}, /* "-1" is the address "any" */
	{0},
};

static const struct argp_option dev_options[] = {
	{"release", 'd', NULL, 0, "Remove a channel with this name and these addresses, whoever made it", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	static char any[] = "-1";
	struct export *export = state->input;

	switch (key) {
	case 'C':
		export->target.core = arg;
		return 0;
	case '1':
		arg = any;
		/* fall through */
	case ARGP_KEY_ARG:
		if (export->count == 4)
			argp_error(state, "too many arguments at '%s'", arg);
		export->words[export->count++] = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp common_argp = {.options = options, .parser = parse};

static uint32_t parse_address(const char *text, uint32_t max, const struct argp_state *state)
{
	unsigned long long value;
	char *end;

	if (!text || strcmp(text, "-1") == 0 || strcmp(text, "any") == 0)
		return RPMSG_ADDR_ANY;
	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || end == text || *end || text[0] == '-' || value > max)
		argp_error(state, "'%s' is no address: 0 to 0x%x, or -1 for any", text, max);
	return (uint32_t)value;
}

/* Take the words apart. */
static void check(struct export *export, const struct argp_state *state)
{
	const char **word = export->words;
	int err;

	if (export->count && word[0][0] == '/')
		word++;
	else if (export->count == 4)
		argp_error(state, "too many arguments at '%s'", word[3]);
	if (!word[0])
		argp_error(state, "which name?");
	export->target.name = word[0];
	export->src = parse_address(word[1], AMP_SRC_MAX, state);
	export->dst = parse_address(word[1] ? word[2] : NULL, UINT32_MAX - 1, state);
	err = amp_endpoint_info(word[0], export->src, export->dst, &export->info);
	if (err == -ENAMETOOLONG)
		argp_error(state, "the name '%s' has %zu bytes, RPMsg has room for 31", word[0], strlen(word[0]));
	else if (err)
		argp_error(state, "the name is empty");
	if (strcmp(word[0], AMP_ENDPOINT_NAME) == 0 || strcmp(word[0], "rpmsg_ctrl") == 0 ||
	    strcmp(word[0], "rpmsg_ns") == 0)
		argp_error(state, "the name '%s' is in use by Linux or by this program", word[0]);
}

/* ------------------------------------------------------------------ what both do first */

static int find_control(struct export *export)
{
	const char *path = export->words[0][0] == '/' ? export->words[0] : NULL, *core = export->target.core;
	int err = path ? amp_ctrl_of_node(path, &export->control) : amp_ctrl_of_core(core, &export->control);

	if (!err && core && strcmp(core, export->control.core) != 0)
		return target_error(&export->target, RPMSG_USAGE, "%s belongs to core %s", path, export->control.core);
	switch (err) {
	case 0:
		return RPMSG_OK;
	case -ENOTTY:
		return target_error(&export->target, RPMSG_USAGE, "%s is no control device, such as /dev/rpmsg_ctrl0",
		                    path);
	case -ENOTUNIQ:
		return target_error(&export->target, RPMSG_USAGE, "there are several cores: choose one with --core");
	case -ENOSYS:
		return target_error(&export->target, RPMSG_FAILED,
		                    "the kernel modules rpmsg_char and rpmsg_ctrl are not loaded");
	case -ENOENT:
	case -ENODEV:
		return target_error(&export->target, RPMSG_NO_CHANNEL, "no core%s%s with RPMsg runs%s%s",
		                    core ? " " : "", core ? core : "", path ? ": there is no " : "", path ? path : "");
	default:
		return target_error(&export->target, RPMSG_FAILED, "%s: %s", path ? path : "control device",
		                    strerror(-err));
	}
}

static bool endpoint_has(const struct amp_node *node, void *arg)
{
	struct export *export = arg;

	if (node->src != export->src)
		return true;
	target_error(&export->target, RPMSG_REFUSED, "the local address 0x%x belongs to %s (%s)", node->src, node->path,
	             node->name);
	export->src = RPMSG_ADDR_ANY;
	return false;
}

static bool channel_has(const struct amp_channel *channel, void *arg)
{
	struct export *export = arg;

	if (channel->src != export->src || strcmp(channel->core, export->control.core) != 0)
		return true;
	target_error(&export->target, RPMSG_REFUSED, "the local address 0x%x belongs to the channel %s", channel->src,
	             channel->name);
	export->src = RPMSG_ADDR_ANY;
	return false;
}

/* Linux would make the endpoint all the same, which could then neither be opened nor removed. */
static int check_source(struct export *export)
{
	if (export->src == RPMSG_ADDR_ANY)
		return RPMSG_OK;
	if (export->src == NAME_SERVICE)
		return target_error(&export->target, RPMSG_REFUSED,
		                    "the local address 0x%x belongs to Linux' name service", NAME_SERVICE);
	amp_ctrl_visit(&export->control, endpoint_has, export);
	if (export->src != RPMSG_ADDR_ANY)
		amp_channels_visit(channel_has, export);
	return export->src == RPMSG_ADDR_ANY ? RPMSG_REFUSED : RPMSG_OK;
}

static int control_failed(const struct export *export, int err)
{
	switch (err) {
	case -ENODEV:
		return target_error(&export->target, RPMSG_LOST, "core %s has gone", export->control.core);
	case -ENOSPC:
		return target_error(&export->target, RPMSG_REFUSED,
		                    "core %s has %u endpoints, which is the most: remove some with 'rpmsg destroy-ept'",
		                    export->control.core, AMP_ENDPOINTS_MAX);
	default:
		return target_error(&export->target, RPMSG_REFUSED, "%s: %s", export->control.node, strerror(-err));
	}
}

/* ------------------------------------------------------------------ export-ept */

static error_t parse_ept(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	if (key == ARGP_KEY_INIT)
		state->child_inputs[0] = state->input;
	else if (key == ARGP_KEY_END)
		check(state->input, state);
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

static const struct argp ept_argp = {
	.parser = parse_ept,
	.args_doc = "[/dev/rpmsg_ctrlN] NAME [SRC [DST]]",
	.doc = "Make an endpoint that sends to the remote address DST and receives at the local address SRC, and "
	       "print its device node. -1, or leaving it out, is any: for SRC the next free one, for DST that of the "
	       "channel NAME. The address is taken while a program has the node open.",
	.children = (const struct argp_child[]){{&common_argp, 0, NULL, 0}, {0}},
};

/* Without an address to send to, it is that of the channel of the same name, if there is one. */
static void find_destination(struct export *export)
{
	struct amp_channel channel;

	if (export->dst == RPMSG_ADDR_ANY && amp_channel_find(export->control.core, export->target.name, &channel) == 0)
		export->info.dst = channel.dst;
}

int rpmsg_export_ept(int argc, char **argv)
{
	struct export export = {0};
	struct amp_node node;
	int status, fd, err;

	argp_parse(&ept_argp, argc, argv, ARGP_IN_ORDER, NULL, &export);
	status = find_control(&export);
	if (!status)
		status = check_source(&export);
	if (status)
		return status;
	find_destination(&export);
	err = amp_ctrl_create_endpoint(&export.control, &export.info, &node);
	if (err)
		return control_failed(&export, err);
	/* Some addresses are taken without a trace in sysfs. */
	fd = open(node.path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == EINVAL)
		return target_error(&export.target, RPMSG_REFUSED,
		                    "the local address 0x%x is in use; %s is of no use until that is free",
		                    export.info.src, node.path);
	if (fd >= 0)
		close(fd);
	printf("%s\n", node.path);
	return RPMSG_OK;
}

/* ------------------------------------------------------------------ destroy-ept */

static error_t parse_destroy(int key, char *arg, struct argp_state *state)
{
	struct target *target = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (target->name)
			argp_error(state, "more than one device");
		target->name = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which device, such as /dev/rpmsg0?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp destroy_argp = {
	.parser = parse_destroy,
	.args_doc = "/dev/rpmsgN",
	.doc = "Remove an endpoint that 'rpmsg export-ept' has made, with its device node.",
};

int rpmsg_destroy_ept(int argc, char **argv)
{
	struct target target = {0};
	struct amp_node node;
	int err;

	argp_parse(&destroy_argp, argc, argv, 0, NULL, &target);
	err = amp_node_load(target.name, &node);
	if (err == -ENOTTY)
		return target_error(&target, RPMSG_USAGE, "this is no RPMsg endpoint, such as /dev/rpmsg0");
	if (err)
		return target_error(&target, RPMSG_NO_CHANNEL, "%s", strerror(-err));
	err = amp_node_destroy(&node);
	switch (err) {
	case 0:
		return RPMSG_OK;
	case -EPERM:
		return target_error(&target, RPMSG_REFUSED, "it belongs to the channel %s, and goes with it",
		                    node.name);
	case -EBUSY:
		return target_error(&target, RPMSG_REFUSED, "a program has it open");
	case -ENODEV:
		return target_error(&target, RPMSG_LOST, "it has gone, or is about to, with core %s", node.core);
	default:
		return target_error(&target, RPMSG_FAILED, "%s", strerror(-err));
	}
}

/* ------------------------------------------------------------------ export-dev */

static error_t parse_dev(int key, char *arg, struct argp_state *state)
{
	struct export *export = state->input;

	if (key != 'd')
		return parse_ept(key, arg, state);
	export->release = true;
	return 0;
}

static const struct argp dev_argp = {
	.options = dev_options,
	.parser = parse_dev,
	.args_doc = "[/dev/rpmsg_ctrlN] NAME SRC [DST]",
	.doc = "Make a channel from Linux' side: if a kernel driver knows the NAME (rpmsg-tty, rpmsg-raw), it takes "
	       "the channel, and the core is told. Print the device that it makes. -1 is any address.",
	.children = (const struct argp_child[]){{&common_argp, 0, NULL, 0}, {0}},
};

struct channel_search {
	const struct export *export;
	struct amp_channel channel;
	bool found;
};

static bool address_fits(uint32_t wanted, uint32_t address)
{
	return wanted == RPMSG_ADDR_ANY || wanted == address;
}

/* As Linux looks for it. */
static bool channel_fits(const struct amp_channel *channel, void *arg)
{
	struct channel_search *s = arg;
	const struct export *export = s->export;

	s->found = strcmp(channel->core, export->control.core) == 0 &&
	           strcmp(channel->name, export->target.name) == 0 && address_fits(export->src, channel->src) &&
	           address_fits(export->dst, channel->dst);
	if (s->found)
		s->channel = *channel;
	return !s->found;
}

static int release_export(struct export *export)
{
	struct channel_search s = {.export = export};
	int err;

	amp_channels_visit(channel_fits, &s);
	if (!s.found)
		return target_error(&export->target, RPMSG_NO_CHANNEL,
		                    "core %s has no such channel with these addresses; see 'rpmsg list'",
		                    export->control.core);
	err = amp_ctrl_channel(&export->control, RPMSG_RELEASE_DEV_IOCTL, &export->info);
	return err ? control_failed(export, err) : RPMSG_OK;
}

static int create(struct export *export)
{
	struct channel_search s = {.export = export};
	int status = check_source(export), err;

	if (status)
		return status;
	if (export->src == RPMSG_ADDR_ANY && export->dst == RPMSG_ADDR_ANY)
		return target_error(&export->target, RPMSG_USAGE,
		                    "give it a local address: a core is told only of channels that have one");
	err = amp_ctrl_channel(&export->control, RPMSG_CREATE_DEV_IOCTL, &export->info);
	if (err == -ENXIO)
		return target_error(&export->target, RPMSG_REFUSED,
		                    "there is such a channel already; see 'rpmsg list'");
	if (err)
		return control_failed(export, err);
	amp_channels_visit(channel_fits, &s);
	if (!s.found)
		return control_failed(export, -ENODEV);
	if (s.channel.node[0])
		printf("/dev/%s\n", s.channel.node);
	else
		printf("%s\n", s.channel.device);
	if (!s.channel.driver[0])
		target_error(&export->target, 0, "no driver has taken it, so the core has not been told");
	return RPMSG_OK;
}

int rpmsg_export_dev(int argc, char **argv)
{
	struct export export = {0};
	int status;

	argp_parse(&dev_argp, argc, argv, ARGP_IN_ORDER, NULL, &export);
	status = find_control(&export);
	if (status)
		return status;
	return export.release ? release_export(&export) : create(&export);
}
