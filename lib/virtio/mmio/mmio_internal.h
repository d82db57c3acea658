/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the virtio-mmio transport share: registers, and what is kept for each queue. */
#ifndef AMP_MMIO_INTERNAL_H
#define AMP_MMIO_INTERNAL_H

#include <openamp/virtio_mmio.h>

#include <metal/utilities.h>

enum {
	MMIO_LEGACY = 1,
	MMIO_MODERN = 2,
};

/** One queue. Stays through resets, so that its ring is allocated once. */
struct amp_mmio_queue {
	struct amp_mmio_queue *next;
	struct virtqueue *vq;
	unsigned int idx;
	bool started;  /**< the device knows the ring */
	bool own_ring; /**< allocated with mmops */
	uint16_t room; /**< descriptors that the application's vq has room for */
	struct vring_alloc_info ring;
	size_t ring_size;
	void (*cb)(void *arg); /**< of virtio_mmio_setup_virtqueue() */
	void *cb_arg;
};

static inline struct virtio_mmio_device *to_vmdev(struct virtio_device *vdev)
{
	return metal_container_of(vdev, struct virtio_mmio_device, vdev);
}

static inline uint32_t mmio_read(struct virtio_mmio_device *vmdev, unsigned long reg)
{
	return metal_io_read32(&vmdev->cfg_io, reg);
}

static inline void mmio_write(struct virtio_mmio_device *vmdev, unsigned long reg, uint32_t value)
{
	metal_io_write32(&vmdev->cfg_io, reg, value);
}

/** The device answered nonsense: log what, set its status to FAILED, and do not use it any more. */
void amp_mmio_fail(struct virtio_mmio_device *vmdev, const char *what, uint32_t value);

/** virtio_dispatch: queues. */
int amp_mmio_create_virtqueues(struct virtio_device *vdev, unsigned int flags, unsigned int nvqs, const char *names[],
                               vq_callback callbacks[], void *callback_args[]);
void amp_mmio_delete_virtqueues(struct virtio_device *vdev);
void amp_mmio_notify(struct virtqueue *vq);

/** A reset has come: the device knows no ring any more. */
void amp_mmio_forget_rings(struct virtio_mmio_device *vmdev);

/** Free all that the queues were given. */
void amp_mmio_free_queues(struct virtio_mmio_device *vmdev);

#endif /* AMP_MMIO_INTERNAL_H */
