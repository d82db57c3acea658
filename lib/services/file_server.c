// SPDX-License-Identifier: BSD-3-Clause
/*
 * Carries out the system calls of a core without files.
 *
 * The reception only copies a request; a task carries it out, so that a read which waits for a person holds up nothing
 * else. Nothing of a request is used before it was checked, and a client reaches only what it has opened itself.
 */
#include "../virtio/shared_access.h"
#include "wire_errors.h"

#include <amprelay/rpc_files.h>
#include <openamp/rpmsg_retarget.h>

#include <metal/log.h>
#include <metal/utilities.h>

#include <string.h>

#define FIRST_FD 3 /* below: standard streams */

/* A request or an answer. */
struct message {
	struct rpmsg_rpc_syscall head;
	unsigned char data[AMP_RPC_DATA_MAX];
};

_Static_assert(sizeof(struct message) == sizeof(((struct amp_rpc_file_server *)0)->request), "a request fits");

/* ------------------------------------------------------------------ reception */

static void wake(struct amp_rpc_file_server *server)
{
	if (server->config.wake)
		server->config.wake(server->config.arg);
}

static int request_arrived(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct amp_rpc_file_server *server = priv;
	const char *wrong = NULL;

	metal_mutex_acquire(&server->lock);
	if (src != ept->dest_addr)
		wrong = "it is not the client";
	else if (len < sizeof(struct rpmsg_rpc_syscall) || len > sizeof(server->request))
		wrong = "its length is wrong";
	else if (server->pending)
		wrong = "the one before has no answer yet";
	if (!wrong) {
		AMP_SHARED_COPY_OUT(server->request, data, len);
		server->request_len = len;
		server->pending = true;
	}
	metal_mutex_release(&server->lock);
	if (wrong)
		metal_log(METAL_LOG_WARNING, "rpc files: request of %u bytes from address %lu dropped: %s\n",
		          (unsigned int)len, (unsigned long)src, wrong);
	else
		wake(server);
	return RPMSG_SUCCESS;
}

/* What it has asked is not to be done any more, and an answer on its way is not for the next client. */
static void drop_client(struct amp_rpc_file_server *server)
{
	metal_mutex_acquire(&server->lock);
	server->pending = false;
	server->client_left = true;
	server->life++;
	metal_mutex_release(&server->lock);
}

static void client_unbound(struct rpmsg_endpoint *ept)
{
	struct amp_rpc_file_server *server = ept->priv;

	drop_client(server);
	wake(server);
}

/* ------------------------------------------------------------------ descriptors */

/* Handle of a descriptor that is open; negative: it is not. */
static int handle_of(const struct amp_rpc_file_server *server, int32_t fd)
{
	if (fd < 0 || fd >= FIRST_FD + AMP_RPC_MAX_FILES)
		return -EBADF;
	if (fd < FIRST_FD)
		return (server->config.streams & (1u << fd)) ? fd : -EBADF;
	return server->handle[fd - FIRST_FD] >= 0 ? server->handle[fd - FIRST_FD] : -EBADF;
}

static void close_all(struct amp_rpc_file_server *server)
{
	for (unsigned int i = 0; i < AMP_RPC_MAX_FILES; i++) {
		if (server->handle[i] >= 0)
			(void)server->config.ops->close(server->config.arg, server->handle[i]);
		server->handle[i] = -1;
	}
}

/* ------------------------------------------------------------------ system calls: each returns int_field1, or an error
 * number */

static int serve_open(struct amp_rpc_file_server *server, struct message *msg)
{
	const struct amp_rpc_file_config *config = &server->config;
	int flags = amp_rpc_open_flags((uint32_t)msg->head.args.int_field1, config->numbers);
	uint32_t len = msg->head.args.data_len;
	const char *path = (const char *)msg->data;
	unsigned int mode = (unsigned int)msg->head.args.int_field2 & 0777u;
	int slot, status;

	/* The path is all of the data, and ends where the data ends: what is checked is what is opened. */
	if (len < 2 || memchr(path, '\0', len) != path + len - 1)
		return -EINVAL;
	if (flags < 0 || (flags & AMP_RPC_O_ACCMODE) == AMP_RPC_O_ACCMODE)
		return -EINVAL;
	for (slot = 0; slot < AMP_RPC_MAX_FILES && server->handle[slot] >= 0; slot++)
		;
	if (slot == AMP_RPC_MAX_FILES)
		return -EMFILE;
	status = config->allow ? config->allow(config->arg, path, (unsigned int)flags) : 0;
	if (status < 0)
		return status;
	status = config->ops->open(config->arg, path, (unsigned int)flags, mode);
	if (status < 0)
		return status;
	server->handle[slot] = status;
	return FIRST_FD + slot;
}

static int serve_close(struct amp_rpc_file_server *server, struct message *msg, int handle)
{
	int32_t fd = msg->head.args.int_field1;
	int status;

	if (fd < FIRST_FD)
		return 0; /* lent, not given */
	server->handle[fd - FIRST_FD] = -1;
	status = server->config.ops->close(server->config.arg, handle);
	return status < 0 ? status : 0;
}

