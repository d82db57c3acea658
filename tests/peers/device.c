// SPDX-License-Identifier: GPL-2.0-only
/* Model remotes: the device's end of the rings, as OpenAMP and RPMsg-Lite handle it. */
#include "peer.h"

#include <string.h>

static bool start(struct peer *peer)
{
	const struct shared *shared = peer->shared;
	struct model *model = &peer->model;

	/* RPMsg-Lite takes the first kick for the word that the host is ready. */
	if (peer->kind->habits.no_status ? !peer->heard : !(*shared->status & STATUS_DRIVER_OK))
		return false;
	memset(model, 0, sizeof(*model));
	for (unsigned int queue = 0; queue < 2; queue++)
		vring_init(&model->ring[queue], shared->ring_size, shared->ring[queue], shared->ring_align);
	/* Whatever stands there from the start counts as given back. */
	model->given[TO_REMOTE] = model->ring[TO_REMOTE].used->idx;
	return true;
}

static void give(struct peer *peer, unsigned int queue, uint32_t id)
{
	struct vring *ring = &peer->model.ring[queue];
	struct vring_used_elem *used = &ring->used->ring[peer->model.given[queue]++ % ring->num];

	used->id = id;
	used->len = ring->desc[id].len;
	ring->used->idx = peer->model.given[queue];
}

static void kick(struct peer *peer, unsigned int queue)
{
	if (peer->kind->habits.always_kicks || !(peer->model.ring[queue].avail->flags & VRING_AVAIL_F_NO_INTERRUPT))
		world_kick(peer, queue);
}

static bool take(struct peer *peer, unsigned int queue, uint32_t *id)
{
	struct vring *ring = &peer->model.ring[queue];

	if (peer->model.next[queue] == ring->avail->idx)
		return false;
	*id = ring->avail->ring[peer->model.next[queue]++ % ring->num];
	if (*id >= ring->num)
		world_fail(peer, "available id %u", *id);
	return true;
}

bool device_send(struct peer *peer, uint32_t src, uint32_t dst, const void *data, uint32_t len)
{
	const struct vring_desc *desc;
	struct header *hdr;
	uint32_t id;

	if (!take(peer, TO_HOST, &id))
		return false;
	desc = &peer->model.ring[TO_HOST].desc[id];
	hdr = at_phys(peer, desc->addr);
	if (len + sizeof(*hdr) > desc->len)
		world_fail(peer, "a buffer for %u bytes is offered with room for %u", len, desc->len);
	*hdr = (struct header){.src = src, .dst = dst, .len = (uint16_t)len};
	memcpy(hdr + 1, data, len);
	give(peer, TO_HOST, id);
	kick(peer, TO_HOST);
	return true;
}

static void notified(struct peer *peer, unsigned int queue)
{
	bool returned = false;
	uint32_t id;

	(void)queue;
	while (peer->up && take(peer, TO_REMOTE, &id)) {
		model_received(peer, at_phys(peer, peer->model.ring[TO_REMOTE].desc[id].addr));
		give(peer, TO_REMOTE, id);
		returned = true;
	}
	if (returned)
		kick(peer, TO_REMOTE);
}

static void stop(struct peer *peer)
{
	for (unsigned int ept = 0; ept < peer->endpoints; ept++)
		if (peer->model.ept[ept].open)
			(void)model_announce(peer, ept, 1);
}

static void die(struct peer *peer)
{
	memset(&peer->model, 0, sizeof(peer->model));
}

#define MODEL_REMOTE \
	.start = start, .notified = notified, .send = model_send, .create = model_create, .stop = stop, .die = die

const struct peer_kind openamp_remote = {
	MODEL_REMOTE,
	.name = "OpenAMP",
	.habits = {.learns = true},
};

const struct peer_kind linux_sizes_remote = {
	MODEL_REMOTE,
	.name = "OpenAMP (buffer sizes for Linux)",
	.habits = {.learns = true, .sizes = SIZES_OF_LINUX},
};

const struct peer_kind nuttx_remote = {
	MODEL_REMOTE,
	.name = "NuttX",
	.habits = {.learns = true, .sizes = SIZES_OF_NUTTX},
};

const struct peer_kind lite_remote = {
	MODEL_REMOTE,
	.name = "RPMsg-Lite",
	.habits = {.always_kicks = true, .no_status = true, .learns = true},
};
