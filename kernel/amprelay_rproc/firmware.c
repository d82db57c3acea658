// SPDX-License-Identifier: GPL-2.0-only
/*
 * The firmware file: checked completely before remoteproc's ELF loader sees it.
 *
 * The loader trusts section headers, the table of their names and the order of its callbacks; a
 * file cut at the wrong place makes it read beyond the end. It also loads a segment wherever a
 * carveout is, vrings included. What passes here is safe to hand on, and what does not is refused
 * with the reason.
 */

#include <linux/elf.h>
#include <linux/string.h>

#include "amprelay_rproc.h"

#define TABLE_SECTION ".resource_table"

/**
 * amp_refuse() - say why a firmware is not started
 * @core: the core that it is for
 * @fmt: reason, after "firmware NAME "
 *
 * Return: -EINVAL.
 */
int amp_refuse(struct amp_core *core, const char *fmt, ...)
{
	struct va_format vaf;
	va_list args;

	va_start(args, fmt);
	vaf.fmt = fmt;
	vaf.va = &args;
	dev_err(&core->rproc->dev, "firmware %s %pV\n", core->rproc->firmware, &vaf);
	va_end(args);
	return -EINVAL;
}

/* Is [offset, offset + len) within the file? */
static bool in_file(const struct amp_image *image, u64 offset, u64 len)
{
	return offset <= image->size && len <= image->size - offset;
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

	/* Type and machine stand at the same place in both classes. */
	type = ehdr.e32.e_type;
	machine = ehdr.e32.e_machine;
	if (check_target(core, image, machine))
		return -EINVAL;
	if (type != ET_EXEC)
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

	if (image->phnum == 0 || phentsize != phdr_size(image))
		return amp_refuse(core, "has no program headers that can be read (%u of %u bytes)",
				  image->phnum, phentsize);
	if (!in_file(image, image->phoff, (u64)image->phnum * phentsize))
		return amp_refuse(core,
				  "is truncated: program headers at %#llx, file has %zu bytes",
				  image->phoff, image->size);
	if (image->shnum == 0 || shentsize != shdr_size(image))
		return amp_refuse(core,
				  "has no resource table: it has no section headers (stripped?)");
	if (!in_file(image, image->shoff, (u64)image->shnum * shentsize))
		return amp_refuse(core,
				  "is truncated: section headers at %#llx, file has %zu bytes",
				  image->shoff, image->size);
	if (!amp_region_at(core, AMP_REGION_FIRMWARE, image->entry, 1))
		return amp_refuse(core,
				  "has its entry point at %#llx, outside the firmware memory of core %s",
				  image->entry, core->soc.core);
	return 0;
}

/**
 * amp_image_segment() - read a program header
 * @image: an image whose headers were found to be inside the file
 * @index: less than @image->phnum
 * @segment: filled in; remoteproc loads a segment where its physical address says
 */
void amp_image_segment(const struct amp_image *image, unsigned int index,
		       struct amp_segment *segment)
{
	const u8 *at = image->data + image->phoff + index * phdr_size(image);

	if (image->class == ELFCLASS64) {
		struct elf64_phdr phdr;

		memcpy(&phdr, at, sizeof(phdr));
		*segment = (struct amp_segment){ phdr.p_type, phdr.p_paddr, phdr.p_offset,
						 phdr.p_filesz, phdr.p_memsz };
	} else {
		struct elf32_phdr phdr;

		memcpy(&phdr, at, sizeof(phdr));
		*segment = (struct amp_segment){ phdr.p_type, phdr.p_paddr, phdr.p_offset,
						 phdr.p_filesz, phdr.p_memsz };
	}
}

