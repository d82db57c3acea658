/* SPDX-License-Identifier: GPL-2.0-only */
/* What the subcommands of `rpmsg` share. A subcommand is one function, and one row of the table in rpmsg.c. */
#ifndef AMPRELAY_GUEST_RPMSG_H
#define AMPRELAY_GUEST_RPMSG_H

#include <argp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "guest/base/waiting.h"
#include "rpmsg_channel.h"

/** Exit statuses. */
enum rpmsg_exit {
	RPMSG_OK = 0,
	RPMSG_FAILED = 1,
	RPMSG_USAGE = 2,
	RPMSG_NO_CHANNEL = 3, /**< or no such core or device */
	RPMSG_LOST = 4,       /**< the core or the channel went away in the middle */
	RPMSG_REFUSED = 6,    /**< Linux, or a limit of ours, refuses it */
	RPMSG_TIMEOUT = 7,
	RPMSG_INTERRUPTED = 130, /**< before it was done; what it has found until then is printed */
};

/** Largest message that fits into one buffer: 512 bytes less the RPMsg header, as virtio_rpmsg_bus has it. */
#define RPMSG_PAYLOAD_MAX 496

/* ------------------------------------------------------------------ rpmsg_signals.c */

/**
 * Catch SIGINT, SIGTERM and SIGHUP, and block them except in amp_wait(): nothing is left half done, and an ioctl that
 * waits for a buffer must not see a signal, which Linux 6.1 answers by waiting on without ever sleeping.
 */
void set_signals(void);

/** Set by these signals. */
extern volatile sig_atomic_t interrupted;

/** @return enum rpmsg_exit of what has been ended so, or by show() */
int ended_early(void);

/** The same; lets them in itself, at most once a tick: for a loop that may never have to wait. */
bool stop_wanted(void);

/**
 * While on, a timer interrupts blocking calls ten times a second: so receive() notices that its time is over, with one
 * system call if all goes well.
 */
void tick(bool on);

/* ------------------------------------------------------------------ rpmsg_target.c */

/** What a subcommand works on. Its argp child "channel_argp" parses --core and --wait into it. */
struct target {
	const char *name; /**< of a channel, or /dev/...: the first argument, put here by the subcommand's parser */
	const char *core; /**< NULL: any */
	int wait_ms;      /**< how long to wait for the announcement */
	struct amp_channel channel;
};

extern const struct argp channel_argp;

/** Was the program called by the name "rpmsg_COMMAND"? */
extern bool called_by_link;

/** For a subcommand's parser: parse "1.5" (seconds) to milliseconds; a wrong value is a usage error. */
int parse_seconds(const char *text, const struct argp_state *state);
/** Parse an integer from min to max; a wrong value is a usage error. */
unsigned int parse_number(const char *text, unsigned int min, unsigned int max, const struct argp_state *state);

/** Find the target, waiting if that was asked for. Prints what is wrong. @return enum rpmsg_exit */
int target_find(struct target *target);
/** Find and open it, and start the tick. @return enum rpmsg_exit, with *fd open (blocking) if RPMSG_OK */
int target_open(struct target *target, int *fd);

/** Print "rpmsg: NAME: text" to standard error. @return status, for `return target_error(...)` */
int target_error(const struct target *target, int status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** Print what ended a transmit() or receive(); nothing for -EINTR. @return enum rpmsg_exit */
int target_failed(const struct target *target, int err);

/* ------------------------------------------------------------------ rpmsg_message.c */

/**
 * Send one message; with no buffer free, wait for one until `deadline`.
 * @return 0; -ENOBUFS: none became free; -EINTR: interrupted; -EPIPE: channel lost; other -errno
 */
int transmit(int fd, const void *data, size_t len, uint64_t deadline);

/**
 * Receive one message, at most until `deadline`, noticed with the next tick.
 * @return length; -ETIMEDOUT, -EINTR (interrupted), -EPIPE (channel lost), other -errno
 */
int receive(int fd, void *buf, size_t size, uint64_t deadline);

/** Throw away messages that came before anyone asked for them. */
void drain(int fd);

/**
 * Hand over what has been printed: others may wait for it. A reader who has gone, or a full disk, ends the program like
 * a signal.
 */
void show(void);

/** Print a message as text, without newlines and NULs at its end; bytes that are no printable ASCII as \xNN. */
void print_text(const uint8_t *data, size_t len);
/** The same, and a newline. */
void print_line(const uint8_t *data, size_t len);
/** Print a message in hexadecimal and ASCII, sixteen bytes a line. */
void print_hex(const uint8_t *data, size_t len);
/** Print a JSON string with its quotes, whatever is in it: bytes above 0x7e as \u00NN. */
void print_json(const char *text);
/**
 * Print the distribution of times: "min/avg/median/p99/max = … us\n", or as JSON the member "us". Sorts them.
 * @param count none: print nothing
 */
void print_times(uint64_t *ns, size_t count, bool json);

/* ------------------------------------------------------------------ subcommands */

int rpmsg_list(int argc, char **argv);
int rpmsg_ping(int argc, char **argv);
int rpmsg_bench(int argc, char **argv);
int rpmsg_send(int argc, char **argv);
int rpmsg_recv(int argc, char **argv);
int rpmsg_dump(int argc, char **argv);
int rpmsg_ledger(int argc, char **argv);
int rpmsg_watch(int argc, char **argv);
int rpmsg_wait(int argc, char **argv);
int rpmsg_export_ept(int argc, char **argv);
int rpmsg_export_dev(int argc, char **argv);
int rpmsg_destroy_ept(int argc, char **argv);
int rpmsg_devname(int argc, char **argv);

#endif
