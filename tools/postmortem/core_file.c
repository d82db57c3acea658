// SPDX-License-Identifier: GPL-2.0-only
/*
 * An ELF core file as gdb knows it from 32-bit Linux: one thread (NT_PRSTATUS) and the shared memory. Zero pages lie
 * in no segment's file part: each run of used pages is one segment, whose p_memsz covers the zero pages after it.
 */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch.h"
#include "new_file.h"
#include "postmortem.h"

#define PAGE         4096u
#define MAX_SEGMENTS 512u /* runs beyond these are merged into the last one */
#define MAX_PRSTATUS 512u

struct run {
	uint32_t offset; /* into the memory */
	uint32_t file_size;
	uint32_t mem_size;
};

static bool is_zero(const uint8_t *page, size_t size)
{
	return page[0] == 0 && (size == 1 || memcmp(page, page + 1, size - 1) == 0);
}

/* Splits the memory into runs; returns their number. The first run starts at 0, even if it holds no bytes. */
static unsigned int find_runs(const uint8_t *memory, size_t size, struct run *runs)
{
	unsigned int n = 0;

	for (size_t at = 0; at < size; at += PAGE) {
		size_t len = size - at < PAGE ? size - at : PAGE;
		bool zero = is_zero(memory + at, len);
		struct run *last = n ? &runs[n - 1] : NULL;
		bool gap = last && last->file_size < last->mem_size;

		if (!last || (gap && !zero && n < MAX_SEGMENTS)) {
			runs[n++] = (struct run){(uint32_t)at, zero ? 0 : (uint32_t)len, (uint32_t)len};
			continue;
		}
		last->mem_size += (uint32_t)len;
		if (!zero)
			last->file_size = last->mem_size;
	}
	return n;
}

static void put32(uint8_t *at, uint32_t value)
{
	for (unsigned int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

/* What kept stdio from writing, as far as it has told. */
static int why(void)
{
	return errno ? -errno : -EIO;
}

static int write_note(FILE *f, const struct amp_arch *arch, const struct amp_registers *regs)
{
	const struct amp_arch_prstatus *layout = arch->prstatus;
	static const Elf32_Nhdr none;
	Elf32_Nhdr note = none;
	uint8_t status[MAX_PRSTATUS] = {0};

	note.n_namesz = 5;
	note.n_descsz = layout->size;
	note.n_type = NT_PRSTATUS;
	put32(status + layout->pid_offset, 1);
	for (unsigned int i = 0; i < layout->num_regs; i++) {
		unsigned int reg = i == 0 && layout->pc_first ? arch->pc : i;

		put32(status + layout->reg_offset + (size_t)4 * i, (uint32_t)regs->value[reg]);
	}
	fwrite(&note, sizeof(note), 1, f);
	fwrite("CORE\0\0\0", 8, 1, f);
	fwrite(status, layout->size, 1, f);
	return ferror(f) ? why() : 0;
}

static void write_headers(FILE *f, const struct amp_postmortem *pm, const struct amp_arch *arch, const struct run *runs,
                          unsigned int num_runs)
{
	uint32_t note_size = (uint32_t)sizeof(Elf32_Nhdr) + 8 + arch->prstatus->size;
	uint32_t note_at = (uint32_t)(sizeof(Elf32_Ehdr) + (num_runs + 1) * sizeof(Elf32_Phdr));
	uint32_t at = (note_at + note_size + PAGE - 1) & ~(PAGE - 1);
	Elf32_Ehdr ehdr = {
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32, ELFDATA2LSB, EV_CURRENT},
		.e_type = ET_CORE,
		.e_machine = arch->elf_machine,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(Elf32_Ehdr),
		.e_ehsize = sizeof(Elf32_Ehdr),
		.e_phentsize = sizeof(Elf32_Phdr),
		.e_phnum = (Elf32_Half)(num_runs + 1),
	};
	Elf32_Phdr phdr = {.p_type = PT_NOTE, .p_offset = note_at, .p_filesz = note_size, .p_align = 4};

	fwrite(&ehdr, sizeof(ehdr), 1, f);
	fwrite(&phdr, sizeof(phdr), 1, f);
	for (unsigned int i = 0; i < num_runs; i++) {
		phdr = (Elf32_Phdr){
			.p_type = PT_LOAD,
			.p_offset = at,
			.p_vaddr = pm->memory_da + runs[i].offset,
			.p_paddr = pm->memory_da + runs[i].offset,
			.p_filesz = runs[i].file_size,
			.p_memsz = runs[i].mem_size,
			.p_flags = PF_R | PF_W | PF_X,
			.p_align = PAGE,
		};
		fwrite(&phdr, sizeof(phdr), 1, f);
		at += (runs[i].file_size + PAGE - 1) & ~(PAGE - 1);
	}
}

static int write_file(FILE *f, const struct amp_postmortem *pm, const struct amp_arch *arch,
                      const struct amp_registers *regs, const struct run *runs, unsigned int num_runs)
{
	int err;

	errno = 0;
	write_headers(f, pm, arch, runs, num_runs);
	err = write_note(f, arch, regs);
	for (unsigned int i = 0; !err && i < num_runs; i++) {
		long at = ftell(f);

		/* the bytes up to the next page stay a hole */
		if (at < 0 || fseek(f, (at + (long)PAGE - 1) & ~((long)PAGE - 1), SEEK_SET))
			return -errno;
		if (fwrite(pm->memory + runs[i].offset, 1, runs[i].file_size, f) != runs[i].file_size)
			err = why();
	}
	return err;
}

int amp_postmortem_write_core(const struct amp_postmortem *pm, const struct amp_postmortem_summary *summary,
                              const char *path)
{
	const struct amp_arch *arch = amp_arch_find(pm->elf_machine);
	struct amp_new_file f;
	unsigned int num_runs;
	struct run *runs;
	int err;

	if (!arch || !arch->prstatus)
		return -ENOTSUP;
	runs = calloc(MAX_SEGMENTS, sizeof(*runs));
	if (!runs)
		return -ENOMEM;
	num_runs = pm->memory ? find_runs(pm->memory, pm->memory_size, runs) : 0;
	err = amp_new_file_open(&f, path);
	if (!err) {
		err = write_file(f.file, pm, arch, &summary->registers, runs, num_runs);
		err = amp_new_file_close(&f, path, err);
	}
	free(runs);
	return err;
}
