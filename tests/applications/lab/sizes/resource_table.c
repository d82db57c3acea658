// SPDX-License-Identifier: BSD-3-Clause
#include "resource_table.h"

#include <soc.h>
#include <stddef.h>

_Static_assert(SIZES_RING *(SIZES_TO_LINUX + SIZES_TO_CORE) <= SOC_VDEV0_BUFFER_SIZE, "the buffers fit");
_Static_assert(offsetof(struct app_resource_table, space) ==
                       offsetof(struct app_resource_table, vring) + 2 * sizeof(struct fw_rsc_vdev_vring),
               "the configuration space follows the vrings");
_Static_assert(offsetof(struct app_resource_table, trace) % 4 == 0, "entries are aligned");

#define VRING(n)                                                                                       \
	{                                                                                              \
		.da = SOC_VDEV0_VRING##n##_DA, .align = SOC_VDEV0_VRING##n##_ALIGN, .num = SIZES_RING, \
		.notifyid = SOC_VDEV0_VRING##n##_NOTIFYID,                                             \
	}

__attribute__((section(".resource_table"), used)) struct app_resource_table app_resource_table = {
	.header = {.ver = 1, .num = 2},
	.offset =
		{
			offsetof(struct app_resource_table, vdev),
			offsetof(struct app_resource_table, trace),
		},
	.vdev =
		{
			.type = RSC_VDEV,
			.id = SOC_VDEV0_ID,
			.dfeatures = SOC_VDEV0_FEATURES | 1u << AMP_RPMSG_F_BUFSZ,
			.config_len = sizeof(struct amp_rpmsg_space),
			.num_of_vrings = SOC_VDEV0_NUM_VRINGS,
		},
	.vring = {VRING(0), VRING(1)},
	.space = AMP_RPMSG_SPACE(SIZES_TO_LINUX, SIZES_TO_CORE),
	.trace =
		{
			.type = RSC_TRACE,
			.da = SOC_TRACE_DA,
			.len = SOC_TRACE_SIZE,
			.name = "trace",
		},
};
