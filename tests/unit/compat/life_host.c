// SPDX-License-Identifier: GPL-2.0-only
/* A host's program, as they were written for these calls. */
#include "life.h"

#include <amprelay/image_store.h>

struct life_seen host_seen;

static struct amp_lifecycle life;
static struct amp_mem_store store;
static struct rpmsg_endpoint channels[2];
static struct remoteproc_mem mems[2];

static void channel_created(struct amp_lifecycle *lc, struct rpmsg_endpoint *channel)
{
	(void)lc;
	(void)channel;
	host_seen.created++;
}

static void channel_deleted(struct amp_lifecycle *lc, struct rpmsg_endpoint *channel)
{
	(void)lc;
	(void)channel;
	host_seen.deleted++;
}

static int received(struct rpmsg_endpoint *channel, void *data, size_t len, uint32_t src, void *priv)
{
	(void)channel;
	(void)src;
	(void)priv;
	host_seen.messages++;
	memcpy(host_seen.last, data, metal_min(len, sizeof(host_seen.last) - 1));
	return RPMSG_SUCCESS;
}

static int ring(struct remoteproc *rproc, uint32_t id)
{
	(void)rproc;
	(void)id;
	life_rings[1]++;
	return 0;
}

static int start(struct remoteproc *rproc)
{
	(void)rproc;
	host_seen.started++;
	return 0;
}

static int shutdown(struct remoteproc *rproc)
{
	(void)rproc;
	host_seen.stopped++;
	return 0;
}

static void removed(struct remoteproc *rproc)
{
	(void)rproc;
	host_seen.removed++;
}

static const struct remoteproc_ops ops = {.notify = ring, .start = start, .shutdown = shutdown, .remove = removed};
static const struct amp_lifecycle_config config = {
	.ops = &ops,
	.mems = mems,
	.mems_num = 2,
	.buffers = "buffers",
	.store = &store,
	.store_ops = &amp_mem_store_ops,
	.channels = channels,
	.channels_num = 2,
	.channel_created = channel_created,
	.channel_deleted = channel_deleted,
	.received = received,
};

int host_begin(const void *image, size_t size)
{
	store.image = image;
	store.size = size;
	memset(&host_seen, 0, sizeof(host_seen));
	remoteproc_init_mem(&mems[0], "shared", MEM_PA, MEM_DA, BUFFERS, &life_io);
	remoteproc_init_mem(&mems[1], "buffers", MEM_PA + BUFFERS, MEM_DA + BUFFERS, BUFFERS_SZ, &life_buffers_io[0]);
	return remoteproc_init(&life, &config);
}

int host_boot(void)
{
	return remoteproc_boot(&life);
}

int host_send(const char *text)
{
	return rpmsg_send(&channels[0], text, (int)strlen(text));
}

void host_hear(void)
{
	life_rings[0] = 0;
	remoteproc_get_notification(&life.rproc, RSC_NOTIFY_ID_ANY);
}

struct rpmsg_endpoint *host_channel(void)
{
	return &channels[0];
}

int host_shutdown_only(void)
{
	return remoteproc_shutdown(&life);
}

int host_end(void)
{
	int status = remoteproc_shutdown(&life);

	return status ? status : remoteproc_deinit(&life);
}
