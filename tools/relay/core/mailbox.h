/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests of a core's driver: taken once from shared memory, checked, and given a verdict. */
#ifndef AMPRELAY_RELAY_MAILBOX_H
#define AMPRELAY_RELAY_MAILBOX_H

#include <stdbool.h>
#include <stdint.h>

#include <amprelay/wire.h>

#include "relay/base/soc_config.h"

struct mailbox {
	uint32_t taken;    /**< sequence number of the newest request seen */
	uint32_t answered; /**< … and of the one answered last; they differ while a request is under way */
	uint32_t op;       /**< enum amp_request of the newest */
};

enum mailbox_verdict {
	MAILBOX_NOTHING, /**< no new request */
	MAILBOX_ANSWER,  /**< answer at once with status and text */
	MAILBOX_RESET,   /**< power off, forget, answer */
	MAILBOX_START,   /**< power on, answer when the boot ROM has been heard */
	MAILBOX_STOP,    /**< shut down, power off, answer */
	MAILBOX_ATTACH,  /**< Linux becomes the host; answer when the core runs and its resource table has been found */
	MAILBOX_DETACH,  /**< nobody is the host any more; answer */
	MAILBOX_SUSPEND, /**< answer when the core sleeps */
	MAILBOX_RESUME,  /**< … when it has gone on */
};

struct mailbox_request {
	uint32_t op;                     /**< enum amp_request */
	uint64_t entry;                  /**< START: device address inside the firmware region, unless it is staged */
	uint32_t staged, signature_size; /**< START: bytes for the relay to load, within the firmware region; or 0 */
	char firmware[AMP_FIRMWARE_LEN]; /**< START: checked name, may be empty */
	uint32_t status;                 /**< ANSWER: enum amp_status … */
	char text[AMP_TEXT_LEN];         /**< … and why, for people */
};

/**
 * Looks whether `host`, a private copy, holds a new request. A new request takes the place of one that is still under
 * way: the driver has given that one up.
 *
 * @param state  enum amp_core_state of the core
 */
enum mailbox_verdict amp_mailbox_take(struct mailbox *box, const struct amp_host *host, uint32_t state,
                                      const struct core_config *core, struct mailbox_request *request);

/** @return true if the newest request waits for its answer. */
static inline bool amp_mailbox_open(const struct mailbox *box)
{
	return box->taken != box->answered;
}

/** @return "reset", "start", "stop", "attach", "detach", "suspend", "resume" or "unknown". */
const char *amp_request_name(uint32_t op);

#endif /* AMPRELAY_RELAY_MAILBOX_H */
