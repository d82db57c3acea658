/* SPDX-License-Identifier: GPL-2.0-only */
/* Reader of a core's trace region: bytes of a ring become lines. */
#ifndef AMPRELAY_RELAY_TRACE_RING_H
#define AMPRELAY_RELAY_TRACE_RING_H

#include <stddef.h>
#include <stdint.h>

#define TRACE_LINE_MAX 256

struct trace_ring {
	const uint8_t *base; /**< the region; the core writes it at any time */
	uint32_t size;       /**< 0 = there is none */
	uint32_t tail;       /**< bytes consumed since power-on, wraps like the head */
	size_t fill;
	char line[TRACE_LINE_MAX]; /**< the line that has begun */
};

/** @param line  printable, without newline, NUL-terminated */
typedef void (*trace_line_fn)(void *userdata, const char *line);

/** Starts over, for a core that starts over. */
void amp_trace_reset(struct trace_ring *ring);

/**
 * Hands on each complete line up to `head`, with what is not printable replaced. A line that is too long is cut in two.
 *
 * @param head  the core's count of bytes ever written: untrusted, any value is safe
 * @return bytes that were overwritten before they could be read
 */
uint32_t amp_trace_drain(struct trace_ring *ring, uint32_t head, trace_line_fn on_line, void *userdata);

/** The same with text that is not in a ring. */
void amp_trace_take(struct trace_ring *ring, const uint8_t *text, size_t size, trace_line_fn on_line, void *userdata);

/** Hands on the line that has begun, if any: the core is dead and will not end it. */
void amp_trace_flush(struct trace_ring *ring, trace_line_fn on_line, void *userdata);

#endif /* AMPRELAY_RELAY_TRACE_RING_H */
