/* SPDX-License-Identifier: GPL-2.0-only */
/* The user's folder that Linux sees at /share (up --share), and what became of the scripts in it. */
#ifndef AMPRELAY_RELAY_SHARE_H
#define AMPRELAY_RELAY_SHARE_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

struct lab;
struct agent_channel;

#define SHARE_SCRIPTS 32
#define SHARE_NAME    64

struct share {
	struct lab *lab;
	struct agent_channel *channel; /**< the guest runs them; NULL: it does not */
	bool done;                     /**< all have ended, or there is nothing to run */
	bool fresh;                    /**< nothing has come of this run yet */
	char failure[128];             /**< why the folder cannot be used, or "" */
	char line[128];
	size_t fill;
	struct {
		char name[SHARE_NAME];
		int status;
	} script[SHARE_SCRIPTS];
	uint32_t scripts;
};

/** The first call. Scripts run whenever Linux' agent comes up in a Linux that has not run them. */
void amp_share_prepare(struct share *share, struct lab *lab);

/** @return for `status`, null if no folder is shared */
json_t *amp_share_status(const struct lab *lab);

#endif /* AMPRELAY_RELAY_SHARE_H */
