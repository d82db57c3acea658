// SPDX-License-Identifier: GPL-2.0-only
#include <endian.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "ivshmem.h"

#define PROTOCOL_VERSION 0
#define HERE_IS_MEMORY   (-1)
#define CLIENT_ID        (AMP_IVSHMEM_RELAY_ID + 1)

/* One message: a little-endian 64-bit number, with or without a descriptor. */
static int send_message(int socket, int64_t number, int fd)
{
	int64_t wire = (int64_t)htole64((uint64_t)number);
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec io = {.iov_base = &wire, .iov_len = sizeof(wire)};
	struct msghdr message = {.msg_iov = &io, .msg_iovlen = 1};

	if (fd >= 0) {
		struct cmsghdr *header;

		message.msg_control = control.bytes;
		message.msg_controllen = sizeof(control.bytes);
		header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(header), &fd, sizeof(int));
	}
	return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -errno : 0;
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
