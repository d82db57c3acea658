/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Linux's own core dumps, on their way from the guest's agent to files.
 *
 * The guest gets no folder to write to: what it could make there (links, files that run as their owner, any amount of
 * data) is no business of the machine that the lab runs on. It hands over bytes; their name, number and most bytes are
 * the relay's.
 */
#ifndef AMPRELAY_RELAY_AGENT_DUMP_H
#define AMPRELAY_RELAY_AGENT_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct agent;
struct core;

/** The dump that is under way. */
struct agent_dump {
	struct core *core; /**< NULL: none, or of a core that this lab does not have */
	int fd;            /**< -1: none, or it has gone wrong */
	uint32_t epoch;    /**< the life that it is of */
	size_t size;
};

/** Makes the structure safe to abandon; the first call. */
void amp_dump_prepare(struct agent_dump *dump);
/** A dump begins. An earlier one that has not ended is abandoned. @param name  `len` bytes from the guest */
void amp_dump_begin(struct agent *agent, const void *name, size_t len);
/** The next bytes of it. */
void amp_dump_data(struct agent *agent, const void *data, size_t len);
/** It is complete, or Linux could not give more. @param err  0 or Linux's errno */
void amp_dump_end(struct agent *agent, uint32_t err);
/** No more comes: what there is of it is removed. */
void amp_dump_abandon(struct agent *agent);

#endif /* AMPRELAY_RELAY_AGENT_DUMP_H */
