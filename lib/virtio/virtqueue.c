// SPDX-License-Identifier: BSD-3-Clause
/* Virtqueues: what both roles share: life, kicks, looking at the other side's index. */
#include "ring_start.h"

#include <metal/alloc.h>
#include <metal/cpu.h>
#include <metal/log.h>
#include <metal/time.h>

/* How many times a driver looks while its clock stands still. */
#define LET_GO_LOOKS 100000

AMP_COLD void amp_vq_fault(struct virtqueue *vq, int reason)
{
	if (!vq->vq_fault)
		vq->vq_fault = (uint8_t)reason;
	/* Nothing waits any more, so that the checks of the hot path are enough to stop. */
	vq->vq_peer_idx = role_is_driver(vq->vq_dev) ? vq->vq_used_cons_idx : vq->vq_available_idx;
}

uint32_t amp_vq_mark_gone(const struct virtqueue *vq)
{
	return vq_mark_gone_inline(vq);
}

void amp_vq_stop(struct virtqueue *vq, int reason)
{
	uint16_t *mark = vq->vq_life;

	amp_vq_fault(vq, reason);
	if (role_is_driver(vq->vq_dev) || host_is_lite(vq) || !vq_mark_stands(vq))
		return;
	/* Release: a driver that sees this zeroes the ring behind all that was stored before, not before it. */
	AMP_SHARED_STORE_RELEASE(mark, VQ_LET_GO);
	vq_ring_flush(vq, mark, sizeof(*mark));
}

metal_weak void amp_vq_stop_sending(struct virtqueue *vq, int reason) __attribute__((__alias__("amp_vq_stop")));

bool amp_vq_look(struct virtqueue *vq)
{
	return !vq->vq_fault && vq_look_inline(vq, role_is_driver(vq->vq_dev));
}

struct virtqueue *virtqueue_allocate(unsigned int num_desc_extra)
{
	struct virtqueue *vq;
	size_t size;

	if (num_desc_extra > VIRTQUEUE_MAX_DESC)
		return NULL;
	size = sizeof(*vq) + num_desc_extra * sizeof(struct vq_desc_extra);
	vq = metal_allocate_memory((unsigned int)size);
	if (vq) {
		memset(vq, 0, size);
		/* So that a transport whose device names the size of rings knows how much room there is. */
		vq->vq_free_cnt = (uint16_t)num_desc_extra;
	}
	return vq;
}

void virtqueue_free(struct virtqueue *vq)
{
	metal_free_memory(vq);
}

void virtqueue_set_shmem_io(struct virtqueue *vq, struct metal_io_region *io)
{
	vq->shm_io = io;
}

/*
 * Driver: the end of a reset, see VQ_IN_USE. The device may be in the middle of a store into the ring; or dead, and
 * then this waits for its time to pass: one time for all rings of a device. Without a clock looks are counted.
 */
uint16_t amp_vq_wait_let_go(struct virtqueue *vq)
{
	const uint16_t *mark = vq->vq_life;
	uint32_t now = (uint32_t)metal_get_timestamp(), last = now, deadline = vq->vq_dev->let_go_deadline;
	unsigned int looks = LET_GO_LOOKS;
	uint16_t is;

	if (!deadline)
		deadline = now + LET_GO_TIMEOUT_NS;
	AMP_SHARED_FENCE(); /* the status that the driver has stored, before the look */
	vq_ring_invalidate(vq, mark, sizeof(*mark));
	is = AMP_SHARED_LOAD_ACQUIRE(mark);
	if (is == VQ_IN_USE && vq->notify)
		vq->notify(vq);
	/* Of the clock the low half: the time is short. */
	while (is == VQ_IN_USE && (int32_t)(deadline - now) > 0 && looks) {
		metal_cpu_yield();
		now = (uint32_t)metal_get_timestamp();
		looks = now == last ? looks - 1 : LET_GO_LOOKS;
		last = now;
		vq_ring_invalidate(vq, mark, sizeof(*mark));
		is = AMP_SHARED_LOAD_ACQUIRE(mark);
	}
	return is;
}

