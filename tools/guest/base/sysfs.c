// SPDX-License-Identifier: GPL-2.0-only
#include "sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int join(char *path, const char *dir, const char *name)
{
	int n = snprintf(path, AMP_PATH_LEN, "%s/%s", dir, name);

	return n < 0 || n >= AMP_PATH_LEN ? -ENAMETOOLONG : 0;
}

int amp_attr_read(const char *dir, const char *attr, char *buf, size_t size)
{
	char path[AMP_PATH_LEN];
	ssize_t n;
	int fd, err;

	buf[0] = '\0';
	err = join(path, dir, attr);
	if (err)
		return err;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, buf, size - 1);
	err = errno;
	close(fd);
	if (n < 0) {
		buf[0] = '\0';
		return -err;
	}
	if (n > 0 && buf[n - 1] == '\n')
		n--;
	buf[n] = '\0';
	for (ssize_t i = 0; i < n; i++)
		if ((unsigned char)buf[i] < ' ' || (unsigned char)buf[i] == 0x7f)
			buf[i] = '?';
	return (int)n;
}

int amp_attr_write(const char *dir, const char *attr, const char *text)
{
	char path[AMP_PATH_LEN];
	ssize_t n;
	int fd, err;

	err = join(path, dir, attr);
	if (err)
		return err;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = write(fd, text, strlen(text));
	err = n < 0 ? -errno : 0;
	close(fd);
	return err;
}

int amp_attr_link_name(const char *dir, const char *name, char *buf, size_t size)
{
	char path[AMP_PATH_LEN], target[AMP_PATH_LEN];
	const char *last;
	ssize_t n;
	int len, err;

	buf[0] = '\0';
	err = join(path, dir, name);
	if (err)
		return err;
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return -errno;
	target[n] = '\0';
	last = strrchr(target, '/');
	len = snprintf(buf, size, "%s", last ? last + 1 : target);
	return len < 0 || (size_t)len >= size ? -ENAMETOOLONG : len;
}

uint32_t amp_address_read(const char *dir, const char *attr)
{
	char text[24];

	return amp_attr_read(dir, attr, text, sizeof(text)) > 0 ? (uint32_t)strtoul(text, NULL, 0) : UINT32_MAX;
}
