// SPDX-License-Identifier: BSD-3-Clause
/* echo: sends back what comes, until it is told to end. For echo_test, ping, flood_ping, and everybody else. */
#include "machine.h"

#ifndef APP_ROLE
#define APP_ROLE VIRTIO_DEV_DEVICE
#endif

#ifndef SERVICE_NAME
#define SERVICE_NAME "app-echo"
#endif

static struct rpmsg_endpoint lept;
static int shutdown_req;

static int echo_cb(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)priv;
	if (len == strlen(SHUTDOWN_MSG) && memcmp(data, SHUTDOWN_MSG, len) == 0) {
		LPRINTF("0x%x tells us to end\n", src);
		shutdown_req = 1;
		return RPMSG_SUCCESS;
	}
	if (rpmsg_sendto(ept, data, len, src) < 0)
		LPERROR("%d bytes for 0x%x cannot be sent\n", len, src);
	return RPMSG_SUCCESS;
}

static void unbind_cb(struct rpmsg_endpoint *ept)
{
	LPRINTF("the other side of %s has gone\n", ept->name);
	shutdown_req = 1;
}

int main(int argc, char *argv[])
{
	struct rpmsg_device *rdev = machine_start(argc, argv, APP_ROLE, NULL);
	int status;

	if (!rdev)
		return EXIT_FAILURE;
	status = rpmsg_create_ept(&lept, rdev, SERVICE_NAME, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, echo_cb, unbind_cb);
	if (status)
		LPERROR("no endpoint for %s: %d\n", SERVICE_NAME, status);
	while (!status && !shutdown_req)
		status = machine_wait();
	if (!shutdown_req)
		LPERROR("nobody told us to end\n");
	rpmsg_destroy_ept(&lept);
	machine_end();
	return shutdown_req ? EXIT_SUCCESS : EXIT_FAILURE;
}
