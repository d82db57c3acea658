/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of the guest's agent. One thread; every descriptor is non-blocking; one poll() waits for all.
 *
 *   agent.c          the loop                          port.c     the virtio-serial port, frames in and out
 *   agent_exec.c     commands and their streams        agent_dumps.c   devcoredumps to the relay
 *   agent_kmsg.c     kernel log to the relay         agent_log.c     what the agent itself has to say
 *
 * Each part tells with *_poll() what it waits for in its present state, and does with *_work() what can be done now.
 * Output goes straight into the port's buffer; a part that finds no room waits until the relay has read, and so does
 * its source: memory stays bounded whatever the relay or a command does.
 */
#ifndef AMPRELAY_GUEST_AGENT_H
#define AMPRELAY_GUEST_AGENT_H

#include <poll.h>
#include <stdbool.h>

#include "frames.h"

#define AMP_AGENT_COMMANDS 36 /**< commands that run at the same time; more are refused */

/** What poll() waits for; refilled before each wait. */
struct amp_pollset {
	unsigned int count;
	struct pollfd fds[16 + 4 * AMP_AGENT_COMMANDS];
};

/** Add a descriptor; negative ones are left out. */
static inline void amp_pollset_add(struct amp_pollset *set, int fd, short events)
{
	if (fd >= 0)
		set->fds[set->count++] = (struct pollfd){.fd = fd, .events = events};
}

/** Write a line to the kernel log, where the relay and the console see it. */
void amp_guest_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ------------------------------------------------------------------ port.c */

struct amp_guest_port {
	int fd;         /**< -1 while there is no such port */
	int host_epoll; /**< readable when the host (re)connects; -1 unless it is away */
	bool connected; /**< HELLO was sent */
	struct amp_frame_in in;
	struct amp_frame_out out;
};

/** Look for the port (it may appear later than the agent) and open it. */
void amp_guest_port_open(struct amp_guest_port *port);
/** Close, dropping what is buffered. */
void amp_guest_port_close(struct amp_guest_port *port);
void amp_guest_port_poll(struct amp_guest_port *port, struct amp_pollset *set);

enum amp_guest_port_event {
	AMP_GUEST_PORT_NOTHING,
	AMP_GUEST_PORT_CONNECTED, /**< a relay is there; HELLO is queued */
	AMP_GUEST_PORT_LOST,      /**< the relay has gone; call again: it may already be back */
};

/** Move bytes both ways without blocking. Take frames with amp_frame_next() afterwards. */
enum amp_guest_port_event amp_guest_port_work(struct amp_guest_port *port);
/** Write what is queued, as far as the port takes it. */
void amp_guest_port_flush(struct amp_guest_port *port);

/* ------------------------------------------------------------------ agent_exec.c */

/** Act on a frame. @return NULL, or what the relay did against the protocol. */
const char *amp_exec_frame(struct amp_frame_out *out, const struct amp_frame *frame, const uint8_t *payload);
void amp_exec_poll(struct amp_frame_out *out, struct amp_pollset *set);
/** Move output, input, credit and exit statuses. */
void amp_exec_work(struct amp_frame_out *out);
/** The relay has gone: kill all commands and forget them. */
void amp_exec_reset(void);

/* ------------------------------------------------------------------ agent_kmsg.c */

/** Start over with the oldest record in the kernel's buffer. */
void amp_guest_kmsg_rewind(void);
void amp_guest_kmsg_poll(struct amp_frame_out *out, struct amp_pollset *set);
void amp_guest_kmsg_work(struct amp_frame_out *out);

/* ------------------------------------------------------------------ agent_dumps.c */

/** There may be a new dump: call at the start and for each event of the subsystem "devcoredump". */
void amp_dumps_look(void);
void amp_dumps_poll(struct amp_frame_out *out, struct amp_pollset *set);
void amp_dumps_work(struct amp_frame_out *out);
/** The relay has gone: the dump that is under way is lost. */
void amp_dumps_reset(void);

#endif
