// SPDX-License-Identifier: GPL-2.0-only
/*
 * The firmware's resource table: does this core have what it asks for?
 *
 * remoteproc parses the table too, but without complaint: it leaves out a vdev that it cannot set
 * up, uses an unterminated name as it is, and dereferences a single vring as if there were two.
 * Here everything is checked before anything is allocated.
 */

#include <linux/log2.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/virtio_ring.h>

#include "amprelay_rproc.h"

#define MAX_ENTRIES 64
/* As in lib/remoteproc: AMP_RSC_TABLE_MAX */
#define MAX_TABLE   SZ_64K
/* The virtio specification's limit for a split virtqueue. */
#define MAX_DESCRIPTORS 32768
/* For a vring whose size is left to us: as many as virtio_rpmsg_bus uses, if they fit. */
#define USUAL_DESCRIPTORS 256
#define MAX_ALIGN	  SZ_64K

/* One entry of the table. */
struct entry {
	unsigned int index;
	u32 type;
	const void *body;
	size_t avail;
};

static bool get_entry(const struct amp_image *image, unsigned int index, struct entry *entry)
{
	u32 offset = image->table->offset[index];
	const struct fw_rsc_hdr *hdr;

	if (offset < struct_size(image->table, offset, image->table->num) ||
	    offset % sizeof(u32) || offset > image->table_size ||
	    image->table_size - offset < sizeof(*hdr))
		return false;

	hdr = (const void *)image->table + offset;
	*entry = (struct entry){ index, hdr->type, hdr->data,
				 image->table_size - offset - sizeof(*hdr) };
	return true;
}

static int check_vring(struct amp_core *core, const struct fw_rsc_vdev_vring *vring,
		       unsigned int vdev, unsigned int nr)
{
	const struct amp_region *region;
	char name[AMP_NAME_LEN];
	size_t size;

	snprintf(name, sizeof(name), "vdev%uvring%u", vdev, nr);
	region = amp_region_named(core, AMP_REGION_VRING, name);
	if (!region)
		return amp_refuse(core,
				  "wants vdev %u in its resource table, but core %s has no memory %s",
				  vdev, core->soc.core, name);
	if ((vring->num && !is_power_of_2(vring->num)) || vring->num > MAX_DESCRIPTORS)
		return amp_refuse(core,
				  "has a bad resource table: %s has %u descriptors, not a power of two up to 32768",
				  name, vring->num);
	if (!is_power_of_2(vring->align) || vring->align < sizeof(u32) ||
	    vring->align > MAX_ALIGN || region->offset % vring->align)
		return amp_refuse(core, "has a bad resource table: %s has alignment %u", name,
				  vring->align);
	size = PAGE_ALIGN(vring_size(vring->num, vring->align));
	if (size > region->size)
		return amp_refuse(core,
				  "has a bad resource table: %s needs %#zx bytes, core %s has %#x",
				  name, size, core->soc.core, region->size);
	if (vring->da != (u32)FW_RSC_ADDR_ANY &&
	    vring->da != lower_32_bits(amp_region_da(core, region)))
		return amp_refuse(core,
				  "has a bad resource table: %s at %#x, core %s has it at %#llx",
				  name, vring->da, core->soc.core, amp_region_da(core, region));
	return 0;
}

static int check_vdev(struct amp_core *core, const struct entry *entry, unsigned int vdev)
{
	const struct fw_rsc_vdev *rsc = entry->body;
	char name[AMP_NAME_LEN];
	unsigned int i;

	if (entry->avail < sizeof(*rsc) ||
	    entry->avail < struct_size(rsc, vring, rsc->num_of_vrings) ||
	    entry->avail - struct_size(rsc, vring, rsc->num_of_vrings) < rsc->config_len)
		return amp_refuse(core, "has a bad resource table: entry %u (vdev) is truncated",
				  entry->index);
	if (rsc->reserved[0] || rsc->reserved[1])
		return amp_refuse(core,
				  "has a bad resource table: entry %u (vdev): reserved bytes are not zero",
				  entry->index);
	if (rsc->num_of_vrings != RVDEV_NUM_VRINGS)
		return amp_refuse(core,
				  "has a bad resource table: vdev %u has %u vrings, remoteproc supports %u",
				  vdev, rsc->num_of_vrings, RVDEV_NUM_VRINGS);
	for (i = 0; i < RVDEV_NUM_VRINGS; i++)
		if (check_vring(core, &rsc->vring[i], vdev, i))
			return -EINVAL;

	snprintf(name, sizeof(name), "vdev%ubuffer", vdev);
	if (!amp_region_named(core, AMP_REGION_BUFFERS, name))
		return amp_refuse(core,
				  "wants vdev %u in its resource table, but core %s has no memory %s",
				  vdev, core->soc.core, name);
	return 0;
}

