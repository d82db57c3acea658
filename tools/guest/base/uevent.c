// SPDX-License-Identifier: GPL-2.0-only
#include "uevent.h"

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *value_of(const char *string, const char *key)
{
	size_t len = strlen(key);

	return strncmp(string, key, len) == 0 && string[len] == '=' ? string + len + 1 : NULL;
}

bool amp_uevent_parse(const char *data, size_t len, struct amp_uevent *event)
{
	const char *end = data + len, *v;

	memset(event, 0, sizeof(*event));
	if (len == 0 || end[-1] != '\0')
		return false;
	for (const char *s = data; s < end; s += strlen(s) + 1) {
		if ((v = value_of(s, "ACTION")))
			event->action = v;
		else if ((v = value_of(s, "DEVPATH")))
			event->devpath = v;
		else if ((v = value_of(s, "SUBSYSTEM")))
			event->subsystem = v;
		else if ((v = value_of(s, "MODALIAS")))
			event->modalias = v;
	}
	return event->action && event->devpath && event->devpath[0] == '/' && event->subsystem;
}

int amp_uevent_open(void)
{
	struct sockaddr_nl kernel_group = {.nl_family = AF_NETLINK, .nl_groups = 1};
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&kernel_group, sizeof(kernel_group)) < 0) {
		int err = errno;

		close(fd);
		return -err;
	}
	return fd;
}

int amp_uevent_read(int fd, char *data, struct amp_uevent *event)
{
	for (;;) {
		struct sockaddr_nl from;
		struct iovec iov = {.iov_base = data, .iov_len = AMP_UEVENT_MAX};
		struct msghdr msg = {.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov, .msg_iovlen = 1};
		ssize_t n = recvmsg(fd, &msg, 0);

		if (n < 0) {
			if (errno == EINTR)
				continue;
			return errno == EAGAIN ? 0 : -errno;
		}
		/* Port 0 is the kernel: another process may send to this group's sockets too. */
		if (msg.msg_namelen != sizeof(from) || from.nl_pid != 0 || (msg.msg_flags & MSG_TRUNC))
			continue;
		if (amp_uevent_parse(data, (size_t)n, event))
			return 1;
	}
}
