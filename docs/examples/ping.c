// SPDX-License-Identifier: GPL-2.0-only
/*
 * ping: how long does a message take, there and back?
 *
 * The host sends payloads from one byte to the largest that fits into a buffer. The remote sends each back, the host
 * checks every byte. At the end: the time of a round trip, for each size.
 */
#include "common/platform.h"

#include <metal/time.h>

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define ROUNDS 200 /* of each size */

/* ------------------------------------------------------------------ remote */

static int send_back(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)priv;
	rpmsg_sendto(ept, data, (int)len, src);
	return RPMSG_SUCCESS;
}

static int remote(struct platform *p)
{
	return platform_serve(p, "ping", send_back);
}

/* ------------------------------------------------------------------ host */

static uint8_t sent[RPMSG_BUFFER_SIZE];
static size_t sent_len;
static unsigned int pongs, bad;

static int pong(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept;
	(void)src;
	(void)priv;
	if (len != sent_len || memcmp(data, sent, len) != 0)
		bad++;
	pongs++;
	return RPMSG_SUCCESS;
}

/* One size. False: there was no answer. */
static bool measure(struct platform *p, struct rpmsg_endpoint *ept, size_t len)
{
	unsigned long long start = metal_get_timestamp(), each, worst = 0;

	sent_len = len;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		each = metal_get_timestamp();
		memset(sent, (int)i, len);
		if (rpmsg_send(ept, sent, (int)len) < 0 || !platform_wait_for(p, &pongs, pongs + 1))
			return false;
		each = metal_get_timestamp() - each;
		worst = metal_max(worst, each);
	}
	printf("host: %3zu bytes: %5.1f us on average, %6.1f us at worst\n", len,
	       (double)(metal_get_timestamp() - start) / ROUNDS / 1000, (double)worst / 1000);
	return true;
}

static int host(struct platform *p)
{
	static struct rpmsg_endpoint ept;
	size_t largest;

	if (!platform_connect(p, &ept, "ping", pong))
		return 1;
	/* A buffer holds a header of 16 bytes too, so this is less than RPMSG_BUFFER_SIZE. */
	largest = (size_t)rpmsg_get_tx_buffer_size(&ept);
	for (size_t len = 1; len < largest; len *= 4) {
		if (!measure(p, &ept, len))
			return 1;
	}
	if (!measure(p, &ept, largest))
		return 1;
	printf("host: %u answers, %u of them wrong\n", pongs, bad);
	return bad != 0;
}

int main(int argc, char **argv)
{
	return platform_main(argc, argv, host, remote);
}
