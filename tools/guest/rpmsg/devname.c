// SPDX-License-Identifier: GPL-2.0-only
#include "devname.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest/base/sysfs.h"
#include "rpmsg_endpoint.h"

/* The kinds of nodes, in the order in which they have a claim to a name. */
static const struct {
	const char *prefix, *class, *name; /* name: the attribute, in the device's directory */
} kinds[] = {
	{"rpmsg", "/sys/class/rpmsg", "name"},
	{"ttyRPMSG", "/sys/class/tty", "device/name"},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* @return its kind, with its number in *number, or -1 */
static int kind_of(const char *node, unsigned long *number)
{
	char *end;

	for (unsigned int i = 0; i < KINDS; i++) {
		size_t len = strlen(kinds[i].prefix);

		if (strncmp(node, kinds[i].prefix, len) != 0 || !isdigit((unsigned char)node[len]))
			continue;
		*number = strtoul(node + len, &end, 10);
		if (!*end)
			return (int)i;
	}
	return -1;
}

int amp_devname_load(const char *sysfs_dir, struct amp_device *device)
{
	char dir[PATH_MAX], core_dir[PATH_MAX];
	unsigned long number;
	int kind, len;

	if (!realpath(sysfs_dir, dir))
		return -ENODEV;
	len = snprintf(device->node, sizeof(device->node), "%s", strrchr(dir, '/') + 1);
	kind = len < (int)sizeof(device->node) ? kind_of(device->node, &number) : -1;
	if (kind < 0)
		return -ENOTTY;
	if (amp_attr_read(dir, kinds[kind].name, device->name, sizeof(device->name)) < 0)
		return -ENODEV;
	amp_channel_core(dir, device->core, sizeof(device->core), core_dir);
	return device->name[0] && strcmp(device->name, AMP_ENDPOINT_NAME) != 0 ? 0 : -ENOTTY;
}

static void copy_part(char *to, size_t size, const char *from)
{
	size_t len;

	for (len = 0; from[len] && len < size - 1; len++) {
		to[len] = from[len];
		if (!isalnum((unsigned char)from[len]) && !(from[len] == '.' && len) && !strchr("_+:@-", from[len]))
			to[len] = '_';
	}
	to[len] = '\0';
}

void amp_devname_format(const struct amp_device *device, bool taken, char link[AMP_LINK_LEN])
{
	char core[sizeof(device->core)], name[sizeof(device->name)];

	copy_part(core, sizeof(core), device->core);
	copy_part(name, sizeof(name), device->name);
	if (taken)
		snprintf(link, AMP_LINK_LEN, "rpmsg/%s/%s.%s", core, name, device->node);
	else
		snprintf(link, AMP_LINK_LEN, "rpmsg/%s/%s", core, name);
}

int amp_devname_of_node(const char *node, struct amp_device *device)
{
	char dir[AMP_PATH_LEN];
	unsigned long number;
	int kind = kind_of(node, &number);

	if (kind < 0)
		return -ENOTTY;
	snprintf(dir, sizeof(dir), "%s/%.64s", kinds[kind].class, node);
	return amp_devname_load(dir, device);
}

static bool is_namesake(const struct amp_device *device, const char *node)
{
	struct amp_device other;

	return amp_devname_of_node(node, &other) == 0 && strcmp(other.node, device->node) != 0 &&
	       strcmp(other.core, device->core) == 0 && strcmp(other.name, device->name) == 0;
}

/* Is there a namesake of this kind with a number below `limit`? */
static bool find_namesake(const struct amp_device *device, unsigned int kind, unsigned long limit)
{
	DIR *dir = opendir(kinds[kind].class);
	struct dirent *entry;
	unsigned long number;
	bool found = false;

	while (dir && !found && (entry = readdir(dir)))
		found = kind_of(entry->d_name, &number) == (int)kind && number < limit &&
		        is_namesake(device, entry->d_name);
	if (dir)
		closedir(dir);
	return found;
}

/* Does the link without a suffix belong to a namesake? */
static bool link_is_owned(const struct amp_device *device, const char *dev)
{
	char link[AMP_LINK_LEN], target[64];

	amp_devname_format(device, false, link);
	return amp_attr_link_name(dev, link, target, sizeof(target)) > 0 && is_namesake(device, target);
}

bool amp_devname_taken(const struct amp_device *device, const char *dev)
{
	unsigned long number;
	int kind = kind_of(device->node, &number);

	if (link_is_owned(device, dev))
		return true;
	for (unsigned int i = 0; (int)i < kind; i++)
		if (find_namesake(device, i, ULONG_MAX))
			return true;
	return find_namesake(device, (unsigned int)kind, number);
}
