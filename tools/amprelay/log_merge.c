// SPDX-License-Identifier: GPL-2.0-only
#include "log_merge.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int amp_merge_open(struct log_merge *merge, const char *dir, const char *only, double host_start)
{
	memset(merge, 0, sizeof(*merge));
	merge->dir = strdup(dir);
	if (!merge->dir)
		return -ENOMEM;
	merge->only = only;
	merge->host_start = host_start;
	amp_merge_discover(merge);
	return 0;
}

/* "NAME.log", but not "NAME.1.log": that is the lab's life before. */
static bool is_log(const char *file, char *name, size_t size)
{
	size_t len = strlen(file);

	if (len <= 4 || len - 4 >= size || strcmp(file + len - 4, ".log"))
		return false;
	if (len >= 6 && strcmp(file + len - 6, ".1.log") == 0)
		return false;
	memcpy(name, file, len - 4);
	name[len - 4] = '\0';
	return true;
}

static bool is_known(const struct log_merge *merge, const char *name)
{
	for (size_t i = 0; i < merge->num_sources; i++) {
		if (strcmp(merge->source[i].name, name) == 0)
			return true;
	}
	return false;
}

void amp_merge_discover(struct log_merge *merge)
{
	struct dirent **files;
	int n = scandir(merge->dir, &files, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		struct log_source *source = &merge->source[merge->num_sources];
		char name[sizeof(source->name)];

		if (is_log(files[i]->d_name, name, sizeof(name)) && (!merge->only || strcmp(merge->only, name) == 0) &&
		    !is_known(merge, name) && merge->num_sources < LOG_MAX_SOURCES &&
		    !amp_line_file_open(&source->file, merge->dir, files[i]->d_name)) {
			memcpy(source->name, name, sizeof(name));
			source->shift = strcmp(name, "kernel") ? 0 : merge->host_start;
			source->stamp = merge->host_start;
			source->line = NULL;
			merge->num_sources++;
		}
		free(files[i]);
	}
	if (n >= 0)
		free(files);
}

static void advance(struct log_source *source, bool partial)
{
	double stamp;
	char *end;

	source->line = amp_line_file_next(&source->file, partial);
	if (!source->line || source->line[0] != '[')
		return;
	stamp = strtod(source->line + 1, &end);
	if (end != source->line + 1 && *end == ']')
		source->stamp = stamp + source->shift;
}

struct log_source *amp_merge_next(struct log_merge *merge, bool partial)
{
	struct log_source *first = NULL;

	for (size_t i = 0; i < merge->num_sources; i++) {
		struct log_source *source = &merge->source[i];

		if (!source->line)
			advance(source, partial);
		if (source->line && (!first || source->stamp < first->stamp))
			first = source;
	}
	return first;
}

void amp_merge_close(struct log_merge *merge)
{
	for (size_t i = 0; i < merge->num_sources; i++)
		amp_line_file_close(&merge->source[i].file);
	free(merge->dir);
}
