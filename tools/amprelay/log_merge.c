// SPDX-License-Identifier: GPL-2.0-only
#include "log_merge.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int amp_merge_open(struct log_merge *merge, const char *dir, const char *only)
{
	int err;

	memset(merge, 0, sizeof(*merge));
	merge->dir = strdup(dir);
	if (!merge->dir)
		return -ENOMEM;
	merge->only = only;
	err = amp_log_clocks_open(&merge->clocks, dir);
	if (err) {
		free(merge->dir);
		return err;
	}
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

	amp_log_clocks_update(&merge->clocks);
	for (int i = 0; i < n; i++) {
		struct log_source *source = &merge->source[merge->num_sources];
		char name[sizeof(source->name)];

		if (is_log(files[i]->d_name, name, sizeof(name)) && (!merge->only || strcmp(merge->only, name) == 0) &&
		    !is_known(merge, name) && merge->num_sources < LOG_MAX_SOURCES &&
		    !amp_line_file_open(&source->file, merge->dir, files[i]->d_name)) {
			memcpy(source->name, name, sizeof(name));
			source->boot = 1;
			source->stamp = merge->clocks.start;
			source->error = -1;
			source->line = NULL;
			merge->num_sources++;
		}
		free(files[i]);
	}
	if (n >= 0)
		free(files);
}

#define STAMP_MAX 1e12           /* seconds: what a guest says may be anything */
#define RESTART   "[ restart ] " /* of the kernel log, by the relay */

/* @return behind a stamp and the space after it; NULL: there is none */
static char *read_stamp(char *text, double *stamp)
{
	char *end;

	if (text[0] != '[')
		return NULL;
	*stamp = strtod(text + 1, &end);
	if (end == text + 1 || *end != ']' || !(*stamp >= 0 && *stamp < STAMP_MAX))
		return NULL;
	return end + (end[1] == ' ' ? 2 : 1);
}

/* Linux's own stamp. */
static void place_kernel_line(const struct log_merge *merge, struct log_source *source)
{
	double own;
	char *text;

	if (strncmp(source->line, RESTART, sizeof(RESTART) - 1) == 0) {
		source->boot++;
		source->text = source->line + sizeof(RESTART) - 1;
		own = amp_log_clocks_host(&merge->clocks, "linux", source->boot, 0, 0, &source->error);
		source->stamp = own < 0 ? source->stamp : own;
		return;
	}
	text = read_stamp(source->line, &own);
	if (!text)
		return;
	source->text = text;
	source->stamped = true;
	source->stamp = amp_log_clocks_host(&merge->clocks, "linux", source->boot, 0, own, &source->error);
	if (source->stamp < 0)
		source->stamp = own;
}

/* The relay's stamp, and behind it the core's, if it is a core's line. What a core says may be anything: it has said it
 * before the relay had it. */
static void place_line(const struct log_merge *merge, struct log_source *source)
{
	double received, own, t, error;
	char core[sizeof(source->name)];
	char *text = read_stamp(source->line, &received), *more;

	if (!text)
		return;
	source->stamp = received;
	source->text = text;
	source->stamped = true;
	source->error = strcmp(source->name, "relay") == 0 ? 0 : -1;
	more = read_stamp(text, &own);
	if (!more || source->error == 0)
		return;
	source->text = more;
	snprintf(core, sizeof(core), "%.*s", (int)strcspn(source->name, "."), source->name); /* of "m3.journal", too */
	t = amp_log_clocks_host(&merge->clocks, core, 0, received, own, &error);
	if (t < 0 || t < merge->clocks.start || t > received + error)
		return;
	source->stamp = t < received ? t : received;
	source->error = error;
}

static void advance(const struct log_merge *merge, struct log_source *source, bool partial)
{
	source->line = source->text = amp_line_file_next(&source->file, partial);
	source->stamped = false;
	if (!source->line)
		return;
	if (strcmp(source->name, "kernel") == 0)
		place_kernel_line(merge, source);
	else
		place_line(merge, source);
}

struct log_source *amp_merge_next(struct log_merge *merge, bool partial)
{
	struct log_source *first = NULL;

	for (size_t i = 0; i < merge->num_sources; i++) {
		struct log_source *source = &merge->source[i];

		if (!source->line)
			advance(merge, source, partial);
		if (source->line && (!first || source->stamp < first->stamp))
			first = source;
	}
	return first;
}

void amp_merge_close(struct log_merge *merge)
{
	for (size_t i = 0; i < merge->num_sources; i++)
		amp_line_file_close(&merge->source[i].file);
	amp_log_clocks_close(&merge->clocks);
	free(merge->dir);
}
