// SPDX-License-Identifier: GPL-2.0-only
/*
 * Version 2 of the firmware's resource table, one entry of version 1 (WIRE.md, W-TABLE2).
 *
 * Linux's remoteproc passes it over, so devices and their rings are those of version 1. What is
 * more in it is checked against what this core has: buffers, memories and traces where they are
 * said to be. A firmware that cannot do without something which is not there is refused.
 */

#include <linux/string.h>

#include "amprelay_rproc.h"

static const void *behind(const struct amp_rsc2 *entry)
{
	return (const void *)entry + entry->size;
}

/* The same place in a copy of the table. */
static void *in_copy(const struct amp_image *image, const void *at, void *copy)
{
	return copy + (at - (const void *)image->table);
}

/* The entry of version 1 that is version 2, if there is one: its offset, else 0. */
static size_t find(const struct amp_image *image)
{
	const struct resource_table *v1 = image->table;
	unsigned int i;

	for (i = 0; i < v1->num; i++) {
		const struct amp_table2 *table = (const void *)v1 + v1->offset[i];

		if (table->type == AMP_RSC_TABLE2 &&
		    image->table_size - v1->offset[i] >= sizeof(*table) &&
		    table->magic == AMP_TABLE2_MAGIC &&
		    table->version == AMP_TABLE2_VERSION)
			return v1->offset[i];
	}
	return 0;
}

/* ------------------------------------------------------------------ can an entry be served? */

static bool in_memory(const struct amp_core *core, const struct amp_rsc_u64 *da,
		      const struct amp_rsc_u64 *len)
{
	u64 at = amp_rsc_u64_get(da), bytes = amp_rsc_u64_get(len);

	return amp_region_at(core, AMP_REGION_FIRMWARE, at, bytes) ||
	       amp_region_at(core, AMP_REGION_HEAP, at, bytes);
}

static bool has_buffers(const struct amp_core *core, const struct amp_rsc2_vdev *vdev)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vdev->buffers); i++) {
		u64 da = amp_rsc_u64_get(&vdev->buffers[i].da);

		if (da != AMP_RSC2_ADDR_ANY &&
		    !amp_region_at(core, AMP_REGION_BUFFERS, da,
				   amp_rsc_u64_get(&vdev->buffers[i].len)))
			return false;
	}
	return true;
}

static bool has_trace(const struct amp_core *core, const struct amp_rsc2_trace *trace)
{
	u64 da = amp_rsc_u64_get(&trace->da), len = amp_rsc_u64_get(&trace->len);

	return !len || in_memory(core, &trace->da, &trace->len) ||
	       amp_region_at(core, AMP_REGION_TRACE, da, len);
}

/* Why this core cannot serve an entry that is whole; NULL: it can. */
static const char *why_not(const struct amp_core *core, const struct amp_rsc2 *entry)
{
	const struct amp_rsc2_memory *memory = (const void *)entry;
	const struct amp_rsc2_vdev *vdev = (const void *)entry;
	const struct amp_rsc2_trace *trace = (const void *)entry;
	const struct amp_rsc2_dtree *dtree = (const void *)entry;
	u32 least = amp_rsc2_least_size(entry->type);

	if (!least || entry->version != AMP_RSC2_VERSION)
		return "is of a kind that is not known";
	switch (entry->type) {
	case AMP_RSC2_CARVEOUT:
		return in_memory(core, &memory->da, &memory->len) ? NULL :
								    "is outside its memory";
	case AMP_RSC2_DEVMEM:
		return "needs an IOMMU, and there is none";
	case AMP_RSC2_TRACE:
		if (trace->method > AMP_RSC2_TRACE_JOURNAL)
			return "has a method that is not known";
		return has_trace(core, trace) ? NULL : "is outside its memory";
	case AMP_RSC2_VDEV:
		if (vdev->twin == AMP_RSC2_NO_TWIN)
			return "is a device that version 1 does not have";
		return has_buffers(core, vdev) ? NULL : "has its buffers outside their memory";
	case AMP_RSC2_DTREE:
		return in_memory(core, &dtree->da, &dtree->len) ?
			       NULL :
			       "is a device tree that is not there";
	case AMP_RSC2_VENDOR:
		return "is a vendor's";
	default:
		return NULL;
	}
}

/* ------------------------------------------------------------------ is an entry sound? */

static bool text_ends(const char *text, size_t room)
{
	return strnlen(text, room) < room;
}

static bool vdev_is_sound(const struct amp_rsc2_vdev *vdev, unsigned int vdevs)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vdev->buffers); i++) {
		const struct amp_rsc2_buffers *buffers = &vdev->buffers[i];
		u64 len = amp_rsc_u64_get(&buffers->len);

		if (buffers->size % sizeof(u32) || (len && len < buffers->size) ||
		    (!len && amp_rsc_u64_get(&buffers->da) != AMP_RSC2_ADDR_ANY))
			return false;
	}
	return vdev->twin == AMP_RSC2_NO_TWIN || vdev->twin < vdevs;
}

