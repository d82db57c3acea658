// SPDX-License-Identifier: BSD-3-Clause
/* Buses and devices; the generic bus. */
#include <metal/device.h>
#include <metal/errno.h>

#include "port.h"

static int open_generic(struct metal_bus *bus, const char *dev_name, struct metal_device **device);

static const struct amp_named named_buses = {&_metal.common.bus_list, offsetof(struct metal_bus, node)};
static const struct amp_named generic_devices = {&_metal.common.generic_device_list,
                                                 offsetof(struct metal_device, node)};

static struct metal_bus generic_bus = {
	.name = "generic",
	.ops = {.dev_open = open_generic, .dev_dma_map = amp_generic_dma_map, .dev_dma_unmap = amp_generic_dma_unmap},
	.devices = METAL_INIT_LIST(generic_bus.devices),
};

/* The generic bus is in the list from the first use of any bus on. Then there is one of its name. */
static void join_generic_bus(void)
{
	(void)amp_named_add(&named_buses, &generic_bus);
}

static int open_generic(struct metal_bus *bus, const char *dev_name, struct metal_device **device)
{
	struct metal_device *found = amp_named_find(&generic_devices, dev_name);

	metal_unused(bus);
	if (!found)
		return -ENODEV;
	*device = found;
	return 0;
}

int metal_bus_register(struct metal_bus *bus)
{
	int ret;

	if (!bus)
		return -EINVAL;
	join_generic_bus();
	ret = amp_named_add(&named_buses, bus);
	if (ret == 0)
		metal_list_init(&bus->devices);
	return ret;
}

int metal_bus_unregister(struct metal_bus *bus)
{
	if (bus == &generic_bus)
		return -EBUSY;
	if (!bus || !amp_named_remove(&named_buses, &bus->node))
		return -EINVAL;
	if (bus->ops.bus_close)
		bus->ops.bus_close(bus);
	return 0;
}

int metal_bus_find(const char *name, struct metal_bus **bus)
{
	struct metal_bus *found;

	if (!name)
		return -EINVAL;
	join_generic_bus();
	found = amp_named_find(&named_buses, name);
	if (!found)
		return -ENOENT;
	if (bus)
		*bus = found;
	return 0;
}

int metal_register_generic_device(struct metal_device *device)
{
	int ret;

	if (!device || device->num_regions > METAL_MAX_DEVICE_REGIONS)
		return -EINVAL;
	ret = amp_named_add(&generic_devices, device);
	if (ret == 0)
		device->bus = &generic_bus;
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
	struct metal_list *node;

	amp_named_forget(&generic_devices);
	(void)amp_named_remove(&named_buses, &generic_bus.node);
	/* Each is closed without a lock, which its hook may need. */
	while ((node = metal_list_first(&_metal.common.bus_list)) != NULL)
		(void)metal_bus_unregister(metal_container_of(node, struct metal_bus, node));
}
