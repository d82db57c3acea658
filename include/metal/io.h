/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file io.h
 * @brief Access to memory that others share: registers, vrings, message buffers.
 *
 * A region is a contiguous range of virtual addresses. Places in it are named by offset, virtual address or physical
 * address; these functions translate between them and know the limits: a place outside the region gives
 * METAL_BAD_OFFSET, METAL_BAD_PHYS or NULL, and is never accessed. Address 0 is one like others, virtual and physical;
 * where a function returns a virtual address, that of a place at 0 looks like none, so ask for its offset instead.
 *
 * A region without hooks is accessed directly, by the inline functions below. A hook (struct metal_io_ops) replaces one
 * way of access, and is then called for every access of that kind, after the limits have been checked.
 *
 * Nothing here takes a lock. Context: any, unless a hook says otherwise.
 */
#ifndef METAL_IO_H
#define METAL_IO_H

#include <metal/assert.h>
#include <metal/atomic.h>
#include <metal/compiler.h>
#include <metal/list.h>
#include <metal/sys.h>
#include <metal/utilities.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct metal_io_region;

/**
 * Hooks; each may be NULL. Called in the context of the access, with the region that they were given to, and an offset
 * inside it (with its whole width or length). They may use the region's members, and must not call the function that
 * they replace.
 */
struct metal_io_ops {
	/** metal_io_read(); width is 1, 2, 4 or 8 */
	uint64_t (*read)(struct metal_io_region *io, unsigned long offset, memory_order order, int width);
	/** metal_io_write() */
	void (*write)(struct metal_io_region *io, unsigned long offset, uint64_t value, memory_order order, int width);
	/** metal_io_block_read(); returns bytes copied or a negative error number */
	int (*block_read)(struct metal_io_region *io, unsigned long offset, void *METAL_RESTRICT dst,
	                  memory_order order, int len);
	/** metal_io_block_write(); returns bytes copied or a negative error number */
	int (*block_write)(struct metal_io_region *io, unsigned long offset, const void *METAL_RESTRICT src,
	                   memory_order order, int len);
	/** metal_io_block_set() */
	void (*block_set)(struct metal_io_region *io, unsigned long offset, unsigned char value, memory_order order,
	                  int len);
	/** metal_io_finish(): give back what the region stands for. May free the region itself */
	void (*close)(struct metal_io_region *io);
	/** metal_io_phys() */
	metal_phys_addr_t (*offset_to_phys)(struct metal_io_region *io, unsigned long offset);
	/** metal_io_phys_to_offset(); a result outside the region becomes METAL_BAD_OFFSET */
	unsigned long (*phys_to_offset)(struct metal_io_region *io, metal_phys_addr_t phys);
};

/** mem_flags: ordinary memory, not device registers: any width and alignment is allowed, so copies may use memcpy(). */
#define AMP_IO_NORMAL 0x80000000u
/** mem_flags: cached here and not coherent with the peer: the functions of metal/cache.h act on it. */
#define AMP_IO_NONCOHERENT 0x40000000u

/** A region. Users fill it with metal_io_init(); a static initialiser is possible as well. */
struct metal_io_region {
	void *virt;                       /**< first byte; METAL_BAD_VA: only hooks reach it */
	const metal_phys_addr_t *physmap; /**< physical address of each page; NULL: not known */
	size_t size;                      /**< bytes */
	unsigned long page_shift;         /**< log2 of the page size; METAL_BITS_PER_ULONG or more: one page */
	metal_phys_addr_t page_mask;      /**< page size - 1; all ones: one page */
	unsigned int mem_flags;           /**< AMP_IO_…; other bits belong to the port */
	struct metal_io_ops ops;
};

/**
 * @brief Describe a region.
 *
 * @param io         filled
 * @param virt       first byte, or METAL_BAD_VA
 * @param physmap    physical addresses of the pages, kept (not copied) while the region is in use; NULL: not known
 * @param size       bytes
 * @param page_shift log2 of the page size; (unsigned int)-1: the region is one page, physmap has one element
 * @param mem_flags  AMP_IO_… or 0
 * @param ops        copied; NULL: no hooks
 */
void metal_io_init(struct metal_io_region *io, void *virt, const metal_phys_addr_t *physmap, size_t size,
                   unsigned int page_shift, unsigned int mem_flags, const struct metal_io_ops *ops);

/** End the use of a region: its close hook is called, which may free it; a region without that hook becomes empty. */
void metal_io_finish(struct metal_io_region *io);

/** Size in bytes. */
static inline size_t metal_io_region_size(struct metal_io_region *io)
{
	return io->size;
}

/** Virtual address of an offset; NULL if outside. */
static inline void *metal_io_virt(struct metal_io_region *io, unsigned long offset)
{
	return offset < io->size && io->virt != METAL_BAD_VA ? (void *)((char *)io->virt + offset) : NULL;
}

