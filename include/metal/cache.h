/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file cache.h
 * @brief Data cache maintenance, for memory that a core without a coherent view of it shares.
 *
 * Whether a region needs it is a property of the region at run time (AMP_IO_NONCOHERENT in its mem_flags): code that
 * passes memory to a peer calls the amp_cache_…_io() functions, which cost one test where the memory is coherent.
 *
 * Maintenance works on whole cache lines: what is invalidated must not share a line with other data. Where both sides
 * write, the library holds its users to that: rings, their alignment and buffers that lie otherwise are refused.
 * Context: any. Does not block.
 */
#ifndef METAL_CACHE_H
#define METAL_CACHE_H

#include <metal/arch/cpu.h>
#include <metal/io.h>

#include <stdbool.h>
#include <stdint.h>

/** Bytes of a line of the data cache, a power of two; <metal/arch/cpu.h> may say another number, or an expression. */
#ifndef AMP_ARCH_CACHE_LINE
#define AMP_ARCH_CACHE_LINE 64u
#endif

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

/** Whether a line of the cache begins at addr, or that does not matter in this region. */
static inline bool amp_cache_line_starts_io(const struct metal_io_region *io, const void *addr)
{
	return !io || !(io->mem_flags & AMP_IO_NONCOHERENT) ||
	       !((uintptr_t)addr & ((uintptr_t)AMP_ARCH_CACHE_LINE - 1));
}

#ifdef __cplusplus
}
#endif

#endif /* METAL_CACHE_H */
