/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file flow_control.h
 * @brief A slow receiver stops its sender and nobody else; an urgent message waits for nobody.
 *
 * All endpoints of a link share its buffers. Where one receiver is slow, or one sender fast, the others wait. With what
 * is here an endpoint has
 *
 *  - **credits**: its counterpart sends no more messages than it takes. Without a credit a send waits, or answers
 *    RPMSG_ERR_NO_BUFF; sends from other endpoints go on;
 *  - **a share of the receive buffers** to hold: what it holds beyond that is refused, so others always have some;
 *  - **stop and ready**: rpmsg_set_flow_control(), which Linux has by that name;
 *  - **priority**: an urgent endpoint finds a send buffer when the others find none, and its messages are handed out
 *    before those that came earlier.
 *
 *     static struct amp_flow flow;
 *     static struct amp_flow_endpoint ept;
 *     static const struct amp_flow_config config = {.window = 8, .hold = 4};
 *
 *     (driver: amp_flow_accept(vdev), before rpmsg_init_vdev(); device: 1u << AMP_RPMSG_F_FLOW in `dfeatures`)
 *     amp_flow_open(&flow, &rvdev, 16);                               (after rpmsg_init_vdev())
 *     amp_flow_prioritise(&flow, 2);                                  (only if some endpoint is urgent)
 *     amp_flow_create_ept(&flow, &ept, "bulk", …, receive, NULL, &config); (in place of rpmsg_create_ept())
 *     amp_flow_send(&ept, data, len);                                 (in place of rpmsg_send())
 *
 * **A peer that knows nothing of it** does not accept the feature, or does not offer it, and is served as before: no
 * message of flow control is sent to it, and nothing is counted. Shares and priorities are this side's own, and hold
 * with any peer. Of a peer that accepts every bit, and knows nothing of it, each endpoint here asks once; that message
 * finds nobody there.
 *
 * **Who counts.** The receiver says up to which message it takes, the sender counts what it sends; both begin with what
 * the sender tells in the order of its messages (WIRE.md has the bytes). Until its counterpart has said so, an endpoint
 * sends without a limit. What was agreed is over with the link, with the endpoint, and when its counterpart begins
 * anew. A limit that cannot be is refused, and counted: see amp_flow_refused().
 *
 * **Cost.** A program that calls none of this contains none of it, and its messages cost what they did.
 */
#ifndef AMPRELAY_FLOW_CONTROL_H
#define AMPRELAY_FLOW_CONTROL_H

#include <openamp/rpmsg_virtio.h>

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Feature bit between two AmpRelay sides: both know the messages to AMP_FLOW_EPT_ADDR. */
#define AMP_RPMSG_F_FLOW 17

/** The address of flow control, on each side. */
#define AMP_FLOW_EPT_ADDR 0x36u

/** The most messages that a receiver takes ahead: `window` of struct amp_flow_config. */
#define AMP_FLOW_WINDOW_MAX 32768u

/** How many urgent messages can have been handed out before earlier ones of other endpoints, at any time. */
#ifndef AMP_FLOW_AHEAD
#define AMP_FLOW_AHEAD 16
#endif

/** Result of an endpoint's callback: the message is kept. It counts as received only with amp_flow_done(). */
#define AMP_FLOW_LATER 1

/** Flags of struct amp_flow_config. */
enum amp_flow_flags {
	AMP_FLOW_URGENT = 1, /**< see amp_flow_prioritise() */
};

/** What an endpoint asks for. */
struct amp_flow_config {
	uint16_t window; /**< messages that it takes ahead, up to AMP_FLOW_WINDOW_MAX; 0: any number, nothing is said */
	uint16_t hold;   /**< receive buffers that it may hold at a time, see amp_flow_hold() */
	uint32_t flags;  /**< enum amp_flow_flags */
};

struct amp_flow_endpoint;

/**
 * The counterpart's state has changed.
 * @param may_send  false: a send would find no credit now, or has to wait for "ready"
 *
 * Context: as rpmsg_ept_cb. May send, also on this endpoint.
 */
typedef void (*amp_flow_cb)(struct amp_flow_endpoint *fept, bool may_send);

/** A message that was handed out before its turn. */
struct amp_flow_ahead {
	struct amp_buffer buf;
	uint16_t at; /**< its place in the ring */
};

