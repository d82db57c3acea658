/* SPDX-License-Identifier: GPL-2.0-only */
/* What the machine allows: a cache line that goes to and fro, a ring between two threads, memcpy. */
#ifndef AMP_BENCH_LIMITS_H
#define AMP_BENCH_LIMITS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#define RING_SLOTS 256
#define SLOT_SIZE  512

/** Single producer, single consumer; indices and slots in cache lines of their own. Zeroed: empty. */
struct ring {
	_Alignas(64) atomic_uint head; /**< the producer's */
	_Alignas(64) atomic_uint tail; /**< the consumer's */
	_Alignas(64) unsigned int seen_tail;
	_Alignas(64) unsigned int seen_head;
	_Alignas(64) struct slot {
		size_t len;
		unsigned char data[SLOT_SIZE - sizeof(size_t)];
	} slots[RING_SLOTS];
};

/** @return false: full. Context: the producer */
bool ring_put(struct ring *ring, const void *data, size_t len);

/** @return the oldest message, until ring_drop(); NULL: empty. Context: the consumer */
const struct slot *ring_first(struct ring *ring);
void ring_drop(struct ring *ring);

/** @return bytes per nanosecond of memcpy, in pieces of @p len,
 * from and to memory that fits the caches as a ring does */
double memcpy_bandwidth(size_t len);

#endif
