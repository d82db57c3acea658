// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files appear complete or not at all: each is written under a temporary name beside its place, and only when all of
 * them are on disk are they renamed. What a build finds under the right name is therefore never half of a file.
 */
#include "socgen.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILES   (1 + 2 * SOC_MAX_CORES)
#define FILE_BUFFER 262144u /* 256 KiB */

struct file {
	char path[PATH_MAX];
	char temporary[PATH_MAX];
};

struct output {
	struct file file[MAX_FILES];
	unsigned count; /* temporary files that exist */
};

static bool complain(const char *what, const char *path)
{
	fprintf(stderr, "socgen: cannot %s %s: %s\n", what, path, strerror(errno));
	return false;
}

static bool make_directory(const char *path)
{
	return mkdir(path, 0777) == 0 || errno == EEXIST || complain("create directory", path);
}

/* Open the temporary file for DIR/CORE/NAME, or DIR/NAME if `core` is NULL; NULL after a message. */
static FILE *begin(struct output *output, const char *dir, const char *core, const char *name)
{
	struct file *file = &output->file[output->count];
	int len = snprintf(file->path, sizeof(file->path), "%s/%s%s%s", dir, core ? core : "", core ? "/" : "", name);
	int temporary_len = snprintf(file->temporary, sizeof(file->temporary), "%s/%s%s.%s.%ld", dir, core ? core : "",
	                             core ? "/" : "", name, (long)getpid());
	FILE *out;

	if (len >= (int)sizeof(file->path) || temporary_len >= (int)sizeof(file->temporary)) {
		errno = ENAMETOOLONG;
		complain("write below", dir);
		return NULL;
	}
	out = fopen(file->temporary, "wxe");
	if (!out) {
		complain("create", file->temporary);
		return NULL;
	}
	/* larger than the file: then fclose() writes it, and knows why it cannot */
	setvbuf(out, NULL, _IOFBF, FILE_BUFFER);
	output->count++;
	return out;
}

static bool finish(const struct output *output, FILE *out)
{
	bool failed = ferror(out);

	errno = failed ? EIO : 0;
	failed = fclose(out) != 0 || failed;
	return !failed || complain("write", output->file[output->count - 1].temporary);
}

static bool write_core(struct output *output, const char *dir, const struct soc *soc, const struct soc_core *core)
{
	char path[PATH_MAX];
	FILE *out;

	if (snprintf(path, sizeof(path), "%s/%s", dir, core->name) >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return complain("write below", dir);
	}
	if (!make_directory(path))
		return false;
	out = begin(output, dir, core->name, "soc.h");
	if (!out)
		return false;
	soc_emit_header(out, soc, core);
	if (!finish(output, out))
		return false;
	out = begin(output, dir, core->name, "regions.ld");
	if (!out)
		return false;
	soc_emit_ld(out, soc, core);
	return finish(output, out);
}

static bool write_all(struct output *output, const char *dir, const struct soc *soc)
{
	FILE *out;

	if (!make_directory(dir))
		return false;
	for (unsigned i = 0; i < soc->num_cores; i++)
		if (!write_core(output, dir, soc, &soc->core[i]))
			return false;
	out = begin(output, dir, NULL, "soc.json");
	if (!out)
		return false;
	soc_emit_json(out, soc);
	return finish(output, out);
}

bool soc_write(const char *dir, const struct soc *soc)
{
	static struct output output; /* too large for the stack */
	bool ok = write_all(&output, dir, soc);

	for (unsigned i = 0; i < output.count; i++) {
		if (ok && rename(output.file[i].temporary, output.file[i].path))
			ok = complain("write", output.file[i].path);
		if (!ok)
			unlink(output.file[i].temporary);
	}
	return ok;
}
