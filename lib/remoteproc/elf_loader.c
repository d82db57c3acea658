/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file elf_loader.c
 * @brief ELF images, 32 and 64 bits, little-endian.
 *
 * The parts of the file that are wanted, in the order of their offsets:
 *   header           gathered here, checked                      elf_load_header()
 *   program headers  gathered here, checked
 *   segments         to the remote's memory, not looked at       elf_load()
 *   the tail         gathered here: AMP_ELF_WINDOW bytes before the section headers, then those
 *   section names    gathered here; usually from the tail
 * No field is trusted: offsets and sizes are compared in ways that cannot overflow.
 */
#include "elf_format.h"
#include "remoteproc_internal.h"

#include <amprelay/remoteproc.h>
#include <openamp/elf_loader.h>

#include <metal/alloc.h>

#include <limits.h>
#include <string.h>

#define TABLE_NAME ".resource_table"
#define NAMES_MAX  65536u /* a table of section names larger than that is no sane image's */

/* What is wanted. The first four are gathered. */
enum step {
	STEP_HEADER,
	STEP_PHDRS,
	STEP_TAIL,
	STEP_NAMES,
	GATHERED,
	STEP_SEGMENT = GATHERED,
	STEP_DONE
};

/* A part of the file, kept here. */
struct part {
	size_t offset;
	size_t size; /* 0 until it is complete */
	uint8_t *bytes;
};

struct segment {
	size_t offset, filesz; /* in the file */
	size_t da, memsz;      /* in the remote's memory */
};

struct elf_info {
	int state; /* RPROC_LOADER_* */
	enum step step;
	bool wide; /* 64 bits */
	size_t header[ELF_EHDR_FIELDS];
	struct part parts[GATHERED];
	struct segment *segments; /* to be loaded, in the order of their offsets; room for E_PHNUM */
	unsigned int count;
	unsigned int next; /* the one behind the one that is, or was, wanted last */
	/* what is wanted */
	size_t offset;
	size_t left;
	/* resource table */
	metal_phys_addr_t table_da;
	size_t table_offset, table_size;
};

/* ------------------------------------------------------------------ parts */

/* The beginning of what is wanted came. */
static int take(struct elf_info *info, const void *data, size_t offset, size_t len)
{
	struct part *part;

	if (len == 0)
		return 0;
	if (offset != info->offset || len > info->left || (info->step < GATHERED && !data))
		return -RPROC_ERR_LOADER_STATE;
	info->offset += len;
	info->left -= len;
	if (info->step < GATHERED) {
		part = &info->parts[info->step];
		memcpy(part->bytes + (offset - part->offset), data, len);
		if (!info->left)
			part->size = info->offset - part->offset;
	}
	return 0;
}

/* The part that holds this byte of the file, or NULL. */
static const struct part *holder(const struct elf_info *info, size_t offset)
{
	const struct part *part;

	for (part = info->parts; part < info->parts + GATHERED; part++) {
		if (offset - part->offset < part->size) /* a byte before it wraps, to more than any size */
			return part;
	}
	return NULL;
}

static const struct segment *current(const struct elf_info *info)
{
	return &info->segments[info->next - 1];
}

static int write_segment(struct remoteproc *rproc, const struct elf_info *info, const uint8_t *bytes, size_t len)
{
	const struct segment *seg = current(info);
	struct mem_range range;

	if (!amp_rproc_find_da(rproc, seg->da, seg->memsz, &range))
		return -AMP_RPROC_ERR_SEGMENT_MEMORY;
	return amp_rproc_write(range.io, range.offset + (seg->filesz - info->left), bytes, 0, len);
}

/* Want a part of the file. What was read before, a stream will not bring again: linkers put the headers into the first
 * segment. So the beginning of what is wanted is taken from there. */
static int want(struct remoteproc *rproc, struct elf_info *info, enum step step, size_t offset, size_t size)
{
	const struct part *part;
	const uint8_t *bytes;
	int status = 0;
	size_t len;

	info->step = step;
	info->offset = offset;
	info->left = size;
	while (!status && info->left && (part = holder(info, info->offset)) != NULL) {
		bytes = part->bytes + (info->offset - part->offset);
		len = metal_min(info->left, part->size - (info->offset - part->offset));
		if (step == STEP_SEGMENT)
			status = write_segment(rproc, info, bytes, len);
		if (!status)
			status = take(info, bytes, info->offset, len);
	}
	return status;
}

