// SPDX-License-Identifier: GPL-2.0-only
#include "image.h"

#include <assert.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#define SECTIONS 8

struct file {
	uint8_t *bytes;
	size_t used;
};

/* Appends, at a multiple of 8; NULL: zeroes. Returns where. */
static size_t put(struct file *file, const void *bytes, size_t size)
{
	size_t at = (file->used + 7) & ~(size_t)7;

	file->bytes = realloc(file->bytes, at + size);
	assert(file->bytes);
	memset(file->bytes + file->used, 0, at + size - file->used);
	if (bytes && size)
		memcpy(file->bytes + at, bytes, size);
	file->used = at + size;
	return at;
}

static void put_phdr(uint8_t *at, bool wide, const struct image_segment *segment, size_t offset)
{
	Elf32_Phdr narrow = {.p_type = segment->type,
	                     .p_flags = segment->flags,
	                     .p_offset = (Elf32_Off)offset,
	                     .p_vaddr = (Elf32_Addr)segment->vaddr,
	                     .p_paddr = (Elf32_Addr)segment->paddr,
	                     .p_filesz = (Elf32_Word)segment->filesz,
	                     .p_memsz = (Elf32_Word)segment->memsz};
	Elf64_Phdr phdr = {.p_type = segment->type,
	                   .p_flags = segment->flags,
	                   .p_offset = offset,
	                   .p_vaddr = segment->vaddr,
	                   .p_paddr = segment->paddr,
	                   .p_filesz = segment->filesz,
	                   .p_memsz = segment->memsz};

	if (wide)
		memcpy(at, &phdr, sizeof(phdr));
	else
		memcpy(at, &narrow, sizeof(narrow));
}

static void put_header(uint8_t *at, const struct image *image, unsigned int phnum, size_t shoff)
{
	unsigned int shnum = image->no_sections ? 0 : image->more_section ? SECTIONS : SECTIONS - 1;
	Elf32_Ehdr narrow = {.e_type = (Elf32_Half)image->type,
	                     .e_machine = (Elf32_Half)image->machine,
	                     .e_version = EV_CURRENT,
	                     .e_entry = (Elf32_Addr)image->entry,
	                     .e_phoff = sizeof(narrow),
	                     .e_shoff = (Elf32_Off)shoff,
	                     .e_ehsize = sizeof(narrow),
	                     .e_phentsize = sizeof(Elf32_Phdr),
	                     .e_phnum = (Elf32_Half)phnum,
	                     .e_shentsize = sizeof(Elf32_Shdr),
	                     .e_shnum = (Elf32_Half)shnum,
	                     .e_shstrndx = shnum ? 6 : 0};
	Elf64_Ehdr header = {.e_type = (Elf64_Half)image->type,
	                     .e_machine = (Elf64_Half)image->machine,
	                     .e_version = EV_CURRENT,
	                     .e_entry = image->entry,
	                     .e_phoff = sizeof(header),
	                     .e_shoff = shoff,
	                     .e_ehsize = sizeof(header),
	                     .e_phentsize = sizeof(Elf64_Phdr),
	                     .e_phnum = (Elf64_Half)phnum,
	                     .e_shentsize = sizeof(Elf64_Shdr),
	                     .e_shnum = (Elf64_Half)shnum,
	                     .e_shstrndx = shnum ? 6 : 0};
	unsigned char ident[EI_NIDENT] = {
		ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, image->wide ? ELFCLASS64 : ELFCLASS32, ELFDATA2LSB, EV_CURRENT};

	if (image->wide)
		memcpy(at, &header, sizeof(header));
	else
		memcpy(at, &narrow, sizeof(narrow));
	memcpy(at, ident, sizeof(ident));
}

static void put_section(struct file *file, bool wide, const Elf64_Shdr *section)
{
	Elf32_Shdr narrow = {.sh_name = section->sh_name,
	                     .sh_type = section->sh_type,
	                     .sh_flags = (Elf32_Word)section->sh_flags,
	                     .sh_addr = (Elf32_Addr)section->sh_addr,
	                     .sh_offset = (Elf32_Off)section->sh_offset,
	                     .sh_size = (Elf32_Word)section->sh_size,
	                     .sh_link = section->sh_link,
	                     .sh_entsize = section->sh_entsize,
	                     .sh_addralign = (Elf32_Word)section->sh_addralign};

	if (wide)
		put(file, section, sizeof(*section));
	else
		put(file, &narrow, sizeof(narrow));
}

/* ------------------------------------------------------------------ contents */

static size_t put_segment(struct file *file, const struct image *image, unsigned int n)
{
	size_t size = image->segment[n].filesz, at = put(file, NULL, size), words = image->words * sizeof(uint32_t);

	if (n == 0) {
		memset(file->bytes + at, 0x5a, size);
		memcpy(file->bytes + at, image->code, size < sizeof(image->code) ? size : sizeof(image->code));
	}
	if (n == image->table_segment && image->words)
		memcpy(file->bytes + at, image->table, words < size ? words : size);
	return at;
}

