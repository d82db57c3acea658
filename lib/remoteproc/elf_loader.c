/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file elf_loader.c
 * @brief ELF images, 32 and 64 bits, little-endian.
 *
 * The parts of the file, in the order of their offsets:
 *   header           gathered here, checked                      elf_load_header()
 *   program headers  gathered here, checked
 *   segments         to the remote's memory, not looked at       elf_load()
 *   the tail         gathered here: AMP_ELF_WINDOW bytes before the section headers, then those. The section names
 *                    usually lie there; if not, they are gathered after it
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
#define SHN_XINDEX 0xffffu

/* What is wanted next. */
enum step {
	STEP_IDENT,
	STEP_HEADER,
	STEP_PHDRS,
	STEP_PLAN,
	STEP_SEGMENTS,
	STEP_TAIL,
	STEP_NAMES,
	STEP_DONE
};

struct segment {
	size_t offset, filesz; /* in the file */
	size_t da, memsz;      /* in the remote's memory */
};

struct elf_info {
	int state; /* RPROC_LOADER_* */
	enum step step;
	bool wide; /* 64 bits */
	uint8_t header[ELF_EHDR_MAX];
	struct segment *segments; /* that are to be loaded, in the order of their offsets; room for phnum */
	unsigned int count;
	unsigned int next; /* the first of them that was not wanted yet */
	uint8_t *phdrs;    /* behind that room */
	unsigned int phnum;
	uint8_t *tail; /* window and section headers */
	size_t tail_offset, tail_size;
	uint8_t *names; /* section names, when they are not in the tail */
	size_t names_size;
	/* part that is wanted */
	size_t offset;
	size_t left;
	uint8_t *gather;      /* where it is gathered; NULL: it goes to the remote's memory … */
	metal_phys_addr_t da; /* … here … */
	size_t memlen;        /* … and fills so much of it */
	/* resource table */
	metal_phys_addr_t table_da;
	size_t table_offset, table_size;
};

static size_t ehdr(const struct elf_info *info, enum elf_ehdr_field field)
{
	return elf_get(info->header, &elf_ehdr[field], info->wide);
}

static void want(struct elf_info *info, enum step step, uint8_t *gather, size_t offset, size_t size)
{
	info->step = step;
	info->gather = gather;
	info->offset = offset;
	info->left = size;
	info->da = RPROC_LOAD_ANYADDR;
	info->memlen = 0;
}

/* The beginning of the wanted part came. 0: that was all of it, 1: more of it is wanted. */
static int take(struct elf_info *info, const void *data, size_t offset, size_t len)
{
	if (len == 0)
		return info->left != 0;
	if (offset != info->offset || len > info->left || (info->gather && !data))
		return -RPROC_ERR_LOADER_STATE;
	if (info->gather) {
		memcpy(info->gather, data, len);
		info->gather += len;
	} else {
		info->da += len;
		info->memlen -= len;
	}
	info->offset += len;
	info->left -= len;
	return info->left != 0;
}

/* ------------------------------------------------------------------ header and program headers */

int elf_identify(const void *img_data, size_t len)
{
	return img_data && len >= 4 && memcmp(img_data, "\177ELF", 4) == 0 ? 0 : -RPROC_EINVAL;
}

static int check_ident(struct elf_info *info)
{
	const uint8_t *ident = info->header;

	if (elf_identify(ident, ELF_IDENT_SIZE))
		return -AMP_RPROC_ERR_FORMAT;
	if (ident[EI_DATA] == ELF_DATA_MSB)
		return -AMP_RPROC_ERR_ENDIAN;
	if ((ident[EI_CLASS] != ELF_CLASS32 && ident[EI_CLASS] != ELF_CLASS64) || ident[EI_DATA] != ELF_DATA_LSB ||
	    ident[EI_VERSION] != 1)
		return -AMP_RPROC_ERR_ELF_HEADER;
	info->wide = ident[EI_CLASS] == ELF_CLASS64;
	want(info, STEP_HEADER, info->header + ELF_IDENT_SIZE, ELF_IDENT_SIZE,
	     elf_ehdr_size(info->wide) - ELF_IDENT_SIZE);
	return 0;
}

/* Is a table of the file behind the header, and does it end before the numbers do? */
static bool place_ok(const struct elf_info *info, size_t offset, size_t size)
{
	return offset >= elf_ehdr_size(info->wide) && offset <= SIZE_MAX - size;
}

