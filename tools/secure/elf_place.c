// SPDX-License-Identifier: GPL-2.0-only
/* Where an ELF file of firmware would lie: code in private memory only, the resource table in shared memory only. */
#include <elf.h>
#include <string.h>

#include "internal.h"

#define MAX_SEGMENTS  128 /* as in lib/remoteproc */
#define TABLE_SECTION ".resource_table"

static bool in_file(const struct elf_view *elf, uint64_t offset, uint64_t len)
{
	return offset <= elf->size && len <= elf->size - offset;
}

static size_t phdr_size(const struct elf_view *elf)
{
	return elf->class == ELFCLASS64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
}

static size_t shdr_size(const struct elf_view *elf)
{
	return elf->class == ELFCLASS64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
}

/* The sizes of its tables' entries must be those of its class. @return false: they are not */
static bool read_header(struct elf_view *elf)
{
	Elf32_Ehdr e32;
	Elf64_Ehdr e64;

	if (elf->class == ELFCLASS32) {
		memcpy(&e32, elf->data, sizeof(e32));
		elf->machine = e32.e_machine;
		elf->entry = e32.e_entry;
		elf->phoff = e32.e_phoff;
		elf->phnum = e32.e_phnum;
		elf->shoff = e32.e_shoff;
		elf->shnum = e32.e_shnum;
		elf->shstrndx = e32.e_shstrndx;
		return e32.e_phentsize == sizeof(Elf32_Phdr) &&
		       (e32.e_shnum == 0 || e32.e_shentsize == sizeof(Elf32_Shdr));
	}
	memcpy(&e64, elf->data, sizeof(e64));
	elf->machine = e64.e_machine;
	elf->entry = e64.e_entry;
	elf->phoff = e64.e_phoff;
	elf->phnum = e64.e_phnum;
	elf->shoff = e64.e_shoff;
	elf->shnum = e64.e_shnum;
	elf->shstrndx = e64.e_shstrndx;
	return e64.e_phentsize == sizeof(Elf64_Phdr) && (e64.e_shnum == 0 || e64.e_shentsize == sizeof(Elf64_Shdr));
}

int amp_elf_open(struct elf_view *elf, const uint8_t *data, size_t size, char *error)
{
	*elf = (struct elf_view){.data = data, .size = size};
	if (size < sizeof(Elf32_Ehdr) || memcmp(data, ELFMAG, SELFMAG) != 0)
		return refuse(error, "it is not an ELF file");
	elf->class = data[EI_CLASS];
	if (data[EI_DATA] != ELFDATA2LSB || (elf->class != ELFCLASS32 && elf->class != ELFCLASS64))
		return refuse(error, "it is an ELF file of an unknown class or byte order");
	if (elf->class == ELFCLASS64 && size < sizeof(Elf64_Ehdr))
		return refuse(error, "it is truncated inside its ELF header");
	if (!read_header(elf) || elf->phnum == 0 || elf->phnum > MAX_SEGMENTS)
		return refuse(error, "its ELF header has no usable tables");
	if (!in_file(elf, elf->phoff, (uint64_t)elf->phnum * phdr_size(elf)))
		return refuse(error, "it is truncated: its program headers are beyond its %zu bytes", size);
	if (elf->shnum &&
	    (elf->shstrndx >= elf->shnum || !in_file(elf, elf->shoff, (uint64_t)elf->shnum * shdr_size(elf))))
		return refuse(error, "it is truncated: its section headers are beyond its %zu bytes", size);
	return 0;
}

int amp_elf_segment(const struct elf_view *elf, uint32_t index, struct elf_segment *segment, char *error)
{
	const uint8_t *at = elf->data + elf->phoff + index * phdr_size(elf);

	if (elf->class == ELFCLASS64) {
		Elf64_Phdr p;

		memcpy(&p, at, sizeof(p));
		*segment = (struct elf_segment){p.p_type, p.p_flags, p.p_offset, p.p_paddr, p.p_filesz, p.p_memsz};
	} else {
		Elf32_Phdr p;

		memcpy(&p, at, sizeof(p));
		*segment = (struct elf_segment){p.p_type, p.p_flags, p.p_offset, p.p_paddr, p.p_filesz, p.p_memsz};
	}
	if (!in_file(elf, segment->offset, segment->filesz))
		return refuse(error, "it is truncated: segment %u is beyond its %zu bytes", index, elf->size);
	return 0;
}

/* ------------------------------------------------------------------ places */

