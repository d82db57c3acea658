/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Assertions that stay in every build. A failed one is a crash whose record says "file:line: expression".
 *
 * The check traps where it stands, so that the record has the registers of the function that found out, not of a
 * reporting function. Context: any.
 */
#ifndef AMP_FIRMWARE_ASSERT_H
#define AMP_FIRMWARE_ASSERT_H

#define AMP_ASSERT_TEXT_(x) #x
#define AMP_ASSERT_TEXT(x)  AMP_ASSERT_TEXT_(x)

#if !__STDC_HOSTED__
#include "cpu.h"
#define amp_assert_trap(text) cpu_assert_failed(text)
#else
#include <stdio.h>
#include <stdlib.h>
#define amp_assert_trap(text) (fputs(text "\n", stderr), abort())
#endif

/** Room for texts that are put together at run time. */
extern char amp_assert_text[128];

#define amp_assert(cond)                                                                         \
	do {                                                                                     \
		if (!(cond))                                                                     \
			amp_assert_trap(__FILE_NAME__ ":" AMP_ASSERT_TEXT(__LINE__) ": " #cond); \
	} while (0)

#endif
