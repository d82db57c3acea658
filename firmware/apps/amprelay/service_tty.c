// SPDX-License-Identifier: BSD-3-Clause
/*
 * The other end of Linux's rpmsg_tty: sends everything back, with the number of the terminal before it. We announce
 * terminal 0. Linux announces the others, one for each channel that is made there; a first message, "bound", tells it
 * our address.
 */
#include "format.h"
#include "services.h"

#define TERMINALS 8u /* with terminal 0 */

static struct rpmsg_endpoint bound[TERMINALS - 1]; /* terminals 1 and up; in use while rdev is set */

static struct rpmsg_endpoint *find(uint32_t peer)
{
	for (unsigned i = 0; i < TERMINALS - 1; i++) {
		if (bound[i].rdev && bound[i].dest_addr == peer)
			return &bound[i];
	}
	return NULL;
}

static struct rpmsg_endpoint *find_unused(void)
{
	for (unsigned i = 0; i < TERMINALS - 1; i++) {
		if (!bound[i].rdev)
			return &bound[i];
	}
	return NULL;
}

static unsigned number(const struct rpmsg_endpoint *ept)
{
	for (unsigned i = 0; i < TERMINALS - 1; i++) {
		if (ept == &bound[i])
			return i + 1;
	}
	return 0;
}

/* A terminal is a stream of bytes: what does not fit into the reply behind the prefix goes into a second one. */
static void receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src)
{
	char prefix[16];
	int sent;

	amp_format(prefix, sizeof(prefix), "TTY %u: ", number(ept));
	sent = service_send_prefixed(ept, prefix, data, len, src);
	if (sent >= 0 && (size_t)sent < len)
		service_send(ept, (char *)data + sent, len - (size_t)sent, src);
}

static bool bind(struct rpmsg_device *rdev, uint32_t peer)
{
	struct rpmsg_endpoint *ept = find(peer);

	if (!ept) {
		ept = find_unused();
		if (!ept || service_bind(ept, rdev, &service_tty, peer))
			return false;
	}
	service_send(ept, "bound", sizeof("bound"), peer);
	return true;
}

static void unbind(uint32_t peer)
{
	rpmsg_destroy_ept(find(peer));
}

static void keep(struct amp_hand_over *record)
{
	uint32_t addr[TERMINALS - 1];

	for (unsigned i = 0; i < TERMINALS - 1; i++)
		addr[i] = bound[i].rdev ? bound[i].addr : RPMSG_ADDR_ANY;
	(void)amp_hand_over_put(record, service_tty.name, addr, sizeof(addr));
}

static void resume(struct rpmsg_device *rdev, const struct amp_hand_over *record)
{
	const uint32_t *addr = amp_hand_over_get(record, service_tty.name, (TERMINALS - 1) * sizeof(*addr));

	for (unsigned i = 0; addr && i < TERMINALS - 1; i++)
		service_take_over(&bound[i], rdev, &service_tty, record, addr[i]);
}

const struct service service_tty = {
	.name = "rpmsg-tty",
	.addr = 0x401,
	.receive = receive,
	.bind = bind,
	.unbind = unbind,
	.keep = keep,
	.resume = resume,
};
