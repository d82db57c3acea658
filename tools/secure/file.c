// SPDX-License-Identifier: GPL-2.0-only
/* Files: read once, replaced whole. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/output.h"
#include "internal.h"

static int fill(int fd, struct secure_file *file)
{
	size_t got = 0;

	while (got < file->size) {
		ssize_t n = read(fd, file->data + got, file->size - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	file->size = got; /* it may have become shorter meanwhile */
	return 0;
}

int amp_secure_read(struct secure_file *file, const char *path, size_t max)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe of that name must not make us wait */
	struct stat st;
	int err = 0;

	*file = (struct secure_file){0};
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		err = -errno;
	else if (!S_ISREG(st.st_mode))
		err = -EINVAL;
	else if ((uint64_t)st.st_size > max)
		err = -EFBIG;
	if (!err) {
		file->size = (size_t)st.st_size;
		file->data = malloc(file->size + 1);
		err = file->data ? fill(fd, file) : -ENOMEM;
	}
	close(fd);
	if (err)
		amp_secure_free(file);
	return err;
}

void amp_secure_free(struct secure_file *file)
{
	free(file->data);
	*file = (struct secure_file){0};
}

static int sync_directory(const char *path)
{
	char copy[PATH_MAX];
	int fd, err;

	amp_text(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = fsync(fd) ? -errno : 0;
	close(fd);
	return err;
}

int amp_secure_replace(const char *path, const void *data, size_t size, unsigned int mode)
{
	char other[PATH_MAX];
	int fd, err;

	if (strlen(path) + 8 > sizeof(other))
		return -ENAMETOOLONG;
	amp_text(other, sizeof(other), "%s.XXXXXX", path);
	fd = mkostemp(other, O_CLOEXEC); /* 0600 */
	if (fd < 0)
		return -errno;
	err = amp_write_all(fd, data, size);
	if (!err && (fchmod(fd, mode) || fsync(fd)))
		err = -errno;
	close(fd);
	if (!err && rename(other, path))
		err = -errno;
	if (err)
		unlink(other);
	return err ? err : sync_directory(path);
}
