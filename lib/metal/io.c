// SPDX-License-Identifier: BSD-3-Clause
/* I/O regions: what is not inline. */
#include <metal/errno.h>
#include <metal/io.h>
#include <string.h>

/* A word, wherever it lies: device memory is accessed through it where it is aligned, other memory where it is not. */
typedef volatile unsigned long __attribute__((__may_alias__)) device_word;
struct any_word {
	unsigned long word;
} __attribute__((__packed__, __may_alias__));

void metal_io_init(struct metal_io_region *io, void *virt, const metal_phys_addr_t *physmap, size_t size,
                   unsigned int page_shift, unsigned int mem_flags, const struct metal_io_ops *ops)
{
	static const struct metal_io_ops no_hooks;

	io->virt = virt;
	io->physmap = physmap;
	io->size = size;
	io->page_shift = page_shift;
	io->page_mask = page_shift < METAL_BITS_PER_ULONG ? (1UL << page_shift) - 1 : ~0UL;
	io->mem_flags = mem_flags;
	io->ops = ops ? *ops : no_hooks;
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
	size_t page, start;
	metal_phys_addr_t delta;

	for (page = 0; page < pages; page++) {
		start = page << io->page_shift;
		delta = phys - io->physmap[page];
		if (delta <= io->page_mask && delta < io->size - start)
			return start + delta;
	}
	return METAL_BAD_OFFSET;
}

unsigned long amp_io_phys_to_offset_slow(struct metal_io_region *io, metal_phys_addr_t phys)
{
	unsigned long offset;

	if (io->ops.phys_to_offset) {
		offset = io->ops.phys_to_offset(io, phys);
		return offset < io->size ? offset : METAL_BAD_OFFSET;
	}
	return io->physmap ? find_page(io, phys) : METAL_BAD_OFFSET;
}

/*
 * Copies for device memory: accesses there are aligned and of one machine word or one byte. What lies on the other side
 * is ordinary memory, where any alignment will do.
 */
static void copy_from_device(void *dst, const volatile void *src, size_t len)
{
	const volatile unsigned char *s = src;
	unsigned char *d = dst;

	for (; len && (uintptr_t)s % sizeof(long); len--)
		*d++ = *s++;
	for (; len >= sizeof(long); len -= sizeof(long), d += sizeof(long), s += sizeof(long))
		((struct any_word *)d)->word = *(const device_word *)s;
	for (; len; len--)
		*d++ = *s++;
}

static void copy_to_device(volatile void *dst, const void *src, size_t len)
{
	volatile unsigned char *d = dst;
	const unsigned char *s = src;

	for (; len && (uintptr_t)d % sizeof(long); len--)
		*d++ = *s++;
	for (; len >= sizeof(long); len -= sizeof(long), d += sizeof(long), s += sizeof(long))
		*(device_word *)d = ((const struct any_word *)s)->word;
	for (; len; len--)
		*d++ = *s++;
}

static void set_device(volatile void *dst, unsigned char value, size_t len)
{
	unsigned long word = ~0UL / 0xff * value; /* the byte, repeated */
	volatile unsigned char *d = dst;

	for (; len && (uintptr_t)d % sizeof(long); len--)
		*d++ = value;
	for (; len >= sizeof(long); len -= sizeof(long), d += sizeof(long))
		*(device_word *)d = word;
	for (; len; len--)
		*d++ = value;
}

/* 0 if the block is inside the region and not empty, 1 if there is nothing to do, else an error. */
static int check_block(struct metal_io_region *io, unsigned long offset, int len)
{
	if (len < 0)
		return -EINVAL;
	if (offset > io->size || (size_t)len > io->size - offset)
		return -ERANGE;
	return len == 0;
}

int metal_io_block_read(struct metal_io_region *io, unsigned long offset, void *METAL_RESTRICT dst, int len)
{
	int ret = check_block(io, offset, len);
	void *ptr;

	if (ret)
		return ret < 0 ? ret : 0;
	if (io->ops.block_read) {
		ret = io->ops.block_read(io, offset, dst, memory_order_seq_cst, len);
	} else {
		ptr = metal_io_virt(io, offset);
		if (!ptr)
			return -ERANGE;
		if (io->mem_flags & AMP_IO_NORMAL)
			memcpy(dst, ptr, (size_t)len);
		else
			copy_from_device(dst, ptr, (size_t)len);
		ret = len;
	}
	atomic_thread_fence(memory_order_acquire);
	return ret;
}

int metal_io_block_write(struct metal_io_region *io, unsigned long offset, const void *METAL_RESTRICT src, int len)
{
	int ret = check_block(io, offset, len);
	void *ptr;

	if (ret)
		return ret < 0 ? ret : 0;
	if (io->ops.block_write) {
		ret = io->ops.block_write(io, offset, src, memory_order_seq_cst, len);
	} else {
		ptr = metal_io_virt(io, offset);
		if (!ptr)
			return -ERANGE;
		if (io->mem_flags & AMP_IO_NORMAL)
			memcpy(ptr, src, (size_t)len);
		else
			copy_to_device(ptr, src, (size_t)len);
		ret = len;
	}
	atomic_thread_fence(memory_order_release);
	return ret;
}

int metal_io_block_set(struct metal_io_region *io, unsigned long offset, unsigned char value, int len)
{
	int ret = check_block(io, offset, len);
	void *ptr;

	if (ret)
		return ret < 0 ? ret : 0;
	if (io->ops.block_set) {
		io->ops.block_set(io, offset, value, memory_order_seq_cst, len);
	} else {
		ptr = metal_io_virt(io, offset);
		if (!ptr)
			return -ERANGE;
		if (io->mem_flags & AMP_IO_NORMAL)
			memset(ptr, value, (size_t)len);
		else
			set_device(ptr, value, (size_t)len);
	}
	atomic_thread_fence(memory_order_release);
	return len;
}
