// SPDX-License-Identifier: BSD-3-Clause
#include "resource_table.h"

#include "control.h"
#include "journal.h"

#include <soc.h>
#include <stddef.h>

_Static_assert(SOC_VDEV0_NUM_VRINGS == 2, "RPMsg has two vrings");
_Static_assert(offsetof(struct app_resource_table, vring) ==
                       offsetof(struct app_resource_table, vdev) + sizeof(struct fw_rsc_vdev),
               "the vrings follow the vdev");

_Static_assert(sizeof(((struct app_resource_table *)0)->journal) == sizeof(struct amp_rsc_journal),
               "the journal's entry");
_Static_assert(sizeof(((struct app_resource_table *)0)->journal2) == sizeof(struct amp_rsc2_trace),
               "the journal's entry of version 2");
_Static_assert(sizeof(struct app_resource_table) <= 512, "both versions are to be small");

/* Lower halves of addresses: see amp_table_da(). */
#define VRING(n)                                                                              \
	{                                                                                     \
		.da = (uint32_t)SOC_VDEV0_VRING##n##_DA, .align = SOC_VDEV0_VRING##n##_ALIGN, \
		.num = SOC_VDEV0_VRING##n##_NUM, .notifyid = SOC_VDEV0_VRING##n##_NOTIFYID,   \
	}

#define HEAD(kind, member)                                                                                             \
	{                                                                                                              \
		AMP_RSC2_##kind, AMP_RSC2_VERSION, AMP_RSC2_OPTIONAL, sizeof(((struct app_resource_table *)0)->member) \
	}

#define BUFFERS(n)                                                                                 \
	{                                                                                          \
		AMP_RSC2_U64(SOC_VDEV0_BUFFERS##n##_DA), AMP_RSC2_U64(SOC_VDEV0_BUFFERS##n##_LEN), \
			SOC_VDEV0_BUFFER_SIZE_EACH                                                 \
	}

__attribute__((section(".resource_table"), used)) struct app_resource_table app_resource_table = {
	.header = {.ver = 1, .num = 4},
	.offset =
		{
			offsetof(struct app_resource_table, vdev),
			offsetof(struct app_resource_table, trace),
			offsetof(struct app_resource_table, journal),
			offsetof(struct app_resource_table, table2),
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
	.table2 = {AMP_RSC_TABLE2, AMP_TABLE2_MAGIC, APP_TABLE2_SIZE, AMP_TABLE2_VERSION, 6, AMP_TABLE2_OWNER_HOST, 0},
	.more = {.head = HEAD(VDEV, more), .buffers = {BUFFERS(0), BUFFERS(1)}},
	.trace2 = {.head = HEAD(TRACE, trace2),
                   .da = AMP_RSC2_U64(SOC_TRACE_DA),
                   .len = AMP_RSC2_U64(SOC_TRACE_SIZE),
                   .method = AMP_RSC2_TRACE_TEXT,
                   .notifyid = AMP_DB_TRACE,
                   .name = "trace"},
	.journal2 = {.head = HEAD(TRACE, journal2),
#if UINTPTR_MAX == UINT32_MAX
                     .da = {(uint32_t)&amp_journal_memory, 0},
#else
                     .da = (uintptr_t)&amp_journal_memory,
#endif
                     .len = AMP_RSC2_U64(sizeof(amp_journal_memory)),
                     .method = AMP_RSC2_TRACE_JOURNAL,
                     .notifyid = AMP_DB_JOURNAL,
                     .name = "journal"},
	.label = AMP_RSC2_PARAM_INIT(APP_LABEL_MAX, "label", ""),
	.rate = AMP_RSC2_PARAM_INIT(APP_RATE_MAX, "rate", ""),
	.state = {.head = HEAD(STATE, state)},
};

/* The numbers are the same there. */
void amp_state_told(uint32_t state, uint32_t cause)
{
	amp_rsc2_set_state(&app_resource_table.state, state, cause);
}
