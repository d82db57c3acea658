/* SPDX-License-Identifier: GPL-2.0-only */
/* Images that are loaded from memory and from streams, and the look at what is in the memory then. */
#ifndef TESTS_LOAD_FIXTURE_H
#define TESTS_LOAD_FIXTURE_H

#include "fixture.h"

struct elf_spec spec_with_table(bool wide);

/* A stream that brings pieces of at most `piece` bytes, fails at `fail_at`, and can begin again so many times. */
struct source {
	const struct elf_image *image;
	size_t at;
	size_t piece;
	size_t end;
	size_t fail_at;
	unsigned int may_rewind;
	unsigned int rewinds;
};

int read_source(void *arg, void *buf, size_t size);

/* remoteproc_load() of the first `end` bytes, as a stream in pieces of that size, or from memory. */
int load_source(struct source *source);
int load_stream(const struct elf_image *image, size_t piece, size_t end);
int load_mem(const struct elf_image *image, size_t end);

/* The image is loaded, and the processor is ready; then the memory is as before the load. */
void expect_loaded(const struct elf_spec *spec, const struct elf_image *image);

#endif
