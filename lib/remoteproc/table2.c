// SPDX-License-Identifier: BSD-3-Clause
/*
 * Resource tables of version 2: found in one of version 1, checked, and walked through.
 *
 * What is checked here is a copy that nobody else can write. Sizes are compared in ways that cannot overflow.
 */
#include "remoteproc_internal.h"

#include <amprelay/resource_table2.h>

#include <limits.h>
#include <string.h>

/* Where a fault is, in the table that is looked at. */
struct faulty {
	const void *field;
	int status;
};

static bool wrong(struct faulty *faulty, const void *field, int status)
{
	faulty->field = field;
	faulty->status = status;
	return false;
}

/* ------------------------------------------------------------------ finding it */

/* One entry of version 1. False: it is a table of a later version, and is damaged. */
static bool look_at(const struct resource_table *table, size_t size, size_t offset, size_t *found,
                    struct faulty *faulty)
{
	const struct amp_table2 *later = (const void *)((const char *)table + offset);

	if (later->type != AMP_RSC_TABLE2 || size - offset < offsetof(struct amp_table2, size) ||
	    later->magic != AMP_TABLE2_MAGIC)
		return true;
	if (size - offset < offsetof(struct amp_table2, num))
		return wrong(faulty, later, RPROC_ERR_RSC_TAB_TRUNC);
	if (later->size > size - offset)
		return wrong(faulty, &later->size, RPROC_ERR_RSC_TAB_TRUNC);
	if (later->size < sizeof(*later) || later->size % 4)
		return wrong(faulty, &later->size, RPROC_EINVAL);
	/* Later ones than are known here may stand beside it. */
	if (later->version != AMP_TABLE2_VERSION)
		return true;
	if (*found)
		return wrong(faulty, &later->version, RPROC_EINVAL);
	*found = offset;
	return true;
}

int amp_table2_find(const struct resource_table *table, size_t size, size_t *offset, struct amp_rsc_fault *fault)
{
	struct faulty faulty;

	*offset = 0;
	for (uint32_t i = 0; i < table->num; i++) {
		if (look_at(table, size, table->offset[i], offset, &faulty))
			continue;
		*offset = 0;
		if (fault) {
			fault->entry = i;
			fault->offset = (size_t)((const char *)faulty.field - (const char *)table);
		}
		return -faulty.status;
	}
	return 0;
}

/* ------------------------------------------------------------------ walking through it */

const struct amp_rsc2 *amp_table2_next(const struct amp_table2 *table, const struct amp_rsc2 *entry)
{
	const char *next = entry ? (const char *)entry + entry->size : (const char *)(table + 1);

	return next < (const char *)table + table->size ? (const void *)next : NULL;
}

/* Of a type and version that are known. */
static bool has_type(const struct amp_rsc2 *entry)
{
	return entry->version == AMP_RSC2_VERSION && amp_rsc2_least_size(entry->type);
}

bool amp_rsc2_is_known(const struct amp_rsc2 *entry)
{
	return has_type(entry) && (entry->type != AMP_RSC2_TRACE ||
	                           ((const struct amp_rsc2_trace *)entry)->method <= AMP_RSC2_TRACE_JOURNAL);
}

const struct amp_rsc2 *amp_table2_entry(const struct amp_table2 *table, unsigned int type, unsigned int index)
{
	const struct amp_rsc2 *entry = NULL;

	while ((entry = amp_table2_next(table, entry)) != NULL) {
		if (entry->type == type && amp_rsc2_is_known(entry) && index-- == 0)
			break;
	}
	return entry;
}

const struct amp_rsc2_param *amp_table2_param(const struct amp_table2 *table, const char *key)
{
	const struct amp_rsc2_param *param = NULL;

	for (unsigned int i = 0; (param = (const void *)amp_table2_entry(table, AMP_RSC2_PARAM, i)) != NULL; i++) {
		if (strcmp(param->key, key) == 0)
			break;
	}
	return param;
}

const char *amp_rsc2_param_value(const struct amp_rsc2_param *param)
{
	return (const char *)(param + 1);
}

/* ------------------------------------------------------------------ checks of the entries */

static bool is_any(const struct amp_rsc_u64 *address)
{
	return amp_rsc_u64_get(address) == AMP_RSC2_ADDR_ANY;
}

/* All of the range is below the end of the address space, or its place is open. */
static bool range_ok(const struct amp_rsc_u64 *address, const struct amp_rsc_u64 *len)
{
	uint64_t at = amp_rsc_u64_get(address), bytes = amp_rsc_u64_get(len);

	return at == AMP_RSC2_ADDR_ANY || bytes == 0 || bytes - 1 <= UINT64_MAX - 1 - at;
}

/* Open addresses and ids are the host's to fill, if it owns the table. */
static bool open_ok(const struct amp_table2 *table, bool open)
{
	return !open || table->owner == AMP_TABLE2_OWNER_HOST;
}

