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

#include <limits.h>
#include <string.h>

#pragma weak amp_rproc_reserve_ids
#pragma weak amp_rproc_forget_ids

/* ------------------------------------------------------------------ checks */

/* Carveouts, devmems and traces: words, of which the second is an address, that in the middle the length, and the last
 * is reserved; then a name, which may have no end. Only a trace may be empty. */
static inline INLINED int rsc_check_memory(const uint32_t *entry, size_t left, const void **wrong)
{
	unsigned int words = *entry == RSC_TRACE ? 4 : 6;
	const uint32_t *len = &entry[words / 2];

	if (left < words * sizeof(*entry) + RPROC_MAX_NAME_LEN)
		return RPROC_ERR_RSC_TAB_TRUNC;
	*wrong = &entry[words - 1];
	if (entry[words - 1])
		return RPROC_ERR_RSC_TAB_RSVD;
	*wrong = len;
	/* Not beyond the 32-bit address space. */
	if (*len ? entry[1] != FW_RSC_U32_ADDR_ANY && *len - 1 > UINT32_MAX - entry[1] : *entry != RSC_TRACE)
		return RPROC_EINVAL;
	return 0;
}

/* Linux keeps an address in the word that is reserved here, and nobody relies on what is there. */
static inline INLINED bool rsc_vring_ok(const struct fw_rsc_vdev_vring *vring, const void **wrong)
{
	*wrong = &vring->num;
	if (vring->num > VIRTQUEUE_MAX_DESC || (vring->num & (vring->num - 1)))
		return false;
	*wrong = &vring->align;
	if (vring->align < 4 || vring->align > 65536 || (vring->align & (vring->align - 1)))
		return false;
	*wrong = &vring->da;
	return vring->da == FW_RSC_U32_ADDR_ANY || !(vring->da & (vring->align - 1));
}

static inline INLINED int rsc_check_vdev(const struct fw_rsc_vdev *vdev, size_t left, const void **wrong)
{
	const struct fw_rsc_vdev_vring *vring = vdev->vring;
	size_t size;

	if (left < sizeof(*vdev))
		return RPROC_ERR_RSC_TAB_TRUNC;
	*wrong = vdev->reserved;
	if (vdev->reserved[0] || vdev->reserved[1])
		return RPROC_ERR_RSC_TAB_RSVD;
	*wrong = &vdev->num_of_vrings;
	size = sizeof(*vdev) + vdev->num_of_vrings * sizeof(*vring);
	if (left < size)
		return RPROC_ERR_RSC_TAB_TRUNC;
	if (left - size < vdev->config_len) {
		*wrong = &vdev->config_len;
		return RPROC_ERR_RSC_TAB_TRUNC;
	}
	if (vdev->num_of_vrings == 0 || vdev->num_of_vrings > RPROC_MAX_VRINGS)
		return RPROC_ERR_RSC_TAB_VDEV_NRINGS;
	for (; vring < &vdev->vring[vdev->num_of_vrings]; vring++) {
		if (!rsc_vring_ok(vring, wrong))
			return RPROC_EINVAL;
	}
	return 0;
}

static inline INLINED int rsc_check_entry(const uint32_t *entry, size_t left, const void **wrong)
{
	*wrong = entry;
	if (left < sizeof(*entry))
		return RPROC_ERR_RSC_TAB_TRUNC;
	if (*entry < RSC_VDEV)
		return rsc_check_memory(entry, left, wrong);
	if (*entry == RSC_VDEV)
		return rsc_check_vdev((const void *)entry, left, wrong);
	return 0; /* a vendor's, who alone knows its length; or of a kind that is unknown, and left alone */
}

static inline INLINED int rsc_check_header(const struct resource_table *table, size_t size, const void **wrong)
{
	*wrong = table;
	if (size < sizeof(*table))
		return RPROC_ERR_RSC_TAB_TRUNC;
	*wrong = &table->ver;
	if (table->ver != 1)
		return RPROC_ERR_RSC_TAB_VER;
	*wrong = table->reserved;
	if (table->reserved[0] || table->reserved[1])
		return RPROC_ERR_RSC_TAB_RSVD;
	*wrong = &table->num;
	if ((size - sizeof(*table)) / sizeof(table->offset[0]) < table->num)
		return RPROC_ERR_RSC_TAB_TRUNC;
	return 0;
}

/**
 * amp_rsc_table_check() of an aligned table, which finds an entry in the same walk. Inlined: who does not ask where the
 * fault is does not pay for the answer.
 * @param found  its offset; left alone if there is none
 * @return 0 or a positive error
 */
