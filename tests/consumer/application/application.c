// SPDX-License-Identifier: GPL-2.0-only
/*
 * An application that knows only OpenAMP's interface: both ends of a link in one program, over a piece of memory. One
 * message there, one back.
 */
#include <metal/alloc.h>
#include <metal/io.h>
#include <metal/sys.h>
#include <metal/version.h>
#include <openamp/open_amp.h>

#include <stdio.h>
#include <string.h>

#define RING_NUM   8
#define RING_ALIGN 4096
#define MEMORY_PA  0x40000000u

static struct {
	_Alignas(4096) uint8_t ring[2][3 * RING_ALIGN];
	uint8_t buffers[2 * RING_NUM * 512];
	METAL_PACKED_BEGIN
	struct {
		struct fw_rsc_vdev vdev;
		struct fw_rsc_vdev_vring vring[2];
	} METAL_PACKED_END entry;
} memory;

struct side {
	struct metal_io_region io;
	struct virtio_device *vdev;
	struct rpmsg_virtio_device rvdev;
	struct rpmsg_endpoint ept;
	int received;
};

static struct side host, remote;

static int kick(void *priv, uint32_t id)
{
	(void)priv;
	(void)id;
	return 0;
}

static int receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct side *side = priv;

	side->received++;
	if (side == &remote)
		rpmsg_sendto(ept, data, (int)len, src);
	return RPMSG_SUCCESS;
}

static int bring_up(struct side *side, unsigned int role, struct rpmsg_virtio_shm_pool *pool)
{
	static const metal_phys_addr_t pa = MEMORY_PA;

	metal_io_init(&side->io, &memory, &pa, sizeof(memory), (unsigned int)-1, 0, NULL);
	side->vdev = rproc_virtio_create_vdev(role, 0, &memory.entry, &side->io, side, kick, NULL);
	if (!side->vdev)
		return -1;
	for (unsigned int i = 0; i < 2; i++) {
		if (rproc_virtio_init_vring(side->vdev, i, i, memory.ring[i], &side->io, RING_NUM, RING_ALIGN))
			return -1;
	}
	side->ept.priv = side;
	if (rpmsg_init_vdev(&side->rvdev, side->vdev, NULL, &side->io, pool))
		return -1;
	return rpmsg_create_ept(&side->ept, rpmsg_virtio_get_rpmsg_device(&side->rvdev), "echo", RPMSG_ADDR_ANY,
	                        RPMSG_ADDR_ANY, receive, NULL);
}

static void take_down(struct side *side)
{
	rpmsg_deinit_vdev(&side->rvdev);
	rproc_virtio_remove_vdev(side->vdev);
}

int main(void)
{
	struct metal_init_params params = METAL_INIT_DEFAULTS;
	struct rpmsg_virtio_shm_pool pool;

	memory.entry.vdev.type = RSC_VDEV;
	memory.entry.vdev.id = VIRTIO_ID_RPMSG;
	memory.entry.vdev.dfeatures = 1u << VIRTIO_RPMSG_F_NS;
	memory.entry.vdev.num_of_vrings = 2;
	for (unsigned int i = 0; i < 2; i++) {
		memory.entry.vring[i].num = RING_NUM;
		memory.entry.vring[i].align = RING_ALIGN;
	}
	rpmsg_virtio_init_shm_pool(&pool, memory.buffers, sizeof(memory.buffers));
	if (metal_init(&params) || bring_up(&host, VIRTIO_DEV_DRIVER, &pool) ||
	    bring_up(&remote, VIRTIO_DEV_DEVICE, NULL)) {
		printf("the link does not come up\n");
		return 1;
	}
	rproc_virtio_notified(host.vdev, RSC_NOTIFY_ID_ANY);
	if (rpmsg_send(&host.ept, "hello", 5) != 5)
		return 1;
	rproc_virtio_notified(remote.vdev, RSC_NOTIFY_ID_ANY);
	rproc_virtio_notified(host.vdev, RSC_NOTIFY_ID_ANY);
	printf("library %s, headers %s: %d there, %d back\n", metal_ver(), METAL_VER, remote.received, host.received);
	take_down(&host);
	take_down(&remote);
	metal_finish();
	return remote.received != 1 || host.received != 1 || strcmp(metal_ver(), METAL_VER) != 0;
}