static bool name_ok(const char *name)
{
	return memchr(name, '\0', AMP_RSC2_NAME_LEN) != NULL;
}

static bool memory_ok(const struct amp_table2 *table, const struct amp_rsc2_memory *memory, struct faulty *faulty)
{
	if (memory->reserved)
		return wrong(faulty, &memory->reserved, RPROC_ERR_RSC_TAB_RSVD);
	if (!amp_rsc_u64_get(&memory->len) || !range_ok(&memory->da, &memory->len))
		return wrong(faulty, &memory->len, RPROC_EINVAL);
	if (!open_ok(table, is_any(&memory->da)))
		return wrong(faulty, &memory->da, RPROC_EINVAL);
	if (memory->head.type == AMP_RSC2_DEVMEM && (is_any(&memory->pa) || !range_ok(&memory->pa, &memory->len)))
		return wrong(faulty, &memory->pa, RPROC_EINVAL);
	if (!name_ok(memory->name))
		return wrong(faulty, memory->name, RPROC_EINVAL);
	return true;
}

static bool trace_ok(const struct amp_rsc2_trace *trace, struct faulty *faulty)
{
	if (is_any(&trace->da))
		return wrong(faulty, &trace->da, RPROC_EINVAL);
	if (!range_ok(&trace->da, &trace->len))
		return wrong(faulty, &trace->len, RPROC_EINVAL);
	if (!name_ok(trace->name))
		return wrong(faulty, trace->name, RPROC_EINVAL);
	return true;
}

static bool buffers_ok(const struct amp_table2 *table, const struct amp_rsc2_buffers *buffers, struct faulty *faulty)
{
	uint64_t len = amp_rsc_u64_get(&buffers->len);

	if (buffers->size % 4)
		return wrong(faulty, &buffers->size, RPROC_EINVAL);
	if (!range_ok(&buffers->da, &buffers->len) || (len && len < buffers->size))
		return wrong(faulty, &buffers->len, RPROC_EINVAL);
	/* An address without a length says nothing. A length without an address: the host finds room for it. */
	if ((!is_any(&buffers->da) && (!len || buffers->da.low % 4)) || !open_ok(table, len && is_any(&buffers->da)))
		return wrong(faulty, &buffers->da, RPROC_EINVAL);
	return true;
}

static bool vring_ok(const struct amp_table2 *table, const struct fw_rsc_vdev_vring *vring, struct faulty *faulty)
{
	uint64_t da = vring->da | (uint64_t)vring->reserved << 32;

	if (vring->num > VIRTQUEUE_MAX_DESC || (vring->num & (vring->num - 1)))
		return wrong(faulty, &vring->num, RPROC_EINVAL);
	if (vring->align < 4 || vring->align > 65536 || (vring->align & (vring->align - 1)))
		return wrong(faulty, &vring->align, RPROC_EINVAL);
	if (da == AMP_RSC2_ADDR_ANY ? !open_ok(table, true) : da & (vring->align - 1))
		return wrong(faulty, &vring->da, RPROC_EINVAL);
	if (!open_ok(table, vring->notifyid == RSC_NOTIFY_ID_ANY))
		return wrong(faulty, &vring->notifyid, RPROC_EINVAL);
	return true;
}

/* A device that has no twin, in the layout of version 1. */
static bool device_ok(const struct amp_table2 *table, const struct fw_rsc_vdev *vdev, size_t left,
                      struct faulty *faulty)
{
	size_t vrings;

	if (left < sizeof(*vdev))
		return wrong(faulty, vdev, RPROC_ERR_RSC_TAB_TRUNC);
	if (vdev->type != RSC_VDEV)
		return wrong(faulty, &vdev->type, RPROC_EINVAL);
	if (vdev->reserved[0] || vdev->reserved[1])
		return wrong(faulty, vdev->reserved, RPROC_ERR_RSC_TAB_RSVD);
	if (vdev->num_of_vrings == 0 || vdev->num_of_vrings > RPROC_MAX_VRINGS)
		return wrong(faulty, &vdev->num_of_vrings, RPROC_ERR_RSC_TAB_VDEV_NRINGS);
	vrings = sizeof(*vdev) + vdev->num_of_vrings * sizeof(vdev->vring[0]);
	if (left < vrings)
		return wrong(faulty, &vdev->num_of_vrings, RPROC_ERR_RSC_TAB_TRUNC);
	if (left - vrings < vdev->config_len)
		return wrong(faulty, &vdev->config_len, RPROC_ERR_RSC_TAB_TRUNC);
	if (!open_ok(table, vdev->notifyid == RSC_NOTIFY_ID_ANY))
		return wrong(faulty, &vdev->notifyid, RPROC_EINVAL);
	for (unsigned int i = 0; i < vdev->num_of_vrings; i++) {
		if (!vring_ok(table, &vdev->vring[i], faulty))
			return false;
	}
	return true;
}

