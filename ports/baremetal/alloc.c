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

/* The allocation at ptr, or the first free block of this size. Free neighbours become one block as they are met.
 * Interrupts are disabled. */
static struct block *search(const void *ptr, uint32_t size)
{
	struct block *block = arena, *end = arena + BLOCKS, *before = NULL; /* free, and ends where the block begins */
	bool heap_is_intact;
	size_t left;

	if (arena[0].size == 0)
		arena[0].size = sizeof(arena);
	while (block < end) {
		/* A header is only used after this: an overrun of the block before may have destroyed it. */
		left = (size_t)((char *)end - (char *)block);
		heap_is_intact = block->size - 1 < left && block->size % sizeof(struct block) == 0 && block->used <= 1;
		metal_assert(heap_is_intact);
		if (block->used) {
			if (block + 1 == ptr)
				return block;
			before = NULL;
		} else {
			if (before)
				before->size += block->size;
			else
				before = block;
			if (before->size >= size)
				return before;
		}
		block = (struct block *)(void *)((char *)block + block->size);
	}
	return NULL;
}

void *metal_allocate_memory(unsigned int size)
{
	struct block *block, *rest;
	unsigned int flags;

	if (size == 0 || size > sizeof(arena))
		return NULL;
	flags = metal_irq_save_disable();
	size = (size + 2 * sizeof(struct block) - 1) / sizeof(struct block) * sizeof(struct block);
	block = search(NULL, size);
	if (block) {
		if (block->size > size) {
			rest = (struct block *)(void *)((char *)block + size);
			rest->size = block->size - size;
			rest->used = 0;
			block->size = size;
		}
		block->used = 1;
		block++;
	}
	metal_irq_restore_enable(flags);
	return block;
}

void metal_free_memory(void *ptr)
{
	struct block *live_block;
	unsigned int flags;

	if (!ptr)
		return;
	flags = metal_irq_save_disable();
	live_block = search(ptr, UINT32_MAX);
	metal_assert(live_block); /* else it was freed before, or never came from here */
	live_block->used = 0;
	metal_irq_restore_enable(flags);
}
