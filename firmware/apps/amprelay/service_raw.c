// SPDX-License-Identifier: BSD-3-Clause
/*
 * The other end of Linux's rpmsg_char: says which endpoint a message came to, and sends it back. There are two of it: a
 * channel, of which Linux makes a /dev/rpmsgN, and an address for endpoints that are made through /dev/rpmsg_ctrlN.
 */
#include "format.h"
#include "services.h"

static void receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src)
{
	char prefix[32];

	amp_format(prefix, sizeof(prefix), "from ept 0x%04x: ", (unsigned)ept->addr);
	service_send_prefixed(ept, prefix, data, len, src);
}

const struct service service_raw = {
	.name = "rpmsg-raw",
	.addr = 0x402,
	.receive = receive,
};

const struct service service_fixed = {
	.addr = 0x1,
	.receive = receive,
};
