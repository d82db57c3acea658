/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file rpmsg.h
 * @brief RPMsg: endpoints that exchange messages with endpoints on another core.
 *
 * A message goes from a 32-bit source address to a 32-bit destination address. An endpoint owns one local address and
 * may know the address of its counterpart. A named endpoint is announced to the other side (name service), which
 * answers by opening an endpoint for that name.
 *
 * **Context.** All functions are for task context and for the callbacks of endpoints. Those that may block say so;
 * inside a callback too a blocking send may wait, and then *other callbacks run inside it*: a callback that sends must
 * allow to be entered again. They nest to AMP_RPMSG_SEND_DEPTH, and the outermost one's time-out ends them all. Ports
 * with one context (AMP_SINGLE_CONTEXT) may call from interrupts if all calls come
 * from there.
 *
 * **In callbacks.** Those of endpoints, for binding and unbinding, ready, wait, link, release and reset may destroy any
 * endpoint, and may take the link down: rpmsg_deinit_vdev() ends it at once, as elsewhere. But the call that the
 * callback runs in has still to return, and until then
 *
 *  - the memory of the struct rpmsg_virtio_device must stay;
 *  - its virtio device stays: remoteproc_remove_virtio() and rproc_virtio_remove_vdev() do nothing, remoteproc_remove()
 *    answers -RPROC_EAGAIN;
 *  - no link can be brought up on that device: rpmsg_init_vdev() answers RPMSG_ERR_DEV_STATE.
 *
 * Elsewhere all calls on a link must have returned, and none may begin, in any thread, when it is taken down.
 *
 * **Order.** Messages from one endpoint to another arrive in the order of the sends, each once. Their callbacks run in
 * that order if one context receives: two that do (threads, or a task and an interrupt handler) each take the next
 * message, and either callback may be the first to run. A send that waits receives too.
 *
 * **Errors.** Negative RPMSG_ERR_* values; the texts are in amp_strerror() of amprelay/link.h. After the link was lost
 * (the other side reset it, died, or broke the protocol) every call answers RPMSG_ERR_DEV_STATE until
 * rpmsg_deinit_vdev() and rpmsg_init_vdev() have brought up a new one.
 */
#ifndef OPENAMP_RPMSG_H
#define OPENAMP_RPMSG_H

#include <metal/list.h>
#include <metal/mutex.h>
#include <metal/utilities.h>

#if __has_include(<assert.h>)
#include <assert.h>
#endif
#if __has_include(<stdlib.h>)
#include <stdlib.h>
#endif
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RPMSG_NAME_SIZE     32  /**< bytes of a name, the terminating NUL included */
#define RPMSG_ADDR_BMP_SIZE 128 /**< addresses that can be assigned: RPMSG_RESERVED_ADDRESSES and up */

#define RPMSG_NS_EPT_ADDR        0x35u       /**< the name service */
#define RPMSG_RESERVED_ADDRESSES 1024        /**< below: only for endpoints that ask for their address */
#define RPMSG_ADDR_ANY           0xFFFFFFFFu /**< "assign one" as a source, "not known yet" as a destination */

#define RPMSG_SUCCESS       0
#define RPMSG_ERROR_BASE    (-2000)
#define RPMSG_ERR_NO_MEM    (RPMSG_ERROR_BASE - 1) /**< no memory, or no free address */
#define RPMSG_ERR_NO_BUFF   (RPMSG_ERROR_BASE - 2) /**< no buffer free (at once, or within the time-out) */
#define RPMSG_ERR_PARAM     (RPMSG_ERROR_BASE - 3) /**< an argument that makes no sense */
#define RPMSG_ERR_DEV_STATE (RPMSG_ERROR_BASE - 4) /**< the link is not up: lost, or not ready yet */
#define RPMSG_ERR_BUFF_SIZE (RPMSG_ERROR_BASE - 5) /**< the message does not fit into a buffer */
#define RPMSG_ERR_INIT      (RPMSG_ERROR_BASE - 6) /**< the device could not be set up */
#define RPMSG_ERR_ADDR      (RPMSG_ERROR_BASE - 7) /**< address in use, or no destination known */
#define RPMSG_ERR_PERM      (RPMSG_ERROR_BASE - 8) /**< not allowed */
#define RPMSG_EOPNOTSUPP    (RPMSG_ERROR_BASE - 9) /**< this device has no such operation */

