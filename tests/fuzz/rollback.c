// SPDX-License-Identifier: GPL-2.0-only
/* The file of the versions of signed firmware that were accepted. Input: some numbers, then the file. */
#include "fuzz.h"

#include "secure/secure.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/rollback_fuzz.XXXXXX", path[64];
static const char *const cores[] = {"m3", "m3a", "rv32"};

#define CORES (sizeof(cores) / sizeof(cores[0]))

/* Whether the file is on a disk is another matter, and takes a while. */
int fsync(int fd)
{
	(void)fd;
	return 0;
}

static void remove_all(void)
{
	unlink(path);
	rmdir(dir);
}

static void make_dir(void)
{
	if (path[0])
		return;
	fuzz_check(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/accepted", dir);
	atexit(remove_all);
}

static void write_file(const uint8_t *data, size_t size)
{
	FILE *file = fopen(path, "w");

	fuzz_check(file && fwrite(data, 1, size, file) == size && fclose(file) == 0);
}

static bool file_is(const uint8_t *data, size_t size)
{
	struct secure_file file;
	bool same;

	fuzz_check(amp_secure_read(&file, path, SECURE_FILE_MAX) == 0);
	same = file.size == size && memcmp(file.data, data, size) == 0;
	amp_secure_free(&file);
	return same;
}

/* @return false: it is refused, for a reason */
static bool read_file(uint32_t version[CORES])
{
	char error[SECURE_TEXT_MAX] = "";
	unsigned int refused = 0;

	for (size_t i = 0; i < CORES; i++)
		refused += amp_rollback_read(path, cores[i], &version[i], error) != 0;
	fuzz_check(refused == 0 || refused == CORES);
	fuzz_check((refused != 0) == (error[0] != '\0'));
	return !refused;
}

/* Reading it, in the way of who knows only what is written. */
static uint32_t written(const uint8_t *data, size_t size, const char *core)
{
	char *text = calloc(1, size + 1), *line, *rest;
	unsigned long long value = 0;
	size_t len = strlen(core);
	unsigned int found = 0;

	fuzz_check(text);
	for (size_t i = 0; i < size; i++)
		text[i] = data[i] ? (char)data[i] : '?'; /* in a comment */
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		if (strncmp(line, core, len) != 0 || line[len] != ' ')
			continue;
		value = strtoull(line + len + 1, NULL, 10);
		found++;
	}
	fuzz_check(found <= 1);
	free(text);
	return (uint32_t)value;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	uint32_t before[CORES] = {0}, after[CORES], version = fuzz_u32(&in);
	size_t which = fuzz_u8(&in) % CORES;
	char error[SECURE_TEXT_MAX] = "";
	int status;

	make_dir();
	write_file(in.data, in.left);
	if (!read_file(before)) {
		fuzz_check(amp_rollback_raise(path, cores[which], version, error) == -1 && error[0]);
		fuzz_check(file_is(in.data, in.left));
		return 0;
	}
	for (size_t i = 0; i < CORES; i++)
		fuzz_check(before[i] == written(in.data, in.left, cores[i]));
	status = amp_rollback_raise(path, cores[which], version, error);
	fuzz_check((status == 0) == !error[0]);
	fuzz_check(version >= before[which] || status); /* an old one is never taken */
	if (status || version == before[which])
		fuzz_check(file_is(in.data, in.left));
	fuzz_check(read_file(after));
	for (size_t i = 0; i < CORES; i++)
		fuzz_check(after[i] == (i == which && !status ? version : before[i]));
	return 0;
}
