// SPDX-License-Identifier: GPL-2.0-only
#include "scratch.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "amprelay/lab_files.h"

struct setting {
	struct lab_files files;
	char lab[PATH_MAX], mine[PATH_MAX], state[PATH_MAX];
};

/* A lab of two cores, an Arm and a RISC-V one, with stock firmware, and a file of the user's own. */
static void arrange(struct setting *s, const char *dir)
{
	memset(s, 0, sizeof(*s));
	snprintf(s->lab, sizeof(s->lab), "%s/lab", dir);
	snprintf(s->mine, sizeof(s->mine), "%s/mine.elf", dir);
	snprintf(s->state, sizeof(s->state), "%s/state", dir);
	mkdir(s->lab, 0700);
	mkdir(s->state, 0700);
	s->files.dir = s->lab;
	s->files.firmware = s->mine;
	s->files.single_firmware = true;
	s->files.soc.num_cores = 2;
	strcpy(s->files.soc.core[0].name, "arm");
	strcpy(s->files.soc.core[1].name, "riscv");
	strcpy(s->files.soc.core[0].firmware, "arm.elf");
	s->files.soc.core[0].elf_machine = EM_ARM;
	strcpy(s->files.soc.core[1].firmware, "riscv.elf");
	s->files.soc.core[1].elf_machine = EM_RISCV;
	snprintf(s->lab + strlen(s->lab), 16, "/firmware");
	mkdir(s->lab, 0700);
	put_file(s->lab, "arm.elf", "w", "stock arm");
	put_file(s->lab, "riscv.elf", "w", "stock riscv");
	*strrchr(s->lab, '/') = '\0';
}

static void put_elf(const char *path, uint16_t machine)
{
	Elf32_Ehdr head = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32}, .e_machine = machine};
	FILE *f = fopen(path, "w");

	assert_int_equal(fwrite(&head, sizeof(head), 1, f), 1);
	fclose(f);
}

static void assert_holds(const char *dir, const char *name, const char *text)
{
	char *have = get_file(dir, name);

	assert_string_equal(have, text);
	free(have);
}

static void a_file_takes_the_place_of_the_first_cores_firmware(void **state)
{
	char error[LAB_FILES_ERROR] = "", *dir;
	struct setting s;

	arrange(&s, *state);
	put_file(*state, "mine.elf", "w", "my own, and no ELF file: Linux will say so");
	dir = amp_lab_firmware_prepare(&s.files, s.state, error);
	assert_non_null(dir);
	assert_holds(dir, "arm.elf", "my own, and no ELF file: Linux will say so");
	assert_holds(dir, "riscv.elf", "stock riscv");
	free(dir);
}

static void a_file_for_another_core_goes_to_that_core(void **state)
{
	char error[LAB_FILES_ERROR] = "", *dir, *copy;
	struct setting s;

	arrange(&s, *state);
	put_elf(s.mine, EM_RISCV);
	dir = amp_lab_firmware_prepare(&s.files, s.state, error);
	assert_non_null(dir);
	assert_holds(dir, "arm.elf", "stock arm");
	copy = get_file(dir, "riscv.elf");
	assert_memory_equal(copy, ELFMAG, SELFMAG);
	free(copy);
	free(dir);
}

static void cores_that_share_a_firmware_share_the_file(void **state)
{
	char error[LAB_FILES_ERROR] = "", *dir;
	struct setting s;

	arrange(&s, *state);
	s.files.soc.core[2] = s.files.soc.core[0];
	s.files.soc.num_cores = 3;
	put_elf(s.mine, EM_ARM);
	put_file(*state, "mine.elf", "a", "mine");
	dir = amp_lab_firmware_prepare(&s.files, s.state, error);
	assert_non_null(dir);
	assert_holds(dir, "riscv.elf", "stock riscv");
	snprintf(error, sizeof(error), "cmp %s/mine.elf %s/arm.elf", (char *)*state, dir);
	assert_int_equal(system(error), 0);
	free(dir);
}

