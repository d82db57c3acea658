/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file rpmsg.h
 * @brief What the subcommands of `rpmsg` share. A subcommand is one function, and one row of the table in rpmsg.c.
 */
#ifndef AMPRELAY_GUEST_RPMSG_H
#define AMPRELAY_GUEST_RPMSG_H

#include <argp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "rpmsg_channel.h"

/** Exit statuses. */
enum rpmsg_exit {
	RPMSG_OK = 0,
	RPMSG_FAILED = 1,
	RPMSG_USAGE = 2,
	RPMSG_NO_CHANNEL = 3,
	RPMSG_TIMEOUT = 7,
};

/** Largest message that fits into one buffer: 512 bytes less the RPMsg header, as virtio_rpmsg_bus has it. */
#define RPMSG_PAYLOAD_MAX 496

/** The channel that a subcommand works on. Its argp child "channel_argp" parses --core and --wait into it. */
struct target {
	const char *name; /**< the first argument that is no option; the subcommand's own parser puts it here */
	const char *core; /**< NULL: any */
	int wait_ms;      /**< how long to wait for the announcement */
	struct amp_channel channel;
};

extern const struct argp channel_argp;

/** For a subcommand's parser: parse "1.5" (seconds) to milliseconds; a wrong value is a usage error. */
int parse_seconds(const char *text, const struct argp_state *state);
/** Parse an integer from min to max; a wrong value is a usage error. */
unsigned int parse_number(const char *text, unsigned int min, unsigned int max, const struct argp_state *state);

/** Find the target, waiting if that was asked for. Prints what is wrong. @return enum rpmsg_exit */
int target_find(struct target *target);
/** Find and open it, and start the tick. @return enum rpmsg_exit, with *fd open if RPMSG_OK */
int target_open(struct target *target, int *fd);

/** Print "rpmsg: CHANNEL: text" to standard error. @return status, for `return target_error(...)` */
int target_error(const struct target *target, int status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** Monotonic time in nanoseconds. */
uint64_t now_ns(void);

/** Set by SIGINT, SIGTERM and SIGHUP, which also interrupt a read or poll. */
extern volatile sig_atomic_t interrupted;

/** While on, a timer interrupts blocking calls ten times a second: so receive() notices that its time is over. */
void tick(bool on);

/**
 * Read one message, at most until `deadline` (now_ns()), noticed with the next tick. One system call if all goes well.
 * @return length; -ETIMEDOUT, -EINTR (interrupted), -EPIPE (channel lost), other -errno
 */
int receive(int fd, void *buf, size_t size, uint64_t deadline);

/** Throw away messages that came before anyone asked for them. */
void drain(int fd);

/** Print a message as text with a newline; bytes that are no printable ASCII as \xNN. */
void print_message(const uint8_t *data, size_t len);

int rpmsg_list(int argc, char **argv);
int rpmsg_ping(int argc, char **argv);
int rpmsg_send(int argc, char **argv);
int rpmsg_recv(int argc, char **argv);
int rpmsg_watch(int argc, char **argv);
int rpmsg_wait(int argc, char **argv);

#endif
