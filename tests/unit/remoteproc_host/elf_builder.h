/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ELF files for tests, of both classes, as linkers lay them out:
 *
 *   header | program headers | [section names, if early] | segments | junk | section names | section headers
 *
 * Some linkers have the program headers at the end.
 *
 * Sections: 0 null, 1 .text (segment 0), 2 .resource_table (if there is one), then .shstrtab.
 */
#ifndef TESTS_ELF_BUILDER_H
#define TESTS_ELF_BUILDER_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where the remote has its memory. Above 4 GiB, too: then a table has the lower half of an address. */
#ifndef MEM_DA
#define MEM_DA 0x20000000u
#endif

#define ELF_SEGMENTS 3
#define ELF_MACHINE  EM_ARM
#define ELF_ENTRY    0x20000041u

struct elf_spec {
	bool wide; /* 64 bits */
	struct {
		uint64_t da;
		size_t filesz;
		size_t memsz;
		uint32_t flags;
	} segment[ELF_SEGMENTS];
	bool headers_in_first; /* the first segment starts with the file */
	const void *table;     /* resource table, at the start of segment 1; NULL: none */
	size_t table_size;
	uint64_t table_runs_at; /* 0: where segment 1 is loaded */
	uint32_t table_type;    /* 0: SHT_PROGBITS */
	size_t junk;
	bool names_early;
	bool phdrs_last;
	bool no_sections;
};

struct elf_image {
	uint8_t *bytes; /* malloc()ed */
	size_t size;
	size_t needed; /* bytes of it without which it cannot be loaded */
	bool wide;
	size_t segment_offset[ELF_SEGMENTS];
	unsigned int names_section;
};

/* Three segments: one with file only, one with file and bss, one with bss only. */
struct elf_spec elf_default_spec(bool wide);

/* Make the file; elf_free() frees it. */
struct elf_image elf_build(const struct elf_spec *spec);
void elf_free(struct elf_image *image);

/* What is in a segment at this place of the file. */
uint8_t elf_byte(unsigned int segment, size_t offset);

/* A field: structure, and place and size in both classes. */
struct elf_field_ref {
	enum {
		EHDR,
		PHDR,
		SHDR
	} structure;
	size_t offset[2];
	size_t size[2];
};

#define EH(field)                                                                          \
	{                                                                                  \
		EHDR, {offsetof(Elf32_Ehdr, field), offsetof(Elf64_Ehdr, field)},          \
		{                                                                          \
			sizeof(((Elf32_Ehdr *)0)->field), sizeof(((Elf64_Ehdr *)0)->field) \
		}                                                                          \
	}
#define PH(field)                                                                          \
	{                                                                                  \
		PHDR, {offsetof(Elf32_Phdr, field), offsetof(Elf64_Phdr, field)},          \
		{                                                                          \
			sizeof(((Elf32_Phdr *)0)->field), sizeof(((Elf64_Phdr *)0)->field) \
		}                                                                          \
	}
#define SH(field)                                                                          \
	{                                                                                  \
		SHDR, {offsetof(Elf32_Shdr, field), offsetof(Elf64_Shdr, field)},          \
		{                                                                          \
			sizeof(((Elf32_Shdr *)0)->field), sizeof(((Elf64_Shdr *)0)->field) \
		}                                                                          \
	}

/* Read and write a field of the file; index counts program or section headers. Values are cut to the field's size. */
uint64_t elf_get_field(const struct elf_image *image, const struct elf_field_ref *field, unsigned int index);
void elf_set_field(struct elf_image *image, const struct elf_field_ref *field, unsigned int index, uint64_t value);

#endif
