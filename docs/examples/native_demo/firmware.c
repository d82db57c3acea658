// SPDX-License-Identifier: GPL-2.0-only
/*
 * The firmware of the demonstration. Two services: "echo" sends back what comes; "sink" takes it, and reports how much
 * it was when asked with an empty message.
 */
#include "common/platform.h"

#include <stdint.h>

static uint32_t received;

static int send_back(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)priv;
	rpmsg_sendto(ept, data, (int)len, src);
	return RPMSG_SUCCESS;
}

static int take(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)data;
	(void)priv;
	if (len == 0) {
		rpmsg_sendto(ept, &received, sizeof(received), src);
		received = 0;
	} else {
		received++;
	}
	return RPMSG_SUCCESS;
}

static int remote(struct platform *p)
{
	static struct rpmsg_endpoint echo, sink;
	struct rpmsg_device *rdev;

	for (;;) {
		rdev = platform_link_up(p, NULL);
		if (!rdev || rpmsg_create_ept(&echo, rdev, "echo", RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, send_back, NULL) ||
		    rpmsg_create_ept(&sink, rdev, "sink", RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, take, NULL))
			return 1;
		while (platform_wait(p, -1) >= 0)
			;
		platform_link_down(p);
	}
}

int main(int argc, char **argv)
{
	return platform_main(argc, argv, NULL, remote);
}
