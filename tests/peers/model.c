// SPDX-License-Identifier: GPL-2.0-only
/* Endpoints and names of the models. */
#include "peer.h"

#include <string.h>

void *at_phys(const struct peer *peer, uint64_t phys)
{
	const struct shared *shared = peer->shared;

	if (phys < shared->phys || phys - shared->phys >= shared->size)
		world_fail(peer, "a descriptor leads to %#llx, outside the memory", (unsigned long long)phys);
	return shared->memory + (phys - shared->phys);
}

static bool transmit(struct peer *peer, uint32_t src, uint32_t dst, const void *data, uint32_t len)
{
	return peer->kind->host ? driver_send(peer, src, dst, data, len) : device_send(peer, src, dst, data, len);
}

bool model_announce(struct peer *peer, unsigned int ept, uint32_t flags)
{
	struct announcement msg = {.addr = peer->model.ept[ept].addr, .flags = flags};

	world_name(msg.name, ept);
	return transmit(peer, msg.addr, NAME_SERVICE, &msg, 40);
}

int model_send(struct peer *peer, unsigned int ept, const void *data, uint32_t len)
{
	const struct model_endpoint *from = &peer->model.ept[ept];

	if (!from->open || from->dest == NOBODY)
		return -1;
	return transmit(peer, from->addr, from->dest, data, len);
}

static void open_endpoint(struct peer *peer, unsigned int ept, uint32_t dest)
{
	peer->model.ept[ept] = (struct model_endpoint){true, peer->addr_base + ept, dest};
}

bool model_create(struct peer *peer, unsigned int ept)
{
	if (peer->model.ept[ept].open)
		return true; /* the other side's announcement was first */
	open_endpoint(peer, ept, NOBODY);
	if (model_announce(peer, ept, 0))
		return true;
	peer->model.ept[ept].open = false;
	return false;
}

static void name_service(struct peer *peer, const struct header *hdr)
{
	struct announcement msg;
	unsigned int ept;

	/* Linux and some releases of OpenAMP take this length only, others what is no shorter. */
	if (peer->kind->habits.long_names ? hdr->len < 40 : hdr->len != 40)
		return;
	memcpy(&msg, hdr + 1, 40);
	msg.name[NAME_SIZE - 1] = '\0';
	ept = world_index(msg.name);
	if (ept == ENDPOINTS_MAX)
		return;
	if (msg.flags & 1) {
		if (peer->model.ept[ept].open && peer->model.ept[ept].dest == msg.addr)
			peer->model.ept[ept].dest = NOBODY;
	} else if (!peer->model.ept[ept].open) {
		open_endpoint(peer, ept, msg.addr);
	} else if (peer->model.ept[ept].dest == NOBODY) {
		peer->model.ept[ept].dest = msg.addr;
	}
}

void model_received(struct peer *peer, const struct header *hdr)
{
	unsigned int ept;

	if (hdr->dst == NAME_SERVICE) {
		name_service(peer, hdr);
		return;
	}
	ept = hdr->dst - peer->addr_base;
	if (ept >= ENDPOINTS_MAX || !peer->model.ept[ept].open)
		return; /* nobody's, dropped */
	if (peer->kind->habits.learns && peer->model.ept[ept].dest == NOBODY)
		peer->model.ept[ept].dest = hdr->src;
	world_received(peer, ept, hdr->src, hdr + 1, hdr->len);
}
