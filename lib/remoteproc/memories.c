// SPDX-License-Identifier: BSD-3-Clause
/* The memories of a remote processor, looked up by name and by each of their addresses. */
#include "remoteproc_internal.h"

#include <amprelay/config.h>
#include <amprelay/remoteproc.h>

#include <metal/cache.h>

#include <string.h>

void remoteproc_init_mem(struct remoteproc_mem *mem, const char *name, metal_phys_addr_t pa, metal_phys_addr_t da,
                         size_t size, struct metal_io_region *io)
{
	if (!mem)
		return;
	strncpy(mem->name, name ? name : "", sizeof(mem->name) - 1);
	mem->name[sizeof(mem->name) - 1] = '\0';
	if (pa == METAL_BAD_PHYS && io)
		pa = metal_io_phys(io, 0);
	mem->pa = pa;
	mem->da = da;
	mem->size = size;
	mem->io = io;
	metal_list_init(&mem->node);
}

void remoteproc_add_mem(struct remoteproc *rproc, struct remoteproc_mem *mem)
{
	if (rproc && mem && !metal_list_find_node(&rproc->mems, &mem->node))
		metal_list_add_tail(&rproc->mems, &mem->node);
}

/* ------------------------------------------------------------------ looking up */

/* Is it what is looked for: by the first of name, device, physical and virtual address that is known? */
static bool matches(const struct remoteproc_mem *mem, const struct mem_range *range)
{
	/* cppcheck-suppress ctuuninitvar; whoever calls find() has filled in all four */
	uintptr_t start = mem->da, addr = range->da;
	size_t total = mem->size;

	if (range->name)
		return strncmp(mem->name, range->name, sizeof(mem->name)) == 0;
	if (addr == METAL_BAD_PHYS) {
		start = mem->pa;
		addr = range->pa;
	}
	if (addr == METAL_BAD_PHYS) {
		if (!mem->io)
			return false;
		start = (uintptr_t)mem->io->virt;
		addr = (uintptr_t)range->va; /* NULL is an address, if a memory is there */
		total = mem->io->size;
	}
	/* All ones is no memory, whichever address it is. One below the start wraps, to more than any size. */
	return start != METAL_BAD_PHYS && addr - start < total && range->size <= total - (addr - start);
}

/* A registered memory, or one that the platform knows. */
static struct remoteproc_mem *find(struct remoteproc *rproc, const struct mem_range *range, struct remoteproc_mem *buf)
{
	struct remoteproc_mem *mem;
	struct metal_list *node;

	metal_list_for_each (&rproc->mems, node) {
		mem = metal_container_of(node, struct remoteproc_mem, node);
		if (matches(mem, range))
			return mem;
	}
	if (!rproc->ops->get_mem ||
	    (!range->name && range->da == METAL_BAD_PHYS && range->pa == METAL_BAD_PHYS && !range->va))
		return NULL;
	return rproc->ops->get_mem(rproc, range->name, range->pa, range->da, range->va, range->size, buf);
}

static struct metal_io_region *io_of(struct remoteproc *rproc, const char *name, metal_phys_addr_t pa, void *va)
{
	struct remoteproc_mem buf, *mem;
	struct mem_range range;

	if (!rproc)
		return NULL;
	range.da = METAL_BAD_PHYS;
	range.pa = pa;
	range.size = 1;
	range.name = name;
	range.va = va;
	mem = find(rproc, &range, &buf);
	return mem ? mem->io : NULL;
}

struct metal_io_region *remoteproc_get_io_with_name(struct remoteproc *rproc, const char *name)
{
	return io_of(rproc, name, METAL_BAD_PHYS, NULL);
}

struct metal_io_region *remoteproc_get_io_with_pa(struct remoteproc *rproc, metal_phys_addr_t pa)
{
	return io_of(rproc, NULL, pa, NULL);
}

struct metal_io_region *remoteproc_get_io_with_va(struct remoteproc *rproc, void *va)
{
	return io_of(rproc, NULL, METAL_BAD_PHYS, va);
}

/* ------------------------------------------------------------------ mapping */

enum place {
	PLACE_UNKNOWN, /* no memory has it */
	PLACE_KNOWN,   /* a memory has it; its region, if it has one, may be too small: inside() */
	PLACE_OUTSIDE  /* the region of the memory does not have it, or not in one piece */
};

