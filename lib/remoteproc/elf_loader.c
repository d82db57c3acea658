// SPDX-License-Identifier: BSD-3-Clause
/*
 * ELF images, 32 and 64 bits, little-endian.
 *
 * The parts of the file that are wanted, in the order in which linkers put them:
 *   header                                                       elf_load_header()
 *   program headers
 *   no bytes         for each segment: its memory that the file does not fill is zeroed        elf_load()
 *   segments         in the order of their offsets, to the remote's memory, not looked at
 *   the tail         AMP_ELF_WINDOW bytes before the section headers, then those
 *   section names    usually in the tail, so that a stream has brought them
 *   resource table   once more, if no segment has put it where the remote looks for it
 * Zeroes come before all bytes of the file, since linkers let them overlap: what the file has, counts.
 * No field is trusted: offsets and sizes are compared in ways that cannot overflow.
 */
#include "elf_format.h"
#include "remoteproc_internal.h"

#include <amprelay/config.h>
#include <amprelay/remoteproc.h>

#include <metal/alloc.h>

#include <limits.h>
#include <string.h>

#define TABLE_NAME ".resource_table"
#define NAMES_MAX  65536u /* a table of section names larger than that is no sane image's */

/* What is wanted. The first four are read here. */
enum step {
	STEP_HEADER,
	STEP_PHDRS,
	STEP_TAIL,
	STEP_NAMES,
	STEP_READY, /* nothing yet: the headers are good, so far */
	STEP_ZEROES,
	STEP_SEGMENT,
	STEP_DONE
};

struct segment {
	size_t offset, filesz; /* in the file */
	size_t da, memsz;      /* in the remote's memory */
	uint32_t flags;        /* AMP_ELF_EXECUTABLE … */
};

struct elf_info {
	int state; /* RPROC_LOADER_* */
	enum step step;
	size_t offset, len;       /* what is wanted */
	unsigned int wide;        /* 1 if it has 64 bits, 0 if 32 */
	size_t da, memlen;        /* where it goes in the remote's memory */
	struct segment *segments; /* to be loaded, in the order of their offsets; room for E_PHNUM, and the table */
	struct segment *end;      /* behind the last */
	struct segment *unzeroed; /* first that has not been prepared … */
	struct segment *unloaded; /* … and that has not been wanted */
	const uint8_t *shdrs;     /* when the tail is there */
	/* resource table */
	metal_phys_addr_t table_da;
	size_t table_offset, table_size;
	size_t header[ELF_EHDR_FIELDS];
	size_t fields[ELF_PHDR_FIELDS]; /* of the program header or section header that is looked at */
};

static unsigned int wide(const struct elf_info *info)
{
	return AMP_WITH_ELF64 ? info->wide : 0;
}

static SMALLER_APART int want(struct elf_info *info, enum step step, size_t offset, size_t len)
{
	info->step = step;
	info->offset = offset;
	info->len = len;
	info->da = RPROC_LOAD_ANYADDR;
	info->memlen = 0;
	return 0;
}

/* ------------------------------------------------------------------ header and program headers */

int elf_identify(const void *img_data, size_t len)
{
	return img_data && len >= sizeof(uint32_t) && elf_word(img_data) == ELF_MAGIC ? 0 : -RPROC_EINVAL;
}

/* Is a table of the file behind the header, and does it end before the numbers do? */
static bool place_ok(const struct elf_info *info, size_t offset, size_t size)
{
	return offset >= info->header[E_EHSIZE] && offset <= SIZE_MAX - size;
}

static int read_header(struct elf_info *info, const uint8_t *ident)
{
	size_t *ehdr = info->header, size;

	if (elf_word(ident) != ELF_MAGIC)
		return AMP_RPROC_ERR_FORMAT;
	if (ident[EI_DATA] == ELFDATA2MSB)
		return AMP_RPROC_ERR_ENDIAN;
	info->wide = (elf_word(ident + EI_CLASS) & ELF_KIND_MASK) - ELF_KIND_32;
	if (info->wide > AMP_WITH_ELF64)
		return AMP_RPROC_ERR_ELF_HEADER;
	elf_unpack(ident + EI_NIDENT, wide(info), ELF_EHDR, ehdr);
	if ((ehdr[E_TYPE] != ET_EXEC && ehdr[E_TYPE] != ET_DYN) || ehdr[E_VERSION] != 1 ||
	    ehdr[E_EHSIZE] != ELF_EHDR_SIZE(wide(info)) || ehdr[E_ENTRY] == METAL_BAD_PHYS)
		return AMP_RPROC_ERR_ELF_HEADER;
	size = ehdr[E_PHNUM] * ehdr[E_PHENTSIZE];
	if (size == 0 || ehdr[E_PHNUM] > AMP_ELF_MAX_SEGMENTS || ehdr[E_PHENTSIZE] != ELF_PHDR_SIZE(wide(info)) ||
	    !place_ok(info, ehdr[E_PHOFF], size))
		return AMP_RPROC_ERR_ELF_SEGMENTS;
	return want(info, STEP_PHDRS, ehdr[E_PHOFF], size);
}

