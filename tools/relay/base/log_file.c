// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "log_file.h"

static int begin(struct log_file *file)
{
	if (rename(file->path, file->previous) < 0 && errno != ENOENT)
		return -errno;
	file->fd = open(file->path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
	if (file->fd < 0)
		return -errno;
	file->size = 0;
	return 0;
}

int amp_logfile_open(struct log_file *file, const char *dir, const char *stem, const char *suffix)
{
	file->fd = -1;
	if (snprintf(file->path, sizeof(file->path), "%s/%s.%s", dir, stem, suffix) >= (int)sizeof(file->path) ||
	    snprintf(file->previous, sizeof(file->previous), "%s/%s.1.%s", dir, stem, suffix) >=
	            (int)sizeof(file->previous))
		return -ENAMETOOLONG;
	return begin(file);
}

void amp_logfile_write(struct log_file *file, const void *data, size_t len)
{
	ssize_t n;

	if (file->fd < 0)
		return;
	n = write(file->fd, data, len);
	if (n > 0)
		file->size += (uint64_t)n;
	if (file->size > LOG_FILE_MAX) {
		amp_logfile_close(file);
		begin(file);
	}
}

void amp_logfile_close(struct log_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
}
