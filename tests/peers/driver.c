// SPDX-License-Identifier: GPL-2.0-only
/* Model hosts: the driver's end of the rings, as Linux, OpenAMP and RPMsg-Lite handle it. */
#include "peer.h"

#include <string.h>

static void *buffer_of(const struct peer *peer, unsigned int queue, uint32_t id)
{
	const uint32_t *size = peer->model.size;
	uint8_t *start = peer->shared->buffers;

	if (queue == TO_REMOTE)
		start += peer->shared->ring_size * size[TO_HOST];
	return start + id * size[queue];
}

static void describe(struct peer *peer, unsigned int queue, uint32_t id, uint32_t len)
{
	bool writable = queue == TO_HOST || peer->kind->habits.all_writable;
	struct vring_desc *desc = &peer->model.ring[queue].desc[id];

	desc->addr = peer->shared->phys + (uint64_t)((uint8_t *)buffer_of(peer, queue, id) - peer->shared->memory);
	desc->len = len;
	desc->flags = writable ? VRING_DESC_F_WRITE : 0;
	desc->next = 0;
}

static void offer(struct peer *peer, unsigned int queue, uint32_t id)
{
	struct vring *ring = &peer->model.ring[queue];

	ring->avail->ring[peer->model.given[queue]++ % ring->num] = (uint16_t)id;
	ring->avail->idx = peer->model.given[queue];
}

static void kick(struct peer *peer, unsigned int queue)
{
	if (peer->kind->habits.always_kicks || !(peer->model.ring[queue].used->flags & VRING_USED_F_NO_NOTIFY))
		world_kick(peer, queue);
}

/* The sizes that the remote asks for, if this host knows the dialect; else its own. @return feature bits of that */
static uint32_t choose_sizes(struct peer *peer)
{
	const struct shared *shared = peer->shared;
	uint32_t *size = peer->model.size;

	size[TO_HOST] = shared->buffer_size[TO_HOST];
	size[TO_REMOTE] = shared->buffer_size[TO_REMOTE];
	if (!shared->status || !(*shared->features_offered & FEATURE_SIZES(peer->kind->habits.sizes)))
		return 0;
	if (peer->kind->habits.sizes == SIZES_OF_LINUX) {
		/* version, size, what the remote sends in, what it receives in */
		if (shared->space[0] != 1 || shared->space[1] != 11 || shared->space[2] != 0)
			return 0;
		memcpy(&size[TO_HOST], shared->space + 3, sizeof(size[0]));
		memcpy(&size[TO_REMOTE], shared->space + 7, sizeof(size[0]));
	} else {
		memcpy(&size[TO_REMOTE], shared->space, sizeof(size[0]));
		memcpy(&size[TO_HOST], shared->space + 4, sizeof(size[0]));
	}
	return FEATURE_SIZES(peer->kind->habits.sizes);
}

static bool start(struct peer *peer)
{
	const struct habits *habits = &peer->kind->habits;
	const struct shared *shared = peer->shared;
	struct model *model = &peer->model;
	uint32_t features;

	memset(model, 0, sizeof(*model));
	features = FEATURE_NS | choose_sizes(peer);
	if (shared->status)
		*shared->status = 0;
	if (shared->status && habits->accepts_all)
		*shared->features_accepted = *shared->features_offered;
	else if (shared->status)
		*shared->features_accepted = *shared->features_offered & features;
	for (unsigned int queue = 0; queue < 2; queue++) {
		vring_init(&model->ring[queue], shared->ring_size, shared->ring[queue], shared->ring_align);
		memset(shared->ring[queue], 0, (size_t)vring_size(shared->ring_size, shared->ring_align));
		model->ring[queue].avail->flags = habits->no_interrupt || queue == TO_REMOTE;
		for (uint32_t id = 0; id < shared->ring_size; id++) {
			model->len[queue][id] = model->size[queue];
			describe(peer, queue, id, model->size[queue]);
		}
	}
	for (uint32_t id = 0; id < shared->ring_size; id++)
		offer(peer, TO_HOST, id);
	if (habits->used_from_start) {
		for (uint32_t id = 0; id < shared->ring_size; id++) {
			model->ring[TO_REMOTE].used->ring[id].id = id;
			model->ring[TO_REMOTE].used->ring[id].len = model->size[TO_REMOTE];
		}
		model->ring[TO_REMOTE].used->idx = (uint16_t)shared->ring_size;
	} else {
		model->fresh = shared->ring_size;
	}
	if (shared->status)
		*shared->status = 1 | 2 | STATUS_DRIVER_OK;
	world_kick(peer, TO_HOST);
	return true;
}

