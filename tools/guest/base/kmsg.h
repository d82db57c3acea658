/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel log as /dev/kmsg gives it: one record per read, waitable with poll. */
#ifndef AMPRELAY_GUEST_KMSG_H
#define AMPRELAY_GUEST_KMSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AMP_KMSG_RECORD_MAX 8192 /**< longest record that the kernel returns */

struct amp_kmsg {
	unsigned int level;    /**< 0 (emergency) … 7 (debug) */
	uint64_t seq;          /**< sequence number; grows by one with every record */
	uint64_t usec;         /**< microseconds since boot */
	const char *text;      /**< NUL-terminated; points into the record */
	const char *subsystem; /**< "remoteproc" …, or NULL; points into the record */
};

/**
 * Parse one record "LEVEL,SEQ,USEC,FLAGS[,…];TEXT\n KEY=VALUE\n…" in place.
 *
 * @param record `len` bytes followed by room for one NUL; modified.
 * @return false if this is no such record.
 */
bool amp_kmsg_parse(char *record, size_t len, struct amp_kmsg *msg);

/** Format as "[    1.234567] text\n". @return length, at most size - 1; a longer text is cut, the newline stays. */
size_t amp_kmsg_format(const struct amp_kmsg *msg, char *buf, size_t size);

/** Open the log at its end: only records from now on. Non-blocking. @return descriptor or -errno. */
int amp_kmsg_open_at_end(void);

/**
 * Read the next record into `record` (AMP_KMSG_RECORD_MAX + 1 bytes) and parse it.
 *
 * @return 1 with a record, 0 if there is none at present, -errno. Records that the kernel has overwritten meanwhile are
 *         skipped: compare `seq` to notice.
 */
int amp_kmsg_read(int fd, char *record, struct amp_kmsg *msg);

#endif
