// SPDX-License-Identifier: GPL-2.0-only
/*
 * What remoteproc calls to load, start, kick and stop a core.
 *
 * All operations run with the rproc's lock held, except kick, which may be called in any context,
 * and da_to_va.
 *
 * The order in which remoteproc calls them:
 *
 *   start     sanity_check, prepare, parse_fw, load, find_loaded_rsc_table, start
 *   attach    prepare, get_loaded_rsc_table, attach (attach.c)
 *   recovery  stop, coredump, load, find_loaded_rsc_table, start
 *   stop      stop, unprepare
 *   detach    detach, unprepare
 *
 * A core that is another's knows but attach and detach, and recovers by both (report.c).
 */

#include <linux/interrupt.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "amprelay_rproc.h"

static void enable_vqs(struct amp_core *core)
{
	unsigned int i;

	lockdep_assert_held(&core->rproc->lock);
	if (core->vqs_enabled)
		return;
	core->vqs_enabled = true;
	for (i = 0; i < core->soc.notify_ids; i++)
		enable_irq(core->vqs[i].irq);
}

static void disable_vqs(struct amp_core *core)
{
	unsigned int i;

	lockdep_assert_held(&core->rproc->lock);
	if (!core->vqs_enabled)
		return;
	core->vqs_enabled = false;
	for (i = 0; i < core->soc.notify_ids; i++)
		disable_irq(core->vqs[i].irq);
}

static void serve_no_more(struct amp_core *core)
{
	lockdep_assert_held(&core->rproc->lock);
	/*
	 * The barrier is for a message that is sent right now: either its kick sees that the core
	 * does not take it, or quiesce() sees the message.
	 */
	smp_store_mb(core->serves, false);
}

static int power_off(struct amp_core *core)
{
	int ret;

	lockdep_assert_held(&core->rproc->lock);
	/* If the core dies while it is being stopped, that is no crash. */
	amp_report_disarm(core);
	if (!core->powered)
		return 0;
	ret = amp_mailbox_request(core, AMP_REQ_STOP, 0, "");
	if (ret)
		return ret;
	core->powered = false;
	core->attached = false;
	serve_no_more(core);
	return 0;
}

/*
 * remoteproc stops the virtio devices first, then the core. Two things must have happened before:
 *
 * - the core is off, or does not use its rings any more, so that senders that wait for it can be
 *   released, see discard.c;
 * - no interrupt of a virtqueue is being handled: remoteproc frees the queues without checking.
 *
 * This subdevice does both. It is added after those of the virtio devices, and so stopped before
 * them. Between the two it takes the dump of a crash: the core does not write any more, and the
 * rings are still as it has left them.
 *
 * A core that Linux has attached to stays on here: nothing tells whether it is to be stopped or
 * detached from. Its links end in both cases, now. If it has crashed and is another's, its owner
 * starts it again when Linux has detached from it.
 */
static void quiesce(struct rproc_subdev *subdev, bool crashed)
{
	struct amp_core *core = container_of(subdev, struct amp_core, quiesce);
	bool dead = amp_is_owned(core) && READ_ONCE(core->reported);
	unsigned int i;

	/* If this fails, amp_stop() tries again and reports it. */
	if (core->rproc->state != RPROC_ATTACHED)
		power_off(core);
	else if (!dead)
		amp_attach_end_links(core);
	if (core->rproc->state == RPROC_ATTACHED)
		serve_no_more(core);
	if (crashed || dead)
		amp_dump_take(core);
	/*
	 * Release the senders before disabling the interrupts: one of them may be a callback in an
	 * interrupt's thread, for which disable_vqs() waits.
	 */
	for (i = 0; !core->serves && i < core->soc.notify_ids; i++)
		if (amp_discard(core, i))
			rproc_vq_interrupt(core->rproc, i);
	disable_vqs(core);
}

/*
 * Started last: the core is attached to. If it is another's, remoteproc must not stop it any more,
 * and refuses that before it has touched anything if there is no such operation.
 */
static int settled(struct rproc_subdev *subdev)
{
	struct amp_core *core = container_of(subdev, struct amp_core, quiesce);

	if (amp_is_owned(core))
		core->rproc->ops->stop = NULL;
	return 0;
}

/* After the virtio devices, see above. */
static void add_quiesce(struct amp_core *core)
{
	if (!core->quiesce_listed)
		rproc_add_subdev(core->rproc, &core->quiesce);
	core->quiesce_listed = true;
}

