// SPDX-License-Identifier: GPL-2.0-only
/* The library as one of the peers, in either role, and as the remote of an RPMsg-Lite host. */
#include "peer.h"

#include <amprelay/buffer_sizes.h>
#include <amprelay/flow_control.h>
#include <amprelay/link.h>
#include <openamp/remoteproc_virtio.h>
#include <openamp/rpmsg_virtio.h>

#include <stdlib.h>
#include <string.h>

#define HOLDS 2u

struct own {
	struct rpmsg_virtio_device rvdev;
	struct virtio_device *vdev;
	struct metal_io_region io;
	metal_phys_addr_t phys;
	struct rpmsg_virtio_shm_pool pools[2];
	struct amp_flow flow;
	bool flows; /* its endpoints have flow control, whether the other side knows that or not */
	struct amp_flow_endpoint fept[ENDPOINTS_MAX];
	struct {
		struct rpmsg_endpoint *ept;
		void *data;
	} held[HOLDS];
	struct peer *peer;
	/* a transport of its own, for a link without a resource table */
	struct virtio_device plain;
	struct virtio_vring_info vring[2];
	struct virtqueue queue[2];
};

static struct own *own_of(struct rpmsg_device *rdev)
{
	return metal_container_of(metal_container_of(rdev, struct rpmsg_virtio_device, rdev), struct own, rvdev);
}

/* ------------------------------------------------------------------ receiving */

static void release_one(struct own *own, unsigned int i)
{
	if (own->held[i].data)
		rpmsg_release_rx_buffer(own->held[i].ept, own->held[i].data);
	own->held[i].data = NULL;
}

static void settle(struct peer *peer)
{
	struct own *own = peer->own;

	for (unsigned int i = 0; own && i < HOLDS; i++)
		release_one(own, i);
}

static int receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct own *own = priv;
	unsigned int slot = world_random(HOLDS);

	world_received(own->peer, (unsigned int)(metal_container_of(ept, struct amp_flow_endpoint, ept) - own->fept),
	               src, data, (uint32_t)len);
	/* a link that is taken down gives none back */
	if (own->peer->up && world_holds()) {
		release_one(own, slot);
		rpmsg_hold_rx_buffer(ept, data);
		own->held[slot].ept = ept;
		own->held[slot].data = data;
	}
	return RPMSG_SUCCESS;
}

static bool open_endpoint(struct own *own, struct rpmsg_device *rdev, unsigned int i, uint32_t dest)
{
	struct amp_flow_config config = {.window = (uint16_t)world_random(4),
	                                 .flags = world_random(2) ? AMP_FLOW_URGENT : 0};
	struct rpmsg_endpoint *ept = &own->fept[i].ept;
	uint32_t addr = own->peer->addr_base + i;
	char name[NAME_SIZE] = "";
	int status;

	if (ept->rdev)
		return true; /* the announcements crossed */
	world_name(name, i);
	ept->priv = own;
	status = own->flows ? amp_flow_create_ept(&own->flow, &own->fept[i], name, addr, dest, receive, NULL, &config)
	                    : rpmsg_create_ept(ept, rdev, name, addr, dest, receive, NULL);
	if (status && status != RPMSG_ERR_NO_BUFF && status != RPMSG_ERR_DEV_STATE)
		world_fail(own->peer, "rpmsg_create_ept(): %s", amp_strerror(status));
	return status == RPMSG_SUCCESS;
}

static void on_bind(struct rpmsg_device *rdev, const char *name, uint32_t dest)
{
	struct own *own = own_of(rdev);
	unsigned int i = world_index(name);

	if (i < ENDPOINTS_MAX)
		(void)open_endpoint(own, rdev, i, dest);
}

static void on_lost(struct rpmsg_virtio_device *rvdev, int reason, void *arg)
{
	struct peer *peer = arg;

	(void)rvdev;
	if (reason >= AMP_LINK_BAD_INDEX)
		world_fail(peer, "the link ends: %s", amp_link_reason_text(reason));
	peer->up = false;
}