struct rpmsg_endpoint;
struct rpmsg_device;

/**
 * @brief A message arrived.
 * @param ept   endpoint that it is for
 * @param data  payload, in shared memory: valid until the return, or, after rpmsg_hold_rx_buffer(), until
 *              rpmsg_release_rx_buffer(). The other side can still change it: copy what is checked before it is used
 * @param len   bytes of payload, checked against the buffer
 * @param src   sender's address
 * @param priv  the endpoint's `priv`
 * @return ignored, by convention RPMSG_SUCCESS
 *
 * Context: that of the reception (rproc_virtio_notified(), virtqueue_notification()), or inside a waiting send. May
 * send, create and destroy endpoints, this one too, and take the link down: see "In callbacks" above.
 */
typedef int (*rpmsg_ept_cb)(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv);

/** The counterpart of @p ept has gone; its destination is RPMSG_ADDR_ANY again. Context: as rpmsg_ept_cb. */
typedef void (*rpmsg_ns_unbind_cb)(struct rpmsg_endpoint *ept);

/** Nothing uses @p ept any more; its memory may go. Context: that of the last user, without a lock.
 * See "In callbacks". */
typedef void (*rpmsg_ept_release_cb)(struct rpmsg_endpoint *ept);

/**
 * A name was announced for which there is no endpoint yet. @p name is a checked copy, valid until the return; @p dest
 * is the announced address. Usually answers with rpmsg_create_ept(…, name, RPMSG_ADDR_ANY, dest, …). Context: as
 * rpmsg_ept_cb.
 */
typedef void (*rpmsg_ns_bind_cb)(struct rpmsg_device *rdev, const char *name, uint32_t dest);

/**
 * An endpoint without a counterpart got one: from an announcement, an acknowledgement, or its first message, before the
 * callback for that. See amp_rpmsg_set_ready_cb() in amprelay/link.h. Context: as rpmsg_ept_cb.
 */
typedef void (*amp_ept_ready_cb)(struct rpmsg_endpoint *ept, void *arg);

/** An end of a conversation. The memory is the application's; members from `node` on are the library's. */
struct rpmsg_endpoint {
	char name[RPMSG_NAME_SIZE];      /**< empty: not announced */
	struct rpmsg_device *rdev;       /**< NULL after the endpoint or the device is gone */
	uint32_t addr;                   /**< local address */
	uint32_t dest_addr;              /**< counterpart; RPMSG_ADDR_ANY: not known yet */
	uint32_t refcnt;                 /**< users: the device, and each callback that runs */
	rpmsg_ept_release_cb release_cb; /**< may be NULL; may be set after rpmsg_create_ept() */
	rpmsg_ept_cb cb;
	rpmsg_ns_unbind_cb ns_unbind_cb; /**< may be NULL */
	struct metal_list node;
	void *priv;                      /**< application's; handed to cb */
	struct rpmsg_endpoint *child[4]; /**< look-up by address: see lib/rpmsg/endpoints.c */
	struct rpmsg_device *home;       /**< takes buffers back, also when the endpoint is gone and `rdev` NULL */
};

/**
 * What carries the messages of a device of the application's own; of these, send_offchannel_raw must be there, another
 * that is NULL is not supported. RPMsg over virtio is called directly, but for sends. A build for one role carries
 * messages over virtio only, and looks at none.
 */
struct rpmsg_device_ops {
	int (*send_offchannel_raw)(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data, int len,
	                           int wait);
	void (*hold_rx_buffer)(struct rpmsg_device *rdev, void *rxbuf);
	void (*release_rx_buffer)(struct rpmsg_device *rdev, void *rxbuf);
	void *(*get_tx_payload_buffer)(struct rpmsg_device *rdev, uint32_t *len, int wait);
	int (*send_offchannel_nocopy)(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data, int len);
	int (*release_tx_buffer)(struct rpmsg_device *rdev, void *txbuf);
	int (*get_rx_buffer_size)(struct rpmsg_device *rdev);
	int (*get_tx_buffer_size)(struct rpmsg_device *rdev);
};

