/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that appear whole or not at all. */
#ifndef AMPRELAY_POSTMORTEM_NEW_FILE_H
#define AMPRELAY_POSTMORTEM_NEW_FILE_H

#include <stdio.h>

/** A file under a temporary name beside its final one. */
struct amp_new_file {
	FILE *file;
	char *tmp;
};

/** @return 0 or a negative errno */
int amp_new_file_open(struct amp_new_file *f, const char *path);

/**
 * Gives the file its name if `result` is 0 and all has been written, else deletes it. Frees everything.
 * @return `result`, or a negative errno
 */
int amp_new_file_close(struct amp_new_file *f, const char *path, int result);

#endif
