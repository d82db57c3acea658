/* SPDX-License-Identifier: GPL-2.0-only */
/* Link to the agent in the guest: commands run there, each on a channel with windows. */
#ifndef AMPRELAY_RELAY_AGENT_H
#define AMPRELAY_RELAY_AGENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent_dump.h"
#include "agent_frame.h"
#include "relay/base/log.h"
#include "relay/base/stream.h"

struct lab;
struct agent;

#define AGENT_CHANNELS 36 /**< commands at the same time … */
#define AGENT_RESERVED 4  /**< … of which so many are kept for those that matter more than others */

/** What the owner of a channel hears. */
struct agent_channel_ops {
	/** Output of the command. Give amp_agent_passed_on() once it is with the reader. NULL: nobody reads it */
	void (*on_output)(void *userdata, bool is_error, const uint8_t *data, size_t len);
	/** amp_agent_stdin() takes more again; NULL: there is no input. */
	void (*on_window)(void *userdata);
	/** The command has ended, and the channel with it. @param status as in AMP_FRAME_EXIT; -1: the link broke */
	void (*on_exit)(void *userdata, int status);
};

struct agent_channel {
	struct agent *agent;
	uint16_t id;                         /**< 0 = free */
	const struct agent_channel_ops *ops; /**< NULL: closed by its owner, EXIT has not come yet */
	void *userdata;
	uint32_t credit;    /**< bytes of standard input that the agent takes */
	uint32_t under_way; /**< bytes of output not passed on yet */
	uint32_t owed;      /**< bytes passed on that the agent has not been told of */
};

struct agent {
	struct lab *lab;
	struct stream stream;
	struct frame_reader reader;
	bool up;
	char release[65];                 /**< which Linux it is in (uname -r), or "" before that has said so */
	char boot[AMP_AGENT_BOOT_ID + 1]; /**< which boot of it; "" before it has said so */
	uint16_t last_id;
	struct agent_dump dump;
	struct agent_channel channel[AGENT_CHANNELS];
	struct ratelimit noise; /**< of warnings and records that the guest can cause */
	struct ratelimit hellos;
	void (*on_other_boot)(struct lab *lab); /**< it answers from another boot than before, NULL: nobody asks */
};

/** @param fd our end of the port; taken over. @return 0 or a negative errno */
int amp_agent_open(struct agent *agent, struct lab *lab, int fd);
void amp_agent_close(struct agent *agent);

/** The guest closed its side of the port. */
void amp_agent_port_closed(struct agent *agent);

/**
 * Runs a command.
 *
 * @param argv     NUL-terminated strings one after the other, `len` bytes in all
 * @param matters  it may have a place that is kept: not any number of others shall stand in its way
 * @return the channel, or NULL if the agent is not up, too many commands run, or `len` is 0 or too big
 */
struct agent_channel *amp_agent_exec(struct agent *agent, const char *argv, size_t len, bool matters,
                                     const struct agent_channel_ops *ops, void *userdata);

/** Sends standard input. @return bytes taken, at most `len`; on_window tells when to go on */
size_t amp_agent_stdin(struct agent_channel *channel, const void *data, size_t len);
void amp_agent_stdin_end(struct agent_channel *channel);
void amp_agent_signal(struct agent_channel *channel, uint32_t number);
/** `len` bytes of output are with the reader. */
void amp_agent_passed_on(struct agent_channel *channel, size_t len);
/** The owner has gone: the command is killed, and no more callbacks come. */
void amp_agent_abandon(struct agent_channel *channel);

#endif /* AMPRELAY_RELAY_AGENT_H */
