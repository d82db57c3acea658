// SPDX-License-Identifier: GPL-2.0-only
/* The file: is it an ELF file that a host takes, and what is in it? */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static bool in_file(const struct lint *lint, uint64_t offset, uint64_t size)
{
	return offset <= lint->size && size <= lint->size - offset;
}

/* What libelf is not asked about. */
static bool is_elf(struct lint *lint)
{
	struct place ident = lint_at_file(0, EI_NIDENT);
	size_t header;

	if (lint->size < sizeof(Elf32_Ehdr)) {
		lint_say(lint, LINT_ELF_NOT_ELF, lint_at_file(0, 0), "the file has %zu bytes, an ELF header has %zu",
		         lint->size, sizeof(Elf32_Ehdr));
		return false;
	}
	if (memcmp(lint->image, ELFMAG, SELFMAG) != 0) {
		lint_say(lint, LINT_ELF_NOT_ELF, ident,
		         "the file begins with %02x %02x %02x %02x, not with 7f 45 4c 46", lint->image[0],
		         lint->image[1], lint->image[2], lint->image[3]);
		return false;
	}
	if (lint->image[EI_CLASS] != ELFCLASS32 && lint->image[EI_CLASS] != ELFCLASS64) {
		lint_say(lint, LINT_ELF_CLASS, ident, "its class is %u, but must be 1 (32 bits) or 2 (64 bits)",
		         lint->image[EI_CLASS]);
		return false;
	}
	if (lint->image[EI_DATA] != ELFDATA2LSB) {
		lint_say(lint, LINT_ELF_BYTE_ORDER, ident, "its byte order is %u, but must be 1 (little-endian)",
		         lint->image[EI_DATA]);
		return false;
	}
	header = lint->image[EI_CLASS] == ELFCLASS64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	if (lint->size < header) {
		lint_say(lint, LINT_ELF_TRUNCATED, lint_at_file(0, 0),
		         "the file ends inside its ELF header, after %zu bytes", lint->size);
		return false;
	}
	return true;
}

static void check_kind(struct lint *lint)
{
	const struct amp_lint_core *core = lint->core;
	struct place place = lint_at_file(EI_NIDENT, 4);

	if (lint->ehdr.e_type != ET_EXEC && lint->ehdr.e_type != ET_DYN)
		lint_say(lint, LINT_ELF_TYPE, place, "its type is %u, but must be 2 (executable)", lint->ehdr.e_type);
	if (!core)
		return;
	if (lint->ehdr.e_machine != core->elf_machine)
		lint_say(lint, LINT_ELF_MACHINE, place, "it is for ELF machine %u, core %s is %u", lint->ehdr.e_machine,
		         core->name, core->elf_machine);
	else if (lint->image[EI_CLASS] != core->elf_class)
		lint_say(lint, LINT_ELF_CLASS, lint_at_file(0, EI_NIDENT), "it has %u bits, core %s has %u",
		         lint->image[EI_CLASS] == ELFCLASS64 ? 64 : 32, core->name,
		         core->elf_class == ELFCLASS64 ? 64 : 32);
	else
		return;
	lint->core = NULL; /* its memories are those of another core */
}

/* ------------------------------------------------------------------ segments */

static bool read_segments(struct lint *lint)
{
	bool wide = lint->image[EI_CLASS] == ELFCLASS64;
	size_t size = wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	unsigned int num = lint->ehdr.e_phnum;
	GElf_Phdr phdr;

	if (num && (lint->ehdr.e_phentsize != size || !in_file(lint, lint->ehdr.e_phoff, num * size))) {
		lint_say(lint, LINT_ELF_TRUNCATED, lint_at_file(0, 0),
		         "%u program headers of %u bytes at 0x%llx are not in the file of %zu bytes, or are not of its "
		         "class",
		         num, lint->ehdr.e_phentsize, (unsigned long long)lint->ehdr.e_phoff, lint->size);
		return false;
	}
	if (num > SEGMENTS_MAX)
		lint_say(lint, LINT_SEGMENTS_MANY, lint_at_file(0, 0), "it has %u", num);
	for (unsigned int i = 0; i < num && lint->segments < SEGMENTS_MAX; i++) {
		if (!gelf_getphdr(lint->elf, (int)i, &phdr))
			break;
		if (phdr.p_type != PT_LOAD || (phdr.p_memsz == 0 && phdr.p_filesz == 0))
			continue;
		lint->segment[lint->segments++] = (struct segment){.index = i,
		                                                   .code = phdr.p_flags & PF_X,
		                                                   .offset = phdr.p_offset,
		                                                   .filesz = phdr.p_filesz,
		                                                   .vaddr = phdr.p_vaddr,
		                                                   .paddr = phdr.p_paddr,
		                                                   .memsz = phdr.p_memsz};
	}
	if (!lint->segments) {
		lint_say(lint, LINT_ELF_NO_SEGMENTS, lint_at_file(0, 0),
		         "of its %u program headers none is of type PT_LOAD and has bytes", num);
		return false;
	}
	return true;
}

