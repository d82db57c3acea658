// SPDX-License-Identifier: GPL-2.0-only
/* A microcontroller as host: loads an ELF image from its memory, starts the core, talks RPMsg with it, stops it. */
#include <amprelay/image_store.h>
#include <openamp/open_amp.h>

#define SHM 0x21000000u

static volatile uint32_t power, doorbell;
static struct remoteproc core;
static struct remoteproc_mem memory;
static metal_phys_addr_t phys = SHM;
static struct metal_io_region shm;
static struct rpmsg_virtio_shm_pool buffers;
static struct rpmsg_virtio_device rvdev;
static struct rpmsg_endpoint ept;

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

static int start(struct remoteproc *rproc)
{
	(void)rproc;
	power = 1;
	return 0;
}

static int stop(struct remoteproc *rproc)
{
	(void)rproc;
	power = 0;
	return 0;
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
	.start = start,
	.stop = stop,
	.notify = notify,
};

static int received(struct rpmsg_endpoint *from, void *data, size_t len, uint32_t src, void *priv)
{
	(void)src;
	(void)priv;
	return rpmsg_send(from, data, (int)len);
}

int main(void)
{
	struct amp_mem_store store = {.image = (const void *)0x00100000, .size = 0x10000};
	struct virtio_device *vdev;

	metal_io_init(&shm, (void *)SHM, &phys, 0x1000000, (unsigned int)-1, 0, NULL);
	if (!remoteproc_init(&core, &ops, NULL))
		return 1;
	remoteproc_init_mem(&memory, "shm", SHM, SHM, shm.size, &shm);
	remoteproc_add_mem(&core, &memory);
	if (remoteproc_config(&core, NULL) || remoteproc_load(&core, NULL, &store, &amp_mem_store_ops, NULL) ||
	    remoteproc_start(&core))
		return 1;
	vdev = remoteproc_create_virtio(&core, 0, VIRTIO_DEV_DRIVER, NULL);
	rpmsg_virtio_init_shm_pool(&buffers, (void *)(SHM + 0x10000), 0x40000);
	if (!vdev || rpmsg_init_vdev(&rvdev, vdev, NULL, &shm, &buffers) ||
	    rpmsg_create_ept(&ept, &rvdev.rdev, "host", RPMSG_ADDR_ANY, 1024, received, NULL))
		return 1;
	while (power)
		remoteproc_get_notification(&core, RSC_NOTIFY_ID_ANY);
	rpmsg_deinit_vdev(&rvdev);
	remoteproc_remove_virtio(&core, vdev);
	return remoteproc_shutdown(&core);
}