static int gather(struct elf_info *info, enum step step, size_t offset, size_t size)
{
	struct part *part = &info->parts[step];

	part->offset = offset;
	part->bytes = metal_allocate_memory((unsigned int)size);
	return part->bytes ? want(NULL, info, step, offset, size) : -RPROC_ENOMEM;
}

/* ------------------------------------------------------------------ header and program headers */

int elf_identify(const void *img_data, size_t len)
{
	return img_data && len >= 4 && memcmp(img_data, "\177ELF", 4) == 0 ? 0 : -RPROC_EINVAL;
}

/* Is a table of the file behind the header, and does it end before the numbers do? */
static bool place_ok(const struct elf_info *info, size_t offset, size_t size)
{
	return offset >= info->header[E_EHSIZE] && offset <= SIZE_MAX - size;
}

static int read_header(struct elf_info *info)
{
	const uint8_t *ident = info->parts[STEP_HEADER].bytes;
	size_t *ehdr = info->header, size;

	if (elf_identify(ident, EI_NIDENT))
		return -AMP_RPROC_ERR_FORMAT;
	if (ident[EI_DATA] == ELF_DATA_MSB)
		return -AMP_RPROC_ERR_ENDIAN;
	info->wide = ident[EI_CLASS] == ELF_CLASS64;
	elf_unpack(ident + EI_NIDENT, info->wide, ELF_EHDR, ehdr);
	if ((!info->wide && ident[EI_CLASS] != ELF_CLASS32) || ident[EI_DATA] != ELF_DATA_LSB ||
	    ident[EI_VERSION] != 1 || (ehdr[E_TYPE] != ELF_TYPE_EXEC && ehdr[E_TYPE] != ELF_TYPE_DYN) ||
	    ehdr[E_VERSION] != 1 || ehdr[E_EHSIZE] != ELF_EHDR_SIZE(info->wide) || ehdr[E_ENTRY] == METAL_BAD_PHYS)
		return -AMP_RPROC_ERR_ELF_HEADER;
	size = ehdr[E_PHNUM] * ELF_PHDR_SIZE(info->wide);
	if (size == 0 || ehdr[E_PHNUM] > AMP_ELF_MAX_SEGMENTS || ehdr[E_PHENTSIZE] != ELF_PHDR_SIZE(info->wide) ||
	    !place_ok(info, ehdr[E_PHOFF], size))
		return -AMP_RPROC_ERR_ELF_SEGMENTS;
	return gather(info, STEP_PHDRS, ehdr[E_PHOFF], size);
}

static int add_segment(struct elf_info *info, const struct segment *seg)
{
	struct segment *at = &info->segments[info->count], *other;

	if (seg->filesz > seg->memsz || seg->memsz > INT_MAX || seg->da > METAL_BAD_PHYS - seg->memsz ||
	    seg->offset > SIZE_MAX - seg->filesz)
		return -AMP_RPROC_ERR_SEGMENT;
	/* Two segments in one place: one of them would be lost. */
	for (other = info->segments; other < at; other++) {
		if (seg->da < other->da + other->memsz && other->da < seg->da + seg->memsz)
			return -AMP_RPROC_ERR_SEGMENT;
	}
	for (; at > info->segments && at[-1].offset > seg->offset; at--)
		*at = at[-1];
	*at = *seg;
	info->count++;
	return 0;
}

