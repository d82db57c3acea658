// SPDX-License-Identifier: BSD-3-Clause
/*
 * The host's part of version 2 of the resource table: taken over with version 1, and what it says of buffers, traces,
 * parameters and states. Linked into programs that call amp_remoteproc_use_table2().
 *
 * As with version 1, a copy is checked and used, and only the words that this side fills are written back. What the
 * remote has changed since is checked anew each time.
 */
#include "remoteproc_internal.h"

#include <amprelay/config.h>
#include <amprelay/resource_table2.h>

#include <metal/log.h>

#include <string.h>

#pragma weak amp_rproc_reserve_ids

/* ------------------------------------------------------------------ in the open copy of the table */

static unsigned int vdevs_of_version1(const struct remoteproc *rproc)
{
	const struct resource_table *table = rproc->rsc_copy;
	unsigned int vdevs = 0;

	for (uint32_t i = 0; i < table->num; i++) {
		if (((const struct fw_rsc_hdr *)((const char *)table + table->offset[i]))->type == RSC_VDEV)
			vdevs++;
	}
	return vdevs;
}

/* Find and check it. @return 0 and NULL: there is none; or an error, of which is said where it is */
static int find(struct remoteproc *rproc, const struct amp_table2 **table)
{
	struct amp_rsc_fault fault;
	size_t at;
	int status = amp_table2_find(rproc->rsc_copy, rproc->rsc_len, &at, &fault);

	*table = NULL;
	if (!status && at) {
		*table = (const void *)((const char *)rproc->rsc_copy + at);
		status = amp_table2_check(*table, rproc->rsc_len - at, vdevs_of_version1(rproc), &fault);
		fault.offset += at;
	}
	if (status && AMP_WITH_VIRTIO_DRIVER)
		metal_log(METAL_LOG_ERROR, "remoteproc: resource table 2, entry %d, offset 0x%x: error %d\n",
		          (int)fault.entry, (unsigned int)fault.offset, status);
	return status;
}

/* For who wants one that was taken. After 0 end with amp_rsc_close(). */
static int open_table(struct remoteproc *rproc, const struct amp_table2 **table)
{
	int status;

	if (!rproc->table2_taken)
		return -RPROC_ERR_RSC_TAB_NP;
	status = amp_rsc_open(rproc, 0, 0, NULL);
	if (status)
		return status;
	status = find(rproc, table);
	if (!status && !*table)
		status = -RPROC_ERR_RSC_TAB_NP; /* it was there once */
	if (status)
		amp_rsc_close(rproc);
	return status;
}

/* The entry of that type and number. After 0 end with amp_rsc_close(). */
static int open_entry(struct remoteproc *rproc, unsigned int type, unsigned int index, const void **entry)
{
	const struct amp_table2 *table;
	int status = open_table(rproc, &table);

	if (status)
		return status;
	*entry = amp_table2_entry(table, type, index);
	if (*entry)
		return 0;
	amp_rsc_close(rproc);
	return -RPROC_ERR_RSC_TAB_NP;
}

/* An address or a size as the library has it: all ones, METAL_BAD_PHYS, if it is open. False: this side has no such
 * number. */
static bool to_native(const struct amp_rsc_u64 *value, metal_phys_addr_t *native)
{
	uint64_t wide = amp_rsc_u64_get(value);

	*native = (metal_phys_addr_t)wide;
	return wide == AMP_RSC2_ADDR_ANY || wide < METAL_BAD_PHYS;
}

static void put_u64(struct remoteproc *rproc, const struct amp_rsc_u64 *place, uint64_t value)
{
	amp_rsc_put(rproc, &place->low, (uint32_t)value);
	amp_rsc_put(rproc, &place->high, (uint32_t)(value >> 32));
}

/* ------------------------------------------------------------------ taken over */

/* Buffers and traces that are optional are looked for when somebody asks for them: more memory may be known by then. */
static bool is_required(const struct amp_rsc2 *entry)
{
	return entry->priority == AMP_RSC2_REQUIRED;
}

