// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "agent.h"
#include "guest/base/sysfs.h"

#define PORT_CLASS "/sys/class/virtio-ports"

static int open_named_port(void)
{
	char path[AMP_PATH_LEN], name[64];
	struct dirent *entry;
	DIR *dir = opendir(PORT_CLASS);
	int fd = -1;

	while (dir && fd < 0 && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), PORT_CLASS "/%s", entry->d_name);
		if (amp_attr_read(path, "name", name, sizeof(name)) <= 0 || strcmp(name, AMP_AGENT_PORT) != 0)
			continue;
		snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
		fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0)
			amp_guest_log("cannot open %s: %s", path, strerror(errno));
	}
	if (dir)
		closedir(dir);
	return fd;
}

/*
 * While the host's end is closed, poll() reports POLLHUP at once and for ever. An edge-triggered epoll set reports it
 * once, and then again when the driver wakes the port's waiters: when the host connects.
 */
static void wait_for_host(struct amp_guest_port *port)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET};

	port->connected = false;
	port->in.used = port->in.taken = 0;
	port->out.start = port->out.end = 0;
	port->host_epoll = epoll_create1(EPOLL_CLOEXEC);
	if (port->host_epoll < 0 || epoll_ctl(port->host_epoll, EPOLL_CTL_ADD, port->fd, &event) < 0) {
		amp_guest_log("cannot wait for the host: %s", strerror(errno));
		amp_guest_port_close(port);
	}
}

void amp_guest_port_open(struct amp_guest_port *port)
{
	if (port->fd >= 0)
		return;
	port->fd = open_named_port();
	if (port->fd >= 0)
		wait_for_host(port);
}

void amp_guest_port_close(struct amp_guest_port *port)
{
	if (port->host_epoll >= 0)
		close(port->host_epoll);
	if (port->fd >= 0)
		close(port->fd);
	port->host_epoll = port->fd = -1;
	port->connected = false;
}

void amp_guest_port_poll(struct amp_guest_port *port, struct amp_pollset *set)
{
	short events = 0;

	if (!port->connected) {
		amp_pollset_add(set, port->host_epoll, POLLIN);
		return;
	}
	if (port->in.used < sizeof(port->in.bytes))
		events |= POLLIN;
	if (port->out.start != port->out.end)
		events |= POLLOUT;
	amp_pollset_add(set, port->fd, events);
}

static bool host_is_away(const struct amp_guest_port *port)
{
	struct pollfd fd = {.fd = port->fd};

	return poll(&fd, 1, 0) == 1 && (fd.revents & POLLHUP);
}

/* A kernel that was started by the one before it (kexec) is known by nothing else. */
static void put_boot_id(struct amp_frame_out *out)
{
	char id[64];

	if (amp_attr_read("/proc/sys/kernel/random", "boot_id", id, sizeof(id)) != AMP_AGENT_BOOT_ID)
		return;
	memcpy(amp_frame_payload(out), id, AMP_AGENT_BOOT_ID);
	amp_frame_put(out, AMP_FRAME_BOOT, 0, AMP_AGENT_BOOT_ID);
}

static enum amp_guest_port_event look_for_host(struct amp_guest_port *port)
{
	struct epoll_event event;

	if (epoll_wait(port->host_epoll, &event, 1, 0) != 1 || (event.events & EPOLLHUP))
		return AMP_GUEST_PORT_NOTHING;
	close(port->host_epoll);
	port->host_epoll = -1;
	port->connected = true;
	amp_frame_put_le32(&port->out, AMP_FRAME_HELLO, 0, AMP_AGENT_VERSION);
	put_boot_id(&port->out);
	return AMP_GUEST_PORT_CONNECTED;
}

void amp_guest_port_flush(struct amp_guest_port *port)
{
	struct amp_frame_out *out = &port->out;

	while (port->connected && out->start != out->end) {
		ssize_t n = write(port->fd, out->bytes + out->start, out->end - out->start);

		if (n <= 0)
			return; /* full, or the host has gone: then reading says so */
		out->start += (size_t)n;
	}
}

enum amp_guest_port_event amp_guest_port_work(struct amp_guest_port *port)
{
	struct amp_frame_in *in = &port->in;

	if (port->fd < 0)
		return AMP_GUEST_PORT_NOTHING;
	if (!port->connected)
		return look_for_host(port);
	if (in->used == sizeof(in->bytes) && host_is_away(port)) {
		/* What it sent cannot be answered any more; poll() would report POLLHUP without end. */
		wait_for_host(port);
		return AMP_GUEST_PORT_LOST;
	}
	while (in->used < sizeof(in->bytes)) {
		ssize_t n = read(port->fd, in->bytes + in->used, sizeof(in->bytes) - in->used);

		if (n > 0) {
			in->used += (size_t)n;
		} else if (n < 0 && errno == EINTR) {
			continue;
		} else if (n < 0 && errno == EAGAIN) {
			break;
		} else { /* 0: the host's end is closed; ENODEV: the port is gone */
			if (n < 0)
				amp_guest_port_close(port);
			else
				wait_for_host(port);
			return AMP_GUEST_PORT_LOST;
		}
	}
	amp_guest_port_flush(port);
	return AMP_GUEST_PORT_NOTHING;
}
