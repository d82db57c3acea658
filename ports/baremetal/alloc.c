// SPDX-License-Identifier: BSD-3-Clause
/*
 * Allocation from a static arena: first fit over one row of blocks, neighbours joined when freed.
 *
 * Every search walks the row from its start. That is slow with many blocks, but these few are allocated while the
 * system comes up, and the walk is also what makes sure that a pointer to be freed is a live allocation.
 */
#include <metal/alloc.h>
#include <metal/assert.h>
#include <metal/port/irq.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Starts every block. The alignment makes header and sizes multiples of it, so that all payloads are aligned. */
struct block {
	_Alignas(max_align_t) uint32_t size; /* with this header */
	uint32_t used;
};

#define BLOCKS (AMP_HEAP_SIZE / sizeof(struct block))

static struct block arena[BLOCKS];

/* The block behind one; arena + BLOCKS behind the last. A header is only used after this: an overrun of the block
 * before may have destroyed it. */
static __attribute__((__noinline__)) struct block *after(struct block *block)
{
	size_t left = (size_t)((char *)(arena + BLOCKS) - (char *)block);
	bool heap_is_intact = block->size - 1 < left && block->size % sizeof(struct block) == 0 && block->used <= 1;

	metal_assert(heap_is_intact);
	return (struct block *)(void *)((char *)block + block->size);
}

/* Interrupts are disabled. */
static void *take(uint32_t size)
{
	struct block *next, *end = arena + BLOCKS;

	if (arena[0].size == 0)
		arena[0].size = sizeof(arena);
	for (struct block *block = arena; block < end; block = next) {
		next = after(block);
		/* Free neighbours become one block when somebody looks for memory. */
		while (!block->used && next < end) {
			(void)after(next);
			if (next->used)
				break;
			block->size += next->size;
			next = after(block);
		}
		if (block->used || block->size < size)
			continue;
		if (block->size > size) {
			next = (struct block *)(void *)((char *)block + size);
			next->size = block->size - size;
			next->used = 0;
			block->size = size;
		}
		block->used = 1;
		return block + 1;
	}
	return NULL;
}

void *metal_allocate_memory(unsigned int size)
{
	unsigned int flags;
	void *ptr;

	if (size == 0 || size > sizeof(arena))
		return NULL;
	flags = metal_irq_save_disable();
	ptr = take((uint32_t)((size + 2 * sizeof(struct block) - 1) / sizeof(struct block) * sizeof(struct block)));
	metal_irq_restore_enable(flags);
	return ptr;
}

void metal_free_memory(void *ptr)
{
	struct block *block = arena, *live_block = NULL;
	unsigned int flags;

	if (!ptr)
		return;
	flags = metal_irq_save_disable();
	for (; arena[0].size && block < arena + BLOCKS; block = after(block)) {
		if (block + 1 == ptr && block->used)
			live_block = block;
	}
	metal_assert(live_block); /* else it was freed before, or never came from here */
	live_block->used = 0;
	metal_irq_restore_enable(flags);
}
