/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of the command line share: cmocka, and a scratch directory for each test. */
#ifndef AMPRELAY_TEST_CLI_SCRATCH_H
#define AMPRELAY_TEST_CLI_SCRATCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline int make_scratch(void **state)
{
	char *dir = strdup("/tmp/cli-test-XXXXXX");

	*state = mkdtemp(dir);
	return *state ? 0 : -1;
}

static inline int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static inline int remove_scratch(void **state)
{
	int err = nftw(*state, remove_one, 8, FTW_DEPTH | FTW_PHYS);

	free(*state);
	return err;
}

/* Writes (or appends, mode "a") a text into DIR/NAME. */
static inline void put_file(const char *dir, const char *name, const char *mode, const char *text)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, mode);
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* The text of DIR/NAME; the caller frees it. */
static inline char *get_file(const char *dir, const char *name)
{
	char path[PATH_MAX], *text = calloc(1, 65536);
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	assert_non_null(f);
	text[fread(text, 1, 65535, f)] = '\0';
	fclose(f);
	return text;
}

#define T(name) cmocka_unit_test_setup_teardown(name, make_scratch, remove_scratch)

#endif
