// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "common/clock.h"
#include "log.h"

void amp_log(const char *format, ...)
{
	uint64_t now = now_ns();
	char line[1024];
	va_list args;
	int head, len;

	head = snprintf(line, sizeof(line), "[%5llu.%06llu] ", (unsigned long long)(now / NS_PER_S),
	                (unsigned long long)(now % NS_PER_S / 1000));
	va_start(args, format);
	len = vsnprintf(line + head, sizeof(line) - (size_t)head - 1, format, args);
	va_end(args);
	if (len < 0)
		return;
	if (len > (int)sizeof(line) - head - 2)
		len = (int)sizeof(line) - head - 2;
	line[head + len] = '\n';
	/* a log that cannot be written (disk full, terminal gone) is no reason to stop a lab */
	if (write(STDERR_FILENO, line, (size_t)head + (size_t)len + 1) < 0)
		return;
}

bool amp_ratelimit(struct ratelimit *limit, uint64_t now, uint32_t *suppressed)
{
	uint64_t period = limit->refill_ms * NS_PER_MS;
	uint64_t tokens = (now - limit->refilled) / period;

	if (tokens >= limit->used) {
		limit->used = 0;
		limit->refilled = now;
	} else {
		limit->used -= (uint32_t)tokens;
		limit->refilled += tokens * period;
	}
	if (limit->used >= limit->burst) {
		limit->suppressed++;
		return false;
	}
	limit->used++;
	*suppressed = limit->suppressed;
	limit->suppressed = 0;
	return true;
}
