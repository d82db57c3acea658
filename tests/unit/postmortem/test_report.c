// SPDX-License-Identifier: GPL-2.0-only
#include "fixture.h"

static char *report(struct fixture *f)
{
	amp_postmortem_summarise(&f->pm, &f->summary);
	assert_int_equal(amp_postmortem_write_report(&f->pm, &f->summary, f->path), 0);
	return read_text(f->path, NULL);
}

static void assert_says(const char *text, const char *what)
{
	if (strstr(text, what))
		return;
	print_error("\"%s\" is not in this report:\n%s", what, text);
	fail();
}

static void it_names_cause_detector_registers_and_fault_status_bits(void **state)
{
	struct fixture *f = *state;
	char *text;

	f->remote.crash.status[0] = 1u << 16 | 1u << 25;
	text = report(f);
	assert_says(text, "core         m3, life 3");
	assert_says(text, "undefined instruction");
	assert_says(text, "fault-handler");
	assert_says(text, "0x21100202");
	assert_says(text, "UNDEFINSTR");
	assert_says(text, "DIVBYZERO");
	assert_null(strstr(text, "PRECISERR"));
	assert_says(text, "exc_return fffffff9");
	free(text);
}

static void a_missing_firmware_file_is_said(void **state)
{
	struct fixture *f = *state;
	char *text;

	f->pm.firmware = "/nonexistent/fw.elf";
	text = report(f);
	assert_says(text, "no symbols   /nonexistent/fw.elf: No such file or directory");
	free(text);
}

static void an_absurd_stack_count_is_bounded(void **state)
{
	struct fixture *f = *state;
	unsigned int words = 0;
	char *text;

	f->remote.crash.stack_words = 0xffffffff;
	text = report(f);
	assert_says(text, "impossible size");
	for (const char *p = strstr(text, "\nstack"); (p = strstr(p, "\n   ")); p++)
		words++;
	assert_int_equal(words, AMP_CRASH_STACK_WORDS);
	free(text);
}

static void an_absurd_build_id_length_prints_no_build_id(void **state)
{
	struct fixture *f = *state;
	char *text;

	f->remote.build_id_len = 0x80000000;
	text = report(f);
	assert_null(strstr(text, "build id"));
	free(text);
}

static void the_trace_shows_the_last_lines_of_a_ring_that_wrapped(void **state)
{
	struct fixture *f = *state;
	uint8_t *ring = f->memory + 0x2000;
	uint32_t head = 0;
	char *text;

	for (int i = 0; i < 300; i++) {
		char line[32];
		int n = snprintf(line, sizeof(line), "this is line %d\n", i);

		for (int k = 0; k < n; k++)
			ring[head++ % 0x1000] = (uint8_t)line[k];
	}
	f->remote.trace_head = head;
	text = report(f);
	assert_says(text, "last words\n   this is line 284\n");
	assert_says(text, "\n   this is line 299\n");
	assert_null(strstr(text, "line 283"));
	free(text);
}

static void a_trace_region_outside_the_memory_is_not_read(void **state)
{
	struct fixture *f = *state;
	char *text;

	f->remote.trace_head = 100;
	f->pm.trace_offset = MEMORY_SIZE - 0x100;
	f->pm.trace_size = 0x1000;
	text = report(f);
	assert_null(strstr(text, "last words"));
	free(text);
}

static void control_characters_of_the_trace_stay_out_of_the_report(void **state)
{
	struct fixture *f = *state;
	char *text;

	memcpy(f->memory + 0x2000, "\033[2Jboo\n", 8);
	f->remote.trace_head = 8;
	text = report(f);
	assert_says(text, "   ?[2Jboo\n");
	assert_null(strchr(text, '\033'));
	free(text);
}

static void a_stack_pointer_outside_the_memory_is_not_followed(void **state)
{
	struct fixture *f = *state;
	static const char *const dumps[] = {
		"R13=fffffffc R14=00000000 R15=00000000",
		"R13=00000000 R14=00000000 R15=00000000",
		"R13=211ffffe R14=00000000 R15=00000000",
		"R13=21200000 R14=00000000 R15=00000000",
	};

	f->remote.crash.magic = 0;
	for (size_t i = 0; i < sizeof(dumps) / sizeof(dumps[0]); i++) {
		f->pm.registers = dumps[i];
		free(report(f)); /* the address sanitizer watches */
	}
}

static void a_directory_that_is_missing_is_an_error_and_leaves_nothing(void **state)
{
	struct fixture *f = *state;

	amp_postmortem_summarise(&f->pm, &f->summary);
	assert_int_equal(amp_postmortem_write_report(&f->pm, &f->summary, "/nonexistent/dir/x"), -2 /* ENOENT */);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup_fixture, teardown_fixture)
		T(it_names_cause_detector_registers_and_fault_status_bits),
		T(a_missing_firmware_file_is_said),
		T(an_absurd_stack_count_is_bounded),
		T(an_absurd_build_id_length_prints_no_build_id),
		T(the_trace_shows_the_last_lines_of_a_ring_that_wrapped),
		T(a_trace_region_outside_the_memory_is_not_read),
		T(control_characters_of_the_trace_stay_out_of_the_report),
		T(a_stack_pointer_outside_the_memory_is_not_followed),
		T(a_directory_that_is_missing_is_an_error_and_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
