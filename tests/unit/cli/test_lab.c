// SPDX-License-Identifier: GPL-2.0-only
#include "scratch.h"

#include <errno.h>
#include <sys/file.h>
#include <sys/wait.h>

#include "amprelay/lab_dir.h"
#include "amprelay/lab_files.h"
#include "common/text.h"

#include "common/exit_codes.h"

static void names_follow_the_rule(void **state)
{
	static const char *const good[] = {"default", "a", "A-1_b.c", "0123456789abcdef0123456789abcdef", "_x"};
	static const char *const bad[] = {"",    ".",   "..",       ".a",  "-a",
	                                  "a/b", "a b", "\xc3\xa4", "a\n", "0123456789abcdef0123456789abcdef0"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(amp_text_is_lab_name(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(amp_text_is_lab_name(bad[i]));
}

static void the_state_directory_is_found_by_the_environment(void **state)
{
	char want[PATH_MAX], *dir;

	setenv("AMPRELAY_STATE", *state, 1);
	dir = amp_lab_state_dir("x");
	snprintf(want, sizeof(want), "%s/x", (char *)*state);
	assert_string_equal(dir, want);
	free(dir);
	unsetenv("AMPRELAY_STATE");
	setenv("XDG_STATE_HOME", "/xdg", 1);
	dir = amp_lab_state_dir("x");
	assert_string_equal(dir, "/xdg/amprelay/x");
	free(dir);
	unsetenv("XDG_STATE_HOME");
	setenv("HOME", "/home/me", 1);
	dir = amp_lab_state_dir("x");
	assert_string_equal(dir, "/home/me/.local/state/amprelay/x");
	free(dir);
}

static void directories_are_made_with_their_parents(void **state)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/a/b/c", (char *)*state);
	assert_int_equal(amp_lab_make_dir(path), 0);
	assert_int_equal(access(path, W_OK), 0);
	assert_int_equal(amp_lab_make_dir(path), 0);
	put_file(*state, "file", "w", "");
	snprintf(path, sizeof(path), "%s/file/x", (char *)*state);
	assert_int_equal(amp_lab_make_dir(path), -ENOTDIR);
}

static void a_held_lock_is_seen_and_refused(void **state)
{
	int fd = amp_lab_lock(*state);

	assert_true(fd >= 0);
	assert_true(amp_lab_is_held(*state));
	assert_int_equal(amp_lab_lock(*state), -EWOULDBLOCK);
	close(fd);
	assert_false(amp_lab_is_held(*state));
}

static void a_lock_that_is_let_go_soon_is_waited_for(void **state)
{
	int held = amp_lab_lock(*state), go[2];
	pid_t holder;

	assert_int_equal(pipe(go), 0);
	holder = fork();
	if (!holder) { /* shares the lock, as the relay does; lets go once the other has asked */
		char c;

		close(go[1]);
		_exit(read(go[0], &c, 1) == 1 ? 0 : 1);
	}
	close(held);
	close(go[0]);
	assert_true(amp_lab_is_held(*state));
	assert_int_equal(write(go[1], "x", 1), 1);
	held = amp_lab_lock(*state);
	assert_true(held >= 0);
	close(held);
	close(go[1]);
	waitpid(holder, NULL, 0);
}

static void a_lab_without_a_lock_file_is_not_held(void **state)
{
	assert_false(amp_lab_is_held(*state));
	assert_false(amp_lab_is_held("/nonexistent"));
}

static void each_missing_file_is_named(void **state)
{
	struct lab_choice choice = {.dir = *state};
	struct lab_files files;
	char error[LAB_FILES_ERROR];
	static const char *const order[] = {"Image", "initramfs.cpio", "m3.json"};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		assert_int_equal(amp_lab_files_resolve(&files, &choice, error), AMP_EXIT_ENVIRONMENT);
		if (!strstr(error, order[i]))
			fail_msg("%s is not in: %s", order[i], error);
		amp_lab_files_free(&files);
		put_file(*state, order[i], "w", "x");
	}
	/* all are there, but the SoC's description is nonsense */
	assert_int_equal(amp_lab_files_resolve(&files, &choice, error), AMP_EXIT_ENVIRONMENT);
	assert_non_null(strstr(error, "m3.json"));
	amp_lab_files_free(&files);
}

static void a_soc_is_chosen_by_name_or_by_file(void **state)
{
	static const struct {
		const char *soc, *complaint;
	} cases[] = {
		{NULL, "m3.json:1: "},     /* nonsense, but found */
		{"star", "star.json:1: "}, /* likewise */
		{"none", "no SoC 'none' in "},
		{"none", ": it has m3 star"},
		{"./none", "/none: No such file or directory: give --soc a name or a file"},
		{"none.json", "none.json: No such file or directory: give --soc a name or a file"},
	};
	char error[LAB_FILES_ERROR];
	struct lab_files files;

	put_file(*state, "Image", "w", "x");
	put_file(*state, "initramfs.cpio", "w", "x");
	put_file(*state, "m3.json", "w", "x");
	put_file(*state, "star.json", "w", "x");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct lab_choice choice = {.dir = *state, .soc = cases[i].soc};

		assert_int_equal(amp_lab_files_resolve(&files, &choice, error), AMP_EXIT_ENVIRONMENT);
		if (!strstr(error, cases[i].complaint))
			fail_msg("'%s' is not in: %s", cases[i].complaint, error);
		amp_lab_files_free(&files);
	}
}

static void programs_are_found_in_the_path_only(void **state)
{
	char *path;

	setenv("PATH", "/nonexistent:/bin:/usr/bin", 1);
	path = amp_lab_find_program("sh");
	assert_non_null(path);
	free(path);
	assert_null(amp_lab_find_program("no-such-program"));
	assert_null(amp_lab_find_program("")); /* a directory is no program */
	setenv("PATH", *state, 1);
	assert_null(amp_lab_find_program("sh"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(names_follow_the_rule),
		T(the_state_directory_is_found_by_the_environment),
		T(directories_are_made_with_their_parents),
		T(a_held_lock_is_seen_and_refused),
		T(a_lock_that_is_let_go_soon_is_waited_for),
		T(a_lab_without_a_lock_file_is_not_held),
		T(each_missing_file_is_named),
		T(a_soc_is_chosen_by_name_or_by_file),
		T(programs_are_found_in_the_path_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
