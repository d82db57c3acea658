// SPDX-License-Identifier: GPL-2.0-only
/* What gdb says about the core file is what counts, so gdb is asked. */
#include "fixture.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

static void write_core(struct fixture *f)
{
	amp_postmortem_summarise(&f->pm, &f->summary);
	assert_int_equal(amp_postmortem_write_core(&f->pm, &f->summary, f->path), 0);
}

/* Output of gdb for a command; the caller frees it. */
static char *ask_gdb(struct fixture *f, const char *command)
{
	char line[512];
	size_t used = 0;
	char *out = calloc(1, 65536);
	FILE *gdb;

	snprintf(line, sizeof(line), "%s -nx -batch -ex '%s' %s -c '%s' 2>&1 </dev/null", TEST_GDB, command,
	         f->pm.firmware ? f->pm.firmware : "", f->path);
	gdb = popen(line, "r");
	assert_non_null(gdb);
	used = fread(out, 1, 65535, gdb);
	out[used] = '\0';
	assert_int_equal(pclose(gdb), 0);
	return out;
}

static void assert_gdb_says(struct fixture *f, const char *command, const char *const *parts)
{
	char *out = ask_gdb(f, command);
	const char *at = out;

	for (; *parts; parts++) {
		at = strstr(at, *parts);
		if (!at) {
			print_error("\"%s\" is not, or not in this order, in what gdb says to \"%s\":\n%s", *parts,
			            command, out);
			fail();
		}
	}
	free(out);
}

static void gdb_unwinds_the_call_chain(void **state)
{
	struct fixture *f = *state;

	write_core(f);
	assert_gdb_says(f, "bt",
	                (const char *const[]){"inner () at crash_firmware.s:44", "in middle () at crash_firmware.s:32",
	                                      "in outer () at crash_firmware.s:17", NULL});
}

static void gdb_shows_the_registers(void **state)
{
	struct fixture *f = *state;

	write_core(f);
	assert_gdb_says(f, "info registers",
	                (const char *const[]){"r0", "0x1000", "r12", "0x100c", "sp", "0x21180000", "lr", "0x21100107",
	                                      "pc", "0x21100202", "0x1000000", NULL});
}

static void gdb_shows_the_registers_of_a_risc_v_core(void **state)
{
	struct fixture *f = *state;

	for (unsigned int i = 1; i < 32; i++)
		f->remote.crash.reg[i] = 0x1000 + i;
	f->remote.crash.reg[32] = 0x80100202;
	f->pm.elf_machine = RISCV;
	f->pm.firmware = NULL;
	write_core(f);
	assert_gdb_says(f, "info registers",
	                (const char *const[]){"ra", "0x1001", "sp", "0x1002", "fp", "0x1008", "a0", "0x100a", "t6",
	                                      "0x101f", "pc", "0x80100202", NULL});
}

static void gdb_shows_the_registers_and_memory_of_a_core_of_64_bits_above_4_gib(void **state)
{
	struct fixture *f = *state;

	for (unsigned int i = 0; i < 31; i++)
		f->remote.crash.reg[i] = 0x100000001000 + i;
	f->remote.crash.reg[31] = 0x140100300; /* sp */
	f->remote.crash.reg[32] = 0x140100200; /* pc */
	f->remote.crash.reg[33] = 0x60000004;  /* pstate */
	f->pm.elf_machine = AARCH64;
	f->pm.firmware = NULL;
	f->pm.memory_da = 0x140000000;
	put_word(f, MEMORY_DA + 0x1000, 0xcafe0001);
	write_core(f);
	assert_gdb_says(f, "info registers",
	                (const char *const[]){"x0", "0x100000001000", "x30", "0x10000000101e", "sp", "0x140100300",
	                                      "pc", "0x140100200", "cpsr", "0x60000004", NULL});
	assert_gdb_says(f, "x/xw 0x140001000", (const char *const[]){"0xcafe0001", NULL});
}

