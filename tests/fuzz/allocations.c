// SPDX-License-Identifier: GPL-2.0-only
#include "allocations.h"

#include <stddef.h>

void *__real_metal_allocate_memory(unsigned int size);
void __real_metal_free_memory(void *ptr);
void *__wrap_metal_allocate_memory(unsigned int size);
void __wrap_metal_free_memory(void *ptr);

static unsigned int countdown;
static int live;

void *__wrap_metal_allocate_memory(unsigned int size)
{
	void *ptr;

	if (countdown && --countdown == 0)
		return NULL;
	ptr = __real_metal_allocate_memory(size);
	live += ptr != NULL;
	return ptr;
}

void __wrap_metal_free_memory(void *ptr)
{
	live -= ptr != NULL;
	__real_metal_free_memory(ptr);
}

void fuzz_fail_allocation(unsigned int n)
{
	countdown = n;
}

int fuzz_live_allocations(void)
{
	return live;
}
