/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The core that the examples run on: where its memory is, and the resource table of its firmware.
 *
 * Addresses are the core's own ("device addresses"). The host maps the same memory wherever it likes, and translates.
 */
#ifndef RESOURCES_H
#define RESOURCES_H

#include <openamp/open_amp.h>

#define CORE_MEMORY_DA   0x20000000u
#define CORE_MEMORY_SIZE 0x01000000u

/* What is where. core.ld, which links firmware for this core, has the same numbers. */
#define CORE_TABLE_DA     0x20000000u /* the resource table */
#define CORE_IN_USE_DA    0x20001000u /* a word of the remote's: see platform.c */
#define CORE_VRING0_DA    0x20010000u
#define CORE_VRING1_DA    0x20018000u
#define CORE_BUFFERS_DA   0x20020000u
#define CORE_BUFFERS_SIZE 0x00040000u
#define CORE_PROGRAM_DA   0x20100000u
#define CORE_PROGRAM_SIZE 0x00f00000u

#define CORE_VRING_NUM   256 /* messages under way in one direction */
#define CORE_VRING_ALIGN 4096

/** A table with one entry: a virtio device for RPMsg, with one vring for each direction. */
METAL_PACKED_BEGIN
struct core_resources {
	struct resource_table table;
	uint32_t offset[1];
	struct fw_rsc_vdev rpmsg;
	struct fw_rsc_vdev_vring vring[2];
} METAL_PACKED_END;

#define CORE_RESOURCES                                                                                           \
	{                                                                                                        \
		.table = {.ver = 1, .num = 1}, .offset = {offsetof(struct core_resources, rpmsg)},               \
		.rpmsg =                                                                                         \
			{                                                                                        \
				.type = RSC_VDEV,                                                                \
				.id = VIRTIO_ID_RPMSG,                                                           \
				.dfeatures = 1u << VIRTIO_RPMSG_F_NS,                                            \
				.num_of_vrings = 2,                                                              \
			},                                                                                       \
		.vring = {                                                                                       \
			{.da = CORE_VRING0_DA, .align = CORE_VRING_ALIGN, .num = CORE_VRING_NUM, .notifyid = 0}, \
			{.da = CORE_VRING1_DA, .align = CORE_VRING_ALIGN, .num = CORE_VRING_NUM, .notifyid = 1}, \
		},                                                                                               \
	}

#endif /* RESOURCES_H */
