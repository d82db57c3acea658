// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>

#include "common/clock.h"
#include "trace_file.h"
#include "trace_ring.h"

void amp_trace_file_write(struct trace_file *file)
{
	if (file->fill)
		amp_logfile_write(&file->file, file->text, file->fill);
	file->fill = 0;
}

void amp_trace_file_add(struct trace_file *file, const char *line)
{
	size_t room = sizeof(file->text) - file->fill;
	uint64_t now = now_ns();
	int len;

	if (room < TRACE_LINE_MAX + 32) {
		amp_trace_file_write(file);
		room = sizeof(file->text);
	}
	len = snprintf(file->text + file->fill, room, "[%5" PRIu64 ".%06" PRIu64 "] %s\n", now / NS_PER_S,
	               now % NS_PER_S / 1000, line);
	if (len > 0 && (size_t)len < room)
		file->fill += (size_t)len;
}
