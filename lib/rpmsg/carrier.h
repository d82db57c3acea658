/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How RPMsg over virtio is called: through the table of its device, beside which an application may have devices of its
 * own; or, in a build for one role, which has one carrier, directly.
 */
#ifndef AMP_RPMSG_CARRIER_H
#define AMP_RPMSG_CARRIER_H

#include "../virtio/device.h"

#include <openamp/rpmsg.h>

/* Where it counts, the driver's and the device's are different functions: the compiler knows the role. Each is in the
 * file of the public function that it is for. */
int amp_rpmsg_driver_send(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data, int len, int wait);
void *amp_rpmsg_driver_get_tx(struct rpmsg_device *rdev, uint32_t *len, int wait);
int amp_rpmsg_driver_send_nocopy(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data, int len);
void amp_rpmsg_driver_hold_rx(struct rpmsg_device *rdev, void *rxbuf);
void amp_rpmsg_driver_release_rx(struct rpmsg_device *rdev, void *rxbuf);

int amp_rpmsg_device_send(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data, int len, int wait);
void *amp_rpmsg_device_get_tx(struct rpmsg_device *rdev, uint32_t *len, int wait);
int amp_rpmsg_device_send_nocopy(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data, int len);
void amp_rpmsg_device_hold_rx(struct rpmsg_device *rdev, void *rxbuf);
void amp_rpmsg_device_release_rx(struct rpmsg_device *rdev, void *rxbuf);

int amp_rpmsg_release_tx(struct rpmsg_device *rdev, void *txbuf);

#if AMP_ONE_ROLE
#define CARRIER_HAS(rdev, op)       true
#define CARRIER(rdev, op, function) (function)
#else
#define CARRIER_HAS(rdev, op)       ((rdev)->ops.op != NULL)
#define CARRIER(rdev, op, function) ((rdev)->ops.op)
#endif

/* The one that a build for one role has. */
#if AMP_WITH_VIRTIO_DRIVER
#define ROLE(function) amp_rpmsg_driver_##function
#else
#define ROLE(function) amp_rpmsg_device_##function
#endif

#endif /* AMP_RPMSG_CARRIER_H */
