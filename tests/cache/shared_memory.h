/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that both sides of a unit test share.
 *
 * In an ordinary build both see it where it is. In the build over the cache model (AMP_CACHE_MODEL) each sees it
 * through its cache, at addresses of its own, and the test sees the memory behind both.
 */
#ifndef TESTS_SHARED_MEMORY_H
#define TESTS_SHARED_MEMORY_H

#include <metal/io.h>

#include <stddef.h>

/* Which CPU a role runs on: VIRTIO_DEV_DRIVER, VIRTIO_DEV_DEVICE. */
#ifdef AMP_CACHE_MODEL
#include <cache/model.h>

#define SHARED_MEMORY_FLAGS AMP_IO_NONCOHERENT

static inline void shared_memory_begin(void *memory, size_t size)
{
	cache_model_add(memory, size);
}

static inline void shared_memory_end(void *memory)
{
	cache_model_remove(memory);
}

/* Where a role sees what the test sees at @p ptr. */
static inline void *seen_by(unsigned int role, const void *ptr)
{
	return cache_model_view(role, ptr);
}

/* What was written anywhere can be seen by the test. */
static inline void shared_memory_settle(void)
{
	cache_model_evict();
}
#else
#define SHARED_MEMORY_FLAGS 0u

static inline void shared_memory_begin(void *memory, size_t size)
{
	(void)memory;
	(void)size;
}

static inline void shared_memory_end(void *memory)
{
	(void)memory;
}

static inline void *seen_by(unsigned int role, const void *ptr)
{
	(void)role;
	return (void *)(uintptr_t)ptr;
}

static inline void shared_memory_settle(void)
{
}
#endif

#endif /* TESTS_SHARED_MEMORY_H */