/*
 * The device's side of a ring that the driver has zeroed. If a used index stands in it all the same, nobody but this
 * device can have written it: it was in the middle of giving a buffer back when the driver zeroed the ring, and stored
 * the next index of the old life behind that. Nothing was used in this life yet, so the index is 0.
 */
static int start_device(struct virtqueue *vq)
{
	struct vring_used *used = vq->vq_ring.used;
	uint16_t *mark = vring_mark(&vq->vq_ring);

	vq->vq_life = mark;
	vq_ring_invalidate(vq, used, sizeof(*used));
	vq_ring_invalidate(vq, mark, sizeof(*mark));
	/* A ring that another firmware has handed over is ours as it is; without the mark the driver has reset it
	 * since. */
	if (vq->vq_dev->take_over)
		return AMP_SHARED_LOAD(mark) == VQ_IN_USE ? VQUEUE_SUCCESS : VQ_START(ERROR_EMPTY_RING);
	/* Entries of an earlier life cannot be told from ours: only a driver's reset leads on. */
	if (AMP_SHARED_LOAD(&used->idx) != 0 && AMP_SHARED_LOAD(mark) != 0)
		return VQ_START(ERROR_EMPTY_RING);
	AMP_SHARED_STORE(&used->idx, 0);
	AMP_SHARED_STORE(&used->flags, 0);
	vq_ring_flush(vq, used, sizeof(*used));
	AMP_SHARED_STORE(mark, VQ_IN_USE);
	vq_ring_flush(vq, mark, sizeof(*mark));
	return VQUEUE_SUCCESS;
}

#if AMP_WITH_RPMSG_LITE_HOST
int amp_virtio_rpmsg_lite_host(struct virtio_device *vdev)
{
	if (!vdev || role_is_driver(vdev))
		return -EINVAL;
	vdev->rpmsg_lite_host = true;
	return 0;
}

/*
 * The device's side of a ring of RPMsg-Lite's, which is zeroed by nobody and has no status beside it. In the ring of
 * its send buffers (queue 1) all are used from the start, a ring's worth. What the device gave back is what it had
 * taken, so a new life goes on with what an old one had not given back: messages that that one was handling come again.
 */
static int join_lite_host(struct virtqueue *vq)
{
	struct vring_used *used = vq->vq_ring.used;
	uint16_t used_idx, avail_idx;

	vq_ring_invalidate(vq, used, sizeof(*used));
	used_idx = AMP_SHARED_LOAD(&used->idx);
	avail_idx = vq_peer_idx_now(vq, false);
	vq->vq_used_ahead = vq->vq_queue_index == 1 ? vq->vq_nentries : 0;
	vq->vq_used_cons_idx = (uint16_t)(used_idx - vq->vq_used_ahead);
	vq->vq_available_idx = vq->vq_peer_idx = vq->vq_used_cons_idx;
	/* Zeroes: the host has not started. */
	if ((!used_idx && !avail_idx) || (uint16_t)(avail_idx - vq->vq_available_idx) > vq->vq_nentries)
		return VQ_START(ERROR_EMPTY_RING);
	AMP_SHARED_STORE(&used->flags, 0);
	vq_ring_flush(vq, used, sizeof(*used));
	return VQUEUE_SUCCESS;
}
#endif

int amp_vq_start(struct virtqueue *vq, struct virtio_device *device, unsigned int id,
                 const struct vring_alloc_info *ring)
{
	bool noncoherent = vq_in_noncoherent_memory(device, id);
	int status = vq_check_ring(ring);

	/* No line of the cache holds words of both sides: each would carry its old ones over the other's new ones. */
	if (!status && noncoherent && (((uintptr_t)ring->vaddr | ring->align) & (AMP_ARCH_CACHE_LINE - 1u)))
		status = VQ_START(ERROR_VRING_ALIGN);
	if (status)
		return status;

	vq_prepare(vq, device, id, ring, noncoherent);
	if (AMP_WITH_RPMSG_LITE_HOST)
		vq->vq_used_ahead = 0;

	if (role_is_driver(device))
		vq_zero_ring(vq, vring_mark(&vq->vq_ring));
#if AMP_WITH_RPMSG_LITE_HOST
	else if (device->rpmsg_lite_host)
		return join_lite_host(vq);
#endif
	else
		return start_device(vq);
	return VQUEUE_SUCCESS;
}

