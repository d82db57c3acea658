// SPDX-License-Identifier: GPL-2.0-only
/*
 * flood: as many messages as will go, and none may be lost.
 *
 * The host sends numbered messages as fast as it can. There are 256 buffers; when all of them are on their way,
 * rpmsg_send() waits for one, and rpmsg_trysend() says RPMSG_ERR_NO_BUFF. The remote checks that the numbers come in
 * order, and reports at the end.
 */
#include "common/platform.h"

#include <metal/time.h>

#include <stdint.h>
#include <stdio.h>

#define MESSAGES 200000

struct numbered {
	uint32_t number;
	uint32_t last; /* nonzero: report now */
};

struct report {
	uint32_t received;
	uint32_t out_of_order;
};

/* ------------------------------------------------------------------ remote */

static struct report so_far;

static int check(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct numbered message;

	(void)priv;
	if (len != sizeof(message))
		return RPMSG_SUCCESS;
	/* The host can still write to it: copied once, what we check is what we use. */
	message = *(struct numbered *)data;
	if (message.number != so_far.received)
		so_far.out_of_order++;
	so_far.received++;
	if (message.last)
		rpmsg_sendto(ept, &so_far, sizeof(so_far), src);
	return RPMSG_SUCCESS;
}

static int remote(struct platform *p)
{
	return platform_serve(p, "flood", check);
}

/* ------------------------------------------------------------------ host */

static struct report report;
static unsigned int reports;

static int report_came(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept;
	(void)src;
	(void)priv;
	if (len == sizeof(report)) {
		report = *(struct report *)data;
		reports++;
	}
	return RPMSG_SUCCESS;
}

static int host(struct platform *p)
{
	static struct rpmsg_endpoint ept;
	unsigned int full = 0;
	struct numbered message;
	unsigned long long ns;
	int status;

	if (!platform_connect(p, &ept, "flood", report_came))
		return 1;
	ns = metal_get_timestamp();
	for (message.number = 0; message.number < MESSAGES; message.number++) {
		message.last = message.number == MESSAGES - 1;
		status = rpmsg_trysend(&ept, &message, sizeof(message));
		if (status == RPMSG_ERR_NO_BUFF) {
			/* Now something else could be done. We just wait,
			 * which rpmsg_send() would have done by itself. */
			full++;
			status = rpmsg_send(&ept, &message, sizeof(message));
		}
		if (status < 0) {
			fprintf(stderr, "host: message %u: %s\n", message.number, amp_strerror(status));
			return 1;
		}
	}
	if (!platform_wait_for(p, &reports, 1))
		return 1;
	ns = metal_get_timestamp() - ns;
	printf("host: %u messages sent, %u received, %u out of order\n", message.number, report.received,
	       report.out_of_order);
	printf("host: %.0f messages a second; all buffers were under way %u times\n", MESSAGES * 1e9 / (double)ns,
	       full);
	return report.received != MESSAGES || report.out_of_order;
}

int main(int argc, char **argv)
{
	return platform_main(argc, argv, host, remote);
}
