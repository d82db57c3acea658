// SPDX-License-Identifier: BSD-3-Clause
/*
 * The resource table of a remote processor: taken over, and its entries handled.
 *
 * The table usually lies in memory that the remote can write. So it is copied, the copy is checked and used, and only
 * the words that this side fills are written back: the other side may write its own at the same time.
 */
#include "remoteproc_internal.h"

#include "../virtio/shared_access.h"

#include <amprelay/config.h>
#include <amprelay/remoteproc.h>
#include <openamp/rsc_table_parser.h>

#include <metal/alloc.h>
#include <metal/cache.h>
#include <metal/log.h>

#include <string.h>

#pragma weak amp_rproc_reserve_ids
#pragma weak amp_rproc_forget_ids

/* Word by word: what the other side writes at the same time is seen as it was before or as it is after. */
static void copy_table(void *copy, void *live, size_t size, struct metal_io_region *io)
{
	uint32_t *to = copy, *from = live;
	size_t words;

	if (AMP_WITH_DCACHE)
		amp_cache_invalidate_io(io, live, (unsigned int)size);
	for (words = 0; words < size / 4; words++)
		to[words] = AMP_SHARED_LOAD(&from[words]);
	/* A size that is no multiple of a word is possible: configuration space or padding ends it then. */
	AMP_SHARED_COPY_OUT(&to[words], &from[words], size % 4);
}

/* Nothing but zeroes: a linker script has a section for a table that the firmware does not have. */
static bool is_blank(const unsigned char *bytes, size_t size)
{
	return size && bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0;
}

/* Copy and check the processor's table. Later than at the first time, the reserved words of its header may hold
 * anything: firmware is known that has a mailbox there. */
static int open_table(struct remoteproc *rproc, bool first)
{
	struct metal_io_region *io = rproc->rsc_io;
	size_t size = rproc->rsc_len;
	struct amp_rsc_fault fault;
	int status;

	if ((uintptr_t)rproc->rsc_table % 4 || size > AMP_RSC_TABLE_MAX ||
	    (io && !amp_io_holds(io, rproc->rsc_table, size)))
		return -RPROC_EINVAL;
	rproc->rsc_copy = metal_allocate_memory((unsigned int)metal_max(size, sizeof(struct resource_table)));
	if (!rproc->rsc_copy)
		return -RPROC_ENOMEM;
	copy_table(rproc->rsc_copy, rproc->rsc_table, size, io);
	if (!first)
		memset(((struct resource_table *)rproc->rsc_copy)->reserved, 0, 2 * sizeof(uint32_t));
	if (is_blank(rproc->rsc_copy, size)) {
		status = -RPROC_ERR_RSC_TAB_NP;
	} else {
		status = amp_rsc_table_check(rproc->rsc_copy, size, &fault);
		if (status)
			metal_log(METAL_LOG_ERROR, "remoteproc: resource table, entry %d, offset 0x%x: error %d\n",
			          (int)fault.entry, (unsigned int)fault.offset, status);
	}
	if (status)
		amp_rsc_close(rproc);
	return status;
}

int amp_rsc_open(struct remoteproc *rproc, unsigned int type, unsigned int index, void **entry)
{
	int status = rproc->rsc_table ? open_table(rproc, false) : -RPROC_ERR_RSC_TAB_NP;
	size_t offset;

	if (status)
		return status;
	offset = find_rsc(rproc->rsc_copy, type, index);
	*entry = (char *)rproc->rsc_copy + offset;
	if (offset)
		return 0;
	amp_rsc_close(rproc);
	return -RPROC_ERR_RSC_TAB_NP;
}

void amp_rsc_close(struct remoteproc *rproc)
{
	metal_free_memory(rproc->rsc_copy);
	rproc->rsc_copy = NULL;
}

void amp_rsc_put(struct remoteproc *rproc, const void *word, uint32_t value)
{
	uint32_t *live = amp_rsc_live(rproc, word);

	if (AMP_WITH_DCACHE) /* the rest of the line goes with it */
		amp_cache_invalidate_io(rproc->rsc_io, live, sizeof(*live));
	AMP_SHARED_STORE(live, value);
	if (AMP_WITH_DCACHE)
		amp_cache_flush_io(rproc->rsc_io, live, sizeof(*live));
}

bool amp_rsc_put_address(struct remoteproc *rproc, const void *word, metal_phys_addr_t value)
{
	if (value >= FW_RSC_U32_ADDR_ANY)
		return false;
	amp_rsc_put(rproc, word, (uint32_t)value);
	return true;
}

/* ------------------------------------------------------------------ entries */

/* A carveout, or a devmem, which has the same fields. Both are where the remote wants them. If it does not care, a
 * carveout may have an address here, and its own one is filled; a devmem has one here. */
static int handle_memory(struct remoteproc *rproc, const struct fw_rsc_carveout *entry)
{
	bool carveout = entry->type == RSC_CARVEOUT, open = entry->da == FW_RSC_U32_ADDR_ANY;
	char name[RPROC_MAX_NAME_LEN];
	struct mem_range range;

	memcpy(name, entry->name, sizeof(name)); /* which may have no end */
	name[carveout ? sizeof(name) - 1 : 0] = '\0';
	range.da = amp_rsc_address(entry->da);
	range.pa = carveout && (entry->pa == 0 || !open) ? METAL_BAD_PHYS : amp_rsc_address(entry->pa);
	range.size = entry->len;
	range.name = name;
	range.attribute = entry->flags;
	if (!amp_rproc_place(rproc, &range))
		return -AMP_RPROC_ERR_RSC_MEMORY;
	if (!carveout)
		return 0;
	if (open && !amp_rsc_put_address(rproc, &entry->da, range.da))
		return -AMP_RPROC_ERR_RSC_MEMORY;
	/* The physical address is for information; on a host with more than 4 GiB it may not fit. */
	if (entry->pa == 0 || entry->pa == FW_RSC_U32_ADDR_ANY)
		(void)amp_rsc_put_address(rproc, &entry->pa, range.pa);
	return 0;
}

