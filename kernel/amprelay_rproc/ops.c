// SPDX-License-Identifier: GPL-2.0-only
/*
 * What remoteproc calls to load, start, kick and stop a core.
 *
 * All operations run with the rproc's lock held, except kick, which may come from any context.
 *
 * The order of a life, as remoteproc makes it: sanity_check, prepare, parse_fw, load,
 * find_loaded_rsc_table, start; then, after a crash, stop, coredump, load, find_loaded_rsc_table,
 * start again, without the first three; at last stop, unprepare.
 */

#include <linux/interrupt.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "amprelay_rproc.h"

static void enable_vqs(struct amp_core *core)
{
	unsigned int i;

	if (core->vqs_enabled)
		return;
	core->vqs_enabled = true;
	for (i = 0; i < core->soc.notify_ids; i++)
		enable_irq(core->vqs[i].irq);
}

static void disable_vqs(struct amp_core *core)
{
	unsigned int i;

	if (!core->vqs_enabled)
		return;
	core->vqs_enabled = false;
	for (i = 0; i < core->soc.notify_ids; i++)
		disable_irq(core->vqs[i].irq);
}

static int power_off(struct amp_core *core)
{
	int ret;

	/* A core that dies while it is told to stop has not crashed. */
	amp_crash_disarm(core);
	if (!core->powered)
		return 0;
	ret = amp_mailbox_request(core, AMP_REQ_STOP, 0, "");
	if (ret)
		return ret;
	/* With the barrier, a kick sees that the core is off, or amp_discard() sees its message. */
	smp_store_mb(core->powered, false);
	return 0;
}

/*
 * remoteproc stops the virtio devices first, then the core. Two things must have happened before:
 *
 * - the core is off, so that senders who wait for it can be let go, see discard.c;
 * - no interrupt of a virtqueue is being handled: remoteproc frees the queue without asking.
 *
 * This subdevice does it. It is added after those of the virtio devices, and thus stopped before
 * them.
 */
static void quiesce(struct rproc_subdev *subdev, bool crashed)
{
	struct amp_core *core = container_of(subdev, struct amp_core, quiesce);
	unsigned int i;

	/* If this fails, the stop operation will try again, and report it. */
	power_off(core);
	/* Wake the senders first: one of them may be a callback in a queue's interrupt thread. */
	for (i = 0; !core->powered && i < core->soc.notify_ids; i++)
		if (amp_discard(core, i))
			rproc_vq_interrupt(core->rproc, i);
	disable_vqs(core);
}

static int add_carveout(struct amp_core *core, const struct amp_region *region, void *va)
{
	struct rproc_mem_entry *mem;

	mem = rproc_mem_entry_init(core->dev, va, core->mem_pa + region->offset, region->size,
				   amp_region_da(core, region), NULL, NULL, "%s", region->name);
	if (!mem)
		return -ENOMEM;
	rproc_add_carveout(core->rproc, mem);
	return 0;
}

static int amp_prepare(struct rproc *rproc)
{
	struct amp_core *core = rproc->priv;
	unsigned int i;
	int ret = 0;

	/* It would hit the life that is about to begin. It ends when the lock is free. */
	if (READ_ONCE(core->recovering)) {
		dev_err(core->dev, "%s: a recovery of its last life has not ended yet: start it again\n",
			core->soc.core);
		return -EAGAIN;
	}
	/*
	 * The relay may have started the core on its own account. It would refuse to start it
	 * again, but by then the segments would have been loaded over a firmware that runs.
	 */
	if (READ_ONCE(core->relay->state) != AMP_CORE_OFF) {
		dev_err(core->dev, "%s: the core is on already, and not started by Linux\n",
			core->soc.core);
		return -EBUSY;
	}
	for (i = 0; !ret && i < core->soc.num_regions; i++) {
		const struct amp_region *region = &core->soc.region[i];

		/*
		 * A virtio device maps its buffers itself: it takes the address from .dma if there
		 * is no .va.
		 */
		if (region->kind == AMP_REGION_VRING)
			ret = add_carveout(core, region, core->mem + region->offset);
		else if (region->kind == AMP_REGION_BUFFERS)
			ret = add_carveout(core, region, NULL);
	}
	/* Nothing that follows is called then. */
	if (ret)
		rproc_resource_cleanup(rproc);
	return ret;
}

