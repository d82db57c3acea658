// SPDX-License-Identifier: GPL-2.0-only
/* Files of a POSIX system for a client that must not leave its directory. */
#include <amprelay/rpc_files.h>

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const struct amp_rpc_file_ops *const ops = &amp_rpc_posix_file_ops;
static struct amp_rpc_directory dir;
static char base[] = "/tmp/amp-files-XXXXXX";

static void make_file(const char *name, const char *content)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	fputs(content, file);
	fclose(file);
}

/* base: outside.txt, link-target/, jail/{in.txt, sub/deep.txt, link -> ../outside.txt, out -> .., fifo} */
static int make_tree(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(base));
	assert_int_equal(chdir(base), 0);
	make_file("outside.txt", "secret");
	assert_int_equal(mkdir("jail", 0755), 0);
	assert_int_equal(mkdir("jail/sub", 0755), 0);
	make_file("jail/in.txt", "inside");
	make_file("jail/sub/deep.txt", "deep");
	assert_int_equal(symlink("../outside.txt", "jail/link"), 0);
	assert_int_equal(symlink("in.txt", "jail/inner-link"), 0);
	assert_int_equal(symlink("..", "jail/out"), 0);
	assert_int_equal(mkfifo("jail/fifo", 0644), 0);
	return amp_rpc_directory_open(&dir, "jail");
}

static int remove_tree(void **state)
{
	char command[64];

	(void)state;
	amp_rpc_directory_close(&dir);
	amp_rpc_directory_close(&dir);
	snprintf(command, sizeof(command), "rm -rf %s", base);
	return chdir("/") || system(command);
}

static void check_content(const char *path, const char *content)
{
	char buf[32] = {0};
	int handle = ops->open(&dir, path, AMP_RPC_O_RDONLY, 0);

	assert_true(handle >= 0);
	assert_int_equal(ops->read(&dir, handle, buf, sizeof(buf)), strlen(content));
	assert_string_equal(buf, content);
	assert_int_equal(ops->read(&dir, handle, buf, sizeof(buf)), 0);
	assert_int_equal(ops->close(&dir, handle), 0);
	assert_int_equal(ops->close(&dir, handle), -EBADF);
}

static void files_inside_are_found_by_any_spelling(void **state)
{
	(void)state;
	check_content("in.txt", "inside");
	check_content("/in.txt", "inside");
	check_content("sub/deep.txt", "deep");
	check_content("./sub//./deep.txt", "deep");
}

static void nothing_outside_can_be_reached(void **state)
{
	static const char *const paths[] = {
		"../outside.txt", "sub/../../outside.txt", "sub/../in.txt",  "..", "/../outside.txt", "link",
		"inner-link",     "out/outside.txt",       "out/jail/in.txt"};
	int result;

	(void)state;
	for (unsigned int i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		result = ops->open(&dir, paths[i], AMP_RPC_O_RDONLY, 0);
		assert_true(result == -EACCES || result == -ENOTDIR);
		result = ops->open(&dir, paths[i], AMP_RPC_O_WRONLY | AMP_RPC_O_CREAT | AMP_RPC_O_TRUNC, 0644);
		assert_true(result == -EACCES || result == -ENOTDIR);
	}
	assert_int_equal(access("new", F_OK), -1);
}

static void only_regular_files_are_opened_and_nothing_waits(void **state)
{
	(void)state;
	assert_int_equal(ops->open(&dir, "fifo", AMP_RPC_O_RDONLY, 0), -EACCES);
	assert_true(ops->open(&dir, "fifo", AMP_RPC_O_WRONLY, 0) < 0);
	assert_int_equal(ops->open(&dir, "sub", AMP_RPC_O_RDONLY, 0), -EACCES);
	assert_int_equal(ops->open(&dir, ".", AMP_RPC_O_RDONLY, 0), -EACCES);
	assert_int_equal(ops->open(&dir, "/", AMP_RPC_O_RDONLY, 0), -EACCES);
	assert_int_equal(ops->open(&dir, "in.txt/", AMP_RPC_O_RDONLY, 0), -ENOTDIR);
	assert_int_equal(ops->open(&dir, "sub/", AMP_RPC_O_RDONLY, 0), -EISDIR);
	assert_int_equal(ops->open(&dir, "none", AMP_RPC_O_RDONLY, 0), -ENOENT);
	assert_int_equal(ops->open(&dir, "none/none", AMP_RPC_O_RDONLY, 0), -ENOENT);
}