static int check_header(struct elf_info *info)
{
	size_t type = ehdr(info, E_TYPE), phoff = ehdr(info, E_PHOFF), size;

	if ((type != ELF_TYPE_EXEC && type != ELF_TYPE_DYN) || ehdr(info, E_VERSION) != 1 ||
	    ehdr(info, E_EHSIZE) != elf_ehdr_size(info->wide) || ehdr(info, E_ENTRY) > METAL_BAD_PHYS - 1)
		return -AMP_RPROC_ERR_ELF_HEADER;
	info->phnum = (unsigned int)ehdr(info, E_PHNUM);
	size = info->phnum * elf_phdr_size(info->wide);
	if (info->phnum == 0 || info->phnum > AMP_ELF_MAX_SEGMENTS ||
	    ehdr(info, E_PHENTSIZE) != elf_phdr_size(info->wide) || !place_ok(info, phoff, size))
		return -AMP_RPROC_ERR_ELF_SEGMENTS;
	info->segments = metal_allocate_memory((unsigned int)(info->phnum * sizeof(*info->segments) + size));
	if (!info->segments)
		return -RPROC_ENOMEM;
	info->phdrs = (uint8_t *)(info->segments + info->phnum);
	want(info, STEP_PHDRS, info->phdrs, phoff, size);
	return 0;
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
	const uint8_t *phdr = info->phdrs;
	struct segment seg;
	unsigned int i;
	int status;

	for (i = 0; i < info->phnum; i++, phdr += elf_phdr_size(info->wide)) {
		seg.offset = elf_get(phdr, &elf_phdr[P_OFFSET], info->wide);
		seg.filesz = elf_get(phdr, &elf_phdr[P_FILESZ], info->wide);
		seg.memsz = elf_get(phdr, &elf_phdr[P_MEMSZ], info->wide);
		seg.da = elf_get(phdr, &elf_phdr[P_PADDR], info->wide);
		if (elf_get(phdr, &elf_phdr[P_TYPE], info->wide) != ELF_PT_LOAD || (seg.memsz | seg.filesz) == 0)
			continue;
		status = add_segment(info, &seg);
		if (status)
			return status;
	}
	return info->count ? 0 : -AMP_RPROC_ERR_ELF_SEGMENTS;
}

/* ------------------------------------------------------------------ the tail */

/* Where the tail starts: as far before the section headers as the window goes, but behind what is read before it
 * anyway. */
static size_t tail_start(const struct elf_info *info, size_t shoff)
{
	size_t start = shoff > AMP_ELF_WINDOW ? shoff - AMP_ELF_WINDOW : 0;
	size_t end = ehdr(info, E_PHOFF) + info->phnum * elf_phdr_size(info->wide);
	const struct segment *seg;

	start = metal_max(start, elf_ehdr_size(info->wide));
	if (end <= shoff)
		start = metal_max(start, end);
	for (seg = info->segments; seg < info->segments + info->count; seg++) {
		if (seg->filesz == 0 || seg->offset >= shoff)
			continue;
		end = metal_min(seg->offset + seg->filesz, shoff);
		start = metal_max(start, end);
	}
	return start;
}

static int plan_tail(struct elf_info *info)
{
	size_t shoff = ehdr(info, E_SHOFF), shnum = ehdr(info, E_SHNUM), size = shnum * elf_shdr_size(info->wide);

	if (shoff == 0 && shnum == 0)
		return 0; /* a file without sections is one without a resource table */
	if (shnum == 0 || ehdr(info, E_SHENTSIZE) != elf_shdr_size(info->wide) || !place_ok(info, shoff, size) ||
	    ehdr(info, E_SHSTRNDX) == SHN_XINDEX || ehdr(info, E_SHSTRNDX) >= shnum)
		return -AMP_RPROC_ERR_ELF_SECTIONS;
	if (ehdr(info, E_SHSTRNDX) == 0)
		return 0; /* sections without names */
	info->tail_offset = tail_start(info, shoff);
	info->tail_size = shoff + size - info->tail_offset;
	return 0;
}

static const uint8_t *section(const struct elf_info *info, unsigned int index)
{
	return info->tail + (ehdr(info, E_SHOFF) - info->tail_offset) + index * elf_shdr_size(info->wide);
}

