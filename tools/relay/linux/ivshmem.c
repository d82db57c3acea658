// SPDX-License-Identifier: GPL-2.0-only
#include <endian.h>

#include "ivshmem.h"
#include "relay/base/stream.h"

#define PROTOCOL_VERSION 0
#define HERE_IS_MEMORY   (-1)
#define CLIENT_ID        (AMP_IVSHMEM_RELAY_ID + 1)

/* One message: a little-endian 64-bit number, with or without a descriptor. */
static int send_message(int socket, int64_t number, int fd)
{
	int64_t wire = (int64_t)htole64((uint64_t)number);
	ssize_t sent = amp_stream_send_fd(socket, &wire, sizeof(wire), fd);

	return sent < 0 ? (int)sent : 0;
}

static int send_vectors(int socket, int64_t peer, const int *fds, uint32_t count)
{
	int err = 0;

	for (uint32_t i = 0; i < count && err == 0; i++)
		err = send_message(socket, peer, fds[i]);
	return err;
}

int amp_ivshmem_introduce(int socket, const struct shared_memory *shm, const struct bells *bells)
{
	uint32_t vectors = 1 + bells->notify_ids;
	int err;

	err = send_message(socket, PROTOCOL_VERSION, -1);
	if (err == 0)
		err = send_message(socket, CLIENT_ID, -1);
	if (err == 0)
		err = send_message(socket, HERE_IS_MEMORY, shm->fd);
	/* we first: what the client rings is what we listen to */
	if (err == 0)
		err = send_vectors(socket, AMP_IVSHMEM_RELAY_ID, bells->from_host, vectors);
	if (err == 0)
		err = send_vectors(socket, CLIENT_ID, bells->to_host, vectors);
	return err;
}