/** Flow control on one link. The memory is the application's, the members are the library's. */
struct amp_flow {
	struct rpmsg_endpoint ept; /**< at AMP_FLOW_EPT_ADDR */
	struct rpmsg_virtio_device *rvdev;
	uint32_t refused;    /**< see amp_flow_refused() */
	uint32_t shared_out; /**< receive buffers that endpoints may hold … */
	uint32_t to_share;   /**< … and how many there are to hold */
	uint32_t base;       /**< where the next count begins */
	bool negotiated;     /**< both sides know flow control */
	bool due;            /**< something could not be said for want of a buffer */
	/* amp_flow_prioritise() */
	uint16_t reserve;                            /**< send buffers for urgent messages */
	uint16_t stash, stash_head;                  /**< those of them that a driver has never sent */
	uint16_t looked;                             /**< up to where the ring was looked at for urgent messages */
	uint16_t first_ahead, num_ahead;             /**< in the next: a queue */
	struct amp_flow_ahead ahead[AMP_FLOW_AHEAD]; /**< those whose turn has not come */
};

/**
 * An endpoint with flow control. The memory is the application's; of the members, `ept.priv`, `ept.release_cb` and
 * `changed` are too, and are set before it is created.
 */
struct amp_flow_endpoint {
	struct rpmsg_endpoint ept;
	amp_flow_cb changed; /**< may be NULL */
	/* The library's from here on. */
	struct amp_flow *flow;
	rpmsg_ept_cb cb;
	struct amp_flow_config config;
	uint32_t peer;     /**< the counterpart that the rest is about */
	uint32_t sent;     /**< messages to it … */
	uint32_t limit;    /**< … and how many it takes in all, if it is `limited` */
	uint32_t received; /**< messages from it, if they are `counted` … */
	uint32_t kept;     /**< … those of them that the application has not done with … */
	uint32_t told;     /**< … and how many it was told that this side takes in all */
	uint16_t held;     /**< receive buffers */
	uint8_t due;       /**< what it has to be told */
	bool limited, counted;
	bool stopped, paused; /**< by it; by this side */
	bool gone;            /**< destroyed */
};

/**
 * @brief Driver: accept the feature, if the device offers it. Call before rpmsg_init_vdev(), and after
 * amp_rpmsg_negotiate_buffers().
 * @return RPMSG_SUCCESS, also if it is not offered; RPMSG_ERR_PARAM (NULL, or the device's role); RPMSG_ERR_DEV_STATE
 * (the device is in use). Context: task
 */
int amp_flow_accept(struct virtio_device *vdev);

/**
 * @brief Begin flow control on a link. After each rpmsg_init_vdev() anew, before there are messages.
 * @param flow    memory for it; must stay until rpmsg_deinit_vdev()
 * @param rvdev   link that is up
 * @param others  receive buffers that nobody holds: what is left for messages when all endpoints hold what they may. At
 * least 1, less than the ring has descriptors
 * @return RPMSG_SUCCESS, also if the other side knows nothing of it; RPMSG_ERR_PARAM; RPMSG_ERR_DEV_STATE (the link is
 * not up); RPMSG_ERR_ADDR (something is at AMP_FLOW_EPT_ADDR already)
 *
 * A pool that is too small for as many buffers as the ring has descriptors: @p others has to be that much larger.
 */
int amp_flow_open(struct amp_flow *flow, struct rpmsg_virtio_device *rvdev, uint32_t others);

/**
 * @brief rpmsg_create_ept(), with flow control towards the counterpart.
 * @param fept    memory, not in use: see rpmsg_create_ept()
 * @param cb      called for each message. What it returns counts: RPMSG_SUCCESS (the message is done with), or
 * AMP_FLOW_LATER
 * @param config  copied
 * @return as rpmsg_create_ept(); RPMSG_ERR_PARAM also for a window that is too large, and flags that there are none of;
 * RPMSG_ERR_NO_BUFF also if not so many receive buffers are left to be held
 */
int amp_flow_create_ept(struct amp_flow *flow, struct amp_flow_endpoint *fept, const char *name, uint32_t src,
                        uint32_t dest, rpmsg_ept_cb cb, rpmsg_ns_unbind_cb ns_unbind_cb,
                        const struct amp_flow_config *config);

