// SPDX-License-Identifier: BSD-3-Clause
/* Messages go to standard error. */
#include <metal/log.h>
#include <metal/utilities.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void metal_default_log_handler(enum metal_log_level level, const char *format, ...)
{
	static const char *const names[] = {"emergency", "alert",  "critical", "error",
	                                    "warning",   "notice", "info",     "debug"};
	const char *name = (unsigned int)level < metal_dim(names) ? names[level] : "?";
	char text[512];
	va_list args;
	size_t len;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	/* Formats end with a newline or not; lines always do. One call, so that threads do not mix within a line. */
	len = strlen(text);
	if (len && text[len - 1] == '\n')
		text[len - 1] = 0;
	fprintf(stderr, "metal: %s: %s\n", name, text);
}
