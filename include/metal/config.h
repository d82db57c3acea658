/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file config.h
 * @brief Sizes of the porting layer. Library and application must agree on those that are part of a structure.
 */
#ifndef METAL_CONFIG_H
#define METAL_CONFIG_H

/** I/O regions in a struct metal_device: part of its layout. */
#define METAL_MAX_DEVICE_REGIONS 32

/** Software interrupts of metal/softirq.h that can be allocated in total, a multiple of 32. */
#define METAL_SOFTIRQ_MAX 64

#endif /* METAL_CONFIG_H */
