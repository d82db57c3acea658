// SPDX-License-Identifier: GPL-2.0-only
/*
 * A core that was on before Linux, or before this Linux: attached to, and left running.
 *
 * Nothing is known of the firmware but where its resource table is, which the relay tells. The
 * table that remoteproc works with until the core is attached to is a copy that was checked; only
 * then does the core's own get what Linux has filled in.
 */

#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/virtio_ring.h>

#include "amprelay_rproc.h"

/* The mark of a device behind a ring that it uses: WIRE.md, section 10. */
#define RING_IN_USE 0xa301
/* How long a core may take to let go of its rings, and how often it is looked at. */
#define LET_GO_US      100000
#define LET_GO_LOOK_US 100

/**
 * amp_attach_prepare() - become the host of a core that runs
 * @core: the core
 *
 * If it does not run any more, it is powered off and left to be started, unless it is another's.
 *
 * Return: 0 or as amp_mailbox_request().
 */
int amp_attach_prepare(struct amp_core *core)
{
	int ret;

	/* remoteproc frees what this points to if attaching fails, even if it did so before. */
	core->rproc->clean_table = NULL;
	amp_report_arm(core);
	ret = amp_mailbox_request(core, AMP_REQ_ATTACH, 0, "");
	if (!ret) {
		core->attached = true;
		return 0;
	}
	amp_report_disarm(core);
	if (!amp_is_owned(core) && !amp_mailbox_can_attach(core) &&
	    !amp_mailbox_request(core, AMP_REQ_RESET, 0, ""))
		core->rproc->state = RPROC_OFFLINE;
	return ret;
}

/**
 * amp_attach_unprepare() - leave a core to itself
 * @core: the core; nothing happens if Linux has started it, or has stopped it
 */
void amp_attach_unprepare(struct amp_core *core)
{
	kfree(core->attach_table);
	core->attach_table = NULL;
	if (!core->attached)
		return;
	amp_report_disarm(core);
	amp_mailbox_request(core, AMP_REQ_DETACH, 0, "");
	core->attached = false;
}

static bool uses_ring(const struct amp_core *core, unsigned int vdev, unsigned int nr,
		      const struct fw_rsc_vdev_vring *rsc)
{
	const struct amp_region *region = amp_region_vring(core, vdev, nr);
	struct vring vring;

	if (!region || !rsc->num)
		return false;
	vring_init(&vring, rsc->num, core->mem + region->offset, rsc->align);
	return le16_to_cpu(READ_ONCE(*(__le16 *)&vring.used->ring[rsc->num])) == RING_IN_USE;
}

static bool uses_rings(const struct amp_core *core, const struct amp_image *image)
{
	const struct fw_rsc_vdev *rsc;
	unsigned int vdev, nr;
	size_t offset = 0;

	for (vdev = 0; (rsc = amp_table_next_vdev(image, &offset)); vdev++)
		for (nr = 0; nr < RVDEV_NUM_VRINGS; nr++)
			if (uses_ring(core, vdev, nr, &rsc->vring[nr]))
				return true;
	return false;
}

/*
 * The virtio devices' reset: status 0, and a kick. A core whose last host has gone without a word
 * still uses the rings, which Linux is about to write over. A firmware that does not know of the
 * mark says nothing, and is not waited for.
 * @loaded: the core's own table
 */
static void reset_vdevs(struct amp_core *core, const struct amp_image *image, void *loaded)
{
	const struct fw_rsc_vdev *rsc;
	size_t offset = 0;
	ktime_t limit;
	bool in_use;

	while ((rsc = amp_table_next_vdev(image, &offset))) {
		struct fw_rsc_vdev *live = amp_table_at(image, rsc, loaded);

		WRITE_ONCE(live->status, 0);
	}
	/* The kick must not be seen before the status. */
	mb();
	amp_ring_all(core);
	limit = ktime_add_us(ktime_get(), LET_GO_US);
	while ((in_use = uses_rings(core, image)) && ktime_before(ktime_get(), limit))
		usleep_range(LET_GO_LOOK_US, 2 * LET_GO_LOOK_US);
	if (in_use)
		dev_warn(core->dev, "%s: it does not let go of its rings; going on without\n",
			 core->soc.core);
}

/**
 * amp_attach_table() - the resource table of the core that is being attached to
 * @rproc: the core's
 * @size: its bytes
 *
 * Return: a checked copy, which stays this driver's; NULL if the firmware has no table; or an error
 * after a message.
 */
struct resource_table *amp_attach_table(struct rproc *rproc, size_t *size)
{
	struct amp_core *core = rproc->priv;
	u64 da = READ_ONCE(core->relay->table_da);
	u32 len = READ_ONCE(core->relay->table_size);
	struct amp_image image = { .table_size = len, .table_da = da };
	void *loaded;
	int ret;

	*size = 0;
	if (!da)
		return NULL;
	if (!amp_table_fits(core, da, len)) {
		dev_err(&rproc->dev,
			"the resource table of core %s is said to be at %#llx + %#x: misaligned, too large, or outside its firmware memory\n",
			core->soc.core, da, len);
		return ERR_PTR(-EINVAL);
	}
	loaded = core->mem + (da - core->soc.mem_da);
	kfree(core->table);
	core->table = kmemdup(loaded, len, GFP_KERNEL);
	if (!core->table)
		return ERR_PTR(-ENOMEM);
	core->table_size = len;
	core->table_da = da;
	image.table = core->table;
	if (amp_image_check_table(core, &image))
		return ERR_PTR(-EINVAL);
	reset_vdevs(core, &image, loaded);
	amp_table_clean(&image, core->table);

	kfree(core->attach_table);
	core->attach_table = kmemdup(core->table, len, GFP_KERNEL);
	if (!core->attach_table)
		return ERR_PTR(-ENOMEM);
	ret = amp_image_fill_table(core, &image, core->attach_table);
	image.table = core->attach_table;
	if (!ret)
		ret = amp_image_add_carveouts(core, &image);
	if (ret)
		return ERR_PTR(ret);
	*size = len;
	return core->attach_table;
}

/**
 * amp_attach_end_links() - have a core that is attached to let go of its rings
 * @core: the core
 *
 * It gives no buffer back any more, so that this driver can stand in for it: discard.c.
 */
void amp_attach_end_links(struct amp_core *core)
{
	struct amp_image image = { .table = core->table, .table_size = core->table_size };

	if (core->table)
		reset_vdevs(core, &image, core->mem + (core->table_da - core->soc.mem_da));
}

/**
 * amp_attach_publish() - write to the core's table what remoteproc has filled in
 * @core: the core
 *
 * From here on remoteproc works with the core's own table, as with that of a core that it started.
 */
void amp_attach_publish(struct amp_core *core)
{
	void *loaded = core->mem + (core->table_da - core->soc.mem_da);

	if (!core->attach_table)
		return;
	amp_table_publish(core, core->attach_table);
	core->rproc->table_ptr = loaded;
	kfree(core->attach_table);
	core->attach_table = NULL;
}
