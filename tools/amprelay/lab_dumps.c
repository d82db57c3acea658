// SPDX-License-Identifier: GPL-2.0-only
/* The dumps that a lab has left. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "lab_dir.h"

/* The life that "m3-12.core" is of; 0: it is no such file. */
static unsigned long life_of(const char *name, const char *core, const char *suffix)
{
	size_t len = strlen(core);
	unsigned long life;
	char *end;

	if (strncmp(name, core, len) != 0 || name[len] != '-')
		return 0;
	life = strtoul(name + len + 1, &end, 10);
	return strcmp(end, suffix) == 0 ? life : 0;
}

char *amp_lab_newest_dump(const char *core, bool whole)
{
	static const char *const suffixes[] = {".core", ".devcoredump"}; /* the first has more in it */
	char *state = amp_lab_state_dir(amp_cli.lab), *dir_path, *path = NULL;
	unsigned long best = 0;
	struct dirent *file;
	DIR *dir;

	if (asprintf(&dir_path, "%s/dumps", state) < 0)
		exit(AMP_EXIT_FAILED);
	dir = opendir(dir_path);
	while (dir && (file = readdir(dir))) {
		for (size_t i = 0; i < (whole ? 1 : 2); i++) {
			unsigned long life = life_of(file->d_name, core, suffixes[i]);

			if (life < best || life == 0 || (life == best && i))
				continue;
			best = life;
			free(path);
			if (asprintf(&path, "%s/%s", dir_path, file->d_name) < 0)
				exit(AMP_EXIT_FAILED);
		}
	}
	if (dir)
		closedir(dir);
	free(dir_path);
	free(state);
	return path;
}
