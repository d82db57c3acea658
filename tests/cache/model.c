// SPDX-License-Identifier: GPL-2.0-only
/* See <cache/model.h>. */
#include <cache/model.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MIN 32u

/* What one CPU has of a region. */
struct cache {
	uint8_t *lines;   /* what it sees */
	uint8_t *fetched; /* what these lines were when they were last in step with memory: what differs is dirty */
	bool *written;    /* by the library, with whatever value: dirty as well */
};

struct region {
	struct region *next;
	uint8_t *memory;
	size_t size;
	struct cache cpu[CACHE_CPUS];
};

static struct region *regions;
static unsigned int line_size;
static uint32_t random_state;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* ------------------------------------------------------------------ set-up */

static unsigned long from_environment(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 0) : otherwise;
}

static void configure(void)
{
	if (line_size)
		return;
	line_size = (unsigned int)from_environment("CACHE_LINE", 64);
	random_state = (uint32_t)from_environment("CACHE_SEED", 1);
	if (line_size != 32 && line_size != 64) {
		fprintf(stderr, "cache model: CACHE_LINE is 32 or 64\n");
		exit(2);
	}
	printf("cache model: CACHE_LINE=%u CACHE_SEED=%u\n", line_size, (unsigned int)random_state);
	random_state = random_state * 2654435761u + 1;
}

unsigned int cache_model_line(void)
{
	configure();
	return line_size;
}

static uint32_t draw(uint32_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state % n;
}

static void *allocate(size_t size)
{
	void *mem = aligned_alloc(64, (size + 63) / 64 * 64);

	if (!mem) {
		perror("cache model");
		exit(2);
	}
	memset(mem, 0, size);
	return mem;
}

void cache_model_add(void *memory, size_t size)
{
	struct region *region = allocate(sizeof(*region));

	configure();
	if (size % 64 || (uintptr_t)memory % 64) {
		fprintf(stderr, "cache model: memory and size must be multiples of 64\n");
		exit(2);
	}
	region->memory = memory;
	region->size = size;
	for (unsigned int i = 0; i < CACHE_CPUS; i++) {
		region->cpu[i].lines = allocate(size);
		region->cpu[i].fetched = allocate(size);
		region->cpu[i].written = allocate(size / LINE_MIN * sizeof(bool));
		memcpy(region->cpu[i].lines, memory, size);
		memcpy(region->cpu[i].fetched, memory, size);
	}
	pthread_mutex_lock(&lock);
	region->next = regions;
	regions = region;
	pthread_mutex_unlock(&lock);
}

void cache_model_remove(void *memory)
{
	struct region **link, *region;

	pthread_mutex_lock(&lock);
	for (link = &regions; *link && (*link)->memory != memory; link = &(*link)->next)
		;
	region = *link;
	if (region)
		*link = region->next;
	pthread_mutex_unlock(&lock);
	if (!region)
		return;
	for (unsigned int i = 0; i < CACHE_CPUS; i++) {
		free(region->cpu[i].lines);
		free(region->cpu[i].fetched);
		free(region->cpu[i].written);
	}
	free(region);
}

void *cache_model_view(unsigned int cpu, const void *ptr)
{
	uintptr_t offset;

	for (struct region *region = regions; region; region = region->next) {
		offset = (uintptr_t)ptr - (uintptr_t)region->memory;
		if (offset <= region->size) /* the end too */
			return region->cpu[cpu].lines + offset;
	}
	return (void *)(uintptr_t)ptr;
}

/* ------------------------------------------------------------------ lines; with the lock */

/* Whose copy an address is in: NULL if it is none. */
static struct cache *find(const volatile void *addr, struct region **region, size_t *offset)
{
	for (*region = regions; *region; *region = (*region)->next) {
		for (unsigned int i = 0; i < CACHE_CPUS; i++) {
			*offset = (uintptr_t)addr - (uintptr_t)(*region)->cpu[i].lines;
			if (*offset < (*region)->size)
				return &(*region)->cpu[i];
		}
	}
	return NULL;
}

static void fetch(struct region *region, struct cache *cache, size_t at)
{
	memcpy(cache->lines + at, region->memory + at, line_size);
	memcpy(cache->fetched + at, region->memory + at, line_size);
	cache->written[at / LINE_MIN] = false;
}

static bool is_dirty(const struct cache *cache, size_t at)
{
	return cache->written[at / LINE_MIN] || memcmp(cache->lines + at, cache->fetched + at, line_size);
}

static void write_back(struct region *region, struct cache *cache, size_t at)
{
	if (!is_dirty(cache, at))
		return;
	memcpy(region->memory + at, cache->lines + at, line_size);
	memcpy(cache->fetched + at, cache->lines + at, line_size);
	cache->written[at / LINE_MIN] = false;
}

/* All lines that the bytes touch. */
static void for_lines(const volatile void *addr, size_t len,
                      void (*act)(struct region *region, struct cache *cache, size_t at))
{
	struct region *region;
	struct cache *cache;
	size_t at, end;

	pthread_mutex_lock(&lock);
	cache = find(addr, &region, &at);
	if (cache && len) {
		end = at + len < region->size ? at + len : region->size;
		for (at -= at % line_size; at < end; at += line_size)
			act(region, cache, at);
	}
	pthread_mutex_unlock(&lock);
}

static void note_written(struct region *region, struct cache *cache, size_t at)
{
	(void)region;
	cache->written[at / LINE_MIN] = true;
}

/* ------------------------------------------------------------------ what a CPU does */

void cache_model_flush(const void *addr, size_t len)
{
	for_lines(addr, len, write_back);
}

void cache_model_invalidate(const void *addr, size_t len)
{
	for_lines(addr, len, fetch);
}

void cache_model_wrote(const volatile void *addr, size_t len)
{
	for_lines(addr, len, note_written);
}

/* One access: that line, or any other of this CPU's, may go or come. */
void cache_model_step(const volatile void *addr)
{
	struct region *region;
	struct cache *cache;
	size_t at;

	pthread_mutex_lock(&lock);
	cache = find(addr, &region, &at);
	if (cache && draw(2)) {
		if (draw(2))
			at = draw((uint32_t)region->size);
		at -= at % line_size;
		if (is_dirty(cache, at))
			write_back(region, cache, at);
		if (draw(2))
			fetch(region, cache, at);
	}
	pthread_mutex_unlock(&lock);
}

void cache_model_evict(void)
{
	pthread_mutex_lock(&lock);
	for (struct region *region = regions; region; region = region->next)
		for (unsigned int i = 0; i < CACHE_CPUS; i++)
			for (size_t at = 0; at < region->size; at += line_size)
				write_back(region, &region->cpu[i], at);
	pthread_mutex_unlock(&lock);
}
