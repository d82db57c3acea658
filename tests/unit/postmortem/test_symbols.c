// SPDX-License-Identifier: GPL-2.0-only
#include "fixture.h"

#include <elf.h>

static void write_bytes(const char *path, const void *bytes, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
}

static void an_address_becomes_function_offset_file_and_line(void **state)
{
	struct fixture *f = *state;
	char why[AMP_SYMBOLS_TEXT], text[AMP_SYMBOLS_TEXT];

	assert_true(amp_symbols_open(f->pm.symbols, TEST_FIRMWARE, NULL, 0, why));
	assert_string_equal(why, "");
	assert_true(amp_symbols_lookup(f->pm.symbols, INNER_UDF, text, sizeof(text)));
	assert_string_equal(text, "inner+0x2 (crash_firmware.s:44)");
}

static void a_return_address_names_the_line_of_the_call(void **state)
{
	struct fixture *f = *state;
	char why[AMP_SYMBOLS_TEXT], text[AMP_SYMBOLS_TEXT];

	assert_true(amp_symbols_open(f->pm.symbols, TEST_FIRMWARE, NULL, 0, why));
	assert_true(amp_symbols_lookup_caller(f->pm.symbols, IN_MIDDLE, text, sizeof(text)));
	assert_string_equal(text, "middle+0x6 (crash_firmware.s:32)");
}

static void addresses_outside_the_code_have_no_name(void **state)
{
	struct fixture *f = *state;
	char why[AMP_SYMBOLS_TEXT], text[AMP_SYMBOLS_TEXT];
	static const uint64_t nowhere[] = {0, 1, 0x210fffff, 0x21110000, 0xfffffff9, 0xffffffff, UINT64_MAX};

	assert_true(amp_symbols_open(f->pm.symbols, TEST_FIRMWARE, NULL, 0, why));
	for (size_t i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]); i++) {
		assert_false(amp_symbols_lookup(f->pm.symbols, nowhere[i], text, sizeof(text)));
		assert_string_equal(text, "");
	}
}

static void a_small_buffer_cuts_the_text(void **state)
{
	struct fixture *f = *state;
	char why[AMP_SYMBOLS_TEXT], text[8];

	assert_true(amp_symbols_open(f->pm.symbols, TEST_FIRMWARE, NULL, 0, why));
	assert_true(amp_symbols_lookup(f->pm.symbols, INNER_UDF, text, sizeof(text)));
	assert_string_equal(text, "inner+0");
}

static void a_firmware_of_another_build_gives_no_symbols_and_says_so(void **state)
{
	struct fixture *f = *state;

	f->remote.build_id_len = 20;
	memset(f->remote.build_id, 0xab, 20);
	amp_postmortem_summarise(&f->pm, &f->summary);
	assert_string_equal(f->summary.pc_sym, "");
	assert_non_null(strstr(f->summary.no_symbols, "the running firmware is abababababab"));
	assert_int_equal(f->summary.pc, INNER_UDF);
}

static void the_summary_names_where_and_who_called(void **state)
{
	struct fixture *f = *state;

	amp_postmortem_summarise(&f->pm, &f->summary);
	assert_string_equal(f->summary.pc_sym, "inner+0x2 (crash_firmware.s:44)");
	assert_string_equal(f->summary.lr_sym, "middle+0x6 (crash_firmware.s:32)");
	assert_string_equal(f->summary.no_symbols, "");
}

static void a_rebuilt_file_is_read_again_even_if_overwritten_in_place(void **state)
{
	struct fixture *f = *state;
	char why[AMP_SYMBOLS_TEXT], text[AMP_SYMBOLS_TEXT];
	size_t size;
	char *good = read_text(TEST_FIRMWARE, &size);

	write_bytes(f->path, good, size);
	assert_true(amp_symbols_open(f->pm.symbols, f->path, NULL, 0, why));
	write_bytes(f->path, "short", 5);
	/* until it is opened again, the handle still stands for what it read: no fault by a shrunk mapping */
	assert_true(amp_symbols_lookup(f->pm.symbols, INNER_UDF, text, sizeof(text)));
	assert_false(amp_symbols_open(f->pm.symbols, f->path, NULL, 0, why));
	assert_non_null(strstr(why, "not an ELF file"));
	assert_false(amp_symbols_lookup(f->pm.symbols, INNER_UDF, text, sizeof(text)));
	write_bytes(f->path, good, size);
	assert_true(amp_symbols_open(f->pm.symbols, f->path, NULL, 0, why));
	free(good);
}

static void use_file(struct fixture *f)
{
	char why[AMP_SYMBOLS_TEXT], text[AMP_SYMBOLS_TEXT];

	if (!amp_symbols_open(f->pm.symbols, f->path, NULL, 0, why)) {
		assert_true(strlen(why) > 0);
		return;
	}
	amp_symbols_lookup(f->pm.symbols, INNER_UDF, text, sizeof(text));
	amp_symbols_lookup_caller(f->pm.symbols, IN_MIDDLE, text, sizeof(text));
	amp_symbols_lookup(f->pm.symbols, 0x21100000, text, sizeof(text));
}

static void a_file_truncated_anywhere_is_survived(void **state)
{
	struct fixture *f = *state;
	size_t size;
	char *good = read_text(TEST_FIRMWARE, &size);

	for (size_t len = 0; len < size; len += len < 256 ? 1 : 37) {
		write_bytes(f->path, good, len);
		use_file(f);
	}
	free(good);
}

static void damaged_files_are_survived(void **state)
{
	struct fixture *f = *state;
	size_t size;
	char *good = read_text(TEST_FIRMWARE, &size);
	char *bad = malloc(size);
	uint32_t seed = 20240601;

	for (int round = 0; round < 1500; round++) {
		memcpy(bad, good, size);
		for (int i = 0; i < 1 + round % 8; i++) {
			seed = seed * 1664525 + 1013904223;
			/* every other round aims at the ELF header and what follows it */
			size_t at = (seed >> 4) % (round & 1 ? size : 52 + 64);

			seed = seed * 1664525 + 1013904223;
			bad[at] = (char)(seed >> 24);
		}
		write_bytes(f->path, bad, size);
		use_file(f);
	}
	free(bad);
	free(good);
}

static void things_that_are_no_files_are_refused(void **state)
{
	struct fixture *f = *state;
	char why[AMP_SYMBOLS_TEXT];
	static const char *const paths[] = {"/dev/null", "/dev/zero", "/tmp", "/nonexistent", ""};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		assert_false(amp_symbols_open(f->pm.symbols, paths[i], NULL, 0, why));
		assert_true(strlen(why) > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup_fixture, teardown_fixture)
		T(an_address_becomes_function_offset_file_and_line),
		T(a_return_address_names_the_line_of_the_call),
		T(addresses_outside_the_code_have_no_name),
		T(a_small_buffer_cuts_the_text),
		T(a_firmware_of_another_build_gives_no_symbols_and_says_so),
		T(the_summary_names_where_and_who_called),
		T(a_rebuilt_file_is_read_again_even_if_overwritten_in_place),
		T(a_file_truncated_anywhere_is_survived),
		T(damaged_files_are_survived),
		T(things_that_are_no_files_are_refused),
	};

	if (!firmware_exists())
		return SKIPPED;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
