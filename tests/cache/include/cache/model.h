/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Write-back caches between two CPUs and the memory that they share; nothing keeps them coherent.
 *
 * A region of memory has three copies: the memory itself, at the address that it was given with, and what each CPU sees
 * of it, at an address of its own. A line of a CPU's copy is what the cache holds. It is fetched from memory when it is
 * invalidated, and by chance at any time while it is clean; it is written to memory, as a whole, when it is flushed,
 * and by chance at any time while it is dirty. Invalidating a dirty line loses what was written.
 *
 * Chance comes from one seed (CACHE_SEED), and lines have CACHE_LINE bytes (both environment variables). Every access
 * of the library to shared words is a moment at which something may happen to the CPU that makes it; an access of the
 * application is an ordinary one to its copy (a store of the value that its line holds already is not seen, and makes
 * no dirty line). What a test writes to the memory itself comes from a third party.
 */
#ifndef CACHE_MODEL_H
#define CACHE_MODEL_H

#include <stddef.h>
#include <stdint.h>

#define CACHE_CPUS 2u

/** Put caches before @p size bytes at @p memory, both multiples of 64, which hold what they hold now. */
void cache_model_add(void *memory, size_t size);

/** Take them away. */
void cache_model_remove(void *memory);

/** Where @p cpu sees a byte of a memory; any other address is seen as it is. */
void *cache_model_view(unsigned int cpu, const void *ptr);

/** All dirty lines are written to memory now. */
void cache_model_evict(void);

/** Bytes of a line: 32 or 64. */
unsigned int cache_model_line(void);

/* For <metal/arch/cpu.h> and <cache/shared_access.h>; addresses are those of a CPU. */
void cache_model_flush(const void *addr, size_t len);
void cache_model_invalidate(const void *addr, size_t len);
void cache_model_step(const volatile void *addr);
void cache_model_wrote(const volatile void *addr, size_t len);

#endif /* CACHE_MODEL_H */