static int amp_unprepare(struct rproc *rproc)
{
	struct amp_core *core = rproc->priv;

	/*
	 * remoteproc does this after a stop, but forgets it when parse_fw has failed. Twice does no
	 * harm.
	 */
	rproc_resource_cleanup(rproc);
	if (core->quiesce_listed)
		rproc_remove_subdev(rproc, &core->quiesce);
	core->quiesce_listed = false;
	kfree(core->table);
	core->table = NULL;
	core->table_size = 0;
	return 0;
}

static int amp_sanity_check(struct rproc *rproc, const struct firmware *fw)
{
	struct amp_core *core = rproc->priv;
	struct amp_image image;

	if (!fw)
		return amp_refuse(core, "cannot be read");
	/* The relay finds the file by this name, for symbols. */
	if (strlen(rproc->firmware) >= AMP_FIRMWARE_LEN || strchr(rproc->firmware, '/'))
		return amp_refuse(core,
				  "has a bad name: it must be a plain file name of at most %u characters",
				  AMP_FIRMWARE_LEN - 1);
	return amp_image_open(core, fw, &image);
}

static int amp_parse_fw(struct rproc *rproc, const struct firmware *fw)
{
	struct amp_core *core = rproc->priv;
	struct resource_table *cached;
	struct amp_image image;
	int ret;

	ret = amp_image_open(core, fw, &image);
	if (ret)
		return ret;
	if (!image.table) {
		dev_info(&rproc->dev,
			 "firmware %s has no resource table: core %s gets no channels\n",
			 rproc->firmware, core->soc.core);
		return 0;
	}
	core->table = kmemdup(image.table, image.table_size, GFP_KERNEL);
	if (!core->table)
		return -ENOMEM;
	core->table_size = image.table_size;

	/* Another one for remoteproc, which fills in what is open. */
	cached = kmemdup(image.table, image.table_size, GFP_KERNEL);
	if (!cached)
		return -ENOMEM;
	ret = amp_rsc_fill(core, &image, cached);
	image.table = cached;
	if (!ret)
		ret = amp_rsc_add_carveouts(core, &image);
	if (ret) {
		kfree(cached);
		return ret;
	}
	/* remoteproc frees it, but not when parse_fw fails. */
	rproc->cached_table = cached;
	rproc->table_ptr = cached;
	rproc->table_sz = image.table_size;
	return 0;
}

static int amp_load(struct rproc *rproc, const struct firmware *fw)
{
	struct amp_core *core = rproc->priv;
	struct amp_image image;
	int ret;

	/*
	 * In a recovery the file comes anew, unchecked, and may be another one. Then its code may
	 * have changed as it likes, but not what has been allocated according to its resource
	 * table.
	 */
	ret = amp_image_open(core, fw, &image);
	if (ret)
		return ret;
	if (image.table_size != core->table_size ||
	    (image.table && memcmp(image.table, core->table, image.table_size)))
		return amp_refuse(core,
				  "has another resource table than when core %s was started: stop and start the core",
				  core->soc.core);
	/* There is no get_boot_addr operation: remoteproc does not call it in a recovery. */
	rproc->bootaddr = image.entry;

	ret = amp_crash_add_segments(core, &image);
	if (ret)
		return ret;
	if (!core->quiesce_listed)
		rproc_add_subdev(rproc, &core->quiesce);
	core->quiesce_listed = true;

	core->table_da = image.table_da;
	amp_image_load(core, &image);
	return 0;
}

