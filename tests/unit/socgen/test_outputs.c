// SPDX-License-Identifier: GPL-2.0-only
/* What socgen makes of a right description, and that compilers, linkers and JSON readers take it. */
#include "fixture.h"

#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void generate_pair(const struct place *place)
{
	char *text = fixture_text();
	struct outcome outcome;

	compile(place, text);
	free(text);
	outcome = generate(place);
	assert_string_equal(outcome.text, "");
	assert_int_equal(outcome.status, 0);
}

static void every_file_is_as_expected(void **state)
{
	static const char *const files[] = {
		"soc.json", "m3/soc.h", "m3/regions.ld", "a53/soc.h", "a53/regions.ld",
	};
	const struct place *place = *state;

	generate_pair(place);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		struct outcome diff =
			run("diff -u '%s/golden/%s' '%s/%s'", FIXTURE_DIR, files[i], place->out, files[i]);

		if (diff.status)
			fail_msg("%s", diff.text);
	}
}

static void nothing_else_is_left_in_the_directory(void **state)
{
	const struct place *place = *state;
	struct outcome find;

	generate_pair(place);
	find = run("cd '%s' && find . -type f | LC_ALL=C sort | tr '\\n' ' '", place->out);
	assert_string_equal(find.text, "./a53/regions.ld ./a53/soc.h ./m3/regions.ld ./m3/soc.h ./soc.json ");
}

static void the_header_compiles_as_c_and_its_numbers_are_constants(void **state)
{
	static const char source[] = "#include \"soc.h\"\n"
				     "#include \"soc.h\"\n"
				     "_Static_assert(SOC_MEM_DA + 0x40000 == SOC_VDEV0_BUFFER_DA, \"buffers\");\n"
				     "_Static_assert(SOC_FIRMWARE_DA - SOC_MEM_DA == 0x100000, \"firmware\");\n"
				     "_Static_assert(sizeof(SOC_NAME) == 5 && sizeof(SOC_CORE_NAME) == 3, \"names\");\n"
				     "#if SOC_NUM_VDEVS != 1 || SOC_NOTIFY_IDS != 2\n#error vdevs\n#endif\n";
	const struct place *place = *state;
	struct outcome cc;
	char path[128];

	generate_pair(place);
	snprintf(path, sizeof(path), "%s/try.c", place->dir);
	spill(path, source, strlen(source));
	cc = run("'%s' -std=c11 -pedantic -Wall -Wextra -Werror -I '%s/m3' -c -o /dev/null '%s'", CC, place->out, path);
	assert_string_equal(cc.text, "");
	assert_int_equal(cc.status, 0);
}

static void the_header_serves_assembler_too(void **state)
{
	static const char source[] = "#include \"soc.h\"\n.quad SOC_ROM_BASE, SOC_WATCHDOG_CLOCK_HZ, SOC_HEAP_DA\n";
	const struct place *place = *state;
	struct outcome cc;
	char path[128];

	generate_pair(place);
	snprintf(path, sizeof(path), "%s/try.S", place->dir);
	spill(path, source, strlen(source));
	cc = run("'%s' -Werror -I '%s/m3' -c -o /dev/null '%s'", CC, place->out, path);
	assert_string_equal(cc.text, "");
	assert_int_equal(cc.status, 0);
}

static void the_linker_places_sections_in_the_regions(void **state)
{
	static const char script[] = "INCLUDE regions.ld\n"
				     "SECTIONS { .text : { *(.text*) } > FIRMWARE .data : { *(.data*) } > HEAP }\n"
				     "ASSERT(ORIGIN(ROM) == 0x4000000000 || ORIGIN(ROM) == 0, \"rom\")\n";
	const struct place *place = *state;
	struct outcome ld;
	char path[128];

	generate_pair(place);
	snprintf(path, sizeof(path), "%s/try.ld", place->dir);
	spill(path, script, strlen(script));
	spill(strcat(strcpy(path, place->dir), "/try.s"), ".text\n.byte 1\n.data\n.byte 2\n", 28);
	ld = run("cd '%s' && '%s' -c try.s && ld -L out/m3 -T try.ld -e 0 -o try.elf try.o && "
	         "objdump -h try.elf | awk '$2 ~ /^.(text|data)$/ {print $2, $4}'",
	         place->dir, CC);
	assert_string_equal(ld.text, ".text 0000000021100000\n.data 0000000021800000\n");
}

static void a_policy_becomes_what_is_denied(void **state)
{
	const struct place *place = *state;
	char *text = edit(fixture_text(), "boot-timeout-ms = <5000>;",
	                  "boot-timeout-ms = <5000>; policy { start = \"owner\", \"tools\"; stop = \"owner\"; "
	                  "load = \"tools\"; debug = \"linux\", \"tools\"; };");
	struct outcome outcome;

	compile(place, text);
	free(text);
	outcome = generate(place);
	assert_string_equal(outcome.text, "");
	outcome = run("grep denied '%s/soc.json'", place->out);
	assert_non_null(strstr(outcome.text,
	                       "\"denied\": {\"linux\": [\"start\", \"stop\", \"load\"], \"tools\": [\"stop\"]},"));
}

static void json_keeps_quotes_and_backslashes(void **state)
{
	const struct place *place = *state;
	char path[128];
	json_error_t error;
	json_t *soc;
	const char *machine;

	generate_pair(place);
	snprintf(path, sizeof(path), "%s/soc.json", place->out);
	soc = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (!soc)
		fail_msg("line %d: %s", error.line, error.text);
	assert_int_equal(json_unpack(soc, "{s:{s:s}}", "host", "machine", &machine), 0);
	assert_string_equal(machine, "virt,x=\"quoted\",y=back\\slash");
	assert_int_equal(json_array_size(json_object_get(soc, "cores")), 2);
	json_decref(soc);
}

static void the_descriptions_of_this_project_are_accepted(void **state)
{
	const struct place *place = *state;
	glob_t found;

	assert_int_equal(glob(DESCRIPTIONS_DIR "/*.dts", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char *text = slurp(found.gl_pathv[i], NULL);
		struct outcome outcome;

		compile(place, text);
		free(text);
		outcome = generate(place);
		assert_string_equal(outcome.text, "");
		assert_int_equal(outcome.status, 0);
	}
	globfree(&found);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, remove_directory)
	const struct CMUnitTest tests[] = {
		TEST(every_file_is_as_expected),
		TEST(nothing_else_is_left_in_the_directory),
		TEST(the_header_compiles_as_c_and_its_numbers_are_constants),
		TEST(the_header_serves_assembler_too),
		TEST(the_linker_places_sections_in_the_regions),
		TEST(a_policy_becomes_what_is_denied),
		TEST(json_keeps_quotes_and_backslashes),
		TEST(the_descriptions_of_this_project_are_accepted),
	};

	return cmocka_run_group_tests_name("socgen outputs", tests, NULL, NULL);
}