/* Read a program header. */
static int add_segment(struct elf_info *info, const uint8_t *phdr)
{
	size_t *fields = info->fields, *places = &fields[wide(info)];
	struct segment *at = info->end;

	elf_unpack(phdr, wide(info), ELF_PHDR, fields);
	if (fields[P_TYPE] != PT_LOAD || !(places[P_MEMSZ] | places[P_FILESZ]))
		return 0;
	if (places[P_FILESZ] > places[P_MEMSZ] || places[P_MEMSZ] > INT_MAX ||
	    places[P_OFFSET] > SIZE_MAX - places[P_FILESZ])
		return AMP_RPROC_ERR_SEGMENT;
	for (; at > info->segments && at[-1].offset > places[P_OFFSET]; at--)
		*at = at[-1];
	at->offset = places[P_OFFSET];
	at->filesz = places[P_FILESZ];
	at->da = places[P_PADDR];
	at->memsz = places[P_MEMSZ];
	at->flags = (uint32_t)fields[wide(info) ? P_FLAGS64 : P_FLAGS32];
	info->end++;
	return 0;
}

/* Find the place of a segment. Those before it have theirs. */
static int place(const struct elf_info *info, struct remoteproc *rproc, struct segment *seg)
{
	if (rproc->ops->segment_da)
		seg->da = rproc->ops->segment_da(rproc, seg->da, seg->memsz, seg->flags);
	if (seg->da > METAL_BAD_PHYS - seg->memsz)
		return AMP_RPROC_ERR_SEGMENT;
	/* Two different bytes for one place: one of them would be lost. */
	for (const struct segment *other = info->segments; other < seg; other++) {
		if (metal_max(seg->da, other->da) < metal_min(seg->da + seg->filesz, other->da + other->filesz))
			return AMP_RPROC_ERR_SEGMENT;
	}
	return 0;
}

static int read_phdrs(struct elf_info *info, const uint8_t *bytes)
{
	size_t phnum = info->header[E_PHNUM];
	int status = 0;

	info->segments = metal_allocate_memory((unsigned int)((phnum + 1) * sizeof(*info->segments)));
	if (!info->segments)
		return RPROC_ENOMEM;
	info->end = info->unzeroed = info->unloaded = info->segments;
	for (size_t i = 0; i < phnum && !status; i++)
		status = add_segment(info, bytes + i * info->header[E_PHENTSIZE]);
	return status || info->end > info->segments ? status : AMP_RPROC_ERR_ELF_SEGMENTS;
}

/* A file without sections, or names for them, is one without a resource table: E_SHNUM becomes 0. */
static int check_sections(struct elf_info *info)
{
	size_t *ehdr = info->header;

	if (ehdr[E_SHOFF] == 0 && ehdr[E_SHNUM] == 0)
		return 0;
	if (ehdr[E_SHSTRNDX] >= ehdr[E_SHNUM] || ehdr[E_SHENTSIZE] != ELF_SHDR_SIZE(wide(info)) ||
	    !place_ok(info, ehdr[E_SHOFF], ehdr[E_SHNUM] * ehdr[E_SHENTSIZE]))
		return AMP_RPROC_ERR_ELF_SECTIONS;
	if (ehdr[E_SHSTRNDX] == 0)
		ehdr[E_SHNUM] = 0;
	return 0;
}

/* ------------------------------------------------------------------ sections */

static SMALLER_APART const size_t *read_section(struct elf_info *info, size_t index)
{
	elf_unpack(info->shdrs + index * info->header[E_SHENTSIZE], wide(info), ELF_SHDR, info->fields);
	return info->fields;
}

