/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file receipts.h
 * @brief Loss receipts: which messages the other side had not taken when the link was lost.
 *
 * A send that succeeded says that a message is in the ring, not that anybody has read it. A sender that must know gives
 * the message a sequence number of its own and sends it with one of the functions below. When the link is lost, one
 * call lists what was not taken; every other message that was sent so, was:
 *
 *     static struct amp_receipts receipts;
 *     static struct amp_receipt_slot slots[RING];
 *
 *     amp_receipts_open(&receipts, &rvdev, slots, RING, 0);          (after rpmsg_init_vdev())
 *     amp_receipts_send(&receipts, &ept, sequence, data, len, true); (in place of rpmsg_send())
 *     …
 *     count = amp_receipts_collect(&receipts, lost, RING);           (the link is lost; before rpmsg_deinit_vdev())
 *     rpmsg_deinit_vdev(&rvdev);
 *
 * **What is known, and from where.** The other side gives each buffer back: a device puts it into the used ring when
 * the callback has returned or the last hold was released, a driver offers it again. That message was **taken**. A
 * message that did not come back is **not taken** if the other side had not begun with it, otherwise **unknown**: its
 * callback may have been cut short, or have done all that it does. The ring does not tell the two apart; an AmpRelay
 * does, which marks a buffer before it calls back. A driver knows an AmpRelay by its mark in the ring, a device by
 * AMP_RPMSG_F_NS_ACK. With any other peer all that did not come back is unknown, unless AMP_RECEIPTS_ONE_BY_ONE says
 * how it works.
 *
 * **What must be over.** A message can be taken as long as somebody takes. The driver ends that itself: the call below
 * resets the device, and waits until it has let go of the ring, up to 50 ms, or not at all after amp_virtio_peer_off().
 * A device that does not let go in time may still go on: what did not come back is then unknown. The device looks at
 * the moment at which it learns of the loss, and lets go of the ring behind that: a driver that resets has stopped
 * before (AmpRelay), or all but (Linux: a reception that another of its CPUs is in may take what was listed as not
 * taken). If the driver had zeroed the ring already, or broke the protocol, what did not come back is unknown.
 * amp_rpmsg_peer_lost() is believed: it says that nobody takes any more.
 *
 * **What is not known.** Whether what a core wrote last reached memory when its power went: it may have begun, or given
 * back, more than stands there, by what its store buffers hold. Whether the other side's *application* got the message:
 * a message to an address without an endpoint is taken. And a peer that lies can make any of its own buffers seem
 * taken, not taken or unknown, and thus any number in the list; it cannot make it name a number that was not sent, name
 * one twice, or let it read or write anywhere but in the shared memory.
 *
 * **Cost.** A program that calls none of this contains none of it, and a message that is sent otherwise costs what it
 * did. One that is sent so costs some instructions for each buffer that came back since the last one. At least one in
 * 60000 messages of the link has to be sent so: ring indices have 16 bits. If more than a ring's worth was sent without
 * receipts since the last one, a message that was taken before can be listed as unknown, if its buffer was held since.
 *
 * A link over packed rings (WITH_PACKED_RINGS) has no receipts: amp_receipts_open() returns RPMSG_EOPNOTSUPP.
 */
#ifndef AMPRELAY_RECEIPTS_H
#define AMPRELAY_RECEIPTS_H

#include <openamp/rpmsg_virtio.h>

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * For amp_receipts_open(): the other side handles one message after the other in the order of the ring, and gives each
 * buffer back before it looks at the next. So does Linux's virtio_rpmsg_bus. Of what did not come back, the first is
 * then unknown, and the rest not taken. Not needed with an AmpRelay, and not true of one that holds buffers.
 */
#define AMP_RECEIPTS_ONE_BY_ONE 1u

/** What became of a message that did not come back. */
enum amp_receipt_state {
	AMP_RECEIPT_NOT_TAKEN = 1, /**< no callback was called for it, and none will be */
	AMP_RECEIPT_UNKNOWN = 2,   /**< its callback may have been called, and may have been cut short */
};

/** One message that did not come back. */
struct amp_receipt {
	uint32_t sequence;            /**< the application's, from the send */
	enum amp_receipt_state state; /**< what became of it */
};

