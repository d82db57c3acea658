// SPDX-License-Identifier: GPL-2.0-only
/*
 * many_endpoints: one link, a hundred conversations.
 *
 * The remote announces a hundred services by name. The host opens an endpoint for each as its announcement comes, sends
 * each a number, and gets the number plus the service's own back. Then the remote withdraws every second one, and the
 * host is told that those have gone.
 */
#include "common/platform.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVICES 100
#define PREFIX   "adder-"

static struct rpmsg_endpoint epts[SERVICES];

/* ------------------------------------------------------------------ remote */

static bool withdraw;

static int add(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	uint32_t value;

	(void)priv;
	if (len != sizeof(value))
		return RPMSG_SUCCESS;
	memcpy(&value, data, sizeof(value));
	withdraw = value == UINT32_MAX;
	value += (uint32_t)(ept - epts); /* the endpoint is ours: its place tells which one it is */
	if (!withdraw)
		rpmsg_sendto(ept, &value, sizeof(value), src);
	return RPMSG_SUCCESS;
}

static int remote(struct platform *p)
{
	struct rpmsg_device *rdev = platform_link_up(p, NULL);
	char name[RPMSG_NAME_SIZE];

	for (unsigned int i = 0; rdev && i < SERVICES; i++) {
		snprintf(name, sizeof(name), PREFIX "%u", i);
		if (rpmsg_create_ept(&epts[i], rdev, name, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, add, NULL))
			return 1;
	}
	while (platform_wait(p, -1) >= 0) {
		for (unsigned int i = 0; withdraw && i < SERVICES; i += 2)
			rpmsg_destroy_ept(&epts[i]);
		withdraw = false;
	}
	return 0;
}

/* ------------------------------------------------------------------ host */

static unsigned int opened, answers, wrong, gone;

static int sum_came(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	uint32_t value = 0;

	(void)src;
	(void)priv;
	memcpy(&value, data, metal_min(len, sizeof(value)));
	if (value != 1000 + (uint32_t)(ept - epts))
		wrong++;
	answers++;
	return RPMSG_SUCCESS;
}

/* The other side has destroyed its endpoint. Ours stays until we destroy it, here for example. */
static void service_went(struct rpmsg_endpoint *ept)
{
	rpmsg_destroy_ept(ept);
	gone++;
}

static void service_came(struct rpmsg_device *rdev, const char *name, uint32_t addr)
{
	unsigned long i;
	char *end;

	/* The name is the other side's: an index out of it is checked before it is used. */
	if (strncmp(name, PREFIX, strlen(PREFIX)) != 0)
		return;
	i = strtoul(name + strlen(PREFIX), &end, 10);
	if (*end || i >= SERVICES || epts[i].rdev)
		return;
	if (!rpmsg_create_ept(&epts[i], rdev, name, RPMSG_ADDR_ANY, addr, sum_came, service_went))
		opened++;
}

static int host(struct platform *p)
{
	const uint32_t number = 1000, stop = UINT32_MAX;

	if (platform_boot(p) || !platform_link_up(p, service_came) || !platform_wait_for(p, &opened, SERVICES))
		return 1;
	printf("host: %u services, the first at 0x%x, the last at 0x%x\n", opened, epts[0].dest_addr,
	       epts[SERVICES - 1].dest_addr);
	for (unsigned int i = 0; i < SERVICES; i++) {
		if (rpmsg_send(&epts[i], &number, sizeof(number)) < 0)
			return 1;
	}
	if (!platform_wait_for(p, &answers, SERVICES))
		return 1;
	printf("host: %u answers, %u of them wrong\n", answers, wrong);
	if (rpmsg_send(&epts[1], &stop, sizeof(stop)) < 0 || !platform_wait_for(p, &gone, SERVICES / 2))
		return 1;
	printf("host: %u services have gone\n", gone);
	return wrong != 0;
}

int main(int argc, char **argv)
{
	return platform_main(argc, argv, host, remote);
}
