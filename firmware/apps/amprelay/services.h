/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What this core offers to Linux. A service is a file with a struct service, and a row of the table in
 * services.c.
 *
 * The bytes of each service's messages: docs/reference/services.md. How to write one: docs/how-to/write-a-service.md.
 */
#ifndef AMP_FIRMWARE_SERVICES_H
#define AMP_FIRMWARE_SERVICES_H

#include <amprelay/hand_over.h>
#include <openamp/rpmsg.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A service. All callbacks run in the main loop. NULL for a callback that is not needed. */
struct service {
	const char *name; /**< of the channel, as announced to Linux; NULL: not announced, known by its address */
	uint32_t addr;    /**< its address here, fixed; no other row's */

	/**
	 * A message from address `src`. `data` lies in shared memory, where Linux can still change it: copy what you
	 * check. Answer with service_send().
	 */
	void (*receive)(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src);

	/** Its endpoint has been made on a link that comes up, after those of the services before it in the table. */
	void (*link_up)(struct rpmsg_endpoint *ept);

	/** The link is gone, and so is everyone who sent messages. */
	void (*link_down)(void);

	/** Once per turn of the main loop while the link is up: for what is due by time, or waits for buffers. */
	void (*turn)(struct rpmsg_endpoint *ept, uint64_t now_ms);

	/**
	 * Linux announced a channel of this name; its end there has address `peer`. Answer with service_bind(). It may
	 * announce the same one twice. NULL: no endpoint is needed, everyone may send to `addr`.
	 * @return false: there is no room for another one
	 */
	bool (*bind)(struct rpmsg_device *rdev, uint32_t peer);

	/** Linux took a channel of this name back. Nothing needs to have been bound to `peer`. */
	void (*unbind)(uint32_t peer);

	/** Another firmware is about to take over: what this service knows that the next one shall know, by
	 * amp_hand_over_put(). */
	void (*keep)(struct amp_hand_over *record);

	/**
	 * This firmware takes over: the other half, by amp_hand_over_get(). Endpoints that `bind` has made are made
	 * again, by service_take_over().
	 */
	void (*resume)(struct rpmsg_device *rdev, const struct amp_hand_over *record);
};

/**
 * Send to `dst`. Never waits: a message that finds no free buffer is dropped and counted.
 * @return RPMSG_SUCCESS, or an RPMSG_ERR_* of rpmsg_trysendto()
 */
int service_send(struct rpmsg_endpoint *ept, const void *data, size_t len, uint32_t dst);

/** As service_send(), but without a free buffer (RPMSG_ERR_NO_BUFF) nothing is counted: the caller tries again. */
int service_try_send(struct rpmsg_endpoint *ept, const void *data, size_t len, uint32_t dst);

/**
 * As service_send(), with a text before the data. What does not fit into the message behind it is left out.
 * @return how many bytes of `data` were sent, or an RPMSG_ERR_*
 */
int service_send_prefixed(struct rpmsg_endpoint *ept, const char *prefix, const void *data, size_t len, uint32_t dst);

/** Close the channel of the service, and tell Linux, until the link comes up the next time. */
void service_close(struct rpmsg_endpoint *ept);

/**
 * In `bind`: make an endpoint for a channel that Linux announced. It gets the lowest free address from
 * RPMSG_RESERVED_ADDRESSES on, and its messages go to `service->receive`. It ends with rpmsg_destroy_ept(), or with the
 * link: `ept->rdev` is NULL then.
 * @param ept  memory of the endpoint, not in use
 * @return RPMSG_SUCCESS, or RPMSG_ERR_ADDR: too many addresses are taken
 */
int service_bind(struct rpmsg_endpoint *ept, struct rpmsg_device *rdev, const struct service *service, uint32_t peer);

/** In `resume`: make the endpoint with this address as it was, if the record has it. */
void service_take_over(struct rpmsg_endpoint *ept, struct rpmsg_device *rdev, const struct service *service,
                       const struct amp_hand_over *record, uint32_t addr);

/* services.c, for link.c, handover.c and main.c */

/** The link is up: announce all services on it, now or, if there are no buffers, in a later turn. */
void services_link_up(struct rpmsg_device *rdev);

/** The link is gone: forget all endpoints. */
void services_link_down(void);

void services_turn(uint64_t now_ms);

/** Add to the record what services keep. */
void services_keep(struct amp_hand_over *record);

/**
 * The link of the record is up here: go on with its endpoints.
 * @return address of one that no service takes over; RPMSG_ADDR_ANY: there is none such
 */
uint32_t services_take_over(struct rpmsg_device *rdev, const struct amp_hand_over *record);

/** Linux announced a channel: the link's rpmsg_ns_bind_cb. `name` is anything, terminated. */
void services_bind(struct rpmsg_device *rdev, const char *name, uint32_t peer);

/** rpmsg-client-sample answers so many messages before it closes the channel, and writes a line to the journal for
 * each. */
void service_client_sample_expect(uint32_t messages);

extern const struct service service_client_sample;
extern const struct service service_command;
extern const struct service service_echo;
extern const struct service service_fixed;
extern const struct service service_hoard;
extern const struct service service_misbehave;
extern const struct service service_raw;
extern const struct service service_sink;
extern const struct service service_telemetry;
extern const struct service service_tty;
extern const struct service service_urgent;

#endif
