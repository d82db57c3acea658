/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file link.h
 * @brief What AmpRelay adds to OpenAMP's interface for RPMsg: the state of a link, ready endpoints, time-outs, texts.
 *
 * A link is up from rpmsg_init_vdev() until rpmsg_deinit_vdev(), or until it is lost: the other side reset it, died, or
 * wrote something that cannot be true. A lost link stays lost: sends answer RPMSG_ERR_DEV_STATE, nothing is received,
 * waiting sends end at once. What the other side had published before it reset the link or died is delivered before
 * that, by the next reception or by amp_rpmsg_peer_lost(), as long as its ring stands; those callbacks already see
 * AMP_LINK_LOST, and the other side may overwrite a buffer that they hold. Then the loss is told, once, through the
 * callback set here. Take the link down and bring up a new one:
 *
 *     rpmsg_deinit_vdev(&rvdev);
 *     (device: when the driver's status is DRIVER_OK again)
 *     rpmsg_init_vdev(&rvdev, …);
 */
#ifndef AMPRELAY_LINK_H
#define AMPRELAY_LINK_H

#include <amprelay/link_reason.h>

#include <openamp/rpmsg_virtio.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Feature bit between two AmpRelay sides, offered in `dfeatures` next to VIRTIO_RPMSG_F_NS: announcements are
 * acknowledged. With it the side that announces knows its counterpart as soon as that exists; without it (Linux does
 * not accept the bit) it learns it from the first message.
 */
#define AMP_RPMSG_F_NS_ACK 16

/** State of an RPMsg device. */
enum amp_link_state {
	AMP_LINK_DOWN = 0, /**< not initialised */
	AMP_LINK_UP =
		VIRTIO_CONFIG_STATUS_DRIVER_OK, /**< stands where DRIVER_OK does: see rpmsg_virtio_device::link_ok */
	AMP_LINK_LOST = 2,                      /**< see the reason; only rpmsg_deinit_vdev() leads out */
};

/**
 * @brief Set the callback for the loss of a link.
 * @param cb   called once per loss with an enum amp_link_reason. Context: that of the call which noticed: a reception
 * or a send, in a task, a callback or an ISR. May call rpmsg_deinit_vdev(), but not bring the link up again: see "In
 * callbacks" in openamp/rpmsg.h. NULL: none
 * @param arg  handed to @p cb
 *
 * Call after rpmsg_init_vdev(), which clears it.
 */
void amp_rpmsg_set_link_cb(struct rpmsg_virtio_device *rvdev, amp_link_cb cb, void *arg);

/**
 * @brief Set the callback for endpoints that become ready: both directions can be used from here on.
 * @param cb   called each time an endpoint that was created without a counterpart learns of one, before the first
 * message is handed to it; again when one has gone (ns_unbind_cb) and the next has come. Not called for endpoints that
 * are created with a destination. NULL: none. May send, create and destroy endpoints, this one too
 * @param arg  handed to @p cb
 *
 * Call after rpmsg_init_vdev(), which clears it, and before the first rpmsg_create_ept().
 */
void amp_rpmsg_set_ready_cb(struct rpmsg_virtio_device *rvdev, amp_ept_ready_cb cb, void *arg);

/**
 * @brief How many received buffers the application holds, that is, holds without a release (a buffer that is held
 * twice counts twice). What is left at rpmsg_deinit_vdev() has leaked, and is logged as a warning. A lost link still
 * counts releases. Context: any
 */
uint32_t amp_rpmsg_held_buffers(const struct rpmsg_virtio_device *rvdev);

/** @return enum amp_link_state; AMP_LINK_DOWN for NULL. Context: any */
int amp_rpmsg_link_state(const struct rpmsg_virtio_device *rvdev);

/** @return enum amp_link_reason, why the link was lost; AMP_LINK_OK if it was not. Context: any */
int amp_rpmsg_link_reason(const struct rpmsg_virtio_device *rvdev);

/** @return one line of English without a full stop, for logs. Context: any */
const char *amp_link_reason_text(int reason);

/**
 * @brief The application knows that the other side is gone (crash report, power-off, new epoch): lose the link now.
 *
 * Waiting sends end at once. What the other side has published is delivered, then the loss is told. Does nothing if the
 * link is not up. Context: as receptions, or inside the wait callback.
 */
void amp_rpmsg_peer_lost(struct rpmsg_virtio_device *rvdev);

/**
 * @brief Set how long a send waits for a buffer.
 * @param ms  milliseconds, 0: as trysend; more than 2000000 are as many. Default AMP_RPMSG_SEND_TIMEOUT_MS.
 * rpmsg_init_vdev() sets the default. What the callbacks of messages take that a waiting send receives is not counted;
 * if the other side may refill the ring for ever, see amp_rpmsg_bound_reception()
 */
void amp_rpmsg_set_send_timeout(struct rpmsg_virtio_device *rvdev, uint32_t ms);

/**
 * @brief Bound receptions: each handles what it finds at first, a ring's worth at most, and leaves the rest.
 *
 * Without this a reception ends when nothing is there any more, which may be never if the other side refills the ring
 * as fast as it is emptied. With it, kicks that came meanwhile are used up: the application asks amp_rpmsg_more() after
 * its other work, and receives again (virtqueue_notification(), rproc_virtio_notified()) before it sleeps.
 *
 * Off after rpmsg_init_vdev(). Context: any, without a reception at the same time
 */
void amp_rpmsg_bound_reception(struct rpmsg_virtio_device *rvdev, bool bounded);

/** @return whether a reception has something to do: messages wait, or the link's end does. Context: as receptions */
bool amp_rpmsg_more(struct rpmsg_virtio_device *rvdev);

/**
 * @brief Text of an error value.
 * @param error  RPMSG_*, ERROR_V*, or 0
 * @return its name and meaning, "unknown error" for others. Context: any
 */
const char *amp_strerror(int error);

#ifdef __cplusplus
}
#endif

#endif /* AMPRELAY_LINK_H */
