// SPDX-License-Identifier: GPL-2.0-only
/*
 * Crash reports of the relay, and what goes into a dump.
 */

#include <linux/slab.h>
#include <linux/string.h>

#include "amprelay_rproc.h"

static const char * const detector_names[] = {
	[AMP_DETECTOR_NONE] = "nobody in particular",
	[AMP_DETECTOR_FAULT_HANDLER] = "its fault handler",
	[AMP_DETECTOR_EXIT] = "the end of its process",
	[AMP_DETECTOR_WATCHDOG] = "the watchdog",
	[AMP_DETECTOR_HEARTBEAT] = "the missing heartbeat",
};

/* Takes the reports up to this one as seen. Caller holds report_lock. */
static void acknowledge(struct amp_core *core, u32 seq)
{
	core->report_seen = seq;
	WRITE_ONCE(core->said.report_ack, seq);
	WRITE_ONCE(core->host->report_ack, seq);
}

/**
 * amp_crash_arm() - the core is about to be started
 * @core: the core, which is off
 *
 * What has been reported until now was about former lives.
 */
void amp_crash_arm(struct amp_core *core)
{
	mutex_lock(&core->report_lock);
	acknowledge(core, READ_ONCE(core->relay->report_seq));
	core->armed = true;
	core->reported = false;
	core->life++;
	mutex_unlock(&core->report_lock);
}

/**
 * amp_crash_disarm() - the core is about to be stopped, or did not start
 * @core: the core
 *
 * A report that remoteproc got now would be taken for one about the next life, and stop a sound
 * core.
 */
void amp_crash_disarm(struct amp_core *core)
{
	mutex_lock(&core->report_lock);
	core->armed = false;
	mutex_unlock(&core->report_lock);
}

/* Copies the relay's section so that a report in it is whole: its number is stored last. */
static void take_snapshot(const struct amp_core *core, struct amp_relay *copy)
{
	int tries = 3;
	u32 seq;

	/*
	 * A relay that writes without end is not one to wait for: whatever was copied is checked
	 * like anything else.
	 */
	do {
		seq = READ_ONCE(core->relay->report_seq);
		dma_rmb();
		memcpy(copy, core->relay, sizeof(*copy));
		dma_rmb();
	} while (seq != READ_ONCE(core->relay->report_seq) && --tries);
	copy->report_seq = seq;
}

static void print_place(struct amp_core *core, const char *what, u32 address, const char *symbol)
{
	char text[AMP_SYMBOL_LEN];

	if (!address)
		return;
	amp_copy_text(text, symbol, sizeof(text));
	dev_err(&core->rproc->dev, "%s: %s %#010x %s\n", core->soc.core, what, address, text);
}

/* The core's own account, if it could still give one, for the life that the report is about. */
static void print_remote(struct amp_core *core, u32 epoch)
{
	struct device *dev = &core->rproc->dev;
	const char *name = core->soc.core;
	struct amp_remote *copy = &core->record;

	memcpy(copy, core->remote, sizeof(*copy));

	if (copy->build_id_len > 0 && copy->build_id_len <= AMP_BUILD_ID_LEN)
		dev_err(dev, "%s: firmware build id %*phN\n", name, copy->build_id_len,
			copy->build_id);
	if (!copy->crash.magic)
		dev_err(dev, "%s: it left no crash record\n", name);
	else if (copy->crash.magic != AMP_CRASH_MAGIC)
		dev_err(dev, "%s: crash record ignored: magic is %#x\n", name, copy->crash.magic);
	else if (copy->crash.epoch != epoch)
		dev_err(dev, "%s: crash record ignored: it is about life %u, this was %u\n", name,
			copy->crash.epoch, epoch);
	else
		amp_print_record(core, &copy->crash);
}

static void print_report(struct amp_core *core, const struct amp_relay *report)
{
	unsigned int detector = report->report_detector;
	char text[AMP_TEXT_LEN];

	if (detector >= ARRAY_SIZE(detector_names))
		detector = AMP_DETECTOR_NONE;
	amp_copy_text(text, report->report_text, sizeof(text));
	dev_err(&core->rproc->dev, "%s crashed in life %u: %s; noticed by %s\n", core->soc.core,
		report->epoch, text[0] ? text : "no reason given", detector_names[detector]);
	print_place(core, "pc", report->report_pc, report->report_pc_sym);
	print_place(core, "lr", report->report_lr, report->report_lr_sym);
	print_remote(core, report->epoch);
}

static enum rproc_crash_type crash_type(u32 report_type)
{
	switch (report_type) {
	case AMP_REPORT_WATCHDOG:
		return RPROC_WATCHDOG;
	case AMP_REPORT_MMUFAULT:
		return RPROC_MMUFAULT;
	default:
		return RPROC_FATAL_ERROR;
	}
}

