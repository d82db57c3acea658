// SPDX-License-Identifier: GPL-2.0-only
#include "dump_names.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUFFIX ".devcoredump"

bool amp_dump_name(char name[AMP_DUMP_NAME_LEN], const char *core, unsigned int number)
{
	int n;

	if (!isalnum((unsigned char)core[0]))
		return false;
	for (const char *c = core; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("-_.", *c))
			return false;
	n = snprintf(name, AMP_DUMP_NAME_LEN, "%s-%u" SUFFIX, core, number);
	return n > 0 && n < AMP_DUMP_NAME_LEN;
}

unsigned int amp_dump_number(const char *name, const char *core)
{
	size_t len = strlen(core);
	unsigned long n;
	char *end;

	if (strncmp(name, core, len) != 0 || name[len] != '-' || !isdigit((unsigned char)name[len + 1]))
		return 0;
	errno = 0;
	n = strtoul(name + len + 1, &end, 10);
	/* UINT_MAX is left out so that there always is a next number */
	return errno || n >= UINT_MAX || strcmp(end, SUFFIX) != 0 ? 0 : (unsigned int)n;
}
