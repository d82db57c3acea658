/* SPDX-License-Identifier: GPL-2.0-only */
/* A resource table of version 1 with one of version 2 in it, which has an entry of each kind. */
#ifndef TESTS_REMOTEPROC_TABLE2_H
#define TESTS_REMOTEPROC_TABLE2_H

#include <amprelay/resource_table2.h>

#include <stddef.h>

/* A device that is in version 2 only. */
struct alone {
	struct amp_rsc2_vdev more;
	struct fw_rsc_vdev vdev;
	struct fw_rsc_vdev_vring vring[2];
	uint32_t config[2];
};

struct vendor2 {
	struct amp_rsc2_vendor head;
	uint32_t data[2];
};

struct both {
	struct resource_table header;
	uint32_t offset[2];
	struct fw_rsc_vdev vdev;
	struct fw_rsc_vdev_vring vring[2];
	struct amp_table2 table2;
	struct amp_rsc2_memory carveout;
	struct amp_rsc2_memory devmem;
	struct amp_rsc2_trace trace;
	struct amp_rsc2_vdev more; /* of vdev */
	struct alone alone;
	AMP_RSC2_PARAM_OF(8) greeting;
	AMP_RSC2_PARAM_OF(4) rate;
	struct amp_rsc2_dtree dtree;
	struct amp_rsc2_state state;
	struct vendor2 vendor;
};

#define TABLE2_AT      offsetof(struct both, table2)
#define TABLE2_SIZE    (sizeof(struct both) - TABLE2_AT)
#define TABLE2_ENTRIES 10

#define HEAD(kind, type, priority)                                        \
	{                                                                 \
		AMP_RSC2_##kind, AMP_RSC2_VERSION, priority, sizeof(type) \
	}

#define ANY64 AMP_RSC2_U64(AMP_RSC2_ADDR_ANY)

/* Addresses from `base` on, where 16 KiB of memory are. */
#define BOTH(base)                                                                                                     \
	{                                                                                                              \
		.header = {.ver = 1, .num = 2}, .offset = {offsetof(struct both, vdev), TABLE2_AT},                    \
		.vdev = {.type = RSC_VDEV, .id = 7, .notifyid = 1, .dfeatures = 1, .num_of_vrings = 2},                \
		.vring = {{.da = (base) + 0x2000, .align = 16, .num = 4, .notifyid = 2},                               \
		          {.da = (base) + 0x2400, .align = 16, .num = 4, .notifyid = 3}},                              \
		.table2 = {AMP_RSC_TABLE2,                                                                             \
		           AMP_TABLE2_MAGIC,                                                                           \
		           TABLE2_SIZE,                                                                                \
		           AMP_TABLE2_VERSION,                                                                         \
		           TABLE2_ENTRIES,                                                                             \
		           AMP_TABLE2_OWNER_HOST,                                                                      \
		           0},                                                                                         \
		.carveout = {.head = HEAD(CARVEOUT, struct amp_rsc2_memory, 1),                                        \
		             .da = AMP_RSC2_U64((base) + 0x3000),                                                      \
		             .len = AMP_RSC2_U64(0x100),                                                               \
		             .name = "carveout"},                                                                      \
		.devmem = {.head = HEAD(DEVMEM, struct amp_rsc2_memory, 1),                                            \
		           .da = AMP_RSC2_U64(base),                                                                   \
		           .pa = AMP_RSC2_U64(0x80000000),                                                             \
		           .len = AMP_RSC2_U64(0x10),                                                                  \
		           .name = "devmem"},                                                                          \
		.trace = {.head = HEAD(TRACE, struct amp_rsc2_trace, 0),                                               \
		          .da = AMP_RSC2_U64((base) + 0x3800),                                                         \
		          .len = AMP_RSC2_U64(0x100),                                                                  \
		          .method = AMP_RSC2_TRACE_JOURNAL,                                                            \
		          .notifyid = 9,                                                                               \
		          .name = "trace"},                                                                            \
		.more = {.head = HEAD(VDEV, struct amp_rsc2_vdev, 1),                                                  \
		         .dfeatures_high = 1,                                                                          \
		         .buffers = {{AMP_RSC2_U64((base) + 0x1000), AMP_RSC2_U64(0x400), 256},                        \
		                     {AMP_RSC2_U64((base) + 0x1400), AMP_RSC2_U64(0x200), 128}}},                      \
		.alone = {.more = {.head = HEAD(VDEV, struct alone, 1),                                                \
		                   .twin = AMP_RSC2_NO_TWIN,                                                           \
		                   .buffers = {{ANY64, AMP_RSC2_U64(0), 0}, {ANY64, AMP_RSC2_U64(0x800), 64}}},        \
		          .vdev = {.type = RSC_VDEV, .id = 3, .notifyid = 4, .config_len = 8, .num_of_vrings = 2},     \
		          .vring = {{.da = (base) + 0x2800, .align = 16, .num = 4, .notifyid = 5},                     \
		                    {.da = FW_RSC_U32_ADDR_ANY,                                                        \
		                     .align = 16,                                                                      \
		                     .num = 4,                                                                         \
		                     .notifyid = RSC_NOTIFY_ID_ANY,                                                    \
		                     .reserved = FW_RSC_U32_ADDR_ANY}}},                                               \
		.greeting = AMP_RSC2_PARAM_INIT(8, "greeting", "hello"), .rate = AMP_RSC2_PARAM_INIT(4, "rate", "10"), \
		.dtree = {.head = HEAD(DTREE, struct amp_rsc2_dtree, 0), .da = ANY64},                                 \
		.state = {.head = HEAD(STATE, struct amp_rsc2_state, 0)},                                              \
		.vendor = {.head = {HEAD(VENDOR, struct vendor2, 0), RSC_VENDOR_START}, .data = {1, 2}},               \
	}

#endif