static bool is_sound(const struct amp_rsc2 *entry, unsigned int vdevs)
{
	const struct amp_rsc2_memory *memory = (const void *)entry;
	const struct amp_rsc2_trace *trace = (const void *)entry;
	const struct amp_rsc2_param *param = (const void *)entry;
	const struct amp_rsc2_state *state = (const void *)entry;

	if (entry->priority > AMP_RSC2_REQUIRED)
		return false;
	if (entry->version != AMP_RSC2_VERSION)
		return true;
	if (entry->size < amp_rsc2_least_size(entry->type))
		return false;
	switch (entry->type) {
	case AMP_RSC2_CARVEOUT:
	case AMP_RSC2_DEVMEM:
		return !memory->reserved && amp_rsc_u64_get(&memory->len) &&
		       text_ends(memory->name, sizeof(memory->name));
	case AMP_RSC2_TRACE:
		return text_ends(trace->name, sizeof(trace->name));
	case AMP_RSC2_VDEV:
		return vdev_is_sound((const void *)entry, vdevs);
	case AMP_RSC2_PARAM:
		return param->key[0] && text_ends(param->key, sizeof(param->key)) &&
		       text_ends((const char *)(param + 1), entry->size - sizeof(*param));
	case AMP_RSC2_STATE:
		return state->remote < AMP_RSC2_STATES && state->host < AMP_RSC2_STATES;
	default:
		return true;
	}
}

static int check_entry(struct amp_core *core, const struct amp_rsc2 *entry, size_t left,
		       unsigned int index, unsigned int vdevs)
{
	const char *why;

	if (left < sizeof(*entry) || entry->size < sizeof(*entry) ||
	    entry->size % sizeof(u32) || entry->size > left)
		return amp_refuse(core,
				  "has a bad resource table: version 2, entry %u is truncated",
				  index);
	if (!is_sound(entry, vdevs))
		return amp_refuse(core,
				  "has a bad resource table: version 2, entry %u of type %u is wrong",
				  index, entry->type);
	why = why_not(core, entry);
	if (why && entry->priority == AMP_RSC2_REQUIRED)
		return amp_refuse(core,
				  "wants entry %u of version 2 of its resource table, of type %u, which %s",
				  index, entry->type, why);
	return 0;
}

/* Bytes of an entry of version 1 that remoteproc, or this driver, may write to. */
static size_t written(const struct fw_rsc_hdr *hdr)
{
	const struct fw_rsc_vdev *vdev = (const void *)hdr->data;

	switch (hdr->type) {
	case RSC_CARVEOUT:
		return sizeof(*hdr) + sizeof(struct fw_rsc_carveout);
	case RSC_VDEV:
		return sizeof(*hdr) + struct_size(vdev, vring, vdev->num_of_vrings) +
		       vdev->config_len;
	default:
		return 0;
	}
}

/* What is written to version 1 must not change what was checked in version 2. */
static bool is_apart(const struct amp_image *image, size_t at, size_t size)
{
	const struct resource_table *v1 = image->table;
	unsigned int i;

	for (i = 0; i < v1->num; i++) {
		size_t len = written((const void *)v1 + v1->offset[i]);

		if (len && v1->offset[i] < at + size && at < v1->offset[i] + len)
			return false;
	}
	return true;
}

/**
 * amp_image_check_table2() - can this core give what version 2 of a resource table asks for?
 * @core: the core
 * @image: the firmware, whose table of version 1 is good
 * @vdevs: virtio devices in version 1
 *
 * Return: 0, also if there is no version 2; or -EINVAL after a message.
 */
int amp_image_check_table2(struct amp_core *core, const struct amp_image *image,
			   unsigned int vdevs)
{
	size_t at = find(image), left;
	const struct amp_table2 *table = (const void *)image->table + at;
	const struct amp_rsc2 *entry = (const void *)(table + 1);
	unsigned int i;

	if (!at)
		return 0;
	if (table->size < sizeof(*table) || table->size % sizeof(u32) ||
	    table->size > image->table_size - at || table->owner > AMP_TABLE2_OWNER_REMOTE ||
	    table->num > AMP_TABLE2_ENTRIES_MAX)
		return amp_refuse(core,
				  "has a bad resource table: version 2 has %u entries in %u bytes",
				  table->num, table->size);
	if (!is_apart(image, at, table->size))
		return amp_refuse(core,
				  "has a bad resource table: version 2 shares bytes with version 1");
	left = table->size - sizeof(*table);
	for (i = 0; i < table->num; i++) {
		if (check_entry(core, entry, left, i, vdevs))
			return -EINVAL;
		left -= entry->size;
		entry = behind(entry);
	}
	if (left)
		return amp_refuse(core,
				  "has a bad resource table: version 2 has %zu bytes too many",
				  left);
	return 0;
}