static int check_trace(struct amp_core *core, const struct entry *entry)
{
	const struct fw_rsc_trace *rsc = entry->body;
	u64 da;

	if (entry->avail < sizeof(*rsc))
		return amp_refuse(core, "has a bad resource table: entry %u (trace) is truncated",
				  entry->index);
	if (rsc->reserved)
		return amp_refuse(core,
				  "has a bad resource table: entry %u (trace): reserved word is not zero",
				  entry->index);
	/* A firmware without a console may still have an entry, of length 0. */
	da = amp_table_da(core->soc.mem_da, rsc->da);
	if (rsc->len && !(amp_region_at(core, AMP_REGION_TRACE, da, rsc->len) ||
			  amp_region_at(core, AMP_REGION_FIRMWARE, da, rsc->len)))
		return amp_refuse(core,
				  "has a bad resource table: trace buffer at %#x + %#x, outside its memory",
				  rsc->da, rsc->len);
	return 0;
}

/* The core reaches no memory but its own, so a carveout must be a part of that. */
static int check_carveout(struct amp_core *core, const struct entry *entry)
{
	const struct fw_rsc_carveout *rsc = entry->body;
	size_t len;
	u64 da;

	if (entry->avail < sizeof(*rsc))
		return amp_refuse(core,
				  "has a bad resource table: entry %u (carveout) is truncated",
				  entry->index);
	len = strnlen(rsc->name, sizeof(rsc->name));
	/*
	 * remoteproc would take a carveout "vdev0vring0" for the ring, and it uses the name as a
	 * format, hence no '%'. amp_image_fill_table() cuts a name that is not terminated.
	 */
	if (len == 0 || strnchr(rsc->name, len, '%') ||
	    !strncmp(rsc->name, "vdev", 4))
		return amp_refuse(core,
				  "has a bad resource table: entry %u (carveout) has a bad name",
				  entry->index);
	if (rsc->reserved)
		return amp_refuse(core,
				  "has a bad resource table: carveout %.32s: reserved word is not zero",
				  rsc->name);
	da = amp_table_da(core->soc.mem_da, rsc->da);
	if (!rsc->len || !(amp_region_at(core, AMP_REGION_FIRMWARE, da, rsc->len) ||
			   amp_region_at(core, AMP_REGION_HEAP, da, rsc->len)))
		return amp_refuse(core,
				  "has a bad resource table: carveout %.32s at %#x + %#x, outside its memory",
				  rsc->name, rsc->da, rsc->len);
	return 0;
}

static int check_table_header(struct amp_core *core, const struct amp_image *image)
{
	const struct resource_table *table = image->table;

	if (image->table_size < sizeof(*table))
		return amp_refuse(core,
				  "has a bad resource table: %zu bytes are too few for a header",
				  image->table_size);
	if (table->ver != 1)
		return amp_refuse(core, "has a bad resource table: version %u, not 1", table->ver);
	if (table->reserved[0] || table->reserved[1])
		return amp_refuse(core, "has a bad resource table: reserved words are not zero");
	if (table->num > MAX_ENTRIES || image->table_size < struct_size(table, offset, table->num))
		return amp_refuse(core, "has a bad resource table: %u entries in %zu bytes",
				  table->num, image->table_size);
	return 0;
}

/**
 * amp_image_check_table() - can this core give what a firmware's resource table asks for?
 * @core: the core
 * @image: the firmware; its table lies within the file, and nothing else is known about it
 *
 * Return: 0, or -EINVAL after a message that names the entry.
 */
