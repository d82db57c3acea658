// SPDX-License-Identifier: BSD-3-Clause
#include "trace.h"

#include "board.h"
#include "control.h"

_Static_assert((SOC_TRACE_SIZE & (SOC_TRACE_SIZE - 1)) == 0, "the trace region's size is a power of two");

static const struct amp_trace_ring ring = {
	.base = (volatile char *)SOC_TRACE_DA,
	.size = SOC_TRACE_SIZE,
	.head = &amp_remote_block->trace_head,
};

void amp_trace_start(void)
{
	amp_remote_block->trace_head = 0;
	for (uint32_t i = 0; i < SOC_TRACE_SIZE; i += sizeof(uint32_t))
		*(volatile uint32_t *)(ring.base + i) = 0;
}

void amp_trace_text(const char *text, size_t length)
{
	char line[AMP_TRACE_LINE];
	size_t size = amp_trace_line(line, amp_clock_us(), text, length);
	uint32_t state = amp_interrupts_off();

	amp_trace_ring_write(&ring, line, size);
	amp_interrupts_restore(state);
	amp_doorbell_ring(AMP_DB_TRACE);
}
