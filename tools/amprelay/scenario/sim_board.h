/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The simulator: one core beside this process, which is its host. Both are the library, and the core is a process that
 * its loader and its remoteproc start (docs/examples/common): it dies as a process dies, and is recovered as Linux
 * recovers a core. There is no Linux, no QEMU and no relay; events are recorded as the relay records them.
 *
 * Context: one thread. Things happen in amp_sim_turn() only.
 */
#ifndef AMPRELAY_SCENARIO_SIM_BOARD_H
#define AMPRELAY_SCENARIO_SIM_BOARD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim;
struct rpmsg_endpoint;

/** Messages numbered from 0, of which up to SIM_WINDOW are under way, and what became of each. */
#define SIM_WINDOW 16

struct sim_account {
	uint32_t sent, delivered, reported; /**< reported: the link was lost before the answer came */
	uint32_t corrupted, doubled;        /**< of the answers */
};

/** @param core  its name, for log and events. @return NULL, with errno: it cannot be had */
struct sim *amp_sim_create(const char *state_dir, const char *core);
/** May be NULL. */
void amp_sim_destroy(struct sim *sim);

/** Loads and starts a core that is off. @return false: it could not be */
bool amp_sim_start(struct sim *sim);
void amp_sim_stop(struct sim *sim);
bool amp_sim_is_running(const struct sim *sim);

/** What is under way goes on. @param ms  at most so long; less if something has come */
void amp_sim_turn(struct sim *sim, int ms);

/** The core's process dies of a signal. @param kind  for the record */
void amp_sim_kill(struct sim *sim, const char *kind, int signal);
/** The record that a fault has been committed. */
void amp_sim_tell_fault(struct sim *sim, const char *kind);

/** @return has the core announced that channel? */
bool amp_sim_has_channel(const struct sim *sim, const char *channel);
/** Sends to a channel that is there. @return false: it could not be sent, and no answer will come */
bool amp_sim_send(struct sim *sim, const char *channel, const void *data, size_t len);
/** @return bytes of the answer to the last message that was sent; -1: there is none yet; -2: the link was lost; -3:
 * more than one */
int amp_sim_answer(const struct sim *sim, const uint8_t **data);

/** From now on messages go to a channel and come back. Does not stop until amp_sim_end_ledger(). */
void amp_sim_begin_ledger(struct sim *sim, const char *channel);
/** No more are sent. */
void amp_sim_end_ledger(struct sim *sim);
/** @return is any message under way? */
bool amp_sim_awaits(const struct sim *sim);
const struct sim_account *amp_sim_account(const struct sim *sim);

/** @return what `status` says of a lab, as far as it is here; a new object */
json_t *amp_sim_status(const struct sim *sim);

#endif
