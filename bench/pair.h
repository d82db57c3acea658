/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Both ends of a link over one block of shared memory, as the measured work wants them: two vrings of up
 * to 256 descriptors, buffers of 512 bytes or more, fixed addresses, no announcement, polled.
 */
#ifndef AMP_BENCH_PAIR_H
#define AMP_BENCH_PAIR_H

#include <openamp/open_amp.h>

#include <stdint.h>

#define PAIR_DESCRIPTORS 256
#define PAIR_SIZE        (4u << 20)
#define PAIR_PAYLOAD     496
#define HOST_ADDR        5000u
#define REMOTE_ADDR      6000u

/** Rings the other side. @param arg as given to pair_end_open(). @return 0 */
typedef int (*pair_kick)(void *arg, uint32_t vring);

/** One side. Each is used by one thread only. */
struct pair_end {
	struct rpmsg_virtio_device rvdev;
	struct metal_io_region io;
	metal_phys_addr_t phys;
	struct rpmsg_virtio_shm_pool pool;
	struct rpmsg_endpoint ept;
};

/**
 * @brief The memory for a link, zeroed, shared with child processes. Ends the program if there is none.
 * @param descriptors  of each vring: a power of two, up to PAIR_DESCRIPTORS
 * @param buffer_size  of the buffers to the remote, 512 in most works; all buffers have to fit into PAIR_SIZE
 */
void *pair_memory(unsigned int descriptors, uint32_t buffer_size);

/**
 * @brief Bring one side up; the host's (VIRTIO_DEV_DRIVER) first. Ends the program on an error.
 * @param kick  NULL: nobody is rung, both sides poll
 */
void pair_end_open(struct pair_end *end, unsigned int role, void *memory, pair_kick kick, void *arg);

/** @brief An endpoint at an address, to the other side's first one. Ends the program on an error. */
void pair_endpoint(struct pair_end *end, struct rpmsg_endpoint *ept, uint32_t addr, rpmsg_ept_cb cb);

/** Handle what has come. */
static inline void pair_poll(struct pair_end *end)
{
	virtqueue_notification(end->rvdev.rvq);
}

/** Name what went wrong and end the program with status 1. */
void __attribute__((__noreturn__)) die(const char *what, int status);

#endif