static bool has_twin_before(const struct amp_table2 *table, const struct amp_rsc2_vdev *vdev)
{
	const struct amp_rsc2 *entry = NULL;

	while ((entry = amp_table2_next(table, entry)) != &vdev->head) {
		if (has_type(entry) && entry->type == AMP_RSC2_VDEV &&
		    ((const struct amp_rsc2_vdev *)entry)->twin == vdev->twin)
			return true;
	}
	return false;
}

static bool vdev_ok(const struct amp_table2 *table, const struct amp_rsc2_vdev *vdev, unsigned int vdevs,
                    struct faulty *faulty)
{
	for (unsigned int i = 0; i < 2; i++) {
		if (!buffers_ok(table, &vdev->buffers[i], faulty))
			return false;
	}
	if (vdev->twin == AMP_RSC2_NO_TWIN)
		return device_ok(table, (const void *)(vdev + 1), vdev->head.size - sizeof(*vdev), faulty);
	if (vdev->twin >= vdevs || has_twin_before(table, vdev))
		return wrong(faulty, &vdev->twin, RPROC_EINVAL);
	return true;
}

static bool key_ok(const char *key)
{
	const char *letter = key;

	if (!name_ok(key))
		return false;
	while (*letter > ' ' && *letter <= '~' && *letter != '=')
		letter++;
	return letter > key && !*letter;
}

static bool param_ok(const struct amp_table2 *table, const struct amp_rsc2_param *param, struct faulty *faulty)
{
	const struct amp_rsc2 *entry = NULL;

	if (!key_ok(param->key))
		return wrong(faulty, param->key, RPROC_EINVAL);
	if (!memchr(param + 1, '\0', param->head.size - sizeof(*param)))
		return wrong(faulty, param + 1, RPROC_EINVAL);
	while ((entry = amp_table2_next(table, entry)) != &param->head) {
		if (has_type(entry) && entry->type == AMP_RSC2_PARAM &&
		    strcmp(((const struct amp_rsc2_param *)entry)->key, param->key) == 0)
			return wrong(faulty, param->key, RPROC_EINVAL);
	}
	return true;
}

static bool dtree_ok(const struct amp_table2 *table, const struct amp_rsc2_dtree *dtree, struct faulty *faulty)
{
	if (is_any(&dtree->da) ? !open_ok(table, true) : dtree->da.low % 8)
		return wrong(faulty, &dtree->da, RPROC_EINVAL);
	if (!range_ok(&dtree->da, &dtree->len))
		return wrong(faulty, &dtree->len, RPROC_EINVAL);
	return true;
}

static bool state_ok(const struct amp_rsc2_state *state, struct faulty *faulty)
{
	if (state->remote >= AMP_RSC2_STATES)
		return wrong(faulty, &state->remote, RPROC_EINVAL);
	if (state->host >= AMP_RSC2_STATES)
		return wrong(faulty, &state->host, RPROC_EINVAL);
	return true;
}

static bool vendor_ok(const struct amp_rsc2_vendor *vendor, struct faulty *faulty)
{
	if (vendor->type < RSC_VENDOR_START || vendor->type > RSC_VENDOR_END || vendor->type == AMP_RSC_TABLE2)
		return wrong(faulty, &vendor->type, RPROC_EINVAL);
	return true;
}

/* ------------------------------------------------------------------ the table */

/* An entry that is whole. Those before it are checked. */
static bool entry_ok(const struct amp_table2 *table, const struct amp_rsc2 *entry, unsigned int vdevs,
                     struct faulty *faulty)
{
	const void *body = entry;

	if (entry->priority > AMP_RSC2_REQUIRED)
		return wrong(faulty, &entry->priority, RPROC_EINVAL);
	if (has_type(entry) && entry->size < amp_rsc2_least_size(entry->type))
		return wrong(faulty, &entry->size, RPROC_ERR_RSC_TAB_TRUNC);
	if (!amp_rsc2_is_known(entry))
		return entry->priority == AMP_RSC2_OPTIONAL ||
		       wrong(faulty,
		             has_type(entry) ? (const void *)&((const struct amp_rsc2_trace *)body)->method : entry,
		             RPROC_ERR_RSC_TAB_NS);
	switch (entry->type) {
	case AMP_RSC2_CARVEOUT:
	case AMP_RSC2_DEVMEM:
		return memory_ok(table, body, faulty);
	case AMP_RSC2_TRACE:
		return trace_ok(body, faulty);
	case AMP_RSC2_VDEV:
		return vdev_ok(table, body, vdevs, faulty);
	case AMP_RSC2_PARAM:
		return param_ok(table, body, faulty);
	case AMP_RSC2_DTREE:
		return dtree_ok(table, body, faulty);
	case AMP_RSC2_STATE:
		return state_ok(body, faulty);
	default:
		return vendor_ok(body, faulty);
	}
}

