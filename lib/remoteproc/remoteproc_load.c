/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file remoteproc_load.c
 * @brief Loading of images: pieces from a store or an application go to the format's loader and to the remote's memory.
 *
 * At any time one part of the image is wanted (struct amp_load). Pieces may be shorter, longer, or elsewhere;
 * take_piece() uses what it can of each.
 */
#include "remoteproc_internal.h"

#include <amprelay/config.h>
#include <amprelay/remoteproc.h>
#include <openamp/elf_loader.h>

#include <metal/cache.h>

#include <limits.h>
#include <string.h>

int amp_remoteproc_add_loader(struct remoteproc *rproc, struct amp_loader *loader)
{
	struct amp_loader **link;
	int status = -RPROC_EINVAL;

	if (!rproc || !loader || !loader->identify || !loader->ops || !loader->ops->load_header ||
	    !loader->ops->load_data || !loader->ops->locate_rsc_table || !loader->ops->release ||
	    !loader->ops->get_entry)
		return -RPROC_EINVAL;
	metal_mutex_acquire(&rproc->lock);
	for (link = &rproc->loaders; *link && *link != loader; link = &(*link)->next)
		;
	if (!*link) {
		loader->next = NULL;
		*link = loader;
		status = 0;
	}
	metal_mutex_release(&rproc->lock);
	return status;
}

static const struct loader_ops *find_loader(struct remoteproc *rproc)
{
	struct amp_load *load = &rproc->load;
	struct amp_loader *loader;

	if (elf_identify(load->id, sizeof(load->id)) == 0)
		return &elf_ops;
	for (loader = rproc->loaders; loader; loader = loader->next) {
		if (loader->identify(load->id, sizeof(load->id)) == 0)
			return loader->ops;
	}
	return NULL;
}

/* Put the beginning of the wanted part where it belongs (@data NULL: somebody did), and fill what follows the end of
 * the part. */
static int put(const struct amp_load *load, const void *data, size_t len)
{
	int status = 0;

	if (data)
		status = amp_rproc_write(load->io, load->io_offset, data, 0, len);
	else if (AMP_WITH_DCACHE && len)
		amp_cache_flush_io(load->io, metal_io_virt(load->io, load->io_offset), (unsigned int)len);
	if (!status && len == load->len)
		status = amp_rproc_write(load->io, load->io_offset + len, NULL, load->padding, load->memlen - len);
	return status;
}

/* Find the memory that the wanted part goes to. */
static int aim(struct remoteproc *rproc, metal_phys_addr_t da)
{
	struct amp_load *load = &rproc->load;
	struct mem_range range;

	load->io = NULL;
	if (load->memlen < load->len)
		load->memlen = load->len;
	if (da == RPROC_LOAD_ANYADDR || load->memlen == 0)
		return 0;
	if (load->memlen > INT_MAX || !amp_rproc_find_da(rproc, da, load->memlen, &range))
		return -AMP_RPROC_ERR_SEGMENT_MEMORY;
	load->io = range.io;
	load->io_offset = range.offset;
	/* For stores that write to memory themselves, by this address; a region need not know its addresses. */
	load->pa = metal_io_phys_to_offset(range.io, range.pa) == range.offset ? range.pa : METAL_BAD_PHYS;
	return load->len == 0 ? put(load, NULL, 0) : 0;
}

/* ------------------------------------------------------------------ pieces */

/* Give the loader the beginning of what it wants, and learn what it wants then. */
static int ask(struct remoteproc *rproc, const void *data, size_t offset, size_t len, void **info)
{
	metal_phys_addr_t da = RPROC_LOAD_ANYADDR;
	struct amp_load *load = &rproc->load;
	int state;

	load->offset = 0;
	load->len = 0;
	load->memlen = 0;
	load->padding = 0;
	if ((load->state & (int)RPROC_LOADER_MASK) == RPROC_LOADER_NOT_READY)
		state = rproc->loader->load_header(data, offset, len, info, load->state, &load->offset, &load->len);
	else
		state = rproc->loader->load_data(rproc, data, offset, len, info, load->state, &da, &load->offset,
		                                 &load->len, &load->padding, &load->memlen);
	if (state < 0)
		return state;
	load->state = state;
	if (load->len > SIZE_MAX - load->offset)
		return -AMP_RPROC_ERR_TRUNCATED; /* no image is that long */
	return aim(rproc, da);
}