static int check_segments(struct amp_core *core, const struct amp_image *image)
{
	struct amp_segment segment;
	u64 total = 0;
	unsigned int i;

	for (i = 0; i < image->phnum; i++) {
		amp_image_segment(image, i, &segment);
		if (segment.type != PT_LOAD || !segment.memsz)
			continue;
		if (segment.filesz > segment.memsz)
			return amp_refuse(core,
					  "has a bad segment %u: %#llx bytes in the file, %#llx in memory",
					  i, segment.filesz, segment.memsz);
		if (!in_file(image, segment.offset, segment.filesz))
			return amp_refuse(core,
					  "is truncated: segment %u is %#llx bytes at %#llx, file has %zu bytes",
					  i, segment.filesz, segment.offset, image->size);
		if (!amp_region_at(core, AMP_REGION_FIRMWARE, segment.da, segment.memsz))
			return amp_refuse(core,
					  "has segment %u at %#llx + %#llx, outside the firmware memory of core %s",
					  i, segment.da, segment.memsz, core->soc.core);
		total += segment.memsz;
	}

	/*
	 * Each fits; together they cannot need more than there is, unless they overlap. Keeps dumps
	 * bounded as well.
	 */
	if (total > core->soc.mem_size)
		return amp_refuse(core, "has overlapping segments: %#llx bytes in all", total);
	if (!total)
		return amp_refuse(core, "has nothing to load");
	return 0;
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

/*
 * Linux patches the table where its section says; the firmware reads it there: it must be part of
 * what is loaded.
 */
static bool is_loaded(const struct amp_image *image, const struct section *section)
{
	struct amp_segment segment;
	unsigned int i;

	for (i = 0; i < image->phnum; i++) {
		amp_image_segment(image, i, &segment);
		if (segment.type == PT_LOAD && section->offset >= segment.offset &&
		    section->offset - segment.offset <= segment.filesz &&
		    section->size <= segment.filesz - (section->offset - segment.offset) &&
		    segment.da + (section->offset - segment.offset) == section->addr)
			return true;
	}
	return false;
}

static int accept_table(struct amp_core *core, struct amp_image *image,
			const struct section *section)
{
	if (section->type == SHT_NOBITS)
		return amp_refuse(core, "has a resource table without contents in the file");
	if (!in_file(image, section->offset, section->size))
		return amp_refuse(core,
				  "is truncated: resource table of %#llx bytes at %#llx, file has %zu bytes",
				  section->size, section->offset, image->size);
	if (!is_loaded(image, section))
		return amp_refuse(core, "has its resource table at %#llx, which no segment loads",
				  section->addr);
	image->table = (const void *)(image->data + section->offset);
	image->table_size = section->size;
	return 0;
}

static int find_table(struct amp_core *core, struct amp_image *image)
{
	struct section names, section;
	const char *name;
	unsigned int i;

	if (image->shstrndx >= image->shnum)
		return amp_refuse(core, "has a bad index of its section names: %u of %u",
				  image->shstrndx, image->shnum);
	read_section(image, image->shstrndx, &names);
	if (!names.size || !in_file(image, names.offset, names.size))
		return amp_refuse(core, "is truncated: section names at %#llx, file has %zu bytes",
				  names.offset, image->size);
	name = (const char *)image->data + names.offset;
	/* With a NUL at the table's end, every name in it ends. */
	if (name[names.size - 1] != '\0')
		return amp_refuse(core, "has section names without an end");

	/*
	 * All of them, not only up to the first match: the ELF loader looks again, and must find
	 * the same.
	 */
	for (i = 0; i < image->shnum; i++) {
		read_section(image, i, &section);
		if (section.name >= names.size)
			return amp_refuse(core, "has a bad name of section %u: at %#x of %#llx", i,
					  section.name, names.size);
		if (!image->table && !strcmp(name + section.name, TABLE_SECTION) &&
		    accept_table(core, image, &section))
			return -EINVAL;
	}
	if (!image->table)
		return amp_refuse(core, "has no resource table (section " TABLE_SECTION ")");
	return 0;
}

/**
 * amp_image_open() - check a firmware file for a core
 * @core: the core
 * @fw: the file; @image points into it
 * @image: what was found
 *
 * Return: 0, or -EINVAL after a message that says what is wrong with the file.
 */
int amp_image_open(struct amp_core *core, const struct firmware *fw, struct amp_image *image)
{
	*image = (struct amp_image){ .data = fw->data, .size = fw->size };

	if (check_header(core, image) || check_segments(core, image) || find_table(core, image))
		return -EINVAL;
	return amp_rsc_check(core, image);
}
