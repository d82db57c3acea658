// SPDX-License-Identifier: GPL-2.0-only
/* Files that are no descriptions, damaged ones, and places where nothing can be written. */
#include "fixture.h"

#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char *pair_blob(const struct place *place, size_t *size)
{
	char *text = fixture_text();

	compile(place, text);
	free(text);
	return slurp(place->dtb, size);
}

static void assert_refused(const struct place *place, const char *complaint)
{
	struct outcome outcome = generate(place);
	char expected[256];

	snprintf(expected, sizeof(expected), "socgen: %s: %s\n", place->dtb, complaint);
	assert_string_equal(outcome.text, expected);
	assert_int_equal(outcome.status, 1);
	assert_false(exists(place->out));
}

static void a_source_instead_of_a_blob_is_refused(void **state)
{
	const struct place *place = *state;
	char *text = fixture_text();

	spill(place->dtb, text, strlen(text));
	free(text);
	assert_refused(place, "not a device tree blob; compile the source with dtc first");
}

static void an_empty_file_is_refused(void **state)
{
	const struct place *place = *state;

	spill(place->dtb, "", 0);
	assert_refused(place, "damaged device tree blob (FDT_ERR_TRUNCATED)");
}

static void a_file_of_another_kind_and_size_is_refused(void **state)
{
	const struct place *place = *state;
	struct outcome truncate = run("truncate -s 64K '%s' && printf x >> '%s'", place->dtb, place->dtb);

	assert_int_equal(truncate.status, 0);
	assert_refused(place, "larger than 65536 bytes, not the description of a SoC");
}

static void a_file_that_does_not_exist_is_named(void **state)
{
	const struct place *place = *state;
	struct outcome outcome = generate(place);
	char expected[256];

	snprintf(expected, sizeof(expected), "socgen: cannot read %s: No such file or directory\n", place->dtb);
	assert_string_equal(outcome.text, expected);
	assert_int_equal(outcome.status, 1);
}

static void a_blob_truncated_anywhere_is_refused(void **state)
{
	const struct place *place = *state;
	size_t size;
	char *blob = pair_blob(place, &size);

	/* every length up to the header's end, then steps that hit all alignments */
	for (size_t len = 0; len < size; len += len < sizeof(struct fdt_header) ? 1 : 97) {
		struct outcome outcome;

		spill(place->dtb, blob, len);
		outcome = generate(place);
		assert_int_equal(outcome.status, 1);
		assert_non_null(strstr(outcome.text, "damaged device tree blob"));
	}
	assert_false(exists(place->out));
	free(blob);
}

/* Whatever a damaged byte turns it into: it is a description, or it is refused with a message; it never crashes. */
static void a_damaged_byte_never_crashes_it(void **state)
{
	const struct place *place = *state;
	size_t size;
	char *blob = pair_blob(place, &size);

	for (size_t i = 0; i < size; i += 29) {
		char original = blob[i];
		struct outcome outcome;

		blob[i] = (char)(original ^ (1 << i % 8));
		spill(place->dtb, blob, size);
		outcome = generate(place);
		blob[i] = original;
		if (outcome.status == 0)
			assert_string_equal(outcome.text, "");
		else if (outcome.status != 1 || !*outcome.text || strstr(outcome.text, "Sanitizer") ||
		         strstr(outcome.text, "runtime error"))
			fail_msg("byte %zu: status %d: %s", i, outcome.status, outcome.text);
	}
	free(blob);
}

static void what_is_there_survives_a_refusal(void **state)
{
	const struct place *place = *state;
	char *text = fixture_text(), *before, *after;
	char path[128];

	compile(place, text);
	assert_int_equal(generate(place).status, 0);
	snprintf(path, sizeof(path), "%s/m3/soc.h", place->out);
	before = slurp(path, NULL);

	text = edit(text, "clock-frequency = <24000000>;", "clock-frequency = <0>;");
	compile(place, text);
	assert_int_equal(generate(place).status, 1);
	after = slurp(path, NULL);
	assert_string_equal(before, after);
	free(before);
	free(after);
	free(text);
}

static void a_file_in_the_way_of_a_directory_is_named_and_no_temporary_is_left(void **state)
{
	const struct place *place = *state;
	char expected[256], path[128];
	struct outcome outcome;
	size_t size;

	free(pair_blob(place, &size));
	assert_int_equal(mkdir(place->out, 0777), 0);
	snprintf(path, sizeof(path), "%s/a53", place->out);
	spill(path, "", 0);
	outcome = generate(place);
	snprintf(expected, sizeof(expected), "socgen: cannot create %s/.soc.h.", path);
	assert_int_equal(outcome.status, 1);
	assert_memory_equal(outcome.text, expected, strlen(expected));
	assert_non_null(strstr(outcome.text, ": Not a directory\n"));
	assert_string_equal(run("cd '%s' && find . -type f", place->out).text, "./a53\n");
}

static void what_keeps_a_file_from_being_written_is_told(void **state)
{
	const struct place *place = *state;
	struct outcome outcome;
	size_t size;

	free(pair_blob(place, &size));
	outcome = run("trap '' XFSZ; ulimit -f 1; '%s' -o '%s' '%s'", SOCGEN, place->out, place->dtb);
	assert_int_equal(outcome.status, 1);
	assert_non_null(strstr(outcome.text, "soc.h"));
	assert_non_null(strstr(outcome.text, ": File too large\n"));
	assert_string_equal(run("cd '%s' && find . -type f", place->out).text, "");
}

static void wrong_usage_has_its_own_status(void **state)
{
	const struct place *place = *state;

	assert_int_equal(run("'%s'", SOCGEN).status, 2);
	assert_int_equal(run("'%s' '%s'", SOCGEN, place->dtb).status, 2);
	assert_int_equal(run("'%s' -o '%s' a b", SOCGEN, place->out).status, 2);
	assert_int_equal(run("'%s' --nonsense", SOCGEN).status, 2);
}

static void help_and_version_are_printed(void **state)
{
	struct outcome help = run("'%s' --help", SOCGEN), version = run("'%s' --version", SOCGEN);

	(void)state;
	assert_int_equal(help.status, 0);
	assert_non_null(strstr(help.text, "Usage: socgen -o DIR FILE.dtb\n"));
	assert_int_equal(version.status, 0);
	assert_memory_equal(version.text, "socgen (AmpRelay) ", 18);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, remove_directory)
	const struct CMUnitTest tests[] = {
		TEST(a_source_instead_of_a_blob_is_refused),
		TEST(an_empty_file_is_refused),
		TEST(a_file_of_another_kind_and_size_is_refused),
		TEST(a_file_that_does_not_exist_is_named),
		TEST(a_blob_truncated_anywhere_is_refused),
		TEST(a_damaged_byte_never_crashes_it),
		TEST(what_is_there_survives_a_refusal),
		TEST(a_file_in_the_way_of_a_directory_is_named_and_no_temporary_is_left),
		TEST(what_keeps_a_file_from_being_written_is_told),
		TEST(wrong_usage_has_its_own_status),
		TEST(help_and_version_are_printed),
	};

	return cmocka_run_group_tests_name("socgen files", tests, NULL, NULL);
}