/** rpmsg_destroy_ept(), and its share of the receive buffers is free for others, once it has released what it holds. */
void amp_flow_destroy_ept(struct amp_flow_endpoint *fept);

/**
 * @brief Send to the counterpart, as far as it takes messages. Messages that are sent otherwise are not counted: from
 * such an endpoint use this alone.
 * @param wait  true: wait for a credit, and for a buffer, up to the send time-out. Messages are received meanwhile
 * @return as rpmsg_send_offchannel_raw(); RPMSG_ERR_NO_BUFF also if the counterpart takes none now
 */
int amp_flow_send_raw(struct amp_flow_endpoint *fept, const void *data, int len, bool wait);

/** Like rpmsg_send(). Blocks. See amp_flow_send_raw(). */
static inline int amp_flow_send(struct amp_flow_endpoint *fept, const void *data, int len)
{
	return amp_flow_send_raw(fept, data, len, true);
}

/** Like rpmsg_trysend(). See amp_flow_send_raw(). */
static inline int amp_flow_trysend(struct amp_flow_endpoint *fept, const void *data, int len)
{
	return amp_flow_send_raw(fept, data, len, false);
}

/**
 * @return how many messages the counterpart takes now: 0 also if it has said "stop"; UINT32_MAX: it has set no limit.
 * Context: any
 */
uint32_t amp_flow_credit(struct amp_flow_endpoint *fept);

/** The application has done with @p count messages that it had kept (AMP_FLOW_LATER). More than there are: all.
 * Context: as a send */
void amp_flow_done(struct amp_flow_endpoint *fept, uint32_t count);

/**
 * @brief rpmsg_hold_rx_buffer(), within the endpoint's share. Until amp_flow_release() the message counts as kept, also
 * if the callback returns RPMSG_SUCCESS.
 * @return RPMSG_SUCCESS; RPMSG_ERR_NO_BUFF: it holds its share; copy the message; RPMSG_ERR_PARAM
 */
int amp_flow_hold(struct amp_flow_endpoint *fept, void *rxbuf);

/** rpmsg_release_rx_buffer() of a buffer of amp_flow_hold(), once for each. */
void amp_flow_release(struct amp_flow_endpoint *fept, void *rxbuf);

/**
 * @brief Tell an endpoint of the other side to stop sending to @p ept, or to go on. Like Linux's function of this name.
 * @param ept    any endpoint of a link with flow control. One of amp_flow_create_ept() says it again to a counterpart
 * that begins anew
 * @param pause  true: stop
 * @param dst    address there
 * @return RPMSG_SUCCESS; RPMSG_EOPNOTSUPP (the link has no flow control, or the other side does not know it);
 * RPMSG_ERR_PARAM; RPMSG_ERR_ADDR; RPMSG_ERR_NO_BUFF; RPMSG_ERR_DEV_STATE
 *
 * What is under way still comes. Does not block.
 */
int rpmsg_set_flow_control(struct rpmsg_endpoint *ept, bool pause, uint32_t dst);

/**
 * @brief Let messages of urgent endpoints pass the others.
 * @param flow     of amp_flow_open(), just now
 * @param reserve  send buffers that only urgent endpoints get, and flow control itself; at least 1, less than the ring
 * has descriptors
 * @return RPMSG_SUCCESS; RPMSG_ERR_PARAM; RPMSG_ERR_DEV_STATE; RPMSG_EOPNOTSUPP: this build has packed rings
 *
 * On the side that sends: the reserve. No other send, by whatever function, takes the last buffers. On the side that
 * receives: before each message the ring is looked at for urgent ones, which are handed out first, up to AMP_FLOW_AHEAD
 * before the others' turn. So an urgent message waits for one callback at most, and messages of different endpoints may
 * be handed out in another order than that in which they were sent; those of one endpoint never are.
 *
 * An urgent endpoint that floods starves the others: give it a window on the other side. While messages were handed out
 * ahead of others that still wait (bounded receptions only), amp_rpmsg_hand_over() answers RPMSG_ERR_NO_BUFF.
 */
int amp_flow_prioritise(struct amp_flow *flow, uint32_t reserve);

/** @return how many messages of flow control were refused, for what they said. Context: any */
uint32_t amp_flow_refused(const struct amp_flow *flow);

#ifdef __cplusplus
}
#endif

#endif /* AMPRELAY_FLOW_CONTROL_H */