/** Offset of a virtual address; METAL_BAD_OFFSET if outside. */
static inline unsigned long metal_io_virt_to_offset(struct metal_io_region *io, void *virt)
{
	uintptr_t offset = (uintptr_t)virt - (uintptr_t)io->virt; /* an address below wraps, to more than any size */

	return offset < io->size && io->virt != METAL_BAD_VA ? (unsigned long)offset : METAL_BAD_OFFSET;
}

/** Are @p size bytes at a virtual address wholly inside? Of none, the address is. */
static inline bool amp_io_holds(struct metal_io_region *io, void *virt, size_t size)
{
	unsigned long offset = metal_io_virt_to_offset(io, virt);

	return offset != METAL_BAD_OFFSET && size <= io->size - offset;
}

/** Physical address of an offset; METAL_BAD_PHYS if outside or not known. */
static inline metal_phys_addr_t metal_io_phys(struct metal_io_region *io, unsigned long offset)
{
	if (offset >= io->size)
		return METAL_BAD_PHYS;
	if (io->ops.offset_to_phys)
		return io->ops.offset_to_phys(io, offset);
	if (!io->physmap)
		return METAL_BAD_PHYS;
	if (io->page_shift >= METAL_BITS_PER_ULONG)
		return io->physmap[0] + offset;
	return io->physmap[offset >> io->page_shift] + (offset & io->page_mask);
}

/** Offset of a physical address; METAL_BAD_OFFSET if outside or not known. */
unsigned long metal_io_phys_to_offset(struct metal_io_region *io, metal_phys_addr_t phys);

/**
 * Are @p size bytes, which begin at @p offset here and at @p phys for the other side, in one piece for both? Pages that
 * follow each other here may have physical addresses that do not. Of a region whose addresses are translated by
 * functions and that has no pages, the ends are looked at.
 * @return false as well if they are not wholly inside
 */
bool amp_io_in_one_piece(struct metal_io_region *io, unsigned long offset, metal_phys_addr_t phys, size_t size);

/** Virtual address of a physical address; NULL if outside or not known. */
static inline void *metal_io_phys_to_virt(struct metal_io_region *io, metal_phys_addr_t phys)
{
	return metal_io_virt(io, metal_io_phys_to_offset(io, phys));
}

/** Physical address of a virtual address; METAL_BAD_PHYS if outside or not known. */
static inline metal_phys_addr_t metal_io_virt_to_phys(struct metal_io_region *io, void *virt)
{
	return metal_io_phys(io, metal_io_virt_to_offset(io, virt));
}

/** Does a naturally aligned access of this width fit at this offset? */
static inline bool amp_io_access_ok(struct metal_io_region *io, unsigned long offset, int width)
{
	if (width != 1 && width != 2 && width != 4 && width != 8)
		return false;
	return offset < io->size && (unsigned long)width <= io->size - offset;
}

/** … and is it one to memory, and aligned there? */
static inline bool amp_io_in_memory(struct metal_io_region *io, unsigned long offset, int width)
{
	return io->virt != METAL_BAD_VA && (((uintptr_t)io->virt + offset) & (uintptr_t)(width - 1)) == 0;
}

/** Reports an access that was refused, at level METAL_LOG_ERROR. */
void amp_io_refused(struct metal_io_region *io, unsigned long offset, int width);

/**
 * @brief Read one integer with one access of its width, never repeated, merged with another or left out; 8 bytes on a
 * 32-bit CPU are two reads, low half first.
 *
 * @param order memory order of a load; best a constant
 * @param width 1, 2, 4 or 8; the address must be a multiple of it
 * @return the value; all ones if the access does not fit into the region or is misaligned (logged)
 */
static inline uint64_t metal_io_read(struct metal_io_region *io, unsigned long offset, memory_order order, int width)
{
	volatile char *ptr = (volatile char *)((uintptr_t)io->virt + offset);

	if (!amp_io_access_ok(io, offset, width) || (!io->ops.read && !amp_io_in_memory(io, offset, width))) {
		amp_io_refused(io, offset, width);
		return UINT64_MAX;
	}
	if (io->ops.read)
		return io->ops.read(io, offset, order, width);
	if (width == 1)
		return atomic_load_explicit((volatile atomic_uchar *)ptr, order);
	if (width == 2)
		return atomic_load_explicit((volatile atomic_ushort *)ptr, order);
	if (width == 4)
		return atomic_load_explicit((volatile atomic_uint *)ptr, order);
#if ATOMIC_LLONG_LOCK_FREE == 2
	return atomic_load_explicit((volatile atomic_ullong *)ptr, order);
#else
	{
		uint64_t low = atomic_load_explicit((volatile atomic_uint *)ptr, order);

		return low | (uint64_t)atomic_load_explicit((volatile atomic_uint *)ptr + 1, order) << 32;
	}
#endif
}

