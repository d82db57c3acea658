/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file dma.h
 * @brief Lend memory to a device that accesses it by itself.
 */
#ifndef METAL_DMA_H
#define METAL_DMA_H

#include <metal/io.h>
#include <metal/sys.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define METAL_DMA_DEV_R  1 /**< the device reads */
#define METAL_DMA_DEV_W  2 /**< the device writes */
#define METAL_DMA_DEV_WR 3 /**< both */

struct metal_device;

/** A piece of memory. */
struct metal_sg {
	void *virt;                 /**< first byte */
	struct metal_io_region *io; /**< region that it is in; NULL: ordinary memory of this program */
	int len;                    /**< bytes */
};

/**
 * @brief Hand pieces of memory to the device: what this core wrote is visible to it afterwards.
 *
 * Until metal_dma_unmap() the memory is the device's.
 *
 * Context: task.
 *
 * @param dev      open device
 * @param dir      METAL_DMA_DEV_R, _W or _WR
 * @param sg_in    the pieces
 * @param nents_in how many, 1 or more
 * @param sg_out   as many elements: the pieces as the device sees them; may be sg_in
 * @return number of pieces in sg_out; -EINVAL for a bad argument, -ENODEV if the device's bus cannot do this, or its
 * error
 */
int metal_dma_map(struct metal_device *dev, uint32_t dir, struct metal_sg *sg_in, int nents_in,
                  struct metal_sg *sg_out);

/** Take the pieces back: what the device wrote is visible afterwards. Arguments as given by metal_dma_map(). */
void metal_dma_unmap(struct metal_device *dev, uint32_t dir, struct metal_sg *sg, int nents);

#ifdef __cplusplus
}
#endif

#endif /* METAL_DMA_H */
