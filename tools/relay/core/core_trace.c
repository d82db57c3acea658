// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>

#include "common/clock.h"
#include "common/text.h"
#include "core.h"

static void write_trace(struct core *core)
{
	if (core->trace_fill)
		amp_logfile_write(&core->trace_file, core->trace_text, core->trace_fill);
	core->trace_fill = 0;
}

/* The file gets one write for each time that the core rings, not for each line. */
static void add_trace_line(struct core *core, uint64_t now, const char *line)
{
	size_t room = sizeof(core->trace_text) - core->trace_fill;
	int len;

	if (room < TRACE_LINE_MAX + 32) {
		write_trace(core);
		room = sizeof(core->trace_text);
	}
	len = snprintf(core->trace_text + core->trace_fill, room, "[%5" PRIu64 ".%06" PRIu64 "] %s\n", now / NS_PER_S,
	               now % NS_PER_S / 1000, line);
	if (len > 0 && (size_t)len < room)
		core->trace_fill += (size_t)len;
}

static void on_trace_line(void *userdata, const char *line)
{
	struct core *core = userdata;
	uint64_t now = now_ns();
	uint32_t suppressed;
	char text[64];

	if (!amp_ratelimit(&core->trace_lines, now, &suppressed))
		return;
	if (suppressed) {
		amp_text(text, sizeof(text), "(%u lines came too fast and were dropped)", suppressed);
		add_trace_line(core, now, text);
	}
	add_trace_line(core, now, line);
}

void amp_core_drain_trace(struct core *core)
{
	uint32_t lost = amp_trace_drain(&core->trace, amp_shm_trace_head(&core->shm), on_trace_line, core);
	char text[64];

	if (lost != 0) {
		amp_text(text, sizeof(text), "(%u bytes were overwritten before they could be read)", lost);
		on_trace_line(core, text);
	}
	write_trace(core);
}

void amp_core_end_trace(struct core *core)
{
	amp_core_drain_trace(core);
	amp_trace_flush(&core->trace, on_trace_line, core);
	write_trace(core);
}
