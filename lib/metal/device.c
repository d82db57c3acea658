// SPDX-License-Identifier: BSD-3-Clause
/* Buses and devices; the generic bus. */
#include <metal/device.h>
#include <metal/errno.h>
#include <metal/mutex.h>
#include <string.h>

#include "port.h"

static int open_generic(struct metal_bus *bus, const char *dev_name, struct metal_device **device);

static struct metal_bus generic_bus = {
	.name = "generic",
	.ops = {.dev_open = open_generic, .dev_dma_map = amp_generic_dma_map, .dev_dma_unmap = amp_generic_dma_unmap},
	.devices = METAL_INIT_LIST(generic_bus.devices),
	.node = METAL_INIT_LIST(generic_bus.node),
};

static metal_mutex_t lock = METAL_MUTEX_INIT(lock); /* of both lists */
static METAL_DECLARE_LIST(buses);                   /* besides the generic one */

/* The lock is held. */
static struct metal_bus *find_bus(const char *name)
{
	struct metal_list *node;
	struct metal_bus *bus;

	if (strcmp(generic_bus.name, name) == 0)
		return &generic_bus;
	metal_list_for_each (&buses, node) {
		bus = metal_container_of(node, struct metal_bus, node);
		if (strcmp(bus->name, name) == 0)
			return bus;
	}
	return NULL;
}

/* The lock is held. */
static struct metal_device *find_generic_device(const char *name)
{
	struct metal_device *device;
	struct metal_list *node;

	metal_list_for_each (&generic_bus.devices, node) {
		device = metal_container_of(node, struct metal_device, node);
		if (strcmp(device->name, name) == 0)
			return device;
	}
	return NULL;
}

static int open_generic(struct metal_bus *bus, const char *dev_name, struct metal_device **device)
{
	struct metal_device *found;

	metal_unused(bus);
	metal_mutex_acquire(&lock);
	found = find_generic_device(dev_name);
	metal_mutex_release(&lock);
	if (!found)
		return -ENODEV;
	*device = found;
	return 0;
}

int metal_bus_register(struct metal_bus *bus)
{
	int ret = 0;

	if (!bus || !bus->name || !bus->name[0])
		return -EINVAL;
	metal_mutex_acquire(&lock);
	if (find_bus(bus->name)) {
		ret = -EEXIST;
	} else {
		metal_list_init(&bus->devices);
		metal_list_add_tail(&buses, &bus->node);
	}
	metal_mutex_release(&lock);
	return ret;
}

int metal_bus_unregister(struct metal_bus *bus)
{
	int ret = 0;

	if (bus == &generic_bus)
		return -EBUSY;
	metal_mutex_acquire(&lock);
	if (bus && metal_list_find_node(&buses, &bus->node))
		metal_list_del(&bus->node);
	else
		ret = -EINVAL;
	metal_mutex_release(&lock);
	if (ret == 0 && bus->ops.bus_close)
		bus->ops.bus_close(bus);
	return ret;
}

int metal_bus_find(const char *name, struct metal_bus **bus)
{
	struct metal_bus *found;

	if (!name)
		return -EINVAL;
	metal_mutex_acquire(&lock);
	found = find_bus(name);
	metal_mutex_release(&lock);
	if (!found)
		return -ENOENT;
	if (bus)
		*bus = found;
	return 0;
}

int metal_register_generic_device(struct metal_device *device)
{
	int ret = 0;

	if (!device || !device->name || !device->name[0] || device->num_regions > METAL_MAX_DEVICE_REGIONS)
		return -EINVAL;
	metal_mutex_acquire(&lock);
	if (find_generic_device(device->name)) {
		ret = -EEXIST;
	} else {
		device->bus = &generic_bus;
		metal_list_add_tail(&generic_bus.devices, &device->node);
	}
	metal_mutex_release(&lock);
	return ret;
}

int metal_device_open(const char *bus_name, const char *dev_name, struct metal_device **device)
{
	struct metal_bus *bus;
	int ret;

	if (!bus_name || !dev_name || !device)
		return -EINVAL;
	ret = metal_bus_find(bus_name, &bus);
	if (ret)
		return ret;
	if (!bus->ops.dev_open)
		return -ENODEV;
	ret = bus->ops.dev_open(bus, dev_name, device);
	if (ret == 0)
		(*device)->bus = bus;
	return ret;
}

void metal_device_close(struct metal_device *device)
{
	if (device && device->bus && device->bus->ops.dev_close)
		device->bus->ops.dev_close(device->bus, device);
}

void amp_device_finish(void)
{
	struct metal_list *node, *next;
	struct metal_bus *bus;

	metal_mutex_acquire(&lock);
	metal_list_for_each_safe (&generic_bus.devices, next, node)
		metal_list_del(node);
	metal_mutex_release(&lock);
	/* Each is closed without the lock, which its hook may need. */
	for (;;) {
		metal_mutex_acquire(&lock);
		node = metal_list_first(&buses);
		metal_mutex_release(&lock);
		if (!node)
			break;
		bus = metal_container_of(node, struct metal_bus, node);
		metal_bus_unregister(bus);
	}
}
