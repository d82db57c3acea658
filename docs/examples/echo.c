// SPDX-License-Identifier: GPL-2.0-only
/*
 * echo: the smallest conversation.
 *
 * The remote announces a service, "echo", and sends back whatever comes. The host hears of the service, opens an
 * endpoint for it, and sends a few texts. One program, run twice: the host starts the remote (common/platform.h).
 */
#include "common/platform.h"

#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------ remote */

/* A message for our endpoint: `data` is in shared memory and belongs to us until we return. */
static int echo_back(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)priv;
	rpmsg_sendto(ept, data, (int)len, src);
	return RPMSG_SUCCESS;
}

static int remote(struct platform *p)
{
	struct rpmsg_device *rdev = platform_link_up(p, NULL);
	struct rpmsg_endpoint ept = {0};

	/* A name, no address of the counterpart: so the host is told that there is such a service. */
	if (!rdev || rpmsg_create_ept(&ept, rdev, "echo", RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, echo_back, NULL))
		return 1;
	while (platform_wait(p, -1) >= 0)
		;
	return 0;
}

/* ------------------------------------------------------------------ host */

static struct rpmsg_endpoint ept;
static unsigned int connected, answers;

static int print_answer(struct rpmsg_endpoint *from, void *data, size_t len, uint32_t src, void *priv)
{
	(void)from;
	(void)priv;
	/* Nobody says that there is a NUL at the end of what another core sent: the length counts. */
	printf("host: 0x%x answers \"%.*s\"\n", (unsigned int)src, (int)len, (const char *)data);
	answers++;
	return RPMSG_SUCCESS;
}

/* The remote announced a service that nobody here waits for yet. */
static void service_came(struct rpmsg_device *rdev, const char *name, uint32_t addr)
{
	if (connected || strcmp(name, "echo") != 0)
		return;
	printf("host: service \"%s\" is at 0x%x\n", name, (unsigned int)addr);
	if (rpmsg_create_ept(&ept, rdev, name, RPMSG_ADDR_ANY, addr, print_answer, NULL) == RPMSG_SUCCESS)
		connected = 1;
}

static int host(struct platform *p)
{
	static const char *const texts[] = {"hello", "is there anybody?", "good bye"};
	int sent;

	if (platform_boot(p) || !platform_link_up(p, service_came) || !platform_wait_for(p, &connected, 1))
		return 1;
	for (unsigned int i = 0; i < metal_dim(texts); i++) {
		sent = rpmsg_send(&ept, texts[i], (int)strlen(texts[i]));
		if (sent < 0) {
			fprintf(stderr, "host: send: %s\n", amp_strerror(sent));
			return 1;
		}
		if (!platform_wait_for(p, &answers, i + 1))
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	return platform_main(argc, argv, host, remote);
}
