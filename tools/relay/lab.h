/* SPDX-License-Identifier: GPL-2.0-only */
/* The whole lab in one structure, and what concerns it as a whole. Internal to the relay. */
#ifndef AMPRELAY_RELAY_LAB_H
#define AMPRELAY_RELAY_LAB_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>
#include <systemd/sd-event.h>

#include "relay.h"
#include "relay/base/flight_record.h"
#include "relay/base/soc_config.h"
#include "relay/control/control_server.h"
#include "relay/core/core.h"
#include "relay/debugger.h"
#include "relay/linux/agent.h"
#include "relay/linux/share.h"
#include "relay/linux/vm.h"

struct lab {
	const struct amp_relay_options *options;
	struct soc_config soc;
	sd_event *loop;
	struct flight_record record;
	struct linux_vm vm;
	struct agent agent;
	void (*on_agent_up)(struct lab *lab); /**< it has said hello; NULL: nobody wants to know */
	struct share share;
	struct control_server control;
	struct debugger debugger;
	struct core core[SOC_MAX_CORES]; /**< soc.num_cores of them */
	uint64_t started;                /**< ns */
	bool going_down;
	int exit_status; /**< enum amp_exit, of the process */
	char down_reason[CHILD_WORDS_MAX + 80];
	sd_event_source *down_deadline;
	sd_event_source *signals[3];
	sd_event_source *terminal; /**< its hang-up … */
	sd_event_source *session;  /**< … or the end of its session's leader */
	int session_fd;            /**< pidfd of the leader; -1 = none */
};

/* lab.c */

/** Something that others wait for may have changed: a core's state, the agent, the last process's end. */
void amp_relay_changed(struct lab *lab);
/** @return the core of that name, or NULL */
struct core *amp_relay_core(struct lab *lab, const char *name);

/* down.c */

/** Begins the orderly end, once; the first reason counts. @param status enum amp_exit of the process */
void amp_relay_down(struct lab *lab, int status, const char *reason);

/* status.c */

/** Adds the members of the answer to "status" (docs/reference/status.md). */
void amp_relay_status(struct lab *lab, json_t *answer);

#endif /* AMPRELAY_RELAY_LAB_H */
