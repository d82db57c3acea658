// SPDX-License-Identifier: BSD-3-Clause
/*
 * A machine of two Linux processes: shared memory by name, and a socket, which each takes for an interrupt. Arguments:
 * the name, the socket's number, and "own-rings" if the device's side is to be set up as Zephyr's sample does, each
 * ring with a region of its own, and not by a struct remoteproc.
 */
#include "../machine.h"
#include "resource_table.h"

#include <metal/condition.h>
#include <metal/irq.h>
#include <metal/mutex.h>
#include <metal/shmem.h>

#include <sys/mman.h>
#include <sys/socket.h>

static const metal_phys_addr_t memory_pa = MEMORY_PA, table_pa = TABLE_PA, ring_pa[2] = {RING_PA(0), RING_PA(1)};

static struct metal_device memory_device = {.name = "memory", .num_regions = 1};

static struct {
	const char *name;
	int socket;
	unsigned int role;
	int own_rings;
	struct metal_io_region *mapping, *memory;
	struct metal_device *device;
	struct remoteproc rproc;
	struct remoteproc_mem mem;
	struct virtio_device *vdev; /* only with rings of its own */
	struct metal_io_region table_io, ring_io[2];
	struct rpmsg_virtio_device rvdev;
	struct rpmsg_virtio_shm_pool shpool;
	int up;
	metal_mutex_t lock; /* of what follows */
	struct metal_condition changed;
	int rung, gone;
} machine;

/* ------------------------------------------------------------------ interrupts */

/* Runs in the library's thread. What it returns is what many handlers return. */
static int machine_irq(int irq, void *arg)
{
	char bytes[64];
	ssize_t got = recv(irq, bytes, sizeof(bytes), MSG_DONTWAIT);

	(void)arg;
	metal_mutex_acquire(&machine.lock);
	if (got > 0) {
		machine.rung = 1;
	} else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
		machine.gone = 1;
		metal_irq_disable(irq);
	}
	metal_condition_signal(&machine.changed);
	metal_mutex_release(&machine.lock);
	return 0;
}

