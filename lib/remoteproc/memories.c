/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file memories.c
 * @brief The memories of a remote processor, looked up by name and by each of their addresses.
 */
#include "remoteproc_internal.h"

#include <string.h>

void remoteproc_init_mem(struct remoteproc_mem *mem, const char *name, metal_phys_addr_t pa, metal_phys_addr_t da,
                         size_t size, struct metal_io_region *io)
{
	size_t i = 0;

	if (!mem)
		return;
	while (name && i < sizeof(mem->name) - 1 && name[i]) {
		mem->name[i] = name[i];
		i++;
	}
	memset(mem->name + i, 0, sizeof(mem->name) - i);
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

/* What is looked for: the one of them that is set. */
struct wanted {
	const char *name;
	metal_phys_addr_t pa;
	metal_phys_addr_t da;
	void *va;
	size_t size;
};

static bool inside(metal_phys_addr_t start, size_t total, metal_phys_addr_t addr, size_t size)
{
	/* An address below the start wraps, to more than any size. */
	return start != METAL_BAD_PHYS && addr - start < total && size <= total - (addr - start);
}

static bool matches(const struct remoteproc_mem *mem, const struct wanted *wanted)
{
	unsigned long offset;

	if (wanted->name)
		return strncmp(mem->name, wanted->name, sizeof(mem->name)) == 0;
	if (wanted->da != METAL_BAD_PHYS)
		return inside(mem->da, mem->size, wanted->da, wanted->size);
	if (wanted->pa != METAL_BAD_PHYS)
		return inside(mem->pa, mem->size, wanted->pa, wanted->size);
	if (!mem->io || !wanted->va)
		return false;
	offset = metal_io_virt_to_offset(mem->io, wanted->va);
	return offset != METAL_BAD_OFFSET && wanted->size <= mem->io->size - offset;
}

static struct remoteproc_mem *find_mem(struct remoteproc *rproc, const struct wanted *wanted,
                                       struct remoteproc_mem *buf)
{
	struct remoteproc_mem *mem;
	struct metal_list *node;

	metal_list_for_each (&rproc->mems, node) {
		mem = metal_container_of(node, struct remoteproc_mem, node);
		if (matches(mem, wanted))
			return mem;
	}
	if (!rproc->ops->get_mem)
		return NULL;
	return rproc->ops->get_mem(rproc, wanted->name, wanted->pa, wanted->da, wanted->va, wanted->size, buf);
}

/* Where in its region a memory's byte with this offset is; METAL_BAD_OFFSET unless all @p size bytes are there in one
 * piece. */
static unsigned long region_offset(const struct remoteproc_mem *mem, size_t offset, size_t size)
{
	struct metal_io_region *io = mem->io;
	unsigned long start = offset;

	if (!io)
		return METAL_BAD_OFFSET;
	/* A region that does not know its physical addresses starts where the memory starts. */
	if (metal_io_phys(io, 0) != METAL_BAD_PHYS && mem->pa != METAL_BAD_PHYS) {
		start = metal_io_phys_to_offset(io, mem->pa + offset);
		if (start == METAL_BAD_OFFSET ||
		    metal_io_phys_to_offset(io, mem->pa + offset + size - 1) != start + size - 1)
			return METAL_BAD_OFFSET;
	}
	return start < io->size && size <= io->size - start ? start : METAL_BAD_OFFSET;
}

static struct metal_io_region *io_of(struct remoteproc *rproc, const struct wanted *wanted)
{
	struct remoteproc_mem buf, *mem;

	if (!rproc)
		return NULL;
	mem = find_mem(rproc, wanted, &buf);
	return mem ? mem->io : NULL;
}

struct metal_io_region *remoteproc_get_io_with_name(struct remoteproc *rproc, const char *name)
{
	struct wanted wanted = {name, METAL_BAD_PHYS, METAL_BAD_PHYS, NULL, 0};

	return name ? io_of(rproc, &wanted) : NULL;
}

struct metal_io_region *remoteproc_get_io_with_pa(struct remoteproc *rproc, metal_phys_addr_t pa)
{
	struct wanted wanted = {NULL, pa, METAL_BAD_PHYS, NULL, 1};

	return pa != METAL_BAD_PHYS ? io_of(rproc, &wanted) : NULL;
}

struct metal_io_region *remoteproc_get_io_with_va(struct remoteproc *rproc, void *va)
{
	struct wanted wanted = {NULL, METAL_BAD_PHYS, METAL_BAD_PHYS, va, 1};

	return va ? io_of(rproc, &wanted) : NULL;
}

struct metal_io_region *remoteproc_get_io_with_da(struct remoteproc *rproc, metal_phys_addr_t da, unsigned long *offset)
{
	struct wanted wanted = {NULL, METAL_BAD_PHYS, da, NULL, 1};
	struct remoteproc_mem buf, *mem;
	unsigned long start;

	if (!rproc || da == METAL_BAD_PHYS)
		return NULL;
	mem = find_mem(rproc, &wanted, &buf);
	if (!mem)
		return NULL;
	start = region_offset(mem, da - mem->da, 1);
	if (start == METAL_BAD_OFFSET)
		return NULL;
	if (offset)
		*offset = start;
	return mem->io;
}

struct remoteproc_mem *amp_rproc_find_name(struct remoteproc *rproc, const char *name)
{
	struct remoteproc_mem *mem;
	struct metal_list *node;

	metal_list_for_each (&rproc->mems, node) {
		mem = metal_container_of(node, struct remoteproc_mem, node);
		if (strncmp(mem->name, name, sizeof(mem->name)) == 0)
			return mem;
	}
	return NULL;
}

/* The range in a memory that was found; its virtual address, or NULL. */
static void *map_known(const struct remoteproc_mem *mem, metal_phys_addr_t *pa, metal_phys_addr_t *da, size_t size,
                       struct metal_io_region **io)
{
	size_t delta = *da != METAL_BAD_PHYS ? *da - mem->da : *pa - mem->pa;
	unsigned long offset = region_offset(mem, delta, size);

	if (offset == METAL_BAD_OFFSET)
		return NULL;
	*pa = mem->pa != METAL_BAD_PHYS ? mem->pa + delta : METAL_BAD_PHYS;
	*da = mem->da != METAL_BAD_PHYS ? mem->da + delta : METAL_BAD_PHYS;
	*io = mem->io;
	return metal_io_virt(mem->io, offset);
}

void *remoteproc_mmap(struct remoteproc *rproc, metal_phys_addr_t *pa, metal_phys_addr_t *da, size_t size,
                      unsigned int attribute, struct metal_io_region **io)
{
	metal_phys_addr_t the_pa = pa ? *pa : METAL_BAD_PHYS;
	metal_phys_addr_t the_da = da ? *da : METAL_BAD_PHYS;
	struct wanted wanted = {NULL, the_pa, the_da, NULL, size};
	struct remoteproc_mem buf, *mem = NULL;
	struct metal_io_region *the_io = NULL;
	void *va = NULL;

	if (!rproc || size == 0)
		return NULL;
	if (the_pa != METAL_BAD_PHYS || the_da != METAL_BAD_PHYS)
		mem = find_mem(rproc, &wanted, &buf);
	if (mem)
		va = map_known(mem, &the_pa, &the_da, size, &the_io);
	else if (rproc->ops->mmap)
		va = rproc->ops->mmap(rproc, &the_pa, &the_da, size, attribute, &the_io);
	if (!va)
		return NULL;
	if (pa)
		*pa = the_pa;
	if (da)
		*da = the_da;
	if (io)
		*io = the_io;
	return va;
}

bool amp_rproc_find_da(struct remoteproc *rproc, metal_phys_addr_t da, size_t size, struct mem_range *range)
{
	range->pa = METAL_BAD_PHYS;
	range->va = remoteproc_mmap(rproc, &range->pa, &da, size, 0, &range->io);
	if (!range->va || !range->io)
		return false;
	range->offset = metal_io_virt_to_offset(range->io, range->va);
	return range->offset != METAL_BAD_OFFSET && size <= range->io->size - range->offset;
}
