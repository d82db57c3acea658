// SPDX-License-Identifier: GPL-2.0-only
/* A remote as applications for OpenAMP usually are: a struct remoteproc that knows the shared memory, a resource table
 * there, virtio by that table, and the way down again. */
#include <openamp/open_amp.h>

#define SHM   0x21000000u
#define TABLE SHM

static volatile uint32_t doorbell;
static volatile bool stopped;
static struct remoteproc core;
static struct remoteproc_mem memory;
static metal_phys_addr_t phys = SHM;
static struct metal_io_region shm;
static struct rpmsg_virtio_device rvdev;
static struct rpmsg_endpoint ept;

struct table {
	struct resource_table header;
	uint32_t offset[1];
	struct fw_rsc_vdev vdev;
	struct fw_rsc_vdev_vring vring[2];
};

static struct remoteproc *init(struct remoteproc *rproc, const struct remoteproc_ops *ops, void *arg)
{
	rproc->ops = ops;
	rproc->priv = arg;
	return rproc;
}

static void removed(struct remoteproc *rproc)
{
	(void)rproc;
}

static int notify(struct remoteproc *rproc, uint32_t id)
{
	(void)rproc;
	doorbell = id;
	return 0;
}

static const struct remoteproc_ops ops = {
	.init = init,
	.remove = removed,
	.notify = notify,
};

static int echo(struct rpmsg_endpoint *from, void *data, size_t len, uint32_t src, void *priv)
{
	(void)src;
	(void)priv;
	return rpmsg_send(from, data, (int)len);
}

static void unbound(struct rpmsg_endpoint *gone)
{
	(void)gone;
	stopped = true;
}

int main(void)
{
	metal_phys_addr_t table = TABLE;
	struct virtio_device *vdev;
	void *rsc;

	metal_io_init(&shm, (void *)SHM, &phys, 0x1000000, (unsigned int)-1, 0, NULL);
	if (!remoteproc_init(&core, &ops, NULL))
		return 1;
	remoteproc_init_mem(&memory, "shm", SHM, SHM, shm.size, &shm);
	remoteproc_add_mem(&core, &memory);
	rsc = remoteproc_mmap(&core, &table, NULL, sizeof(struct table), 0, NULL);
	if (!rsc || remoteproc_set_rsc_table(&core, rsc, sizeof(struct table)))
		return 1;
	vdev = remoteproc_create_virtio(&core, 0, VIRTIO_DEV_DEVICE, NULL);
	if (!vdev || rpmsg_init_vdev(&rvdev, vdev, NULL, &shm, NULL) ||
	    rpmsg_create_ept(&ept, &rvdev.rdev, "echo", RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, echo, unbound))
		return 1;
	while (!stopped)
		remoteproc_get_notification(&core, RSC_NOTIFY_ID_ANY);
	rpmsg_destroy_ept(&ept);
	rpmsg_deinit_vdev(&rvdev);
	remoteproc_remove_virtio(&core, vdev);
	return remoteproc_remove(&core);
}