/** What is kept of a message under way: one for each descriptor of the ring. The members are the library's. */
struct amp_receipt_slot {
	uint32_t sequence;
	uint16_t previous, next; /**< in the order of the sends */
	uint16_t position;       /**< of its entry in the ring */
	uint8_t state;
};

/** The receipts of one link. The memory is the application's, the members are the library's. */
struct amp_receipts {
	struct rpmsg_virtio_device *rvdev;
	struct amp_receipt_slot *slots;
	uint16_t first, last; /**< messages under way, in the order of the sends */
	uint16_t seen;        /**< up to where the other side's ring was looked at */
	bool one_by_one;
	bool settled; /**< nothing can change any more */
};

/**
 * @brief Keep receipts of a link.
 * @param receipts   memory for them. It and @p slots must stay until rpmsg_deinit_vdev() of the link, and until
 *                   amp_receipts_collect() has returned what it knows
 * @param rvdev      link that is up
 * @param slots      memory, one for each descriptor of the ring that carries messages away
 * @param num_slots  how many there are: as many as that ring has descriptors, or more
 * @param flags      0 or AMP_RECEIPTS_ONE_BY_ONE
 * @return RPMSG_SUCCESS; RPMSG_ERR_PARAM (NULL, too few slots, unknown flags, or the link has receipts already);
 * RPMSG_ERR_DEV_STATE (the link is not up)
 *
 * After each rpmsg_init_vdev() anew. Context: any, no send with receipts at the same time
 */
int amp_receipts_open(struct amp_receipts *receipts, struct rpmsg_virtio_device *rvdev, struct amp_receipt_slot *slots,
                      uint32_t num_slots, unsigned int flags);

/**
 * @brief Like rpmsg_sendto(), with a receipt.
 * @param sequence  the application's number for this message; 0 and repetitions are its own business
 * @param wait      false: RPMSG_ERR_NO_BUFF instead of waiting
 * @return as rpmsg_sendto(); RPMSG_ERR_PARAM also for an endpoint of another link. A message that was refused is not in
 * any list
 */
int amp_receipts_sendto(struct amp_receipts *receipts, struct rpmsg_endpoint *ept, uint32_t sequence, const void *data,
                        int len, uint32_t dst, bool wait);

/** Like rpmsg_send(), with a receipt. See amp_receipts_sendto(). */
static inline int amp_receipts_send(struct amp_receipts *receipts, struct rpmsg_endpoint *ept, uint32_t sequence,
                                    const void *data, int len, bool wait)
{
	return ept ? amp_receipts_sendto(receipts, ept, sequence, data, len, amp_ept_dest(ept), wait) : RPMSG_ERR_PARAM;
}

/** Like rpmsg_sendto_nocopy(), with a receipt. See amp_receipts_sendto(). */
int amp_receipts_sendto_nocopy(struct amp_receipts *receipts, struct rpmsg_endpoint *ept, uint32_t sequence,
                               const void *data, int len, uint32_t dst);

/** Like rpmsg_send_nocopy(), with a receipt. See amp_receipts_sendto(). */
static inline int amp_receipts_send_nocopy(struct amp_receipts *receipts, struct rpmsg_endpoint *ept, uint32_t sequence,
                                           const void *data, int len)
{
	return ept ? amp_receipts_sendto_nocopy(receipts, ept, sequence, data, len, amp_ept_dest(ept))
	           : RPMSG_ERR_PARAM;
}

/**
 * @brief List the messages that did not come back, after the link was lost and before rpmsg_deinit_vdev().
 * @param lost  gets them, in the order of the sends; may be NULL if @p room is 0
 * @param room  how many it has room for; the ring's descriptors are always enough
 * @return how many there are, also if that is more than @p room; RPMSG_ERR_PARAM (NULL); RPMSG_ERR_PERM (the link is
 * up: what did not come back may still be taken. To end it, amp_rpmsg_peer_lost()); RPMSG_ERR_DEV_STATE (it was taken
 * down before it was asked)
 *
 * Once it has answered it may be asked again, as long as the memory stays. Driver: resets the device, as
 * rpmsg_deinit_vdev() would, kicks it, and waits for it to let go: up to 50 ms. Context: task
 */
int amp_receipts_collect(struct amp_receipts *receipts, struct amp_receipt *lost, uint32_t room);

#ifdef __cplusplus
}
#endif

#endif /* AMPRELAY_RECEIPTS_H */