static void gdb_reads_used_and_zero_memory(void **state)
{
	struct fixture *f = *state;

	put_word(f, MEMORY_DA, 0xcafe0001);
	put_word(f, MEMORY_DA + MEMORY_SIZE - 4, 0xcafe0002);
	write_core(f);
	assert_gdb_says(f, "x/xw 0x21000000", (const char *const[]){"0xcafe0001", NULL});
	assert_gdb_says(f, "x/xw 0x211ffffc", (const char *const[]){"0xcafe0002", NULL});
	assert_gdb_says(f, "x/xw 0x21040000", (const char *const[]){"0x00000000", NULL});
}

static void zero_pages_take_no_space(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	write_core(f);
	assert_int_equal(stat(f->path, &st), 0);
	assert_true(st.st_size < 0x4000);
}

static void memory_of_many_islands_still_fits(void **state)
{
	struct fixture *f = *state;

	/* every other page used: 256 runs in 2 MiB */
	for (uint32_t at = 0; at < MEMORY_SIZE; at += 0x2000)
		put_word(f, MEMORY_DA + at, at | 1);
	write_core(f);
	assert_gdb_says(f, "x/xw 0x211fe000", (const char *const[]){"0x001fe001", NULL});
	assert_gdb_says(f, "x/xw 0x211ff000", (const char *const[]){"0x00000000", NULL});
}

static void a_core_without_memory_or_registers_is_still_a_core(void **state)
{
	struct fixture *f = *state;

	f->pm.memory = NULL;
	f->pm.memory_size = 0;
	f->remote.crash.magic = 0;
	write_core(f);
	assert_gdb_says(f, "info registers pc", (const char *const[]){"pc", "0x0", NULL});
}

static void an_architecture_without_a_core_format_is_refused(void **state)
{
	struct fixture *f = *state;

	f->pm.elf_machine = MIPS;
	amp_postmortem_summarise(&f->pm, &f->summary);
	assert_int_equal(amp_postmortem_write_core(&f->pm, &f->summary, f->path), -ENOTSUP);
	assert_int_equal(access(f->path, F_OK), -1);
}

static void nothing_is_left_behind_where_nothing_can_be_written(void **state)
{
	struct fixture *f = *state;

	amp_postmortem_summarise(&f->pm, &f->summary);
	assert_int_equal(mkdir(f->path, 0700), 0); /* the name is taken by a directory: the rename fails */
	assert_true(amp_postmortem_write_core(&f->pm, &f->summary, f->path) < 0);
	assert_int_equal(rmdir(f->path), 0);
	assert_int_equal(rmdir(f->dir), 0); /* empty: no temporary file */
}

/* As on a full disk: the reason is the caller's to tell, and "input/output error" is none. */
static void what_keeps_a_file_from_being_written_is_told(void **state)
{
	struct fixture *f = *state;
	struct rlimit before, limit;

	amp_postmortem_summarise(&f->pm, &f->summary);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	for (rlim_t size = 16; size <= 4200; size += 4184) { /* in the headers, in the memory */
		limit = (struct rlimit){.rlim_cur = size, .rlim_max = before.rlim_max};
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
		assert_int_equal(amp_postmortem_write_core(&f->pm, &f->summary, f->path), -EFBIG);
		limit.rlim_cur = 16;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
		assert_int_equal(amp_postmortem_write_report(&f->pm, &f->summary, f->path), -EFBIG);
	}
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup_fixture, teardown_fixture)
		T(gdb_unwinds_the_call_chain),
		T(gdb_shows_the_registers),
		T(gdb_shows_the_registers_of_a_risc_v_core),
		T(gdb_shows_the_registers_and_memory_of_a_core_of_64_bits_above_4_gib),
		T(gdb_reads_used_and_zero_memory),
		T(zero_pages_take_no_space),
		T(memory_of_many_islands_still_fits),
		T(a_core_without_memory_or_registers_is_still_a_core),
		T(an_architecture_without_a_core_format_is_refused),
		T(what_keeps_a_file_from_being_written_is_told),
		T(nothing_is_left_behind_where_nothing_can_be_written),
	};

	if (!firmware_exists())
		return SKIPPED;
	if (!TEST_GDB[0] || access(TEST_GDB, X_OK)) {
		printf("skipped: gdb-multiarch is missing\n");
		return SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
