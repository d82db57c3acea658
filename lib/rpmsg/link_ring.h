/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kind of ring that messages go through: split, or, in a build WITH_PACKED_RINGS, packed.
 *
 * The rest of lib/rpmsg names what it does to a ring as ring.h does; here those names become the packed ring's. So the
 * way of a message is written once, and each build has one of the two, without a choice at run time.
 */
#ifndef AMP_RPMSG_LINK_RING_H
#define AMP_RPMSG_LINK_RING_H

#include "../virtio/packed_ring.h"

#if AMP_WITH_PACKED_RINGS

#define vq_look               pq_look
#define vq_shown(vq, driver)  ((void)(driver), pq_shown(vq))
#define vq_next_idx           pq_next_idx
#define vq_set_no_notify      pq_set_no_notify
#define vq_kick_flag          pq_kick_flag
#define vq_wants_kick         pq_wants_kick
#define vq_driver_next        pq_driver_next
#define vq_driver_advance(vq) pq_driver_advance((vq), 1)
#define vq_device_next        pq_device_next
#define vq_device_advance(vq) pq_device_advance((vq), 1)

/* What goes is in the descriptor: tx_prepare() and rx_prepare() in buffers.h. */
#define vq_driver_publish(vq, idx)          ((void)(idx), pq_driver_publish((vq), 0))
#define vq_device_put_inline(vq, idx, size) ((void)(idx), (void)(size), pq_device_put((vq), 1, 0))

typedef struct pq_place link_ring_place;
#define link_ring_next_place(vq, driver)     ((void)(driver), pq_next_place(vq))
#define link_ring_came_to(vq, place, driver) ((void)(driver), pq_came_to(place))

#define link_ring_look         amp_packed_look_at_one
#define link_ring_look_out     amp_packed_look_at_one
#define link_ring_stop         amp_packed_stop
#define link_ring_stop_sending amp_packed_stop
#define link_ring_attach       amp_packed_attach
#define link_ring_kick         amp_packed_kick
#define link_ring_next_size    amp_packed_next_size

#else

typedef uint16_t link_ring_place;
#define link_ring_next_place vq_next_idx
#define link_ring_came_to    vq_came_since

#define link_ring_look         amp_vq_look
#define link_ring_stop         amp_vq_stop
#define link_ring_stop_sending amp_vq_stop_sending
#define link_ring_attach       amp_vq_driver_attach
#define link_ring_kick         virtqueue_kick
#define link_ring_next_size    virtqueue_get_desc_size
/* For who has `#pragma weak amp_tx_look`: only programs with urgent messages contain it. */
#define link_ring_look_out(vq) (amp_tx_look ? amp_tx_look(vq) : amp_vq_look(vq))

#endif

#endif /* AMP_RPMSG_LINK_RING_H */
