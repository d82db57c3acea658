/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who carries messages: RPMsg over virtio, which is called directly, or a device of the application's own, through its
 * operations. A build for one role has the former alone.
 */
#ifndef AMP_RPMSG_CARRIER_H
#define AMP_RPMSG_CARRIER_H

#include "buffers.h"

/** Whether the device is the application's: it has operations, of which one at least sends. */
static inline bool is_foreign(const struct rpmsg_device *rdev)
{
	return !AMP_ONE_ROLE && amp_unlikely(rdev->ops.send_offchannel_raw);
}

/** Call a function whose last argument is whether this side is the driver; inlined once for each role where that
 * counts. */
#define FOR_ROLE(rvdev, function, ...)                                              \
	(AMP_FAST ? link_is_driver(rvdev) ? (function)((rvdev), __VA_ARGS__, true)  \
	                                  : (function)((rvdev), __VA_ARGS__, false) \
	          : (function)((rvdev), __VA_ARGS__, link_is_driver(rvdev)))

#endif /* AMP_RPMSG_CARRIER_H */