/** Endpoints on one link. First what messages need: a small core reaches it with short instructions. */
struct rpmsg_device {
	struct rpmsg_endpoint *by_addr; /**< root of the look-up */
	bool closed;                    /**< goes down, or is down: no endpoint is created any more */
	bool support_ns_ack;            /**< both sides acknowledge announcements */
	uint16_t next_addr;             /**< where the search for a free address begins: they are reused late */
	amp_ept_ready_cb ready_cb;      /**< may be NULL */
	void *ready_arg;
	struct metal_list endpoints;
	struct rpmsg_endpoint ns_ept;
	unsigned long bitmap[metal_bitmap_longs(RPMSG_ADDR_BMP_SIZE)]; /**< unused: the look-up knows which are taken */
	unsigned int bitnext;                                          /**< unused, as bitmap: next_addr */
	metal_mutex_t lock;                                            /**< endpoints and queues */
	rpmsg_ns_bind_cb ns_bind_cb;                                   /**< may be NULL */
	rpmsg_ns_bind_cb ns_unbind_cb; /**< an announced name went; may be NULL; may be set after rpmsg_init_vdev() */
	struct rpmsg_device_ops ops;   /**< unused in a build for one role */
	bool support_ns;               /**< both sides have the name service */
	uint8_t carrier;               /**< 0: by `ops`; else RPMsg over virtio, VIRTIO_DEV_* of its role + 1 */
};

/* ------------------------------------------------------------------ endpoints: create_ept.c */

/**
 * @brief Create an endpoint, and announce it if it has a name, the device has a name service, and @p dest is not known.
 * If @p dest is known, the other side's announcement is acknowledged instead, where both sides do that
 * (AMP_RPMSG_F_NS_ACK), if a buffer is free.
 *
 * @param ept           memory of the endpoint, not in use: of one that was destroyed, from its release callback on;
 * contents do not matter, except that `priv` and `release_cb` stay
 * @param rdev          device
 * @param name          up to RPMSG_NAME_SIZE - 1 bytes (a longer one is cut), copied; NULL or "": no name
 * @param src           local address, RPMSG_ADDR_ANY: assign one
 * @param dest          counterpart's address, RPMSG_ADDR_ANY: learnt from its first message or announcement
 * @param cb            called for each message
 * @param ns_unbind_cb  called when the counterpart goes; may be NULL
 * @return RPMSG_SUCCESS; RPMSG_ERR_PARAM (ept, rdev or cb is NULL, or ept is an endpoint of rdev, which stays as it
 * is); RPMSG_ERR_ADDR (src is in use); RPMSG_ERR_NO_MEM (no free address); RPMSG_ERR_DEV_STATE (the link goes down, or
 * is); or an error of the announcement (link lost, no buffer): then the endpoint is gone again, release_cb included
 *
 * Blocks: up to the send time-out, if it is announced.
 */
int rpmsg_create_ept(struct rpmsg_endpoint *ept, struct rpmsg_device *rdev, const char *name, uint32_t src,
                     uint32_t dest, rpmsg_ept_cb cb, rpmsg_ns_unbind_cb ns_unbind_cb);

/**
 * @brief Take the endpoint away, and say so to the other side if it has a name.
 *
 * After the return no new callback starts. One that runs (this may be called from it) goes on; release_cb is called
 * when none does. NULL, and an endpoint that is already gone, are allowed. Blocks, if it has a name and no send buffer
 * is free: up to AMP_RPMSG_DESTROY_TIMEOUT_MS, or the send time-out if that is shorter; then the other side does not
 * hear of it. Buffers that it holds or has taken are still the application's: rpmsg_release_rx_buffer(),
 * rpmsg_release_tx_buffer() take them back as long as the link is not taken down, and this memory is there.
 */
void rpmsg_destroy_ept(struct rpmsg_endpoint *ept);

