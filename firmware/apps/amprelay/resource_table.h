/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What this firmware asks of Linux's remoteproc, which reads the table from the ELF file and, at run time,
 * writes status, features and vring addresses to the copy in our memory.
 */
#ifndef AMP_FIRMWARE_RESOURCE_TABLE_H
#define AMP_FIRMWARE_RESOURCE_TABLE_H

#include <amprelay/resource_table2.h>
#include <amprelay/wire.h>
#include <openamp/remoteproc.h>

#include <stddef.h>

#define APP_LABEL_MAX 24 /* bytes of a parameter's value, its NUL included */
#define APP_RATE_MAX  8

struct app_resource_table {
	struct resource_table header;
	uint32_t offset[4];
	struct fw_rsc_vdev vdev;
	struct fw_rsc_vdev_vring vring[2]; /* part of vdev: must follow it */
	struct fw_rsc_trace trace;
	/* ignored by hosts that do not know it */
#if UINTPTR_MAX == UINT32_MAX
	struct amp_rsc_journal journal;
#else
	/*
	 * The same, for a linker that knows addresses of 64 bits only: `da` in the lower half of a word, `len` in the
	 * upper one.
	 */
	struct {
		uint32_t type;
		uint64_t da_and_len;
		uint32_t reserved;
		char name[32];
	} __attribute__((packed)) journal;
#endif
	/* version 2, of the same devices: an old host passes it over */
	struct amp_table2 table2;
	struct amp_rsc2_vdev more;
	struct amp_rsc2_trace trace2;
#if UINTPTR_MAX == UINT32_MAX
	struct amp_rsc2_trace journal2;
#else
	struct {
		struct amp_rsc2 head;
		uint64_t da;
		struct amp_rsc_u64 len;
		uint32_t method;
		uint32_t notifyid;
		char name[AMP_RSC2_NAME_LEN];
	} __attribute__((packed)) journal2;
#endif
	AMP_RSC2_PARAM_OF(APP_LABEL_MAX) label;
	AMP_RSC2_PARAM_OF(APP_RATE_MAX) rate;
	struct amp_rsc2_state state;
};

extern struct app_resource_table app_resource_table;

/** Bytes of version 2. */
#define APP_TABLE2_SIZE (sizeof(struct app_resource_table) - offsetof(struct app_resource_table, table2))

#endif
