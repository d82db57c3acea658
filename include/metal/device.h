/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file device.h
 * @brief Devices by name, on buses by name.
 *
 * The bus "generic" always exists; its devices are described by the program (metal_register_generic_device()). A port
 * may have others.
 */
#ifndef METAL_DEVICE_H
#define METAL_DEVICE_H

#include <metal/config.h>
#include <metal/dma.h>
#include <metal/io.h>
#include <metal/list.h>
#include <metal/sys.h>

#ifdef __cplusplus
extern "C" {
#endif

struct metal_bus;
struct metal_device;

/** What a bus can do; each may be NULL. Called in the context of the caller of the function named,
 * without locks held. */
struct metal_bus_ops {
	/** metal_bus_unregister(), metal_finish() */
	void (*bus_close)(struct metal_bus *bus);
	/** metal_device_open(); sets *device, whose `bus` is set afterwards. Returns 0 or a negative error number */
	int (*dev_open)(struct metal_bus *bus, const char *dev_name, struct metal_device **device);
	/** metal_device_close() */
	void (*dev_close)(struct metal_bus *bus, struct metal_device *device);
	/** acknowledge an interrupt of a device after it was handled; called by the port's dispatcher */
	void (*dev_irq_ack)(struct metal_bus *bus, struct metal_device *device, int irq);
	/** metal_dma_map() */
	int (*dev_dma_map)(struct metal_bus *bus, struct metal_device *device, uint32_t dir, struct metal_sg *sg_in,
	                   int nents_in, struct metal_sg *sg_out);
	/** metal_dma_unmap() */
	void (*dev_dma_unmap)(struct metal_bus *bus, struct metal_device *device, uint32_t dir, struct metal_sg *sg,
	                      int nents);
};

/** A way to find devices. */
struct metal_bus {
	const char *name;
	struct metal_bus_ops ops;
	struct metal_list devices; /**< the bus's own */
	struct metal_list node;    /**< of the list of buses */
};

/** A device: its memory and interrupts. */
struct metal_device {
	const char *name;
	struct metal_bus *bus;
	unsigned int num_regions; /**< valid elements of `regions` */
	struct metal_io_region regions[METAL_MAX_DEVICE_REGIONS];
	struct metal_list node; /**< of its bus */
	int irq_num;            /**< number of interrupts */
	void *irq_info;         /**< the interrupt's number, as a pointer, or the bus's own */
};

/**
 * @brief Add a bus; its name must be new. It must stay valid until metal_bus_unregister() or metal_finish().
 *
 * Context: task.
 *
 * @return 0; -EINVAL without a name, -EEXIST if the name is taken
 */
int metal_bus_register(struct metal_bus *bus);

/**
 * @brief Close a bus and forget it.
 *
 * Context: task. No device of it may be open.
 *
 * @return 0; -EINVAL if it is not registered, -EBUSY if it is the generic bus
 */
int metal_bus_unregister(struct metal_bus *bus);

/**
 * @brief Find a bus.
 *
 * Context: task.
 *
 * @param bus set on success; may be NULL
 * @return 0; -EINVAL without a name, -ENOENT if there is none
 */
int metal_bus_find(const char *name, struct metal_bus **bus);

/**
 * @brief Describe a device on the generic bus.
 *
 * Context: task.
 *
 * @param device name, num_regions, regions and interrupts filled in; must stay valid until metal_finish()
 * @return 0; -EINVAL without a name or with too many regions, -EEXIST if the name is taken
 */
int metal_register_generic_device(struct metal_device *device);

/**
 * @brief Open a device.
 *
 * Context: task.
 *
 * @param device set on success
 * @return 0; -EINVAL for a missing argument, -ENODEV if there is no such device, or its bus cannot open any, -ENOENT if
 *         there is no such bus, or the bus's error
 */
int metal_device_open(const char *bus_name, const char *dev_name, struct metal_device **device);

/** Close a device; NULL: nothing. Context: task. */
void metal_device_close(struct metal_device *device);

/** A region of an open device; NULL if it has none of that number. Context: any. */
static inline struct metal_io_region *metal_device_io_region(struct metal_device *device, unsigned int index)
{
	return index < device->num_regions && index < METAL_MAX_DEVICE_REGIONS ? &device->regions[index] : NULL;
}

#ifdef __cplusplus
}
#endif

#endif /* METAL_DEVICE_H */