/**
 * @brief Write one integer with one access of its width, as metal_io_read(); 8 bytes on a 32-bit CPU are two writes,
 * low half first.
 *
 * An access that does not fit into the region or is misaligned is not done, and logged.
 *
 * @param order memory order of a store; best a constant
 * @param width 1, 2, 4 or 8; the address must be a multiple of it
 */
static inline void metal_io_write(struct metal_io_region *io, unsigned long offset, uint64_t value, memory_order order,
                                  int width)
{
	volatile char *ptr = (volatile char *)((uintptr_t)io->virt + offset);

	if (!amp_io_access_ok(io, offset, width) || (!io->ops.write && !amp_io_in_memory(io, offset, width))) {
		amp_io_refused(io, offset, width);
	} else if (io->ops.write) {
		io->ops.write(io, offset, value, order, width);
	} else if (width == 1) {
		atomic_store_explicit((volatile atomic_uchar *)ptr, (unsigned char)value, order);
	} else if (width == 2) {
		atomic_store_explicit((volatile atomic_ushort *)ptr, (unsigned short)value, order);
	} else if (width == 4) {
		atomic_store_explicit((volatile atomic_uint *)ptr, (unsigned int)value, order);
	} else {
#if ATOMIC_LLONG_LOCK_FREE == 2
		atomic_store_explicit((volatile atomic_ullong *)ptr, value, order);
#else
		atomic_store_explicit((volatile atomic_uint *)ptr, (unsigned int)value, order);
		atomic_store_explicit((volatile atomic_uint *)ptr + 1, (unsigned int)(value >> 32), order);
#endif
	}
}

/* Accessors of one width. Without _explicit: memory_order_seq_cst. */
#define metal_io_read8_explicit(io, ofs, order)  ((uint8_t)metal_io_read((io), (ofs), (order), 1))
#define metal_io_read16_explicit(io, ofs, order) ((uint16_t)metal_io_read((io), (ofs), (order), 2))
#define metal_io_read32_explicit(io, ofs, order) ((uint32_t)metal_io_read((io), (ofs), (order), 4))
#define metal_io_read64_explicit(io, ofs, order) metal_io_read((io), (ofs), (order), 8)

#define metal_io_read8(io, ofs)  metal_io_read8_explicit((io), (ofs), memory_order_seq_cst)
#define metal_io_read16(io, ofs) metal_io_read16_explicit((io), (ofs), memory_order_seq_cst)
#define metal_io_read32(io, ofs) metal_io_read32_explicit((io), (ofs), memory_order_seq_cst)
#define metal_io_read64(io, ofs) metal_io_read64_explicit((io), (ofs), memory_order_seq_cst)

#define metal_io_write8_explicit(io, ofs, val, order)  metal_io_write((io), (ofs), (val), (order), 1)
#define metal_io_write16_explicit(io, ofs, val, order) metal_io_write((io), (ofs), (val), (order), 2)
#define metal_io_write32_explicit(io, ofs, val, order) metal_io_write((io), (ofs), (val), (order), 4)
#define metal_io_write64_explicit(io, ofs, val, order) metal_io_write((io), (ofs), (val), (order), 8)

#define metal_io_write8(io, ofs, val)  metal_io_write8_explicit((io), (ofs), (val), memory_order_seq_cst)
#define metal_io_write16(io, ofs, val) metal_io_write16_explicit((io), (ofs), (val), memory_order_seq_cst)
#define metal_io_write32(io, ofs, val) metal_io_write32_explicit((io), (ofs), (val), memory_order_seq_cst)
#define metal_io_write64(io, ofs, val) metal_io_write64_explicit((io), (ofs), (val), memory_order_seq_cst)

/**
 * @brief Copy out of a region: what of it is inside.
 *
 * Without AMP_IO_NORMAL the region is accessed in aligned integers only, as device memory demands: as wide as alignment
 * and length allow, up to a machine word, so that 4 aligned bytes are one access. The copy comes before what the
 * program does next (an acquire fence follows).
 *
 * @param dst outside the region
 * @param len bytes, 0 … INT_MAX
 * @return bytes copied, less than len at the region's end; -ERANGE if the offset is not inside the region, -EINVAL if
 * len is negative, or the hook's error
 */
int metal_io_block_read(struct metal_io_region *io, unsigned long offset, void *METAL_RESTRICT dst, int len);

/** Copy into a region; otherwise as metal_io_block_read(), with a release fence after the copy. */
int metal_io_block_write(struct metal_io_region *io, unsigned long offset, const void *METAL_RESTRICT src, int len);

/** Fill a part of a region with a byte; otherwise as metal_io_block_write(). */
int metal_io_block_set(struct metal_io_region *io, unsigned long offset, unsigned char value, int len);

#ifdef __cplusplus
}
#endif

#endif /* METAL_IO_H */
