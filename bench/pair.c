// SPDX-License-Identifier: GPL-2.0-only
#include "pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define VRING_ALIGN   4096
#define VRING_SPACE   32768
#define BUFFERS_START 65536
#define BUFFER_SIZE   512

/* What the two sides share besides the queues: the resource table's entry of the device, at the end of the memory. */
struct table {
	struct fw_rsc_vdev vdev;
	struct fw_rsc_vdev_vring vring[2];
	uint32_t buffer_size; /* of those to the remote; the others have 512 bytes */
};

void die(const char *what, int status)
{
	fprintf(stderr, "bench: %s: %d\n", what, status);
	exit(1);
}

static int kick_nobody(void *arg, uint32_t vring)
{
	(void)arg;
	(void)vring;
	return 0;
}

static struct table *table_of(void *memory)
{
	return (struct table *)(void *)((char *)memory + PAIR_SIZE - sizeof(struct table));
}

void *pair_memory(unsigned int descriptors, uint32_t buffer_size)
{
	void *memory = mmap(NULL, PAIR_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	struct table *table;

	if (memory == MAP_FAILED)
		die("no shared memory", -1);
	table = table_of(memory);
	table->vdev.type = RSC_VDEV;
	table->vdev.id = VIRTIO_ID_RPMSG;
	table->vdev.num_of_vrings = 2;
	table->buffer_size = buffer_size;
	for (unsigned int i = 0; i < 2; i++) {
		table->vring[i].align = VRING_ALIGN;
		table->vring[i].num = descriptors;
		table->vring[i].notifyid = i;
	}
	return memory;
}

void pair_end_open(struct pair_end *end, unsigned int role, void *memory, pair_kick kick, void *arg)
{
	struct table *table = table_of(memory);
	struct rpmsg_virtio_config config = {0};
	struct virtio_device *vdev;
	int status;

	end->phys = 0x10000000;
	metal_io_init(&end->io, memory, &end->phys, PAIR_SIZE, (unsigned int)-1, 0, NULL);
	vdev = rproc_virtio_create_vdev(role, 0, table, &end->io, arg, kick ? kick : kick_nobody, NULL);
	if (!vdev)
		die("no virtio device", -1);
	for (unsigned int i = 0; i < 2; i++) {
		status = rproc_virtio_init_vring(vdev, i, i, (char *)memory + i * VRING_SPACE, &end->io,
		                                 table->vring[i].num, VRING_ALIGN);
		if (status)
			die("vring", status);
	}
	config.h2r_buf_size = table->buffer_size;
	config.r2h_buf_size = BUFFER_SIZE;
	rpmsg_virtio_init_shm_pool(&end->pool, (char *)memory + BUFFERS_START,
	                           (size_t)table->vring[0].num * (config.h2r_buf_size + config.r2h_buf_size));
	status = rpmsg_init_vdev_with_config(&end->rvdev, vdev, NULL, &end->io,
	                                     role == VIRTIO_DEV_DRIVER ? &end->pool : NULL, &config);
	if (status)
		die("rpmsg_init_vdev", status);
}

void pair_endpoint(struct pair_end *end, struct rpmsg_endpoint *ept, uint32_t addr, rpmsg_ept_cb cb)
{
	uint32_t dest = addr == HOST_ADDR ? REMOTE_ADDR : HOST_ADDR;
	int status = rpmsg_create_ept(ept, &end->rvdev.rdev, "", addr, dest, cb, NULL);

	if (status)
		die("rpmsg_create_ept", status);
}
