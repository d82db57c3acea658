/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file alloc.h
 * @brief Memory for the objects of this library.
 *
 * Linux: the C library's heap. Bare metal: a static arena of AMP_HEAP_SIZE bytes, for use while the system comes up; an
 * object that nobody allocates costs nothing there.
 */
#ifndef METAL_ALLOC_H
#define METAL_ALLOC_H

#if __has_include(<stdlib.h>)
#include <stdlib.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Allocate memory, aligned for any object; its content is undefined.
 *
 * Context: task. Linux may block in the C library.
 *
 * @param size bytes
 * @return the memory, which the caller owns until metal_free_memory(); NULL when there is none or size is 0
 */
void *metal_allocate_memory(unsigned int size);

/**
 * @brief Give memory back.
 *
 * Context: task.
 *
 * @param ptr from metal_allocate_memory(), or NULL: nothing happens. On bare metal any other pointer, such as one that
 * was freed before, is a failed assertion.
 */
void metal_free_memory(void *ptr);

#ifdef __cplusplus
}
#endif

#endif /* METAL_ALLOC_H */
