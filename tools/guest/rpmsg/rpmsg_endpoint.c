// SPDX-License-Identifier: GPL-2.0-only
#include "rpmsg_endpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rpmsg_ctrl.h"

/* Programs that may race for free endpoints before one of them gives up. */
#define ATTEMPTS 8

struct search {
	uint32_t dst;
	int fd;
};

/* Is it one of ours for this address? */
static bool matches(const struct amp_node *node, uint32_t dst)
{
	return strcmp(node->name, AMP_ENDPOINT_NAME) == 0 && node->dst == dst;
}

/* Between looking and opening, the core may have gone and the number of the node been given to another endpoint. */
static bool is_the_one(int fd, const struct amp_node *expected)
{
	char path[64];
	struct amp_node node;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return amp_node_load(path, &node) == 0 && strcmp(node.dir, expected->dir) == 0 && matches(&node, expected->dst);
}

/* Open it if it is one of ours and nobody has it open. */
static bool open_free(const struct amp_node *node, void *arg)
{
	struct search *s = arg;

	if (!matches(node, s->dst))
		return true;
	s->fd = open(node->path, O_RDWR | O_CLOEXEC); /* EBUSY: someone has it */
	if (s->fd >= 0 && !is_the_one(s->fd, node)) {
		close(s->fd);
		s->fd = -1;
	}
	return s->fd < 0;
}

int amp_endpoint_open(const struct amp_channel *channel)
{
	struct search s = {.dst = channel->dst, .fd = -1};
	struct rpmsg_endpoint_info info;
	struct amp_ctrl control;
	struct amp_node node;
	int err = amp_endpoint_info(AMP_ENDPOINT_NAME, RPMSG_ADDR_ANY, channel->dst, &info);

	if (!err)
		err = amp_ctrl_of_channel(channel, &control);
	for (unsigned int attempt = 0; !err && attempt < ATTEMPTS; attempt++) {
		if (!amp_ctrl_is_there(&control))
			return -ENODEV;
		amp_ctrl_visit(&control, open_free, &s);
		if (s.fd >= 0)
			return s.fd;
		err = amp_ctrl_create_endpoint(&control, &info, &node);
	}
	return err ? err : -EBUSY;
}
