/* SPDX-License-Identifier: GPL-2.0-only */
/* Logs in the state directory: fresh at each start, the previous one kept, limited in size. */
#ifndef AMPRELAY_RELAY_LOG_FILE_H
#define AMPRELAY_RELAY_LOG_FILE_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#define LOG_FILE_MAX (64u << 20) /**< bytes; then the next generation begins, so that no guest can fill the disk */

struct log_file {
	int fd;
	uint64_t size;
	char path[PATH_MAX];
	char previous[PATH_MAX];
};

/**
 * Opens DIR/STEM.SUFFIX afresh; what was there becomes DIR/STEM.1.SUFFIX.
 *
 * @return 0 or a negative errno
 */
int amp_logfile_open(struct log_file *file, const char *dir, const char *stem, const char *suffix);

/** Appends. A full disk loses log lines, nothing else. */
void amp_logfile_write(struct log_file *file, const void *data, size_t len);

void amp_logfile_close(struct log_file *file);

#endif /* AMPRELAY_RELAY_LOG_FILE_H */
