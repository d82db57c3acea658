/* SPDX-License-Identifier: BSD-3-Clause */
/* What stands in a message buffer: see WIRE.md. */
#ifndef AMP_RPMSG_WIRE_FORMAT_H
#define AMP_RPMSG_WIRE_FORMAT_H

#include <openamp/rpmsg.h>

#include <stdint.h>

/** Starts every message. */
struct rpmsg_hdr {
	uint32_t src;
	uint32_t dst;
	uint32_t reserved; /**< sent as 0; while this side has the buffer: its mark, see buffers.h */
	union {
		struct {
			uint16_t len;   /**< bytes of payload behind the header */
			uint16_t flags; /**< 0 */
		};
		uint32_t len_flags; /**< both, to be written as one word */
	};
};

/** The largest payload there is, whatever the buffer: the length in its header has 16 bits. */
#define MAX_PAYLOAD UINT16_MAX

/** What is sent to RPMSG_NS_EPT_ADDR. */
struct rpmsg_ns_msg {
	char name[RPMSG_NAME_SIZE];
	uint32_t addr;  /**< of the endpoint that it is about */
	uint32_t flags; /**< enum rpmsg_ns_flags */
};

/**
 * An acknowledgement, with AMP_RPMSG_F_NS_ACK: from the endpoint that answers an announcement, and about itself. Who
 * accepted the bit without knowing it drops a message of this length, or takes it for the announcement of an endpoint
 * that it can talk to.
 */
struct rpmsg_ns_ack {
	struct rpmsg_ns_msg ns;
	uint32_t answered; /**< the announced address */
};

enum rpmsg_ns_flags {
	RPMSG_NS_CREATE = 0,
	RPMSG_NS_DESTROY = 1, /**< bit 0 */
	RPMSG_NS_ACK = 2,     /**< in struct rpmsg_ns_ack */
};

_Static_assert(sizeof(struct rpmsg_hdr) == 16, "RPMsg header is 16 bytes");
_Static_assert(sizeof(struct rpmsg_ns_msg) == 40, "name service message is 40 bytes");
_Static_assert(sizeof(struct rpmsg_ns_ack) == 44, "an acknowledgement is longer");

#endif /* AMP_RPMSG_WIRE_FORMAT_H */