/* Takes a report. Caller holds report_lock. */
static void take_report(struct amp_core *core)
{
	struct amp_relay *report = &core->report;

	take_snapshot(core, report);
	if (!core->armed || report->report_seq == core->report_seen) {
		dev_dbg(core->dev, "crash report %u is about a former life\n", report->report_seq);
		return;
	}
	print_report(core, report);
	/*
	 * Once in a life: a second one, given while remoteproc handles the first, would be handled
	 * after the recovery and hit the new life.
	 */
	if (core->reported)
		return;
	core->reported = true;
	core->queued = true;
	core->queued_life = core->life;
	rproc_report_crash(core->rproc, crash_type(report->report_type));
}

/**
 * amp_crash_look() - take a crash report if there is a new one
 * @core: the core
 *
 * Needs no memory: a report that is not taken leaves a dead core that is said to run. It is
 * acknowledged each time, new or not, since the core may have written over that, and the relay
 * rings until it finds it.
 *
 * Context: task; may sleep.
 */
void amp_crash_look(struct amp_core *core)
{
	mutex_lock(&core->report_lock);
	core->report.report_seq = core->report_seen;
	if (READ_ONCE(core->relay->report_seq) != core->report_seen)
		take_report(core);
	acknowledge(core, core->report.report_seq);
	mutex_unlock(&core->report_lock);
}

/**
 * amp_crash_work() - handle a crash, in front of remoteproc's own function for it
 * @work: the rproc's crash_handler
 *
 * The work may have waited for the rproc's lock while somebody stopped the core and started it
 * again. remoteproc does not notice, and restarts a core that is sound: so look which life it was
 * about. A crash that was not reported by us (debugfs) is about the present one.
 */
void amp_crash_work(struct work_struct *work)
{
	struct rproc *rproc = container_of(work, struct rproc, crash_handler);
	struct amp_core *core = rproc->priv;
	bool stale;

	mutex_lock(&rproc->lock);
	mutex_lock(&core->report_lock);
	stale = core->queued && core->queued_life != core->life;
	core->queued = false;
	/* Queued again meanwhile: that is handled here and now. */
	if (cancel_work(work))
		pm_relax(rproc->dev.parent);
	mutex_unlock(&core->report_lock);
	/* Between this lock and remoteproc's nobody may start another life: amp_prepare(). */
	WRITE_ONCE(core->recovering, !stale);
	mutex_unlock(&rproc->lock);

	if (stale) {
		dev_info(&rproc->dev, "%s has been started again since it crashed\n",
			 core->soc.core);
		pm_relax(rproc->dev.parent);
		return;
	}
	core->framework_crash(work);
	WRITE_ONCE(core->recovering, false);
}

/**
 * amp_crash_end() - no crash is handled any more
 * @core: the core, which is off for good
 */
void amp_crash_end(struct amp_core *core)
{
	amp_crash_disarm(core);
	if (cancel_work_sync(&core->rproc->crash_handler))
		pm_relax(core->rproc->dev.parent);
}

/* The control block is nothing that rproc_da_to_va() gives away. */
static void dump_remote(struct rproc *rproc, struct rproc_dump_segment *segment, void *dest,
			size_t offset, size_t size)
{
	struct amp_core *core = rproc->priv;

	memcpy(dest, core->mem + AMP_REMOTE_OFFSET + offset, size);
}

static void drop_segments(struct rproc *rproc)
{
	struct rproc_dump_segment *segment, *next;

	list_for_each_entry_safe(segment, next, &rproc->dump_segments, node) {
		list_del(&segment->node);
		kfree(segment);
	}
}

/**
 * amp_crash_add_segments() - register what a dump of this firmware consists of
 * @core: the core
 * @image: the firmware
 *
 * All that the firmware's segments occupy in memory (code, data, zeroed data, stacks), the trace
 * buffer, and the core's section of the control block with its crash record. Called for each life,
 * as the firmware may differ.
 *
 * Return: 0 or -ENOMEM; remoteproc frees what was registered.
 */
int amp_crash_add_segments(struct amp_core *core, const struct amp_image *image)
{
	struct rproc *rproc = core->rproc;
	u64 da, end = 0;
	unsigned int i;
	int ret = 0;

	drop_segments(rproc);
	while (!ret && amp_image_piece(image, end, &da, &end))
		ret = rproc_coredump_add_segment(rproc, da, end - da);
	for (i = 0; !ret && i < core->soc.num_regions; i++) {
		const struct amp_region *region = &core->soc.region[i];

		if (region->kind == AMP_REGION_TRACE)
			ret = rproc_coredump_add_segment(rproc, amp_region_da(core, region),
							 region->size);
	}
	if (!ret)
		ret = rproc_coredump_add_custom_segment(rproc, core->soc.mem_da + AMP_REMOTE_OFFSET,
							sizeof(struct amp_remote), dump_remote,
							NULL);
	return ret;
}
