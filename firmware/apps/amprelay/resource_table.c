// SPDX-License-Identifier: BSD-3-Clause
#include "resource_table.h"

#include "journal.h"

#include <soc.h>
#include <stddef.h>

_Static_assert(SOC_VDEV0_NUM_VRINGS == 2, "RPMsg has two vrings");
_Static_assert(offsetof(struct app_resource_table, vring) ==
                       offsetof(struct app_resource_table, vdev) + sizeof(struct fw_rsc_vdev),
               "the vrings follow the vdev");

_Static_assert(sizeof(((struct app_resource_table *)0)->journal) == sizeof(struct amp_rsc_journal),
               "the journal's entry");

/* Lower halves of addresses: see amp_table_da(). */
#define VRING(n)                                                                              \
	{                                                                                     \
		.da = (uint32_t)SOC_VDEV0_VRING##n##_DA, .align = SOC_VDEV0_VRING##n##_ALIGN, \
		.num = SOC_VDEV0_VRING##n##_NUM, .notifyid = SOC_VDEV0_VRING##n##_NOTIFYID,   \
	}

__attribute__((section(".resource_table"), used)) struct app_resource_table app_resource_table = {
	.header = {.ver = 1, .num = 3},
	.offset =
		{
			offsetof(struct app_resource_table, vdev),
			offsetof(struct app_resource_table, trace),
			offsetof(struct app_resource_table, journal),
		},
	.vdev =
		{
			.type = RSC_VDEV,
			.id = SOC_VDEV0_ID,
			.dfeatures = SOC_VDEV0_FEATURES,
			.num_of_vrings = SOC_VDEV0_NUM_VRINGS,
		},
	.vring = {VRING(0), VRING(1)},
	.trace =
		{
			.type = RSC_TRACE,
			.da = (uint32_t)SOC_TRACE_DA,
			.len = SOC_TRACE_SIZE,
			.name = "trace",
		},
	.journal =
		{
			.type = AMP_RSC_JOURNAL,
#if UINTPTR_MAX == UINT32_MAX
			.da = (uint32_t)&amp_journal_memory,
			.len = sizeof(amp_journal_memory),
#else
			.da_and_len = (uintptr_t)&amp_journal_memory - (SOC_MEM_DA & ~(uint64_t)UINT32_MAX) +
                                      ((uint64_t)sizeof(amp_journal_memory) << 32),
#endif
			.name = "journal",
		},
};
