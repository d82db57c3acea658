// SPDX-License-Identifier: GPL-2.0-only
#include "line_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 65536

static void open_file(struct line_file *f)
{
	struct stat st;

	f->fd = open(f->path, O_RDONLY | O_CLOEXEC);
	if (f->fd >= 0 && !fstat(f->fd, &st)) {
		f->inode = st.st_ino;
		f->device = st.st_dev;
	}
}

int amp_line_file_open(struct line_file *f, const char *dir, const char *name)
{
	memset(f, 0, sizeof(*f));
	f->fd = -1;
	if (asprintf(&f->path, "%s/%s", dir, name) < 0) {
		f->path = NULL;
		return -ENOMEM;
	}
	open_file(f);
	return 0;
}

void amp_line_file_skip(struct line_file *f)
{
	f->used = f->start = 0;
	if (f->fd >= 0)
		lseek(f->fd, 0, SEEK_END);
}

/* Reads more of the file. Returns false at its end. */
static bool read_more(struct line_file *f)
{
	ssize_t n;

	if (f->fd < 0)
		return false;
	if (f->start) {
		memmove(f->buffer, f->buffer + f->start, f->used - f->start);
		f->used -= f->start;
		f->start = 0;
	}
	if (f->used + CHUNK + 1 > f->capacity) {
		char *more = realloc(f->buffer, f->used + CHUNK + 1);

		if (!more)
			return false;
		f->buffer = more;
		f->capacity = f->used + CHUNK + 1;
	}
	n = read(f->fd, f->buffer + f->used, CHUNK);
	if (n <= 0)
		return false;
	f->used += (size_t)n;
	return true;
}

/* Switches to the file that has our name now, if it is another one. */
static bool reopen(struct line_file *f)
{
	struct stat st;

	if (stat(f->path, &st) || (f->fd >= 0 && st.st_ino == f->inode && st.st_dev == f->device))
		return false;
	if (f->fd >= 0)
		close(f->fd);
	f->used = f->start = 0;
	open_file(f);
	return f->fd >= 0;
}

static char *cut_line(struct line_file *f, size_t length, size_t skip)
{
	char *line = f->buffer + f->start;

	line[length] = '\0';
	f->start += length + skip;
	return line;
}

char *amp_line_file_next(struct line_file *f, bool partial)
{
	size_t searched = 0;

	for (;;) {
		size_t have = f->used - f->start;
		char *newline = have > searched ? memchr(f->buffer + f->start + searched, '\n', have - searched) : NULL;

		if (newline)
			return cut_line(f, (size_t)(newline - f->buffer) - f->start, 1);
		searched = have;
		if (read_more(f))
			continue;
		if (have && partial)
			return cut_line(f, have, 0);
		if (!reopen(f))
			return NULL;
		searched = 0;
	}
}

void amp_line_file_close(struct line_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	free(f->buffer);
	free(f->path);
}

int amp_dir_watch_open(const char *dir)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	if (fd < 0)
		return -errno;
	if (inotify_add_watch(fd, dir, IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_ONLYDIR) < 0) {
		int err = -errno;

		close(fd);
		return err;
	}
	return fd;
}

int amp_dir_watch_wait(int fd, int timeout_ms)
{
	struct pollfd pfd = {.fd = fd, .events = POLLIN};
	char events[4096];
	int n = poll(&pfd, 1, timeout_ms);

	if (n < 0)
		return -errno;
	while (n > 0 && read(fd, events, sizeof(events)) > 0)
		; /* what it was does not matter: everyone looks at his own file */
	return n;
}
