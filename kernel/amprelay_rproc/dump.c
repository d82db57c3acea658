// SPDX-License-Identifier: GPL-2.0-only
/*
 * What goes into a dump (/sys/class/devcoredump) of a core.
 */

#include <linux/slab.h>
#include <linux/string.h>

#include "amprelay_rproc.h"

/* Any of the core's memory; rproc_da_to_va() gives access only to what an ELF file may occupy. */
static void dump_memory(struct rproc *rproc, struct rproc_dump_segment *segment, void *dest,
			size_t offset, size_t size)
{
	struct amp_core *core = rproc->priv;

	memcpy(dest, core->mem + (segment->da - core->soc.mem_da) + offset, size);
}

static void drop_segments(struct rproc *rproc)
{
	struct rproc_dump_segment *segment, *next;

	lockdep_assert_held(&rproc->lock);
	list_for_each_entry_safe(segment, next, &rproc->dump_segments, node) {
		list_del(&segment->node);
		kfree(segment);
	}
}

/* All regions that explain a crash, but not what an ELF file occupies, nor the heap. */
static int add_regions(struct amp_core *core)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < core->soc.num_regions; i++) {
		const struct amp_region *region = &core->soc.region[i];

		if (region->kind != AMP_REGION_FIRMWARE && region->kind != AMP_REGION_HEAP &&
		    region->kind != AMP_REGION_PRIVATE)
			ret = rproc_coredump_add_custom_segment(core->rproc,
								amp_region_da(core, region),
								region->size, dump_memory, NULL);
	}
	return ret;
}

/**
 * amp_dump_add_memory() - register what a dump of a firmware consists of that others have loaded
 * @core: the core
 *
 * Nobody knows what its segments are: all of the firmware's region.
 *
 * Return: 0 or -ENOMEM; remoteproc frees what was registered.
 */
int amp_dump_add_memory(struct amp_core *core)
{
	unsigned int i;
	int ret = 0;

	drop_segments(core->rproc);
	for (i = 0; !ret && i < core->soc.num_regions; i++) {
		const struct amp_region *region = &core->soc.region[i];

		if (region->kind == AMP_REGION_FIRMWARE)
			ret = rproc_coredump_add_segment(core->rproc, amp_region_da(core, region),
							 region->size);
	}
	return ret ? ret : add_regions(core);
}

/**
 * amp_dump_add_segments() - register what a dump of this firmware consists of
 * @core: the core
 * @image: the firmware
 *
 * That is all shared memory that its segments occupy (code, data, zeroed data, stacks), and all
 * regions that explain a crash: the control block with the crash record, the trace buffer, vrings
 * and message buffers. A heap is left out, since it may be large. To be called for each life, since
 * the firmware may be another one.
 *
 * Return: 0 or -ENOMEM; remoteproc frees what was registered.
 */
int amp_dump_add_segments(struct amp_core *core, const struct amp_image *image)
{
	struct rproc *rproc = core->rproc;
	u64 da, end = 0;
	int ret = 0;

	drop_segments(rproc);
	while (!ret && amp_image_piece(core, image, end, &da, &end))
		ret = rproc_coredump_add_segment(rproc, da, end - da);
	return ret ? ret : add_regions(core);
}

/**
 * amp_dump_take() - dump a core that has crashed, if its owner lets Linux
 * @core: the core
 */
void amp_dump_take(struct amp_core *core)
{
	if (core->soc.denied & AMP_VERB_DUMP)
		dev_info(&core->rproc->dev, "%s: its owner does not let Linux keep a dump of it\n",
			 core->soc.core);
	else
		core->framework_coredump(core->rproc);
}
