/* SPDX-License-Identifier: BSD-3-Clause */
/* Telling the other side about endpoints, and hearing about its own. */
#ifndef AMP_RPMSG_NAME_SERVICE_H
#define AMP_RPMSG_NAME_SERVICE_H

#include "wire_format.h"

#include <limits.h>

/** As `wait` of a send: AMP_RPMSG_DESTROY_TIMEOUT_MS at most. */
#define AMP_WAIT_BRIEFLY INT_MIN

/** Tell the other side about @p ept, with RPMSG_NS_ACK its counterpart too, which it answers. @return as a send */
int amp_ns_announce(struct rpmsg_endpoint *ept, uint32_t flags, int wait);

/** Receives what the other side tells. */
int amp_ns_callback(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv);

#endif /* AMP_RPMSG_NAME_SERVICE_H */