/* Only notes the ids: remoteproc_create_virtio() does the rest, when somebody wants the device. */
static void handle_vdev(struct remoteproc *rproc, const struct fw_rsc_vdev *vdev, bool fresh)
{
	if (amp_rproc_reserve_ids)
		amp_rproc_reserve_ids(rproc, vdev);
	if (fresh) {
		/* One word: the status, the number of vrings, which does not change, and the reserved zeroes. */
		amp_rsc_put(rproc, &vdev->status, (uint32_t)vdev->num_of_vrings << 8);
		amp_rsc_put(rproc, &vdev->gfeatures, 0);
	}
}

/* What is the vendor's may reach to the end of the table. The hook may write to what it gets, so that is a copy of its
 * own: the entries behind it are checked already. */
static int handle_vendor(struct remoteproc *rproc, const struct fw_rsc_hdr *entry)
{
	size_t at = (size_t)((const char *)entry - (const char *)rproc->rsc_copy), len = rproc->rsc_len - at;
	void *copy;
	int status;

	if (!rproc->ops->handle_rsc || entry->type < RSC_VENDOR_START || entry->type > RSC_VENDOR_END)
		return 0;
	if (!AMP_WITH_TABLE_MEMORIES)
		return -RPROC_ERR_RSC_TAB_NS;
	copy = metal_allocate_memory((unsigned int)len);
	if (!copy)
		return -RPROC_ENOMEM;
	memcpy(copy, entry, len);
	rproc->rsc_entry = (char *)rproc->rsc_table + at;
	status = rproc->ops->handle_rsc(rproc, copy, len);
	rproc->rsc_entry = NULL;
	metal_free_memory(copy);
	return status == -RPROC_ERR_RSC_TAB_NS ? 0 : status;
}

static SMALLER_APART int handle_entry(struct remoteproc *rproc, const void *entry, bool fresh)
{
	switch (((const struct fw_rsc_hdr *)entry)->type) {
	case RSC_CARVEOUT:
	case RSC_DEVMEM:
		return AMP_WITH_TABLE_MEMORIES ? handle_memory(rproc, entry) : -RPROC_ERR_RSC_TAB_NS;
	case RSC_VDEV:
		handle_vdev(rproc, entry, fresh);
		return 0;
	case RSC_TRACE:
		return 0; /* amp_remoteproc_get_trace() */
	default:
		return handle_vendor(rproc, entry);
	}
}

/* ------------------------------------------------------------------ tables */

void amp_rsc_forget(struct remoteproc *rproc)
{
	rproc->rsc_table = NULL;
	rproc->rsc_len = 0;
	rproc->rsc_io = NULL;
	if (amp_rproc_forget_ids)
		amp_rproc_forget_ids(rproc);
}

int amp_rsc_adopt(struct remoteproc *rproc, void *live, size_t size, struct metal_io_region *io, bool fresh)
{
	const struct resource_table *copy;
	int status;

	amp_rsc_forget(rproc);
	rproc->rsc_table = live;
	rproc->rsc_len = size;
	rproc->rsc_io = io;
	status = open_table(rproc, true);
	if (fresh && status == -RPROC_ERR_RSC_TAB_NP) {
		amp_rsc_forget(rproc);
		return 0;
	}
	copy = rproc->rsc_copy;
	for (uint32_t i = 0; !status && i < copy->num; i++)
		status = handle_entry(rproc, (const char *)copy + copy->offset[i], fresh);
	amp_rsc_close(rproc);
	if (status)
		amp_rsc_forget(rproc);
	return status;
}

int remoteproc_set_rsc_table(struct remoteproc *rproc, struct resource_table *rsc_table, size_t rsc_size)
{
	struct metal_io_region *io;
	int status;

	if (!rproc || !rsc_table)
		return -RPROC_EINVAL;
	metal_mutex_acquire(&rproc->lock);
	io = remoteproc_get_io_with_va(rproc, rsc_table);
	status = amp_rsc_adopt(rproc, rsc_table, rsc_size, io, false);
	metal_mutex_release(&rproc->lock);
	return status;
}

/* ------------------------------------------------------------------ trace */

int amp_remoteproc_get_trace(struct remoteproc *rproc, unsigned int index, struct amp_trace *trace)
{
	const struct fw_rsc_trace *entry;
	struct mem_range range;
	void *found;
	int status;

	if (!rproc || !trace)
		return -RPROC_EINVAL;
	metal_mutex_acquire(&rproc->lock);
	status = amp_rsc_open(rproc, RSC_TRACE, index, &found);
	if (!status) {
		entry = found;
		if (amp_rproc_find_da(rproc, amp_rsc_address(entry->da), entry->len, &range)) {
			memcpy(trace->name, entry->name, sizeof(trace->name));
			trace->name[sizeof(trace->name) - 1] = '\0';
			trace->da = entry->da;
			trace->len = entry->len;
			trace->io = range.io;
			trace->offset = range.offset;
		} else {
			status = -AMP_RPROC_ERR_RSC_MEMORY;
		}
		amp_rsc_close(rproc);
	}
	metal_mutex_release(&rproc->lock);
	return status;
}