/* Where the core finds its table; NULL if the firmware that amp_load() has loaded has none. */
static struct resource_table *amp_loaded_table(struct rproc *rproc, const struct firmware *fw)
{
	struct amp_core *core = rproc->priv;

	return core->table ? core->mem + (core->table_da - core->soc.mem_da) : NULL;
}

/*
 * Firmware goes into the firmware region; the trace buffer may be read. Everything else (control
 * block, rings, message buffers, heap) is no business of an ELF file.
 */
static void *amp_da_to_va(struct rproc *rproc, u64 da, size_t len, bool *is_iomem)
{
	struct amp_core *core = rproc->priv;

	if (!amp_region_at(core, AMP_REGION_FIRMWARE, da, len) &&
	    !amp_region_at(core, AMP_REGION_TRACE, da, len))
		return NULL;
	if (is_iomem)
		*is_iomem = false;
	return core->mem + (da - core->soc.mem_da);
}

static int amp_start(struct rproc *rproc)
{
	struct amp_core *core = rproc->priv;
	int ret;

	amp_crash_arm(core);
	enable_vqs(core);
	ret = amp_mailbox_request(core, AMP_REQ_START, rproc->bootaddr, rproc->firmware);
	if (ret) {
		disable_vqs(core);
		amp_crash_disarm(core);
		return ret;
	}
	WRITE_ONCE(core->powered, true);
	return 0;
}

static int amp_stop(struct rproc *rproc)
{
	struct amp_core *core = rproc->priv;
	int ret;

	ret = power_off(core);
	/* Still enabled if a virtio device could not be started. */
	disable_vqs(core);
	if (ret && READ_ONCE(core->removing)) {
		/* With an error remoteproc would keep everything, for a device that goes away. */
		dev_warn(core->dev, "%s: removed, although it could not be stopped\n",
			 core->soc.core);
		return 0;
	}
	return ret;
}

static void amp_kick(struct rproc *rproc, int notify_id)
{
	struct amp_core *core = rproc->priv;

	if ((u32)notify_id >= core->soc.notify_ids)
		return;
	if (READ_ONCE(core->powered))
		amp_ring(core, AMP_VECTOR_NOTIFY(notify_id));
	else
		amp_discard(core, notify_id);
}

/*
 * Called between stop and start of a recovery. If the recovery fails from here on (bad or missing
 * firmware, a core that does not start), remoteproc would leave the state "offline" and then refuse
 * to stop the core, so that its resources could never be released. "crashed" is what the core is,
 * and can be stopped, or recovered once more.
 */
static void amp_coredump(struct rproc *rproc)
{
	struct amp_core *core = rproc->priv;

	rproc->state = RPROC_CRASHED;
	core->framework_coredump(rproc);
}

const struct rproc_ops amp_rproc_ops = {
	.prepare = amp_prepare,
	.unprepare = amp_unprepare,
	.sanity_check = amp_sanity_check,
	.parse_fw = amp_parse_fw,
	.load = amp_load,
	.find_loaded_rsc_table = amp_loaded_table,
	.da_to_va = amp_da_to_va,
	.start = amp_start,
	.stop = amp_stop,
	.kick = amp_kick,
};

/* To be called when @core->rproc has been allocated with amp_rproc_ops. */
void amp_ops_init(struct amp_core *core)
{
	struct rproc *rproc = core->rproc;

	core->quiesce.stop = quiesce;
	/* remoteproc's own, which it does not export */
	core->framework_coredump = rproc->ops->coredump;
	rproc->ops->coredump = amp_coredump;
	core->framework_crash = rproc->crash_handler.func;
	INIT_WORK(&rproc->crash_handler, amp_crash_work);
	/* Can be switched off in sysfs; remoteproc's own default is off. */
	rproc->dump_conf = RPROC_COREDUMP_ENABLED;
	rproc_coredump_set_elf_info(rproc, core->soc.elf_class, core->soc.elf_machine);
}
