/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs dtc and socgen in a directory of the test's own. Every function fails the test if the machinery itself
 * breaks.
 */
#ifndef SOCGEN_TEST_FIXTURE_H
#define SOCGEN_TEST_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/** What a program did. */
struct outcome {
	int status;      /**< exit status, -1 if a signal ended it */
	char text[8192]; /**< standard output and standard error together, NUL-terminated */
};

/** Paths, set up by make_directory(). */
struct place {
	char dir[64];
	char dts[96];
	char dtb[96];
	char out[96]; /**< handed to socgen -o; does not exist at first */
};

/** Setup and teardown of each test: *state is a struct place. */
int make_directory(void **state);
int remove_directory(void **state);

/** Run a shell command line. */
struct outcome run(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Contents of a file as a string. @return to be freed by the caller */
char *slurp(const char *path, size_t *size);
void spill(const char *path, const void *bytes, size_t size);

/** @return `text` with the only occurrence of `find` replaced, to be freed; `text` is freed. */
char *edit(char *text, const char *find, const char *replace);

/** @return two-cores.dts, to be freed by the caller */
char *fixture_text(void);

/** Compile a source text to place->dtb. */
void compile(const struct place *place, const char *text);

/** Run socgen on place->dtb. */
struct outcome generate(const struct place *place);

bool exists(const char *path);

#endif
