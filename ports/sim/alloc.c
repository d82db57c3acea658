// SPDX-License-Identifier: BSD-3-Clause
/* Allocations belong to the life of a side: when it ends, they do. */
#include "internal.h"

#include <metal/alloc.h>

#include <stdlib.h>

/* In front of each allocation. */
struct block {
	_Alignas(max_align_t) struct block *next;
};

static struct block *blocks[SIM_SIDES];

void *metal_allocate_memory(unsigned int size)
{
	struct block **list = &blocks[sim_self()], *block;

	if (size == 0)
		return NULL;
	block = malloc(sizeof(*block) + size);
	if (!block)
		return NULL;
	block->next = *list;
	*list = block;
	return block + 1;
}

void metal_free_memory(void *ptr)
{
	if (!ptr)
		return;
	for (struct block **link = &blocks[sim_self()]; *link; link = &(*link)->next) {
		struct block *block = *link;

		if ((void *)(block + 1) == ptr) {
			*link = block->next;
			free(block);
			return;
		}
	}
	sim_fail("memory is freed that was not allocated, or was freed before");
}

void sim_alloc_power_off(enum sim_side_id id)
{
	struct block *block;

	while ((block = blocks[id]) != NULL) {
		blocks[id] = block->next;
		free(block);
	}
}

uint32_t sim_allocations(enum sim_side_id id)
{
	uint32_t n = 0;

	for (const struct block *block = blocks[id]; block; block = block->next)
		n++;
	return n;
}
