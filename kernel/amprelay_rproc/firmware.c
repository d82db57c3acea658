// SPDX-License-Identifier: GPL-2.0-only
/*
 * The firmware file: checked completely, and loaded.
 *
 * remoteproc's own ELF loader is not used:
 *
 * - it trusts the section headers and their names, and reads beyond the end of a file that is cut
 *   at the wrong place;
 * - it loads a segment into any carveout, vrings included;
 * - where a linker let zeroes overlap data, the order of the program headers decides which stays.
 *
 * Accepted here is what lib/remoteproc accepts. All else is refused, with the reason.
 */

#include <linux/elf.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "amprelay_rproc.h"

#define TABLE_SECTION ".resource_table"

/* As in lib/remoteproc: AMP_ELF_MAX_SEGMENTS */
#define MAX_SEGMENTS 128

/* Is [offset, offset + len) within the file? */
static bool in_file(const struct amp_image *image, u64 offset, u64 len)
{
	return offset <= image->size && len <= image->size - offset;
}

/* May a firmware have something there? In the core's own memory only the relay can put it. */
static bool may_hold(const struct amp_core *core, u64 da, u64 len)
{
	return amp_region_at(core, AMP_REGION_FIRMWARE, da, len) ||
	       amp_region_at(core, AMP_REGION_PRIVATE, da, len);
}

static unsigned int bits(u32 class)
{
	return class == ELFCLASS64 ? 64 : 32;
}

static int check_target(struct amp_core *core, const struct amp_image *image, unsigned int machine)
{
	const struct amp_soc *soc = &core->soc;
	const char *is = amp_machine_name(machine);
	const char *needs = amp_machine_name(soc->elf_machine);

	if (machine == soc->elf_machine && image->class == soc->elf_class)
		return 0;
	return amp_refuse(core, "is for %s (ELF machine %u, %u bit), core %s needs %s (%u, %u bit)",
			  is, machine, bits(image->class), soc->core, needs, soc->elf_machine,
			  bits(soc->elf_class));
}

static void read_header32(struct amp_image *image, struct elf32_hdr *ehdr)
{
	image->entry = ehdr->e_entry;
	image->phoff = ehdr->e_phoff;
	image->shoff = ehdr->e_shoff;
	image->phnum = ehdr->e_phnum;
	image->shnum = ehdr->e_shnum;
	image->shstrndx = ehdr->e_shstrndx;
}

static void read_header64(struct amp_image *image, struct elf64_hdr *ehdr)
{
	image->entry = ehdr->e_entry;
	image->phoff = ehdr->e_phoff;
	image->shoff = ehdr->e_shoff;
	image->phnum = ehdr->e_phnum;
	image->shnum = ehdr->e_shnum;
	image->shstrndx = ehdr->e_shstrndx;
}

static size_t phdr_size(const struct amp_image *image)
{
	return image->class == ELFCLASS64 ? sizeof(struct elf64_phdr) : sizeof(struct elf32_phdr);
}

static size_t shdr_size(const struct amp_image *image)
{
	return image->class == ELFCLASS64 ? sizeof(struct elf64_shdr) : sizeof(struct elf32_shdr);
}

