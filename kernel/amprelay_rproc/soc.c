// SPDX-License-Identifier: GPL-2.0-only
/*
 * The SoC's description of a core: every field is checked before anything relies on it.
 */

#include <linux/ctype.h>
#include <linux/elf.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "amprelay_rproc.h"

#define REGION_ALIGN SZ_4K

/*
 * Names become names of kernel objects and files: a name must be a terminated, non-empty word that
 * means nothing special in a path.
 */
static bool is_word(const char *name, size_t size)
{
	size_t len = strnlen(name, size);
	size_t i;

	if (len == 0 || len == size || name[0] == '.')
		return false;
	for (i = 0; i < len; i++)
		if (!isascii(name[i]) || (!isalnum(name[i]) && !strchr("_-.", name[i])))
			return false;
	return true;
}

static int check_identity(struct device *dev, const struct amp_soc *soc)
{
	if (soc->magic != AMP_CTRL_MAGIC)
		return dev_err_probe(dev, -ENODEV,
				     "control block: magic is %#x, not %#x: not AmpRelay's memory\n",
				     soc->magic, AMP_CTRL_MAGIC);
	if (soc->version != AMP_CTRL_VERSION)
		return dev_err_probe(dev, -EPROTO,
				     "control block: version is %u, this driver knows %u\n",
				     soc->version, AMP_CTRL_VERSION);
	if (!is_word(soc->core, sizeof(soc->core)))
		return dev_err_probe(dev, -EINVAL, "control block: core: not a terminated name\n");
	if (!is_word(soc->firmware, sizeof(soc->firmware)))
		return dev_err_probe(dev, -EINVAL,
				     "control block: firmware: not a terminated file name\n");
	if (soc->elf_machine == EM_NONE || soc->elf_machine > U16_MAX)
		return dev_err_probe(dev, -EINVAL,
				     "control block: elf_machine %u: not an ELF machine\n",
				     soc->elf_machine);
	if (soc->elf_class != ELFCLASS32 && soc->elf_class != ELFCLASS64)
		return dev_err_probe(dev, -EINVAL, "control block: elf_class %u: neither 1 nor 2\n",
				     soc->elf_class);
	return 0;
}

static int check_sizes(struct device *dev, const struct amp_soc *soc, resource_size_t bar_size)
{
	if (soc->mem_size < AMP_CTRL_SIZE || !IS_ALIGNED(soc->mem_size, REGION_ALIGN) ||
	    soc->mem_size > bar_size)
		return dev_err_probe(dev, -EINVAL,
				     "control block: mem_size %#x: not a multiple of 4096 between %#x and BAR2's %pa\n",
				     soc->mem_size, AMP_CTRL_SIZE, &bar_size);
	/* A resource table has the lower half of an address, and remoteproc keeps no more. */
	if (!IS_ALIGNED(soc->mem_da, REGION_ALIGN) ||
	    lower_32_bits(soc->mem_da) + (u64)soc->mem_size > SZ_4G)
		return dev_err_probe(dev, -EINVAL,
				     "control block: mem_da %#llx: not page aligned, or the memory crosses a multiple of 4 GiB\n",
				     soc->mem_da);
	if (soc->elf_class == ELFCLASS32 && upper_32_bits(soc->mem_da))
		return dev_err_probe(dev, -EINVAL,
				     "control block: mem_da %#llx: above 4 GiB, and the core has addresses of 32 bits\n",
				     soc->mem_da);
	if (soc->notify_ids > AMP_DB_NOTIFY_MAX)
		return dev_err_probe(dev, -EINVAL, "control block: notify_ids %u: more than %u\n",
				     soc->notify_ids, AMP_DB_NOTIFY_MAX);
	if (soc->num_regions == 0 || soc->num_regions > AMP_MAX_REGIONS)
		return dev_err_probe(dev, -EINVAL,
				     "control block: num_regions %u: not in 1 to %u\n",
				     soc->num_regions, AMP_MAX_REGIONS);
	if (soc->heartbeat_timeout_ms < soc->heartbeat_ms)
		return dev_err_probe(dev, -EINVAL,
				     "control block: heartbeat_timeout_ms %u: shorter than heartbeat_ms %u\n",
				     soc->heartbeat_timeout_ms, soc->heartbeat_ms);
	if (soc->secure > 1)
		return dev_err_probe(dev, -EINVAL, "control block: secure %u: neither 0 nor 1\n",
				     soc->secure);
	return 0;
}

