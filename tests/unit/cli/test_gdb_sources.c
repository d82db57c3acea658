// SPDX-License-Identifier: GPL-2.0-only
/* Sources that are no more where they were when a file was built from them, which the machine's compiler does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "amprelay/gdb_sources.h"

static struct gdb_sources sources;
static char folder[128];

__attribute__((format(printf, 1, 2))) static void shell(const char *format, ...)
{
	char text[1024], command[1200];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	snprintf(command, sizeof(command), "set -e; cd '%s'; %s", folder, text);
	assert_int_equal(system(command), 0);
}

static int set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/gdb-sources-XXXXXX");
	assert_non_null(mkdtemp(folder));
	shell("mkdir -p there/src/deep/down there/build/x; echo 'int f(void) { return 1; }' >there/src/deep/down/a.c");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	shell("rm -rf '%s'", folder);
	return 0;
}

/* Built below there/build/x, as NAME; then the sources are in here/, and those who look are in here/BELOW. */
static bool find(const char *name, const char *below)
{
	char elf[256], from[256];

	shell("cd there/build/x; cc -g -shared %s -o ../../../a.so", name);
	shell("mv there here; rm -rf here/build; mkdir -p here/'%s'", below);
	snprintf(elf, sizeof(elf), "%s/a.so", folder);
	snprintf(from, sizeof(from), "%s/here/%s", folder, below);
	return amp_gdb_find_sources(elf, from, &sources);
}

static const char *in_folder(const char *rest)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, rest);
	return path;
}

static void sources_that_are_where_they_were_need_nothing(void **state)
{
	(void)state;
	shell("cd there/build/x; cc -g -shared ../../src/deep/down/a.c -o ../../../a.so");
	assert_false(amp_gdb_find_sources(in_folder("a.so"), "/usr", &sources));
	assert_false(amp_gdb_find_sources(in_folder("none"), "/usr", &sources));
	assert_false(amp_gdb_find_sources("/etc/passwd", "/usr", &sources));
}

static void a_relative_name_is_found_from_a_folder_as_deep_as_the_build_s(void **state)
{
	(void)state;
	assert_true(find("../../src/deep/down/a.c", "src/other"));
	assert_string_equal(sources.from, in_folder("there"));
	assert_string_equal(sources.to, in_folder("here"));
	assert_string_equal(sources.beside, in_folder("here/src/deep"));
}

static void an_absolute_name_needs_no_such_folder(void **state)
{
	(void)state;
	assert_true(find("$PWD/../../src/deep/down/a.c", "src"));
	assert_string_equal(sources.from, in_folder("there"));
	assert_string_equal(sources.to, in_folder("here"));
	assert_string_equal(sources.beside, "");
}

static void sources_that_are_nowhere_are_not_made_up(void **state)
{
	(void)state;
	shell("mkdir -p away && echo 'int a;' >away/a.c"); /* of the same name, in another folder */
	shell("cd there/build/x; cc -g -shared ../../src/deep/down/a.c -o ../../../a.so; cd ../../..; rm -rf there");
	assert_false(amp_gdb_find_sources(in_folder("a.so"), in_folder("away"), &sources));
}

int main(void)
{
#define TEST(claim) cmocka_unit_test_setup_teardown(claim, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(sources_that_are_where_they_were_need_nothing),
		TEST(a_relative_name_is_found_from_a_folder_as_deep_as_the_build_s),
		TEST(an_absolute_name_needs_no_such_folder),
		TEST(sources_that_are_nowhere_are_not_made_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
