/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a debugger finds the sources of a file that was built in another folder than that where they are now. */
#ifndef AMPRELAY_GDB_SOURCES_H
#define AMPRELAY_GDB_SOURCES_H

#include <limits.h>
#include <stdbool.h>

struct gdb_sources {
	char from[PATH_MAX];   /**< the sources' folder when the file was built … */
	char to[PATH_MAX];     /**< … and now */
	char beside[PATH_MAX]; /**< names that begin with ".." are relative to this one; empty: to where they were */
};

/**
 * Looks for the sources of an ELF file: in the folder where it was built, else in `folder` and those above it.
 *
 * @param folder  absolute
 * @return true: they are not where they were, and `sources` says where they are
 */
bool amp_gdb_find_sources(const char *elf, const char *folder, struct gdb_sources *sources);

#endif
