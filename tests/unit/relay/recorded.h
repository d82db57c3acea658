/* SPDX-License-Identifier: GPL-2.0-only */
/* What a test's relay has recorded. */
#ifndef AMP_TESTS_RECORDED_H
#define AMP_TESTS_RECORDED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/** Does an event in that directory contain the text? */
static inline bool recorded_in(const char *dir, const char *text)
{
	char path[128], line[4096];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "%s/events.jsonl", dir);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		found |= strstr(line, text) != NULL;
	fclose(file);
	return found;
}

#endif
