// SPDX-License-Identifier: BSD-3-Clause
/* rpc_client: calls the procedures of rpc_server, and one that it does not have. */
#include "machine.h"

#include <openamp/rpmsg_rpc_client_server.h>

#ifndef APP_ROLE
#define APP_ROLE VIRTIO_DEV_DRIVER
#endif

#define ADD_ID     1
#define REVERSE_ID 2
#define NOBODY_ID  4
#define CALLS      300

static struct rpmsg_rpc_clt rpc;
static unsigned int answers;
static int expected_sum, refused, err_cnt;

static void add_cb(struct rpmsg_rpc_clt *client, int status, void *data, size_t len)
{
	int32_t sum;

	(void)client;
	memcpy(&sum, data, sizeof(sum));
	if (status != RPMSG_RPC_OK || len != sizeof(sum) || sum != expected_sum) {
		LPERROR("the sum is %d and not %d, status %d\n", sum, expected_sum, status);
		err_cnt++;
	}
	answers++;
}

static void reverse_cb(struct rpmsg_rpc_clt *client, int status, void *data, size_t len)
{
	(void)client;
	if (status != RPMSG_RPC_OK || len != 7 || strcmp(data, "derahs")) {
		LPERROR("the text is '%s', status %d\n", (char *)data, status);
		err_cnt++;
	}
	answers++;
}

static void nobody_cb(struct rpmsg_rpc_clt *client, int status, void *data, size_t len)
{
	(void)client;
	(void)data;
	refused = status == RPMSG_RPC_INVALID_ID && len == 0;
	answers++;
}

static void shutdown_cb(struct rpmsg_rpc_clt *client)
{
	(void)client;
	LPERROR("the server has gone\n");
	err_cnt++;
}

static const struct rpmsg_rpc_client_services services[] = {
	{ADD_ID, &add_cb},
	{REVERSE_ID, &reverse_cb},
	{NOBODY_ID, &nobody_cb},
};

static int call(uint32_t id, void *params, size_t size)
{
	unsigned int before = answers;

	if (rpmsg_rpc_client_send(&rpc, id, params, size) < 0) {
		LPERROR("call %u cannot be sent\n", id);
		return -1;
	}
	while (answers == before && !err_cnt) {
		if (machine_wait())
			return -1;
	}
	return err_cnt ? -1 : 0;
}

static int run(void)
{
	char text[] = "shared";
	int32_t numbers[2];

	for (int32_t i = 0; i < CALLS; i++) {
		numbers[0] = i * 1000;
		numbers[1] = -i;
		expected_sum = i * 999;
		if (call(ADD_ID, numbers, sizeof(numbers)) || call(REVERSE_ID, text, sizeof(text)))
			return -1;
	}
	if (call(NOBODY_ID, NULL, 0) || !refused) {
		LPERROR("a procedure that is not there was not refused\n");
		return -1;
	}
	LPRINTF("%u calls answered\n", answers);
	return 0;
}

int main(int argc, char *argv[])
{
	struct rpmsg_device *rdev = machine_start(argc, argv, APP_ROLE, NULL);
	int status;

	if (!rdev)
		return EXIT_FAILURE;
	status = rpmsg_rpc_client_init(&rpc, rdev, shutdown_cb, services, metal_dim(services));
	while (!status && !is_rpmsg_ept_ready(&rpc.ept))
		status = machine_wait();
	if (!status)
		status = run();
	rpmsg_rpc_client_release(&rpc);
	machine_end();
	return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
