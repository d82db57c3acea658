/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The other side of shared memory, as the input plays it: it rewrites any byte, between two calls of the library
 * or between two accesses of one call.
 *
 * The library under test is built with fuzz/shared_access.h, so that each access to shared memory is a moment.
 */
#ifndef TESTS_FUZZ_PEER_H
#define TESTS_FUZZ_PEER_H

#include "fuzz.h"

/** What the peer can write from now on. */
void fuzz_peer_begin(void *shared, size_t size);
void fuzz_peer_end(void);

/** It writes 1 to 8 bytes, at a place and of a value that the input says. */
void fuzz_peer_write(struct fuzz_input *in);

/** The same, but only after some more accesses of the library. Replaces one that still waits. */
void fuzz_peer_arm(struct fuzz_input *in);

#endif
