// SPDX-License-Identifier: GPL-2.0-only
/* Runs a fuzzer over files, or over all files of directories: the kept corpus as a test, and one finding for gdb. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILE (1u << 20)

static unsigned int files;

static bool run_file(const char *path)
{
	uint8_t *data = malloc(MAX_FILE), *exact;
	FILE *in = fopen(path, "rb");
	size_t size = 0;

	if (data && in)
		size = fread(data, 1, MAX_FILE, in);
	if (!data || !in || ferror(in)) {
		perror(path);
		free(data);
		if (in)
			fclose(in);
		return false;
	}
	fclose(in);
	/* the name first: a claim that does not hold ends the program */
	fprintf(stderr, "%s\n", path);
	exact = malloc(size + !size);
	if (!exact) {
		free(data);
		return false;
	}
	memcpy(exact, data, size);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	free(data);
	files++;
	return true;
}

static int is_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static bool run_directory(const char *path)
{
	struct dirent **entry;
	int n = scandir(path, &entry, is_file, alphasort);
	bool ok = true;

	if (n < 0)
		return run_file(path);
	for (int i = 0; i < n; i++) {
		char file[4096];

		snprintf(file, sizeof(file), "%s/%s", path, entry[i]->d_name);
		ok = run_file(file) && ok;
		free(entry[i]);
	}
	free(entry);
	return ok;
}

int main(int argc, char **argv)
{
	bool ok = true;

	for (int i = 1; i < argc; i++)
		ok = run_directory(argv[i]) && ok;
	if (!files)
		fprintf(stderr, "usage: %s FILE|DIRECTORY...: there was no input\n", argv[0]);
	printf("%u inputs\n", files);
	return ok && files ? EXIT_SUCCESS : EXIT_FAILURE;
}
