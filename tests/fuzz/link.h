/* SPDX-License-Identifier: GPL-2.0-only */
/* A host and a remote over one shared block between canaries, with a peer that can rewrite all of the block. */
#ifndef TESTS_FUZZ_LINK_H
#define TESTS_FUZZ_LINK_H

#include <amprelay/link.h>
#include <openamp/open_amp.h>

#include "fuzz.h"

#define LINK_NUM      4u   /**< buffers in each direction */
#define LINK_BUF_SIZE 512u /**< the largest */

struct link_side {
	struct rpmsg_virtio_device rvdev;
	struct virtio_device *vdev;
	struct metal_io_region io;
	metal_phys_addr_t phys;
	unsigned int told; /**< calls of the link callback */
	int reason;        /**< why the link was lost, as first seen */
};

struct link {
	struct link_side host, remote;
	struct rpmsg_virtio_shm_pool pool;
};

/**
 * Both links up; the peer can write from now on.
 * @param buf_size  bytes of a message buffer, up to LINK_BUF_SIZE
 * @param bind      of both sides; may be NULL
 * @param features  that both have besides the name service
 */
void link_up(struct link *link, uint32_t buf_size, rpmsg_ns_bind_cb bind, uint32_t features);

/** Let a side look at its queues. */
void link_poll(struct link_side *side);

/** A lost link stays lost, for one reason, told once; nothing outside the block was written. */
void link_check(struct link *link);

/** @return true if all of [data, data + len) lies in the shared block. */
bool link_holds(const void *data, size_t len);

/** Both links down; all that was allocated has been freed. */
void link_down(struct link *link);

#endif
