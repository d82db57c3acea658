/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * In place of the firmware's: a device that asks for buffers of sizes of its own, and for short rings, so that they fit
 * where Linux has 256 buffers of 512 bytes each way.
 */
#ifndef SIZES_RESOURCE_TABLE_H
#define SIZES_RESOURCE_TABLE_H

#include <amprelay/buffer_sizes.h>
#include <openamp/remoteproc.h>

#define SIZES_TO_LINUX 4096
#define SIZES_TO_CORE  2048
#define SIZES_RING     32

struct app_resource_table {
	struct resource_table header;
	uint32_t offset[2];
	struct fw_rsc_vdev vdev;
	struct fw_rsc_vdev_vring vring[2]; /* part of vdev: must follow it */
	struct amp_rpmsg_space space;      /* and that must follow them */
	uint8_t padding;                   /* an entry begins at a multiple of 4 */
	struct fw_rsc_trace trace;
};

extern struct app_resource_table app_resource_table;

#endif
