// SPDX-License-Identifier: BSD-3-Clause
/*
 * The other end of Linux's samples/rpmsg/rpmsg_client_sample.c, which sends a hundred messages, each when the one
 * before has been answered. After the last answer the channel is closed.
 */
#include "services.h"

#define MESSAGES 100u

static unsigned answered;

static void receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src)
{
	if (!service_send(ept, data, len, src))
		answered++;
}

static void turn(struct rpmsg_endpoint *ept, uint64_t now_ms)
{
	(void)now_ms;
	/* Closing sends a message to Linux. If there is no buffer for it, try in a later turn. */
	if (answered >= MESSAGES && rpmsg_get_tx_buffer_size(ept) > 0)
		service_close(ept);
}

static void link_down(void)
{
	answered = 0;
}

const struct service service_client_sample = {
	.name = "rpmsg-client-sample",
	.addr = 0x400,
	.receive = receive,
	.turn = turn,
	.link_down = link_down,
};
