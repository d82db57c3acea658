// SPDX-License-Identifier: GPL-2.0-only
/* usage: poll_race /dev/rpmsgN: poll an endpoint without pause, and destroy it meanwhile. Runs in the guest. */
#include <fcntl.h>
#include <linux/rpmsg.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* The other process begins to destroy once this one is at it. */
static int poll_until_gone(int fd, int at_it)
{
	struct pollfd pfd = {.fd = fd, .events = POLLIN};

	for (unsigned int i = 0; poll(&pfd, 1, 0) >= 0; i++) {
		if (pfd.revents & POLLERR)
			return 0;
		if (i == 1000 && write(at_it, "", 1) != 1)
			break;
	}
	return 1;
}

int main(int argc, char **argv)
{
	int fd = argc == 2 ? open(argv[1], O_RDWR) : -1, ends[2], status;
	pid_t child;
	char byte;

	if (fd < 0 || pipe(ends) || (child = fork()) < 0) {
		perror(argc == 2 ? argv[1] : "usage: poll_race /dev/rpmsgN");
		return 2;
	}
	if (!child)
		_exit(poll_until_gone(fd, ends[1]));
	close(ends[1]);
	if (read(ends[0], &byte, 1) != 1 || ioctl(fd, RPMSG_DESTROY_EPT_IOCTL)) {
		perror(argv[1]);
		return 2;
	}
	return waitpid(child, &status, 0) != child || status;
}