static int kick(void)
{
	char byte = 0;

	/* Full: there are so many kicks under way that one more says nothing. */
	send(machine.socket, &byte, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	return 0;
}

static int wait_for_kick(void)
{
	int gone;

	metal_mutex_acquire(&machine.lock);
	while (!machine.rung && !machine.gone)
		metal_condition_wait(&machine.changed, &machine.lock);
	machine.rung = 0;
	gone = machine.gone;
	metal_mutex_release(&machine.lock);
	return gone ? -1 : 0;
}

int machine_wait(void)
{
	int status = wait_for_kick();

	/* Also when the other side has gone: what it sent before that is still there. */
	if (machine.own_rings)
		rproc_virtio_notified(machine.vdev, RSC_NOTIFY_ID_ANY);
	else
		remoteproc_get_notification(&machine.rproc, RSC_NOTIFY_ID_ANY);
	if (status)
		LPRINTF("the other process has ended\n");
	return status;
}

/* ------------------------------------------------------------------ a device by struct remoteproc */

static struct remoteproc *rproc_init(struct remoteproc *rproc, const struct remoteproc_ops *ops, void *arg)
{
	rproc->ops = ops;
	rproc->priv = arg;
	return rproc;
}

static void rproc_remove(struct remoteproc *rproc)
{
	(void)rproc;
}

static int rproc_notify(struct remoteproc *rproc, uint32_t id)
{
	(void)rproc;
	(void)id;
	return kick();
}

static const struct remoteproc_ops ops = {
	.init = rproc_init,
	.remove = rproc_remove,
	.notify = rproc_notify,
};

static struct virtio_device *create_by_rproc(void)
{
	metal_phys_addr_t pa = TABLE_PA;
	void *table;

	if (!remoteproc_init(&machine.rproc, &ops, &machine))
		return NULL;
	remoteproc_init_mem(&machine.mem, "shm", MEMORY_PA, MEMORY_PA, MEMORY_SIZE, machine.memory);
	remoteproc_add_mem(&machine.rproc, &machine.mem);
	table = remoteproc_mmap(&machine.rproc, &pa, NULL, sizeof(struct remote_resource_table), 0, NULL);
	if (!table || remoteproc_set_rsc_table(&machine.rproc, table, sizeof(struct remote_resource_table))) {
		LPERROR("the resource table is refused\n");
		return NULL;
	}
	return remoteproc_create_virtio(&machine.rproc, 0, machine.role, NULL);
}

/* ------------------------------------------------------------------ a device with rings of its own */

static int vdev_notify(void *priv, uint32_t id)
{
	(void)priv;
	(void)id;
	return kick();
}

static struct virtio_device *create_with_own_rings(void)
{
	struct remote_resource_table *table = metal_io_phys_to_virt(machine.memory, TABLE_PA);
	struct fw_rsc_vdev_vring *vring = &table->rpmsg_vring0;
	struct virtio_device *vdev;

	metal_io_init(&machine.table_io, table, &table_pa, sizeof(*table), -1, 0, NULL);
	vdev = rproc_virtio_create_vdev(machine.role, 0, &table->rpmsg_vdev, &machine.table_io, NULL, vdev_notify,
	                                NULL);
	if (!vdev)
		return NULL;
	rproc_virtio_wait_remote_ready(vdev);
	for (unsigned int i = 0; i < 2; i++, vring++) {
		void *va = metal_io_phys_to_virt(machine.memory, vring->da);
		int ret;

		metal_io_init(&machine.ring_io[i], va, &ring_pa[i], RING_BYTES, -1, 0, NULL);
		ret = rproc_virtio_init_vring(vdev, i, vring->notifyid, va, &machine.ring_io[i], vring->num,
		                              vring->align);
		if (ret) {
			LPERROR("ring %u is refused: %d\n", i, ret);
			return NULL;
		}
	}
	machine.vdev = vdev;
	return vdev;
}

/* ------------------------------------------------------------------ start and end */

static int open_memory(void)
{
	if (metal_shmem_open(machine.name, MEMORY_SIZE, &machine.mapping)) {
		LPERROR("no shared memory %s\n", machine.name);
		return -1;
	}
	metal_io_init(&memory_device.regions[0], metal_io_virt(machine.mapping, 0), &memory_pa, MEMORY_SIZE, -1, 0,
	              NULL);
	if (metal_register_generic_device(&memory_device) ||
	    metal_device_open("generic", memory_device.name, &machine.device))
		return -1;
	machine.memory = metal_device_io_region(machine.device, 0);
	return machine.memory ? 0 : -1;
}

/* The device's side makes the table, as firmware brings one, and says so; then the driver's side may look at it. */
static int exchange_table(void)
{
	static const struct remote_resource_table table = RESOURCE_TABLE;
	int status = 0;

	if (machine.role == VIRTIO_DEV_DEVICE) {
		metal_io_block_write(machine.memory, TABLE_PA - MEMORY_PA, &table, sizeof(table));
		kick();
	} else {
		status = wait_for_kick();
		shm_unlink(machine.name); /* both have it */
	}
	return status;
}

struct rpmsg_device *machine_start(int argc, char *argv[], unsigned int role, rpmsg_ns_bind_cb bind_cb)
{
	struct metal_init_params params = METAL_INIT_DEFAULTS;
	struct rpmsg_virtio_shm_pool *shpool = NULL;
	struct virtio_device *vdev;

	if (argc < 3 || metal_init(&params))
		return NULL;
	machine.name = argv[1];
	machine.socket = atoi(argv[2]);
	machine.role = role;
	machine.own_rings = argc > 3 && role == VIRTIO_DEV_DEVICE;
	metal_mutex_init(&machine.lock);
	metal_condition_init(&machine.changed);
	if (open_memory() || metal_irq_register(machine.socket, machine_irq, NULL))
		return NULL;
	metal_irq_enable(machine.socket);
	if (exchange_table())
		return NULL;
	vdev = machine.own_rings ? create_with_own_rings() : create_by_rproc();
	if (!vdev) {
		LPERROR("no virtio device\n");
		return NULL;
	}
	if (VIRTIO_ROLE_IS_DRIVER(vdev)) {
		shpool = &machine.shpool;
		rpmsg_virtio_init_shm_pool(shpool, metal_io_phys_to_virt(machine.memory, BUFFERS_PA), BUFFERS_SIZE);
	}
	if (rpmsg_init_vdev(&machine.rvdev, vdev, bind_cb, machine.memory, shpool)) {
		LPERROR("no RPMsg device\n");
		return NULL;
	}
	machine.rung = 1; /* kicks that came before there were queues were lost on us */
	return rpmsg_virtio_get_rpmsg_device(&machine.rvdev);
}

void machine_end(void)
{
	rpmsg_deinit_vdev(&machine.rvdev);
	if (machine.own_rings) {
		rproc_virtio_remove_vdev(machine.rvdev.vdev);
	} else {
		remoteproc_remove_virtio(&machine.rproc, machine.rvdev.vdev);
		remoteproc_remove(&machine.rproc);
	}
	metal_irq_disable(machine.socket);
	metal_irq_unregister(machine.socket);
	close(machine.socket);
	metal_device_close(machine.device);
	metal_io_finish(machine.mapping);
	metal_finish();
}
