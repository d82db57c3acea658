// SPDX-License-Identifier: GPL-2.0-only
/*
 * The relay's hand in the guest: runs commands, forwards the kernel log and core dumps, over a virtio-serial
 * port. See agent.h for its parts and tools/common/agent_proto.h for the protocol.
 */
#include "agent.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest/base/uevent.h"

/* A frame is acted on only while its answer (a refusal: text and status) is sure to fit. */
#define ANSWER_ROOM 256u

static struct amp_guest_port port = {.fd = -1, .host_epoll = -1};

static void read_events(int fd)
{
	char data[AMP_UEVENT_MAX];
	struct amp_uevent event;
	int n;

	while ((n = amp_uevent_read(fd, data, &event)) != 0) {
		if (n < 0 && n != -ENOBUFS)
			return;
		/* Events were lost: anything may have come. */
		if (n < 0 || strcmp(event.subsystem, "devcoredump") == 0)
			amp_dumps_look();
		if (n < 0 || strcmp(event.subsystem, "virtio-ports") == 0)
			amp_guest_port_open(&port);
	}
}

/* @return false if the connection had to be dropped */
static bool take_frames(void)
{
	const uint8_t *payload;
	struct amp_frame frame;
	const char *wrong = NULL;

	while (amp_frame_room(&port.out) >= ANSWER_ROOM && amp_frame_next(&port.in, &frame, &payload, &wrong) == 1) {
		wrong = amp_exec_frame(&port.out, &frame, payload);
		if (wrong)
			break;
	}
	if (!wrong) {
		amp_frame_compact(&port.in);
		return true;
	}
	/* There is no way to find the next frame's start: begin again with a new connection. */
	amp_guest_log("the relay broke the protocol on channel %u: %s; reconnecting", frame.channel, wrong);
	amp_exec_reset();
	amp_dumps_reset();
	amp_guest_port_close(&port);
	amp_guest_port_open(&port);
	return false;
}

/* @return true if there may be more to do at once: some part found no room for output, and now there is room */
static bool work(void)
{
	bool tight;

	switch (amp_guest_port_work(&port)) {
	case AMP_GUEST_PORT_LOST:
		amp_exec_reset();
		amp_dumps_reset();
		if (amp_guest_port_work(&port) != AMP_GUEST_PORT_CONNECTED)
			break;
		/* fall through */
	case AMP_GUEST_PORT_CONNECTED:
		amp_guest_kmsg_rewind();
		break;
	case AMP_GUEST_PORT_NOTHING:
		break;
	}
	if (port.connected && take_frames()) {
		amp_exec_work(&port.out);
		amp_guest_kmsg_work(&port.out);
		amp_dumps_work(&port.out);
	}
	tight = amp_frame_room(&port.out) < AMP_AGENT_PAYLOAD_MAX;
	amp_guest_port_flush(&port);
	return tight && amp_frame_room(&port.out) == AMP_AGENT_PAYLOAD_MAX;
}

static void fill_pollset(struct amp_pollset *set, int events)
{
	set->count = 0;
	amp_pollset_add(set, events, POLLIN);
	amp_guest_port_poll(&port, set);
	if (port.connected) {
		amp_dumps_poll(&port.out, set);
		amp_exec_poll(&port.out, set);
		amp_guest_kmsg_poll(&port.out, set);
	}
}

static void set_environment(void)
{
	clearenv();
	setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("HOME", "/", 1);
	setenv("LANG", "C", 1);
	if (chdir("/") < 0)
		amp_guest_log("cannot change to /: %s", strerror(errno));
}

int main(void)
{
	static struct amp_pollset set;
	int events;

	set_environment();
	signal(SIGPIPE, SIG_IGN);
	events = amp_uevent_open();
	if (events < 0) {
		amp_guest_log("no kernel events: %s", strerror(-events));
		return 1;
	}
	amp_dumps_look();
	amp_guest_port_open(&port);
	for (;;) {
		int timeout = work() ? 0 : -1;

		fill_pollset(&set, events);
		if (poll(set.fds, set.count, timeout) < 0 && errno != EINTR) {
			amp_guest_log("cannot wait: %s", strerror(errno));
			return 1;
		}
		read_events(events);
	}
}
