// SPDX-License-Identifier: GPL-2.0-only
/*
 * The post-mortem of a core that left nonsense: crash record, memory, register text, and a firmware file that was
 * damaged meanwhile. Input: what is there (1), words of the record (512), register text (256), then the firmware.
 */
#include "fuzz.h"

#include "postmortem/postmortem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MEMORY_DA   0x21000000u
#define MEMORY_SIZE 0x4000u
#define EM_ARM      40

static uint8_t memory[MEMORY_SIZE];

static void check_line(const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	fuzz_check(len < size);
	for (size_t i = 0; i < len; i++)
		fuzz_check(text[i] >= 0x20 && text[i] < 0x7f);
}

static void check_summary(const struct amp_postmortem_summary *summary)
{
	const struct amp_registers *regs = &summary->registers;

	fuzz_check(summary->cause < AMP_CRASH_COUNT && regs->count <= AMP_MAX_REGISTERS);
	fuzz_check(regs->source <= AMP_REGISTERS_QEMU);
	fuzz_check(regs->source == AMP_REGISTERS_NONE ? !regs->valid : regs->count > 0);
	fuzz_check(regs->count == 64 || !(regs->valid >> regs->count));
	check_line(summary->text, sizeof(summary->text));
	check_line(summary->pc_sym, sizeof(summary->pc_sym));
	check_line(summary->lr_sym, sizeof(summary->lr_sym));
	check_line(summary->no_symbols, sizeof(summary->no_symbols));
}

/* A report is text for a terminal, whatever the core wrote. */
static void check_report(const char *path)
{
	FILE *in = fopen(path, "r");
	int c;

	fuzz_check(in);
	while ((c = fgetc(in)) != EOF)
		fuzz_check(c == '\n' || (c >= 0x20 && c < 0x7f));
	fclose(in);
	unlink(path);
}

static int firmware_file(struct fuzz_input *in)
{
	int fd = memfd_create("firmware", MFD_CLOEXEC);

	if (fd < 0 || (in->left && write(fd, in->data, in->left) < 0)) {
		perror("memfd");
		exit(1);
	}
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	uint8_t what = fuzz_u8(&in);
	struct amp_postmortem_summary summary;
	struct amp_remote remote = {0};
	char text[257], firmware[32], path[64];
	int fd;

	snprintf(path, sizeof(path), "/tmp/amprelay-fuzz-postmortem-%d", (int)getpid());
	fuzz_bytes(&in, &remote.crash.cause, 512);
	remote.build_id_len = what & 1 ? fuzz_u8(&in) : 0;
	remote.trace_head = what & 2 ? fuzz_u32(&in) : 0;
	fuzz_bytes(&in, text, sizeof(text) - 1);
	text[256] = '\0';
	for (size_t i = 0; i < sizeof(memory); i++)
		memory[i] = (uint8_t)(text[i % 256] + (char)(i >> 8));
	if (what & 4) {
		remote.crash.magic = AMP_CRASH_MAGIC;
		remote.crash.epoch = 1;
	}
	fd = firmware_file(&in);
	snprintf(firmware, sizeof(firmware), "/proc/self/fd/%d", fd);
	struct amp_postmortem pm = {
		.core = "m3",
		.epoch = 1,
		.elf_machine = EM_ARM,
		.detector = AMP_DETECTOR_FAULT_HANDLER,
		.text = what & 8 ? text : NULL,
		.remote = what & 16 ? NULL : &remote,
		.registers = text,
		.memory = memory,
		.memory_size = sizeof(memory),
		.memory_da = MEMORY_DA,
		.trace_offset = 0x100,
		.trace_size = 0x200,
		.firmware = firmware,
		.symbols = amp_symbols_create(),
	};
	fuzz_check(pm.symbols);
	amp_postmortem_summarise(&pm, &summary);
	check_summary(&summary);
	if (!(what & 0x60)) { /* files are slow: one input in four writes them */
		fuzz_check(amp_postmortem_write_report(&pm, &summary, path) == 0);
		check_report(path);
		fuzz_check(amp_postmortem_write_core(&pm, &summary, path) <= 0);
		unlink(path);
	}
	amp_symbols_destroy(pm.symbols);
	close(fd);
	return 0;
}
