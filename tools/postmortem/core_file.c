// SPDX-License-Identifier: GPL-2.0-only
/*
 * An ELF core file as gdb knows it from Linux, of 32 or 64 bits as the core is: one thread (NT_PRSTATUS) and the shared
 * memory. Zero pages lie in no segment's file part: each run of used pages is one segment, whose p_memsz covers the
 * zero pages after it.
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

static void put(uint8_t *at, uint64_t value, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static bool is_64(const struct amp_arch *arch)
{
	return arch->word == 8;
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
	put(status + layout->pid_offset, 1, 4);
	for (unsigned int i = 0; i < layout->num_regs; i++) {
		unsigned int reg = i == 0 && layout->pc_first ? arch->pc : i;

		put(status + layout->reg_offset + (size_t)arch->word * i, regs->value[reg], arch->word);
	}
	fwrite(&note, sizeof(note), 1, f);
	fwrite("CORE\0\0\0", 8, 1, f);
	fwrite(status, layout->size, 1, f);
	return ferror(f) ? why() : 0;
}

static void write_file_header(FILE *f, const struct amp_arch *arch, unsigned int segments)
{
	Elf64_Ehdr head = {
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
		.e_type = ET_CORE,
		.e_machine = arch->elf_machine,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(Elf64_Ehdr),
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = (Elf64_Half)segments,
	};
	Elf32_Ehdr head32 = {
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32, ELFDATA2LSB, EV_CURRENT},
		.e_type = ET_CORE,
		.e_machine = arch->elf_machine,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(Elf32_Ehdr),
		.e_ehsize = sizeof(Elf32_Ehdr),
		.e_phentsize = sizeof(Elf32_Phdr),
		.e_phnum = (Elf32_Half)segments,
	};

	if (is_64(arch))
		fwrite(&head, sizeof(head), 1, f);
	else
		fwrite(&head32, sizeof(head32), 1, f);
}

static void write_segment(FILE *f, const struct amp_arch *arch, const Elf64_Phdr *segment)
{
	Elf32_Phdr narrow = {
		.p_type = segment->p_type,
		.p_offset = (Elf32_Off)segment->p_offset,
		.p_vaddr = (Elf32_Addr)segment->p_vaddr,
		.p_paddr = (Elf32_Addr)segment->p_paddr,
		.p_filesz = (Elf32_Word)segment->p_filesz,
		.p_memsz = (Elf32_Word)segment->p_memsz,
		.p_flags = segment->p_flags,
		.p_align = (Elf32_Word)segment->p_align,
	};

	if (is_64(arch))
		fwrite(segment, sizeof(*segment), 1, f);
	else
		fwrite(&narrow, sizeof(narrow), 1, f);
}

static void write_headers(FILE *f, const struct amp_postmortem *pm, const struct amp_arch *arch, const struct run *runs,
                          unsigned int num_runs)
{
	size_t head_size = is_64(arch) ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	size_t segment_size = is_64(arch) ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	uint64_t note_size = sizeof(Elf32_Nhdr) + 8 + arch->prstatus->size;
	uint64_t note_at = head_size + (num_runs + 1) * segment_size;
	uint64_t at = (note_at + note_size + PAGE - 1) & ~(uint64_t)(PAGE - 1);

	write_file_header(f, arch, num_runs + 1);
	write_segment(f, arch,
	              &(Elf64_Phdr){.p_type = PT_NOTE, .p_offset = note_at, .p_filesz = note_size, .p_align = 4});
	for (unsigned int i = 0; i < num_runs; i++) {
		write_segment(f, arch,
		              &(Elf64_Phdr){
				      .p_type = PT_LOAD,
				      .p_offset = at,
				      .p_vaddr = pm->memory_da + runs[i].offset,
				      .p_paddr = pm->memory_da + runs[i].offset,
				      .p_filesz = runs[i].file_size,
				      .p_memsz = runs[i].mem_size,
				      .p_flags = PF_R | PF_W | PF_X,
				      .p_align = PAGE,
			      });
		at += (runs[i].file_size + PAGE - 1) & ~(uint64_t)(PAGE - 1);
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
