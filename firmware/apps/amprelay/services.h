/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file services.h
 * @brief What this core offers to Linux. A service is one file with a struct service, and one row of the table in
 * services.c.
 *
 * The bytes of each service's messages: docs/reference/services.md.
 */
#ifndef AMP_FIRMWARE_SERVICES_H
#define AMP_FIRMWARE_SERVICES_H

#include <openamp/rpmsg.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A service. All callbacks run in the main loop. NULL for a callback that is not needed. */
struct service {
	const char *name; /**< of the channel, as announced to Linux */
	uint32_t addr;    /**< its address here, fixed; below RPMSG_RESERVED_ADDRESSES */

	/**
	 * A message from address `src`. `data` lies in shared memory, where Linux can still change it: copy what you
	 * check. Answer with service_send().
	 */
	void (*receive)(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src);

	/** The link is gone, and with it everyone who sent messages. */
	void (*link_down)(void);

	/** Once per turn of the main loop while the link is up: for what is due by time, or waits for buffers. */
	void (*turn)(struct rpmsg_endpoint *ept, uint64_t now_ms);
};

/**
 * Send to `dst`. Never waits: a message that finds no free buffer is dropped and counted.
 * @return RPMSG_SUCCESS, or an RPMSG_ERR_* of rpmsg_trysendto()
 */
int service_send(struct rpmsg_endpoint *ept, const void *data, size_t len, uint32_t dst);

/** As service_send(), but a message that finds no free buffer (RPMSG_ERR_NO_BUFF) is not dropped: the caller tries
 * again. */
int service_try_send(struct rpmsg_endpoint *ept, const void *data, size_t len, uint32_t dst);

/* services.c, for link.c and main.c */

/** The link is up: announce all services on it, now or, for want of buffers, in a later turn. */
void services_link_up(struct rpmsg_device *rdev);

/** The link is gone: forget all endpoints. */
void services_link_down(void);

void services_turn(uint64_t now_ms);

extern const struct service service_client_sample;
extern const struct service service_echo;
extern const struct service service_command;
extern const struct service service_telemetry;

#endif
