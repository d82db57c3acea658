/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the host's role need of each other. Callers hold rproc->lock where it says so. */
#ifndef AMP_REMOTEPROC_INTERNAL_H
#define AMP_REMOTEPROC_INTERNAL_H

#include "../virtio/device.h"

#include <openamp/remoteproc.h>
#include <openamp/remoteproc_virtio.h>

#include <stdbool.h>

/** A function that is smaller than its body in the caller, which has no registers left there. */
#define SMALLER_APART __attribute__((__noinline__))
/** One that is smaller in its callers, of which a program has one, or which leave out what they do not need. */
#define INLINED __attribute__((__always_inline__))

/* memories.c */

/** A range of the remote's memory. */
struct mem_range {
	metal_phys_addr_t da;
	metal_phys_addr_t pa; /* each METAL_BAD_PHYS: not known */
	size_t size;
	unsigned int attribute; /* for ops->mmap */
	const char *name;       /* of the memory that it is looked for in; NULL: by an address */
	/* found: */
	void *va;
	struct metal_io_region *io;
	unsigned long offset; /* in io */
};

/** Find a range by its device address, for memory functions that take a region and an offset. False: there is none. */
bool amp_rproc_find_da(struct remoteproc *rproc, metal_phys_addr_t da, size_t size, struct mem_range *range);

/** Find a range by one of its addresses, or have the platform map it. METAL_BAD_PHYS: this address is not known. */
bool amp_rproc_map(struct remoteproc *rproc, struct mem_range *range);

/**
 * Find, or have the platform allocate, what a resource table asks for: at da; or else, in the memory with that @p name,
 * unless it is ""; or else, at pa; or else, anywhere. Fills the rest of the range; without a region, io is NULL.
 */
bool amp_rproc_place(struct remoteproc *rproc, struct mem_range *range, const char *name);

/**
 * The device address that a table means by 32 bits of it: the whole address of a memory, or else the lower half of an
 * address in a memory above 4 GiB, or else, since only the platform can know, the whole again.
 */
metal_phys_addr_t amp_rproc_widen(const struct remoteproc *rproc, uint32_t value);

/** Write @p data, or with NULL the byte @p fill. @return 0 or -AMP_RPROC_ERR_SEGMENT_MEMORY */
int amp_rproc_write(struct metal_io_region *io, unsigned long offset, const void *data, unsigned char fill, size_t len);

/* remoteproc_load.c, lock held */

/** No image is being loaded any more. */
void amp_rproc_end_load(struct remoteproc *rproc);

/* notify_ids.c, lock held. A program in which nobody takes ids is linked without it: rsc_table.c names them weakly. */

/** Keep the notify ids that an entry fixes from being given out, as long as the table is there. Ids beyond the bitmap
 * never are. */
void amp_rproc_reserve_ids(struct remoteproc *rproc, const struct fw_rsc_vdev *vdev);

/** The table is gone: what it had fixed, and what was chosen for it, can be given out again. */
void amp_rproc_forget_ids(struct remoteproc *rproc);

/* rsc_table.c, lock held */

/**
 * Copy and check the processor's table, and find an entry in the copy. After 0 end with amp_rsc_close().
 * @param entry  set to it; NULL: none is looked for, and the table is the first time
 * @return 0; an error of amp_rsc_table_check(); -RPROC_EINVAL; -RPROC_ENOMEM; -RPROC_ERR_RSC_TAB_NP: no table, or no
 * such entry
 */
int amp_rsc_open(struct remoteproc *rproc, unsigned int type, unsigned int index, void **entry);
void amp_rsc_close(struct remoteproc *rproc);

/** The place in the table itself of what is in the copy. */
static inline void *amp_rsc_live(const struct remoteproc *rproc, const void *copied)
{
	return (char *)rproc->rsc_table + ((const char *)copied - (const char *)rproc->rsc_copy);
}

/** Write to the table what belongs where @p word is in the copy.
 * The copy stays as it was checked: entries may overlap. */
void amp_rsc_put(struct remoteproc *rproc, const void *word, uint32_t value);

/** The same for a device address that the table leaves open. False: it does not fit there. */
bool amp_rsc_put_address(struct remoteproc *rproc, const void *word, metal_phys_addr_t value);

/** A device address as the table has it, to one as the library has it. */
static inline metal_phys_addr_t amp_rsc_address(const struct remoteproc *rproc, uint32_t value)
{
	if (value == FW_RSC_U32_ADDR_ANY)
		return METAL_BAD_PHYS;
	return sizeof(metal_phys_addr_t) > sizeof(value) ? amp_rproc_widen(rproc, value) : value;
}

/** Hand @p len bytes at @p at of the copy to ops->handle_rsc. @return its answer, or an error */
int amp_rsc_handle_vendor(struct remoteproc *rproc, size_t at, size_t len);

typedef void (*amp_rsc_vdev_func)(struct remoteproc *rproc, const struct fw_rsc_vdev *vdev);

/**
 * Check the table at @p live, handle its entries, and make it the processor's.
 * @param on_vdev  called for each virtio device; may be NULL
 */
int amp_rsc_adopt(struct remoteproc *rproc, void *live, size_t size, struct metal_io_region *io,
                  amp_rsc_vdev_func on_vdev);

/** The processor has no table any more. */
void amp_rsc_forget(struct remoteproc *rproc);

/* table2_host.c, lock held. remoteproc::table2 has it in a program that asks for it, and only there. */

struct amp_table2_host {
	/** Check and take the best later version, in the open copy. 0, also if there is none; or an error. */
	int (*take)(struct remoteproc *rproc, amp_rsc_vdev_func on_vdev);
	/** amp_rsc_open() for the device with that number, which is not in version 1. */
	int (*open_vdev)(struct remoteproc *rproc, unsigned int vdev_id, void **entry);
};

/* vdevs.c, lock held */

/** All of them; or none, and false: one is in use. */
bool amp_rproc_remove_vdevs(struct remoteproc *rproc);

/** The core is off: the drivers of its devices need not wait for it. With the lock. */
void amp_rproc_vdevs_off(struct remoteproc *rproc);

/* remoteproc_virtio.c */

/**
 * rproc_virtio_create_vdev() with an entry that is checked. Left to the caller: priv, notify, the device's notifyid and
 * reset_cb, and amp_rpvdev_add_queue() for each vring. rproc_virtio_remove_vdev() ends it, with queues or without.
 * @param entry  copy of what is at @p rsc
 */
struct remoteproc_virtio *amp_rpvdev_create(unsigned int role, const struct fw_rsc_vdev *entry, void *rsc,
                                            struct metal_io_region *rsc_io);

/** Take over a vring of the entry and give it a queue. False: no memory. */
static inline bool amp_rpvdev_add_queue(const struct virtio_device *vdev, struct virtio_vring_info *info,
                                        const struct fw_rsc_vdev_vring *vring)
{
	info->notifyid = vring->notifyid;
	info->info.num_descs = (uint16_t)vring->num;
	info->info.align = vring->align;
	info->vq = virtqueue_allocate(role_is_driver(vdev) ? vring->num : 0);
	return info->vq;
}

#endif /* AMP_REMOTEPROC_INTERNAL_H */
