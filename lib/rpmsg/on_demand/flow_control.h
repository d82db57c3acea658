/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside of flow control: the messages, and what its files ask of each other. */
#ifndef AMP_RPMSG_FLOW_CONTROL_H
#define AMP_RPMSG_FLOW_CONTROL_H

#include "../../rpmsg/buffers.h"

#include <amprelay/flow_control.h>

/** What is sent to AMP_FLOW_EPT_ADDR. The short message ends before `sent`. */
struct amp_flow_msg {
	uint32_t src;   /**< the endpoint that it is about … */
	uint32_t dst;   /**< … and its counterpart, on the receiver's side */
	uint32_t flags; /**< of enum flow_flags */
	uint32_t sent;  /**< FLOW_COUNT: messages from src to dst before this one */
	uint32_t limit; /**< FLOW_LIMIT: messages from dst to src that src takes in all */
};

#define FLOW_SHORT 12u

enum flow_flags {
	FLOW_READY = 1, /**< src takes messages; 0: stop. All that the short message has */
	FLOW_LIMIT = 2,
	FLOW_COUNT = 4,
	FLOW_ASK = 8, /**< with FLOW_COUNT: src begins anew, and asks dst for its count */
};

_Static_assert(sizeof(struct amp_flow_msg) == 20, "the long message is 20 bytes");

/** The callbacks of the endpoints, by which they are known. */
int amp_flow_receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv);
int amp_flow_control(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv);

/** @return @p ept, if it has flow control; it may be NULL */
static inline struct amp_flow_endpoint *as_flow_endpoint(struct rpmsg_endpoint *ept)
{
	return ept && ept->cb == amp_flow_receive ? metal_container_of(ept, struct amp_flow_endpoint, ept) : NULL;
}

/** The flow control of a link that prioritises; NULL: it does not. With rdev->lock. */
static inline struct amp_flow *amp_flow_of(const struct rpmsg_virtio_device *rvdev)
{
	return rvdev->rvq->priv;
}

/** Keep @p reserve send buffers for urgent messages from now on: flow_reserve.c. With rdev->lock. */
void amp_flow_reserve(struct amp_flow *flow, uint16_t reserve);

#endif /* AMP_RPMSG_FLOW_CONTROL_H */
