// SPDX-License-Identifier: GPL-2.0-only
#include "agent.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

void amp_guest_log(const char *format, ...)
{
	char line[256];
	va_list args;
	int fd, n;

	n = snprintf(line, sizeof(line), "<4>amprelay-agent: ");
	va_start(args, format);
	n += vsnprintf(line + n, sizeof(line) - (size_t)n, format, args);
	va_end(args);
	/* Without a newline at its end, the kernel keeps a record back as long as no other one follows. */
	if ((size_t)n > sizeof(line) - 2)
		n = sizeof(line) - 2;
	line[n++] = '\n';
	fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, line, (size_t)n) < 0)
		fprintf(stderr, "%.*s", n - 3, line + 3);
	close(fd);
}
