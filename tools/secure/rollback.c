// SPDX-License-Identifier: GPL-2.0-only
/* The file of the highest versions that were accepted: a comment, then a line "CORE VERSION" for each core. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define CORES_MAX      64
#define NAME_MAX_BYTES 32
#define COMMENT        "# The highest version of signed firmware that each core has taken. Lower ones are refused.\n"

struct counter {
	char core[NAME_MAX_BYTES];
	uint32_t version;
};

struct counters {
	struct counter counter[CORES_MAX];
	size_t number;
};

static bool parse_line(const char *line, size_t len, struct counter *counter)
{
	const char *space = memchr(line, ' ', len);
	size_t name = space ? (size_t)(space - line) : 0, digits = space ? len - name - 1 : 0;
	char number[16] = "";
	uint64_t value;
	char *end;

	if (name == 0 || name >= sizeof(counter->core) || digits == 0 || digits > 10 || memchr(line, '\0', len))
		return false;
	memcpy(counter->core, line, name);
	counter->core[name] = '\0';
	memcpy(number, space + 1, digits);
	if (strspn(number, "0123456789") != digits)
		return false;
	value = strtoull(number, &end, 10);
	counter->version = (uint32_t)value;
	return value <= UINT32_MAX;
}

static struct counter *find(struct counters *all, const char *core)
{
	for (size_t i = 0; i < all->number; i++) {
		if (strcmp(all->counter[i].core, core) == 0)
			return &all->counter[i];
	}
	return NULL;
}

/* A core is there once: nobody can say which of two versions counts. @return false: it is no such line */
static bool take_line(struct counters *all, const char *line, size_t len)
{
	struct counter counter;

	if (all->number == CORES_MAX || !parse_line(line, len, &counter) || find(all, counter.core))
		return false;
	all->counter[all->number++] = counter;
	return true;
}

static int read_all(struct counters *all, const char *path, char *error)
{
	struct secure_file file;
	struct lines lines;
	const char *line;
	size_t len;
	int err = amp_secure_read(&file, path, 65536);

	all->number = 0;
	if (err == -ENOENT)
		return 0;
	if (err)
		return refuse(error, "the file of accepted versions, %s: %s", path, strerror(-err));
	/* A file that was cut short does not end a line. */
	err = file.size == 0 || file.data[file.size - 1] != '\n';
	lines = (struct lines){(const char *)file.data, (const char *)file.data + file.size};
	while (!err && (len = amp_line_next(&lines, &line)) != SIZE_MAX) {
		if (len && line[0] == '#')
			continue;
		err = !take_line(all, line, len);
	}
	amp_secure_free(&file);
	return err ? refuse(error, "the file of accepted versions, %s, is damaged: mend it by hand", path) : 0;
}

int amp_rollback_read(const char *path, const char *core, uint32_t *version, char error[SECURE_TEXT_MAX])
{
	struct counters all;
	const struct counter *counter;

	if (read_all(&all, path, error))
		return -1;
	counter = find(&all, core);
	*version = counter ? counter->version : 0;
	return 0;
}

static int write_all(const struct counters *all, const char *path, char *error)
{
	char text[sizeof(COMMENT) + (size_t)CORES_MAX * (NAME_MAX_BYTES + 12)];
	size_t used = strlen(COMMENT);
	int err;

	amp_text(text, sizeof(text), "%s", COMMENT);
	for (size_t i = 0; i < all->number; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s %u\n", all->counter[i].core,
		                         all->counter[i].version);
	err = amp_secure_replace(path, text, used, 0644);
	return err ? refuse(error, "the file of accepted versions, %s, cannot be written: %s", path, strerror(-err))
	           : 0;
}

int amp_rollback_raise(const char *path, const char *core, uint32_t version, char error[SECURE_TEXT_MAX])
{
	struct counters all;
	struct counter *counter;

	if (read_all(&all, path, error))
		return -1;
	counter = find(&all, core);
	if (counter && version < counter->version)
		return refuse(error, "it is old: version %u, and version %u has been accepted before", version,
		              counter->version);
	if (counter && version == counter->version)
		return 0;
	if (!counter && version == 0)
		return 0; /* nothing is lower */
	if (!counter && (all.number == CORES_MAX || strlen(core) >= sizeof(counter->core)))
		return refuse(error, "the file of accepted versions, %s, has no room for core %s", path, core);
	if (!counter) {
		counter = &all.counter[all.number++];
		amp_text(counter->core, sizeof(counter->core), "%s", core);
	}
	counter->version = version;
	return write_all(&all, path, error);
}
