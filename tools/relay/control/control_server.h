/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Server side of tools/common/control.h. control_server.c moves packets, control_commands.c knows the commands,
 * control_exec.c those that run something in the guest, control_console.c consoles, control_hosting.c those for the
 * relay as a host.
 */
#ifndef AMPRELAY_RELAY_CONTROL_SERVER_H
#define AMPRELAY_RELAY_CONTROL_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>
#include <systemd/sd-event.h>

#include "common/control.h"
#include "common/exit_codes.h"
#include "packet_queue.h"
#include "relay/base/log.h"

struct lab;
struct client;
struct agent_channel;
struct core;
struct host_talk;

#define CONTROL_CLIENTS  64 /**< connections at the same time */
#define CONTROL_LASTING  48 /**< of them, with a request that goes on; the rest is kept for brief ones */
#define CONTROL_IDLE_SEC 5  /**< a connection that asks for nothing, or has its answer, has its place for so long */

/** What a connection does after its request has been taken; a command that answers at once needs none. */
struct client_ops {
	void (*on_input)(struct client *client, const char *data, size_t len); /**< 'I'; NULL: not expected */
	void (*on_json)(struct client *client, const json_t *object);          /**< later 'J'; NULL: not expected */
	void (*on_sent)(struct client *client, size_t bytes);                  /**< output has left; may be NULL */
	void (*on_changed)(struct client *client);                             /**< amp_relay_changed(); may be NULL */
	void (*on_gone)(struct client *client);                                /**< cancel; may be NULL */
	void (*on_console)(struct client *client, const uint8_t *data, size_t len);
	/** Messages of a core's link, or events of it or the lab (core NULL): records of common/sniffed.h */
	void (*on_sniffed)(struct client *client, const struct core *core, const uint8_t *records, size_t len);
	bool awaits_end; /**< the end of the lab is what was asked for */
};

struct client {
	struct lab *lab;
	int fd; /**< -1 = free slot */
	sd_event_source *io;
	sd_event_source *timer;
	struct packet_queue queue;
	const struct client_ops *ops; /**< NULL until a request has been taken, and after the answer */
	bool answered;                /**< closes once everything has been sent */
	bool paused;                  /**< nothing is read: what was read has not been used up */
	/* wait, fault, sniff, console */
	const char *wait_for;
	const struct core *wait_core;
	uint32_t wait_epoch; /**< fault: its life */
	/* exec, start, stop, restart */
	struct agent_channel *channel;
	char *input; /**< one packet's worth of standard input that the agent does not take yet */
	size_t input_len, input_done;
	const char *verb; /**< "start" …; NULL for exec */
	char core_name[16];
	void (*then)(struct client *client); /**< start: what follows when its owner, the relay, has started the core */
	struct host_talk *talk;              /**< talk: the message on its way; NULL = none, or answered */
	/* console: bytes, sniff: messages that it has missed */
	uint64_t dropped;
};

/** The request in a first 'J' packet. */
typedef void (*client_request_fn)(struct client *client, const json_t *request);

struct control_server {
	struct lab *lab;
	client_request_fn on_request;
	int fd;
	int spare; /**< a descriptor to give up when there is no other, so that whoever calls can be told. -1 = none */
	sd_event_source *io;
	sd_event_source *rest; /**< ends a pause in listening; made beforehand, as it needs a descriptor, too */
	struct ratelimit noise;
	struct client client[CONTROL_CLIENTS];
};

/* control_server.c */

/** @param error on failure: text for people. @return AMP_EXIT_OK, AMP_EXIT_LAB_EXISTS or AMP_EXIT_ENVIRONMENT */
int amp_server_open(struct control_server *server, struct lab *lab, client_request_fn on_request, char *error,
                    size_t error_size);
/** @return true if one more request may go on for some time; false: it has been refused */
bool amp_server_may_last(struct client *client, int refusal);
/** No new connections from now on. */
void amp_server_stop_listening(struct control_server *server);
void amp_server_close(struct control_server *server);

/** Tells everyone who waits. */
void amp_server_changed(struct control_server *server);
/** Output of a core's console, or Linux's (core NULL), for those who watch it. */
void amp_server_console(struct control_server *server, const struct core *core, const uint8_t *data, size_t len);
/** @return whether anybody listens to what passes between that core and its host; NULL: to anything */
bool amp_server_is_heard(const struct control_server *server, const struct core *core);
/** Records of common/sniffed.h, for those who listen to that core; NULL: for all who listen. */
void amp_server_sniffed(struct control_server *server, const struct core *core, const uint8_t *records, size_t len);
/** That console takes input again. */
void amp_server_console_writable(struct control_server *server, const struct core *core);
/** The last processes have ended: answers "down". */
void amp_server_finish_down(struct control_server *server);

/** Sends a packet to the client. */
void amp_server_send(struct client *client, char type, const void *data, size_t len);
/** The final packet. `members` (may be NULL) is taken over; `error` is NULL or text for people. */
void amp_server_answer(struct client *client, int exit_status, json_t *members, const char *error);
/** @return whether the core's policy lets `amprelay` do all this, bits of enum amp_verb; if not, that is the answer */
bool amp_server_permits(struct client *client, struct core *core, uint32_t verbs);
/** Ends the request after that time, if it is not answered by then: `on_limit` gets the client. */
void amp_server_limit(struct client *client, uint64_t ms, sd_event_time_handler_t on_limit);
/** @param paused  stop reading, or go on */
void amp_server_pause(struct client *client, bool paused);

/* control_commands.c */

/** Begins a request: a client_request_fn. */
void amp_server_request(struct client *client, const json_t *request);

/* control_exec.c; `core` is the one that the request names, or NULL if it need not name any */

void amp_server_exec(struct client *client, struct core *core, const json_t *request);
void amp_server_life_cycle(struct client *client, struct core *core, const json_t *request);

/* control_linux.c */

/** "reboot" of common/control.h. */
void amp_server_reboot(struct client *client, struct core *core, const json_t *request);

#define RPROC_ARGV_MAX 64
/** The command that does it in Linux to the client's core. @return its length, for amp_agent_exec() */
size_t amp_server_rproc_argv(const struct client *client, const char *verb, char argv[RPROC_ARGV_MAX]);

/* control_swap.c */
void amp_server_swap(struct client *client, struct core *core, const json_t *request);

/* control_sniff.c; `core` NULL: all of them */

void amp_server_sniff(struct client *client, struct core *core, const json_t *request);

/* control_console.c; `core` NULL: Linux */

void amp_server_open_console(struct client *client, struct core *core, const json_t *request);

/* control_debug.c; `core` NULL: Linux */

void amp_server_debug(struct client *client, struct core *core, const json_t *request);

/* control_hosting.c */

/** start, stop and restart of a core whose host is the relay, or shall be. @return false: it is Linux' affair */
bool amp_server_host_life_cycle(struct client *client, struct core *core, const json_t *request);
void amp_server_talk(struct client *client, struct core *core, const json_t *request);

#endif /* AMPRELAY_RELAY_CONTROL_SERVER_H */
