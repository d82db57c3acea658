/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What must hold: it sees both sides from above, and knows what neither of them can know.
 *
 * A *session* is the time from a successful rpmsg_init_vdev() of one side until it takes the link down or dies.
 * Sessions of the host and of the remote belong together in pairs; nothing may cross from one pair to another.
 */
#ifndef SIM_ORACLE_H
#define SIM_ORACLE_H

#include <amprelay/link.h>
#include <amprelay/receipts.h>
#include <sim/sim.h>

/** Messages of one stream stay in order; a side sends from its main program and from its callbacks. */
enum stream {
	STREAM_MAIN = 0,
	STREAM_ECHO = 1,
	STREAMS = 2,
};

/** Starts every payload; the rest is a pattern that depends on all of it. */
struct message {
	uint8_t from; /**< enum sim_side_id */
	uint8_t stream;
	uint16_t len;     /**< of the payload, this header included */
	uint32_t session; /**< the sender's */
	uint32_t number;  /**< in its stream */
};

/** Forget everything. */
void oracle_begin(void);

/**
 * This side receives in more than one context: in its interrupt handler, and in its sends while they wait. The handler
 * can interrupt the other between a message and its callback; order is then no promise of the library.
 */
void oracle_unordered(enum sim_side_id id);

/** While the peer is hostile, nothing that it says counts; from then on everything does. */
void oracle_trust(bool trust);
bool oracle_trusts(void);

/** A side's link is up. @return the number of the new session; from 1 */
uint32_t oracle_open(enum sim_side_id id);

/** The number of a side's latest session. */
uint32_t oracle_session(enum sim_side_id id);

/** A side has taken its link down (@p died false), or died. */
void oracle_close(enum sim_side_id id, bool died);

/** Fill in @p message, which is about to be sent. */
void oracle_sending(enum sim_side_id id, enum stream stream, struct message *message);

/** How that ended: accepted, or refused with an error. */
void oracle_sent(enum sim_side_id id, enum stream stream, bool accepted);

/** A message came. Fails the run if it should not have. */
void oracle_received(enum sim_side_id id, const struct message *message);

/** The callback for it returned. */
void oracle_handled(enum sim_side_id id, const struct message *message);

/**
 * What a core wrote last may not have reached memory when its power goes: then neither its marks are complete, and
 * receipts can say "not taken" of a message that it had begun with.
 */
void oracle_weak(bool weak);

/** The next message has a receipt. */
void oracle_has_receipt(enum sim_side_id id, enum stream stream);

/** A receipt says that this message did not come back. @p exact: all is known of
 * who took what, so an unknown one has been begun with; only the one between its mark and its callback has not. */
void oracle_receipt(enum sim_side_id id, enum stream stream, uint32_t number, enum amp_receipt_state state, bool exact);

/** That were all: the other messages with receipts were taken. */
void oracle_receipts_end(enum sim_side_id id);

/** A name came that holds the announcer's session. */
void oracle_announced(enum sim_side_id id, uint32_t peer_session);

/** The link callback of a side was called. */
void oracle_link_lost(enum sim_side_id id, int reason);

/** Both links are up and belong together, and all that was sent has arrived. */
bool oracle_complete(void);

/** Say what keeps oracle_complete() from being true. */
void oracle_explain(char *text, size_t size);

#endif /* SIM_ORACLE_H */
