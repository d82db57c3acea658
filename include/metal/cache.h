/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file cache.h
 * @brief Data cache maintenance, for memory that a core without a coherent view of it shares.
 *
 * Whether a region needs it is a property of the region at run time (AMP_IO_NONCOHERENT in its mem_flags): code that
 * passes memory to a peer calls the amp_cache_…_io() functions, which cost one test where the memory is coherent.
 *
 * Maintenance works on whole cache lines: what is invalidated should not share a line with other data.
 * Context: any. Does not block.
 */
#ifndef METAL_CACHE_H
#define METAL_CACHE_H

#include <metal/arch/cpu.h>
#include <metal/io.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Write len bytes at addr back to memory, so that the peer sees them. */
static inline void metal_cache_flush(void *addr, unsigned int len)
{
	amp_arch_cache_flush(addr, len);
}

/** Drop len bytes at addr from the cache, so that the next read sees what the peer wrote. */
static inline void metal_cache_invalidate(void *addr, unsigned int len)
{
	amp_arch_cache_invalidate(addr, len);
}

/** metal_cache_flush() if the region needs it; addr is inside it. NULL as region: coherent. */
static inline void amp_cache_flush_io(const struct metal_io_region *io, void *addr, unsigned int len)
{
	if (io && (io->mem_flags & AMP_IO_NONCOHERENT))
		metal_cache_flush(addr, len);
}

/** metal_cache_invalidate() if the region needs it; addr is inside it. NULL as region: coherent. */
static inline void amp_cache_invalidate_io(const struct metal_io_region *io, void *addr, unsigned int len)
{
	if (io && (io->mem_flags & AMP_IO_NONCOHERENT))
		metal_cache_invalidate(addr, len);
}

#ifdef __cplusplus
}
#endif

#endif /* METAL_CACHE_H */
