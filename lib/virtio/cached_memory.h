/* SPDX-License-Identifier: BSD-3-Clause */
/* Cache maintenance of rings and message buffers. Nothing, in a build without WITH_DCACHE. */
#ifndef AMP_CACHED_MEMORY_H
#define AMP_CACHED_MEMORY_H

#include <amprelay/config.h>
#include <openamp/virtqueue.h>

#include <metal/cache.h>

/* Before a read of what the other side may have written to the ring. */
static inline void vq_ring_invalidate(const struct virtqueue *vq, const void *ptr, unsigned int len)
{
	if (AMP_WITH_DCACHE && vq->vq_noncoherent)
		metal_cache_invalidate((void *)(uintptr_t)ptr, len);
}

/* After a write to the ring that the other side is to see. */
static inline void vq_ring_flush(const struct virtqueue *vq, const void *ptr, unsigned int len)
{
	if (AMP_WITH_DCACHE && vq->vq_noncoherent)
		metal_cache_flush((void *)(uintptr_t)ptr, len);
}

/* The same for message buffers, whose region is known. */
static inline void vq_buffer_invalidate(const struct metal_io_region *io, const void *ptr, unsigned int len)
{
	if (AMP_WITH_DCACHE)
		amp_cache_invalidate_io(io, (void *)(uintptr_t)ptr, len);
}

static inline void vq_buffer_flush(const struct metal_io_region *io, const void *ptr, unsigned int len)
{
	if (AMP_WITH_DCACHE)
		amp_cache_flush_io(io, (void *)(uintptr_t)ptr, len);
}

/**
 * What buffers that both sides write to are aligned to, less 1: words, or lines of the cache. A line that holds parts
 * of two buffers, one here and one with the other side, would carry the one's old bytes over the other's new ones.
 */
static inline uintptr_t vq_buffer_align_mask(const struct metal_io_region *io)
{
	return AMP_WITH_DCACHE && (io->mem_flags & AMP_IO_NONCOHERENT) ? AMP_ARCH_CACHE_LINE - 1u : 3u;
}

#endif /* AMP_CACHED_MEMORY_H */