int amp_image_check_table(struct amp_core *core, const struct amp_image *image)
{
	unsigned int vdevs = 0;
	unsigned int i;
	int ret;

	ret = check_table_header(core, image);
	for (i = 0; !ret && i < image->table->num; i++) {
		struct entry entry;

		if (!get_entry(image, i, &entry))
			return amp_refuse(core,
					  "has a bad resource table: entry %u at offset %u of %zu bytes",
					  i, image->table->offset[i], image->table_size);
		switch (entry.type) {
		case RSC_CARVEOUT:
			ret = check_carveout(core, &entry);
			break;
		case RSC_DEVMEM:
			ret = amp_refuse(core,
					 "has a bad resource table: entry %u (devmem) needs an IOMMU, and core %s has none",
					 i, core->soc.core);
			break;
		case RSC_TRACE:
			ret = check_trace(core, &entry);
			break;
		case RSC_VDEV:
			ret = check_vdev(core, &entry, vdevs++);
			break;
		default:
			/*
			 * A vendor's type, or one of a later version: remoteproc warns, and ignores
			 * it.
			 */
			break;
		}
	}
	return ret ? ret : amp_image_check_table2(core, image, vdevs);
}

/* Descriptors for a vring whose size is left to us: as many as fit; 0 if none do. */
static u32 usual_size(struct amp_core *core, const struct fw_rsc_vdev_vring *vring,
		      unsigned int vdev, unsigned int nr)
{
	const struct amp_region *region = amp_region_vring(core, vdev, nr);
	u32 num = USUAL_DESCRIPTORS;

	while (region && num && PAGE_ALIGN(vring_size(num, vring->align)) > region->size)
		num /= 2;
	return region ? num : 0;
}

/**
 * amp_image_fill_table() - fill in what a resource table leaves open, so that remoteproc takes it
 * @core: the core
 * @image: a firmware that amp_image_check_table() has accepted
 * @table: a copy of its table, for remoteproc
 *
 * A vring of 0 descriptors gets as many as its memory has room for. The name of a carveout is
 * terminated, at the cost of its 32nd letter, since remoteproc reads on to the next NUL.
 *
 * Return: 0, or -EINVAL after a message.
 */
int amp_image_fill_table(struct amp_core *core, const struct amp_image *image,
			 struct resource_table *table)
{
	struct amp_image filled = *image;
	unsigned int vdevs = 0;
	unsigned int i, nr;

	for (i = 0; i < image->table->num; i++) {
		const struct fw_rsc_vdev *from;
		struct fw_rsc_carveout *carveout;
		struct fw_rsc_vdev *vdev;
		struct entry entry;

		if (!get_entry(image, i, &entry))
			continue;
		from = entry.body;
		vdev = (void *)table + (entry.body - (const void *)image->table);
		carveout = (void *)vdev;
		if (entry.type == RSC_CARVEOUT)
			carveout->name[sizeof(carveout->name) - 1] = '\0';
		if (entry.type != RSC_VDEV)
			continue;
		for (nr = 0; nr < RVDEV_NUM_VRINGS; nr++)
			if (!from->vring[nr].num)
				vdev->vring[nr].num =
					usual_size(core, &from->vring[nr], vdevs, nr);
		vdevs++;
	}
	amp_image_fill_table2(core, image, table);
	/* Entries may overlap, so filling in one may have changed another: check again. */
	filled.table = table;
	return amp_image_check_table(core, &filled);
}

/**
 * amp_table_next_vdev() - the entries of a resource table that are virtio devices
 * @image: a firmware whose table amp_image_check_table() has accepted
 * @offset: 0 at first; kept by the caller
 *
 * Return: the next one, NULL if there are no more.
 */
const struct fw_rsc_vdev *amp_table_next_vdev(const struct amp_image *image, size_t *offset)
{
	struct entry entry;

	while (*offset < image->table->num)
		if (get_entry(image, (*offset)++, &entry) && entry.type == RSC_VDEV)
			return entry.body;
	return NULL;
}

/**
 * amp_table_fits() - may a core have its resource table there?
 * @core: the core
 * @da: device address
 * @size: bytes
 *
 * Return: true if it is aligned, not too large, and inside the core's firmware memory.
 */
bool amp_table_fits(const struct amp_core *core, u64 da, u64 size)
{
	return da % sizeof(u32) == 0 && size <= MAX_TABLE &&
	       amp_region_at(core, AMP_REGION_FIRMWARE, da, size);
}

