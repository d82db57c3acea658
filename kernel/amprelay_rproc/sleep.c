// SPDX-License-Identifier: GPL-2.0-only
/*
 * A core that sleeps, and one whose firmware has been swapped: what Linux and its applications see
 * and do about that, in sysfs below the device.
 *
 *   suspended      1 or 0; writing it suspends the core or has it go on
 *   swaps          how often another firmware has taken the core over, under traffic, since the lab
 *                  is up. Can be waited for with poll(); a uevent comes with each
 *   states/remote  what the core says of itself in version 2 of its resource table
 *   states/cause   why it has crashed, a number of its own; 0: it has not
 *   states/host    what it is told of Linux there
 */

#include <linux/kobject.h>
#include <linux/kstrtox.h>
#include <linux/sysfs.h>

#include "amprelay_rproc.h"

static bool is_ours(const struct rproc *rproc)
{
	return rproc->state == RPROC_RUNNING || rproc->state == RPROC_ATTACHED;
}

static ssize_t suspended_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct amp_core *core = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", !!READ_ONCE(core->relay->suspended));
}

static ssize_t suspended_store(struct device *dev, struct device_attribute *attr, const char *buf,
			       size_t count)
{
	struct amp_core *core = dev_get_drvdata(dev);
	struct rproc *rproc = core->rproc;
	bool suspend;
	int ret;

	ret = kstrtobool(buf, &suspend);
	if (ret)
		return ret;
	ret = mutex_lock_interruptible(&rproc->lock);
	if (ret)
		return ret;
	if (is_ours(rproc)) {
		ret = amp_mailbox_request(core, suspend ? AMP_REQ_SUSPEND : AMP_REQ_RESUME, 0, "");
	} else {
		dev_err(dev, "%s: only a core that runs, and is this Linux's, can be %s\n",
			core->soc.core, suspend ? "suspended" : "resumed");
		ret = -EINVAL;
	}
	mutex_unlock(&rproc->lock);
	return ret ?: count;
}
static DEVICE_ATTR_RW(suspended);

static ssize_t swaps_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct amp_core *core = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(core->relay->swaps));
}
static DEVICE_ATTR_RO(swaps);

static struct attribute *sleep_attrs[] = { &dev_attr_suspended.attr, &dev_attr_swaps.attr, NULL };

const struct attribute_group amp_sleep_group = { .attrs = sleep_attrs };

/**
 * amp_swap_look() - has another firmware taken over?
 * @core: the core
 *
 * Nothing else changes for Linux: its channels and their counterparts are the same. Whoever wants
 * to know is told.
 *
 * Context: task; may sleep.
 */
void amp_swap_look(struct amp_core *core)
{
	char event[] = "AMPRELAY_EVENT=swapped";
	char *env[2] = { event };
	u32 swaps = READ_ONCE(core->relay->swaps);

	if (swaps == core->swaps)
		return;
	core->swaps = swaps;
	dev_info(core->dev,
		 "%s: another firmware has taken over; should it crash, %s is started in its stead\n",
		 core->soc.core, core->rproc->firmware);
	kobject_uevent_env(&core->dev->kobj, KOBJ_CHANGE, env);
	sysfs_notify(&core->dev->kobj, NULL, "swaps");
}

/* What both processors say of themselves; "unknown" if there is no table of version 2. */
struct state_attr {
	struct device_attribute attr;
	size_t member;
};

static ssize_t state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	static const char * const name[AMP_RSC2_STATES] = {
		"off", "starting", "running", "stopped", "crashed", "suspended",
	};
	struct amp_core *core = dev_get_drvdata(dev);
	size_t member = container_of(attr, struct state_attr, attr)->member;
	const struct amp_rsc2_state *live;
	u32 value = AMP_RSC2_STATES;
	int ret;

	ret = mutex_lock_interruptible(&core->rproc->lock);
	if (ret)
		return ret;
	live = amp_table_states(core);
	if (live)
		value = READ_ONCE(*(const u32 *)((const void *)live + member));
	mutex_unlock(&core->rproc->lock);
	if (live && member == offsetof(struct amp_rsc2_state, cause))
		return sysfs_emit(buf, "%u\n", value);
	return sysfs_emit(buf, "%s\n", value < AMP_RSC2_STATES ? name[value] : "unknown");
}

static struct state_attr states[] = {
	{ __ATTR(remote, 0444, state_show, NULL), offsetof(struct amp_rsc2_state, remote) },
	{ __ATTR(cause, 0444, state_show, NULL), offsetof(struct amp_rsc2_state, cause) },
	{ __ATTR(host, 0444, state_show, NULL), offsetof(struct amp_rsc2_state, host) },
};

static struct attribute *states_attrs[] = {
	&states[0].attr.attr, &states[1].attr.attr, &states[2].attr.attr, NULL,
};

const struct attribute_group amp_states_group = { .name = "states", .attrs = states_attrs };