static int read_phdrs(struct elf_info *info)
{
	const uint8_t *bytes = info->parts[STEP_PHDRS].bytes;
	size_t phnum = info->header[E_PHNUM], fields[ELF_PHDR_FIELDS];
	const size_t *phdr = fields + info->wide;
	struct segment seg;
	int status = 0;

	info->segments = metal_allocate_memory((unsigned int)(phnum * sizeof(*info->segments)));
	if (!info->segments)
		return -RPROC_ENOMEM;
	for (; phnum-- && !status; bytes += ELF_PHDR_SIZE(info->wide)) {
		elf_unpack(bytes, info->wide, ELF_PHDR, fields);
		seg = (struct segment){phdr[P_OFFSET], phdr[P_FILESZ], phdr[P_PADDR], phdr[P_MEMSZ]};
		if (fields[P_TYPE] == ELF_PT_LOAD && (seg.memsz | seg.filesz))
			status = add_segment(info, &seg);
	}
	return status || info->count ? status : -AMP_RPROC_ERR_ELF_SEGMENTS;
}

/* A file without sections, or names for them, is one without a resource table: E_SHNUM becomes 0. */
static int check_sections(struct elf_info *info)
{
	size_t *ehdr = info->header;

	if (ehdr[E_SHOFF] == 0 && ehdr[E_SHNUM] == 0)
		return 0;
	if (ehdr[E_SHSTRNDX] >= ehdr[E_SHNUM] || ehdr[E_SHENTSIZE] != ELF_SHDR_SIZE(info->wide) ||
	    !place_ok(info, ehdr[E_SHOFF], ehdr[E_SHNUM] * ELF_SHDR_SIZE(info->wide)))
		return -AMP_RPROC_ERR_ELF_SECTIONS;
	if (ehdr[E_SHSTRNDX] == 0)
		ehdr[E_SHNUM] = 0;
	return 0;
}

/* ------------------------------------------------------------------ sections */

static void read_section(const struct elf_info *info, size_t index, size_t *shdr)
{
	const struct part *tail = &info->parts[STEP_TAIL];

	elf_unpack(tail->bytes + tail->size - (info->header[E_SHNUM] - index) * ELF_SHDR_SIZE(info->wide), info->wide,
	           ELF_SHDR, shdr);
}

static int read_tail(struct elf_info *info)
{
	size_t shdr[ELF_SHDR_FIELDS];

	read_section(info, info->header[E_SHSTRNDX], shdr);
	if (shdr[SH_TYPE] != ELF_SHT_STRTAB || shdr[SH_SIZE] == 0 || shdr[SH_SIZE] > NAMES_MAX ||
	    shdr[SH_OFFSET] > SIZE_MAX - shdr[SH_SIZE])
		return -AMP_RPROC_ERR_ELF_SECTIONS;
	return gather(info, STEP_NAMES, shdr[SH_OFFSET], shdr[SH_SIZE]);
}

/* A resource table has this name: take it, if the remote will find it where it was loaded. */
static int take_table(struct elf_info *info, const size_t *shdr)
{
	size_t offset = shdr[SH_OFFSET], size = shdr[SH_SIZE];
	const struct segment *seg;

	if (shdr[SH_TYPE] != ELF_SHT_PROGBITS)
		return -AMP_RPROC_ERR_RSC_PLACE;
	for (seg = info->segments; seg < info->segments + info->count; seg++) {
		if (offset < seg->offset || offset - seg->offset > seg->filesz ||
		    size > seg->filesz - (offset - seg->offset))
			continue;
		info->table_da = seg->da + (offset - seg->offset);
		info->table_offset = offset;
		info->table_size = size;
		return 0;
	}
	return -AMP_RPROC_ERR_RSC_PLACE;
}

static int find_table(struct elf_info *info)
{
	const struct part *names = &info->parts[STEP_NAMES];
	size_t shdr[ELF_SHDR_FIELDS], i;

	/* The last name has an end, and so have all before it. */
	if (names->bytes[names->size - 1] != '\0')
		return -AMP_RPROC_ERR_ELF_SECTIONS;
	for (i = 0; i < info->header[E_SHNUM]; i++) {
		read_section(info, i, shdr);
		if (shdr[SH_NAME] >= names->size)
			return -AMP_RPROC_ERR_ELF_SECTIONS;
		if (strcmp((const char *)names->bytes + shdr[SH_NAME], TABLE_NAME) == 0)
			return take_table(info, shdr);
	}
	return 0;
}

/* ------------------------------------------------------------------ one part after the other */

