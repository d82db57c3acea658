// SPDX-License-Identifier: GPL-2.0-only
#include "rpmsg_channel.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest/base/sysfs.h"
#include "guest/base/uevent.h"
#include "guest/base/waiting.h"

#define BUS "/sys/bus/rpmsg"

size_t amp_channel_core_prefix(const char *path)
{
	static const char dir[] = "/remoteproc/remoteproc";
	const char *p = strstr(path, dir);

	if (!p)
		return 0;
	p += sizeof(dir) - 1;
	if (!isdigit((unsigned char)*p))
		return 0;
	while (isdigit((unsigned char)*p))
		p++;
	return *p == '/' || *p == '\0' ? (size_t)(p - path) : 0;
}

bool amp_channel_modalias(const char *modalias, const char *name)
{
	return modalias && strncmp(modalias, "rpmsg:", 6) == 0 && strcmp(modalias + 6, name) == 0;
}

void amp_channel_core(const char *dir, char *core, size_t size, char core_dir[PATH_MAX])
{
	snprintf(core, size, "-");
	if (!realpath(dir, core_dir)) {
		core_dir[0] = '\0';
		return;
	}
	core_dir[amp_channel_core_prefix(core_dir)] = '\0';
	if (!core_dir[0] || amp_attr_read(core_dir, "name", core, size) <= 0)
		snprintf(core, size, "-");
}

/* First entry of a directory whose name begins with `prefix`. */
static bool find_entry(const char *path, const char *prefix, char *name, size_t size)
{
	struct dirent *entry;
	DIR *dir = opendir(path);

	name[0] = '\0';
	while (dir && !name[0] && (entry = readdir(dir)))
		if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0 && strlen(entry->d_name) < size)
			snprintf(name, size, "%.*s", (int)size - 1, entry->d_name);
	if (dir)
		closedir(dir);
	return name[0];
}

/* Its device node: a directory of its class below it is named like that. */
static void find_node(struct amp_channel *channel)
{
	static const struct {
		const char *class, *prefix;
	} kinds[] = {{"rpmsg", "rpmsg"}, {"tty", "ttyRPMSG"}};
	char dir[AMP_PATH_LEN];

	for (unsigned int i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && !channel->node[0]; i++) {
		snprintf(dir, sizeof(dir), BUS "/devices/%s/%s", channel->device, kinds[i].class);
		find_entry(dir, kinds[i].prefix, channel->node, sizeof(channel->node));
	}
}

static bool load(struct amp_channel *channel, const char *device)
{
	char dir[AMP_PATH_LEN], core_dir[PATH_MAX];

	memset(channel, 0, sizeof(*channel));
	if (device[0] == '.' || strlen(device) >= sizeof(channel->device))
		return false;
	snprintf(channel->device, sizeof(channel->device), "%s", device);
	snprintf(dir, sizeof(dir), BUS "/devices/%s", device);
	if (amp_attr_read(dir, "name", channel->name, sizeof(channel->name)) < 0)
		return false;
	amp_channel_core(dir, channel->core, sizeof(channel->core), core_dir);
	channel->src = amp_address_read(dir, "src");
	channel->dst = amp_address_read(dir, "dst");
	amp_attr_link_name(dir, "driver", channel->driver, sizeof(channel->driver));
	find_node(channel);
	return true;
}

void amp_channels_visit(bool (*visit)(const struct amp_channel *channel, void *arg), void *arg)
{
	DIR *dir = opendir(BUS "/devices");
	struct amp_channel channel;
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (load(&channel, entry->d_name) && !visit(&channel, arg))
			break;
	if (dir)
		closedir(dir);
}

struct search {
	const char *core, *name;
	struct amp_channel *best;
	bool found, several_cores;
};

static bool match(const struct amp_channel *channel, void *arg)
{
	struct search *s = arg;

	if (strcmp(channel->name, s->name) != 0 || (s->core && strcmp(channel->core, s->core) != 0))
		return true;
	if (s->found && strcmp(channel->core, s->best->core) != 0)
		s->several_cores = true;
	if (!s->found || channel->dst < s->best->dst)
		*s->best = *channel;
	s->found = true;
	return true;
}

int amp_channel_find(const char *core, const char *name, struct amp_channel *channel)
{
	struct search s = {.core = core, .name = name, .best = channel};

	amp_channels_visit(match, &s);
	if (!s.found)
		return -ENOENT;
	return s.several_cores ? -ENOTUNIQ : 0;
}

/* Read all events. @return whether one says that a channel of this name was added */
static bool was_announced(int events, const char *name)
{
	char data[AMP_UEVENT_MAX];
	struct amp_uevent event;
	bool seen = false;
	int n;

	while ((n = amp_uevent_read(events, data, &event)) != 0) {
		if (n < 0)
			return true; /* events were lost: look */
		seen |= strcmp(event.action, "add") == 0 && amp_channel_modalias(event.modalias, name);
	}
	return seen;
}

int amp_channel_wait(int events, const char *core, const char *name, uint64_t deadline, struct amp_channel *channel)
{
	struct pollfd fd = {.fd = events, .events = POLLIN};
	int err = amp_channel_find(core, name, channel), n;

	while (err == -ENOENT) {
		n = amp_wait(&fd, 1, deadline);
		if (n < 0)
			return n;
		if (n == 0)
			return err;
		if (was_announced(events, name))
			err = amp_channel_find(core, name, channel);
	}
	return err;
}

bool amp_channel_exists(const struct amp_channel *channel)
{
	char path[AMP_PATH_LEN];

	snprintf(path, sizeof(path), BUS "/devices/%s", channel->device);
	return access(path, F_OK) == 0;
}