static int read_tail(struct elf_info *info, const uint8_t *tail)
{
	const size_t *shdr;

	info->shdrs = tail + (info->header[E_SHOFF] - info->offset);
	shdr = read_section(info, info->header[E_SHSTRNDX]);
	if (shdr[SH_TYPE] != SHT_STRTAB || shdr[SH_SIZE] == 0 || shdr[SH_SIZE] > NAMES_MAX ||
	    shdr[SH_OFFSET] > SIZE_MAX - shdr[SH_SIZE])
		return AMP_RPROC_ERR_ELF_SECTIONS;
	return want(info, STEP_NAMES, shdr[SH_OFFSET], shdr[SH_SIZE]);
}

/* A section with the name of the resource table. It may be empty, or be without bytes: then the firmware has none. */
static int take_table(struct elf_info *info, const size_t *shdr)
{
	size_t offset = shdr[SH_OFFSET], size = shdr[SH_SIZE], da = shdr[SH_ADDR];
	struct segment *seg = info->segments, *end = info->end;

	if (shdr[SH_TYPE] == SHT_NOBITS || size == 0)
		return 0;
	if (size > AMP_RSC_TABLE_MAX || offset > SIZE_MAX - size)
		return AMP_RPROC_ERR_RSC_PLACE;
	info->table_da = da;
	info->table_offset = offset;
	info->table_size = size;
	/* Where the firmware is linked to find it need not be where a segment puts it:
	 * there it would not be looked at. */
	for (; seg < end; seg++) {
		if (seg->da - seg->offset == da - offset && offset - seg->offset <= seg->filesz &&
		    size <= seg->filesz - (offset - seg->offset))
			return 0;
	}
	end->offset = offset;
	end->filesz = end->memsz = size;
	end->da = da;
	end->flags = 0;
	info->end++;
	return 0;
}

static int find_table(struct elf_info *info, const char *names)
{
	const size_t *shdr;

	/* The last name has an end, and so have all before it. */
	if (names[info->len - 1] != '\0')
		return AMP_RPROC_ERR_ELF_SECTIONS;
	for (size_t i = 0; i < info->header[E_SHNUM]; i++) {
		shdr = read_section(info, i);
		if (shdr[SH_NAME] >= info->len)
			return AMP_RPROC_ERR_ELF_SECTIONS;
		if (strcmp(names + shdr[SH_NAME], TABLE_NAME) == 0)
			return take_table(info, shdr);
	}
	return 0;
}

/* ------------------------------------------------------------------ one part after the other */

/* The next segment; but sections when it is their turn. */
static int want_next(struct elf_info *info, struct remoteproc *rproc)
{
	size_t shoff = info->header[E_SHOFF], shnum = info->header[E_SHNUM], at = info->offset + info->len;
	struct segment *seg = info->unzeroed;
	int status;

	if (seg < info->end) {
		status = place(info, rproc, seg);
		(void)want(info, STEP_ZEROES, at, 0);
		info->da = seg->da + seg->filesz;
		info->memlen = seg->memsz - seg->filesz;
		info->unzeroed++;
		return status;
	}
	seg = info->unloaded;
	if (shnum && !info->shdrs && (seg == info->end || seg->offset >= shoff)) {
		/* The window starts no earlier than where a stream is now. */
		at = metal_max(metal_min(at, shoff), shoff - metal_min(shoff, (size_t)AMP_ELF_WINDOW));
		return want(info, STEP_TAIL, at, shoff + shnum * info->header[E_SHENTSIZE] - at);
	}
	if (seg < info->end) {
		(void)want(info, STEP_SEGMENT, seg->filesz ? seg->offset : at, seg->filesz);
		info->da = seg->da;
		info->memlen = seg->filesz;
		info->unloaded++;
		return 0;
	}
	info->state = RPROC_LOADER_LOAD_COMPLETE;
	return want(info, STEP_DONE, 0, 0);
}