/* ------------------------------------------------------------------ what is written to it */

/**
 * amp_image_fill_table2() - take version 2
 * @core: the core
 * @image: a firmware whose table amp_image_check_table2() has accepted
 * @table: a copy of it
 *
 * Entries that cannot be served are told of.
 */
void amp_image_fill_table2(struct amp_core *core, const struct amp_image *image,
			   struct resource_table *table)
{
	size_t at = find(image);
	struct amp_table2 *taken = (void *)table + at;
	const struct amp_rsc2 *entry = (const void *)image->table + at + sizeof(*taken);
	unsigned int i;

	if (!at)
		return;
	taken->taken = AMP_TABLE2_VERSION;
	for (i = 0; i < taken->num; i++, entry = behind(entry)) {
		const char *why = why_not(core, entry);

		if (why)
			dev_info(core->dev,
				 "firmware %s: entry %u of version 2 of its resource table, of type %u, is passed over: it %s\n",
				 core->rproc->firmware, i, entry->type, why);
		else if (entry->type == AMP_RSC2_STATE)
			((struct amp_rsc2_state *)in_copy(image, entry, table))->host =
				AMP_RSC2_STATE_RUNNING;
	}
}

/**
 * amp_table_clean2() - forget what a host fills in, or a core, or whoever starts it
 * @image: a firmware whose table amp_image_check_table2() has accepted
 * @table: a copy of it, to be compared with another
 */
void amp_table_clean2(const struct amp_image *image, struct resource_table *table)
{
	size_t at = find(image);
	struct amp_table2 *clean = (void *)table + at;
	const struct amp_rsc2 *entry = (const void *)image->table + at + sizeof(*clean);
	unsigned int i;

	if (!at)
		return;
	clean->taken = 0;
	for (i = 0; i < clean->num; i++, entry = behind(entry)) {
		void *copy = in_copy(image, entry, table);

		if (entry->version != AMP_RSC2_VERSION)
			continue;
		if (entry->type == AMP_RSC2_VDEV)
			((struct amp_rsc2_vdev *)copy)->gfeatures_high = 0;
		else if (entry->type == AMP_RSC2_PARAM)
			memset(copy + sizeof(struct amp_rsc2_param), 0,
			       entry->size - sizeof(struct amp_rsc2_param));
		else if (entry->type == AMP_RSC2_STATE)
			memset(copy + sizeof(*entry), 0,
			       sizeof(struct amp_rsc2_state) - sizeof(*entry));
	}
}

/**
 * amp_table_publish() - write to the core's own table what has been filled in
 * @core: the core, which runs
 * @filled: a copy of its table, of which amp_image_check_table2() has accepted version 2
 *
 * Of version 2 only what is this host's: the core tells its state there, and whoever has started it
 * has set its parameters.
 */
void amp_table_publish(struct amp_core *core, const void *filled)
{
	const struct amp_image image = { .table = filled, .table_size = core->table_size };
	void *loaded = core->mem + (core->table_da - core->soc.mem_da);
	size_t at = find(&image), end;
	const struct amp_table2 *table = filled + at;
	const struct amp_rsc2 *entry = (const void *)(table + 1);
	unsigned int i;

	if (!at) {
		memcpy(loaded, filled, core->table_size);
		return;
	}
	end = at + table->size;
	memcpy(loaded, filled, at);
	memcpy(loaded + end, filled + end, core->table_size - end);
	((struct amp_table2 *)(loaded + at))->taken = table->taken;
	for (i = 0; i < table->num; i++, entry = behind(entry))
		if (entry->type == AMP_RSC2_STATE && entry->version == AMP_RSC2_VERSION)
			((struct amp_rsc2_state *)in_copy(&image, entry, loaded))->host =
				((const struct amp_rsc2_state *)entry)->host;
}

/**
 * amp_table_states() - the states of both processors
 * @core: the core
 *
 * Context: the rproc's lock is held.
 *
 * Return: the entry in the core's own table, which the core can write to at any time; NULL if it
 * has none.
 */
struct amp_rsc2_state *amp_table_states(const struct amp_core *core)
{
	const struct amp_image image = { .table = core->table, .table_size = core->table_size };
	const struct amp_table2 *table;
	const struct amp_rsc2 *entry;
	unsigned int i;
	size_t at;

	lockdep_assert_held(&core->rproc->lock);
	at = core->table ? find(&image) : 0;
	if (!at)
		return NULL;
	table = core->table + at;
	entry = (const void *)(table + 1);
	for (i = 0; i < table->num; i++, entry = behind(entry))
		if (entry->type == AMP_RSC2_STATE && entry->version == AMP_RSC2_VERSION)
			return in_copy(&image, entry,
				       core->mem + (core->table_da - core->soc.mem_da));
	return NULL;
}
