// SPDX-License-Identifier: GPL-2.0-only
#include "limits.h"

#include "samples.h"

#include <string.h>

bool ring_put(struct ring *ring, const void *data, size_t len)
{
	unsigned int head = atomic_load_explicit(&ring->head, memory_order_relaxed);
	struct slot *slot = &ring->slots[head % RING_SLOTS];

	if (head - ring->seen_tail == RING_SLOTS) {
		ring->seen_tail = atomic_load_explicit(&ring->tail, memory_order_acquire);
		if (head - ring->seen_tail == RING_SLOTS)
			return false;
	}
	memcpy(slot->data, data, len);
	slot->len = len;
	atomic_store_explicit(&ring->head, head + 1, memory_order_release);
	return true;
}

const struct slot *ring_first(struct ring *ring)
{
	unsigned int tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);

	if (tail == ring->seen_head) {
		ring->seen_head = atomic_load_explicit(&ring->head, memory_order_acquire);
		if (tail == ring->seen_head)
			return NULL;
	}
	return &ring->slots[tail % RING_SLOTS];
}

void ring_drop(struct ring *ring)
{
	unsigned int tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);

	atomic_store_explicit(&ring->tail, tail + 1, memory_order_release);
}

double memcpy_bandwidth(size_t len)
{
	static unsigned char from[RING_SLOTS][SLOT_SIZE], to[RING_SLOTS][SLOT_SIZE];
	const unsigned int rounds = 2000;
	uint64_t start = now_ns();

	for (unsigned int round = 0; round < rounds; round++) {
		for (unsigned int i = 0; i < RING_SLOTS; i++) {
			memcpy(to[i], from[i], len);
			/* the copy is wanted, though nobody reads it */
			__asm__ volatile("" ::"r"(to[i]) : "memory");
		}
	}
	return (double)len * rounds * RING_SLOTS / (double)(now_ns() - start);
}
