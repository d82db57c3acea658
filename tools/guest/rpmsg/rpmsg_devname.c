// SPDX-License-Identifier: GPL-2.0-only
/* devname: for udev and mdev, which give devices their names below /dev/rpmsg/. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "devname.h"
#include "guest/base/sysfs.h"
#include "rpmsg.h"

#define DEV "/dev"

struct devname {
	bool mdev;
	const char *path;
};

static const struct argp_option options[] = {
	{"mdev", 'm', NULL, 0, "Make or remove the link, as mdev's variables MDEV and ACTION say", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct devname *devname = state->input;

	switch (key) {
	case 'm':
		devname->mdev = true;
		return 0;
	case ARGP_KEY_ARG:
		if (devname->path)
			argp_error(state, "more than one device");
		devname->path = arg;
		return 0;
	case ARGP_KEY_END:
		if (!devname->mdev && !devname->path)
			argp_error(state, "which device, such as /sys/class/rpmsg/rpmsg0?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "/sys/DIRECTORY\n--mdev",
	.doc = "Print the name below /dev that a device should have: rpmsg/CORE/NAME, with its node's "
	       "name after it if another device has that. Nothing, and exit status 3, if it should "
	       "have none. The rules of udev and mdev call this.",
};

static void find_name(const struct amp_device *device, char link[AMP_LINK_LEN])
{
	amp_devname_format(device, amp_devname_taken(device, DEV), link);
}

static int complain(const char *path)
{
	fprintf(stderr, "rpmsg devname: %s: %s\n", path, strerror(errno));
	return RPMSG_FAILED;
}

/* Put in place at once, whatever has been there. */
static int make_link(const char *node)
{
	char link[AMP_LINK_LEN], path[AMP_PATH_LEN], temporary[AMP_PATH_LEN], target[64];
	struct amp_device device;

	if (amp_devname_of_node(node, &device) < 0)
		return RPMSG_OK; /* none of ours, or gone */
	find_name(&device, link);
	snprintf(path, sizeof(path), DEV "/%s", link);
	*strrchr(path, '/') = '\0';
	if ((mkdir(DEV "/rpmsg", 0755) < 0 && errno != EEXIST) || (mkdir(path, 0755) < 0 && errno != EEXIST))
		return complain(path);
	snprintf(path, sizeof(path), DEV "/%s", link);
	snprintf(temporary, sizeof(temporary), DEV "/rpmsg/.%.32s", node);
	snprintf(target, sizeof(target), "../../%.32s", node);
	unlink(temporary);
	if (symlink(target, temporary) < 0 || rename(temporary, path) < 0)
		return complain(path);
	return RPMSG_OK;
}

/* The device is gone from sysfs; its link, whatever its name, points to the node. */
static void remove_links(const char *core, const char *node)
{
	char dir_path[AMP_PATH_LEN], path[AMP_PATH_LEN], target[64];
	struct dirent *entry;
	DIR *dir;

	snprintf(dir_path, sizeof(dir_path), DEV "/rpmsg/%.128s", core);
	dir = opendir(dir_path);
	while (dir && (entry = readdir(dir))) {
		if (amp_attr_link_name(dir_path, entry->d_name, target, sizeof(target)) < 0 ||
		    strcmp(target, node) != 0)
			continue;
		snprintf(path, sizeof(path), "%.256s/%.128s", dir_path, entry->d_name);
		unlink(path);
	}
	if (dir)
		closedir(dir);
	rmdir(dir_path); /* if it is empty */
}

static int remove_link(const char *node)
{
	struct dirent *entry;
	DIR *dir = opendir(DEV "/rpmsg");

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			remove_links(entry->d_name, node);
	if (dir)
		closedir(dir);
	return RPMSG_OK;
}

static int for_mdev(void)
{
	const char *action = getenv("ACTION"), *node = getenv("MDEV");

	if (!node || strchr(node, '/')) {
		fprintf(stderr, "rpmsg devname: --mdev is for mdev, which sets MDEV and ACTION\n");
		return RPMSG_USAGE;
	}
	setpriority(PRIO_PROCESS, 0, 10);          /* a name can wait, for example until a core has recovered */
	if (!action || strcmp(action, "add") == 0) /* none when mdev looks at what is there already */
		return make_link(node);
	return strcmp(action, "remove") == 0 ? remove_link(node) : RPMSG_OK;
}

int rpmsg_devname(int argc, char **argv)
{
	struct devname devname = {0};
	char link[AMP_LINK_LEN];
	struct amp_device device;

	argp_parse(&argp, argc, argv, 0, NULL, &devname);
	if (devname.mdev)
		return for_mdev();
	if (amp_devname_load(devname.path, &device) < 0)
		return RPMSG_NO_CHANNEL;
	find_name(&device, link);
	printf("%s\n", link);
	return RPMSG_OK;
}
