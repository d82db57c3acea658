// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages to a core that is off, or does not use its rings: taken and thrown away.
 *
 * When all message buffers are in use, virtio_rpmsg_bus makes a sender wait for up to 15 s, and
 * the removal of its channel waits for the sender. A dead core never gives a buffer back, so a
 * single busy sender would delay a recovery by 15 s, and a stop or rmmod as well. Nor does a core
 * that has let go of its rings, since Linux is about to detach from it. Therefore, from that
 * moment until its virtqueues are gone, the driver stands in for it: it uses up at once whatever
 * is sent.
 *
 * There is no other way with the Linux of today. A sender looks for a used buffer and for nothing
 * else, however often it is woken; in a queue that is broken (virtio_break_device()) it finds none.
 */

#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ids.h>
#include <linux/virtio_ring.h>

#include "amprelay_rproc.h"

/* The second queue of an rpmsg vdev carries messages to the core. */
#define RPMSG_TX 1

static const struct amp_region *vring_region(const struct amp_core *core, unsigned int notify_id)
{
	unsigned int i;

	for (i = 0; i < core->soc.num_regions; i++)
		if (core->soc.region[i].kind == AMP_REGION_VRING &&
		    core->soc.region[i].arg == notify_id)
			return &core->soc.region[i];
	return NULL;
}

/**
 * amp_discard() - use up what has been sent on a queue
 * @core: the core, which does not use its rings
 * @notify_id: any queue's id; nothing happens if the queue does not carry messages to the core
 *
 * The core may have left the ring in any state; one that makes no sense is left alone. If the core
 * had returned buffers out of order, virtio finds one used twice and declares the queue broken, as
 * it would if the core itself had done it.
 *
 * Context: any, while the queue exists.
 *
 * Return: true if the queue carries messages to the core.
 */
bool amp_discard(struct amp_core *core, unsigned int notify_id)
{
	const struct amp_region *region = vring_region(core, notify_id);
	struct rproc_vring *rvring = idr_find(&core->rproc->notifyids, notify_id);
	struct virtio_device *vdev;
	unsigned long flags;
	struct vring vring;
	u16 used, avail;

	if (!region || !rvring || !rvring->vq || rvring->rvdev->id != VIRTIO_ID_RPMSG ||
	    rvring != &rvring->rvdev->vring[RPMSG_TX])
		return false;
	vdev = rvring->vq->vdev;
	vring_init(&vring, rvring->num, core->mem + region->offset, rvring->align);

	spin_lock_irqsave(&core->discard_lock, flags);
	/* Whatever the core had asked for, notify us of each message from now on. */
	WRITE_ONCE(vring.used->flags, 0);
	used = virtio16_to_cpu(vdev, READ_ONCE(vring.used->idx));
	avail = virtio16_to_cpu(vdev, READ_ONCE(vring.avail->idx));
	if ((u16)(avail - used) <= vring.num) {
		for (; used != avail; used++) {
			unsigned int slot = used % vring.num;
			u16 head = virtio16_to_cpu(vdev, READ_ONCE(vring.avail->ring[slot]));

			WRITE_ONCE(vring.used->ring[slot].id, cpu_to_virtio32(vdev, head));
			WRITE_ONCE(vring.used->ring[slot].len, 0);
		}
		/* A sender that sees the new index must not read old entries. */
		dma_wmb();
		WRITE_ONCE(vring.used->idx, cpu_to_virtio16(vdev, used));
	}
	spin_unlock_irqrestore(&core->discard_lock, flags);
	return true;
}
