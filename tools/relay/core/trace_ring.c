// SPDX-License-Identifier: GPL-2.0-only
#include "trace_ring.h"

void amp_trace_reset(struct trace_ring *ring)
{
	ring->tail = 0;
	ring->fill = 0;
}

void amp_trace_flush(struct trace_ring *ring, trace_line_fn on_line, void *userdata)
{
	if (ring->fill == 0)
		return;
	ring->line[ring->fill] = '\0';
	ring->fill = 0;
	on_line(userdata, ring->line);
}

static void take_byte(struct trace_ring *ring, uint8_t byte, trace_line_fn on_line, void *userdata)
{
	if (byte == '\n') {
		ring->line[ring->fill] = '\0';
		ring->fill = 0;
		on_line(userdata, ring->line);
		return;
	}
	if (byte == '\r')
		return;
	if (ring->fill == sizeof(ring->line) - 1)
		amp_trace_flush(ring, on_line, userdata);
	ring->line[ring->fill++] = (char)((byte >= 0x20 && byte < 0x7f) || byte == '\t' ? byte : '?');
}

void amp_trace_take(struct trace_ring *ring, const uint8_t *text, size_t size, trace_line_fn on_line, void *userdata)
{
	for (size_t i = 0; i < size; i++)
		take_byte(ring, text[i], on_line, userdata);
}

uint32_t amp_trace_drain(struct trace_ring *ring, uint32_t head, trace_line_fn on_line, void *userdata)
{
	uint32_t lost = 0;

	if (ring->size == 0)
		return 0;
	if (head - ring->tail > ring->size) {
		lost = head - ring->tail - ring->size;
		ring->tail = head - ring->size;
		ring->fill = 0;
	}
	for (; ring->tail != head; ring->tail++)
		take_byte(ring, ((const volatile uint8_t *)ring->base)[ring->tail % ring->size], on_line, userdata);
	return lost;
}
