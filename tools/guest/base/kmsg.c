// SPDX-License-Identifier: GPL-2.0-only
#include "kmsg.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool parse_number(char **p, char end, uint64_t *value)
{
	char *stop;

	if (**p < '0' || **p > '9')
		return false;
	errno = 0;
	*value = strtoull(*p, &stop, 10);
	if (errno || *stop != end)
		return false;
	*p = stop + 1;
	return true;
}

bool amp_kmsg_parse(char *record, size_t len, struct amp_kmsg *msg)
{
	char *p = record, *text, *next;
	uint64_t prefix;

	record[len] = '\0';
	if (!parse_number(&p, ',', &prefix) || !parse_number(&p, ',', &msg->seq) || !parse_number(&p, ',', &msg->usec))
		return false;
	text = strchr(p, ';');
	if (!text)
		return false;
	msg->level = prefix & 7; /* the rest is the facility */
	msg->text = text + 1;
	msg->subsystem = NULL;
	for (char *line = strchr(text, '\n'); line; line = next) {
		*line++ = '\0';
		next = strchr(line, '\n');
		if (strncmp(line, " SUBSYSTEM=", 11) == 0)
			msg->subsystem = line + 11;
	}
	return true;
}

size_t amp_kmsg_format(const struct amp_kmsg *msg, char *buf, size_t size)
{
	int n = snprintf(buf, size, "[%5" PRIu64 ".%06" PRIu64 "] %s\n", msg->usec / 1000000, msg->usec % 1000000,
	                 msg->text);

	if (n < 0)
		return 0;
	if ((size_t)n >= size) {
		n = (int)size - 1;
		buf[n - 1] = '\n';
	}
	return (size_t)n;
}

int amp_kmsg_open_at_end(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (lseek(fd, 0, SEEK_END) < 0) {
		int err = errno;

		close(fd);
		return -err;
	}
	return fd;
}

int amp_kmsg_read(int fd, char *record, struct amp_kmsg *msg)
{
	for (;;) {
		ssize_t n = read(fd, record, AMP_KMSG_RECORD_MAX);

		if (n < 0) {
			if (errno == EPIPE || errno == EINTR)
				continue; /* EPIPE: overwritten; the position is now at the oldest record */
			return errno == EAGAIN ? 0 : -errno;
		}
		if (n == 0)
			return 0;
		if (amp_kmsg_parse(record, (size_t)n, msg))
			return 1;
	}
}