static int add_carveout(struct amp_core *core, const struct amp_region *region, void *va)
{
	struct rproc_mem_entry *mem;

	/* remoteproc keeps 32 bits of the address, and writes those to the resource table. */
	mem = rproc_mem_entry_init(core->dev, va, core->mem_pa + region->offset, region->size,
				   lower_32_bits(amp_region_da(core, region)), NULL, NULL, "%s",
				   region->name);
	if (!mem)
		return -ENOMEM;
	rproc_add_carveout(core->rproc, mem);
	return 0;
}

static int amp_stop(struct rproc *rproc);

static int amp_prepare(struct rproc *rproc)
{
	struct amp_core *core = rproc->priv;
	unsigned int i;
	int ret = 0;

	/* That recovery waits for the lock, and would stop the life that is about to begin. */
	if (READ_ONCE(core->recovering)) {
		dev_err(core->dev, "%s: the recovery from its last crash has not finished: try again\n",
			core->soc.core);
		return -EAGAIN;
	}
	if (rproc->state == RPROC_DETACHED) {
		ret = amp_attach_prepare(core);
		if (ret)
			return ret;
		/* remoteproc calls it if a virtio device cannot be set up. */
		rproc->ops->stop = amp_stop;
	} else if (amp_is_owned(core)) {
		/* Nothing has been loaded yet. It is the owner who refuses, and says why. */
		ret = amp_mailbox_request(core, AMP_REQ_START, 0, rproc->firmware);
		return ret ? ret : -EPERM;
	} else if (READ_ONCE(core->relay->state) != AMP_CORE_OFF) {
		/*
		 * The relay may have started the core without us. It would then refuse our start,
		 * but only after the segments have been loaded over the running firmware.
		 */
		dev_err(core->dev, "%s: the core is already on, and was not started by Linux\n",
			core->soc.core);
		return -EBUSY;
	}
	for (i = 0; !ret && i < core->soc.num_regions; i++) {
		const struct amp_region *region = &core->soc.region[i];

		/* Without a va, a virtio device maps its buffers itself, at the dma address. */
		if (region->kind == AMP_REGION_VRING)
			ret = add_carveout(core, region, core->mem + region->offset);
		else if (region->kind == AMP_REGION_BUFFERS)
			ret = add_carveout(core, region, NULL);
	}
	/* remoteproc calls neither unprepare nor anything else after this failure. */
	if (ret) {
		rproc_resource_cleanup(rproc);
		amp_attach_unprepare(core);
	}
	return ret;
}

static int amp_unprepare(struct rproc *rproc)
{
	struct amp_core *core = rproc->priv;

	/* remoteproc does this after a stop, but not after parse_fw failed. Twice does no harm. */
	rproc_resource_cleanup(rproc);
	if (core->quiesce_listed)
		rproc_remove_subdev(rproc, &core->quiesce);
	core->quiesce_listed = false;
	amp_attach_unprepare(core);
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

	/* A second copy is for remoteproc, which fills in what the file leaves open. */
	cached = kmemdup(image.table, image.table_size, GFP_KERNEL);
	if (!cached)
		return -ENOMEM;
	ret = amp_image_fill_table(core, &image, cached);
	image.table = cached;
	if (!ret)
		ret = amp_image_add_carveouts(core, &image);
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
	 * A recovery reads the file again, and it may be another one. Its code may have changed,
	 * but not its resource table: resources have been allocated according to that.
	 */
	ret = amp_image_open(core, fw, &image);
	if (ret)
		return ret;
	if (!amp_table_is_same(core, &image))
		return amp_refuse(core,
				  "has another resource table than when core %s was started: stop and start the core",
				  core->soc.core);
	/* Set here, since remoteproc does not call get_boot_addr in a recovery. */
	rproc->bootaddr = image.entry;

	ret = amp_dump_add_segments(core, &image);
	if (ret)
		return ret;
	add_quiesce(core);
	core->table_da = image.table_da;
	return amp_image_load(core, &image);
}

/*
 * Where the core finds its resource table; NULL if the loaded firmware has none, or if the relay is
 * still to load it: that is made up for in amp_start().
 */
static struct resource_table *amp_loaded_table(struct rproc *rproc, const struct firmware *fw)
{
	struct amp_core *core = rproc->priv;

	return core->table && !core->staged ? core->mem + (core->table_da - core->soc.mem_da) :
					      NULL;
}

/*
 * The journal is the relay's, and version 2 has been checked. remoteproc would warn of an entry
 * that nobody handles.
 */
static int amp_handle_rsc(struct rproc *rproc, u32 type, void *rsc, int offset, int avail)
{
	bool is_table2 = type == AMP_RSC_TABLE2 && avail >= sizeof(u32) &&
			 *(u32 *)rsc == AMP_TABLE2_MAGIC;

	return type == AMP_RSC_JOURNAL || is_table2 ? RSC_HANDLED : RSC_IGNORED;
}

