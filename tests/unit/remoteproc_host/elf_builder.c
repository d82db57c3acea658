// SPDX-License-Identifier: GPL-2.0-only
#include "elf_builder.h"

#include <amprelay/config.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define NAMES     "\0.text\0.resource_table\0.shstrtab"
#define NAME_TEXT 1
#define NAME_RSC  7
#define NAME_SHST 23

struct elf_spec elf_default_spec(bool wide)
{
	struct elf_spec spec = {
		.wide = (wide || MEM_DA > UINT32_MAX) && AMP_WITH_ELF64,
		.segment = {{MEM_DA, 0x120, 0x120}, {MEM_DA + 0x1000, 0x180, 0x300}, {MEM_DA + 0x3000, 0, 0x100}},
	};

	return spec;
}

uint8_t elf_byte(unsigned int segment, size_t offset)
{
	return (uint8_t)(segment * 59 + offset * 7 + 1);
}

static size_t ehsize(bool wide)
{
	return wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
}

static size_t phsize(bool wide)
{
	return wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
}

static size_t shsize(bool wide)
{
	return wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
}

static uint8_t *place(const struct elf_image *image, const struct elf_field_ref *field, unsigned int index)
{
	static const struct elf_field_ref phoff = EH(e_phoff), shoff = EH(e_shoff);
	size_t at = field->offset[image->wide];

	if (field->structure == PHDR)
		at += elf_get_field(image, &phoff, 0) + index * phsize(image->wide);
	else if (field->structure == SHDR)
		at += elf_get_field(image, &shoff, 0) + index * shsize(image->wide);
	assert(at + field->size[image->wide] <= image->size);
	return image->bytes + at;
}

uint64_t elf_get_field(const struct elf_image *image, const struct elf_field_ref *field, unsigned int index)
{
	uint64_t value = 0;

	memcpy(&value, place(image, field, index), field->size[image->wide]);
	return value;
}

void elf_set_field(struct elf_image *image, const struct elf_field_ref *field, unsigned int index, uint64_t value)
{
	memcpy(place(image, field, index), &value, field->size[image->wide]);
}

#define SET(image, kind, field, index, value)                        \
	do {                                                         \
		static const struct elf_field_ref ref = kind(field); \
		elf_set_field((image), &ref, (index), (value));      \
	} while (0)

static void set_header(struct elf_image *image, size_t phoff, size_t shoff, unsigned int shnum)
{
	memcpy(image->bytes, ELFMAG, SELFMAG);
	image->bytes[EI_CLASS] = image->wide ? ELFCLASS64 : ELFCLASS32;
	image->bytes[EI_DATA] = ELFDATA2LSB;
	image->bytes[EI_VERSION] = EV_CURRENT;
	SET(image, EH, e_type, 0, ET_EXEC);
	SET(image, EH, e_machine, 0, ELF_MACHINE);
	SET(image, EH, e_version, 0, EV_CURRENT);
	SET(image, EH, e_entry, 0, ELF_ENTRY);
	SET(image, EH, e_phoff, 0, phoff);
	SET(image, EH, e_ehsize, 0, ehsize(image->wide));
	SET(image, EH, e_phentsize, 0, phsize(image->wide));
	SET(image, EH, e_phnum, 0, ELF_SEGMENTS);
	if (shnum == 0)
		return;
	SET(image, EH, e_shoff, 0, shoff);
	SET(image, EH, e_shentsize, 0, shsize(image->wide));
	SET(image, EH, e_shnum, 0, shnum);
	SET(image, EH, e_shstrndx, 0, image->names_section);
}

static void set_section(struct elf_image *image, unsigned int index, uint32_t name, uint32_t type, size_t offset,
                        size_t size)
{
	SET(image, SH, sh_name, index, name);
	SET(image, SH, sh_type, index, type);
	SET(image, SH, sh_offset, index, offset);
	SET(image, SH, sh_size, index, size);
}

static void fill_segment(struct elf_image *image, const struct elf_spec *spec, unsigned int n)
{
	size_t start = image->segment_offset[n];
	size_t from =
		start == 0 && spec->segment[n].filesz ? ehsize(spec->wide) + ELF_SEGMENTS * phsize(spec->wide) : 0;

	for (size_t i = from; i < spec->segment[n].filesz; i++)
		image->bytes[start + i] = elf_byte(n, i);
	SET(image, PH, p_type, n, PT_LOAD);
	SET(image, PH, p_offset, n, start);
	SET(image, PH, p_vaddr, n, 0xdead0000); /* must not matter */
	SET(image, PH, p_paddr, n, spec->segment[n].da);
	SET(image, PH, p_filesz, n, spec->segment[n].filesz);
	SET(image, PH, p_memsz, n, spec->segment[n].memsz);
	SET(image, PH, p_flags, n, spec->segment[n].flags);
}

struct elf_image elf_build(const struct elf_spec *spec)
{
	struct elf_image image = {.wide = spec->wide};
	size_t phdrs = ELF_SEGMENTS * phsize(spec->wide), phoff = ehsize(spec->wide), at = phoff + phdrs, names = 0,
	       shoff;
	unsigned int shnum = spec->table ? 4 : 3;

	if (spec->names_early) {
		names = at;
		at += sizeof(NAMES);
	}
	for (unsigned int n = 0; n < ELF_SEGMENTS; n++) {
		image.segment_offset[n] = n == 0 && spec->headers_in_first ? 0 : (at + 7) & ~(size_t)7;
		if (spec->segment[n].filesz)
			at = image.segment_offset[n] + spec->segment[n].filesz;
	}
	image.needed = at;
	at += spec->junk;
	if (!spec->names_early) {
		names = at;
		at += sizeof(NAMES);
	}
	shoff = (at + 7) & ~(size_t)7;
	image.size = spec->no_sections ? at : shoff + shnum * shsize(spec->wide);
	if (spec->phdrs_last) {
		phoff = (image.size + 7) & ~(size_t)7;
		image.size = phoff + phdrs;
	}
	if (!spec->no_sections || spec->phdrs_last)
		image.needed = image.size;
	image.bytes = calloc(1, image.size);
	assert(image.bytes);
	image.names_section = shnum - 1;

	set_header(&image, phoff, shoff, spec->no_sections ? 0 : shnum);
	for (unsigned int n = 0; n < ELF_SEGMENTS; n++)
		fill_segment(&image, spec, n);
	if (spec->table)
		memcpy(image.bytes + image.segment_offset[1], spec->table, spec->table_size);
	memcpy(image.bytes + names, NAMES, sizeof(NAMES));
	if (spec->no_sections)
		return image;
	set_section(&image, 1, NAME_TEXT, SHT_PROGBITS, image.segment_offset[0], spec->segment[0].filesz);
	if (spec->table) {
		set_section(&image, 2, NAME_RSC, spec->table_type ? spec->table_type : SHT_PROGBITS,
		            image.segment_offset[1], spec->table_size);
		SET(&image, SH, sh_addr, 2, spec->table_runs_at ? spec->table_runs_at : spec->segment[1].da);
	}
	set_section(&image, image.names_section, NAME_SHST, SHT_STRTAB, names, sizeof(NAMES));
	return image;
}

void elf_free(struct elf_image *image)
{
	free(image->bytes);
	image->bytes = NULL;
}