static int check_header(struct amp_core *core, struct amp_image *image)
{
	union {
		struct elf32_hdr e32;
		struct elf64_hdr e64;
	} ehdr;
	unsigned int type, machine, phentsize, shentsize;

	if (image->size < sizeof(ehdr.e32))
		return amp_refuse(core, "is too short for an ELF file: %zu bytes", image->size);
	memset(&ehdr, 0, sizeof(ehdr));
	memcpy(&ehdr, image->data, min(image->size, sizeof(ehdr)));

	if (memcmp(ehdr.e32.e_ident, ELFMAG, SELFMAG))
		return amp_refuse(core, "is not an ELF file");
	image->class = ehdr.e32.e_ident[EI_CLASS];
	if (image->class != ELFCLASS32 && image->class != ELFCLASS64)
		return amp_refuse(core, "has the unknown ELF class %u", image->class);
	if (ehdr.e32.e_ident[EI_DATA] != ELFDATA2LSB)
		return amp_refuse(core, "is not little-endian");

	/* Both classes have type and machine at the same place. */
	type = ehdr.e32.e_type;
	machine = ehdr.e32.e_machine;
	if (check_target(core, image, machine))
		return -EINVAL;
	if (type != ET_EXEC && type != ET_DYN)
		return amp_refuse(core, "is not an executable: ELF type %u (is it linked?)", type);

	if (image->class == ELFCLASS64) {
		if (image->size < sizeof(ehdr.e64))
			return amp_refuse(core, "is truncated inside its ELF header: %zu bytes",
					  image->size);
		read_header64(image, &ehdr.e64);
		phentsize = ehdr.e64.e_phentsize;
		shentsize = ehdr.e64.e_shentsize;
	} else {
		read_header32(image, &ehdr.e32);
		phentsize = ehdr.e32.e_phentsize;
		shentsize = ehdr.e32.e_shentsize;
	}

	if (image->phnum == 0 || image->phnum > MAX_SEGMENTS || phentsize != phdr_size(image))
		return amp_refuse(core,
				  "has no usable program headers (%u of %u bytes; at most %u)",
				  image->phnum, phentsize, MAX_SEGMENTS);
	if (!in_file(image, image->phoff, (u64)image->phnum * phentsize))
		return amp_refuse(core,
				  "is truncated: program headers at %#llx, file has %zu bytes",
				  image->phoff, image->size);
	/* A file without sections has no resource table, but may still be loaded. */
	if (image->shnum || image->shoff) {
		if (image->shstrndx >= image->shnum || shentsize != shdr_size(image))
			return amp_refuse(core,
					  "has no usable section headers (%u of %u bytes, names in %u)",
					  image->shnum, shentsize, image->shstrndx);
		if (!in_file(image, image->shoff, (u64)image->shnum * shentsize))
			return amp_refuse(core,
					  "is truncated: section headers at %#llx, file has %zu bytes",
					  image->shoff, image->size);
	}
	if (!may_hold(core, image->entry, 1))
		return amp_refuse(core,
				  "has its entry point at %#llx, outside the firmware memory of core %s",
				  image->entry, core->soc.core);
	return 0;
}

/* What matters here of a program header. As with remoteproc, the physical address counts. */
struct segment {
	u64 da;
	u64 offset;
	u64 filesz;
	u64 memsz;
};

/* Reads a program header. False: nothing is loaded for it. */
static bool read_segment(const struct amp_image *image, unsigned int index, struct segment *segment)
{
	const u8 *at = image->data + image->phoff + index * phdr_size(image);
	u32 type;

	if (image->class == ELFCLASS64) {
		struct elf64_phdr phdr;

		memcpy(&phdr, at, sizeof(phdr));
		type = phdr.p_type;
		*segment = (struct segment){ phdr.p_paddr, phdr.p_offset, phdr.p_filesz,
					     phdr.p_memsz };
	} else {
		struct elf32_phdr phdr;

		memcpy(&phdr, at, sizeof(phdr));
		type = phdr.p_type;
		*segment = (struct segment){ phdr.p_paddr, phdr.p_offset, phdr.p_filesz,
					     phdr.p_memsz };
	}
	return type == PT_LOAD && (segment->filesz || segment->memsz);
}

/* Does one of the segments before @end load bytes of the file to one of these addresses? */
static bool has_bytes_at(const struct amp_image *image, unsigned int end, u64 da, u64 len)
{
	struct segment segment;
	unsigned int i;

	for (i = 0; i < end; i++)
		if (read_segment(image, i, &segment) &&
		    max(da, segment.da) < min(da + len, segment.da + segment.filesz))
			return true;
	return false;
}

