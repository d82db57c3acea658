/* SPDX-License-Identifier: GPL-2.0-only */
/* Failed assertions come back to the test: if (setjmp(trap) == 0) { …; fail(); } then `failed` says what it was. */
#ifndef ASSERT_TRAP_H
#define ASSERT_TRAP_H

#include <metal/assert.h>
#include <setjmp.h>

static jmp_buf trap;
static const char *failed;

void amp_assert_failed(const char *text, const char *file, int line)
{
	(void)file;
	(void)line;
	failed = text;
	longjmp(trap, 1);
}

#define assert_traps(statement, text)                    \
	do {                                             \
		failed = NULL;                           \
		if (setjmp(trap) == 0) {                 \
			statement;                       \
			fail_msg("no assertion failed"); \
		}                                        \
		assert_string_equal(failed, text);       \
	} while (0)

#endif
