// SPDX-License-Identifier: GPL-2.0-only
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

int make_directory(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	assert_non_null(place);
	strcpy(place->dir, "/tmp/test-socgen-XXXXXX");
	assert_non_null(mkdtemp(place->dir));
	snprintf(place->dts, sizeof(place->dts), "%s/soc.dts", place->dir);
	snprintf(place->dtb, sizeof(place->dtb), "%s/soc.dtb", place->dir);
	snprintf(place->out, sizeof(place->out), "%s/out", place->dir);
	*state = place;
	return 0;
}

int remove_directory(void **state)
{
	struct place *place = *state;
	struct outcome rm = run("rm -rf '%s'", place->dir);

	free(place);
	return rm.status;
}

struct outcome run(const char *format, ...)
{
	struct outcome outcome = {.status = -1};
	char line[1024], command[1100], rest[512];
	va_list args;
	FILE *out;
	size_t len;
	int status;

	va_start(args, format);
	assert_true(vsnprintf(line, sizeof(line), format, args) < (int)sizeof(line));
	va_end(args);
	snprintf(command, sizeof(command), "exec 2>&1; %s", line);
	out = popen(command, "r");
	assert_non_null(out);
	len = fread(outcome.text, 1, sizeof(outcome.text) - 1, out);
	outcome.text[len] = '\0';
	while (fread(rest, 1, sizeof(rest), out))
		; /* let it finish: a full pipe would block it */
	status = pclose(out);
	if (WIFEXITED(status) && WEXITSTATUS(status) < 128)
		outcome.status = WEXITSTATUS(status);
	return outcome;
}

char *slurp(const char *path, size_t *size)
{
	FILE *in = fopen(path, "rb");
	char *text = malloc(65537);
	size_t len;

	assert_non_null(text);
	if (!in)
		fail_msg("cannot open %s", path);
	len = fread(text, 1, 65536, in);
	fclose(in);
	text[len] = '\0';
	if (size)
		*size = len;
	return text;
}

void spill(const char *path, const void *bytes, size_t size)
{
	FILE *out = fopen(path, "wb");

	assert_non_null(out);
	assert_int_equal(fwrite(bytes, 1, size, out), size);
	assert_int_equal(fclose(out), 0);
}

char *edit(char *text, const char *find, const char *replace)
{
	char *at = strstr(text, find), *result;
	size_t size = strlen(text) + strlen(replace) + 1;

	if (!at || strstr(at + 1, find))
		fail_msg("the fixture has this text %s: %s", at ? "more than once" : "not at all", find);
	result = malloc(size);
	assert_non_null(result);
	snprintf(result, size, "%.*s%s%s", (int)(at - text), text, replace, at + strlen(find));
	free(text);
	return result;
}

char *fixture_text(void)
{
	return slurp(FIXTURE_DIR "/two-cores.dts", NULL);
}

void compile(const struct place *place, const char *text)
{
	struct outcome dtc;

	spill(place->dts, text, strlen(text));
	dtc = run("'%s' -q -i '%s' -I dts -O dtb -o '%s' '%s'", DTC, DESCRIPTIONS_DIR, place->dtb, place->dts);
	if (dtc.status)
		fail_msg("dtc: %s", dtc.text);
}

struct outcome generate(const struct place *place)
{
	return run("'%s' -o '%s' '%s'", SOCGEN, place->out, place->dtb);
}

bool exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}
