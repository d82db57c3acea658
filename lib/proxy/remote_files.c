/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file remote_files.c
 * @brief open, close, read and write of a core without files.
 *
 * The server is not trusted: an answer's counts are checked against what was asked and what arrived.
 */
#include <amprelay/rpc_files.h>
#include <openamp/rpmsg_retarget.h>

#include <metal/errno.h>
#include <metal/utilities.h>

#include <string.h>

/* A request or an answer. */
struct message {
	struct rpmsg_rpc_syscall head;
	char data[AMP_RPC_DATA_MAX];
};

_Static_assert(offsetof(struct message, data) == 16, "data follows the header at once");

/* What one message can carry here, as buffers are. */
static size_t data_room(struct rpmsg_rpc_data *rpc)
{
	int size = rpmsg_get_tx_buffer_size(&rpc->ept);

	/* Not known: no buffer is free now. The send will tell. */
	if (size < (int)sizeof(struct rpmsg_rpc_syscall))
		return AMP_RPC_DATA_MAX;
	return metal_min((size_t)size - sizeof(struct rpmsg_rpc_syscall), (size_t)AMP_RPC_DATA_MAX);
}

/*
 * Send @p msg with its data, and receive the answer into it.
 * @return int_field1 of the answer if it is 0 to @p max; a negative error
 */
static int call(struct rpmsg_rpc_data *rpc, struct message *msg, int max)
{
	size_t len = sizeof(msg->head) + msg->head.args.data_len;
	int got = rpmsg_rpc_send(rpc, msg, len, msg, sizeof(*msg));
	int result;

	if (got < 0)
		return got;
	if ((size_t)got < sizeof(msg->head) || msg->head.args.data_len > (size_t)got - sizeof(msg->head))
		return -EPROTO;
	result = msg->head.args.int_field1;
	if (result >= 0)
		return result <= max ? result : -EPROTO;
	/* Error numbers are small; what is not one must not look like success, or like an error of ours. */
	return msg->head.args.int_field2 > 0 && msg->head.args.int_field2 < 1000 ? -msg->head.args.int_field2 : -EIO;
}

static struct message *fill(struct message *msg, uint32_t id, int field1, int field2, const void *data, size_t len)
{
	msg->head.id = id;
	msg->head.args.int_field1 = field1;
	msg->head.args.int_field2 = field2;
	msg->head.args.data_len = (uint32_t)len;
	if (len)
		memcpy(msg->data, data, len);
	return msg;
}

int amp_rpc_open(const char *path, unsigned int flags, unsigned int mode)
{
	struct rpmsg_rpc_data *rpc = amp_rpmsg_default_rpc();
	struct message msg;
	size_t len;

	if (!path || !path[0])
		return -EINVAL;
	for (len = 1; path[len]; len++)
		if (len == sizeof(msg.data) - 1)
			return -ENAMETOOLONG;
	if (!rpc)
		return -ENOTCONN;
	return call(rpc, fill(&msg, OPEN_SYSCALL_ID, (int)flags, (int)mode, path, len + 1), INT32_MAX);
}

int amp_rpc_close(int fd)
{
	struct rpmsg_rpc_data *rpc = amp_rpmsg_default_rpc();
	struct message msg;

	if (!rpc)
		return -ENOTCONN;
	return call(rpc, fill(&msg, CLOSE_SYSCALL_ID, fd, 0, NULL, 0), 0);
}

int amp_rpc_read(int fd, void *buf, size_t size)
{
	struct rpmsg_rpc_data *rpc = amp_rpmsg_default_rpc();
	struct message msg;
	int got;

	if (!buf && size)
		return -EINVAL;
	if (!rpc)
		return -ENOTCONN;
	size = metal_min(size, data_room(rpc));
	got = call(rpc, fill(&msg, READ_SYSCALL_ID, fd, (int)size, NULL, 0), (int)size);
	if (got > 0 && (uint32_t)got != msg.head.args.data_len)
		return -EPROTO;
	if (got > 0)
		memcpy(buf, msg.data, (size_t)got);
	return got;
}

int amp_rpc_write(int fd, const void *buf, size_t size)
{
	struct rpmsg_rpc_data *rpc = amp_rpmsg_default_rpc();
	struct message msg;

	if (!buf && size)
		return -EINVAL;
	if (!rpc)
		return -ENOTCONN;
	size = metal_min(size, data_room(rpc));
	return call(rpc, fill(&msg, WRITE_SYSCALL_ID, fd, (int)size, buf, size), (int)size);
}
