// SPDX-License-Identifier: BSD-3-Clause
/* I/O regions: what is not inline. */
#include <amprelay/config.h>

#include <metal/errno.h>
#include <metal/io.h>
#include <string.h>

void metal_io_init(struct metal_io_region *io, void *virt, const metal_phys_addr_t *physmap, size_t size,
                   unsigned int page_shift, unsigned int mem_flags, const struct metal_io_ops *ops)
{
	io->virt = virt;
	io->physmap = physmap;
	io->size = size;
	io->page_shift = page_shift;
	io->page_mask = page_shift < METAL_BITS_PER_ULONG ? (1UL << page_shift) - 1 : ~0UL;
	io->mem_flags = mem_flags;
	memset(&io->ops, 0, sizeof(io->ops));
	if (ops)
		io->ops = *ops;
}

void metal_io_finish(struct metal_io_region *io)
{
	if (io->ops.close) {
		io->ops.close(io); /* io may be gone now */
		return;
	}
	io->virt = METAL_BAD_VA;
	io->physmap = NULL;
	io->size = 0;
}

void amp_io_refused(struct metal_io_region *io, unsigned long offset, int width)
{
	metal_log(METAL_LOG_ERROR, "metal: access of %d bytes at offset 0x%lx of a region of 0x%lx bytes refused\n",
	          width, offset, (unsigned long)io->size);
}

/* Pages may have any physical address, aligned or not: each is looked at. */
static unsigned long find_page(struct metal_io_region *io, metal_phys_addr_t phys)
{
	size_t pages = io->size ? ((io->size - 1) >> io->page_shift) + 1 : 0;
	size_t start;
	metal_phys_addr_t delta;

	for (size_t page = 0; page < pages; page++) {
		start = page << io->page_shift;
		delta = phys - io->physmap[page];
		if (delta <= io->page_mask && delta < io->size - start)
			return start + delta;
	}
	return METAL_BAD_OFFSET;
}

unsigned long metal_io_phys_to_offset(struct metal_io_region *io, metal_phys_addr_t phys)
{
	metal_phys_addr_t offset = METAL_BAD_OFFSET;

	if (io->ops.phys_to_offset)
		offset = io->ops.phys_to_offset(io, phys);
	else if (io->physmap && io->page_shift < METAL_BITS_PER_ULONG)
		offset = find_page(io, phys);
	else if (io->physmap)
		offset = phys - io->physmap[0];
	return offset < io->size ? offset : METAL_BAD_OFFSET;
}

bool amp_io_in_one_piece(struct metal_io_region *io, unsigned long offset, metal_phys_addr_t phys, size_t size)
{
	unsigned long last;
	metal_phys_addr_t there;

	if (offset >= io->size || size > io->size - offset)
		return false;
	/* One page, which a subtraction translates; no others are there. */
	if (!AMP_WITH_PAGE_MAPS)
		return io->page_shift >= METAL_BITS_PER_ULONG && !io->ops.phys_to_offset && !io->ops.offset_to_phys;
	/* The last byte, then that of each page before: where these are, their pages are. */
	for (unsigned long at = offset + size; at > offset; at = last & ~io->page_mask) {
		last = at - 1;
		there = phys + (last - offset);
		if (io->ops.phys_to_offset ? io->ops.phys_to_offset(io, there) != last
		                           : metal_io_phys(io, last) != there)
			return false;
	}
	return true;
}

/* What is done with a block of a region. */
enum block_access {
	BLOCK_READ,
	BLOCK_WRITE,
	BLOCK_SET /* the memory is one word, repeated */
};

/* Integers of each width, in device memory and wherever they lie in ordinary memory. */
struct any_long {
	unsigned long it;
} __attribute__((__packed__, __may_alias__));
struct any_u32 {
	uint32_t it;
} __attribute__((__packed__, __may_alias__));
struct any_u16 {
	uint16_t it;
} __attribute__((__packed__, __may_alias__));
typedef volatile unsigned long __attribute__((__may_alias__)) device_long;
typedef volatile uint32_t __attribute__((__may_alias__)) device_u32;
typedef volatile uint16_t __attribute__((__may_alias__)) device_u16;

