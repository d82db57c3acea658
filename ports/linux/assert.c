// SPDX-License-Identifier: BSD-3-Clause
/* A failed assertion ends the process, with a core dump where the system makes them. */
#include <metal/assert.h>
#include <stdio.h>
#include <stdlib.h>

void amp_assert_failed(const char *text, const char *file, int line)
{
	fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, text);
	abort();
}
