// SPDX-License-Identifier: GPL-2.0-only
/*
 * nocopy: messages that are written where they are sent, and read where they were received.
 *
 * rpmsg_send() copies the payload into a buffer in shared memory. Who produces data can write them there in the first
 * place:
 *
 *     buf = rpmsg_get_tx_payload_buffer()   a buffer of ours …
 *     … fill it …
 *     rpmsg_send_nocopy(buf)                … which now belongs to the other side
 *
 * And a receiver that is not done with a message when its callback returns keeps the buffer:
 *
 *     rpmsg_hold_rx_buffer(data)            in the callback
 *     rpmsg_release_rx_buffer(data)         any time later; only then can the other side use the buffer again
 */
#include "common/platform.h"

#include <stdint.h>
#include <stdio.h>

#define BLOCKS  16
#define SAMPLES 100

/* ------------------------------------------------------------------ remote: collects blocks, then adds them up */

static uint32_t *held[BLOCKS];
static unsigned int num_held;

static int keep(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)src;
	(void)priv;
	if (len == SAMPLES * sizeof(uint32_t) && num_held < BLOCKS) {
		rpmsg_hold_rx_buffer(ept, data);
		held[num_held++] = data;
	}
	return RPMSG_SUCCESS;
}

/* Outside the callback, with all blocks at hand. The sum is written where it is sent. */
static int answer(struct rpmsg_endpoint *ept)
{
	uint32_t room, *sum = rpmsg_get_tx_payload_buffer(ept, &room, true);
	int status;

	if (!sum)
		return RPMSG_ERR_NO_BUFF;
	*sum = 0;
	for (unsigned int block = 0; block < num_held; block++) {
		for (unsigned int i = 0; i < SAMPLES; i++)
			*sum += held[block][i];
		rpmsg_release_rx_buffer(ept, held[block]);
	}
	num_held = 0;
	status = rpmsg_send_nocopy(ept, sum, sizeof(*sum));
	if (status < 0)
		rpmsg_release_tx_buffer(ept, sum); /* still ours, so it has to be given back */
	return status;
}

static int remote(struct platform *p)
{
	struct rpmsg_device *rdev = platform_link_up(p, NULL);
	struct rpmsg_endpoint ept = {0};

	if (!rdev || rpmsg_create_ept(&ept, rdev, "samples", RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, keep, NULL))
		return 1;
	while (platform_wait(p, -1) >= 0) {
		if (num_held == BLOCKS && answer(&ept) < 0)
			return 1;
	}
	return 0;
}

/* ------------------------------------------------------------------ host: produces blocks */

static uint32_t answered_sum;
static unsigned int answers;

static int sum_came(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept;
	(void)src;
	(void)priv;
	if (len == sizeof(answered_sum)) {
		answered_sum = *(uint32_t *)data;
		answers++;
	}
	return RPMSG_SUCCESS;
}

static int host(struct platform *p)
{
	static struct rpmsg_endpoint ept;
	uint32_t room, *samples, value = 0, sum = 0;

	if (!platform_connect(p, &ept, "samples", sum_came))
		return 1;
	for (unsigned int block = 0; block < BLOCKS; block++) {
		samples = rpmsg_get_tx_payload_buffer(&ept, &room, true);
		if (!samples || room < SAMPLES * sizeof(*samples))
			return 1;
		for (unsigned int i = 0; i < SAMPLES; i++) {
			samples[i] = value++;
			sum += samples[i];
		}
		if (rpmsg_send_nocopy(&ept, samples, SAMPLES * sizeof(*samples)) < 0)
			return 1;
		/* From here on `samples` is the remote's: a look at it could show anything. */
	}
	if (!platform_wait_for(p, &answers, 1))
		return 1;
	printf("host: %d blocks without a copy, sum %u, the remote says %u\n", BLOCKS, sum, answered_sum);
	return sum != answered_sum;
}

int main(int argc, char **argv)
{
	return platform_main(argc, argv, host, remote);
}