static void read_device(volatile char *device, char *memory, size_t width)
{
	if (width == 1)
		*memory = *device;
	else if (width == 2)
		((struct any_u16 *)memory)->it = *(device_u16 *)device;
	else if (width == 4)
		((struct any_u32 *)memory)->it = *(device_u32 *)device;
	else
		((struct any_long *)memory)->it = *(device_long *)device;
}

static void write_device(volatile char *device, const char *memory, size_t width)
{
	if (width == 1)
		*device = *memory;
	else if (width == 2)
		*(device_u16 *)device = ((const struct any_u16 *)memory)->it;
	else if (width == 4)
		*(device_u32 *)device = ((const struct any_u32 *)memory)->it;
	else
		*(device_long *)device = ((const struct any_long *)memory)->it;
}

/* Device memory: accesses there are aligned integers, the widest possible. */
static void access_device(enum block_access access, volatile char *device, char *memory, size_t len)
{
	size_t width;

	while (len) {
		width = sizeof(long);
		while (width > len || (uintptr_t)device % width)
			width /= 2;
		if (access == BLOCK_READ)
			read_device(device, memory, width);
		else
			write_device(device, memory, width);
		if (access != BLOCK_SET)
			memory = &memory[width];
		device = &device[width];
		len -= width;
	}
}

static int access_memory(enum block_access access, struct metal_io_region *io, unsigned long offset, void *memory,
                         size_t len)
{
	char *ptr = (char *)((uintptr_t)io->virt + offset);

	if (io->virt == METAL_BAD_VA)
		return -ERANGE;
	if (!(io->mem_flags & AMP_IO_NORMAL))
		access_device(access, ptr, memory, len);
	else if (access == BLOCK_READ)
		memcpy(memory, ptr, len);
	else if (access == BLOCK_WRITE)
		memcpy(ptr, memory, len);
	else
		memset(ptr, *(const unsigned char *)memory, len);
	return (int)len;
}

static int access_block(enum block_access access, struct metal_io_region *io, unsigned long offset, void *memory,
                        int len)
{
	int ret;

	if (len < 0)
		return -EINVAL;
	if (len == 0 && offset <= io->size)
		return 0;
	if (offset >= io->size)
		return -ERANGE;
	if ((size_t)len > io->size - offset)
		len = (int)(io->size - offset);
	ret = len;
	if (access == BLOCK_READ && io->ops.block_read)
		ret = io->ops.block_read(io, offset, memory, memory_order_seq_cst, len);
	else if (access == BLOCK_WRITE && io->ops.block_write)
		ret = io->ops.block_write(io, offset, memory, memory_order_seq_cst, len);
	else if (access == BLOCK_SET && io->ops.block_set)
		io->ops.block_set(io, offset, *(const unsigned char *)memory, memory_order_seq_cst, len);
	else
		ret = access_memory(access, io, offset, memory, (size_t)len);
	/* A read comes before what follows, a write after what was before. */
	atomic_thread_fence(memory_order_acq_rel);
	return ret;
}

int metal_io_block_read(struct metal_io_region *io, unsigned long offset, void *METAL_RESTRICT dst, int len)
{
	return access_block(BLOCK_READ, io, offset, dst, len);
}

int metal_io_block_write(struct metal_io_region *io, unsigned long offset, const void *METAL_RESTRICT src, int len)
{
	return access_block(BLOCK_WRITE, io, offset, (void *)(uintptr_t)src, len);
}

int metal_io_block_set(struct metal_io_region *io, unsigned long offset, unsigned char value, int len)
{
	unsigned long word = ~0UL / 0xff * value; /* the byte, repeated */

	return access_block(BLOCK_SET, io, offset, &word, len);
}
