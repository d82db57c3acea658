/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file remoteproc_internal.h
 * @brief What the files of the host's role need of each other. Callers hold rproc->lock where it says so.
 */
#ifndef AMP_REMOTEPROC_INTERNAL_H
#define AMP_REMOTEPROC_INTERNAL_H

#include <openamp/remoteproc.h>

#include <stdbool.h>

/* memories.c */

/** A range of the remote's memory, found. */
struct mem_range {
	void *va;
	struct metal_io_region *io;
	unsigned long offset; /* in io */
	metal_phys_addr_t pa; /* METAL_BAD_PHYS: not known */
};

/** remoteproc_mmap() of device addresses, for memory functions that take a region and an offset. False: there is none.
 */
bool amp_rproc_find_da(struct remoteproc *rproc, metal_phys_addr_t da, size_t size, struct mem_range *range);

/** The registered memory with this name, or NULL. */
struct remoteproc_mem *amp_rproc_find_name(struct remoteproc *rproc, const char *name);

/* rsc_table.c, lock held */

/** A checked copy of a table, and the table itself, which the other side may write. */
struct rsc_view {
	struct resource_table *copy; /* from metal_allocate_memory() */
	void *live;
	struct metal_io_region *io; /* of live; NULL: ordinary memory */
};

/** Copy and check the table at @p live. After 0 end with amp_rsc_close(). */
int amp_rsc_open(struct rsc_view *view, void *live, size_t size, struct metal_io_region *io);
void amp_rsc_close(struct rsc_view *view);

/** Write a word of the table. The copy stays as it was checked: entries may overlap. */
void amp_rsc_put(struct rsc_view *view, size_t offset, uint32_t value);

/**
 * Check the table at @p live, handle its entries, and make it the processor's.
 * @param fresh  it was just loaded: its virtio devices have no status yet, whatever the image says
 */
int amp_rsc_adopt(struct remoteproc *rproc, void *live, size_t size, struct metal_io_region *io, bool fresh);

/** The processor has no table any more. */
void amp_rsc_forget(struct remoteproc *rproc);

/* vdevs.c, lock held */

void amp_rproc_remove_vdevs(struct remoteproc *rproc);

/** Keep a notify id that the table fixes from being given out, as long as the table is there. Ids beyond the bitmap
 * never are. */
void amp_rproc_reserve_id(struct remoteproc *rproc, uint32_t id);

#endif /* AMP_REMOTEPROC_INTERNAL_H */
