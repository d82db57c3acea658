// SPDX-License-Identifier: BSD-3-Clause
#include "format.h"
#include "trace.h"

void amp_trace_ring_write(const struct amp_trace_ring *ring, const char *text, size_t length)
{
	uint32_t head = *ring->head;

	for (size_t i = 0; i < length; i++)
		ring->base[(head + i) & (ring->size - 1)] = text[i];
	/* A reader that sees the new head before the text would print what was there before. */
	__atomic_thread_fence(__ATOMIC_RELEASE);
	*ring->head = head + (uint32_t)length;
}

size_t amp_trace_line(char *line, uint64_t us, const char *text, size_t length)
{
	size_t at = amp_format(line, AMP_TRACE_LINE, "[%5u.%06u] ", (unsigned)(us / 1000000), (unsigned)(us % 1000000));

	while (length && (text[length - 1] == '\n' || text[length - 1] == '\r'))
		length--;
	for (size_t i = 0; i < length && at < AMP_TRACE_LINE - 1; i++)
		line[at++] = (char)(text[i] >= ' ' && text[i] <= '~' ? text[i] : '.');
	line[at++] = '\n';
	return at;
}