/* A send buffer; with @p size its room, the header included. @return false: none */
static bool take(struct peer *peer, uint32_t *id, uint32_t *size)
{
	struct model *model = &peer->model;
	struct vring *ring = &model->ring[TO_REMOTE];
	const struct vring_used_elem *used;

	if (model->fresh) {
		*id = ring->num - model->fresh--;
	} else {
		if (model->next[TO_REMOTE] == ring->used->idx)
			return false;
		used = &ring->used->ring[model->next[TO_REMOTE]++ % ring->num];
		*id = used->id;
		if (*id >= ring->num)
			world_fail(peer, "used id %u", *id);
		if (peer->kind->habits.used_length_is_size)
			model->len[TO_REMOTE][*id] = used->len;
	}
	*size = model->len[TO_REMOTE][*id];
	return true;
}

bool driver_send(struct peer *peer, uint32_t src, uint32_t dst, const void *data, uint32_t len)
{
	struct header *hdr;
	uint32_t id, size;

	if (!take(peer, &id, &size))
		return false;
	if (len + sizeof(*hdr) > size)
		world_fail(peer, "a buffer for %u bytes came back with room for %u", len, size);
	hdr = buffer_of(peer, TO_REMOTE, id);
	*hdr = (struct header){.src = src, .dst = dst, .len = (uint16_t)len};
	memcpy(hdr + 1, data, len);
	describe(peer, TO_REMOTE, id, peer->kind->habits.message_is_length ? len + (uint32_t)sizeof(*hdr) : size);
	offer(peer, TO_REMOTE, id);
	kick(peer, TO_REMOTE);
	return true;
}

static void notified(struct peer *peer, unsigned int queue)
{
	struct model *model = &peer->model;
	struct vring *ring = &model->ring[TO_HOST];
	const struct vring_used_elem *used;
	const struct header *hdr;
	bool returned = false;

	(void)queue;
	while (peer->up && model->next[TO_HOST] != ring->used->idx) {
		used = &ring->used->ring[model->next[TO_HOST]++ % ring->num];
		if (used->id >= ring->num)
			world_fail(peer, "used id %u", used->id);
		hdr = buffer_of(peer, TO_HOST, used->id);
		if (used->len > model->size[TO_HOST] || used->len < sizeof(*hdr) + hdr->len)
			world_fail(peer, "used length %u for a message of %u in a buffer of %u", used->len, hdr->len,
			           model->size[TO_HOST]);
		model_received(peer, hdr);
		if (peer->kind->habits.used_length_is_size)
			model->len[TO_HOST][used->id] = used->len;
		describe(peer, TO_HOST, used->id, model->len[TO_HOST][used->id]);
		offer(peer, TO_HOST, used->id);
		returned = true;
	}
	if (returned)
		kick(peer, TO_HOST);
}

/* Endpoints are destroyed one by one, said to the other side as far as there are buffers; then the device is reset. */
static void stop(struct peer *peer)
{
	for (unsigned int ept = 0; ept < peer->endpoints; ept++)
		if (peer->model.ept[ept].open)
			(void)model_announce(peer, ept, 1);
	if (peer->shared->status)
		*peer->shared->status = 0;
}

static void die(struct peer *peer)
{
	memset(&peer->model, 0, sizeof(peer->model));
}

#define MODEL_HOST                                                                                                    \
	.host = true, .start = start, .notified = notified, .send = model_send, .create = model_create, .stop = stop, \
	.die = die

const struct peer_kind linux_host = {
	MODEL_HOST,
	.name = "Linux",
	.habits = {.message_is_length = true},
};

const struct peer_kind linux_sizes_host = {
	MODEL_HOST,
	.name = "Linux (buffer sizes)",
	.habits = {.message_is_length = true, .sizes = SIZES_OF_LINUX},
};

const struct peer_kind nuttx_host = {
	MODEL_HOST,
	.name = "NuttX",
	.habits = {.used_length_is_size = true, .accepts_all = true, .learns = true, .sizes = SIZES_OF_NUTTX},
};

const struct peer_kind openamp_host = {
	MODEL_HOST,
	.name = "OpenAMP (long names)",
	.habits = {.used_length_is_size = true, .accepts_all = true, .long_names = true, .learns = true},
};

const struct peer_kind openamp_host_40 = {
	MODEL_HOST,
	.name = "OpenAMP",
	.habits = {.used_length_is_size = true, .accepts_all = true, .learns = true},
};

const struct peer_kind lite_host = {
	MODEL_HOST,
	.name = "RPMsg-Lite",
	.habits = {.used_from_start = true,
                   .all_writable = true,
                   .no_interrupt = true,
                   .always_kicks = true,
                   .no_status = true,
                   .learns = true},
};
