/* SPDX-License-Identifier: GPL-2.0-only */
/* What the post-mortem tests share: the firmware's addresses, a crash in it, and scratch files. */
#ifndef AMPRELAY_TEST_POSTMORTEM_FIXTURE_H
#define AMPRELAY_TEST_POSTMORTEM_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "postmortem/postmortem.h"

#define SKIPPED 77 /* ctest's SKIP_RETURN_CODE */

#define MEMORY_DA   0x21000000u
#define MEMORY_SIZE 0x200000u
#define INNER_UDF   0x21100202u /* crash_firmware.s: the udf */
#define IN_MIDDLE   0x21100107u /* return address after bl inner, Thumb bit set */
#define IN_OUTER    0x21100007u
#define STACK       0x21180000u
#define ARM         40  /* EM_ARM */
#define MIPS        8   /* EM_MIPS: no core files */
#define AARCH64     183 /* EM_AARCH64 */
#define RISCV       243 /* EM_RISCV */

struct fixture {
	struct amp_remote remote;
	uint8_t memory[MEMORY_SIZE];
	struct amp_postmortem pm;
	struct amp_postmortem_summary summary;
	char dir[64];
	char path[96];
};

static inline void put_word(struct fixture *f, uint32_t da, uint32_t word)
{
	memcpy(f->memory + (da - MEMORY_DA), &word, sizeof(word));
}

/* A core that ran into the udf in inner(), called by middle(), called by outer(). */
static inline int setup_fixture(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct amp_crash *crash = &f->remote.crash;

	snprintf(f->dir, sizeof(f->dir), "/tmp/postmortem-test-XXXXXX");
	if (!mkdtemp(f->dir))
		return -1;
	snprintf(f->path, sizeof(f->path), "%s/out", f->dir);
	put_word(f, STACK + 4, IN_OUTER);
	put_word(f, STACK + 12, 0xffffffff);
	crash->magic = AMP_CRASH_MAGIC;
	crash->epoch = 3;
	crash->cause = AMP_CRASH_UNDEFINED;
	crash->arch = ARM;
	for (unsigned int i = 0; i < 13; i++)
		crash->reg[i] = 0x1000 + i;
	crash->reg[13] = STACK;
	crash->reg[14] = IN_MIDDLE;
	crash->reg[15] = INNER_UDF;
	crash->reg[16] = 0x01000000;
	crash->reg[17] = 0xfffffff9;
	crash->status[0] = 1u << 16;
	crash->stack_da = STACK;
	crash->stack_words = 4;
	crash->stack[1] = IN_OUTER;
	f->pm = (struct amp_postmortem){
		.core = "m3",
		.epoch = 3,
		.elf_machine = ARM,
		.detector = AMP_DETECTOR_FAULT_HANDLER,
		.remote = &f->remote,
		.memory = f->memory,
		.memory_size = MEMORY_SIZE,
		.memory_da = MEMORY_DA,
		.trace_offset = 0x2000,
		.trace_size = 0x1000,
		.firmware = TEST_FIRMWARE,
		.symbols = amp_symbols_create(),
	};
	*state = f;
	return f->pm.symbols ? 0 : -1;
}

static inline int teardown_fixture(void **state)
{
	struct fixture *f = *state;

	unlink(f->path);
	rmdir(f->dir); /* fails, and so does the next run's claim, if something was left behind */
	amp_symbols_destroy(f->pm.symbols);
	free(f);
	return 0;
}

/* The whole file as text; the caller frees it. */
static inline char *read_text(const char *path, size_t *size)
{
	FILE *file = fopen(path, "r");
	char *text;
	long len;

	assert_non_null(file);
	fseek(file, 0, SEEK_END);
	len = ftell(file);
	rewind(file);
	text = calloc(1, (size_t)len + 1);
	assert_int_equal(fread(text, 1, (size_t)len, file), len);
	fclose(file);
	if (size)
		*size = (size_t)len;
	return text;
}

static inline bool firmware_exists(void)
{
	if (!access(TEST_FIRMWARE, R_OK))
		return true;
	printf("skipped: no test firmware, arm-none-eabi-gcc was missing when this was built\n");
	return false;
}

#endif