/*
 * remoteproc numbers vrings in the order of the resource table, two to a device. A region's notify
 * id must be the number in its name.
 */
static int check_vring(struct device *dev, const struct amp_soc *soc,
		       const struct amp_region *region)
{
	char name[AMP_NAME_LEN];

	if (region->arg >= soc->notify_ids)
		return dev_err_probe(dev, -EINVAL,
				     "control block: region %s: notify id %u, but notify_ids is %u\n",
				     region->name, region->arg, soc->notify_ids);
	snprintf(name, sizeof(name), "vdev%uvring%u", region->arg / RVDEV_NUM_VRINGS,
		 region->arg % RVDEV_NUM_VRINGS);
	if (strcmp(name, region->name))
		return dev_err_probe(dev, -EINVAL,
				     "control block: region %s: notify id %u belongs to %s\n",
				     region->name, region->arg, name);
	return 0;
}

static int check_buffers(struct device *dev, const struct amp_region *region)
{
	char name[AMP_NAME_LEN];
	unsigned int vdev;

	if (sscanf(region->name, "vdev%2u", &vdev) == 1) {
		snprintf(name, sizeof(name), "vdev%ubuffer", vdev);
		if (!strcmp(name, region->name))
			return 0;
	}
	return dev_err_probe(dev, -EINVAL,
			     "control block: region %s: message buffers are called vdevNbuffer\n",
			     region->name);
}

/* Memory of the core's own: where it has addresses, and not where it sees the shared memory. */
static int check_private(struct device *dev, const struct amp_soc *soc,
			 const struct amp_region *region)
{
	u64 limit = soc->elf_class == ELFCLASS32 ? SZ_4G - 1 : U64_MAX;
	u64 last = region->offset + (region->size - 1);

	if (!region->size || !IS_ALIGNED(region->size, REGION_ALIGN) ||
	    !IS_ALIGNED(region->offset, REGION_ALIGN) || last < region->offset || last > limit ||
	    (region->offset <= soc->mem_da + (soc->mem_size - 1) && soc->mem_da <= last))
		return dev_err_probe(dev, -EINVAL,
				     "control block: region %s: address %#llx size %#x: not whole pages of the core's addresses beside the shared memory\n",
				     region->name, region->offset, region->size);
	return 0;
}

static int check_region(struct device *dev, const struct amp_soc *soc,
			const struct amp_region *region)
{
	if (!is_word(region->name, sizeof(region->name)))
		return dev_err_probe(dev, -EINVAL,
				     "control block: region %td: name: not a terminated word\n",
				     region - soc->region);
	if (region->kind == AMP_REGION_PRIVATE)
		return check_private(dev, soc, region);
	if (!region->size || !IS_ALIGNED(region->size, REGION_ALIGN) ||
	    !IS_ALIGNED(region->offset, REGION_ALIGN) || region->offset > soc->mem_size ||
	    region->size > soc->mem_size - region->offset)
		return dev_err_probe(dev, -EINVAL,
				     "control block: region %s: offset %#llx size %#x: not whole pages within mem_size %#x\n",
				     region->name, region->offset, region->size, soc->mem_size);

	switch (region->kind) {
	case AMP_REGION_CONTROL:
		if (region->offset != AMP_CTRL_OFFSET || region->size < AMP_CTRL_SIZE)
			return dev_err_probe(dev, -EINVAL,
					     "control block: region %s: must start at %u and have %#x bytes\n",
					     region->name, AMP_CTRL_OFFSET, AMP_CTRL_SIZE);
		return 0;
	case AMP_REGION_VRING:
		return check_vring(dev, soc, region);
	case AMP_REGION_BUFFERS:
		return check_buffers(dev, region);
	case AMP_REGION_FIRMWARE:
	case AMP_REGION_TRACE:
	case AMP_REGION_HEAP:
		return 0;
	default:
		return dev_err_probe(dev, -EINVAL, "control block: region %s: unknown kind %u\n",
				     region->name, region->kind);
	}
}