static bool within(const struct secure_range *range, uint64_t address, uint64_t size)
{
	return address >= range->base && size <= range->size && address - range->base <= range->size - size;
}

static bool is_private(const struct secure_core *core, uint64_t address, uint64_t size)
{
	for (uint32_t i = 0; i < core->num_private; i++) {
		if (within(&core->private[i], address, size))
			return true;
	}
	return false;
}

static int place_segment(const struct secure_core *core, uint32_t index, const struct elf_segment *segment, char *error)
{
	unsigned long long address = segment->address, size = segment->memsz;

	if (segment->filesz > segment->memsz)
		return refuse(error, "its segment %u has more bytes in the file than in memory", index);
	if (is_private(core, segment->address, segment->memsz))
		return 0;
	if (!within(&core->shared, segment->address, segment->memsz))
		return refuse(error, "its segment %u at 0x%llx + 0x%llx is outside private and firmware memory", index,
		              address, size);
	if (segment->flags & PF_X)
		return refuse(error,
		              "its segment %u at 0x%llx + 0x%llx is code in shared memory, where Linux can write",
		              index, address, size);
	return 0;
}

static bool is_entry(const struct secure_core *core, const struct elf_segment *segment, uint64_t entry)
{
	return segment->type == PT_LOAD && segment->flags & PF_X &&
	       is_private(core, segment->address, segment->memsz) && entry >= segment->address &&
	       entry - segment->address < segment->filesz;
}

static void read_section(const struct elf_view *elf, uint32_t index, Elf64_Shdr *section)
{
	const uint8_t *at = elf->data + elf->shoff + index * shdr_size(elf);
	Elf32_Shdr s;

	if (elf->class == ELFCLASS64) {
		memcpy(section, at, sizeof(*section));
		return;
	}
	memcpy(&s, at, sizeof(s));
	*section = (Elf64_Shdr){.sh_name = s.sh_name,
	                        .sh_type = s.sh_type,
	                        .sh_addr = s.sh_addr,
	                        .sh_offset = s.sh_offset,
	                        .sh_size = s.sh_size};
}

/* The loader writes to the table's place, wherever the section headers say that it is. */
static int place_table(const struct secure_core *core, const struct elf_view *elf, char *error)
{
	Elf64_Shdr names, section;
	const char *name;

	if (elf->shnum == 0)
		return 0;
	read_section(elf, elf->shstrndx, &names);
	if (names.sh_size == 0 || !in_file(elf, names.sh_offset, names.sh_size) ||
	    elf->data[names.sh_offset + names.sh_size - 1] != '\0')
		return refuse(error, "its section names are beyond its %zu bytes, or do not end", elf->size);
	name = (const char *)elf->data + names.sh_offset;
	for (uint32_t i = 0; i < elf->shnum; i++) {
		read_section(elf, i, &section);
		if (section.sh_name >= names.sh_size || strcmp(name + section.sh_name, TABLE_SECTION) != 0)
			continue;
		if (section.sh_size && !within(&core->shared, section.sh_addr, section.sh_size))
			return refuse(error, "its resource table at 0x%llx + 0x%llx is outside the firmware memory",
			              (unsigned long long)section.sh_addr, (unsigned long long)section.sh_size);
	}
	return 0;
}

int amp_elf_place(const struct secure_core *core, const struct secure_image *image, char *error)
{
	struct elf_segment segment;
	struct elf_view elf;
	bool found = false;
	uint64_t entry;

	if (amp_elf_open(&elf, image->elf, image->elf_size, error))
		return -1;
	if (elf.machine != core->elf_machine || elf.class != core->elf_class)
		return refuse(error, "it is for ELF machine %u of class %u, core %s needs %u of class %u", elf.machine,
		              elf.class, core->name, core->elf_machine, core->elf_class);
	entry = image->has_entry ? image->entry : elf.entry;
	if (entry != elf.entry)
		return refuse(error, "its entry point is 0x%llx, 0x%llx was signed", (unsigned long long)elf.entry,
		              (unsigned long long)entry);
	for (uint32_t i = 0; i < elf.phnum; i++) {
		if (amp_elf_segment(&elf, i, &segment, error))
			return -1;
		if (segment.type != PT_LOAD || segment.memsz == 0)
			continue;
		if (place_segment(core, i, &segment, error))
			return -1;
		found = found || is_entry(core, &segment, entry);
	}
	if (!found)
		return refuse(error, "its entry point 0x%llx is not in a segment of code in private memory",
		              (unsigned long long)entry);
	return place_table(core, &elf, error);
}