static int check_segments(struct amp_core *core, struct amp_image *image)
{
	struct segment segment;
	bool any = false;
	unsigned int i;

	for (i = 0; i < image->phnum; i++) {
		if (!read_segment(image, i, &segment))
			continue;
		if (segment.filesz > segment.memsz)
			return amp_refuse(core,
					  "has a bad segment %u: %#llx bytes in the file, %#llx in memory",
					  i, segment.filesz, segment.memsz);
		if (segment.filesz && !in_file(image, segment.offset, segment.filesz))
			return amp_refuse(core,
					  "is truncated: segment %u is %#llx bytes at %#llx, file has %zu bytes",
					  i, segment.filesz, segment.offset, image->size);
		if (!may_hold(core, segment.da, segment.memsz))
			return amp_refuse(core,
					  "has segment %u at %#llx + %#llx, outside the firmware memory of core %s",
					  i, segment.da, segment.memsz, core->soc.core);
		/* Zeroes may overlap anything, but of two bytes for one place one would be lost. */
		if (has_bytes_at(image, i, segment.da, segment.filesz))
			return amp_refuse(core,
					  "has overlapping segments: the bytes of segment %u at %#llx + %#llx lie on top of another's",
					  i, segment.da, segment.filesz);
		if (!amp_region_at(core, AMP_REGION_FIRMWARE, segment.da, segment.memsz))
			image->staged = true;
		any = true;
	}
	if (!any)
		return amp_refuse(core, "has nothing to load");
	return 0;
}

/**
 * amp_image_load() - put the segments of an image into the core's memory
 * @core: the core, which is off
 * @image: an image that amp_image_open() has accepted
 *
 * First all zeroes, then all bytes of the file, so that the file's bytes win wherever a linker let
 * the two overlap. remoteproc copies the resource table afterwards, which it has filled in.
 *
 * What the relay is to load is put where the relay takes it from.
 *
 * Return: 0, or an error after a message.
 */
int amp_image_load(struct amp_core *core, const struct amp_image *image)
{
	void *base = core->mem - core->soc.mem_da;
	struct segment segment;
	unsigned int i;

	core->staged = 0;
	core->signature_size = 0;
	if (image->staged)
		return amp_stage(core, image);
	for (i = 0; i < image->phnum; i++)
		if (read_segment(image, i, &segment))
			memset(base + segment.da + segment.filesz, 0,
			       segment.memsz - segment.filesz);
	for (i = 0; i < image->phnum; i++)
		if (read_segment(image, i, &segment))
			memcpy(base + segment.da, image->data + segment.offset, segment.filesz);
	return 0;
}

/**
 * amp_image_piece() - find the next piece of shared memory that an image's segments occupy
 * @core: the core
 * @image: an image that amp_image_open() has accepted
 * @from: where to start looking: 0, or the end of the piece before
 * @da: set to the piece's address
 * @end: set to the address behind it
 *
 * Pieces do not overlap, even if segments do.
 *
 * Return: false if there are no more.
 */
bool amp_image_piece(const struct amp_core *core, const struct amp_image *image, u64 from, u64 *da,
		     u64 *end)
{
	struct segment segment;
	bool found = false;
	unsigned int i;

	for (i = 0; i < image->phnum; i++) {
		if (!read_segment(image, i, &segment) || segment.da + segment.memsz <= from ||
		    !amp_region_at(core, AMP_REGION_FIRMWARE, segment.da, segment.memsz))
			continue;
		if (found && max(segment.da, from) >= *da)
			continue;
		found = true;
		*da = max(segment.da, from);
		*end = segment.da + segment.memsz;
	}
	return found;
}

struct section {
	u32 name;
	u32 type;
	u64 addr;
	u64 offset;
	u64 size;
};

static void read_section(const struct amp_image *image, unsigned int index, struct section *section)
{
	const u8 *at = image->data + image->shoff + index * shdr_size(image);

	if (image->class == ELFCLASS64) {
		struct elf64_shdr shdr;

		memcpy(&shdr, at, sizeof(shdr));
		*section = (struct section){ shdr.sh_name, shdr.sh_type, shdr.sh_addr,
					     shdr.sh_offset, shdr.sh_size };
	} else {
		struct elf32_shdr shdr;

		memcpy(&shdr, at, sizeof(shdr));
		*section = (struct section){ shdr.sh_name, shdr.sh_type, shdr.sh_addr,
					     shdr.sh_offset, shdr.sh_size };
	}
}

