/* SPDX-License-Identifier: BSD-3-Clause */
/* The other end of Linux' samples/rpmsg/rpmsg_client_sample.c, which sends its next message when it has an answer. */
#include "services.h"

static void receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src)
{
	service_send(ept, data, len, src);
}

const struct service service_client_sample = {
	.name = "rpmsg-client-sample",
	.addr = 0x103,
	.receive = receive,
};
