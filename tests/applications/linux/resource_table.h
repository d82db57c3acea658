/* SPDX-License-Identifier: BSD-3-Clause */
/* The shared memory of the two processes,
 * and the table that says what is where in it. */
#ifndef RESOURCE_TABLE_H
#define RESOURCE_TABLE_H

#include <openamp/open_amp.h>

#define MEMORY_SIZE    0x00040000u
#define MEMORY_PA      0u /* of the shared memory, as both sides number it */
#define TABLE_PA       (MEMORY_PA + 0x100u)
#define RING_PA(n)     (MEMORY_PA + 0x4000u + (n)*0x4000u)
#define RING_BYTES     0x4000u
#define RING_NUM       32
#define RING_ALIGN     4096
#define BUFFERS_PA     (MEMORY_PA + 0x10000u)
#define BUFFERS_SIZE   (2 * RING_NUM * RPMSG_BUFFER_SIZE)
#define RING_NOTIFY_ID 1

METAL_PACKED_BEGIN
struct remote_resource_table {
	unsigned int version;
	unsigned int num;
	unsigned int reserved[2];
	unsigned int offset[1];
	struct fw_rsc_vdev rpmsg_vdev;
	struct fw_rsc_vdev_vring rpmsg_vring0;
	struct fw_rsc_vdev_vring rpmsg_vring1;
} METAL_PACKED_END;

#define RESOURCE_TABLE                                                                                    \
	{                                                                                                 \
		.version = 1, .num = 1, .offset = {offsetof(struct remote_resource_table, rpmsg_vdev)},   \
		.rpmsg_vdev = {RSC_VDEV, VIRTIO_ID_RPMSG, 0, 1 << VIRTIO_RPMSG_F_NS, 0, 0, 0, 2, {0, 0}}, \
		.rpmsg_vring0 = {RING_PA(0), RING_ALIGN, RING_NUM, RING_NOTIFY_ID, 0},                    \
		.rpmsg_vring1 = {RING_PA(1), RING_ALIGN, RING_NUM, RING_NOTIFY_ID + 1, 0},                \
	}

#endif /* RESOURCE_TABLE_H */