/* Does a segment load the section to the address at which the firmware expects it? */
static bool is_loaded(const struct amp_image *image, const struct section *section)
{
	struct segment segment;
	unsigned int i;

	for (i = 0; i < image->phnum; i++)
		if (read_segment(image, i, &segment) && section->offset >= segment.offset &&
		    section->offset - segment.offset <= segment.filesz &&
		    section->size <= segment.filesz - (section->offset - segment.offset) &&
		    segment.da + (section->offset - segment.offset) == section->addr)
			return true;
	return false;
}

/*
 * The table belongs at sh_addr, where the firmware was linked to find it, even if its bytes are
 * loaded elsewhere or not at all: remoteproc writes it there. Firmware without a table may still
 * have an empty section from its linker script, or one of zeroes.
 */
static int accept_table(struct amp_core *core, struct amp_image *image,
			const struct section *section)
{
	if (section->type == SHT_NOBITS || !section->size)
		return 0;
	if (!in_file(image, section->offset, section->size))
		return amp_refuse(core,
				  "is truncated: resource table of %#llx bytes at %#llx, file has %zu bytes",
				  section->size, section->offset, image->size);
	if (!memchr_inv(image->data + section->offset, 0, section->size))
		return 0;
	if (!amp_table_fits(core, section->addr, section->size))
		return amp_refuse(core,
				  "has its resource table at %#llx + %#llx: misaligned, too large, or outside the firmware memory of core %s",
				  section->addr, section->size, core->soc.core);
	if (!is_loaded(image, section) &&
	    has_bytes_at(image, image->phnum, section->addr, section->size))
		return amp_refuse(core,
				  "has its resource table at %#llx + %#llx, where it loads other bytes",
				  section->addr, section->size);
	image->table = (const void *)(image->data + section->offset);
	image->table_size = section->size;
	image->table_da = section->addr;
	return 0;
}

static int find_table(struct amp_core *core, struct amp_image *image)
{
	struct section names, section;
	const char *name;
	unsigned int i;

	/* Without a table of names there is no section of that name. */
	if (!image->shstrndx)
		return 0;
	read_section(image, image->shstrndx, &names);
	if (names.type != SHT_STRTAB || !names.size || !in_file(image, names.offset, names.size))
		return amp_refuse(core, "is truncated: section names at %#llx, file has %zu bytes",
				  names.offset, image->size);
	name = (const char *)image->data + names.offset;
	/* With a NUL at the end of the table, every name in it is terminated. */
	if (name[names.size - 1] != '\0')
		return amp_refuse(core, "has section names that are not terminated");

	for (i = 0; i < image->shnum; i++) {
		read_section(image, i, &section);
		if (section.name >= names.size)
			return amp_refuse(core, "has a bad name of section %u: at %#x of %#llx", i,
					  section.name, names.size);
		if (!strcmp(name + section.name, TABLE_SECTION))
			return accept_table(core, image, &section);
	}
	return 0;
}

/**
 * amp_image_open() - check a firmware file for a core
 * @core: the core
 * @fw: the file; @image points into it
 * @image: filled in with what was found; @image->table is NULL if there is no resource table
 *
 * Return: 0, or -EINVAL after a message that says what is wrong with the file.
 */
int amp_image_open(struct amp_core *core, const struct firmware *fw, struct amp_image *image)
{
	*image = (struct amp_image){ .data = fw->data,
				     .size = fw->size,
				     .staged = core->soc.secure,
				     .fw = fw };

	if (amp_image_unwrap(core, image) || check_header(core, image) ||
	    check_segments(core, image) || find_table(core, image))
		return -EINVAL;
	return image->table ? amp_image_check_table(core, image) : 0;
}
