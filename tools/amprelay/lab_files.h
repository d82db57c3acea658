/* SPDX-License-Identifier: GPL-2.0-only */
/* The files that a lab is made of, and the directory that Linux loads firmware from. */
#ifndef AMPRELAY_LAB_FILES_H
#define AMPRELAY_LAB_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "lab_net.h"
#include "relay/base/soc_config.h"

#define LAB_FILES_ERROR 512

/** The SoC of those that choose none: qemu/m3.dts. */
#define LAB_DEFAULT_SOC "m3"

/** Absolute paths, all from malloc; NULL until resolved. */
struct lab_files {
	char *dir;
	char *kernel;
	char *initramfs;
	char *more_initramfs; /**< the user's; NULL: none */
	char *soc_file;
	char *firmware;       /**< a directory, or one file */
	bool single_firmware; /**< `firmware` is a file */
	struct soc_config soc;
};

/** What the user asked for; NULL = the lab directory's own. */
struct lab_choice {
	const char *dir;
	const char *kernel;
	const char *initramfs; /**< an archive more */
	const char *soc;       /**< a name, or a file if it has a slash or ends in ".json" */
	const char *firmware;
};

/**
 * The directory with Image, initramfs.cpio, SOC.json, boot ROMs and firmware/: `dir`, else $AMPRELAY_LAB, else
 * ../share/amprelay or ../../lab beside the program. It need not exist.
 *
 * @return from malloc
 */
char *amp_lab_files_dir(const char *dir);

/**
 * Finds and checks all files.
 *
 * @param error  LAB_FILES_ERROR bytes: which one is missing or bad, and what to do
 * @return an enum amp_exit: AMP_EXIT_OK or AMP_EXIT_ENVIRONMENT
 */
int amp_lab_files_resolve(struct lab_files *files, const struct lab_choice *choice, char *error);

/**
 * Only the SoC: as amp_lab_files_resolve() finds and checks it.
 *
 * @param dir  as for amp_lab_files_dir()
 * @param soc  as in struct lab_choice
 */
int amp_lab_soc_load(struct soc_config *config, const char *dir, const char *soc, char *error);

void amp_lab_files_free(struct lab_files *files);

/**
 * Has the lab's kernel Linux's own checkers, and faults that it injects (`make lab DEBUG=1`)?
 *
 * @param dir  as for amp_lab_files_dir()
 */
bool amp_lab_has_debug_kernel(const char *dir);

/** Linux's. */
#define LAB_QEMU_HOST "qemu-system-aarch64"

/** @return the path of a program in $PATH, from malloc; NULL if it is not there */
char *amp_lab_find_program(const char *name);

/**
 * With a single firmware file: makes STATE_DIR/firmware, holding a copy of the file under the name that its core loads,
 * and the other cores' firmware; remembers where each came from. Linux sees that directory through QEMU, which does not
 * follow symbolic links, and a build replaces its output by a new file, which a hard link would miss: hence a copy.
 *
 * @return the directory to share (from malloc), or NULL with `error`
 */
char *amp_lab_firmware_prepare(const struct lab_files *files, const char *state_dir, char *error);

/** Is it an archive that Linux can unpack? @return an enum amp_exit, with `error` */
int amp_lab_initramfs_check(const char *path, char *error);

/**
 * The archive for this boot: the lab's own; or a file in STATE_DIR, with what a network needs and the user's behind it.
 *
 * @return its path (from malloc), or NULL with `error`
 */
char *amp_lab_initramfs_prepare(const struct lab_files *files, const struct lab_net *net, const char *state_dir,
                                char *error);

/**
 * Copies the firmware of `core` again, if the lab works with copies. For start and restart.
 *
 * @return 0, or a negative errno with `error`; the copy is as it was then
 */
int amp_lab_firmware_refresh(const char *state_dir, const char *core, char *error);

#endif
