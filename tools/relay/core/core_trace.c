// SPDX-License-Identifier: GPL-2.0-only
#include "common/clock.h"
#include "common/text.h"
#include "core.h"

static void on_trace_line(void *userdata, const char *line)
{
	struct core *core = userdata;
	uint32_t suppressed;
	char text[64];

	if (!amp_ratelimit(&core->trace_lines, now_ns(), &suppressed))
		return;
	if (suppressed) {
		amp_text(text, sizeof(text), "(%u lines came too fast and were dropped)", suppressed);
		amp_trace_file_add(&core->trace_file, text);
	}
	amp_trace_file_add(&core->trace_file, line);
}

void amp_core_drain_trace(struct core *core)
{
	uint32_t lost = amp_trace_drain(&core->trace, amp_shm_trace_head(&core->shm), on_trace_line, core);
	char text[64];

	if (lost != 0) {
		amp_text(text, sizeof(text), "(%u bytes were overwritten before they could be read)", lost);
		on_trace_line(core, text);
	}
	amp_trace_file_write(&core->trace_file);
}

void amp_core_end_trace(struct core *core)
{
	amp_core_drain_trace(core);
	amp_trace_flush(&core->trace, on_trace_line, core);
	amp_trace_file_write(&core->trace_file);
}
