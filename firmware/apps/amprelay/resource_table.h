/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What this firmware asks of Linux's remoteproc, which reads the table from the ELF file and, at run time,
 * writes status, features and vring addresses to the copy in our memory.
 */
#ifndef AMP_FIRMWARE_RESOURCE_TABLE_H
#define AMP_FIRMWARE_RESOURCE_TABLE_H

#include <amprelay/wire.h>
#include <openamp/remoteproc.h>

struct app_resource_table {
	struct resource_table header;
	uint32_t offset[3];
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
};

extern struct app_resource_table app_resource_table;

#endif