static void a_rebuilt_file_is_copied_again(void **state)
{
	char error[LAB_FILES_ERROR] = "", *dir;
	struct setting s;

	arrange(&s, *state);
	put_file(*state, "mine.elf", "w", "first");
	dir = amp_lab_firmware_prepare(&s.files, s.state, error);
	assert_non_null(dir);
	put_file(*state, "mine.new", "w", "second, by rename");
	snprintf(error, sizeof(error), "%s/mine.new", (char *)*state);
	assert_int_equal(rename(error, s.mine), 0);
	assert_int_equal(amp_lab_firmware_refresh(s.state, "arm", error), 0);
	assert_holds(dir, "arm.elf", "second, by rename");
	put_file(*state, "mine.elf", "w", "third, in place");
	assert_int_equal(amp_lab_firmware_refresh(s.state, "arm", error), 0);
	assert_holds(dir, "arm.elf", "third, in place");
	free(dir);
}

/* As a build does that wants the same bytes each time: size and time tell nothing. */
static void a_file_of_the_same_size_and_time_is_copied_too(void **state)
{
	static const struct timespec same[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
	char error[LAB_FILES_ERROR] = "", *dir;
	struct setting s;

	arrange(&s, *state);
	put_file(*state, "mine.elf", "w", "first ");
	utimensat(AT_FDCWD, s.mine, same, 0);
	dir = amp_lab_firmware_prepare(&s.files, s.state, error);
	put_file(*state, "mine.elf", "w", "second");
	utimensat(AT_FDCWD, s.mine, same, 0);
	assert_int_equal(amp_lab_firmware_refresh(s.state, "arm", error), 0);
	assert_holds(dir, "arm.elf", "second");
	free(dir);
}

static void each_core_takes_its_own(void **state)
{
	char error[LAB_FILES_ERROR] = "", *dir;
	struct setting s;

	arrange(&s, *state);
	put_file(*state, "mine.elf", "w", "first");
	dir = amp_lab_firmware_prepare(&s.files, s.state, error);
	put_file(*state, "lab/firmware/riscv.elf", "w", "rebuilt riscv");
	unlink(s.mine); /* which is not this core's business */
	assert_int_equal(amp_lab_firmware_refresh(s.state, "riscv", error), 0);
	assert_holds(dir, "riscv.elf", "rebuilt riscv");
	assert_int_equal(amp_lab_firmware_refresh(s.state, "nobody", error),
	                 0); /* that there is none, the relay says */
	free(dir);
}

static void a_file_that_is_gone_leaves_the_copy(void **state)
{
	char error[LAB_FILES_ERROR] = "", *dir;
	struct setting s;

	arrange(&s, *state);
	put_file(*state, "mine.elf", "w", "first");
	dir = amp_lab_firmware_prepare(&s.files, s.state, error);
	assert_non_null(dir);
	unlink(s.mine);
	assert_int_not_equal(amp_lab_firmware_refresh(s.state, "arm", error), 0);
	assert_non_null(strstr(error, "mine.elf"));
	assert_holds(dir, "arm.elf", "first");
	free(dir);
}

static void a_directory_is_shared_as_it_is(void **state)
{
	char error[LAB_FILES_ERROR] = "", *dir;
	struct setting s;

	arrange(&s, *state);
	put_file(*state, "mine.elf", "w", "x");
	free(amp_lab_firmware_prepare(&s.files, s.state, error)); /* an earlier flight had a file */
	s.files.single_firmware = false;
	s.files.firmware = s.lab;
	dir = amp_lab_firmware_prepare(&s.files, s.state, error);
	assert_string_equal(dir, s.lab);
	free(dir);
	unlink(s.mine);
	assert_int_equal(amp_lab_firmware_refresh(s.state, "arm", error), 0); /* and is forgotten */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_file_takes_the_place_of_the_first_cores_firmware),
		T(a_file_for_another_core_goes_to_that_core),
		T(cores_that_share_a_firmware_share_the_file),
		T(a_rebuilt_file_is_copied_again),
		T(a_file_of_the_same_size_and_time_is_copied_too),
		T(each_core_takes_its_own),
		T(a_file_that_is_gone_leaves_the_copy),
		T(a_directory_is_shared_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
