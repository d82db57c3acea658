// SPDX-License-Identifier: BSD-3-Clause
/* Allocation: the C library's. */
#include <metal/alloc.h>
#include <stdlib.h>

void *metal_allocate_memory(unsigned int size)
{
	return size ? malloc(size) : NULL;
}

void metal_free_memory(void *ptr)
{
	free(ptr);
}
