/* SPDX-License-Identifier: BSD-3-Clause */
/* How a queue begins on a ring, split or packed: what is checked, what it knows, and how a driver zeroes the ring. */
#ifndef AMP_RING_START_H
#define AMP_RING_START_H

#include "ring.h"

#include <string.h>

/* What is wrong with a place for a ring; 0: nothing. More than VIRTQUEUE_MAX_DESC, a power of two, is no uint16_t. */
static inline int vq_check_ring(const struct vring_alloc_info *ring)
{
	uint32_t num = ring->num_descs, align = ring->align;

	if (!ring->vaddr)
		return VQ_START(ERROR_VQUEUE_INVLD_PARAM);
	if (!num || (num & (num - 1)))
		return VQ_START(ERROR_VRING_MAX_DESC);
	/* 8: descriptors are read as 64-bit words */
	if (align < 4 || (align & (align - 1)) || ((uintptr_t)ring->vaddr & ((align - 1) | 7)))
		return VQ_START(ERROR_VRING_ALIGN);
	return VQUEUE_SUCCESS;
}

static inline bool vq_in_noncoherent_memory(const struct virtio_device *device, unsigned int id)
{
	return AMP_WITH_DCACHE && id < device->vrings_num && device->vrings_info && device->vrings_info[id].io &&
	       (device->vrings_info[id].io->mem_flags & AMP_IO_NONCOHERENT);
}

/** A queue that has done nothing yet; its vq_life is the caller's to say. */
static inline void vq_prepare(struct virtqueue *vq, struct virtio_device *device, unsigned int id,
                              const struct vring_alloc_info *ring, bool noncoherent)
{
	vq->vq_dev = device;
	vq->vq_fault = AMP_LINK_OK;
	vq->vq_noncoherent = noncoherent;
	vq->vq_peer_idx = 0;
	vq->vq_mask = ring->num_descs - 1u;
	vq->vq_queue_index = (uint16_t)id;
	vq->vq_nentries = ring->num_descs;
	vq->priv = NULL;
	vq->vq_free_cnt = vq->vq_queued_cnt = 0;
	vq->shm_io = NULL;
	vring_init(&vq->vq_ring, ring->num_descs, ring->vaddr, ring->align);
	vq->vq_desc_head_idx = vq->vq_used_cons_idx = vq->vq_available_idx = 0;
	vq->vq_inuse = true;
}

/** The driver's side of a new ring: zeroed, from its descriptors to the device's mark, and all descriptors free. */
static inline void vq_zero_ring(struct virtqueue *vq, uint16_t *mark)
{
	char *start = (char *)vq->vq_ring.desc, *end = (char *)(mark + 1);

	vq->vq_life = mark;
	(void)amp_vq_wait_let_go(vq);
	/* The mark, a fence, then the rest: a device that has not let go, and reads what is zeroed, finds its mark gone
	 * when it looks afterwards. */
	AMP_SHARED_STORE(mark, 0);
	vq_ring_flush(vq, mark, sizeof(*mark));
	AMP_SHARED_FENCE();
	AMP_SHARED_CLEAR(start, (size_t)(end - start));
	vq_ring_flush(vq, start, (unsigned int)(end - start));
	memset(vq->vq_descx, 0, vq->vq_nentries * sizeof(vq->vq_descx[0]));
	while (vq->vq_free_cnt < vq->vq_nentries) {
		vq->vq_free_cnt++;
		vq->vq_descx[vq->vq_free_cnt - 1].next = vq->vq_free_cnt;
	}
}

#endif /* AMP_RING_START_H */