static int check_pair(struct device *dev, const struct amp_region *a, const struct amp_region *b)
{
	bool private_a = a->kind == AMP_REGION_PRIVATE, private_b = b->kind == AMP_REGION_PRIVATE;

	if (!strcmp(a->name, b->name))
		return dev_err_probe(dev, -EINVAL, "control block: two regions are called %s\n",
				     a->name);
	/* Checked: their last bytes have addresses. */
	if (private_a == private_b && a->offset <= b->offset + (b->size - 1) &&
	    b->offset <= a->offset + (a->size - 1))
		return dev_err_probe(dev, -EINVAL, "control block: regions %s and %s overlap\n",
				     a->name, b->name);
	return 0;
}

static bool has_region(const struct amp_soc *soc, enum amp_region_kind kind)
{
	unsigned int i;

	for (i = 0; i < soc->num_regions; i++)
		if (soc->region[i].kind == kind)
			return true;
	return false;
}

/**
 * amp_soc_check() - is this description of a core one that the driver can work with?
 * @dev: device to blame
 * @soc: private copy of the description
 * @bar_size: bytes of shared memory that there are
 *
 * Return: 0, or an error after a message that names the field.
 */
int amp_soc_check(struct device *dev, const struct amp_soc *soc, resource_size_t bar_size)
{
	unsigned int i, k;
	int ret;

	ret = check_identity(dev, soc);
	if (ret)
		return ret;
	ret = check_sizes(dev, soc, bar_size);
	if (ret)
		return ret;

	for (i = 0; i < soc->num_regions; i++) {
		ret = check_region(dev, soc, &soc->region[i]);
		if (ret)
			return ret;
		for (k = 0; k < i; k++) {
			ret = check_pair(dev, &soc->region[k], &soc->region[i]);
			if (ret)
				return ret;
		}
	}

	/* Without it, a region of another kind might lie over the control block. */
	if (!has_region(soc, AMP_REGION_CONTROL))
		return dev_err_probe(dev, -EINVAL, "control block: no region of kind control\n");
	if (!has_region(soc, AMP_REGION_FIRMWARE))
		return dev_err_probe(dev, -EINVAL, "control block: no region of kind firmware\n");
	return 0;
}

/**
 * amp_region_at() - the region of a kind that holds a range of device addresses
 * @core: the core
 * @kind: kind of region
 * @da: first device address
 * @len: bytes
 *
 * Return: the region, or NULL if the range does not lie within one.
 */
const struct amp_region *amp_region_at(const struct amp_core *core, enum amp_region_kind kind,
				       u64 da, u64 len)
{
	unsigned int i;

	for (i = 0; i < core->soc.num_regions; i++) {
		const struct amp_region *region = &core->soc.region[i];
		u64 start = amp_region_da(core, region);

		/* Compare and subtract only: sums of the firmware's numbers could wrap. */
		if (region->kind == kind && da >= start && da - start <= region->size &&
		    len <= region->size - (da - start))
			return region;
	}
	return NULL;
}

/* The region of that kind and name, or NULL. */
const struct amp_region *amp_region_named(const struct amp_core *core, enum amp_region_kind kind,
					  const char *name)
{
	unsigned int i;

	for (i = 0; i < core->soc.num_regions; i++)
		if (core->soc.region[i].kind == kind && !strcmp(core->soc.region[i].name, name))
			return &core->soc.region[i];
	return NULL;
}

/**
 * amp_region_vring() - find the memory of a vring
 * @core: the core
 * @vdev: number of its virtio device
 * @nr: number of the vring in that
 *
 * Return: the region "vdevNvringM", or NULL.
 */
const struct amp_region *amp_region_vring(const struct amp_core *core, unsigned int vdev,
					  unsigned int nr)
{
	char name[AMP_NAME_LEN];

	snprintf(name, sizeof(name), "vdev%uvring%u", vdev, nr);
	return amp_region_named(core, AMP_REGION_VRING, name);
}
