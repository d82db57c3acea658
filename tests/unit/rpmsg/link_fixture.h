/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A host and a remote in one process, over one shared block: what most tests of virtio and RPMsg stand on.
 *
 * The block is as in the lab, small: resource table, two vrings, buffers, with canaries around and between them. A kick
 * only counts; tests decide when each side looks.
 */
#ifndef AMP_LINK_FIXTURE_H
#define AMP_LINK_FIXTURE_H

#include <amprelay/link.h>
#include <openamp/open_amp.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <shared_memory.h>

#define RING_NUM   8u
#define RING_ALIGN 64u
#define BUF_SIZE   64u
#define NUM_BUFS   (2 * RING_NUM)
#define PAYLOAD    (BUF_SIZE - 16)
#define GUARD      64u
#define GUARD_BYTE 0xa5
#define PHYS_BASE  0x40000000ul

/** What both sides share. Guards are checked by fixture_check_guards(). */
struct shared {
	uint8_t guard0[GUARD];
	struct {
		struct fw_rsc_vdev vdev;
		struct fw_rsc_vdev_vring vring[2];
	} rsc __attribute__((__aligned__(64)));
	uint8_t guard1[GUARD] __attribute__((__aligned__(64)));
	uint8_t vring[2][512] __attribute__((__aligned__(64)));
	uint8_t guard2[GUARD];
	uint8_t buffers[NUM_BUFS * BUF_SIZE] __attribute__((__aligned__(64)));
	uint8_t guard3[GUARD];
};

struct fixture;

/** One side. */
struct side {
	struct rpmsg_virtio_device rvdev;
	struct virtio_device *vdev;
	struct metal_io_region io;
	metal_phys_addr_t phys;
	unsigned int kicks[2];   /**< that this side sent, by notify id */
	unsigned int lost_count; /**< calls of the link callback */
	int lost_reason;
	unsigned int reset_count;                        /**< calls of the reset callback */
	void (*on_kick)(struct fixture *f, uint32_t id); /**< runs inside a kick of this side; NULL: nobody hears it */
	struct fixture *f;
};

struct fixture {
	struct shared *shm;
	struct side host, remote;
	struct rpmsg_virtio_shm_pool pool;
	rpmsg_ns_bind_cb host_ns_bind;
};

/** cmocka set-up and tear-down: both links up. */
int fixture_up(void **state);
int fixture_down(void **state);

/** cmocka set-up: memory and virtio devices, no links yet. Same tear-down. */
int fixture_devices(void **state);

/** Bring up one side's link; returns what rpmsg_init_vdev() does. */
int fixture_init_host(struct fixture *f);
int fixture_init_remote(struct fixture *f);

/** Let a side look at all its queues. */
void fixture_poll(struct side *side);

/** Fails the test if a byte outside rings, table and buffers was written. */
void fixture_check_guards(const struct fixture *f);

/** Ring @p index as it lies in the shared block. */
struct vring fixture_ring(struct fixture *f, unsigned int index);

/** Where the driver, or the device, says of ring @p index that it wants no kicks: 1 there. Of either kind of ring. */
uint16_t *fixture_no_kicks(struct fixture *f, unsigned int index, unsigned int role);

/** The device's mark in ring @p index, of either kind. A driver zeroes from the descriptors to here. */
uint16_t *fixture_mark(struct fixture *f, unsigned int index);

/** How many buffers the device has given back in ring @p index; of a packed ring, by what it knows itself. */
uint16_t fixture_used(struct fixture *f, unsigned int index);

/** The id of the buffer that it gave back as number @p nth, below RING_NUM. */
uint32_t fixture_used_id(struct fixture *f, unsigned int index, unsigned int nth);

/** An endpoint that keeps what it received. */
struct box {
	struct rpmsg_endpoint ept;
	unsigned int count;
	uint8_t data[BUF_SIZE];
	size_t len;
	uint32_t src;
	unsigned int unbound;
	unsigned int released;
};

int box_receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv);
void box_unbind(struct rpmsg_endpoint *ept);
void box_release(struct rpmsg_endpoint *ept);

/** Create a box; its memory is cleared. Fails the test on an error. */
void box_open(struct box *box, struct side *side, const char *name, uint32_t src, uint32_t dest);

/** The link of @p side is lost for @p reason, which it has heard once, and sends through @p box are refused. */
void assert_lost(struct side *side, struct box *box, int reason);

/** It is up, and has never been lost. */
void assert_up(struct side *side);

#endif /* AMP_LINK_FIXTURE_H */
