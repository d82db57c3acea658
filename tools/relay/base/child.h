/* SPDX-License-Identifier: GPL-2.0-only */
/* A QEMU process: it cannot outlive the relay, and its end and its complaints are heard. */
#ifndef AMPRELAY_RELAY_CHILD_H
#define AMPRELAY_RELAY_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <systemd/sd-event.h>

#include "log.h"
#include "stream.h"

#define ARGUMENTS_MAX     128
#define ARGUMENTS_TEXT    16384
#define CHILD_MAX_FDS     16
#define CHILD_WORDS_MAX   512  /**< of amp_child_last_words(): QEMU quotes whole command lines */
#define CHILD_MESSAGE_MAX 8192 /**< bytes of a process's standard error that are kept: the last ones */

/** An argument vector in one piece of memory. */
struct arguments {
	char *v[ARGUMENTS_MAX + 1];
	size_t count, used;
	bool overflow;
	char text[ARGUMENTS_TEXT];
};

/** Appends one formatted argument. */
__attribute__((format(printf, 2, 3))) void amp_argument(struct arguments *args, const char *format, ...);

/** Writes `value` as QEMU wants it inside an option: commas doubled. @return out */
const char *amp_qemu_escape(char *out, size_t size, const char *value);

struct child {
	pid_t pid;        /**< 0 = none */
	const char *name; /**< for messages: "m3", "linux" */
	sd_event_source *exit;
	struct stream messages; /**< standard output and error */
	char message[CHILD_MESSAGE_MAX + 1];
	size_t message_len;
	size_t line_start; /**< of the line in `message` that is not complete yet */
	struct ratelimit noise;
	void (*on_exit)(void *userdata, const siginfo_t *info);
	void *userdata;
};

/**
 * Starts args->v[0] from PATH, with `fds` open under their own numbers and everything else closed.
 *
 * @param on_exit  called when the process has been reaped and its last words are in child->message; it may start
 * another
 * @return 0 or a negative errno
 */
int amp_child_start(struct child *child, sd_event *loop, const char *name, struct arguments *args, const int *fds,
                    size_t num_fds, void (*on_exit)(void *userdata, const siginfo_t *info), void *userdata);

/** Sends a signal, if the process is there. on_exit follows in time. */
void amp_child_kill(const struct child *child, int signal);

/** The structure has been moved in memory. */
void amp_child_moved(struct child *child);

/** Forgets the process; it must have ended. */
void amp_child_release(struct child *child);

/** Words for an end: "was killed by signal 6 (Aborted)", "ended with status 1". */
void amp_child_ending(const siginfo_t *info, char *out, size_t size);

/** The last line that it said, cleaned, or "". */
void amp_child_last_words(const struct child *child, char *out, size_t size);

#endif /* AMPRELAY_RELAY_CHILD_H */
