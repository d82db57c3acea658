/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A dump explained: of this lab or of any board. What faulted, the state of each vring and the first thing in it that
 * cannot be, the last messages, the trace.
 *
 * Nothing in a dump is believed: it is what a core left that had gone wrong, and the file may be cut off.
 *
 * Context: one thread; reads files.
 */
#ifndef AMPRELAY_POSTMORTEM_AUTOPSY_H
#define AMPRELAY_POSTMORTEM_AUTOPSY_H

#include <stdio.h>

#include "common/vdevs.h"
#include "dump_file.h"
#include "postmortem.h"
#include "ring_state.h"

#define AMP_AUTOPSY_DEVICES 4u /**< RPMsg devices that are looked at */

#define AMP_AUTOPSY_PATH 4096u

/** One RPMsg device. */
struct amp_autopsy_device {
	struct amp_vdev vdev;
	struct amp_ringstate queue[2]; /**< by enum amp_direction */
};

struct amp_autopsy {
	/* what the caller fills in: */
	struct amp_dumpfile dump;
	const char *firmware;     /**< ELF file for symbols, NULL: none */
	const char *firmware_dir; /**< where a firmware may be that the dump names, if none is given; NULL: nowhere */
	bool mapped;              /**< the next one is valid: */
	uint64_t shift;           /**< device address less host address of the buffers, modulo 2^64 */
	const uint8_t *table;     /**< resource table; NULL: it is looked for in the dump */
	size_t table_size;

	/* what is found: */
	uint64_t table_at; /**< device address; 0: it was given */
	uint64_t near;    /**< an address whose upper half is that of addresses which the table has the lower half of */
	bool has_control; /**< there is a control block (WIRE.md, section 3) … */
	uint64_t control; /**< … at this device address … */
	struct amp_soc soc;       /**< … which says this */
	bool has_remote;          /**< there is the remote's section: … */
	struct amp_remote remote; /**< … this */
	bool has_buffers;         /**< it is known where the buffers are */
	struct amp_autopsy_device device[AMP_AUTOPSY_DEVICES];
	uint32_t devices;
	uint8_t *image;  /**< the shared memory in one piece; NULL: there is no control block */
	char *registers; /**< as text, from the dump's own note; NULL: none */
	char core[AMP_NAME_LEN + 1];
	char named[AMP_AUTOPSY_PATH]; /**< the firmware that the dump names */
	struct amp_postmortem pm;
	struct amp_postmortem_summary summary;
};

/**
 * Takes the resource table of a file: its bytes alone, or an ELF file with a section .resource_table.
 *
 * @param error  AMP_DUMPFILE_TEXT bytes: what is wrong with it
 */
bool amp_autopsy_read_table(struct amp_autopsy *autopsy, const char *path, char *error);

/** Looks at everything. @return false if there is no memory for it */
bool amp_autopsy_examine(struct amp_autopsy *autopsy);

/**
 * The address that 32 bits of the table mean: the lower half of one near the table, or all of one below 4 GiB,
 * whichever the dump has.
 */
uint64_t amp_autopsy_address(const struct amp_autopsy *autopsy, uint32_t da);

/** @return the first ring that has something wrong; NULL: there is none */
const struct amp_ringstate *amp_autopsy_first_fault(const struct amp_autopsy *autopsy);

void amp_autopsy_free(struct amp_autopsy *autopsy);

/* autopsy_text.c */

/** Prints it for people: printable ASCII and line ends. */
void amp_autopsy_print(const struct amp_autopsy *autopsy, FILE *out);

#endif /* AMPRELAY_POSTMORTEM_AUTOPSY_H */
