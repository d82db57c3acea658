// SPDX-License-Identifier: GPL-2.0-only
#include "rpc_sides.h"

#include "peer.h"

#include <amprelay/rpc_files.h>
#include <openamp/rpmsg_retarget.h>

#include <metal/errno.h>

#include <string.h>

#define HANDLES 64

static struct link *sides;
static struct rpmsg_rpc_data rpc;
static struct amp_rpc_file_server server;
static bool open_handle[HANDLES];
static struct fuzz_input *script; /* while a call waits */

/* ------------------------------------------------------------------ files in memory */

static int file_open(void *arg, const char *path, unsigned int flags, unsigned int mode)
{
	size_t len = strnlen(path, AMP_RPC_DATA_MAX);

	(void)arg;
	fuzz_check(len > 0 && len < AMP_RPC_DATA_MAX);
	fuzz_check(!link_holds(path, 1)); /* a copy */
	fuzz_check(!(flags & ~AMP_RPC_O_ALL) && (flags & AMP_RPC_O_ACCMODE) != AMP_RPC_O_ACCMODE && mode <= 0777);
	for (int i = 3; i < HANDLES; i++) {
		if (open_handle[i])
			continue;
		open_handle[i] = true;
		return i;
	}
	return -ENFILE;
}

/* Only what `open` gave, or a stream that is lent, is ever used. */
static void check_handle(int handle)
{
	fuzz_check(handle == 1 || (handle >= 3 && handle < HANDLES && open_handle[handle]));
}

static int file_close(void *arg, int handle)
{
	(void)arg;
	check_handle(handle);
	fuzz_check(handle >= 3);
	open_handle[handle] = false;
	return 0;
}

static int file_read(void *arg, int handle, void *buf, size_t size)
{
	(void)arg;
	check_handle(handle);
	fuzz_check(size > 0 && size <= AMP_RPC_DATA_MAX);
	memset(buf, 'r', size);
	return (int)size;
}

static int file_write(void *arg, int handle, const void *buf, size_t size)
{
	(void)arg;
	check_handle(handle);
	fuzz_check(size > 0 && size <= AMP_RPC_DATA_MAX);
	for (size_t i = 0; i < size; i++)
		(void)((const volatile uint8_t *)buf)[i];
	return (int)size;
}

static const struct amp_rpc_file_ops ops = {file_open, file_close, file_read, file_write};

/* ------------------------------------------------------------------ the server, as the input plays it */

static void answer(struct fuzz_input *in)
{
	struct {
		struct rpmsg_rpc_syscall head;
		uint8_t data[AMP_RPC_DATA_MAX];
	} msg;
	size_t len = sizeof(msg.head) + fuzz_u16(in) % (sizeof(msg.data) + 1);

	memset(&msg, 'a', sizeof(msg));
	msg.head.id = fuzz_u8(in) % 8u;
	msg.head.args.int_field1 = (int32_t)fuzz_u32(in);
	msg.head.args.int_field2 = (int32_t)fuzz_u32(in);
	msg.head.args.data_len = fuzz_u8(in) & 1 ? fuzz_u32(in) : (uint32_t)(len - sizeof(msg.head));
	(void)rpmsg_trysend_offchannel(&server.ept, FILES_SERVER, FILES_CLIENT, &msg, (int)len);
}

/* Without more input nothing will ever come: the call ends. */
static int play(void *arg)
{
	(void)arg;
	if (!script || !script->left)
		return -ETIMEDOUT;
	switch (fuzz_u8(script) % 4) {
	case 0:
		answer(script);
		break;
	case 1:
		link_poll(&sides->host);
		rpc_files_serve();
		break;
	case 2:
		fuzz_peer_arm(script);
		break;
	default:
		link_poll(&sides->remote);
	}
	return 0;
}

void rpc_files_serve(void)
{
	(void)amp_rpc_file_server_serve(&server);
}

/* ------------------------------------------------------------------ the client */

static void check_result(int result, size_t most)
{
	fuzz_check(result < 0 || (size_t)result <= most);
}

void rpc_files_call(struct fuzz_input *in)
{
	struct {
		uint8_t buf[AMP_RPC_DATA_MAX + 32];
		uint8_t canary[16];
	} room;
	size_t size;
	int fd, result;

	memset(&room, 0xa5, sizeof(room));
	script = in;
	size = fuzz_u16(in) % (sizeof(room.buf) + 1);
	fd = (int8_t)fuzz_u8(in);
	switch (fuzz_u8(in) % 4) {
	case 0:
		check_result(amp_rpc_open("file", fuzz_u8(in) & 3u, 0600), INT32_MAX);
		break;
	case 1:
		check_result(amp_rpc_close(fd), 0);
		break;
	case 2:
		result = amp_rpc_read(fd, room.buf, size);
		check_result(result, size);
		/* no byte behind what was read is touched, whatever the answer says */
		fuzz_check(fuzz_all(room.buf + (result > 0 ? result : 0),
		                    sizeof(room.buf) - (size_t)(result > 0 ? result : 0), 0xa5));
		break;
	default:
		check_result(amp_rpc_write(fd, room.buf, size), size);
	}
	fuzz_check(fuzz_all(room.canary, sizeof(room.canary), 0xa5));
	script = NULL;
}

/* ------------------------------------------------------------------ life */

void rpc_files_up(struct link *link)
{
	struct amp_rpc_file_config config = {.ops = &ops, .streams = AMP_RPC_STDOUT};

	sides = link;
	script = NULL;
	memset(open_handle, 0, sizeof(open_handle));
	fuzz_check(amp_rpc_file_server_init(&server, &link->host.rvdev.rdev, NULL, FILES_SERVER, FILES_CLIENT,
	                                    &config) == RPMSG_SUCCESS);
	fuzz_check(rpmsg_rpc_init(&rpc, &link->remote.rvdev.rdev, NULL, FILES_CLIENT, FILES_SERVER, NULL, play, NULL) ==
	           RPMSG_SUCCESS);
	rpmsg_set_default_rpc(&rpc);
}

void rpc_files_down(void)
{
	rpmsg_rpc_release(&rpc);
	amp_rpc_file_server_release(&server);
	for (int i = 0; i < HANDLES; i++)
		fuzz_check(!open_handle[i]);
}