static bool complete(const struct amp_load *load)
{
	return (load->state & (int)RPROC_LOADER_MASK) == (int)RPROC_LOADER_LOAD_COMPLETE;
}

/* Use the beginning of the wanted part. */
static int use(struct remoteproc *rproc, const void *data, size_t offset, size_t len, void **info)
{
	struct amp_load *load = &rproc->load;
	int status = 0;

	if (!rproc->loader) {
		/* The first bytes: they tell the format. */
		memcpy(load->id + offset, data, len);
		load->offset += len;
		load->len -= len;
		if (load->len)
			return 0;
		rproc->loader = find_loader(rproc);
		if (!rproc->loader)
			return -AMP_RPROC_ERR_FORMAT;
		data = load->id;
		offset = 0;
		len = sizeof(load->id);
	} else if (load->io) {
		status = put(load, data, len);
	}
	while (!status) {
		status = ask(rproc, data, offset, len, info);
		if (load->len || complete(load))
			break;
		data = NULL;
		offset = 0;
		len = 0;
	}
	return status;
}

/* Take over what the loader has learned. */
static int finish(struct remoteproc *rproc, void *info)
{
	const struct loader_ops *loader = rproc->loader;
	metal_phys_addr_t da = RPROC_LOAD_ANYADDR;
	size_t offset, size = 0;
	struct mem_range range;
	int status;

	status = loader->locate_rsc_table(info, &da, &offset, &size);
	if (!status) {
		if (da % 4 || size > AMP_RSC_TABLE_MAX || !amp_rproc_find_da(rproc, da, size, &range))
			return -AMP_RPROC_ERR_RSC_PLACE;
		status = amp_rsc_adopt(rproc, range.va, size, range.io, true);
	} else if (status == -RPROC_ERR_RSC_TAB_NP) {
		status = 0;
	}
	if (status)
		return status;
	rproc->bootaddr = loader->get_entry(info);
	rproc->state = RPROC_READY;
	return 0;
}

static void give_up(struct remoteproc *rproc, void **info)
{
	if (*info)
		rproc->loader->release(*info);
	*info = NULL;
	rproc->loader = NULL;
	memset(&rproc->load, 0, sizeof(rproc->load));
}

/* Use what is wanted of a piece. An error ends the load. */
static int take_piece(struct remoteproc *rproc, const void *data, size_t offset, size_t len, void **info)
{
	struct amp_load *load = &rproc->load;
	size_t skip, part;
	int status = 0;

	/* A piece that the caller has put in its place is one that goes to memory, and starts there. */
	if (len > SIZE_MAX - offset || (!data && (!load->io || offset != load->offset || len > load->len)))
		status = -RPROC_EINVAL;
	while (!status && load->len && load->offset >= offset && load->offset - offset < len) {
		skip = load->offset - offset;
		part = metal_min(load->len, len - skip);
		status = use(rproc, data ? (const char *)data + skip : NULL, load->offset, part, info);
		if (!data)
			break;
	}
	if (!status && rproc->loader && complete(load))
		status = finish(rproc, *info);
	if (status)
		give_up(rproc, info);
	return status;
}

static int begin(struct remoteproc *rproc)
{
	if (rproc->state != RPROC_CONFIGURED && rproc->state != RPROC_READY && rproc->state != RPROC_STOPPED)
		return -RPROC_EINVAL;
	if (!metal_list_is_empty(&rproc->vdevs))
		return -RPROC_EAGAIN;
	amp_rsc_forget(rproc);
	rproc->state = RPROC_CONFIGURED;
	rproc->loader = NULL;
	rproc->bootaddr = 0;
	memset(&rproc->load, 0, sizeof(rproc->load));
	rproc->load.len = sizeof(rproc->load.id);
	return 0;
}