/* A resource table has this name: take it, if the remote will find it where it was loaded. */
static int take_table(struct elf_info *info, const uint8_t *shdr)
{
	size_t offset = elf_get(shdr, &elf_shdr[SH_OFFSET], info->wide);
	size_t size = elf_get(shdr, &elf_shdr[SH_SIZE], info->wide);
	const struct segment *seg;

	if (elf_get(shdr, &elf_shdr[SH_TYPE], info->wide) != ELF_SHT_PROGBITS || size > AMP_RSC_TABLE_MAX)
		return -AMP_RPROC_ERR_RSC_PLACE;
	if (size < sizeof(struct resource_table))
		return -RPROC_ERR_RSC_TAB_TRUNC;
	for (seg = info->segments; seg < info->segments + info->count; seg++) {
		if (offset < seg->offset || offset - seg->offset > seg->filesz ||
		    size > seg->filesz - (offset - seg->offset))
			continue;
		info->table_da = seg->da + (offset - seg->offset);
		info->table_offset = offset;
		info->table_size = size;
		return info->table_da % 4 ? -AMP_RPROC_ERR_RSC_PLACE : 0;
	}
	return -AMP_RPROC_ERR_RSC_PLACE;
}

static int find_table(struct elf_info *info, const uint8_t *names, size_t size)
{
	unsigned int i, shnum = (unsigned int)ehdr(info, E_SHNUM);
	const uint8_t *shdr;
	size_t name;

	/* The last name has an end, and so have all before it. */
	if (names[size - 1] != '\0')
		return -AMP_RPROC_ERR_ELF_SECTIONS;
	for (i = 0; i < shnum; i++) {
		shdr = section(info, i);
		name = elf_get(shdr, &elf_shdr[SH_NAME], info->wide);
		if (name >= size)
			return -AMP_RPROC_ERR_ELF_SECTIONS;
		if (size - name >= sizeof(TABLE_NAME) && memcmp(names + name, TABLE_NAME, sizeof(TABLE_NAME)) == 0)
			return take_table(info, shdr);
	}
	return 0;
}

/* The tail is here: use the names in it, or want them. 1: want. */
static int read_tail(struct elf_info *info)
{
	const uint8_t *shdr = section(info, (unsigned int)ehdr(info, E_SHSTRNDX));
	size_t offset = elf_get(shdr, &elf_shdr[SH_OFFSET], info->wide);
	size_t size = elf_get(shdr, &elf_shdr[SH_SIZE], info->wide);

	if (elf_get(shdr, &elf_shdr[SH_TYPE], info->wide) != ELF_SHT_STRTAB || size == 0 || size > NAMES_MAX ||
	    offset > SIZE_MAX - size)
		return -AMP_RPROC_ERR_ELF_SECTIONS;
	if (offset >= info->tail_offset && offset - info->tail_offset <= info->tail_size &&
	    size <= info->tail_size - (offset - info->tail_offset))
		return find_table(info, info->tail + (offset - info->tail_offset), size);
	info->names = metal_allocate_memory((unsigned int)size);
	if (!info->names)
		return -RPROC_ENOMEM;
	info->names_size = size;
	want(info, STEP_NAMES, info->names, offset, (unsigned int)size);
	return 1;
}

/* ------------------------------------------------------------------ segments, and one part after the other */

/*
 * What was read already, and a stream will not bring again: the headers, which linkers like to put into the first
 * segment. At most *size bytes; NULL: not one of them.
 */
static const uint8_t *read_before(const struct elf_info *info, size_t offset, size_t *size)
{
	size_t ehsize = elf_ehdr_size(info->wide), phsize = info->phnum * elf_phdr_size(info->wide),
	       phoff = ehdr(info, E_PHOFF);

	if (offset < ehsize) {
		*size = metal_min(*size, ehsize - offset);
		return info->header + offset;
	}
	if (offset < phoff || offset - phoff >= phsize)
		return NULL;
	*size = metal_min(*size, phsize - (offset - phoff));
	return info->phdrs + (offset - phoff);
}