static size_t put_attributes(struct file *file, size_t *size)
{
	/* 'A', length, "aeabi", for the file, length, profile 'M' */
	static const uint8_t bytes[] = {'A', 17, 0, 0, 0, 'a', 'e', 'a', 'b', 'i', 0, 1, 7, 0, 0, 0, 7, 'M'};

	*size = sizeof(bytes);
	return put(file, bytes, sizeof(bytes));
}

/* The names, and the symbols with places in them. Returns the names' place; `names` is their size. */
static size_t put_symbols(struct file *file, const struct image *image, Elf64_Shdr *symtab, size_t *names)
{
	char text[512] = "";
	Elf32_Sym narrow[IMAGE_SYMBOLS + 1] = {0};
	Elf64_Sym wide[IMAGE_SYMBOLS + 1] = {0};

	*names = 1;
	for (unsigned int i = 0; i < image->symbols; i++) {
		size_t len = strlen(image->symbol[i].name) + 1;

		assert(*names + len <= sizeof(text));
		memcpy(text + *names, image->symbol[i].name, len);
		narrow[i + 1].st_name = wide[i + 1].st_name = (Elf32_Word)*names;
		narrow[i + 1].st_value = (Elf32_Addr)image->symbol[i].value;
		wide[i + 1].st_value = image->symbol[i].value;
		narrow[i + 1].st_shndx = wide[i + 1].st_shndx = SHN_ABS;
		*names += len;
	}
	symtab->sh_size = (image->symbols + 1) * (image->wide ? sizeof(wide[0]) : sizeof(narrow[0]));
	symtab->sh_entsize = image->wide ? sizeof(wide[0]) : sizeof(narrow[0]);
	symtab->sh_offset = image->wide ? put(file, wide, symtab->sh_size) : put(file, narrow, symtab->sh_size);
	return put(file, text, *names);
}

static uint32_t add_name(char *names, size_t *used, const char *name)
{
	size_t at = *used;

	strcpy(names + at, name);
	*used += strlen(name) + 1;
	return (uint32_t)at;
}

uint8_t *image_build(const struct image *image, size_t *size)
{
	size_t ehdr = image->wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	size_t phdr = image->wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	unsigned int phnum = image->segments + image->more_phdrs;
	size_t offset[IMAGE_SEGMENTS], at, used = 1, len, shoff;
	const struct image_segment *holder = &image->segment[image->table_segment];
	Elf64_Shdr section[SECTIONS] = {{0}};
	char names[256] = "";
	struct file file = {0};

	put(&file, NULL, ehdr + phnum * phdr);
	for (unsigned int i = 0; i < image->segments; i++) {
		offset[i] = put_segment(&file, image, i);
		put_phdr(file.bytes + ehdr + i * phdr, image->wide, &image->segment[i], offset[i]);
	}
	section[1] = (Elf64_Shdr){.sh_name = add_name(names, &used, ".text"),
	                          .sh_type = SHT_PROGBITS,
	                          .sh_flags = SHF_ALLOC | SHF_EXECINSTR,
	                          .sh_addr = image->segment[0].vaddr,
	                          .sh_offset = offset[0],
	                          .sh_size = image->segment[0].filesz};
	section[2] = (Elf64_Shdr){.sh_name = add_name(names, &used, image->table_name),
	                          .sh_type = image->table_type,
	                          .sh_flags = SHF_ALLOC | SHF_WRITE,
	                          .sh_addr = image->table_addr ? image->table_addr : holder->vaddr,
	                          .sh_offset = offset[image->table_segment],
	                          .sh_size = image->table_size ? image->table_size : image->words * sizeof(uint32_t)};
	section[3] = (Elf64_Shdr){.sh_name = add_name(names, &used, image->m_profile ? ".ARM.attributes" : ".comment"),
	                          .sh_type = SHT_PROGBITS};
	section[3].sh_offset = put_attributes(&file, &len);
	section[3].sh_size = len;
	section[4] = (Elf64_Shdr){.sh_name = add_name(names, &used, ".symtab"), .sh_type = SHT_SYMTAB, .sh_link = 5};
	section[5] = (Elf64_Shdr){.sh_name = add_name(names, &used, ".strtab"), .sh_type = SHT_STRTAB};
	section[5].sh_offset = put_symbols(&file, image, &section[4], &len);
	section[5].sh_size = len;
	section[6] = (Elf64_Shdr){.sh_name = add_name(names, &used, ".shstrtab"), .sh_type = SHT_STRTAB};
	at = put(&file, "lost", 4);
	if (image->more_section)
		section[7] = (Elf64_Shdr){.sh_name = add_name(names, &used, image->more_section),
		                          .sh_type = SHT_PROGBITS,
		                          .sh_flags = SHF_ALLOC,
		                          .sh_addr = 0x30000000,
		                          .sh_offset = at,
		                          .sh_size = 4};
	section[6].sh_offset = put(&file, names, used);
	section[6].sh_size = used;
	shoff = put(&file, NULL, 0);
	for (unsigned int i = 0; i < SECTIONS && !image->no_sections; i++)
		put_section(&file, image->wide, &section[i]);
	put_header(file.bytes, image, phnum, image->no_sections ? 0 : shoff);
	*size = file.used;
	return file.bytes;
}