/* ------------------------------------------------------------------ from a store */

static int get_piece(struct amp_load *load, void *store, const struct image_store_ops *ops, const void **data,
                     size_t *offset, size_t len)
{
	size_t end = *offset + len, size = load->len;
	struct metal_io_region *io = NULL;
	int got;

	if (ops->features & SUPPORT_SEEK) {
		*offset = load->offset;
		/* Straight to memory, if the store can find it there. */
		if (load->pa != METAL_BAD_PHYS)
			io = load->io;
	} else {
		if (load->offset < end)
			return -AMP_RPROC_ERR_STREAM;
		*offset = end;
		size += load->offset - end; /* what is between is dropped */
	}
	*data = NULL;
	size = metal_min(size, (size_t)INT_MAX);
	got = ops->load(store, *offset, size, data, io ? load->pa : METAL_BAD_PHYS, io, 1);
	if (io)
		*data = NULL;
	else if (got > 0 && !*data)
		return -AMP_RPROC_ERR_STORE;
	return got <= 0 || (size_t)got <= size ? got : (int)size;
}

static int load_from(struct remoteproc *rproc, void *store, const struct image_store_ops *ops, const void *data,
                     int got, void **info)
{
	struct amp_load *load = &rproc->load;
	size_t offset = 0;
	int status;

	for (;;) {
		if (got <= 0) {
			give_up(rproc, info);
			return got < 0 ? got : -AMP_RPROC_ERR_TRUNCATED;
		}
		status = take_piece(rproc, data, offset, (size_t)got, info);
		if (status || complete(load))
			return status;
		got = get_piece(load, store, ops, &data, &offset, (size_t)got);
	}
}

int remoteproc_load(struct remoteproc *rproc, const char *path, void *store, const struct image_store_ops *store_ops,
                    void **img_info)
{
	const void *data = NULL;
	void *info = NULL;
	int status, got;

	if (img_info)
		*img_info = NULL;
	if (!rproc || !store_ops || !store_ops->open || !store_ops->load)
		return -RPROC_EINVAL;
	metal_mutex_acquire(&rproc->lock);
	status = begin(rproc);
	if (!status) {
		got = store_ops->open(store, path, &data);
		status = load_from(rproc, store, store_ops, data, got > 0 && !data ? -AMP_RPROC_ERR_STORE : got, &info);
		if (got >= 0 && store_ops->close)
			store_ops->close(store);
	}
	if (img_info)
		*img_info = info;
	else if (info)
		rproc->loader->release(info);
	metal_mutex_release(&rproc->lock);
	return status;
}

/* ------------------------------------------------------------------ from the application, piece by piece */

int remoteproc_load_noblock(struct remoteproc *rproc, const void *img_data, size_t offset, size_t len, void **img_info,
                            metal_phys_addr_t *pa, struct metal_io_region **io, size_t *noffset, size_t *nlen,
                            size_t *nmlen, unsigned char *padding)
{
	struct amp_load *load;
	int status = 0;

	if (!rproc || !img_info || !noffset || !nlen)
		return -RPROC_EINVAL;
	load = &rproc->load;
	metal_mutex_acquire(&rproc->lock);
	if (!*img_info && offset == 0)
		status = begin(rproc);
	else if (!load->len)
		status = -RPROC_ERR_LOADER_STATE;
	if (!status)
		status = take_piece(rproc, img_data, offset, len, img_info);
	*noffset = status ? 0 : load->offset;
	*nlen = status ? 0 : load->len;
	if (nmlen)
		*nmlen = status ? 0 : load->memlen;
	if (pa)
		*pa = !status && load->io ? load->pa : METAL_BAD_PHYS;
	if (io)
		*io = status ? NULL : load->io;
	if (padding)
		*padding = load->padding;
	metal_mutex_release(&rproc->lock);
	return status;
}