/* As a carveout or devmem of version 1. */
static int serve_memory(struct remoteproc *rproc, const struct amp_rsc2_memory *memory)
{
	bool carveout = memory->head.type == AMP_RSC2_CARVEOUT, open;
	struct mem_range range;
	metal_phys_addr_t len;

	if (!AMP_WITH_VIRTIO_DRIVER)
		return 0;
	if (!to_native(&memory->da, &range.da) || !to_native(&memory->pa, &range.pa) || !to_native(&memory->len, &len))
		return -AMP_RPROC_ERR_RSC_MEMORY;
	open = range.da == METAL_BAD_PHYS;
	if (carveout && (range.pa == 0 || !open))
		range.pa = METAL_BAD_PHYS;
	range.size = len;
	range.attribute = memory->flags;
	if (!amp_rproc_place(rproc, &range, carveout ? memory->name : ""))
		return -AMP_RPROC_ERR_RSC_MEMORY;
	if (carveout && open && range.da == METAL_BAD_PHYS)
		return -AMP_RPROC_ERR_RSC_MEMORY;
	if (carveout && open)
		put_u64(rproc, &memory->da, range.da);
	if (carveout && range.pa != METAL_BAD_PHYS)
		put_u64(rproc, &memory->pa, range.pa);
	return 0;
}

/* Can this side address the rings of a device that is in version 2 only? */
static bool has_native_rings(const struct amp_rsc2_vdev *vdev)
{
	const struct fw_rsc_vdev *device = (const void *)(vdev + 1);

	for (unsigned int i = 0; sizeof(metal_phys_addr_t) < 8 && i < device->num_of_vrings; i++) {
		if (device->vring[i].da != FW_RSC_U32_ADDR_ANY && device->vring[i].reserved)
			return false;
	}
	return true;
}

/* Is it in memory that this side can reach? */
static int serve_range(struct remoteproc *rproc, const struct amp_rsc_u64 *da, const struct amp_rsc_u64 *len,
                       struct mem_range *range)
{
	metal_phys_addr_t at, size;

	/* All ones would ask the platform for memory. */
	if (!to_native(da, &at) || !to_native(len, &size) || at == METAL_BAD_PHYS ||
	    !amp_rproc_find_da(rproc, at, size, range))
		return -AMP_RPROC_ERR_RSC_MEMORY;
	return 0;
}

/* Buffers for which the firmware leaves room to the host are the application's to place. */
static int serve_buffers(struct remoteproc *rproc, const struct amp_rsc2_buffers *buffers, struct mem_range *range)
{
	range->da = METAL_BAD_PHYS;
	range->io = NULL;
	range->offset = 0;
	if (amp_rsc_u64_get(&buffers->da) == AMP_RSC2_ADDR_ANY)
		return 0;
	return serve_range(rproc, &buffers->da, &buffers->len, range);
}

static int serve_vdev(struct remoteproc *rproc, const struct amp_rsc2_vdev *vdev, amp_rsc_vdev_func on_vdev)
{
	const struct fw_rsc_vdev *device = (const void *)(vdev + 1);
	struct mem_range range;
	int status = 0;

	if (vdev->twin == AMP_RSC2_NO_TWIN) {
		if (!has_native_rings(vdev))
			return -AMP_RPROC_ERR_RSC_MEMORY;
		if (amp_rproc_reserve_ids)
			amp_rproc_reserve_ids(rproc, device);
		if (on_vdev)
			on_vdev(rproc, device);
	}
	if (vdev->gfeatures_high)
		amp_rsc_put(rproc, &vdev->gfeatures_high, 0);
	for (unsigned int i = 0; i < 2 && !status && is_required(&vdev->head); i++)
		status = serve_buffers(rproc, &vdev->buffers[i], &range);
	return status;
}