static inline INLINED int rsc_check(const struct resource_table *table, size_t size, struct amp_rsc_fault *fault,
                                    unsigned int type, unsigned int index, size_t *found)
{
	unsigned int i = UINT_MAX;
	const void *wrong;
	int status = rsc_check_header(table, size, &wrong);
	const uint32_t *entry;
	size_t offset;

	while (!status && ++i < table->num) {
		wrong = &table->offset[i];
		offset = table->offset[i];
		entry = (const void *)((const char *)table + offset);
		if (offset < sizeof(*table) + table->num * sizeof(table->offset[0]) || offset % 4)
			status = RPROC_EINVAL;
		else if (offset > size)
			status = RPROC_ERR_RSC_TAB_TRUNC;
		else
			status = rsc_check_entry(entry, size - offset, &wrong);
		if (!status && *entry == type && index-- == 0)
			*found = offset;
	}
	if (status && fault) {
		fault->entry = i;
		fault->offset = (size_t)((const char *)wrong - (const char *)table);
	}
	return status;
}

int amp_rsc_table_check(const void *table, size_t size, struct amp_rsc_fault *fault)
{
	struct amp_rsc_fault none;
	size_t found;

	if (!fault)
		fault = &none;
	fault->entry = UINT_MAX;
	fault->offset = 0;
	if (!table || (uintptr_t)table % 4)
		return -RPROC_EINVAL;
	return -rsc_check(table, size, fault, 0, UINT_MAX, &found);
}

size_t find_rsc(void *rsc_table, unsigned int type, unsigned int index)
{
	const struct resource_table *table = rsc_table;
	const struct fw_rsc_hdr *entry;

	for (uint32_t i = 0; table && i < table->num; i++) {
		entry = (const void *)((const char *)table + table->offset[i]);
		if (entry->type == type && index-- == 0)
			return table->offset[i];
	}
	return 0;
}

/* ------------------------------------------------------------------ a copy of the table */

/* Word by word: what the other side writes at the same time is seen as it was before or as it is after. Returns 0 if
 * there is nothing but zeroes: a linker script has a section for a table that the firmware does not have. */
static uint32_t copy_table(uint32_t *to, uint32_t *from, size_t size, struct metal_io_region *io)
{
	size_t words = size / 4;
	uint32_t any = 0;

	if (AMP_WITH_DCACHE)
		amp_cache_invalidate_io(io, from, (unsigned int)size);
	for (size_t i = 0; i < words; i++)
		any |= to[i] = AMP_SHARED_LOAD(&from[i]);
	/* A size that is no multiple of a word is possible: configuration space or padding ends it then. */
	for (size_t i = words * 4; i < size; i++)
		any |= ((uint8_t *)to)[i] = AMP_SHARED_LOAD((uint8_t *)from + i);
	return any;
}

/* A host says what is wrong with its firmware; a remote was told when it was built. */
static void report(const struct amp_rsc_fault *fault, int status)
{
	if (AMP_WITH_VIRTIO_DRIVER)
		metal_log(METAL_LOG_ERROR, "remoteproc: resource table, entry %d, offset 0x%x: error %d\n",
		          (int)fault->entry, (unsigned int)fault->offset, status);
}

int amp_rsc_open(struct remoteproc *rproc, unsigned int type, unsigned int index, void **entry)
{
	struct metal_io_region *io = rproc->rsc_io;
	size_t size = rproc->rsc_len, found = 0;
	uint32_t *live = rproc->rsc_table, *copy;
	struct amp_rsc_fault fault;
	int status = -RPROC_ERR_RSC_TAB_NP;

	if (!live)
		return status;
	if ((uintptr_t)live % 4 || size > AMP_RSC_TABLE_MAX || (io && !amp_io_holds(io, live, size)))
		return -RPROC_EINVAL;
	copy = metal_allocate_memory((unsigned int)(size + sizeof(struct resource_table)));
	rproc->rsc_copy = copy;
	if (!copy)
		return -RPROC_ENOMEM;
	if (copy_table(copy, live, size, io) || size == 0) {
		/* Later than at the first time, these may hold anything: firmware is known that has a mailbox there. */
		if (entry)
			copy[2] = copy[3] = 0;
		status = -rsc_check((void *)copy, size, AMP_WITH_VIRTIO_DRIVER ? &fault : NULL, type, index, &found);
		if (status)
			report(&fault, status);
		else if (entry && !found)
			status = -RPROC_ERR_RSC_TAB_NP;
	}
	if (status)
		amp_rsc_close(rproc);
	else if (entry)
		*entry = (char *)copy + found;
	return status;
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
	if ((uint32_t)value == FW_RSC_U32_ADDR_ANY || amp_rsc_address(rproc, (uint32_t)value) != value)
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
	range.da = amp_rsc_address(rproc, entry->da);
	range.pa = (carveout && (entry->pa == 0 || !open)) || entry->pa == FW_RSC_U32_ADDR_ANY ? METAL_BAD_PHYS
	                                                                                       : entry->pa;
	range.size = entry->len;
	range.attribute = entry->flags;
	if (!amp_rproc_place(rproc, &range, name))
		return -AMP_RPROC_ERR_RSC_MEMORY;
	if (!carveout)
		return 0;
	if (open && !amp_rsc_put_address(rproc, &entry->da, range.da))
		return -AMP_RPROC_ERR_RSC_MEMORY;
	/* The physical address is for information; on a host with more than 4 GiB it may not fit. */
	if ((entry->pa == 0 || entry->pa == FW_RSC_U32_ADDR_ANY) && range.pa < FW_RSC_U32_ADDR_ANY)
		amp_rsc_put(rproc, &entry->pa, (uint32_t)range.pa);
	return 0;
}