const struct segment *lint_segment_at(const struct lint *lint, uint64_t address, uint64_t size)
{
	const struct segment *segment;

	for (unsigned int i = 0; i < lint->segments; i++) {
		segment = &lint->segment[i];
		if (lint_within(address, size, segment->vaddr, segment->memsz) ||
		    lint_within(address, size, segment->paddr, segment->memsz))
			return segment;
	}
	return NULL;
}

bool lint_word_at(const struct lint *lint, uint64_t address, uint32_t *word)
{
	const struct segment *segment;
	uint64_t offset;

	for (unsigned int i = 0; i < lint->segments; i++) {
		segment = &lint->segment[i];
		if (!lint_within(address, sizeof(*word), segment->vaddr, segment->filesz))
			continue;
		offset = segment->offset + (address - segment->vaddr);
		if (!in_file(lint, segment->offset, segment->filesz) || !in_file(lint, offset, sizeof(*word)))
			return false;
		memcpy(word, lint->image + offset, sizeof(*word));
		return true;
	}
	return false;
}

/* ------------------------------------------------------------------ sections and symbols */

static void read_sections(struct lint *lint)
{
	bool wide = lint->image[EI_CLASS] == ELFCLASS64;
	size_t size = wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	unsigned int num = lint->ehdr.e_shnum;
	Elf_Scn *scn = NULL;
	GElf_Shdr shdr;
	const char *name;

	if (num == 0) {
		lint_say(lint, LINT_ELF_NO_SECTIONS, lint_at_file(0, 0), "it was stripped of all section headers");
		return;
	}
	if (lint->ehdr.e_shentsize != size || !in_file(lint, lint->ehdr.e_shoff, num * size) ||
	    lint->ehdr.e_shstrndx >= num) {
		lint_say(lint, LINT_ELF_TRUNCATED, lint_at_file(0, 0),
		         "%u section headers at 0x%llx, with the names in section %u, are not in the file of %zu bytes",
		         num, (unsigned long long)lint->ehdr.e_shoff, lint->ehdr.e_shstrndx, lint->size);
		return;
	}
	if (num > SECTIONS_MAX)
		num = SECTIONS_MAX;
	lint->section = calloc(num, sizeof(*lint->section));
	lint->no_memory = !lint->section;
	while (!lint->no_memory && lint->sections < num && (scn = elf_nextscn(lint->elf, scn)) != NULL) {
		if (!gelf_getshdr(scn, &shdr))
			break;
		name = elf_strptr(lint->elf, lint->ehdr.e_shstrndx, shdr.sh_name);
		lint->section[lint->sections++] = (struct section){.name = name ? name : "",
		                                                   .index = (unsigned int)elf_ndxscn(scn),
		                                                   .type = shdr.sh_type,
		                                                   .flags = shdr.sh_flags,
		                                                   .addr = shdr.sh_addr,
		                                                   .offset = shdr.sh_offset,
		                                                   .size = shdr.sh_size};
	}
}

const struct section *lint_section(const struct lint *lint, const char *name)
{
	for (unsigned int i = 0; i < lint->sections; i++) {
		if (strcmp(lint->section[i].name, name) == 0)
			return &lint->section[i];
	}
	return NULL;
}