static int serve_trace(struct remoteproc *rproc, const struct amp_rsc2_trace *trace)
{
	struct mem_range range;

	if (!is_required(&trace->head) || !amp_rsc_u64_get(&trace->len))
		return 0;
	return serve_range(rproc, &trace->da, &trace->len, &range);
}

/* One whose place is open waits for amp_remoteproc_set_dtree(). */
static int serve_dtree(struct remoteproc *rproc, const struct amp_rsc2_dtree *dtree)
{
	static const struct amp_rsc_u64 header = {40, 0}; /* of a tree, which has its length */
	struct mem_range range;

	if (amp_rsc_u64_get(&dtree->da) == AMP_RSC2_ADDR_ANY)
		return 0;
	return serve_range(rproc, &dtree->da, amp_rsc_u64_get(&dtree->len) ? &dtree->len : &header, &range);
}

static int serve_vendor(struct remoteproc *rproc, const struct amp_rsc2_vendor *vendor)
{
	size_t at = (size_t)((const char *)&vendor->type - (const char *)rproc->rsc_copy);

	if (!rproc->ops->handle_rsc)
		return -RPROC_ERR_RSC_TAB_NS;
	return amp_rsc_handle_vendor(rproc, at, vendor->head.size - offsetof(struct amp_rsc2_vendor, type));
}

static int serve(struct remoteproc *rproc, const struct amp_rsc2 *entry, amp_rsc_vdev_func on_vdev)
{
	const void *body = entry;

	if (!amp_rsc2_is_known(entry))
		return -RPROC_ERR_RSC_TAB_NS;
	switch (entry->type) {
	case AMP_RSC2_CARVEOUT:
	case AMP_RSC2_DEVMEM:
		return serve_memory(rproc, body);
	case AMP_RSC2_TRACE:
		return serve_trace(rproc, body);
	case AMP_RSC2_VDEV:
		return serve_vdev(rproc, body, on_vdev);
	case AMP_RSC2_DTREE:
		return serve_dtree(rproc, body);
	case AMP_RSC2_VENDOR:
		return serve_vendor(rproc, body);
	default:
		return 0; /* parameters and states are there to be read and written */
	}
}

/* What cannot be served is passed over, unless the firmware cannot do without it. An error of a vendor's hook is one
 * in any case. */
static int take_entry(struct remoteproc *rproc, const struct amp_rsc2 *entry, unsigned int number,
                      amp_rsc_vdev_func on_vdev)
{
	int status = serve(rproc, entry, on_vdev);

	if (!status || is_required(entry) || (status != -RPROC_ERR_RSC_TAB_NS && status != -AMP_RPROC_ERR_RSC_MEMORY))
		return status;
	metal_log(METAL_LOG_WARNING, "remoteproc: resource table 2, entry %u of type %u is passed over: error %d\n",
	          number, (unsigned int)entry->type, status);
	return 0;
}

/* One word: `owner`, which does not change, and `taken`. */
static void put_taken(struct remoteproc *rproc, const struct amp_table2 *table)
{
	amp_rsc_put(rproc, &table->owner, table->owner | AMP_TABLE2_VERSION << 16);
}

static int take(struct remoteproc *rproc, amp_rsc_vdev_func on_vdev)
{
	const struct amp_table2 *table;
	const struct amp_rsc2 *entry = NULL;
	unsigned int number = 0;
	int status = find(rproc, &table);

	if (status || !table)
		return status;
	while (!status && (entry = amp_table2_next(table, entry)) != NULL)
		status = take_entry(rproc, entry, number++, on_vdev);
	if (status) {
		metal_log(METAL_LOG_ERROR, "remoteproc: resource table 2, entry %u is required: error %d\n", number - 1,
		          status);
		return status;
	}
	put_taken(rproc, table);
	rproc->table2_taken = true;
	return 0;
}

/* ------------------------------------------------------------------ virtio devices */