/* The data of the answer is put where that of the request was. */
static int serve_read(struct amp_rpc_file_server *server, struct message *msg, int handle)
{
	int room = rpmsg_get_tx_buffer_size(&server->ept) - (int)sizeof(msg->head), got;
	size_t size;

	if (msg->head.args.int_field2 < 0)
		return -EINVAL;
	/* No buffer to look at just now: the send waits for one, which is as large as those before. */
	size = room > 0 ? metal_min((size_t)room, sizeof(msg->data)) : sizeof(msg->data);
	size = metal_min((size_t)msg->head.args.int_field2, size);
	if (size == 0)
		return 0;
	got = server->config.ops->read(server->config.arg, handle, msg->data, size);
	return got > (int)size ? -EIO : got;
}

static int serve_write(struct amp_rpc_file_server *server, struct message *msg, int handle)
{
	uint32_t len = msg->head.args.data_len;
	int put;

	if (len == 0)
		return 0;
	put = server->config.ops->write(server->config.arg, handle, msg->data, len);
	return put > (int)len ? -EIO : put;
}

static int serve(struct amp_rpc_file_server *server, struct message *msg, size_t len)
{
	int handle = handle_of(server, msg->head.args.int_field1);

	if (msg->head.args.data_len > len - sizeof(msg->head))
		return -EINVAL; /* it promises more than it brought */
	switch (msg->head.id) {
	case OPEN_SYSCALL_ID:
		return serve_open(server, msg);
	case CLOSE_SYSCALL_ID:
		return handle < 0 ? handle : serve_close(server, msg, handle);
	case READ_SYSCALL_ID:
		return handle < 0 ? handle : serve_read(server, msg, handle);
	case WRITE_SYSCALL_ID:
		return handle < 0 ? handle : serve_write(server, msg, handle);
	default:
		return -ENOSYS;
	}
}

/* Carry out a request and make it the answer. */
static void serve_request(struct amp_rpc_file_server *server, struct message *msg, size_t len)
{
	int result = serve(server, msg, len);

	msg->head.args.int_field1 = result < 0 ? -1 : result;
	msg->head.args.int_field2 = result < 0 ? error_to_wire(-result) : 0;
	msg->head.args.data_len = msg->head.id == READ_SYSCALL_ID && result > 0 ? (uint32_t)result : 0;
}

int amp_rpc_file_server_serve(struct amp_rpc_file_server *server)
{
	struct message msg;
	bool pending, left, answer;
	unsigned int life;
	size_t len;
	int status;

	if (!server || !server->config.ops)
		return RPMSG_ERR_PARAM;
	metal_mutex_acquire(&server->lock);
	left = server->client_left;
	server->client_left = false;
	pending = server->pending;
	len = server->request_len;
	life = server->life;
	if (pending)
		memcpy(&msg, server->request, len);
	metal_mutex_release(&server->lock);

	if (left)
		close_all(server);
	if (!pending)
		return left;
	if (msg.head.id == TERM_SYSCALL_ID)
		close_all(server);
	else
		serve_request(server, &msg, len);

	metal_mutex_acquire(&server->lock);
	answer = life == server->life;
	if (answer)
		server->pending = false; /* before the answer: the next request follows at once */
	metal_mutex_release(&server->lock);
	if (!answer || msg.head.id == TERM_SYSCALL_ID)
		return 1;
	status = rpmsg_send(&server->ept, &msg, (int)(sizeof(msg.head) + msg.head.args.data_len));
	return status < 0 ? status : 1;
}

/* ------------------------------------------------------------------ life */

int amp_rpc_file_server_init(struct amp_rpc_file_server *server, struct rpmsg_device *rdev, const char *name,
                             uint32_t addr, uint32_t dest, const struct amp_rpc_file_config *config)
{
	int status;

	if (!server || !rdev || !config || !config->ops || !config->ops->open || !config->ops->close ||
	    !config->ops->read || !config->ops->write)
		return RPMSG_ERR_PARAM;
	memset(server, 0, sizeof(*server));
	server->config = *config;
	for (int i = 0; i < AMP_RPC_MAX_FILES; i++)
		server->handle[i] = -1;
	metal_mutex_init(&server->lock);
	server->ept.priv = server;
	status = rpmsg_create_ept(&server->ept, rdev, name, addr, dest, request_arrived, client_unbound);
	if (status) {
		metal_mutex_deinit(&server->lock);
		server->config.ops = NULL;
	}
	return status;
}

void amp_rpc_file_server_release(struct amp_rpc_file_server *server)
{
	if (!server || !server->config.ops)
		return;
	rpmsg_destroy_ept(&server->ept);
	close_all(server);
	metal_mutex_deinit(&server->lock);
	server->config.ops = NULL;
}
