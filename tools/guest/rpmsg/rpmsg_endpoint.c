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

#define CHRDEV "rpmsg_chrdev"

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

/*
 * Opens an endpoint that sends to the channel's remote address, and receives what comes back. It stays in the kernel
 * when it is closed, without an address and empty, and is used again by the next program; it goes with its core.
 * Removing it would race with the core's end, and Linux 6.1 does not survive it when an endpoint is removed twice.
 */
static int open_endpoint(const struct amp_channel *channel)
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

static int open_bound(const struct amp_channel *channel)
{
	char path[64];
	int fd;

	if (!channel->node[0])
		return -ENODEV;
	snprintf(path, sizeof(path), "/dev/%s", channel->node);
	fd = open(path, O_RDWR | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int amp_endpoint_open(const struct amp_channel *channel, char *why, size_t size)
{
	int fd;

	why[0] = '\0';
	if (channel->driver[0] && strcmp(channel->driver, CHRDEV) != 0) {
		snprintf(why, size, "the kernel's driver %s uses it", channel->driver);
		return -EBUSY;
	}
	fd = channel->driver[0] ? open_bound(channel) : open_endpoint(channel);
	if (fd == -ENOENT || fd == -ENXIO || fd == -ENETRESET || fd == -EINVAL)
		fd = -ENODEV; /* it has gone between two steps */
	if (fd < 0 && !why[0])
		snprintf(why, size, "%s",
		         fd == -ENODEV   ? "the channel has gone"
		         : fd == -EBUSY  ? "another program has it open"
		         : fd == -ENOSYS ? "the kernel modules rpmsg_char and rpmsg_ctrl are not loaded"
		                         : strerror(-fd));
	return fd;
}
