// SPDX-License-Identifier: BSD-3-Clause
/* rpc_server: remote procedures: the sum of two numbers, and a text turned round. */
#include "machine.h"

#include <openamp/rpmsg_rpc_client_server.h>

#ifndef APP_ROLE
#define APP_ROLE VIRTIO_DEV_DEVICE
#endif

#define ADD_ID     1
#define REVERSE_ID 2
#define END_ID     3

static struct rpmsg_rpc_svr rpcs;
static int shutdown_req;

static int rpmsg_handle_add(void *data, struct rpmsg_rpc_svr *server)
{
	struct rpmsg_rpc_request *req = data;
	int32_t numbers[2], sum;

	memcpy(numbers, req->params, sizeof(numbers));
	sum = numbers[0] + numbers[1];
	if (rpmsg_rpc_server_send(server, ADD_ID, RPMSG_RPC_OK, &sum, sizeof(sum)) < 0)
		LPERROR("the sum cannot be sent\n");
	return 0;
}

static int rpmsg_handle_reverse(void *data, struct rpmsg_rpc_svr *server)
{
	struct rpmsg_rpc_request *req = data;
	char *text = (char *)req->params, c;
	size_t len = strlen(text);

	for (size_t i = 0; i < len / 2; i++) {
		c = text[i];
		text[i] = text[len - 1 - i];
		text[len - 1 - i] = c;
	}
	if (rpmsg_rpc_server_send(server, REVERSE_ID, RPMSG_RPC_OK, text, len + 1) < 0)
		LPERROR("the text cannot be sent\n");
	return 0;
}

static int rpmsg_handle_end(void *data, struct rpmsg_rpc_svr *server)
{
	(void)data;
	shutdown_req = 1;
	rpmsg_rpc_server_send(server, END_ID, RPMSG_RPC_OK, NULL, 0);
	return 0;
}

static const struct rpmsg_rpc_services rpc_table[] = {
	{ADD_ID, &rpmsg_handle_add},
	{REVERSE_ID, &rpmsg_handle_reverse},
	{END_ID, &rpmsg_handle_end},
};

static void unbind_cb(struct rpmsg_endpoint *ept)
{
	(void)ept;
	LPRINTF("the client has gone\n");
	shutdown_req = 1;
}

int main(int argc, char *argv[])
{
	struct rpmsg_device *rdev = machine_start(argc, argv, APP_ROLE, NULL);
	int status;

	if (!rdev)
		return EXIT_FAILURE;
	status = rpmsg_rpc_server_init(&rpcs, rdev, rpc_table, metal_dim(rpc_table), unbind_cb);
	if (status)
		LPERROR("no server: %d\n", status);
	while (!status && !shutdown_req)
		status = machine_wait();
	rpmsg_destroy_ept(&rpcs.ept);
	machine_end();
	return shutdown_req ? EXIT_SUCCESS : EXIT_FAILURE;
}
