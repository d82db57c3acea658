// SPDX-License-Identifier: BSD-3-Clause
/* Lending memory to devices. */
#include <metal/cache.h>
#include <metal/device.h>
#include <metal/dma.h>
#include <metal/errno.h>

#include "port.h"

static bool good_arguments(const struct metal_device *dev, uint32_t dir, const struct metal_sg *sg, int nents)
{
	return dev && dev->bus && sg && nents > 0 && dir >= METAL_DMA_DEV_R && dir <= METAL_DMA_DEV_WR;
}

int metal_dma_map(struct metal_device *dev, uint32_t dir, struct metal_sg *sg_in, int nents_in, struct metal_sg *sg_out)
{
	if (!good_arguments(dev, dir, sg_in, nents_in) || !sg_out)
		return -EINVAL;
	if (!dev->bus->ops.dev_dma_map)
		return -ENODEV;
	/* Everything that this core did to the memory comes before the device's turn. */
	atomic_thread_fence(memory_order_acq_rel);
	return dev->bus->ops.dev_dma_map(dev->bus, dev, dir, sg_in, nents_in, sg_out);
}

void metal_dma_unmap(struct metal_device *dev, uint32_t dir, struct metal_sg *sg, int nents)
{
	if (!good_arguments(dev, dir, sg, nents) || !dev->bus->ops.dev_dma_unmap)
		return;
	dev->bus->ops.dev_dma_unmap(dev->bus, dev, dir, sg, nents);
	/* … and nothing of what this core does next comes before its end. */
	atomic_thread_fence(memory_order_acq_rel);
}

int amp_generic_dma_map(struct metal_bus *bus, struct metal_device *device, uint32_t dir, struct metal_sg *sg_in,
                        int nents_in, struct metal_sg *sg_out)
{
	metal_unused(bus);
	metal_unused(device);
	for (int i = 0; i < nents_in; i++) {
		/* Also where the device only writes: a dirty line written back later would destroy what it wrote. */
		amp_cache_flush_io(sg_in[i].io, sg_in[i].virt, (unsigned int)sg_in[i].len);
		if (dir & METAL_DMA_DEV_W)
			amp_cache_invalidate_io(sg_in[i].io, sg_in[i].virt, (unsigned int)sg_in[i].len);
		if (sg_out != sg_in)
			sg_out[i] = sg_in[i];
	}
	return nents_in;
}

void amp_generic_dma_unmap(struct metal_bus *bus, struct metal_device *device, uint32_t dir, struct metal_sg *sg,
                           int nents)
{
	metal_unused(bus);
	metal_unused(device);
	/* Once more: the core may have fetched lines ahead while the device wrote. */
	for (int i = 0; i < nents && (dir & METAL_DMA_DEV_W); i++)
		amp_cache_invalidate_io(sg[i].io, sg[i].virt, (unsigned int)sg[i].len);
}
