/* SPDX-License-Identifier: GPL-2.0-only */
/* A remote processor with 16 KiB of memory between canaries, a resource table, and allocations that are counted. */
#ifndef TESTS_REMOTEPROC_FIXTURE_H
#define TESTS_REMOTEPROC_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <amprelay/image_store.h>
#include <amprelay/remoteproc.h>
#include <openamp/remoteproc.h>
#include <openamp/remoteproc_virtio.h>

#include "elf_builder.h"

#define MEM_PA   0x80000000u
#define MEM_SIZE 0x4000u
#define CANARY   0xa5
#define FRESH    0x5a /* what the memory holds before a load */

/* What the platform's operations were asked, and what they are to answer. */
struct platform {
	int config, start, stop, shutdown, suspend, resume, remove; /* calls */
	int answer;                                                 /* of all of them */
	int rings;
	uint32_t rung;
	int vendor_calls;
	int vendor_answer;
	uint32_t vendor_type;
	size_t vendor_len;
};

extern struct remoteproc rproc;
extern struct platform platform;
extern struct remoteproc_ops platform_ops; /* tests may take members away */
extern struct remoteproc_mem shared_mem;
extern uint8_t *const memory;

/* cmocka setup and teardown: initialised and configured;
 * at the end nothing is left allocated, and the canaries live. */
int setup(void **state);
int teardown(void **state);

void check_canaries(void);

/* The n-th allocation from now on fails, counted from 1; 0: none. */
void fail_allocation(unsigned int n);
/* The n-th allocation from now on does this first: what another core may do in the middle of a function. */
void at_allocation(unsigned int n, void (*act)(void));
/* Did that come? */
int allocation_acted(void);
/* Did it fail? */
int allocation_failed(void);
int live_allocations(void);

/* A table with a vdev of two vrings and a trace buffer, for the memory above. */
struct table {
	struct resource_table header;
	uint32_t offset[2];
	struct fw_rsc_vdev vdev;
	struct fw_rsc_vdev_vring vring[2];
	uint32_t config[2];
	struct fw_rsc_trace trace;
};
extern const struct table good_table;

/* The segments of an image, and the bss, are in the memory; all else there is as it was. */
void check_loaded(const struct elf_spec *spec, const struct elf_image *image);

#endif
