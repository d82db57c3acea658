// SPDX-License-Identifier: BSD-3-Clause
/*
 * open, close, read and write of a core without files.
 *
 * The server is not trusted: an answer's counts are checked against what was asked and what arrived.
 */
#include "wire_errors.h"

#include <amprelay/rpc_files.h>
#include <openamp/rpmsg_retarget.h>

#include <metal/utilities.h>

#include <string.h>

/* A request or an answer. */
struct message {
	struct rpmsg_rpc_syscall head;
	char data[AMP_RPC_DATA_MAX];
};

_Static_assert(offsetof(struct message, data) == 16, "data follows the header at once");

/* What of @p size one message can carry here, as buffers are. */
static size_t fit(size_t size)
{
	struct rpmsg_rpc_data *rpc = amp_rpmsg_default_rpc();
	int room = rpc ? rpmsg_get_tx_buffer_size(&rpc->ept) - (int)sizeof(struct rpmsg_rpc_syscall) : -1;

	/* Not known: no buffer is free now. The send will tell. */
	return metal_min(size, room < 0 ? (size_t)AMP_RPC_DATA_MAX : metal_min((size_t)room, (size_t)AMP_RPC_DATA_MAX));
}

/*
 * Send a request with its data, and receive the answer into @p msg.
 * @return int_field1 of the answer if it is 0 to @p max; a negative error
 */
static int call(struct message *msg, uint32_t id, int field1, int field2, const void *data, size_t len, int max)
{
	struct rpmsg_rpc_data *rpc = amp_rpmsg_default_rpc();
	struct rpmsg_rpc_syscall_header *args = &msg->head.args;
	int got;

	if (!rpc)
		return -ENOTCONN;
	msg->head = (struct rpmsg_rpc_syscall){id, {field1, field2, (uint32_t)len}};
	if (len)
		memcpy(msg->data, data, len);
	got = rpmsg_rpc_send(rpc, msg, sizeof(msg->head) + len, msg, sizeof(*msg));
	if (got < 0)
		return got;
	if ((size_t)got < sizeof(msg->head) || args->data_len > (size_t)got - sizeof(msg->head))
		return -EPROTO;
	if (args->int_field1 >= 0)
		return args->int_field1 <= max ? args->int_field1 : -EPROTO;
	/* Error numbers are small; what is not one must not look like success, or like an error of ours. */
	return args->int_field2 > 0 && args->int_field2 < 1000 ? -error_from_wire(args->int_field2) : -EIO;
}

int amp_rpc_open(const char *path, unsigned int flags, unsigned int mode)
{
	struct message msg;
	size_t len;

	if (!path || !path[0])
		return -EINVAL;
	for (len = 1; path[len]; len++)
		if (len == sizeof(msg.data) - 1)
			return -ENAMETOOLONG;
	return call(&msg, OPEN_SYSCALL_ID, (int)flags, (int)mode, path, len + 1, INT32_MAX);
}

int amp_rpc_close(int fd)
{
	struct message msg;

	return call(&msg, CLOSE_SYSCALL_ID, fd, 0, NULL, 0, 0);
}

int amp_rpc_read(int fd, void *buf, size_t size)
{
	struct message msg;
	int got;

	if (!buf && size)
		return -EINVAL;
	size = fit(size);
	got = call(&msg, READ_SYSCALL_ID, fd, (int)size, NULL, 0, (int)size);
	if (got > 0 && (uint32_t)got != msg.head.args.data_len)
		return -EPROTO;
	if (got > 0)
		memcpy(buf, msg.data, (size_t)got);
	return got;
}

int amp_rpc_write(int fd, const void *buf, size_t size)
{
	struct message msg;

	if (!buf && size)
		return -EINVAL;
	size = fit(size);
	return call(&msg, WRITE_SYSCALL_ID, fd, (int)size, buf, size, (int)size);
}
