/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A remote processor with 16 KiB of memory between canaries, for images and resource tables that nobody has
 * checked.
 */
#ifndef TESTS_FUZZ_TARGET_H
#define TESTS_FUZZ_TARGET_H

#include <amprelay/remoteproc.h>

#include "fuzz.h"

#define TARGET_DA   0x20000000u
#define TARGET_PA   0x80000000u
#define TARGET_SIZE 0x4000u

struct target {
	struct remoteproc rproc;
	struct remoteproc_mem mem;
	struct metal_io_region io;
	uint8_t *memory; /**< TARGET_SIZE bytes; the remote writes them too */
};

/** Configured, ready for a load. */
void target_up(struct target *target);

/** Nothing outside the memory was written. */
void target_check(const struct target *target);

/** Shut down and removed: all that was allocated has been freed. */
void target_down(struct target *target);

#endif