int virtqueue_create(struct virtio_device *device, unsigned short id, const char *name, struct vring_alloc_info *ring,
                     void (*callback)(struct virtqueue *vq), void (*notify)(struct virtqueue *vq), struct virtqueue *vq)
{
	if (!device || !ring || !vq)
		return ERROR_VQUEUE_INVLD_PARAM;
	vq->vq_name = name;
	vq->callback = callback;
	vq->notify = notify;
	return VQ_START_ERROR(amp_vq_start(vq, device, id, ring));
}

void virtqueue_kick(struct virtqueue *vq)
{
	bool driver = role_is_driver(vq->vq_dev);

	if (driver)
		vq->vq_queued_cnt = 0;
	if (vq_wants_kick(vq, driver) && vq->notify)
		vq->notify(vq);
}

void virtqueue_notification(struct virtqueue *vq)
{
	if (vq->callback)
		vq->callback(vq);
}

void virtqueue_disable_cb(struct virtqueue *vq)
{
	vq_set_no_notify(vq, true, role_is_driver(vq->vq_dev));
}

int virtqueue_enable_cb(struct virtqueue *vq)
{
	vq_set_no_notify(vq, false, role_is_driver(vq->vq_dev));
	/*
	 * Without the fence our look below could be done before the other side can see the flag, and what it publishes
	 * in between would be neither seen here nor kicked for.
	 */
	AMP_SHARED_FENCE();
	return amp_vq_look(vq);
}

void *virtqueue_get_buffer_addr(struct virtqueue *vq, uint16_t idx)
{
	struct vring_desc desc;
	char *va;

	if (idx >= vq->vq_nentries || !vq->shm_io)
		return NULL;
	vq_read_desc(vq, idx, &desc);
	return vq_buffer_va(vq->shm_io, desc.addr, desc.len, &va) ? va : NULL;
}

uint32_t virtqueue_get_buffer_length(struct virtqueue *vq, uint16_t idx)
{
	const uint32_t *len = &vq->vq_ring.desc[idx].len;

	if (idx >= vq->vq_nentries)
		return 0;
	vq_ring_invalidate(vq, len, sizeof(*len));
	return AMP_SHARED_LOAD(len);
}

uint32_t virtqueue_get_desc_size(struct virtqueue *vq)
{
	uint32_t id;

	if (!amp_vq_look(vq))
		return 0;
	if (role_is_driver(vq->vq_dev)) {
		const uint32_t *word = &vq->vq_ring.used->ring[vq->vq_used_cons_idx & vq->vq_mask].id;

		vq_ring_invalidate(vq, word, sizeof(*word));
		id = AMP_SHARED_LOAD(word);
	} else {
		const uint16_t *word = &vq->vq_ring.avail->ring[vq->vq_available_idx & vq->vq_mask];

		vq_ring_invalidate(vq, word, sizeof(*word));
		id = AMP_SHARED_LOAD(word);
	}
	return id < vq->vq_nentries ? virtqueue_get_buffer_length(vq, (uint16_t)id) : 0;
}

void virtqueue_dump(struct virtqueue *vq)
{
	metal_log(
		METAL_LOG_DEBUG,
		"virtqueue %s: %u descriptors, %u free, avail %u (ring %u), used %u (ring %u), flags %x/%x, fault %u\n",
		vq->vq_name ? vq->vq_name : "?", vq->vq_nentries, vq->vq_free_cnt, vq->vq_available_idx,
		AMP_SHARED_LOAD(&vq->vq_ring.avail->idx), vq->vq_used_cons_idx, AMP_SHARED_LOAD(&vq->vq_ring.used->idx),
		AMP_SHARED_LOAD(&vq->vq_ring.avail->flags), AMP_SHARED_LOAD(&vq->vq_ring.used->flags), vq->vq_fault);
}
