// SPDX-License-Identifier: BSD-3-Clause
#include "format.h"
#include "trace.h"

void amp_vtrace(const char *format, va_list args)
{
	char text[AMP_TRACE_LINE];
	size_t length = amp_vformat(text, sizeof(text), format, args);

	amp_trace_text(text, length < sizeof(text) ? length : sizeof(text) - 1);
}

void amp_trace(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	amp_vtrace(format, args);
	va_end(args);
}
