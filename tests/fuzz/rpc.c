// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls in both directions: a server of numbered services and its client, and files. Each end hears messages of any
 * content and length from where its counterpart should be. Input: a list of moves.
 */
#include "link.h"
#include "peer.h"

#include <amprelay/rpc_files.h>
#include <openamp/rpmsg_rpc_client_server.h>

#include "rpc_sides.h"

#include <string.h>

static struct link both;
static struct rpmsg_rpc_svr server; /* on the host */
static struct rpmsg_rpc_clt client; /* on the remote */
static struct rpmsg_endpoint stranger[2];

static int serve(void *data, struct rpmsg_rpc_svr *rpcs)
{
	const struct rpmsg_rpc_request *request = data;
	size_t len = amp_rpmsg_rpc_request_len(rpcs);

	fuzz_check(rpcs == &server && request->id <= 2 && len <= MAX_BUF_LEN);
	fuzz_check(!link_holds(data, 1)); /* a copy */
	/* what was not sent is 0, and so is the byte behind all of it */
	fuzz_check(fuzz_all((const uint8_t *)data + 4 + len, MAX_BUF_LEN + 1 - len, 0));
	if (request->id)
		(void)rpmsg_rpc_server_send(rpcs, request->id, (int)len, (void *)(uintptr_t)request->params, len);
	return 0;
}

static void answered(struct rpmsg_rpc_clt *rpc, int status, void *data, size_t len)
{
	(void)status;
	fuzz_check(rpc == &client && len <= MAX_BUF_LEN);
	fuzz_check(!link_holds(data, 1));
	fuzz_check(((const uint8_t *)data)[len] == 0);
}

static const struct rpmsg_rpc_services services[] = {{0, serve}, {1, serve}, {2, serve}};
static const struct rpmsg_rpc_client_services callbacks[] = {{0, answered}, {1, answered}, {2, answered}};

static int hear(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept;
	(void)src;
	(void)priv;
	fuzz_check(link_holds(data, len));
	return RPMSG_SUCCESS;
}

/* A message as if from `src` of the other side. */
static void forge(struct fuzz_input *in, struct rpmsg_endpoint *from, uint32_t src, uint32_t dst)
{
	uint8_t data[LINK_BUF_SIZE];
	uint16_t len = fuzz_u8(in) & 1 ? fuzz_u16(in) % (LINK_BUF_SIZE - 15) : fuzz_u8(in) % 40u;
	size_t said = len < 24 ? len : 24u;

	memset(data, 'x', sizeof(data));
	fuzz_bytes(in, data, said);
	if (src != RPMSG_ADDR_ANY && dst != RPMSG_ADDR_ANY)
		(void)rpmsg_trysend_offchannel(from, src, dst, data, len);
}

static void ask(struct fuzz_input *in)
{
	uint8_t params[MAX_BUF_LEN + 8] = {0};
	size_t len = fuzz_u16(in) % (sizeof(params) + 1);
	int status = rpmsg_rpc_client_send(&client, fuzz_u8(in) % 4u, params, len);

	fuzz_check(status == (int)len + 4 || status < 0);
	fuzz_check(len <= MAX_BUF_LEN || status < 0);
}

static void move(struct fuzz_input *in)
{
	switch (fuzz_u8(in) % 10) {
	case 0:
		fuzz_peer_arm(in);
		break;
	case 1:
		link_poll(&both.host);
		break;
	case 2:
		link_poll(&both.remote);
		break;
	case 3:
		ask(in);
		break;
	case 4:
		forge(in, &stranger[1], client.ept.addr, server.ept.addr);
		break;
	case 5:
		forge(in, &stranger[0], server.ept.addr, client.ept.addr);
		break;
	case 6:
		forge(in, &stranger[1], FILES_CLIENT, FILES_SERVER);
		break;
	case 7:
		forge(in, &stranger[0], fuzz_u8(in) & 1 ? FILES_SERVER : 77u, FILES_CLIENT);
		break;
	case 8:
		rpc_files_serve();
		break;
	default:
		rpc_files_call(in);
	}
	link_check(&both);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};

	link_up(&both, LINK_BUF_SIZE, NULL, 0);
	fuzz_check(rpmsg_rpc_server_init(&server, &both.host.rvdev.rdev, services, 3, NULL) == RPMSG_SUCCESS);
	fuzz_check(rpmsg_rpc_client_init(&client, &both.remote.rvdev.rdev, NULL, callbacks, 3) == RPMSG_SUCCESS);
	memset(stranger, 0, sizeof(stranger));
	fuzz_check(rpmsg_create_ept(&stranger[0], &both.host.rvdev.rdev, NULL, 98, 99, hear, NULL) == RPMSG_SUCCESS);
	fuzz_check(rpmsg_create_ept(&stranger[1], &both.remote.rvdev.rdev, NULL, 99, 98, hear, NULL) == RPMSG_SUCCESS);
	link_poll(&both.host);
	link_poll(&both.remote);
	rpc_files_up(&both);
	while (in.left)
		move(&in);
	rpc_files_down();
	rpmsg_rpc_client_release(&client);
	rpmsg_destroy_ept(&server.ept);
	link_down(&both);
	return 0;
}
