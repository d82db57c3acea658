// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "relay/base/remove_tree.h"

static char dir[] = "/tmp/remove_tree.XXXXXX";
static int top;

static int set_up(void **state)
{
	(void)state;
	strcpy(strrchr(dir, '.') + 1, "XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	top = open(dir, O_RDONLY | O_DIRECTORY);
	return mkdirat(top, "tree", 0755);
}

static int tear_down(void **state)
{
	char command[64];

	(void)state;
	close(top);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

static void make(const char *path)
{
	int fd = openat(top, path, O_CREAT | O_WRONLY, 04755);

	assert_true(fd >= 0);
	close(fd);
}

static bool exists(const char *path)
{
	return faccessat(top, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void files_and_folders_in_folders_are_removed(void **state)
{
	(void)state;
	make("tree/file");
	assert_int_equal(mkdirat(top, "tree/.a", 0755), 0);
	assert_int_equal(mkdirat(top, "tree/.a/b", 0755), 0);
	make("tree/.a/b/.c");
	assert_int_equal(mkfifoat(top, "tree/pipe", 0600), 0);
	assert_int_equal(amp_remove_tree(top, "tree"), 0);
	assert_false(exists("tree"));
}

static void a_link_is_removed_and_not_followed(void **state)
{
	(void)state;
	assert_int_equal(mkdirat(top, "precious", 0755), 0);
	make("precious/file");
	assert_int_equal(symlinkat("../precious", top, "tree/link"), 0);
	assert_int_equal(symlinkat("precious", top, "tree2"), 0);
	assert_int_equal(amp_remove_tree(top, "tree"), 0);
	assert_int_equal(amp_remove_tree(top, "tree2"), 0);
	assert_false(exists("tree"));
	assert_false(exists("tree2"));
	assert_true(exists("precious/file"));
}

static void a_tree_that_is_too_deep_stays_and_costs_no_stack(void **state)
{
	int at = openat(top, "tree", O_RDONLY | O_DIRECTORY);

	(void)state;
	for (int i = 0; i < 3 * REMOVE_DEPTH_MAX; i++) {
		int next;

		assert_int_equal(mkdirat(at, "d", 0755), 0);
		next = openat(at, "d", O_RDONLY | O_DIRECTORY);
		close(at);
		at = next;
	}
	close(at);
	assert_int_not_equal(amp_remove_tree(top, "tree"), 0);
	assert_true(exists("tree"));
}

static void what_does_not_exist_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(amp_remove_tree(top, "nothing"), -ENOENT);
}

int main(void)
{
#define TEST(claim) cmocka_unit_test_setup_teardown(claim, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(files_and_folders_in_folders_are_removed),
		TEST(a_link_is_removed_and_not_followed),
		TEST(a_tree_that_is_too_deep_stays_and_costs_no_stack),
		TEST(what_does_not_exist_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