/* ------------------------------------------------------------------ a link's life */

static int ring_peer(void *priv, uint32_t id)
{
	world_kick(priv, id);
	return 0;
}

static void ring_plain(struct virtqueue *vq)
{
	world_kick(metal_container_of(vq->vq_dev, struct own, plain)->peer, vq->vq_queue_index);
}

static uint32_t plain_features(struct virtio_device *vdev)
{
	(void)vdev;
	return FEATURE_NS;
}

static const struct virtio_dispatch plain_dispatch = {.notify = ring_plain, .get_features = plain_features};

static struct virtio_device *plain_device(struct own *own)
{
	const struct shared *shared = own->peer->shared;

	own->plain.role = VIRTIO_DEV_DEVICE;
	own->plain.func = &plain_dispatch;
	own->plain.vrings_num = 2;
	own->plain.vrings_info = own->vring;
	for (unsigned int i = 0; i < 2; i++) {
		own->vring[i].vq = &own->queue[i];
		own->vring[i].notifyid = i;
		own->vring[i].info.vaddr = shared->ring[i];
		own->vring[i].info.num_descs = (uint16_t)shared->ring_size;
		own->vring[i].info.align = shared->ring_align;
	}
	if (amp_virtio_rpmsg_lite_host(&own->plain))
		world_fail(own->peer, "RPMsg-Lite's host is not known");
	return &own->plain;
}

static struct virtio_device *table_device(struct own *own)
{
	const struct shared *shared = own->peer->shared;
	struct virtio_device *vdev;

	vdev = rproc_virtio_create_vdev(own->peer->kind->host ? VIRTIO_DEV_DRIVER : VIRTIO_DEV_DEVICE, 0,
	                                shared->memory, &own->io, own->peer, ring_peer, NULL);
	for (unsigned int i = 0; vdev && i < 2; i++)
		if (rproc_virtio_init_vring(vdev, i, i, shared->ring[i], &own->io, shared->ring_size,
		                            shared->ring_align))
			world_fail(own->peer, "rproc_virtio_init_vring()");
	return vdev;
}

static struct own *power_on(struct peer *peer)
{
	const struct shared *shared = peer->shared;
	struct own *own = calloc(1, sizeof(*own));

	if (!own)
		abort();
	peer->own = own;
	own->peer = peer;
	own->phys = (metal_phys_addr_t)shared->phys;
	metal_io_init(&own->io, shared->memory, &own->phys, shared->size, (unsigned int)-1, 0, NULL);
	own->vdev = peer->kind->habits.no_status ? plain_device(own) : table_device(own);
	if (!own->vdev)
		world_fail(peer, "no virtio device");
	return own;
}

/* The sizes that the remote asks for, if it does. */
static void choose_sizes(struct own *own, struct rpmsg_virtio_config *config)
{
	const struct shared *shared = own->peer->shared;
	const char *wrong = amp_rpmsg_negotiate_buffers(own->vdev, config, NULL, NULL);

	if (wrong)
		world_fail(own->peer, "amp_rpmsg_negotiate_buffers(): %s", wrong);
	if (config->h2r_buf_size != shared->agreed_size[TO_REMOTE] ||
	    config->r2h_buf_size != shared->agreed_size[TO_HOST])
		world_fail(own->peer, "has buffers of %u and %u, not of %u and %u", config->h2r_buf_size,
		           config->r2h_buf_size, shared->agreed_size[TO_REMOTE], shared->agreed_size[TO_HOST]);
}