/* The entry of the device with that number: those of version 1 come first, then those that have no twin there. */
static const struct amp_rsc2_vdev *find_vdev(struct remoteproc *rproc, const struct amp_table2 *table,
                                             unsigned int vdev_id)
{
	unsigned int alone = vdevs_of_version1(rproc);
	const struct amp_rsc2_vdev *vdev;

	for (unsigned int i = 0; (vdev = (const void *)amp_table2_entry(table, AMP_RSC2_VDEV, i)) != NULL; i++) {
		if (vdev->twin == AMP_RSC2_NO_TWIN ? alone++ == vdev_id : vdev->twin == vdev_id)
			return vdev;
	}
	return NULL;
}

static int open_vdev2(struct remoteproc *rproc, unsigned int vdev_id, const struct amp_rsc2_vdev **vdev)
{
	const struct amp_table2 *table;
	int status = open_table(rproc, &table);

	if (status)
		return status;
	*vdev = find_vdev(rproc, table, vdev_id);
	if (*vdev)
		return 0;
	amp_rsc_close(rproc);
	return -RPROC_ERR_RSC_TAB_NP;
}

static int open_vdev(struct remoteproc *rproc, unsigned int vdev_id, void **entry)
{
	const struct amp_rsc2_vdev *vdev;
	int status = open_vdev2(rproc, vdev_id, &vdev);

	if (status)
		return status;
	/* Or version 1 has changed since it was asked for the device. */
	if (vdev->twin != AMP_RSC2_NO_TWIN || !has_native_rings(vdev)) {
		amp_rsc_close(rproc);
		return -RPROC_ERR_RSC_TAB_NP;
	}
	*entry = (char *)rproc->rsc_copy + ((const char *)(vdev + 1) - (const char *)rproc->rsc_copy);
	return 0;
}

void amp_remoteproc_use_table2(struct remoteproc *rproc)
{
	static const struct amp_table2_host host = {.take = take, .open_vdev = open_vdev};

	metal_mutex_acquire(&rproc->lock);
	rproc->table2 = &host;
	metal_mutex_release(&rproc->lock);
}

/* ------------------------------------------------------------------ what it says */

int amp_remoteproc_get_buffers(struct remoteproc *rproc, unsigned int vdev_id, unsigned int direction,
                               struct amp_buffers *buffers)
{
	const struct amp_rsc2_vdev *vdev;
	struct mem_range range;
	int status;

	if (!rproc || !buffers || direction > AMP_RSC2_FROM_HOST)
		return -RPROC_EINVAL;
	metal_mutex_acquire(&rproc->lock);
	status = open_vdev2(rproc, vdev_id, &vdev);
	if (!status) {
		status = serve_buffers(rproc, &vdev->buffers[direction], &range);
		buffers->da = range.da;
		buffers->len = (size_t)amp_rsc_u64_get(&vdev->buffers[direction].len);
		buffers->size = vdev->buffers[direction].size;
		buffers->io = range.io;
		buffers->offset = range.offset;
		amp_rsc_close(rproc);
	}
	metal_mutex_release(&rproc->lock);
	return status;
}

int amp_remoteproc_get_trace2(struct remoteproc *rproc, unsigned int index, struct amp_trace *trace, uint32_t *method,
                              uint32_t *notifyid)
{
	const struct amp_rsc2_trace *entry;
	struct mem_range range;
	const void *found;
	int status;

	if (!rproc || !trace)
		return -RPROC_EINVAL;
	metal_mutex_acquire(&rproc->lock);
	status = open_entry(rproc, AMP_RSC2_TRACE, index, &found);
	if (!status) {
		entry = found;
		status = serve_range(rproc, &entry->da, &entry->len, &range);
		if (!status) {
			memcpy(trace->name, entry->name, sizeof(entry->name));
			trace->da = range.da;
			trace->len = range.size;
			trace->io = range.io;
			trace->offset = range.offset;
			if (method)
				*method = entry->method;
			if (notifyid)
				*notifyid = entry->notifyid;
		}
		amp_rsc_close(rproc);
	}
	metal_mutex_release(&rproc->lock);
	return status;
}

