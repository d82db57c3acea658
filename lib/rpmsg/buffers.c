// SPDX-License-Identifier: BSD-3-Clause
/* The message buffers of a link: what is called, and not inlined. */
#include "buffers.h"

#if AMP_WITH_PACKED_RINGS
AMP_COLD uint64_t amp_buffer_phys(const struct rpmsg_virtio_device *rvdev, const struct rpmsg_hdr *hdr)
{
	return metal_io_virt_to_phys(rvdev->shbuf_io, (void *)(uintptr_t)hdr);
}
#endif

#if AMP_FAST
AMP_COLD bool amp_buffer_va(struct metal_io_region *io, uint64_t addr, uint32_t len, char **va)
{
	return vq_buffer_va(io, addr, len, va);
}
#else
int amp_device_next(struct rpmsg_virtio_device *rvdev, const struct virtqueue *vq, unsigned int flags)
{
	return device_next(rvdev, vq, flags, &rvdev->taken, false);
}

struct virtqueue *amp_buffer_give(struct virtqueue *vq, uint32_t idx)
{
	bool driver = role_is_driver(vq->vq_dev);

	return give_inline(vq, idx, size_of(vq, idx, driver), driver);
}

uint32_t amp_ring_lost(const struct rpmsg_virtio_device *rvdev, const struct virtqueue *vq)
{
	return ring_lost_inline(rvdev, vq, role_is_driver(vq->vq_dev));
}
#endif
