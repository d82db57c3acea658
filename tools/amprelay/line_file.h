/* SPDX-License-Identifier: GPL-2.0-only */
/* A file that grows by lines and may be replaced by a new one of the same name: flight record, logs. */
#ifndef AMPRELAY_LINE_FILE_H
#define AMPRELAY_LINE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct line_file {
	char *path;
	int fd; /**< -1: the file is not there (yet) */
	ino_t inode;
	dev_t device;
	char *buffer;
	size_t used, start, capacity;
};

/** @return 0 or -ENOMEM; a missing file is no error, it may come */
int amp_line_file_open(struct line_file *f, const char *dir, const char *name);

/** Skips what is in the file now. */
void amp_line_file_skip(struct line_file *f);

/**
 * The next whole line. When the file has been replaced, what is left of the old one comes first, then the new one.
 *
 * @param partial  take a last line without newline, too
 * @return the line without its newline, NUL-terminated, valid until the next call; NULL if there is none for now
 */
char *amp_line_file_next(struct line_file *f, bool partial);

void amp_line_file_close(struct line_file *f);

/**
 * Watches a directory, so that changes after this call are not missed.
 *
 * @return a descriptor for amp_dir_watch_wait(), to be closed; or a negative errno
 */
int amp_dir_watch_open(const char *dir);

/**
 * Blocks until something has changed in the directory.
 *
 * @param timeout_ms  -1 = for ever
 * @return 1 if it has, 0 if time has passed, a negative errno (-EINTR: a signal)
 */
int amp_dir_watch_wait(int fd, int timeout_ms);

#endif