/* ------------------------------------------------------------------ parameters */

/* Word by word, zeroes behind the value. */
static int put_value(struct remoteproc *rproc, const struct amp_rsc2_param *param, const char *value)
{
	const char *place = amp_rsc2_param_value(param);
	size_t room = param->head.size - sizeof(*param), len = strlen(value), part;
	uint32_t word;

	if (len >= room)
		return -RPROC_EINVAL;
	for (size_t at = 0; at < room; at += sizeof(word)) {
		word = 0;
		part = at < len ? metal_min(len - at, sizeof(word)) : 0;
		memcpy(&word, value + metal_min(at, len), part);
		amp_rsc_put(rproc, place + at, word);
	}
	return 0;
}

int amp_remoteproc_set_param(struct remoteproc *rproc, const char *key, const char *value)
{
	const struct amp_table2 *table;
	const struct amp_rsc2_param *param;
	int status;

	if (!rproc || !key || !value)
		return -RPROC_EINVAL;
	metal_mutex_acquire(&rproc->lock);
	status = rproc->state == RPROC_READY ? open_table(rproc, &table) : -RPROC_EINVAL;
	if (!status) {
		param = amp_table2_param(table, key);
		status = param ? put_value(rproc, param, value) : -RPROC_ERR_RSC_TAB_NP;
		amp_rsc_close(rproc);
	}
	metal_mutex_release(&rproc->lock);
	return status;
}

/* ------------------------------------------------------------------ device tree */

int amp_remoteproc_set_dtree(struct remoteproc *rproc, metal_phys_addr_t da, size_t len)
{
	const struct amp_rsc2_dtree *dtree;
	struct mem_range range;
	const void *found;
	int status;

	if (!rproc || da % 8 || da == METAL_BAD_PHYS)
		return -RPROC_EINVAL;
	metal_mutex_acquire(&rproc->lock);
	status = rproc->state == RPROC_READY ? open_entry(rproc, AMP_RSC2_DTREE, 0, &found) : -RPROC_EINVAL;
	if (!status) {
		dtree = found;
		if (amp_rproc_find_da(rproc, da, len, &range)) {
			put_u64(rproc, &dtree->da, da);
			put_u64(rproc, &dtree->len, len);
		} else {
			status = -AMP_RPROC_ERR_RSC_MEMORY;
		}
		amp_rsc_close(rproc);
	}
	metal_mutex_release(&rproc->lock);
	return status;
}

/* ------------------------------------------------------------------ states */

int amp_remoteproc_get_remote_state(struct remoteproc *rproc, unsigned int *state, uint32_t *cause)
{
	const void *found;
	int status;

	if (!rproc || !state)
		return -RPROC_EINVAL;
	metal_mutex_acquire(&rproc->lock);
	status = open_entry(rproc, AMP_RSC2_STATE, 0, &found);
	if (!status) {
		*state = ((const struct amp_rsc2_state *)found)->remote;
		if (cause)
			*cause = *state == AMP_RSC2_STATE_CRASHED ? ((const struct amp_rsc2_state *)found)->cause : 0;
		amp_rsc_close(rproc);
	}
	metal_mutex_release(&rproc->lock);
	return status;
}

int amp_remoteproc_set_host_state(struct remoteproc *rproc, unsigned int state)
{
	const void *found;
	int status;

	if (!rproc || state >= AMP_RSC2_STATES)
		return -RPROC_EINVAL;
	metal_mutex_acquire(&rproc->lock);
	status = open_entry(rproc, AMP_RSC2_STATE, 0, &found);
	if (!status) {
		amp_rsc_put(rproc, &((const struct amp_rsc2_state *)found)->host, state);
		amp_rsc_close(rproc);
	}
	metal_mutex_release(&rproc->lock);
	return status;
}