/* The next segment; but sections when it is their turn. */
static int want_next(struct remoteproc *rproc, struct elf_info *info)
{
	const struct segment *seg = info->next < info->count ? &info->segments[info->next] : NULL;
	size_t shoff = info->header[E_SHOFF], shnum = info->header[E_SHNUM], start;

	if (shnum && !info->parts[STEP_TAIL].bytes && (!seg || seg->offset >= shoff)) {
		/* The window starts no earlier than where a stream is now. */
		start = metal_max(metal_min(info->offset, shoff), shoff - metal_min(shoff, (size_t)AMP_ELF_WINDOW));
		return gather(info, STEP_TAIL, start, shoff + shnum * ELF_SHDR_SIZE(info->wide) - start);
	}
	if (seg) {
		info->next++;
		return want(rproc, info, STEP_SEGMENT, seg->filesz ? seg->offset : info->offset, seg->filesz);
	}
	info->step = STEP_DONE;
	info->state = RPROC_LOADER_LOAD_COMPLETE;
	return 0;
}

/* What was wanted is complete: use it, and want something else. */
static int advance(struct remoteproc *rproc, struct elf_info *info)
{
	int status = 0;

	switch (info->step) {
	case STEP_PHDRS:
		if (rproc->elf_machine && rproc->elf_machine != info->header[E_MACHINE])
			return -AMP_RPROC_ERR_MACHINE;
		status = read_phdrs(info);
		if (!status)
			status = check_sections(info);
		break;
	case STEP_TAIL:
		return read_tail(info);
	case STEP_NAMES:
		status = find_table(info);
		break;
	default:
		break;
	}
	return status ? status : want_next(rproc, info);
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
		info->table_da = METAL_BAD_PHYS;
		*img_info = info;
		/* That of 64 bits. A file of 32 bits with a program header is as long. */
		status = gather(info, STEP_HEADER, 0, ELF_EHDR_SIZE(true));
	}
	if (info->state != RPROC_LOADER_NOT_READY)
		return -RPROC_ERR_LOADER_STATE;
	if (!status)
		status = take(info, img_data, offset, len);
	if (!status && info->left == 0 && info->step == STEP_HEADER)
		status = read_header(info);
	if (status)
		return status;
	if (info->left == 0)
		info->state = RPROC_LOADER_READY_TO_LOAD;
	*noffset = info->offset;
	*nlen = info->left;
	return info->state;
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
	status = take(info, img_data, offset, len);
	if (!status && info->left == 0)
		status = advance(rproc, info);
	if (status)
		return status;
	*da = RPROC_LOAD_ANYADDR;
	*nmemsize = 0;
	if (info->step == STEP_SEGMENT) {
		*da = current(info)->da + (current(info)->filesz - info->left);
		*nmemsize = current(info)->memsz - (current(info)->filesz - info->left);
	}
	*noffset = info->offset;
	*nlen = info->left;
	*padding = 0;
	return info->state;
}

/* ------------------------------------------------------------------ what was learned */

int elf_locate_rsc_table(void *img_info, metal_phys_addr_t *da, size_t *offset, size_t *size)
{
	const struct elf_info *info = img_info;

	if (!info)
		return -RPROC_EINVAL;
	if (info->step != STEP_DONE)
		return -RPROC_ERR_LOADER_STATE;
	if (info->table_da == METAL_BAD_PHYS)
		return -RPROC_ERR_RSC_TAB_NP;
	if (da)
		*da = info->table_da;
	if (offset)
		*offset = info->table_offset;
	if (size)
		*size = info->table_size;
	return 0;
}

metal_phys_addr_t elf_get_entry(void *img_info)
{
	return img_info ? (metal_phys_addr_t)((const struct elf_info *)img_info)->header[E_ENTRY] : METAL_BAD_PHYS;
}

int elf_get_load_state(void *img_info)
{
	return img_info ? ((const struct elf_info *)img_info)->state : -RPROC_EINVAL;
}

void elf_release(void *img_info)
{
	struct elf_info *info = img_info;
	unsigned int i;

	if (!info)
		return;
	for (i = 0; i < GATHERED; i++)
		metal_free_memory(info->parts[i].bytes);
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
