// SPDX-License-Identifier: GPL-2.0-only
#include "rpmsg_endpoint.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/rpmsg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "sysfs.h"

#define BUS "/sys/bus/rpmsg"

/* Name of the endpoints that this program makes, so that it takes nobody else's. */
#define ENDPOINT_NAME "rpmsg-tool"

/* Programs that may race for free endpoints before one of them gives up. */
#define ATTEMPTS 8

struct control {
	char link[AMP_PATH_LEN]; /* on the rpmsg bus; the first thing that vanishes when the core goes */
	char dir[PATH_MAX];      /* …/rpmsg_ctrlN: its endpoints are directories in there */
	char node[AMP_PATH_LEN]; /* /dev/rpmsg_ctrlN */
};

/* The control device beside a channel: .../virtioN/virtioN.NAME.SRC.DST has .../virtioN/virtioN.rpmsg_ctrl.0.0 */
static int find_control(const struct amp_channel *channel, struct control *control)
{
	char path[PATH_MAX], parent[PATH_MAX];
	struct dirent *entry;
	int err = -ENODEV;
	DIR *dir;

	if (access(BUS "/drivers/rpmsg_ctrl", F_OK) < 0)
		return -ENOSYS;
	snprintf(path, sizeof(path), BUS "/devices/%s", channel->device);
	if (!realpath(path, parent))
		return -ENODEV;
	*strrchr(parent, '/') = '\0';
	snprintf(control->link, sizeof(control->link), BUS "/devices/%.64s.rpmsg_ctrl.0.0", strrchr(parent, '/') + 1);
	if (snprintf(path, sizeof(path), "%s/rpmsg", control->link) < 0 || !realpath(path, parent))
		return -ENODEV;
	dir = opendir(parent);
	while (dir && err && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "rpmsg_ctrl", 10) != 0)
			continue;
		snprintf(control->node, sizeof(control->node), "/dev/%s", entry->d_name);
		err = snprintf(control->dir, sizeof(control->dir), "%s/%s", parent, entry->d_name) < PATH_MAX
		              ? 0
		              : -ENAMETOOLONG;
	}
	if (dir)
		closedir(dir);
	return err;
}

static bool is_there(const struct control *control)
{
	return access(control->link, F_OK) == 0;
}

/* Is the endpoint in this directory one of ours for this address? */
static bool matches(const char *dir, uint32_t dst)
{
	char text[32];

	return amp_attr_read(dir, "name", text, sizeof(text)) > 0 && strcmp(text, ENDPOINT_NAME) == 0 &&
	       amp_attr_read(dir, "dst", text, sizeof(text)) > 0 && (uint32_t)strtoul(text, NULL, 0) == dst;
}

/* Between looking and opening, the core may have gone and the number of the node been given to another endpoint. */
static bool is_the_one(int fd, const char *expected, uint32_t dst)
{
	char path[64], real[PATH_MAX];
	struct stat st;

	if (fstat(fd, &st) < 0)
		return false;
	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u", major(st.st_rdev), minor(st.st_rdev));
	return realpath(path, real) && strcmp(real, expected) == 0 && matches(real, dst);
}

/* Open the first of our endpoints for this address that nobody has open. @return -ENOENT if there is none */
static int open_free(const struct control *control, uint32_t dst)
{
	char path[PATH_MAX], node[AMP_PATH_LEN];
	struct dirent *entry;
	DIR *dir = opendir(control->dir);
	int fd = -1;

	while (dir && fd < 0 && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "rpmsg", 5) != 0 ||
		    snprintf(path, sizeof(path), "%s/%s", control->dir, entry->d_name) >= PATH_MAX ||
		    !matches(path, dst))
			continue;
		snprintf(node, sizeof(node), "/dev/%s", entry->d_name);
		fd = open(node, O_RDWR | O_CLOEXEC); /* EBUSY: someone has it */
		if (fd >= 0 && !is_the_one(fd, path, dst)) {
			close(fd);
			fd = -1;
		}
	}
	if (dir)
		closedir(dir);
	return fd < 0 ? -ENOENT : fd;
}

/*
 * Linux 6.1 lets a control device make endpoints even while it is being removed. Such an endpoint outlives its core and
 * must not be opened. The device's link on the bus vanishes before the removal of endpoints begins: with the link there
 * afterwards, all is well; with the look before, it is all but certain that none is made in vain.
 */
static int create(const struct control *control, uint32_t dst)
{
	struct rpmsg_endpoint_info info = {.name = ENDPOINT_NAME, .src = RPMSG_ADDR_ANY, .dst = dst};
	int fd = open(control->node, O_RDWR | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (is_there(control) && ioctl(fd, RPMSG_CREATE_EPT_IOCTL, &info) < 0)
		err = -errno;
	if (!is_there(control))
		err = -ENODEV;
	close(fd);
	return err;
}

int amp_endpoint_open(const struct amp_channel *channel)
{
	struct control control;
	int fd, err = find_control(channel, &control);

	for (unsigned int attempt = 0; !err && attempt < ATTEMPTS; attempt++) {
		if (!is_there(&control))
			return -ENODEV;
		fd = open_free(&control, channel->dst);
		if (fd >= 0)
			return fd;
		err = create(&control, channel->dst);
	}
	return err ? err : -EBUSY;
}
