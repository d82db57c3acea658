// SPDX-License-Identifier: GPL-2.0-only
/*
 * Crash reports of the relay: printed, and passed on to remoteproc.
 */

#include <linux/slab.h>
#include <linux/string.h>

#include "amprelay_rproc.h"

#define DETECTOR(number, id, name, words) words,

static const char * const detectors[] = { AMP_DETECTORS(DETECTOR) };

/* Counts the reports up to this one as seen. */
static void acknowledge(struct amp_core *core, u32 seq)
{
	lockdep_assert_held(&core->report_lock);
	core->report_seen = seq;
	WRITE_ONCE(core->said.report_ack, seq);
	WRITE_ONCE(core->host->report_ack, seq);
}

/**
 * amp_report_arm() - the core is about to be started
 * @core: the core, which is off
 *
 * Whatever has been reported until now was about former lives.
 */
void amp_report_arm(struct amp_core *core)
{
	mutex_lock(&core->report_lock);
	acknowledge(core, READ_ONCE(core->relay->report_seq));
	core->armed = true;
	core->reported = false;
	core->life++;
	mutex_unlock(&core->report_lock);
}

/**
 * amp_report_disarm() - the core is about to be stopped, or did not start
 * @core: the core
 *
 * If remoteproc got a report now, it would take it for one about the next life, and stop a sound
 * core.
 */
void amp_report_disarm(struct amp_core *core)
{
	mutex_lock(&core->report_lock);
	core->armed = false;
	mutex_unlock(&core->report_lock);
}

/* Copies the relay's section. Its number was stored last, so a report in the copy is complete. */
static void take_snapshot(const struct amp_core *core, struct amp_relay *copy)
{
	int tries = 3;
	u32 seq;

	/*
	 * Do not wait for a relay that never stops writing: what was copied is checked anyway,
	 * complete or not.
	 */
	do {
		seq = READ_ONCE(core->relay->report_seq);
		dma_rmb();
		memcpy(copy, core->relay, sizeof(*copy));
		dma_rmb();
	} while (seq != READ_ONCE(core->relay->report_seq) && --tries);
	copy->report_seq = seq;
}

static void print_place(struct amp_core *core, const char *what, u64 address, const char *symbol)
{
	char text[AMP_SYMBOL_LEN];

	if (!address)
		return;
	amp_copy_text(text, symbol, sizeof(text));
	dev_err(&core->rproc->dev, "%s: %s %#010llx %s\n", core->soc.core, what, address, text);
}

/* Prints the core's own crash record, if it left one in the life that the report is about. */
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
		amp_crash_print(core, &copy->crash);
}

static void print_report(struct amp_core *core, const struct amp_relay *report)
{
	unsigned int detector = report->report_detector;
	char text[AMP_TEXT_LEN];

	if (detector >= ARRAY_SIZE(detectors))
		detector = AMP_DETECTOR_NONE;
	amp_copy_text(text, report->report_text, sizeof(text));
	dev_err(&core->rproc->dev, "%s crashed in life %u: %s; noticed by %s\n", core->soc.core,
		report->epoch, text[0] ? text : "no reason given", detectors[detector]);
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

static void take_report(struct amp_core *core)
{
	struct amp_relay *report = &core->report;

	lockdep_assert_held(&core->report_lock);
	take_snapshot(core, report);
	if (!core->armed || report->report_seq == core->report_seen) {
		dev_dbg(core->dev, "crash report %u is about a former life\n", report->report_seq);
		return;
	}
	print_report(core, report);
	/*
	 * Once in a life: remoteproc would handle a second one after the recovery from the first,
	 * and stop the new life.
	 */
	if (core->reported)
		return;
	core->reported = true;
	core->queued = true;
	core->queued_life = core->life;
	rproc_report_crash(core->rproc, crash_type(report->report_type));
}

/**
 * amp_report_look() - take a crash report if there is a new one
 * @core: the core
 *
 * Allocates nothing: a report that is lost would leave Linux believing that a dead core runs. The
 * last report is acknowledged each time, new or not: the core may have overwritten what we wrote
 * the last time, and the relay rings until it finds it.
 *
 * Context: task; may sleep.
 */
void amp_report_look(struct amp_core *core)
{
	mutex_lock(&core->report_lock);
	core->report.report_seq = core->report_seen;
	if (READ_ONCE(core->relay->report_seq) != core->report_seen)
		take_report(core);
	acknowledge(core, core->report.report_seq);
	mutex_unlock(&core->report_lock);
}

/*
 * A core of another's has crashed, and is started again by its owner as soon as Linux has let go of
 * it. Not by remoteproc's own RPROC_FEAT_ATTACH_ON_RECOVERY: in Linux 6.1 that frees the clean
 * table twice and goes on with a copy of the core's table; and if it fails, the rproc can be
 * neither attached to nor detached from any more.
 */
static void reattach(struct amp_core *core)
{
	struct rproc *rproc = core->rproc;
	unsigned int users = 0;
	int ret;

	dev_err(&rproc->dev, "handling crash #%u in %s: its owner starts it again\n",
		++rproc->crash_cnt, rproc->name);
	do {
		ret = rproc_detach(rproc);
		users++;
	} while (!ret && rproc->state == RPROC_ATTACHED);
	while (!ret && users--)
		ret = rproc_boot(rproc);
	if (ret)
		dev_err(&rproc->dev, "%s: Linux has not attached to it again: %d\n",
			core->soc.core, ret);
}

/**
 * amp_report_work() - handle a crash, unless it is about a former life
 * @work: the rproc's crash_handler; runs this in place of remoteproc's own function
 *
 * While the work waited for the rproc's lock, somebody may have stopped the core and started it
 * again. remoteproc does not notice that, and would restart a sound core. So this function looks
 * which life crashed before it calls remoteproc's own. A crash that was not reported by us (but
 * through debugfs) is about the present life.
 */
void amp_report_work(struct work_struct *work)
{
	struct rproc *rproc = container_of(work, struct rproc, crash_handler);
	struct amp_core *core = rproc->priv;
	bool stale, refused;

	mutex_lock(&rproc->lock);
	mutex_lock(&core->report_lock);
	refused = !core->queued && core->soc.denied & AMP_VERB_DEBUG;
	stale = core->queued && core->queued_life != core->life;
	core->queued = false;
	/* If it has been queued again meanwhile, this run handles that too. */
	if (cancel_work(work))
		pm_relax(rproc->dev.parent);
	mutex_unlock(&core->report_lock);
	/* Until remoteproc has the lock, amp_prepare() keeps others from starting another life. */
	WRITE_ONCE(core->recovering, !stale && !refused && !amp_is_owned(core));
	mutex_unlock(&rproc->lock);

	if (stale || refused || amp_is_owned(core)) {
		if (refused)
			dev_warn(&rproc->dev, "%s: its owner does not let Linux debug it\n",
				 core->soc.core);
		else if (stale)
			dev_info(&rproc->dev, "%s has been started again since it crashed\n",
				 core->soc.core);
		else
			reattach(core);
		pm_relax(rproc->dev.parent);
		return;
	}
	core->framework_crash(work);
	WRITE_ONCE(core->recovering, false);
}

/**
 * amp_report_end() - handle no more crashes
 * @core: the core, which is off for good
 */
void amp_report_end(struct amp_core *core)
{
	amp_report_disarm(core);
	if (cancel_work_sync(&core->rproc->crash_handler))
		pm_relax(core->rproc->dev.parent);
}
