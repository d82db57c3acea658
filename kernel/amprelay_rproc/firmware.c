// SPDX-License-Identifier: GPL-2.0-only
/*
 * The firmware file: checked completely, and loaded.
 *
 * remoteproc's own ELF loader is not used. It trusts section headers, the table of their names and
 * the order of its callbacks, and reads beyond the end of a file that is cut at the wrong place; it
 * loads a segment wherever a carveout is, vrings included; and where linkers let zeroes overlap
 * data it depends on the order of the program headers which of them stays. What is taken here is
 * what lib/remoteproc takes, and what is not is refused with the reason.
 */

#include <linux/elf.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "amprelay_rproc.h"

#define TABLE_SECTION ".resource_table"

/* As in lib/remoteproc: AMP_ELF_MAX_SEGMENTS, AMP_RSC_TABLE_MAX */
#define MAX_SEGMENTS 128
#define MAX_TABLE    SZ_64K

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
				  "has no program headers that can be read (%u of %u bytes; at most %u)",
				  image->phnum, phentsize, MAX_SEGMENTS);
	if (!in_file(image, image->phoff, (u64)image->phnum * phentsize))
		return amp_refuse(core,
				  "is truncated: program headers at %#llx, file has %zu bytes",
				  image->phoff, image->size);
	/* Without sections, there is none with a resource table. */
	if (image->shnum || image->shoff) {
		if (image->shstrndx >= image->shnum || shentsize != shdr_size(image))
			return amp_refuse(core,
					  "has no section headers that can be read (%u of %u bytes, names in %u)",
					  image->shnum, shentsize, image->shstrndx);
		if (!in_file(image, image->shoff, (u64)image->shnum * shentsize))
			return amp_refuse(core,
					  "is truncated: section headers at %#llx, file has %zu bytes",
					  image->shoff, image->size);
	}
	if (!amp_region_at(core, AMP_REGION_FIRMWARE, image->entry, 1))
		return amp_refuse(core,
				  "has its entry point at %#llx, outside the firmware memory of core %s",
				  image->entry, core->soc.core);
	return 0;
}

/* What of a program header matters here: remoteproc loads where its physical address says. */
struct segment {
	u64 da;
	u64 offset;
	u64 filesz;
	u64 memsz;
};

/* Reads a program header. False: it is none of a segment that is loaded. */
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

/* Is there a segment before @end that has bytes of the file for one of these addresses? */
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

static int check_segments(struct amp_core *core, const struct amp_image *image)
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
		if (!amp_region_at(core, AMP_REGION_FIRMWARE, segment.da, segment.memsz))
			return amp_refuse(core,
					  "has segment %u at %#llx + %#llx, outside the firmware memory of core %s",
					  i, segment.da, segment.memsz, core->soc.core);
		/* Zeroes may overlap anything; of two different bytes for one place one is lost. */
		if (has_bytes_at(image, i, segment.da, segment.filesz))
			return amp_refuse(core,
					  "has overlapping segments: the bytes of segment %u at %#llx + %#llx lie on top of another's",
					  i, segment.da, segment.filesz);
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
 * First all zeroes, then all bytes of the file: what the file has, counts, in whatever order
 * linkers let them overlap. The resource table follows from remoteproc, which has filled it in.
 */
void amp_image_load(struct amp_core *core, const struct amp_image *image)
{
	void *base = core->mem - core->soc.mem_da;
	struct segment segment;
	unsigned int i;

	for (i = 0; i < image->phnum; i++)
		if (read_segment(image, i, &segment))
			memset(base + segment.da + segment.filesz, 0,
			       segment.memsz - segment.filesz);
	for (i = 0; i < image->phnum; i++)
		if (read_segment(image, i, &segment))
			memcpy(base + segment.da, image->data + segment.offset, segment.filesz);
}

/**
 * amp_image_piece() - find the next piece of memory that an image's segments occupy
 * @image: an image that amp_image_open() has accepted
 * @from: where to look from: 0, or the end of the last piece
 * @da: set to its address
 * @end: set to the address behind it
 *
 * Pieces do not overlap, even if segments do.
 *
 * Return: false if there is none any more.
 */
bool amp_image_piece(const struct amp_image *image, u64 from, u64 *da, u64 *end)
{
	struct segment segment;
	bool found = false;
	unsigned int i;

	for (i = 0; i < image->phnum; i++) {
		if (!read_segment(image, i, &segment) || segment.da + segment.memsz <= from)
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

/* Does a segment put the section where it runs? */
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
 * The table is where the firmware was linked to find it, sh_addr, even if its bytes are loaded
 * elsewhere or not at all: remoteproc writes it there. A section of no bytes, or of zeroes, is
 * what linker scripts leave of a table that the firmware does not have.
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
	if (section->addr % sizeof(u32) || section->size > MAX_TABLE ||
	    !amp_region_at(core, AMP_REGION_FIRMWARE, section->addr, section->size))
		return amp_refuse(core,
				  "has its resource table at %#llx + %#llx: misaligned, too large, or outside the firmware memory of core %s",
				  section->addr, section->size, core->soc.core);
	if (!is_loaded(image, section) &&
	    has_bytes_at(image, image->phnum, section->addr, section->size))
		return amp_refuse(core,
				  "has its resource table at %#llx + %#llx, on top of other bytes that it loads",
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

	/* No section is named then. */
	if (!image->shstrndx)
		return 0;
	read_section(image, image->shstrndx, &names);
	if (names.type != SHT_STRTAB || !names.size || !in_file(image, names.offset, names.size))
		return amp_refuse(core, "is truncated: section names at %#llx, file has %zu bytes",
				  names.offset, image->size);
	name = (const char *)image->data + names.offset;
	/* With a NUL at the table's end, every name in it ends. */
	if (name[names.size - 1] != '\0')
		return amp_refuse(core, "has section names without an end");

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
 * @image: what was found; without a resource table, @image->table is NULL
 *
 * Return: 0, or -EINVAL after a message that says what is wrong with the file.
 */
int amp_image_open(struct amp_core *core, const struct firmware *fw, struct amp_image *image)
{
	*image = (struct amp_image){ .data = fw->data, .size = fw->size };

	if (check_header(core, image) || check_segments(core, image) || find_table(core, image))
		return -EINVAL;
	return image->table ? amp_rsc_check(core, image) : 0;
}