static bool find_in(const struct lint *lint, Elf_Scn *scn, const char *name, GElf_Sym *found)
{
	GElf_Shdr shdr;
	Elf_Data *data;
	const char *text;

	if (!gelf_getshdr(scn, &shdr) || shdr.sh_type != SHT_SYMTAB || shdr.sh_entsize == 0)
		return false;
	data = elf_getdata(scn, NULL);
	for (int i = 0; data && gelf_getsym(data, i, found); i++) {
		if (found->st_shndx == SHN_UNDEF)
			continue;
		text = elf_strptr(lint->elf, shdr.sh_link, found->st_name);
		if (text && strcmp(text, name) == 0)
			return true;
	}
	return false;
}

bool lint_symbol(const struct lint *lint, const char *name, uint64_t *value, uint64_t *size)
{
	Elf_Scn *scn = NULL;
	GElf_Sym symbol;

	if (!lint->sections)
		return false;
	while ((scn = elf_nextscn(lint->elf, scn)) != NULL) {
		if (!find_in(lint, scn, name, &symbol))
			continue;
		*value = symbol.st_value;
		if (size)
			*size = symbol.st_size;
		return true;
	}
	return false;
}

/* ------------------------------------------------------------------ which Arm core */

#define TAG_FILE    1
#define TAG_PROFILE 7

static bool leb128(const uint8_t **at, const uint8_t *end, uint64_t *value)
{
	*value = 0;
	for (unsigned int shift = 0; *at < end && shift < 63; shift += 7) {
		*value |= (uint64_t)(**at & 0x7f) << shift;
		if (!(*(*at)++ & 0x80))
			return true;
	}
	return false;
}

/* Attributes of the whole file (Arm's ABI, "Build attributes"): a tag, and a number, or a text for some tags. */
static bool says_m_profile(const uint8_t *at, const uint8_t *end)
{
	uint64_t tag, value;
	const uint8_t *nul;

	while (leb128(&at, end, &tag)) {
		if (tag == 4 || tag == 5 || tag == 67 || (tag > 64 && tag % 2)) {
			nul = memchr(at, 0, (size_t)(end - at));
			if (!nul)
				return false;
			at = nul + 1;
			continue;
		}
		if (!leb128(&at, end, &value))
			return false;
		if (tag == TAG_PROFILE)
			return value == 'M';
		if (tag == 32) { /* compatibility: a text as well */
			nul = memchr(at, 0, (size_t)(end - at));
			if (!nul)
				return false;
			at = nul + 1;
		}
	}
	return false;
}

/* 'A', then: length of all, "aeabi", tag 1, length from the tag on, attributes. */
static bool is_m_profile(const struct lint *lint)
{
	static const char vendor[] = "aeabi";
	const struct section *section = lint_section(lint, ".ARM.attributes");
	const size_t head = 1 + 4 + sizeof(vendor) + 1 + 4;
	const uint8_t *data;
	uint32_t len;

	if (lint->ehdr.e_machine != EM_ARM || !section || section->type == SHT_NOBITS || section->size < head ||
	    !in_file(lint, section->offset, section->size))
		return false;
	data = lint->image + section->offset;
	if (data[0] != 'A' || memcmp(data + 5, vendor, sizeof(vendor)) != 0 || data[5 + sizeof(vendor)] != TAG_FILE)
		return false;
	memcpy(&len, data + head - 4, sizeof(len));
	if (len < 5 || len > section->size - (head - 5))
		return false;
	return says_m_profile(data + head, data + (head - 5) + len);
}

/* ------------------------------------------------------------------ the whole */

bool lint_open_image(struct lint *lint)
{
	if (!is_elf(lint))
		return false;
	elf_version(EV_CURRENT);
	/* libelf does not write to it: it opens it to read. */
	lint->elf = elf_memory((char *)lint->image, lint->size);
	if (!lint->elf || elf_kind(lint->elf) != ELF_K_ELF || !gelf_getehdr(lint->elf, &lint->ehdr)) {
		lint_say(lint, LINT_ELF_NOT_ELF, lint_at_file(0, EI_NIDENT), "libelf says: %s", elf_errmsg(-1));
		return false;
	}
	check_kind(lint);
	if (!read_segments(lint))
		return false;
	read_sections(lint);
	lint->m_profile = is_m_profile(lint);
	return true;
}

void lint_close_image(struct lint *lint)
{
	if (lint->elf)
		elf_end(lint->elf);
	free(lint->section);
}
