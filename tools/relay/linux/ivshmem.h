/* SPDX-License-Identifier: GPL-2.0-only */
/* Server side of QEMU's ivshmem protocol, for the one client that each core's device is. */
#ifndef AMPRELAY_RELAY_IVSHMEM_H
#define AMPRELAY_RELAY_IVSHMEM_H

#include "relay/core/bells.h"
#include "relay/core/shared_memory.h"

/**
 * Sends everything that an ivshmem-doorbell device reads at its start and after: version, its id, the shared memory,
 * our eventfds (the peer AMP_IVSHMEM_RELAY_ID), its own. All of it fits into the socket before QEMU runs, so nothing
 * waits.
 *
 * @return 0 or a negative errno
 */
int amp_ivshmem_introduce(int socket, const struct shared_memory *shm, const struct bells *bells);

#endif /* AMPRELAY_RELAY_IVSHMEM_H */
