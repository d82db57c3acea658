// SPDX-License-Identifier: BSD-3-Clause
/* Files for a core without files, confined to a directory. */
#include <amprelay/rpc_files.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int amp_rpc_directory_open(struct amp_rpc_directory *dir, const char *path)
{
	if (!dir || !path)
		return -EINVAL;
	dir->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return dir->fd < 0 ? -errno : 0;
}

void amp_rpc_directory_close(struct amp_rpc_directory *dir)
{
	if (dir && dir->fd >= 0) {
		close(dir->fd);
		dir->fd = -1;
	}
}

static int posix_flags(unsigned int flags)
{
	/* O_NONBLOCK: opening a FIFO that nobody reads must not wait. It does nothing to regular files. */
	int result = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

	result |= (flags & AMP_RPC_O_ACCMODE) == AMP_RPC_O_RDWR     ? O_RDWR
	          : (flags & AMP_RPC_O_ACCMODE) == AMP_RPC_O_WRONLY ? O_WRONLY
	                                                            : O_RDONLY;
	if (flags & AMP_RPC_O_CREAT)
		result |= O_CREAT;
	if (flags & AMP_RPC_O_EXCL)
		result |= O_EXCL;
	if (flags & AMP_RPC_O_APPEND)
		result |= O_APPEND;
	return result; /* O_TRUNC comes later, when it is known what was opened */
}

/* What was opened, if it is a regular file. */
static int regular_only(int fd, unsigned int flags)
{
	struct stat st;
	int error = 0;

	if (fstat(fd, &st))
		error = errno;
	else if (!S_ISREG(st.st_mode))
		error = EACCES;
	else if ((flags & AMP_RPC_O_TRUNC) && (flags & AMP_RPC_O_ACCMODE) != AMP_RPC_O_RDONLY && ftruncate(fd, 0))
		error = errno;
	if (!error)
		return fd;
	close(fd);
	return -error;
}

/* Take the next component off the path. Returns its length, 0 at the end, or a negative error number. */
static int next_component(const char **path, char name[NAME_MAX + 1])
{
	size_t len;

	*path += strspn(*path, "/");
	len = strcspn(*path, "/");
	if (len > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, *path, len);
	name[len] = '\0';
	*path += len;
	return strcmp(name, "..") ? (int)len : -EACCES;
}

/*
 * One component after the other, each below the one before and none of them a link: a path cannot leave the directory,
 * even while somebody renames things in it.
 */
static int open_file(void *arg, const char *path, unsigned int flags, unsigned int mode)
{
	struct amp_rpc_directory *dir = arg;
	char name[NAME_MAX + 1];
	int at = dir->fd, len, next;

	len = next_component(&path, name);
	if (len == 0)
		return -EACCES; /* the directory itself */
	while (len > 0 && *path) {
		next = openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		/* What is no directory because it is a link shows as that here; a client is not told which. */
		next = next < 0 ? -errno : next;
		if (at != dir->fd)
			close(at);
		if (next < 0)
			return next;
		at = next;
		len = next_component(&path, name);
	}
	if (len > 0) {
		next = openat(at, name, posix_flags(flags), (mode_t)(mode & 0666));
		len = next < 0 ? -(errno == ELOOP ? EACCES : errno) : regular_only(next, flags);
	} else if (len == 0) {
		len = -EISDIR; /* it ends with a slash */
	}
	if (at != dir->fd)
		close(at);
	return len;
}

static int close_file(void *arg, int handle)
{
	(void)arg;
	return close(handle) ? -errno : 0;
}

static int read_file(void *arg, int handle, void *buf, size_t size)
{
	ssize_t got;

	(void)arg;
	do {
		got = read(handle, buf, size);
	} while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : (int)got;
}

static int write_file(void *arg, int handle, const void *buf, size_t size)
{
	ssize_t put;

	(void)arg;
	do {
		put = write(handle, buf, size);
	} while (put < 0 && errno == EINTR);
	return put < 0 ? -errno : (int)put;
}

const struct amp_rpc_file_ops amp_rpc_posix_file_ops = {
	.open = open_file,
	.close = close_file,
	.read = read_file,
	.write = write_file,
};
