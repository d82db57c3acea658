/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a program contains only if it calls a function of on_demand/.
 *
 * In a static library each file there is an object of its own. The rest of lib/rpmsg refers to it weakly, or through
 * what only such a file can have set up, so that a program which never calls its public functions is linked without.
 */
#ifndef AMP_RPMSG_ON_DEMAND_H
#define AMP_RPMSG_ON_DEMAND_H

#include "buffers.h"

/* ------------------------------------------------------------------ blocking_send.c */

/**
 * Wait for a send buffer, and take it: what amp_tx_take() does if there is none. With rdev->lock held, which is free
 * while it waits.
 * @param wait  AMP_WAIT_BRIEFLY, or any other value
 * @return as amp_tx_take(), or what the application's wait callback said
 */
int amp_tx_wait(struct rpmsg_virtio_device *rvdev, uint32_t len, int wait);

/** Those that wait look again. There are some. */
void amp_tx_wake(struct rpmsg_virtio_device *rvdev);

/* ------------------------------------------------------------------ hold.c, held.c */

/**
 * rpmsg_release_rx_buffer(), which is weak, and only another name, where no urgent messages are handed out before their
 * turn: see flow_reserve.c.
 */
void amp_rpmsg_release_rx(struct rpmsg_endpoint *ept, void *rxbuf);

/** Log what is held by an application that takes the link down; something is. */
void amp_rpmsg_report_held(const struct rpmsg_virtio_device *rvdev);

/* ------------------------------------------------------------------ reclaim.c */

/** Put a send buffer that was taken back, unsent. With rdev->lock, as the next. */
void amp_tx_untake(struct rpmsg_virtio_device *rvdev, struct rpmsg_hdr *hdr, uint32_t idx);

/**
 * Take the first of them; there is one.
 * @return 0; RPMSG_ERR_BUFF_SIZE: @p len bytes do not fit, nothing was taken; enum amp_link_reason
 */
int amp_tx_retake(struct rpmsg_virtio_device *rvdev, uint32_t len);

/* ------------------------------------------------------------------ flow_reserve.c */

/** amp_vq_look() at the queue of sends, which shows all but what is for urgent messages. */
bool amp_tx_look(struct virtqueue *vq);

/** amp_tx_take() for an urgent message: also of the buffers that are for such. With rdev->lock. */
int amp_flow_take_urgent(struct rpmsg_virtio_device *rvdev, uint32_t len);

#endif /* AMP_RPMSG_ON_DEMAND_H */
