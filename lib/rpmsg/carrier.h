/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who carries messages: RPMsg over virtio, or a device of the application's own, through its operations. A build for
 * one role has the former alone. That is called directly, except by sends, which cost least through an operation.
 */
#ifndef AMP_RPMSG_CARRIER_H
#define AMP_RPMSG_CARRIER_H

#include "buffers.h"

/* The operation of each role: rpmsg.c. */
int amp_rpmsg_driver_send(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data, int len, int wait);
int amp_rpmsg_device_send(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data, int len, int wait);

/** Whether the device is the application's. */
static inline bool is_foreign(const struct rpmsg_device *rdev)
{
	return !AMP_ONE_ROLE && amp_unlikely(!rdev->carrier);
}

/** Call a function whose last argument is whether this side is the driver; inlined once for each role where that
 * counts. */
#define FOR_ROLE(rvdev, function, ...)                                              \
	(AMP_FAST ? link_is_driver(rvdev) ? (function)((rvdev), __VA_ARGS__, true)  \
	                                  : (function)((rvdev), __VA_ARGS__, false) \
	          : (function)((rvdev), __VA_ARGS__, link_is_driver(rvdev)))

#endif /* AMP_RPMSG_CARRIER_H */
