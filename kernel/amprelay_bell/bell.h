/* SPDX-License-Identifier: GPL-2.0-only */
/* What bench/doorbell.c and the module amprelay_bell have in common. */
#ifndef AMP_BENCH_BELL_H
#define AMP_BENCH_BELL_H

/*
 * Rings that are answered. What each took is a little-endian 32-bit number in the shared memory, in
 * nanoseconds. One ring more says that all are there.
 */
#define BELL_TRIPS 12000

/* Of the shared memory: a power of two, at least 4 * BELL_TRIPS. */
#define BELL_MEMORY 65536

#endif
