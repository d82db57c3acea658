/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory in a dump, of whatever origin: an ELF core file of ours, a devcoredump of Linux, raw bytes of a board.
 *
 * A file may be cut off, and lie about itself: what is not there is not read.
 */
#ifndef AMPRELAY_POSTMORTEM_DUMP_FILE_H
#define AMPRELAY_POSTMORTEM_DUMP_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AMP_DUMPFILE_PIECES 512u
#define AMP_DUMPFILE_TEXT   256u
#define AMP_DUMPFILE_NOTE   512u

/** A range of memory. */
struct amp_dumpfile_piece {
	uint64_t da;          /**< device address */
	uint64_t size;        /**< bytes … */
	uint64_t filled;      /**< … of which so many are in the file; the rest is zero */
	const uint8_t *bytes; /**< them */
};

struct amp_dumpfile {
	struct amp_dumpfile_piece piece[AMP_DUMPFILE_PIECES];
	uint32_t pieces;
	uint16_t elf_machine;                /**< 0: unknown */
	uint8_t prstatus[AMP_DUMPFILE_NOTE]; /**< the note NT_PRSTATUS, if there is one … */
	uint32_t prstatus_size;              /**< … else 0 */
	void *files[AMP_DUMPFILE_PIECES];    /**< contents, from malloc */
	uint32_t num_files;
};

/**
 * Adds what is in an ELF file of type CORE.
 *
 * @param error  AMP_DUMPFILE_TEXT bytes: what is wrong with it
 */
bool amp_dumpfile_add_elf(struct amp_dumpfile *dump, const char *path, char *error);

/** Adds a file's bytes at a device address. */
bool amp_dumpfile_add_raw(struct amp_dumpfile *dump, uint64_t da, const char *path, char *error);

/** Reads a whole file. @return its bytes, which belong to `dump`; NULL with `error` */
const uint8_t *amp_dumpfile_read_file(struct amp_dumpfile *dump, const char *path, size_t *size, char *error);

/** @param dump  a struct amp_dumpfile: the function is an amp_memory.read */
bool amp_dumpfile_read(void *dump, uint64_t addr, void *copy, size_t size);

void amp_dumpfile_free(struct amp_dumpfile *dump);

#endif /* AMPRELAY_POSTMORTEM_DUMP_FILE_H */
