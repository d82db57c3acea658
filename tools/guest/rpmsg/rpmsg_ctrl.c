// SPDX-License-Identifier: GPL-2.0-only
#include "rpmsg_ctrl.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define BUS     "/sys/bus/rpmsg"
#define CONTROL "rpmsg_ctrl"

/* ------------------------------------------------------------------ sysfs */

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The directory of a character device in sysfs. @return 0, -ENOTTY if `path` is none, -errno */
static int device_dir(const char *path, char dir[PATH_MAX])
{
	char link[64];
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	if (!S_ISCHR(st.st_mode))
		return -ENOTTY;
	snprintf(link, sizeof(link), "/sys/dev/char/%u:%u", major(st.st_rdev), minor(st.st_rdev));
	return realpath(link, dir) ? 0 : -ENODEV;
}

static bool is_numbered(const char *name, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(name, prefix, len) == 0 && isdigit((unsigned char)name[len]);
}

/* ------------------------------------------------------------------ control devices */

/* From its name on the bus. */
static int load_control(const char *device, struct amp_ctrl *control)
{
	char path[PATH_MAX], parent[PATH_MAX];
	struct dirent *entry;
	int err = -ENODEV;
	DIR *dir;

	if (access(BUS "/drivers/" CONTROL, F_OK) < 0)
		return -ENOSYS;
	snprintf(control->device, sizeof(control->device), "%s", device);
	snprintf(control->link, sizeof(control->link), BUS "/devices/%s", control->device);
	amp_channel_core(control->link, control->core, sizeof(control->core), control->core_dir);
	if (snprintf(path, sizeof(path), "%s/rpmsg", control->link) < 0 || !realpath(path, parent))
		return -ENODEV;
	dir = opendir(parent);
	while (dir && err && (entry = readdir(dir))) {
		if (!is_numbered(entry->d_name, CONTROL))
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

/* Beside a channel: .../virtioN/virtioN.NAME.SRC.DST has .../virtioN/virtioN.rpmsg_ctrl.0.0 */
int amp_ctrl_of_channel(const struct amp_channel *channel, struct amp_ctrl *control)
{
	char path[AMP_PATH_LEN], real[PATH_MAX], device[96];

	snprintf(path, sizeof(path), BUS "/devices/%s", channel->device);
	if (!realpath(path, real))
		return -ENODEV;
	*strrchr(real, '/') = '\0';
	snprintf(device, sizeof(device), "%.64s." CONTROL ".0.0", last_part(real));
	return load_control(device, control);
}

int amp_ctrl_of_core(const char *core, struct amp_ctrl *control)
{
	struct amp_channel channel;
	int err = amp_channel_find(core, CONTROL, &channel);

	if (err == -ENOENT && access(BUS "/drivers/" CONTROL, F_OK) < 0)
		return -ENOSYS;
	return err ? err : load_control(channel.device, control);
}

int amp_ctrl_of_node(const char *path, struct amp_ctrl *control)
{
	char dir[PATH_MAX];
	int err = device_dir(path, dir);

	if (err)
		return err;
	/* …/virtioN.rpmsg_ctrl.0.0/rpmsg/rpmsg_ctrlN */
	if (!is_numbered(last_part(dir), CONTROL))
		return -ENOTTY;
	for (unsigned int i = 0; i < 2 && strrchr(dir, '/'); i++)
		*strrchr(dir, '/') = '\0';
	return load_control(last_part(dir), control);
}

bool amp_ctrl_is_there(const struct amp_ctrl *control)
{
	char state[16];

	if (access(control->link, F_OK) < 0)
		return false;
	/* A crash shows here first. Other states tell nothing: channels come before "running". */
	return !control->core_dir[0] || amp_attr_read(control->core_dir, "state", state, sizeof(state)) < 0 ||
	       strcmp(state, "crashed") != 0;
}

/* ------------------------------------------------------------------ endpoints */

static int load_node(const char *dir, struct amp_node *node)
{
	char parent[PATH_MAX], core_dir[PATH_MAX];

	if (!is_numbered(last_part(dir), "rpmsg"))
		return -ENOTTY;
	snprintf(node->dir, sizeof(node->dir), "%s", dir);
	snprintf(node->path, sizeof(node->path), "/dev/%.64s", last_part(dir));
	if (amp_attr_read(dir, "name", node->name, sizeof(node->name)) < 0)
		return -ENODEV;
	node->src = amp_address_read(dir, "src");
	node->dst = amp_address_read(dir, "dst");
	snprintf(parent, sizeof(parent), "%s", dir);
	*strrchr(parent, '/') = '\0';
	node->exported = is_numbered(last_part(parent), CONTROL);
	amp_channel_core(dir, node->core, sizeof(node->core), core_dir);
	return 0;
}

int amp_node_load(const char *path, struct amp_node *node)
{
	char dir[PATH_MAX];
	int err = device_dir(path, dir);

	return err ? err : load_node(dir, node);
}

void amp_ctrl_visit(const struct amp_ctrl *control, bool (*visit)(const struct amp_node *node, void *arg), void *arg)
{
	DIR *dir = opendir(control->dir);
	struct dirent *entry;
	struct amp_node node;
	char path[PATH_MAX];

	while (dir && (entry = readdir(dir)))
		if (snprintf(path, sizeof(path), "%s/%s", control->dir, entry->d_name) < PATH_MAX &&
		    load_node(path, &node) == 0 && !visit(&node, arg))
			break;
	if (dir)
		closedir(dir);
}

int amp_endpoint_info(const char *name, uint32_t src, uint32_t dst, struct rpmsg_endpoint_info *info)
{
	size_t len = strlen(name);

	if (len == 0)
		return -EINVAL;
	if (len >= sizeof(info->name))
		return -ENAMETOOLONG;
	memset(info, 0, sizeof(*info));
	memcpy(info->name, name, len);
	info->src = src;
	info->dst = dst;
	return 0;
}

/* The names of a control device's endpoints. */
struct names {
	unsigned int count;
	char name[AMP_ENDPOINTS_MAX][16];
};

static bool has_name(const struct names *names, const char *name)
{
	for (unsigned int i = 0; i < names->count; i++)
		if (strcmp(names->name[i], name) == 0)
			return true;
	return false;
}

static void read_names(const struct amp_ctrl *control, struct names *names)
{
	DIR *dir = opendir(control->dir);
	struct dirent *entry;

	while (dir && names->count < AMP_ENDPOINTS_MAX && (entry = readdir(dir)))
		if (is_numbered(entry->d_name, "rpmsg"))
			snprintf(names->name[names->count++], sizeof(names->name[0]), "%.15s", entry->d_name);
	if (dir)
		closedir(dir);
}

/* The endpoint that was not there before: other programs than this one may have made some too. */
static bool find_new(const struct amp_ctrl *control, const struct names *before, const struct rpmsg_endpoint_info *info,
                     struct amp_node *node)
{
	DIR *dir = opendir(control->dir);
	struct dirent *entry;
	char path[PATH_MAX];
	bool found = false;

	while (dir && !found && (entry = readdir(dir)))
		found = !has_name(before, entry->d_name) &&
		        snprintf(path, sizeof(path), "%s/%s", control->dir, entry->d_name) < PATH_MAX &&
		        load_node(path, node) == 0 && strcmp(node->name, info->name) == 0 && node->src == info->src &&
		        node->dst == info->dst;
	if (dir)
		closedir(dir);
	return found;
}

/* With the control device locked against other programs of this kind. */
static int create_locked(const struct amp_ctrl *control, int fd, const struct rpmsg_endpoint_info *info,
                         struct amp_node *node)
{
	struct names before = {0};

	read_names(control, &before);
	if (before.count == AMP_ENDPOINTS_MAX)
		return -ENOSPC;
	if (!amp_ctrl_is_there(control))
		return -ENODEV;
	if (ioctl(fd, RPMSG_CREATE_EPT_IOCTL, info) < 0)
		return -errno;
	/* Made while the core went, it outlives it, and must not be opened. */
	if (access(control->link, F_OK) < 0)
		return -ENODEV;
	return find_new(control, &before, info, node) ? 0 : -ENODEV;
}

int amp_ctrl_create_endpoint(const struct amp_ctrl *control, const struct rpmsg_endpoint_info *info,
                             struct amp_node *node)
{
	int fd = open(control->node, O_RDWR | O_CLOEXEC), err;

	if (fd < 0)
		return errno == ENOENT || errno == ENXIO ? -ENODEV : -errno;
	err = flock(fd, LOCK_EX) < 0 ? -errno : create_locked(control, fd, info, node);
	close(fd);
	return err;
}

int amp_ctrl_channel(const struct amp_ctrl *control, unsigned long request, const struct rpmsg_endpoint_info *info)
{
	int fd = open(control->node, O_RDWR | O_CLOEXEC), err = 0;

	if (fd < 0)
		return errno == ENOENT || errno == ENXIO ? -ENODEV : -errno;
	if (!amp_ctrl_is_there(control))
		err = -ENODEV;
	else if (ioctl(fd, request, info) < 0)
		err = -errno;
	close(fd);
	return err;
}

/* The link on the bus of the control device that has made an endpoint: its directory's grandparent. */
static int control_of_endpoint(const struct amp_node *node, struct amp_ctrl *control)
{
	char dir[PATH_MAX];

	snprintf(dir, sizeof(dir), "%s", node->dir);
	for (unsigned int i = 0; i < 3 && strrchr(dir, '/'); i++)
		*strrchr(dir, '/') = '\0';
	return load_control(last_part(dir), control);
}

int amp_node_destroy(const struct amp_node *node)
{
	struct amp_ctrl control;
	struct amp_node opened;
	int fd, err;

	if (!node->exported)
		return -EPERM;
	err = control_of_endpoint(node, &control);
	if (err)
		return err;
	fd = open(node->path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT || errno == ENXIO || errno == ENETRESET ? -ENODEV : -errno;
	if (amp_node_load(node->path, &opened) < 0 || strcmp(opened.dir, node->dir) != 0 ||
	    !amp_ctrl_is_there(&control))
		err = -ENODEV;
	else if (ioctl(fd, RPMSG_DESTROY_EPT_IOCTL) < 0)
		err = -errno;
	close(fd);
	return err;
}