static bool header_ok(const struct amp_table2 *table, size_t left, struct faulty *faulty)
{
	if (left < sizeof(*table))
		return wrong(faulty, table, RPROC_ERR_RSC_TAB_TRUNC);
	if (table->type != AMP_RSC_TABLE2)
		return wrong(faulty, &table->type, RPROC_EINVAL);
	if (table->magic != AMP_TABLE2_MAGIC)
		return wrong(faulty, &table->magic, RPROC_EINVAL);
	if (table->version != AMP_TABLE2_VERSION)
		return wrong(faulty, &table->version, RPROC_ERR_RSC_TAB_VER);
	if (table->size > left)
		return wrong(faulty, &table->size, RPROC_ERR_RSC_TAB_TRUNC);
	if (table->size < sizeof(*table) || table->size % 4)
		return wrong(faulty, &table->size, RPROC_EINVAL);
	if (table->num > AMP_TABLE2_ENTRIES_MAX)
		return wrong(faulty, &table->num, RPROC_EINVAL);
	if (table->owner > AMP_TABLE2_OWNER_REMOTE)
		return wrong(faulty, &table->owner, RPROC_EINVAL);
	return true;
}

/* Each entry whole, and as many as the header says. Then they can be walked through. */
static bool entries_ok(const struct amp_table2 *table, unsigned int vdevs, unsigned int *number, struct faulty *faulty)
{
	const struct amp_rsc2 *entry = (const void *)(table + 1);
	size_t left = table->size - sizeof(*table);

	for (*number = 0; *number < table->num; ++*number) {
		if (left < sizeof(*entry))
			return wrong(faulty, entry, RPROC_ERR_RSC_TAB_TRUNC);
		if (entry->size > left)
			return wrong(faulty, &entry->size, RPROC_ERR_RSC_TAB_TRUNC);
		if (entry->size < sizeof(*entry) || entry->size % 4)
			return wrong(faulty, &entry->size, RPROC_EINVAL);
		if (!entry_ok(table, entry, vdevs, faulty))
			return false;
		left -= entry->size;
		entry = (const void *)((const char *)entry + entry->size);
	}
	*number = UINT_MAX;
	return !left || wrong(faulty, &table->num, RPROC_EINVAL);
}

int amp_table2_check(const struct amp_table2 *table, size_t left, unsigned int vdevs, struct amp_rsc_fault *fault)
{
	unsigned int number = UINT_MAX;
	struct faulty faulty = {table, RPROC_EINVAL};

	if (table && (uintptr_t)table % 4 == 0 && header_ok(table, left, &faulty) &&
	    entries_ok(table, vdevs, &number, &faulty))
		return 0;
	if (fault) {
		fault->entry = number;
		fault->offset = table ? (size_t)((const char *)faulty.field - (const char *)table) : 0;
	}
	return -faulty.status;
}

/* ------------------------------------------------------------------ what is written while it is used */

static void clean_vdev(struct amp_rsc2_vdev *vdev)
{
	struct fw_rsc_vdev *device = (void *)(vdev + 1);

	vdev->gfeatures_high = 0;
	if (vdev->twin != AMP_RSC2_NO_TWIN)
		return;
	device->status = 0;
	device->gfeatures = 0;
	for (unsigned int i = 0; i < device->num_of_vrings; i++)
		device->vring[i].da = device->vring[i].reserved = device->vring[i].notifyid = 0;
}

static void clean_entry(struct amp_rsc2 *entry)
{
	void *body = entry;

	if (!has_type(entry))
		return;
	if (entry->type == AMP_RSC2_VDEV)
		clean_vdev(body);
	else if (entry->type == AMP_RSC2_PARAM)
		memset((struct amp_rsc2_param *)body + 1, 0, entry->size - sizeof(struct amp_rsc2_param));
	else if (entry->type == AMP_RSC2_STATE)
		memset(entry + 1, 0, sizeof(struct amp_rsc2_state) - sizeof(*entry));
}

void amp_table2_clean(struct resource_table *table, size_t size)
{
	struct amp_table2 *table2;
	char *entry;
	size_t at;

	if (amp_table2_find(table, size, &at, NULL) || !at)
		return;
	table2 = (void *)((char *)table + at);
	/* Which twins there are makes no difference here. */
	if (amp_table2_check(table2, size - at, UINT_MAX, NULL))
		return;
	table2->taken = 0;
	entry = (char *)(table2 + 1);
	for (unsigned int i = 0; i < table2->num; i++) {
		clean_entry((void *)entry);
		entry += ((const struct amp_rsc2 *)(const void *)entry)->size;
	}
}