/** @return 1 if the endpoint exists and knows its counterpart. Context: any, while others create and destroy it */
unsigned int is_rpmsg_ept_ready(struct rpmsg_endpoint *ept);

/* ------------------------------------------------------------------ messages: rpmsg.c, on_demand/blocking_send.c */

/**
 * @brief Send a message: the base of all copying sends.
 *
 * @param ept   endpoint whose device carries it
 * @param src   source address, not RPMSG_ADDR_ANY
 * @param dst   destination address, not RPMSG_ADDR_ANY
 * @param data  payload, copied before the return
 * @param len   bytes, 0 … 65535, and no more than rpmsg_get_tx_buffer_size()
 * @param wait  nonzero: wait for a buffer, up to the send time-out (amp_rpmsg_set_send_timeout()), and inside of
 * another send that waits no longer than that
 * @return bytes sent (@p len); RPMSG_ERR_PARAM (ept or data NULL, len negative); RPMSG_ERR_ADDR (an address is
 * RPMSG_ADDR_ANY); RPMSG_ERR_BUFF_SIZE (nothing was sent); RPMSG_ERR_NO_BUFF; RPMSG_ERR_DEV_STATE
 */
int rpmsg_send_offchannel_raw(struct rpmsg_endpoint *ept, uint32_t src, uint32_t dst, const void *data, int len,
                              int wait);

/**
 * What the functions below are made of: rpmsg_send_offchannel_raw(), which waits only in a program that contains
 * waiting, because it calls a function that blocks. One that only tries is smaller.
 */
int amp_rpmsg_send(struct rpmsg_endpoint *ept, uint32_t src, uint32_t dst, const void *data, int len, int wait);

/** The address of @p ept, while another context creates or destroys it. */
static inline uint32_t amp_ept_addr(const struct rpmsg_endpoint *ept)
{
	return __atomic_load_n(&ept->addr, __ATOMIC_RELAXED);
}

/** The address of its counterpart, while another context learns of it. */
static inline uint32_t amp_ept_dest(const struct rpmsg_endpoint *ept)
{
	return __atomic_load_n(&ept->dest_addr, __ATOMIC_RELAXED);
}

/** Send from the endpoint to its counterpart. Blocks. See rpmsg_send_offchannel_raw(). */
static inline int rpmsg_send(struct rpmsg_endpoint *ept, const void *data, int len)
{
	return ept ? rpmsg_send_offchannel_raw(ept, amp_ept_addr(ept), amp_ept_dest(ept), data, len, true)
	           : RPMSG_ERR_PARAM;
}

/** Send from the endpoint to @p dst. Blocks. */
static inline int rpmsg_sendto(struct rpmsg_endpoint *ept, const void *data, int len, uint32_t dst)
{
	return ept ? rpmsg_send_offchannel_raw(ept, amp_ept_addr(ept), dst, data, len, true) : RPMSG_ERR_PARAM;
}

/** Send from @p src to @p dst. Blocks. */
static inline int rpmsg_send_offchannel(struct rpmsg_endpoint *ept, uint32_t src, uint32_t dst, const void *data,
                                        int len)
{
	return rpmsg_send_offchannel_raw(ept, src, dst, data, len, true);
}

/** Like rpmsg_send(), RPMSG_ERR_NO_BUFF instead of waiting. */
static inline int rpmsg_trysend(struct rpmsg_endpoint *ept, const void *data, int len)
{
	return ept ? amp_rpmsg_send(ept, amp_ept_addr(ept), amp_ept_dest(ept), data, len, false) : RPMSG_ERR_PARAM;
}

/** Like rpmsg_sendto(), RPMSG_ERR_NO_BUFF instead of waiting. */
static inline int rpmsg_trysendto(struct rpmsg_endpoint *ept, const void *data, int len, uint32_t dst)
{
	return ept ? amp_rpmsg_send(ept, amp_ept_addr(ept), dst, data, len, false) : RPMSG_ERR_PARAM;
}

