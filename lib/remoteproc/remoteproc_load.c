// SPDX-License-Identifier: BSD-3-Clause
/*
 * Loading of images: pieces from a store or an application go to the format's loader and to the remote's memory.
 *
 * At any time one part of the image is wanted (struct amp_load): by the loader, or in the remote's memory. Pieces may
 * be shorter, longer, or elsewhere; take_piece() uses what it can of each, and tells the loader when the part is
 * complete.
 */
#include "remoteproc_internal.h"

#include <amprelay/config.h>
#include <amprelay/remoteproc.h>
#include <openamp/elf_loader.h>

#include <metal/alloc.h>
#include <metal/cache.h>

#include <limits.h>
#include <string.h>

#define ID_SIZE 16u /* these first bytes tell the format */

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

/* ------------------------------------------------------------------ parts */

/* A part that is the loader's. Kept until the load is over: a stream will not bring it again, and linkers put the
 * headers of a file into the first segment. */
struct amp_load_part {
	struct amp_load_part *next;
	size_t offset;
	size_t len; /* 0 until it is complete */
};

/* Behind it. */
static unsigned char *bytes_of(struct amp_load_part *part)
{
	return (unsigned char *)(part + 1);
}

/* The one that has what is wanted next. */
static struct amp_load_part *kept(const struct amp_load *load)
{
	struct amp_load_part *part = load->parts;

	/* A byte before a part wraps, to more than any length. */
	while (part && load->offset - part->offset >= part->len)
		part = part->next;
	return part;
}

/* Want a part for the loader. */
static int gather(struct amp_load *load)
{
	struct amp_load_part *part =
		load->len < INT_MAX ? metal_allocate_memory(sizeof(*part) + (unsigned int)load->len) : NULL;

	if (!part)
		return -RPROC_ENOMEM;
	part->offset = load->offset;
	part->len = 0;
	part->next = load->parts;
	load->parts = part;
	return 0;
}

/* Want a part for the remote's memory. */
static int aim(struct remoteproc *rproc, metal_phys_addr_t da)
{
	struct amp_load *load = &rproc->load;
	struct mem_range range;

	if (load->memlen > INT_MAX || !amp_rproc_find_da(rproc, da, load->memlen, &range))
		return -AMP_RPROC_ERR_SEGMENT_MEMORY;
	load->io = range.io;
	load->io_offset = range.offset;
	return 0;
}

/* How much of the wanted part is here. */
static size_t done(const struct amp_load *load)
{
	return load->offset - load->start;
}

/* For whoever writes to the memory itself; METAL_BAD_PHYS:
 * it is not memory that is wanted, or one without addresses. */
static metal_phys_addr_t wanted_pa(const struct amp_load *load)
{
	return load->io ? metal_io_phys(load->io, load->io_offset + done(load)) : METAL_BAD_PHYS;
}

/* The beginning of the wanted part is here; NULL: or where it belongs. */
static int accept(struct amp_load *load, const void *data, size_t len)
{
	unsigned long offset = load->io_offset + done(load);
	int status = 0;

	if (load->io) {
		if (data)
			status = amp_rproc_write(load->io, offset, data, 0, len);
		else if (AMP_WITH_DCACHE)
			amp_cache_flush_io(load->io, metal_io_virt(load->io, offset), (unsigned int)len);
	} else if (data) {
		memcpy(bytes_of(load->parts) + done(load), data, len);
	}
	load->offset += len;
	load->len -= len;
	return status;
}

/* ------------------------------------------------------------------ the loader */

static const struct loader_ops *find_loader(struct remoteproc *rproc, const void *id)
{
	if (elf_identify(id, ID_SIZE) == 0)
		return &elf_ops;
	for (struct amp_loader *loader = rproc->loaders; loader; loader = loader->next) {
		if (loader->identify(id, ID_SIZE) == 0)
			return loader->ops;
	}
	return NULL;
}

/* Give the loader what it wanted, and learn what it wants then. */
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
	load->start = load->offset;
	load->io = NULL;
	load->memlen = metal_max(load->memlen, load->len);
	if (da != RPROC_LOAD_ANYADDR && load->memlen)
		return aim(rproc, da);
	return load->len ? gather(load) : 0;
}

static bool complete(const struct amp_load *load)
{
	return load->state & (int)RPROC_LOADER_LOAD_COMPLETE;
}

/* The wanted part is complete: use it. */
static SMALLER_APART int use(struct remoteproc *rproc, void **info)
{
	struct amp_load *load = &rproc->load;
	size_t len = done(load);
	const void *data = NULL;
	int status = 0;

	if (load->io) {
		status = amp_rproc_write(load->io, load->io_offset + len, NULL, load->padding, load->memlen - len);
	} else if (len) {
		load->parts->len = len;
		data = bytes_of(load->parts);
	}
	if (!status && !rproc->loader) {
		rproc->loader = find_loader(rproc, data);
		status = rproc->loader ? 0 : -AMP_RPROC_ERR_FORMAT;
	}
	return status ? status : ask(rproc, data, load->start, len, info);
}

/* Go on as far as that needs no more of the image than this piece, and what is kept. */
static int proceed(struct remoteproc *rproc, const unsigned char *piece, size_t offset, size_t len, void **info)
{
	const unsigned char *data;
	struct amp_load *load = &rproc->load;
	struct amp_load_part *part;
	int status = 0;
	size_t skip, left;

	while (!status && !complete(load)) {
		if (!load->len) {
			status = use(rproc, info);
			continue;
		}
		part = kept(load);
		data = part ? bytes_of(part) : piece;
		skip = load->offset - (part ? part->offset : offset);
		left = part ? part->len : len;
		if (skip >= left)
			break;
		status = accept(load, data ? &data[skip] : NULL, metal_min(load->len, left - skip));
		if (!piece)
			len = 0; /* it was in its place */
	}
	return status;
}

