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

static struct block *after(struct block *block)
{
	return block + block->size / sizeof(struct block);
}

/* A block is only followed to the next one after this: an overrun of the block before may have destroyed its header. */
static void check(const struct block *block)
{
	size_t left = (size_t)(arena + BLOCKS - block) * sizeof(struct block);
	bool heap_is_intact = block->size >= sizeof(struct block) && block->size <= left &&
	                      block->size % sizeof(struct block) == 0 && block->used <= 1;

	metal_assert(heap_is_intact);
}

/* Interrupts are disabled. */
static void *take(uint32_t size)
{
	struct block *block, *rest;

	if (arena[0].size == 0)
		arena[0].size = sizeof(arena);
	for (block = arena; block < arena + BLOCKS; block = after(block)) {
		check(block);
		if (block->used || block->size < size)
			continue;
		if (block->size > size) {
			rest = block + size / sizeof(struct block);
			rest->size = block->size - size;
			rest->used = 0;
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

/* The block whose payload is at ptr; *before is the free block in front of it, if there is one. Interrupts are
 * disabled. */
static struct block *find(void *ptr, struct block **before)
{
	struct block *block;

	*before = NULL;
	if (arena[0].size == 0)
		return NULL;
	for (block = arena; block < arena + BLOCKS; block = after(block)) {
		check(block);
		if ((void *)(block + 1) == ptr)
			return block->used ? block : NULL;
		*before = block->used ? NULL : block;
	}
	return NULL;
}

void metal_free_memory(void *ptr)
{
	struct block *live_block, *before, *next;
	unsigned int flags;

	if (!ptr)
		return;
	flags = metal_irq_save_disable();
	live_block = find(ptr, &before);
	metal_assert(live_block); /* else it was freed before, or never came from here */
	live_block->used = 0;
	next = after(live_block);
	if (next < arena + BLOCKS) {
		check(next);
		if (!next->used)
			live_block->size += next->size;
	}
	if (before)
		before->size += live_block->size;
	metal_irq_restore_enable(flags);
}
