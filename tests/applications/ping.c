// SPDX-License-Identifier: BSD-3-Clause
/* ping: round trips to echo, one at a time, and how long they take; each is an interrupt that no handler claims. */
#include "machine.h"

#ifndef APP_ROLE
#define APP_ROLE VIRTIO_DEV_DRIVER
#endif

#define SERVICE_NAME "app-echo"
#define PINGS        11000

static struct rpmsg_endpoint lept;
static unsigned int received;

static int pong_cb(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept;
	(void)src;
	(void)priv;
	if (len == sizeof(received) && memcmp(data, &received, len) == 0)
		received++;
	else
		LPERROR("a pong of %zu bytes that is none\n", len);
	return 0;
}

static int ping(void)
{
	unsigned long long start, took, longest = 0, sum = 0;

	for (unsigned int i = 0; i < PINGS; i++) {
		start = metal_get_timestamp();
		if (rpmsg_send(&lept, &i, sizeof(i)) != sizeof(i)) {
			LPERROR("ping %u cannot be sent\n", i);
			return -1;
		}
		while (received == i) {
			if (machine_wait())
				return -1;
		}
		took = metal_get_timestamp() - start;
		longest = metal_max(longest, took);
		sum += took;
	}
	LPRINTF("%u pings, average %llu us, longest %llu us\n", received, sum / PINGS / 1000, longest / 1000);
	return 0;
}

int main(int argc, char *argv[])
{
	struct rpmsg_device *rdev = machine_start(argc, argv, APP_ROLE, NULL);
	int status;

	if (!rdev)
		return EXIT_FAILURE;
	/* Each side makes an endpoint of this name, and the two find each other. */
	status = rpmsg_create_ept(&lept, rdev, SERVICE_NAME, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, pong_cb, NULL);
	while (!status && !is_rpmsg_ept_ready(&lept))
		status = machine_wait();
	if (!status)
		status = ping();
	if (rpmsg_send(&lept, SHUTDOWN_MSG, strlen(SHUTDOWN_MSG)) < 0)
		status = -1;
	rpmsg_destroy_ept(&lept);
	machine_end();
	return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
