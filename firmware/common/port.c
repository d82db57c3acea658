// SPDX-License-Identifier: BSD-3-Clause
/* What the library's bare-metal port asks of a board: see metal/port/board.h. */
#include "amp_assert.h"
#include "board.h"
#include "format.h"

#include <metal/assert.h>
#include <metal/time.h>

char amp_assert_text[128];

/* Failed assertions of the library become the same crash as our own. */
void amp_assert_failed(const char *text, const char *file, int line)
{
	amp_format(amp_assert_text, sizeof(amp_assert_text), "%s:%d: %s", file, line, text);
	amp_assert_trap(amp_assert_text);
}

unsigned long long metal_get_timestamp(void)
{
	return amp_clock_ns() + 1; /* 0 would mean that there is no clock */
}
