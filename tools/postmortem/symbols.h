/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses of a firmware turned into "function+0x12 (file.c:34)".
 *
 * A handle keeps the firmware file open, so that a crash is named in microseconds; it notices when the file was rebuilt
 * and opens it again. The file is untrusted input: whatever is wrong with it leads to fewer symbols, not to a failure.
 *
 * Context: one thread per handle; reads files, does not block otherwise.
 */
#ifndef AMPRELAY_SYMBOLS_H
#define AMPRELAY_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AMP_SYMBOLS_TEXT 160 /**< enough for every text that this module makes */

struct amp_symbols;

/** @return a new, empty handle; NULL if there is no memory. */
struct amp_symbols *amp_symbols_create(void);

/** Closes everything. @param symbols may be NULL */
void amp_symbols_destroy(struct amp_symbols *symbols);

/**
 * Uses firmware file `path` from now on. Quick if it is the same file as before, unchanged (device, inode, size, time).
 * Call it when the core starts: the first opening of a file reads its debug information (a few milliseconds).
 *
 * @param build_id     what the running firmware says its build id is; the file is not used if its own differs
 * @param build_id_len bytes valid in build_id; 0 if unknown, any file is taken then
 * @param why          at least AMP_SYMBOLS_TEXT bytes: the reason if there are no symbols, empty if there are
 * @return true if addresses can be looked up
 */
bool amp_symbols_open(struct amp_symbols *symbols, const char *path, const uint8_t *build_id, size_t build_id_len,
                      char *why);

/**
 * Names an address of code.
 *
 * @param out  "function+0x12 (file.c:34)", as much of it as is known, cut to size; empty if nothing is known
 * @return true if `out` is not empty
 */
bool amp_symbols_lookup(struct amp_symbols *symbols, uint64_t addr, char *out, size_t size);

/**
 * Names the call that returns to `addr` (a link register, a return address on a stack): the line is the call's own,
 * which matters when the call is the last instruction of its function. Otherwise as amp_symbols_lookup().
 */
bool amp_symbols_lookup_caller(struct amp_symbols *symbols, uint64_t addr, char *out, size_t size);

/** Where in a program's text an address is. */
struct amp_source {
	char function[AMP_SYMBOLS_TEXT];
	char file[4096]; /**< as the compiler was told; relative names are completed with its working directory */
	int line;
};

/**
 * Finds the line of an address of code, or with `caller` the call that returns to it.
 *
 * @return true if all of `source` is known
 */
bool amp_symbols_source(struct amp_symbols *symbols, uint64_t addr, bool caller, struct amp_source *source);

/** @return true if `addr` lies in an executable section of the open file. */
bool amp_symbols_is_code(const struct amp_symbols *symbols, uint64_t addr);

#endif