/* Find a range in a memory by one of its addresses, and fill in the rest. */
static inline INLINED enum place locate(struct remoteproc *rproc, struct mem_range *range)
{
	/* cppcheck-suppress ctuuninitvar; whoever calls this has filled both in, and the size */
	metal_phys_addr_t pa = range->pa, da = range->da;
	struct remoteproc_mem buf, *mem = NULL;
	struct metal_io_region *io;
	size_t delta;

	range->name = NULL;
	range->va = NULL;
	range->io = NULL;
	if (da != METAL_BAD_PHYS || pa != METAL_BAD_PHYS)
		mem = find(rproc, range, &buf);
	if (!mem)
		return PLACE_UNKNOWN;
	delta = da != METAL_BAD_PHYS ? da - mem->da : pa - mem->pa;
	pa = mem->pa;
	da = mem->da;
	if (pa != METAL_BAD_PHYS)
		pa += delta;
	if (da != METAL_BAD_PHYS)
		da += delta;
	range->pa = pa;
	range->da = da;
	range->io = io = mem->io;
	if (!io)
		return PLACE_KNOWN;
	/* A region that does not know its physical addresses starts where the memory starts. */
	if ((io->physmap || io->ops.phys_to_offset) && pa != METAL_BAD_PHYS) {
		if (AMP_WITH_PAGE_MAPS) {
			delta = metal_io_phys_to_offset(io, pa);
			if (!amp_io_in_one_piece(io, delta, pa, range->size))
				return PLACE_OUTSIDE;
		} else if (io->ops.phys_to_offset || io->page_shift < METAL_BITS_PER_ULONG) {
			return PLACE_OUTSIDE;
		} else {
			delta = pa - io->physmap[0]; /* one below the start wraps, to more than any size */
		}
	}
	range->offset = delta;
	range->va = (void *)((uintptr_t)io->virt + delta);
	return PLACE_KNOWN;
}

static inline bool inside(const struct mem_range *range)
{
	return range->io && range->offset < range->io->size && range->size <= range->io->size - range->offset;
}

bool amp_rproc_map(struct remoteproc *rproc, struct mem_range *range)
{
	enum place place = locate(rproc, range);

	if (place == PLACE_OUTSIDE)
		return false;
	if (place == PLACE_UNKNOWN && rproc->ops->mmap) {
		range->va = rproc->ops->mmap(rproc, &range->pa, &range->da, range->size, range->attribute, &range->io);
		if (!range->io)
			return range->va;
		range->offset = (uintptr_t)range->va - (uintptr_t)range->io->virt;
	}
	return inside(range) && range->io->virt != METAL_BAD_VA; /* range->va may be 0 */
}

struct metal_io_region *remoteproc_get_io_with_da(struct remoteproc *rproc, metal_phys_addr_t da, unsigned long *offset)
{
	struct mem_range range;

	range.da = da;
	range.pa = METAL_BAD_PHYS;
	range.size = 1;
	if (!rproc || locate(rproc, &range) != PLACE_KNOWN || !inside(&range))
		return NULL;
	if (offset)
		*offset = range.offset;
	return range.io;
}

void *remoteproc_mmap(struct remoteproc *rproc, metal_phys_addr_t *pa, metal_phys_addr_t *da, size_t size,
                      unsigned int attribute, struct metal_io_region **io)
{
	struct mem_range range;

	range.da = da ? *da : METAL_BAD_PHYS;
	range.pa = pa ? *pa : METAL_BAD_PHYS;
	range.size = size;
	range.attribute = attribute;
	if (!rproc || size == 0 || !amp_rproc_map(rproc, &range))
		return NULL;
	if (pa)
		*pa = range.pa;
	if (da)
		*da = range.da;
	if (io)
		*io = range.io;
	return range.va;
}

bool amp_rproc_find_da(struct remoteproc *rproc, metal_phys_addr_t da, size_t size, struct mem_range *range)
{
	range->da = da;
	range->pa = METAL_BAD_PHYS;
	range->size = size;
	range->attribute = 0;
	return size && amp_rproc_map(rproc, range) && range->io;
}

metal_phys_addr_t amp_rproc_widen(const struct remoteproc *rproc, uint32_t value)
{
	metal_phys_addr_t wide = value, delta;
	const struct remoteproc_mem *mem;
	struct metal_list *node;

	metal_list_for_each (&rproc->mems, node) {
		mem = metal_container_of(node, struct remoteproc_mem, node);
		delta = (uint32_t)(value - (uint32_t)mem->da);
		if (mem->da == METAL_BAD_PHYS || delta >= mem->size)
			continue;
		if (mem->da + delta == value)
			return value;
		if (wide == value)
			wide = mem->da + delta;
	}
	return wide;
}

bool amp_rproc_place(struct remoteproc *rproc, struct mem_range *range, const char *name)
{
	const struct remoteproc_mem *mem;
	struct remoteproc_mem buf;

	if (AMP_WITH_TABLE_MEMORIES && range->da == METAL_BAD_PHYS && name[0]) {
		range->name = name;
		range->va = NULL; /* for get_mem */
		mem = find(rproc, range, &buf);
		if (mem) {
			range->da = mem->da;
			range->pa = mem->pa;
		}
	}
	return amp_rproc_map(rproc, range);
}

int amp_rproc_write(struct metal_io_region *io, unsigned long offset, const void *data, unsigned char fill, size_t len)
{
	if (len == 0)
		return 0;
	if ((data ? metal_io_block_write(io, offset, data, (int)len)
	          : metal_io_block_set(io, offset, fill, (int)len)) != (int)len)
		return -AMP_RPROC_ERR_SEGMENT_MEMORY;
	if (AMP_WITH_DCACHE)
		amp_cache_flush_io(io, metal_io_virt(io, offset), (unsigned int)len);
	return 0;
}