/**
 * amp_table_at() - the same place in a copy of a resource table
 * @image: the firmware that has the table
 * @at: a place in that table
 * @copy: a copy of it
 *
 * Return: the place in @copy.
 */
void *amp_table_at(const struct amp_image *image, const void *at, void *copy)
{
	return copy + (at - (const void *)image->table);
}

/**
 * amp_table_clean() - forget what a host has filled in
 * @image: a firmware whose table amp_image_check_table() has accepted
 * @table: the same table, or a copy of it
 */
void amp_table_clean(const struct amp_image *image, struct resource_table *table)
{
	const struct fw_rsc_vdev *rsc;
	size_t offset = 0;
	unsigned int nr;

	while ((rsc = amp_table_next_vdev(image, &offset))) {
		struct fw_rsc_vdev *vdev = amp_table_at(image, rsc, table);

		vdev->notifyid = 0;
		vdev->gfeatures = 0;
		vdev->status = 0;
		for (nr = 0; nr < RVDEV_NUM_VRINGS; nr++) {
			vdev->vring[nr].da = FW_RSC_ADDR_ANY;
			vdev->vring[nr].notifyid = 0;
			vdev->vring[nr].pa = 0;
		}
	}
}

/**
 * amp_table_is_same() - may a recovery start this firmware, in the place of the one that crashed?
 * @core: the core, which is off
 * @image: a firmware that amp_image_open() has accepted
 *
 * Resources have been allocated according to the table of the firmware that crashed. If Linux had
 * attached to that, what is known of it is without what a host fills in, and sizes of vrings that
 * the file had left open are there.
 *
 * Return: true if their tables ask for the same.
 */
bool amp_table_is_same(struct amp_core *core, const struct amp_image *image)
{
	const struct fw_rsc_vdev *rsc, *was;
	struct amp_image mine = { .table = core->table, .table_size = core->table_size };
	struct resource_table *clean, *other;
	size_t offset = 0, same = 0;
	bool equal;
	unsigned int nr;

	if (image->table_size != core->table_size)
		return false;
	if (!image->table || !memcmp(image->table, core->table, image->table_size))
		return true;
	clean = kmemdup(image->table, image->table_size, GFP_KERNEL);
	other = kmemdup(core->table, core->table_size, GFP_KERNEL);
	if (!clean || !other) {
		kfree(clean);
		kfree(other);
		return false;
	}
	amp_table_clean(image, clean);
	amp_table_clean2(image, clean);
	amp_table_clean2(&mine, other);
	while ((rsc = amp_table_next_vdev(image, &offset)) &&
	       (was = amp_table_next_vdev(&mine, &same))) {
		struct fw_rsc_vdev *vdev = amp_table_at(image, rsc, clean);

		for (nr = 0; nr < RVDEV_NUM_VRINGS; nr++)
			if (!vdev->vring[nr].num)
				vdev->vring[nr].num = was->vring[nr].num;
	}
	equal = !memcmp(clean, other, image->table_size);
	kfree(clean);
	kfree(other);
	return equal;
}

/**
 * amp_image_add_carveouts() - register the carveouts that a resource table names
 * @core: the core
 * @image: a firmware that amp_image_check_table() has accepted
 *
 * They are parts of the core's memory. For carveouts that are not registered, remoteproc would
 * allocate memory of Linux.
 *
 * Return: 0 or -ENOMEM; remoteproc frees what was registered.
 */
int amp_image_add_carveouts(struct amp_core *core, const struct amp_image *image)
{
	unsigned int i;

	for (i = 0; i < image->table->num; i++) {
		const struct fw_rsc_carveout *rsc;
		struct rproc_mem_entry *mem;
		struct entry entry;
		u32 offset;

		if (!get_entry(image, i, &entry) || entry.type != RSC_CARVEOUT)
			continue;
		rsc = entry.body;
		offset = rsc->da - lower_32_bits(core->soc.mem_da);
		mem = rproc_mem_entry_init(core->dev, core->mem + offset, core->mem_pa + offset,
					   rsc->len, rsc->da, NULL, NULL, "%s", rsc->name);
		if (!mem)
			return -ENOMEM;
		rproc_add_carveout(core->rproc, mem);
	}
	return 0;
}
