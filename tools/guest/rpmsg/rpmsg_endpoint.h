/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file rpmsg_endpoint.h
 * @brief Endpoints of our own, made by a core's control device (/dev/rpmsg_ctrlN).
 */
#ifndef AMPRELAY_GUEST_RPMSG_ENDPOINT_H
#define AMPRELAY_GUEST_RPMSG_ENDPOINT_H

#include "rpmsg_channel.h"

/** Name of the endpoints that this program makes for itself, so that it takes nobody else's. */
#define AMP_ENDPOINT_NAME "rpmsg-tool"

/**
 * Open an endpoint that sends to the channel's remote address, and receives what comes back.
 *
 * It stays in the kernel when it is closed, without an address and empty, and is used again by the next program; it
 * goes with its core. Removing it would race with the core's end, and Linux 6.1 does not survive it when an endpoint is
 * removed twice.
 *
 * @return descriptor (blocking, close-on-exec); -ENODEV: the core has gone meanwhile; -ENOSYS: kernel modules are
 *         missing ; -ENOSPC: too many;
 *         other -errno
 */
int amp_endpoint_open(const struct amp_channel *channel);

#endif