/* What was wanted is here: use it, and want something else. */
static int use(struct elf_info *info, struct remoteproc *rproc, const void *part)
{
	int status = 0;

	switch (info->step) {
	case STEP_HEADER:
		return read_header(info, part);
	case STEP_PHDRS:
		info->state = RPROC_LOADER_READY_TO_LOAD;
		status = read_phdrs(info, part);
		return status ? status : want(info, STEP_READY, info->offset + info->len, 0);
	case STEP_READY:
		if (!rproc) /* the header is complete: the rest is elf_load()'s */
			return RPROC_ERR_LOADER_STATE;
		if (rproc->elf_machine && rproc->elf_machine != info->header[E_MACHINE])
			return AMP_RPROC_ERR_MACHINE;
		status = check_sections(info);
		break;
	case STEP_TAIL:
		return read_tail(info, part);
	case STEP_NAMES:
		status = find_table(info, part);
		break;
	default:
		break;
	}
	return status || !rproc ? status : want_next(info, rproc);
}

/* A part came; with no bytes: what is wanted? */
static int take(struct elf_info *info, struct remoteproc *rproc, const void *data, size_t offset, size_t len)
{
	if (len == 0 && info->len)
		return 0;
	if (len != info->len || (len && offset != info->offset) || (!data && info->step < STEP_READY))
		return -RPROC_ERR_LOADER_STATE;
	return -use(info, rproc, data);
}

int elf_load_header(const void *img_data, size_t offset, size_t len, void **img_info, int last_load_state,
                    size_t *noffset, size_t *nlen)
{
	struct elf_info *info;
	int status = 0;

	(void)last_load_state; /* in *img_info as well */
	if (!img_info || !noffset || !nlen)
		return -RPROC_EINVAL;
	info = *img_info;
	if (!info) {
		info = metal_allocate_memory(sizeof(*info));
		if (!info)
			return -RPROC_ENOMEM;
		memset(info, 0, sizeof(*info));
		*img_info = info;
		info->table_da = METAL_BAD_PHYS;
		/* That of 64 bits. A file of 32 bits with a program header is as long. */
		(void)want(info, STEP_HEADER, 0, ELF_EHDR_SIZE(1));
	} else if (info->state != RPROC_LOADER_NOT_READY) {
		return -RPROC_ERR_LOADER_STATE;
	} else {
		status = take(info, NULL, img_data, offset, len);
	}
	*noffset = info->offset;
	*nlen = info->len;
	return status ? status : info->state;
}

int elf_load(struct remoteproc *rproc, const void *img_data, size_t offset, size_t len, void **img_info,
             int last_load_state, metal_phys_addr_t *da, size_t *noffset, size_t *nlen, unsigned char *padding,
             size_t *nmemsize)
{
	struct elf_info *info;
	int status;

	(void)last_load_state; /* in *img_info as well */
	if (!rproc || !img_info || !*img_info || !da || !noffset || !nlen || !padding || !nmemsize)
		return -RPROC_EINVAL;
	info = *img_info;
	if (info->state != RPROC_LOADER_READY_TO_LOAD)
		return -RPROC_ERR_LOADER_STATE;
	status = take(info, rproc, img_data, offset, len);
	*da = info->da;
	*nmemsize = info->memlen;
	*noffset = info->offset;
	*nlen = info->len;
	*padding = 0;
	return status ? status : info->state;
}

/* ------------------------------------------------------------------ what was learned */

int elf_locate_rsc_table(void *img_info, metal_phys_addr_t *da, size_t *offset, size_t *size)
{
	const struct elf_info *info = img_info;

	if (!info)
		return -RPROC_EINVAL;
	if (info->step != STEP_DONE)
		return -RPROC_ERR_LOADER_STATE;
	if (da)
		*da = info->table_da;
	if (offset)
		*offset = info->table_offset;
	if (size)
		*size = info->table_size;
	return info->table_da == METAL_BAD_PHYS ? -RPROC_ERR_RSC_TAB_NP : 0;
}

metal_phys_addr_t elf_get_entry(void *img_info)
{
	return img_info ? ((const struct elf_info *)img_info)->header[E_ENTRY] : METAL_BAD_PHYS;
}

int elf_get_load_state(void *img_info)
{
	return img_info ? ((const struct elf_info *)img_info)->state : -RPROC_EINVAL;
}

void elf_release(void *img_info)
{
	struct elf_info *info = img_info;

	if (!info)
		return;
	metal_free_memory(info->segments);
	metal_free_memory(info);
}

const struct loader_ops elf_ops = {
	.load_header = elf_load_header,
	.load_data = elf_load,
	.locate_rsc_table = elf_locate_rsc_table,
	.release = elf_release,
	.get_entry = elf_get_entry,
	.get_load_state = elf_get_load_state,
};
