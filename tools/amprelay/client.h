/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Talking to a lab's relay (tools/common/control.h): one request, its streams, its answer.
 *
 * For all commands, and for programs of several requests such as the demonstration.
 *
 * Context: one thread; each call blocks until the answer is there, the timeout has passed or a hook ends it.
 */
#ifndef AMPRELAY_CLIENT_H
#define AMPRELAY_CLIENT_H

#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/exit_codes.h"

#define CLIENT_ERROR_LEN 768

/** What to do while a request runs. Zero means: nothing to send, ignore what comes. */
struct client_io {
	int timeout_ms; /**< of the whole request; 0 = none */
	bool has_input; /**< read `input_fd` and send it as standard input, its end too */
	int input_fd;
	bool has_signals;
	int signal_fd; /**< a signalfd: its signals go to on_signal */
	void *context; /**< for the hooks */

	/** 'O' and 'E' packets: bytes of the guest; 'F': common/sniffed.h. @return false to end the request */
	bool (*on_output)(void *context, char stream, const void *data, size_t len);
	/** {"progress": TEXT}. The text may come from the guest. */
	void (*on_progress)(void *context, const char *text);
	/** May change the input, with room for one byte more. @return its new length; -1 ends the request */
	ssize_t (*on_input)(void *context, char *data, size_t len);
	/** @return number of the signal to send to the guest's command, 0 for none, -1 to end the request */
	int (*on_signal)(void *context, int signal);
};

/** How a request ended. */
struct client_result {
	int exit;       /**< "exit" of the answer, or the client's own enum amp_exit */
	bool answered;  /**< the relay answered; else it went away, time passed or a hook ended the request */
	json_t *answer; /**< the whole answer, NULL if !answered; released by amp_client_release() */
	char error[CLIENT_ERROR_LEN]; /**< one line for people, empty if there is nothing to say */
};

/**
 * Sends `request` (its reference is taken) to lab `lab` and serves its streams until the answer.
 *
 * @param io  NULL: only wait for the answer, for 60 seconds at most
 * @return result->exit
 */
int amp_client_request(const char *lab, json_t *request, const struct client_io *io, struct client_result *result);

/** Runs a command in the guest. @param argv ended by NULL. Otherwise as amp_client_request(). */
int amp_client_exec(const char *lab, char *const *argv, const struct client_io *io, struct client_result *result);

/** {"cmd": cmd, "core": core}: start, stop, restart. */
int amp_client_core(const char *lab, const char *cmd, const char *core, const struct client_io *io,
                    struct client_result *result);

/** {"cmd": "fault"} */
int amp_client_fault(const char *lab, const char *core, const char *kind, struct client_result *result);

/** Waits for "agent" (core NULL), or for a core to be "running". @param io  hooks; NULL = none */
int amp_client_wait(const char *lab, const char *what, const char *core, int timeout_ms, const struct client_io *io,
                    struct client_result *result);

/** @return true if a relay listens under that name */
bool amp_client_lab_is_up(const char *lab);

/**
 * From now on SIGINT, SIGTERM, SIGHUP and `also` (0 = none) are for client_io.on_signal.
 *
 * @param old  gets the signal mask before; NULL: nobody wants it
 * @return client_io.signal_fd; -1 if there is no descriptor
 */
int amp_client_catch_signals(int also, sigset_t *old);

void amp_client_release(struct client_result *result);

/** Prints result->error, if there is one, and releases the result. @return result->exit */
int amp_client_finish(struct client_result *result);

#endif
