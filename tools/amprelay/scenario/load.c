// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "amprelay/text_file.h"
#include "common/text.h"
#include "scenario.h"

#define FILE_MAX (256u << 10) /* no one writes more by hand */

/* @return the text, or NULL with `error` */
static char *read_scenario(const char *path, size_t *len, char *error)
{
	char *text = amp_text_file_read(path, FILE_MAX + 1, len);

	if (!text) {
		amp_text(error, SCENARIO_ERROR_LEN, "%s: %s", path, strerror(errno));
	} else if (*len > FILE_MAX) {
		amp_text(error, SCENARIO_ERROR_LEN, "%s: it is larger than %u KiB", path, FILE_MAX >> 10);
		free(text);
		text = NULL;
	}
	return text;
}

static bool find_folder(struct scenario *scenario, const char *path)
{
	char whole[PATH_MAX];
	char *slash;

	if (!realpath(path, whole) || !(slash = strrchr(whole, '/')))
		return false;
	slash[slash == whole] = '\0';
	scenario->path = strdup(path);
	scenario->folder = strdup(whole);
	return scenario->path && scenario->folder;
}

static struct scenario *understand(const char *path, const char *text, size_t len, char *error)
{
	struct scenario *scenario;

	if (!amp_scenario_is_yaml(path, text, len, error))
		return NULL;
	scenario = amp_scenario_parse(path, text, len, error);
	if (!scenario)
		return NULL;
	if (!find_folder(scenario, path) || !amp_scenario_find_lines(scenario, text, len))
		amp_text(error, SCENARIO_ERROR_LEN, "%s: %s", path, strerror(errno));
	else if (amp_scenario_check(scenario, error))
		return scenario;
	amp_scenario_free(scenario);
	return NULL;
}

struct scenario *amp_scenario_load(const char *path, char *error)
{
	struct scenario *scenario = NULL;
	size_t len;
	char *text = read_scenario(path, &len, error);

	if (text)
		scenario = understand(path, text, len, error);
	free(text);
	return scenario;
}

void amp_scenario_free(struct scenario *scenario)
{
	free(scenario->path);
	free(scenario->folder);
	scenario->path = scenario->folder = NULL;
	amp_scenario_release(scenario);
}