/** Like rpmsg_send_offchannel(), RPMSG_ERR_NO_BUFF instead of waiting. */
static inline int rpmsg_trysend_offchannel(struct rpmsg_endpoint *ept, uint32_t src, uint32_t dst, const void *data,
                                           int len)
{
	return amp_rpmsg_send(ept, src, dst, data, len, false);
}

/* ------------------------------------------------------------------ sizes: on_demand/buffer_size.c */

/** @return largest payload that can be sent, in bytes, 65535 at most, or a negative error */
int rpmsg_get_tx_buffer_size(struct rpmsg_endpoint *ept);

/** @return largest payload that can be received, in bytes, 65535 at most, or a negative error */
int rpmsg_get_rx_buffer_size(struct rpmsg_endpoint *ept);

/* ------------------------------------------------------------------ messages without a copy: on_demand/nocopy.c,
 * hold.c */

/**
 * @brief Keep a received buffer after the callback's return. Each hold needs a release.
 * @param rxbuf  the `data` of a callback
 */
void rpmsg_hold_rx_buffer(struct rpmsg_endpoint *ept, void *rxbuf);

/**
 * @brief Give a held buffer back. A held buffer lost is one fewer for the other side to send with.
 *
 * @p ept may be destroyed meanwhile, its memory being there still; any other endpoint of the link will do as well.
 * After rpmsg_deinit_vdev() there is nothing to give back, and this must not be called for an endpoint that was
 * destroyed before.
 */
void rpmsg_release_rx_buffer(struct rpmsg_endpoint *ept, void *rxbuf);

/**
 * @brief Get a buffer to write a message into.
 * @param len   room for payload, in bytes
 * @param wait  nonzero: wait for one, up to the send time-out
 * @return where the payload goes, in shared memory, or NULL. Owns: the caller's, until it is sent or
 *         rpmsg_release_tx_buffer()
 */
void *rpmsg_get_tx_payload_buffer(struct rpmsg_endpoint *ept, uint32_t *len, int wait);

/** The same, which waits only in a program that contains the waiting: that of a constant 0 does not bring it there. */
void *amp_rpmsg_get_tx(struct rpmsg_endpoint *ept, uint32_t *len, int wait);

#define rpmsg_get_tx_payload_buffer(ept, len, wait)                            \
	(__builtin_constant_p(wait) && !(wait) ? amp_rpmsg_get_tx(ept, len, 0) \
	                                       : rpmsg_get_tx_payload_buffer(ept, len, wait))

/**
 * @brief Send a buffer of rpmsg_get_tx_payload_buffer().
 * @return bytes sent (@p len), or a negative error: the buffer is still the caller's then
 */
int rpmsg_send_offchannel_nocopy(struct rpmsg_endpoint *ept, uint32_t src, uint32_t dst, const void *data, int len);

/** Send a buffer from the endpoint to @p dst. See rpmsg_send_offchannel_nocopy(). */
static inline int rpmsg_sendto_nocopy(struct rpmsg_endpoint *ept, const void *data, int len, uint32_t dst)
{
	return ept ? rpmsg_send_offchannel_nocopy(ept, amp_ept_addr(ept), dst, data, len) : RPMSG_ERR_PARAM;
}

/** Send a buffer from the endpoint to its counterpart. See rpmsg_send_offchannel_nocopy(). */
static inline int rpmsg_send_nocopy(struct rpmsg_endpoint *ept, const void *data, int len)
{
	return ept ? rpmsg_send_offchannel_nocopy(ept, amp_ept_addr(ept), amp_ept_dest(ept), data, len)
	           : RPMSG_ERR_PARAM;
}

/**
 * Give back a buffer of rpmsg_get_tx_payload_buffer() unsent; after the endpoint's end as rpmsg_release_rx_buffer().
 * @return RPMSG_SUCCESS; RPMSG_ERR_PARAM (NULL, or no such buffer); RPMSG_ERR_DEV_STATE (lost, or no link any more)
 */
int rpmsg_release_tx_buffer(struct rpmsg_endpoint *ept, void *txbuf);

#ifdef __cplusplus
}
#endif

#endif /* OPENAMP_RPMSG_H */
