// SPDX-License-Identifier: GPL-2.0-only
/* A remote's program, as they were written for these calls: it sends back what it gets. */
#include "life.h"

struct life_seen remote_seen;

static struct amp_lifecycle life;
static struct rpmsg_endpoint channels[1];
static const char *const names[] = {"echo"};
static struct remoteproc_mem mems[2];

static void channel_created(struct amp_lifecycle *lc, struct rpmsg_endpoint *channel)
{
	(void)lc;
	(void)channel;
	remote_seen.created++;
}

static void channel_deleted(struct amp_lifecycle *lc, struct rpmsg_endpoint *channel)
{
	(void)lc;
	(void)channel;
	remote_seen.deleted++;
}

static int received(struct rpmsg_endpoint *channel, void *data, size_t len, uint32_t src, void *priv)
{
	(void)src;
	(void)priv;
	remote_seen.messages++;
	memcpy(remote_seen.last, data, metal_min(len, sizeof(remote_seen.last) - 1));
	return rpmsg_send(channel, data, (int)len);
}

static int ring(struct remoteproc *rproc, uint32_t id)
{
	(void)rproc;
	(void)id;
	life_rings[0]++;
	return 0;
}

static const struct remoteproc_ops ops = {.notify = ring};
static struct amp_lifecycle_config config = {
	.ops = &ops,
	.mems = mems,
	.mems_num = 2,
	.buffers = "buffers",
	.names = names,
	.channels = channels,
	.channels_num = 1,
	.channel_created = channel_created,
	.channel_deleted = channel_deleted,
	.received = received,
};

int remote_main(struct resource_table *table, size_t size)
{
	memset(&remote_seen, 0, sizeof(remote_seen));
	remoteproc_init_mem(&mems[0], "shared", MEM_PA, MEM_DA, BUFFERS, &life_io);
	remoteproc_init_mem(&mems[1], "buffers", MEM_PA + BUFFERS, MEM_DA + BUFFERS, BUFFERS_SZ, &life_buffers_io[1]);
	config.table = table;
	config.table_size = size;
	return remoteproc_resource_init(&life, &config);
}

void remote_hear(void)
{
	life_rings[1] = 0;
	remoteproc_get_notification(&life.rproc, RSC_NOTIFY_ID_ANY);
}

int remote_end(void)
{
	return remoteproc_resource_deinit(&life);
}

struct rpmsg_endpoint *remote_channel(void)
{
	return &channels[0];
}