/* A virtio device of a table that was just loaded has no status yet, whatever the image says. */
static void reset_vdev(struct remoteproc *rproc, const struct fw_rsc_vdev *vdev)
{
	/* One word: the status, the number of vrings, which does not change, and the reserved zeroes. */
	amp_rsc_put(rproc, &vdev->status, (uint32_t)vdev->num_of_vrings << 8);
	amp_rsc_put(rproc, &vdev->gfeatures, 0);
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
		status = amp_rsc_adopt(rproc, range.va, size, range.io, reset_vdev);
	}
	if (status && status != -RPROC_ERR_RSC_TAB_NP)
		return status;
	rproc->bootaddr = loader->get_entry(info);
	rproc->state = RPROC_READY;
	amp_rproc_end_load(rproc);
	return 0;
}

void amp_rproc_end_load(struct remoteproc *rproc)
{
	struct amp_load_part *part;

	while ((part = rproc->load.parts) != NULL) {
		rproc->load.parts = part->next;
		metal_free_memory(part);
	}
	rproc->load.len = 0;
}

static void give_up(struct remoteproc *rproc, void **info)
{
	if (*info && rproc->loader)
		rproc->loader->release(*info);
	*info = NULL;
	rproc->loader = NULL;
	amp_rproc_end_load(rproc);
}

/* Use what is wanted of a piece. After an error give_up() follows. */
static int take_piece(struct remoteproc *rproc, const void *data, size_t offset, size_t len, void **info)
{
	struct amp_load *load = &rproc->load;
	int status = -RPROC_EINVAL;

	/* A piece that the caller has put in its place is one that goes to memory, and starts there. */
	if (len <= SIZE_MAX - offset && (data || (load->io && offset == load->offset && len <= load->len)))
		status = proceed(rproc, data, offset, len, info);
	if (!status && complete(load))
		status = finish(rproc, *info);
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
	amp_rproc_end_load(rproc);
	memset(&rproc->load, 0, sizeof(rproc->load));
	rproc->load.len = ID_SIZE;
	return gather(&rproc->load);
}

/* ------------------------------------------------------------------ from a store */

/* The next piece: what is wanted, or what comes behind the last one. 0 is the end of the image, which is too early. */
static int get_piece(const struct amp_load *load, void *store, const struct image_store_ops *ops, const void **data,
                     size_t *offset, size_t len)
{
	bool seek = ops->features & SUPPORT_SEEK;
	metal_phys_addr_t pa = seek ? wanted_pa(load) : METAL_BAD_PHYS;
	struct metal_io_region *io = pa != METAL_BAD_PHYS ? load->io : NULL;
	size_t end = *offset + len, size;
	int got;

	if (!seek && load->offset < end) {
		if (!(ops->features & AMP_SUPPORT_REWIND))
			return -AMP_RPROC_ERR_STREAM;
		end = 0;
	}
	*offset = seek ? load->offset : end;
	/* What a stream brings before what is wanted is dropped. */
	size = metal_min(load->offset - *offset + load->len, (size_t)INT_MAX);
	*data = NULL;
	got = ops->load(store, *offset, size, data, pa, io, 1);
	if (io)
		*data = NULL; /* straight to memory */
	else if (got > 0 && !*data)
		return -AMP_RPROC_ERR_STORE;
	return got > 0 && (size_t)got > size ? (int)size : got;
}

static int load_from(struct remoteproc *rproc, const char *path, void *store, const struct image_store_ops *ops,
                     void **info)
{
	struct amp_load *load = &rproc->load;
	const void *data = NULL;
	size_t offset = 0;
	int status, got;

	got = ops->open(store, path, &data);
	if (got < 0)
		return got;
	if (got > 0 && !data)
		got = -AMP_RPROC_ERR_STORE;
	for (;;) {
		status = got;
		if (status > 0)
			status = take_piece(rproc, data, offset, (size_t)got, info);
		else if (status == 0)
			status = -AMP_RPROC_ERR_TRUNCATED;
		if (status || complete(load))
			break;
		got = get_piece(load, store, ops, &data, &offset, (size_t)got);
	}
	if (ops->close)
		ops->close(store);
	return status;
}

int remoteproc_load(struct remoteproc *rproc, const char *path, void *store, const struct image_store_ops *store_ops,
                    void **img_info)
{
	void *info = NULL;
	int status;

	if (img_info)
		*img_info = NULL;
	if (!rproc || !store_ops || !store_ops->open || !store_ops->load)
		return -RPROC_EINVAL;
	metal_mutex_acquire(&rproc->lock);
	status = begin(rproc);
	if (!status) {
		status = load_from(rproc, path, store, store_ops, &info);
		if (status)
			give_up(rproc, &info);
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
	if (!status) {
		status = take_piece(rproc, img_data, offset, len, img_info);
		if (status)
			give_up(rproc, img_info);
	}
	*noffset = status ? 0 : load->offset;
	*nlen = status ? 0 : load->len;
	if (nmlen)
		*nmlen = status ? 0 : load->memlen - done(load);
	if (pa)
		*pa = status ? METAL_BAD_PHYS : wanted_pa(load);
	if (io)
		*io = status ? NULL : load->io;
	if (padding)
		*padding = load->padding;
	metal_mutex_release(&rproc->lock);
	return status;
}
