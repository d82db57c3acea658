// SPDX-License-Identifier: GPL-2.0-only
#include "remove_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static int remove_any(int dir, const char *name, int depth);

static bool is_itself(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int empty(int dir, const char *name, int depth)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), err = 0;
	struct dirent *entry;
	DIR *open;

	if (fd < 0)
		return -errno;
	open = fdopendir(fd);
	if (!open) {
		err = -errno;
		close(fd);
		return err;
	}
	while ((entry = readdir(open)) != NULL) {
		int failed = is_itself(entry->d_name) ? 0 : remove_any(fd, entry->d_name, depth);

		err = err ? err : failed;
	}
	closedir(open);
	return err;
}

static int remove_any(int dir, const char *name, int depth)
{
	int err;

	if (unlinkat(dir, name, 0) == 0)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	if (depth == REMOVE_DEPTH_MAX)
		return -ELOOP;
	err = empty(dir, name, depth + 1);
	if (unlinkat(dir, name, AT_REMOVEDIR) < 0 && err == 0)
		err = -errno;
	return err;
}

int amp_remove_tree(int dir, const char *name)
{
	return remove_any(dir, name, 0);
}
