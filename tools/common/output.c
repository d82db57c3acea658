// SPDX-License-Identifier: GPL-2.0-only
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int failure; /* errno of what could not be written first */

bool amp_output_flush(void)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return true;
	if (!failure)
		failure = errno;
	return false;
}

int amp_write_all(int fd, const void *data, size_t len)
{
	const char *next = data;

	while (len) {
		ssize_t n = write(fd, next, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			next += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

/* An exit handler. */
static void check(int status, void *program)
{
	bool written = amp_output_flush();

	if (fclose(stdout) != 0 && written) { /* where some file systems tell that the disk is full */
		failure = errno;
		written = false;
	}
	if (written)
		return;
	fprintf(stderr, "%s: standard output: %s\n", (const char *)program,
	        failure ? strerror(failure) : "not all of it could be written");
	if (status == EXIT_SUCCESS)
		_exit(EXIT_FAILURE);
}

void amp_output_watch(const char *program)
{
	/* A stream that the caller closed must stay so: the next file opened would take its place and its output. */
	static const int modes[] = {O_RDONLY, O_RDONLY, O_WRONLY};
	static bool watched;

	if (watched)
		return;
	watched = true;
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd)
			_exit(EXIT_FAILURE);
	}
	if (on_exit(check, (void *)program) != 0)
		_exit(EXIT_FAILURE);
}
