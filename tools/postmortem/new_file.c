// SPDX-License-Identifier: GPL-2.0-only
#include "new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_BUFFER 262144u /* 256 KiB */

int amp_new_file_open(struct amp_new_file *f, const char *path)
{
	int fd;

	if (asprintf(&f->tmp, "%s.XXXXXX", path) < 0)
		return -ENOMEM;
	fd = mkostemp(f->tmp, O_CLOEXEC);
	if (fd < 0) {
		int err = -errno;

		free(f->tmp);
		return err;
	}
	fchmod(fd, 0644);
	f->file = fdopen(fd, "w");
	if (!f->file) {
		int err = -errno;

		close(fd);
		unlink(f->tmp);
		free(f->tmp);
		return err;
	}
	/* a short file is then written by fclose(), which tells why it could not be */
	setvbuf(f->file, NULL, _IOFBF, FILE_BUFFER);
	return 0;
}

int amp_new_file_close(struct amp_new_file *f, const char *path, int result)
{
	bool bad = ferror(f->file);

	errno = 0;
	if (fclose(f->file) && !result)
		result = errno ? -errno : -EIO;
	if (bad && !result)
		result = -EIO;
	if (!result && rename(f->tmp, path))
		result = -errno;
	if (result)
		unlink(f->tmp);
	free(f->tmp);
	return result;
}