static bool start(struct peer *peer)
{
	struct own *own = peer->own ? peer->own : power_on(peer);
	const struct shared *shared = peer->shared;
	struct rpmsg_virtio_config config = {shared->buffer_size[TO_REMOTE], shared->buffer_size[TO_HOST], true};
	size_t to_host;
	int status;

	/* the remote does not wait */
	if (!peer->kind->host && shared->status && !(*shared->status & STATUS_DRIVER_OK))
		return false;
	if (peer->kind->host && !peer->other->up)
		amp_virtio_peer_off(own->vdev);
	if (peer->kind->host) {
		choose_sizes(own, &config);
		if (world_random(2))
			(void)amp_flow_accept(own->vdev);
	}
	to_host = (size_t)shared->ring_size * config.r2h_buf_size;
	rpmsg_virtio_init_shm_pool(&own->pools[1], shared->buffers, to_host);
	rpmsg_virtio_init_shm_pool(&own->pools[0], shared->buffers + to_host,
	                           (size_t)shared->ring_size * config.h2r_buf_size);
	status = rpmsg_init_vdev_with_config(&own->rvdev, own->vdev, on_bind, &own->io, own->pools, &config);
	if (status && (peer->kind->host || status != RPMSG_ERR_DEV_STATE))
		world_fail(peer, "rpmsg_init_vdev(): %s", amp_strerror(status));
	if (status)
		return false;
	amp_rpmsg_set_link_cb(&own->rvdev, on_lost, peer);
	amp_rpmsg_set_send_timeout(&own->rvdev, 0);
	own->flows = world_random(2);
	if (own->flows)
		status = amp_flow_open(&own->flow, &own->rvdev, 1);
	if (own->flows && !status && world_random(2))
		status = amp_flow_prioritise(&own->flow, 1);
	if (status)
		world_fail(peer, "flow control: %s", amp_strerror(status));
	return true;
}

static void notified(struct peer *peer, unsigned int queue)
{
	struct own *own = peer->own;

	if (peer->kind->habits.no_status)
		virtqueue_notification(&own->queue[queue]);
	else
		(void)rproc_virtio_notified(own->vdev, queue);
}

static int send(struct peer *peer, unsigned int i, const void *data, uint32_t len)
{
	struct own *own = peer->own;
	struct rpmsg_endpoint *ept = &own->fept[i].ept;
	uint32_t room;
	void *buffer;
	int status;

	if (!is_rpmsg_ept_ready(ept))
		return -1;
	if (!world_random(4))
		settle(peer);
	if (own->flows) {
		status = amp_flow_trysend(&own->fept[i], data, (int)len);
	} else if (world_random(2)) {
		status = rpmsg_trysend(ept, data, (int)len);
	} else {
		buffer = rpmsg_get_tx_payload_buffer(ept, &room, false);
		if (!buffer)
			return 0;
		if (room < len)
			world_fail(peer, "a buffer of %u for %u bytes", room, len);
		memcpy(buffer, data, len);
		status = rpmsg_send_nocopy(ept, buffer, (int)len);
	}
	if (status < 0 && status != RPMSG_ERR_NO_BUFF && status != RPMSG_ERR_DEV_STATE)
		world_fail(peer, "a send of %u bytes: %s", len, amp_strerror(status));
	return status == (int)len ? 1 : 0;
}

static bool create(struct peer *peer, unsigned int i)
{
	struct own *own = peer->own;

	return open_endpoint(own, &own->rvdev.rdev, i, RPMSG_ADDR_ANY);
}

static void stop(struct peer *peer)
{
	struct own *own = peer->own;

	if (!own)
		return;
	settle(peer);
	rpmsg_deinit_vdev(&own->rvdev);
	if (own->vdev != &own->plain)
		rproc_virtio_remove_vdev(own->vdev);
	free(own);
	peer->own = NULL;
}

#define OURS                                                                                                           \
	.ours = true, .start = start, .notified = notified, .send = send, .create = create, .stop = stop, .die = stop, \
	.settle = settle

const struct peer_kind our_host = {OURS, .host = true, .name = "AmpRelay"};
const struct peer_kind our_remote = {OURS, .name = "AmpRelay"};
const struct peer_kind our_remote_lite = {OURS, .name = "AmpRelay, for an RPMsg-Lite host",
                                          .habits = {.no_status = true}};
