// SPDX-License-Identifier: BSD-3-Clause
/*
 * The older life-cycle calls over today's: a remote processor, its first virtio device, a link on it, and endpoints
 * that are called channels. A program that does not call them does not contain this file.
 */
#define AMP_LIFECYCLE_NO_NAMES
#include <amprelay/link.h>
#include <openamp/lifecycle.h>

/* ------------------------------------------------------------------ channels */

static struct amp_lifecycle *life_of(struct rpmsg_endpoint *channel)
{
	return channel->priv;
}

static void created(struct amp_lifecycle *lc, struct rpmsg_endpoint *channel)
{
	if (lc->config->channel_created)
		lc->config->channel_created(lc, channel);
}

static void deleted(struct amp_lifecycle *lc, struct rpmsg_endpoint *channel)
{
	if (lc->config->channel_deleted)
		lc->config->channel_deleted(lc, channel);
}

/* Remote: the host has answered an announcement. */
static void ready(struct rpmsg_endpoint *channel, void *arg)
{
	created(arg, channel);
}

/* The other side's end has gone. The host's end goes with it; the remote's waits for the next one. */
static void unbind(struct rpmsg_endpoint *channel)
{
	struct amp_lifecycle *lc = life_of(channel);

	deleted(lc, channel);
	if (lc->role == VIRTIO_DEV_DRIVER)
		rpmsg_destroy_ept(channel);
}

/* Host: the remote announces a channel. Without room for it there is none. */
static void bind(struct rpmsg_device *rdev, const char *name, uint32_t dest)
{
	struct rpmsg_virtio_device *rvdev = metal_container_of(rdev, struct rpmsg_virtio_device, rdev);
	struct amp_lifecycle *lc = metal_container_of(rvdev, struct amp_lifecycle, rvdev);
	struct rpmsg_endpoint *channel;

	for (unsigned int i = 0; i < lc->config->channels_num; i++) {
		channel = &lc->config->channels[i];
		if (channel->rdev)
			continue;
		channel->priv = lc;
		if (rpmsg_create_ept(channel, rdev, name, RPMSG_ADDR_ANY, dest, lc->config->received, unbind) == 0)
			created(lc, channel);
		return;
	}
	metal_log(METAL_LOG_ERROR, "lifecycle: no room for channel %s\n", name);
}

static int announce(struct amp_lifecycle *lc)
{
	const struct amp_lifecycle_config *config = lc->config;
	int status = 0;

	amp_rpmsg_set_ready_cb(&lc->rvdev, ready, lc);
	for (unsigned int i = 0; i < config->channels_num && status == 0; i++) {
		config->channels[i].priv = lc;
		status = rpmsg_create_ept(&config->channels[i], &lc->rvdev.rdev, config->names[i], RPMSG_ADDR_ANY,
		                          RPMSG_ADDR_ANY, config->received, unbind);
	}
	return status;
}

/* ------------------------------------------------------------------ the link */

static int link_up(struct amp_lifecycle *lc)
{
	struct metal_io_region *buffers = remoteproc_get_io_with_name(&lc->rproc, lc->config->buffers);
	int status;

	if (!buffers)
		return -RPROC_ENODEV;
	lc->vdev = remoteproc_create_virtio(&lc->rproc, 0, lc->role, NULL);
	if (!lc->vdev)
		return -RPROC_ENODEV;
	if (lc->role == VIRTIO_DEV_DRIVER)
		rpmsg_virtio_init_shm_pool(&lc->pool, metal_io_virt(buffers, 0), metal_io_region_size(buffers));
	status = rpmsg_init_vdev(&lc->rvdev, lc->vdev, bind, buffers, lc->role == VIRTIO_DEV_DRIVER ? &lc->pool : NULL);
	if (status) {
		remoteproc_remove_virtio(&lc->rproc, lc->vdev);
		lc->vdev = NULL;
	}
	return status;
}

static void link_down(struct amp_lifecycle *lc)
{
	struct virtio_device *vdev = lc->vdev;
	struct rpmsg_endpoint *channel;

	if (!vdev)
		return;
	for (unsigned int i = 0; i < lc->config->channels_num; i++) {
		channel = &lc->config->channels[i];
		if (channel->rdev && channel->dest_addr != RPMSG_ADDR_ANY)
			deleted(lc, channel);
	}
	lc->vdev = NULL;
	rpmsg_deinit_vdev(&lc->rvdev);
	remoteproc_remove_virtio(&lc->rproc, vdev);
}

static int begin(struct amp_lifecycle *lc, const struct amp_lifecycle_config *config, unsigned int role)
{
	lc->config = config;
	lc->role = role;
	lc->vdev = NULL;
	for (unsigned int i = 0; i < config->channels_num; i++)
		config->channels[i].rdev = NULL;
	if (!remoteproc_init(&lc->rproc, config->ops, config->priv))
		return -RPROC_ENODEV;
	for (unsigned int i = 0; i < config->mems_num; i++)
		remoteproc_add_mem(&lc->rproc, &config->mems[i]);
	return 0;
}

/* ------------------------------------------------------------------ host */

static int load(struct amp_lifecycle *lc)
{
	int status = remoteproc_config(&lc->rproc, NULL);

	if (status == 0)
		status = remoteproc_load(&lc->rproc, lc->config->firmware, lc->config->store, lc->config->store_ops,
		                         NULL);
	return status ? status : link_up(lc);
}

int amp_lifecycle_init(struct amp_lifecycle *lc, const struct amp_lifecycle_config *config)
{
	int status = begin(lc, config, VIRTIO_DEV_DRIVER);

	if (status)
		return status;
	status = load(lc);
	if (status)
		(void)amp_lifecycle_deinit(lc);
	return status;
}

int amp_lifecycle_boot(struct amp_lifecycle *lc)
{
	int status = 0;

	if (!lc->vdev)
		status = load(lc);
	return status ? status : remoteproc_start(&lc->rproc);
}

int amp_lifecycle_shutdown(struct amp_lifecycle *lc)
{
	link_down(lc);
	return remoteproc_shutdown(&lc->rproc);
}

int amp_lifecycle_deinit(struct amp_lifecycle *lc)
{
	(void)amp_lifecycle_shutdown(lc);
	return remoteproc_remove(&lc->rproc);
}

/* ------------------------------------------------------------------ remote */

int amp_lifecycle_resource_init(struct amp_lifecycle *lc, const struct amp_lifecycle_config *config)
{
	int status = begin(lc, config, VIRTIO_DEV_DEVICE);

	if (status)
		return status;
	status = remoteproc_set_rsc_table(&lc->rproc, config->table, config->table_size);
	if (status == 0)
		status = link_up(lc);
	if (status == 0)
		status = announce(lc);
	if (status)
		(void)amp_lifecycle_resource_deinit(lc);
	return status;
}

int amp_lifecycle_resource_deinit(struct amp_lifecycle *lc)
{
	link_down(lc);
	return remoteproc_remove(&lc->rproc);
}