static void files_are_created_cut_and_appended_to_as_asked(void **state)
{
	struct stat st;
	int handle;

	(void)state;
	umask(022);
	handle = ops->open(&dir, "new.txt", AMP_RPC_O_WRONLY | AMP_RPC_O_CREAT | AMP_RPC_O_EXCL, 07777);
	assert_true(handle >= 0);
	assert_int_equal(ops->write(&dir, handle, "first", 5), 5);
	assert_int_equal(ops->read(&dir, handle, base, 0), -EBADF);
	ops->close(&dir, handle);
	assert_int_equal(stat("jail/new.txt", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(ops->open(&dir, "new.txt", AMP_RPC_O_WRONLY | AMP_RPC_O_CREAT | AMP_RPC_O_EXCL, 0644),
	                 -EEXIST);
	handle = ops->open(&dir, "new.txt", AMP_RPC_O_WRONLY | AMP_RPC_O_APPEND, 0);
	assert_int_equal(ops->write(&dir, handle, "+", 1), 1);
	ops->close(&dir, handle);
	check_content("new.txt", "first+");
	handle = ops->open(&dir, "new.txt", AMP_RPC_O_RDWR | AMP_RPC_O_TRUNC, 0);
	assert_true(handle >= 0);
	ops->close(&dir, handle);
	check_content("new.txt", "");
	handle = ops->open(&dir, "in.txt", AMP_RPC_O_RDONLY | AMP_RPC_O_TRUNC, 0);
	ops->close(&dir, handle);
	check_content("in.txt", "inside");
}

static void names_longer_than_the_system_has_are_refused(void **state)
{
	char path[300];

	(void)state;
	memset(path, 'n', sizeof(path));
	path[256] = '\0';
	assert_int_equal(ops->open(&dir, path, AMP_RPC_O_RDONLY, 0), -ENAMETOOLONG);
	path[255] = '\0';
	assert_int_equal(ops->open(&dir, path, AMP_RPC_O_RDONLY, 0), -ENOENT);
}

static void no_descriptor_is_left_open(void **state)
{
	int before = dup(0), after;

	(void)state;
	close(before);
	(void)ops->open(&dir, "sub/none", AMP_RPC_O_RDONLY, 0);
	(void)ops->open(&dir, "sub/../x", AMP_RPC_O_RDONLY, 0);
	(void)ops->open(&dir, "sub/", AMP_RPC_O_RDONLY, 0);
	(void)ops->open(&dir, "fifo", AMP_RPC_O_RDONLY, 0);
	check_content("./sub/deep.txt", "deep");
	after = dup(0);
	close(after);
	assert_int_equal(before, after);
}

static void a_directory_must_be_one(void **state)
{
	struct amp_rpc_directory other;

	(void)state;
	assert_int_equal(amp_rpc_directory_open(&other, "jail/in.txt"), -ENOTDIR);
	assert_int_equal(amp_rpc_directory_open(&other, "jail/none"), -ENOENT);
	assert_int_equal(amp_rpc_directory_open(NULL, "jail"), -EINVAL);
	assert_int_equal(amp_rpc_directory_open(&other, NULL), -EINVAL);
	amp_rpc_directory_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_inside_are_found_by_any_spelling),
		cmocka_unit_test(nothing_outside_can_be_reached),
		cmocka_unit_test(only_regular_files_are_opened_and_nothing_waits),
		cmocka_unit_test(files_are_created_cut_and_appended_to_as_asked),
		cmocka_unit_test(names_longer_than_the_system_has_are_refused),
		cmocka_unit_test(no_descriptor_is_left_open),
		cmocka_unit_test(a_directory_must_be_one),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