/* The hook may write to what it gets, so that is a copy of its own: the entries behind it are checked already. */
int amp_rsc_handle_vendor(struct remoteproc *rproc, size_t at, size_t len)
{
	void *copy;
	int status;

	copy = metal_allocate_memory((unsigned int)len);
	if (!copy)
		return -RPROC_ENOMEM;
	memcpy(copy, (const char *)rproc->rsc_copy + at, len);
	rproc->rsc_entry = (char *)rproc->rsc_table + at;
	status = rproc->ops->handle_rsc(rproc, copy, len);
	rproc->rsc_entry = NULL;
	metal_free_memory(copy);
	return status;
}

/* What is the vendor's may reach to the end of the table. */
static int handle_vendor(struct remoteproc *rproc, size_t at)
{
	int status;

	if (!AMP_WITH_TABLE_MEMORIES)
		return -RPROC_ERR_RSC_TAB_NS;
	status = amp_rsc_handle_vendor(rproc, at, rproc->rsc_len - at);
	return status == -RPROC_ERR_RSC_TAB_NS ? 0 : status;
}

/* The memories are the host's to provide: a build for a remote alone leaves them to it. */
static inline INLINED int handle_entry(struct remoteproc *rproc, size_t at, amp_rsc_vdev_func on_vdev)
{
	const void *entry = (const char *)rproc->rsc_copy + at;
	uint32_t type = ((const struct fw_rsc_hdr *)entry)->type;

	if (type == RSC_CARVEOUT || type == RSC_DEVMEM) {
		if (!AMP_WITH_TABLE_MEMORIES)
			return -RPROC_ERR_RSC_TAB_NS;
		return AMP_WITH_VIRTIO_DRIVER ? handle_memory(rproc, entry) : 0;
	}
	if (type == RSC_VDEV) {
		/* remoteproc_create_virtio() does the rest, when somebody wants the device. */
		if (amp_rproc_reserve_ids)
			amp_rproc_reserve_ids(rproc, entry);
		if (on_vdev)
			on_vdev(rproc, entry);
	} else if (type >= RSC_VENDOR_START && type <= RSC_VENDOR_END && rproc->ops->handle_rsc) {
		return handle_vendor(rproc, at);
	}
	return 0; /* amp_remoteproc_get_trace() finds a trace; nobody knows the others */
}

/* ------------------------------------------------------------------ tables */

void amp_rsc_forget(struct remoteproc *rproc)
{
	rproc->rsc_table = NULL;
	rproc->rsc_len = 0;
	rproc->rsc_io = NULL;
	rproc->table2_taken = false;
	if (amp_rproc_forget_ids)
		amp_rproc_forget_ids(rproc);
}

/* Inlined: a program either loads tables, or has them. */
static inline INLINED int adopt(struct remoteproc *rproc, void *live, size_t size, struct metal_io_region *io,
                                amp_rsc_vdev_func on_vdev)
{
	const struct resource_table *copy;
	int status;

	amp_rsc_forget(rproc);
	rproc->rsc_table = live;
	rproc->rsc_len = size;
	rproc->rsc_io = io;
	status = amp_rsc_open(rproc, 0, 0, NULL);
	copy = rproc->rsc_copy;
	for (uint32_t i = 0; !status && i < copy->num; i++)
		status = handle_entry(rproc, copy->offset[i], on_vdev);
	if (AMP_WITH_TABLE_MEMORIES && !status && rproc->table2)
		status = rproc->table2->take(rproc, on_vdev);
	amp_rsc_close(rproc);
	if (status)
		amp_rsc_forget(rproc);
	return status;
}

int amp_rsc_adopt(struct remoteproc *rproc, void *live, size_t size, struct metal_io_region *io,
                  amp_rsc_vdev_func on_vdev)
{
	return adopt(rproc, live, size, io, on_vdev);
}

int remoteproc_set_rsc_table(struct remoteproc *rproc, struct resource_table *rsc_table, size_t rsc_size)
{
	struct metal_io_region *io;
	int status;

	if (!rproc || !rsc_table)
		return -RPROC_EINVAL;
	metal_mutex_acquire(&rproc->lock);
	io = remoteproc_get_io_with_va(rproc, rsc_table);
	status = adopt(rproc, rsc_table, rsc_size, io, NULL);
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
		if (amp_rproc_find_da(rproc, amp_rsc_address(rproc, entry->da), entry->len, &range)) {
			memcpy(trace->name, entry->name, sizeof(trace->name));
			trace->name[sizeof(trace->name) - 1] = '\0';
			trace->da = range.da;
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