/*
 * remoteproc gets at the firmware region, where the ELF file goes, and at the trace buffer.
 * Everything else (control block, rings, message buffers, heap) is none of an ELF file's business.
 */
static void *amp_da_to_va(struct rproc *rproc, u64 da, size_t len, bool *is_iomem)
{
	struct amp_core *core = rproc->priv;

	/* As the resource table has it: that of a trace buffer. */
	if (!upper_32_bits(da))
		da = amp_table_da(core->soc.mem_da, da);
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

	amp_report_arm(core);
	enable_vqs(core);
	ret = amp_mailbox_request(core, AMP_REQ_START, rproc->bootaddr, rproc->firmware);
	if (ret) {
		disable_vqs(core);
		amp_report_disarm(core);
		return ret;
	}
	amp_stage_publish(core);
	core->powered = true;
	WRITE_ONCE(core->serves, true);
	return 0;
}

/* remoteproc has set up all that the table asks for; what follows are the virtio devices. */
static int amp_attach(struct rproc *rproc)
{
	struct amp_core *core = rproc->priv;
	int ret = amp_dump_add_memory(core);

	if (ret)
		return ret;
	add_quiesce(core);
	amp_attach_publish(core);
	enable_vqs(core);
	core->powered = true;
	WRITE_ONCE(core->serves, true);
	return 0;
}

/* The table is clean again, and so the status of its devices 0: the core shall look. */
static int amp_detach(struct rproc *rproc)
{
	struct amp_core *core = rproc->priv;
	struct amp_rsc2_state *states = amp_table_states(core);

	amp_report_disarm(core);
	disable_vqs(core);
	if (states)
		WRITE_ONCE(states->host, AMP_RSC2_STATE_STOPPED);
	amp_ring_all(core);
	core->powered = false;
	WRITE_ONCE(core->serves, false);
	return 0;
}

static int amp_stop(struct rproc *rproc)
{
	struct amp_core *core = rproc->priv;
	int ret;

	/* A virtio device could not be set up for a core that is being attached to: it stays on. */
	if (rproc->state == RPROC_DETACHED)
		return amp_detach(rproc);
	ret = power_off(core);
	/* quiesce() did not run if a virtio device could not be started. */
	disable_vqs(core);
	if (ret && READ_ONCE(core->removing)) {
		/* After an error remoteproc would keep all resources of a device that goes away. */
		dev_warn(core->dev, "%s: removed although it could not be stopped\n",
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
	if (READ_ONCE(core->serves))
		amp_ring(core, AMP_VECTOR_NOTIFY(notify_id));
	else
		amp_discard(core, notify_id);
}

/*
 * Called between stop and start of a recovery; quiesce() has taken the dump. If the recovery fails
 * from here on (bad or missing firmware, a core that does not start), remoteproc would leave the
 * state "offline", and then refuse to stop the core, so that its resources could never be released.
 * So set the state to "crashed": such a core can be stopped, or recovered once more.
 */
static void amp_coredump(struct rproc *rproc)
{
	rproc->state = RPROC_CRASHED;
}

const struct rproc_ops amp_rproc_ops = {
	.prepare = amp_prepare,
	.unprepare = amp_unprepare,
	.sanity_check = amp_sanity_check,
	.parse_fw = amp_parse_fw,
	.load = amp_load,
	.find_loaded_rsc_table = amp_loaded_table,
	.handle_rsc = amp_handle_rsc,
	.da_to_va = amp_da_to_va,
	.get_loaded_rsc_table = amp_attach_table,
	.start = amp_start,
	.attach = amp_attach,
	.detach = amp_detach,
	.stop = amp_stop,
	.kick = amp_kick,
};

/* To be called once @core->rproc has been allocated with amp_rproc_ops. */
void amp_ops_init(struct amp_core *core)
{
	struct rproc *rproc = core->rproc;

	core->quiesce.start = settled;
	core->quiesce.stop = quiesce;
	/* remoteproc does not export its own functions for these: take them from here. */
	core->framework_coredump = rproc->ops->coredump;
	rproc->ops->coredump = amp_coredump;
	core->framework_crash = rproc->crash_handler.func;
	INIT_WORK(&rproc->crash_handler, amp_report_work);
	/* remoteproc's default is off. sysfs can switch it off again. */
	if (!(core->soc.denied & AMP_VERB_DUMP))
		rproc->dump_conf = RPROC_COREDUMP_ENABLED;
	rproc->sysfs_read_only = amp_is_owned(core);
	rproc_coredump_set_elf_info(rproc, core->soc.elf_class, core->soc.elf_machine);
}