static int want_segment(struct remoteproc *rproc, struct elf_info *info, const struct segment *seg)
{
	struct mem_range range;
	const uint8_t *bytes;
	size_t done, size;

	for (done = 0; done < seg->filesz; done += size) {
		size = seg->filesz - done;
		bytes = read_before(info, seg->offset + done, &size);
		if (!bytes)
			break;
		if (!amp_rproc_find_da(rproc, seg->da, seg->memsz, &range) ||
		    metal_io_block_write(range.io, range.offset + done, bytes, (int)size) < 0)
			return -AMP_RPROC_ERR_SEGMENT_MEMORY;
	}
	want(info, STEP_SEGMENTS, NULL, seg->offset + done, seg->filesz - done);
	info->da = seg->da + done;
	info->memlen = seg->memsz - done;
	return 0;
}

static int want_next(struct remoteproc *rproc, struct elf_info *info)
{
	const struct segment *seg = info->next < info->count ? &info->segments[info->next] : NULL;

	if (info->tail_size && !info->tail && (!seg || seg->offset >= info->tail_offset)) {
		info->tail = metal_allocate_memory((unsigned int)info->tail_size);
		if (!info->tail)
			return -RPROC_ENOMEM;
		if (!seg)
			info->state = RPROC_LOADER_POST_DATA_LOAD;
		want(info, STEP_TAIL, info->tail, info->tail_offset, info->tail_size);
		return 0;
	}
	if (seg) {
		info->next++;
		return want_segment(rproc, info, seg);
	}
	want(info, STEP_DONE, NULL, 0, 0);
	info->state = RPROC_LOADER_LOAD_COMPLETE;
	return 0;
}

/* The wanted part is complete: use it. 0: want the next one; 1: one is wanted already. */
static int use(const struct remoteproc *rproc, struct elf_info *info)
{
	int status;

	switch (info->step) {
	case STEP_IDENT:
		return check_ident(info);
	case STEP_HEADER:
		return check_header(info);
	case STEP_PHDRS:
		info->step = STEP_PLAN;
		info->state = RPROC_LOADER_READY_TO_LOAD;
		return 0;
	case STEP_PLAN:
		if (rproc->elf_machine && rproc->elf_machine != ehdr(info, E_MACHINE))
			return -AMP_RPROC_ERR_MACHINE;
		status = read_phdrs(info);
		return status ? status : plan_tail(info);
	case STEP_TAIL:
		return read_tail(info);
	case STEP_NAMES:
		return find_table(info, info->names, info->names_size);
	default:
		return 0;
	}
}

int elf_load_header(const void *img_data, size_t offset, size_t len, void **img_info, int last_load_state,
                    size_t *noffset, size_t *nlen)
{
	struct elf_info *info;
	int status;

	(void)last_load_state; /* in *img_info as well */
	if (!img_info || !noffset || !nlen)
		return -RPROC_EINVAL;
	info = *img_info;
	if (!info) {
		info = metal_allocate_memory(sizeof(*info));
		if (!info)
			return -RPROC_ENOMEM;
		memset(info, 0, sizeof(*info));
		want(info, STEP_IDENT, info->header, 0, ELF_IDENT_SIZE);
		*img_info = info;
	}
	if (info->step >= STEP_PLAN)
		return -RPROC_ERR_LOADER_STATE;
	status = take(info, img_data, offset, len);
	if (status == 0)
		status = use(NULL, info);
	if (status < 0)
		return status;
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
	if (info->step < STEP_PLAN || info->step == STEP_DONE)
		return -RPROC_ERR_LOADER_STATE;
	status = take(info, img_data, offset, len);
	if (status == 0)
		status = use(rproc, info);
	if (status == 0)
		status = want_next(rproc, info);
	if (status < 0)
		return status;
	*da = info->da;
	*noffset = info->offset;
	*nlen = info->left;
	*nmemsize = info->memlen;
	*padding = 0;
	return info->state;
}

int elf_locate_rsc_table(void *img_info, metal_phys_addr_t *da, size_t *offset, size_t *size)
{
	const struct elf_info *info = img_info;

	if (!info)
		return -RPROC_EINVAL;
	if (info->step != STEP_DONE)
		return -RPROC_ERR_LOADER_STATE;
	if (info->table_size == 0)
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
	return img_info ? (metal_phys_addr_t)ehdr(img_info, E_ENTRY) : METAL_BAD_PHYS;
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
	metal_free_memory(info->segments); /* and the program headers behind them */
	metal_free_memory(info->tail);
	metal_free_memory(info->names);
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
