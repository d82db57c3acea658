// SPDX-License-Identifier: GPL-2.0-only
/* The private firmware directory of a lab that was started with --firmware FILE. */
#include "lab_files.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab_dir.h"

#define CHUNK 65536

/* Copies under a temporary name, then renames: Linux never sees half a file. */
static int copy_file(const char *from, const char *to)
{
	char tmp[PATH_MAX], *chunk = malloc(CHUNK);
	int in = open(from, O_RDONLY | O_CLOEXEC), out = -1, err = 0;
	ssize_t n = 0;

	snprintf(tmp, sizeof(tmp), "%s.new", to);
	if (chunk && in >= 0)
		out = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	while (out >= 0 && (n = read(in, chunk, CHUNK)) > 0) {
		ssize_t put = write(out, chunk, (size_t)n);

		if (put != n) {
			errno = put < 0 ? errno : ENOSPC; /* a part is written only when the rest has no place */
			n = -1;
			break;
		}
	}
	if (!chunk || in < 0 || out < 0 || n < 0)
		err = -errno;
	if (in >= 0)
		close(in);
	if (out >= 0 && close(out) && !err)
		err = -errno;
	if (!err && rename(tmp, to))
		err = -errno;
	if (err && out >= 0)
		unlink(tmp);
	free(chunk);
	return err;
}

static int copy_or_say(const char *from, const char *to, char *error)
{
	int err = copy_file(from, to);

	if (err)
		snprintf(error, LAB_FILES_ERROR, "copying firmware %.200s to %.200s: %s", from, to, strerror(-err));
	return err;
}

/* Which core the file is for: the first of its e_machine. What is no ELF file goes to the first: Linux refuses it. */
static unsigned int core_for(const struct soc_config *soc, const char *path)
{
	Elf32_Ehdr head = {0};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, &head, sizeof(head));

	if (fd >= 0)
		close(fd);
	for (unsigned int i = 0; n == sizeof(head) && i < soc->num_cores; i++) {
		if (soc->core[i].elf_machine == head.e_machine)
			return i;
	}
	return 0;
}

/* STATE_DIR/firmware.source, three lines for each core: its name, where its firmware comes from, the copy. */
static FILE *open_sources(const char *state_dir, const char *mode)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/firmware.source", state_dir);
	return fopen(path, mode);
}

static void forget(const char *state_dir)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/firmware.source", state_dir);
	unlink(path);
}

/* Copies the firmware of all cores into `dir`, and notes where from. @return 0 or a negative errno with `error` */
static int copy_all(const struct lab_files *files, const char *dir, FILE *sources, char *error)
{
	const struct core_config *own = &files->soc.core[core_for(&files->soc, files->firmware)];
	char from[PATH_MAX], to[PATH_MAX];
	int err = 0;

	for (unsigned int i = 0; !err && i < files->soc.num_cores; i++) {
		const struct core_config *core = &files->soc.core[i];

		snprintf(to, sizeof(to), "%s/%s", dir, core->firmware);
		if (strcmp(core->firmware, own->firmware) == 0) /* it may be several cores' */
			snprintf(from, sizeof(from), "%s", files->firmware);
		else
			snprintf(from, sizeof(from), "%s/firmware/%s", files->dir, core->firmware);
		err = copy_or_say(from, to, error);
		if (!err)
			fprintf(sources, "%s\n%s\n%s\n", core->name, from, to);
	}
	return err;
}

char *amp_lab_firmware_prepare(const struct lab_files *files, const char *state_dir, char *error)
{
	FILE *sources;
	char *dir;
	int err;

	forget(state_dir);
	if (!files->single_firmware)
		return strdup(files->firmware);
	if (asprintf(&dir, "%s/firmware", state_dir) < 0)
		return NULL;
	err = amp_lab_make_dir(dir);
	sources = err ? NULL : open_sources(state_dir, "we");
	if (!sources) {
		snprintf(error, LAB_FILES_ERROR, "directory %.300s: %s", dir, strerror(err ? -err : errno));
		free(dir);
		return NULL;
	}
	err = copy_all(files, dir, sources, error);
	if (fclose(sources) && !err) {
		err = -errno;
		snprintf(error, LAB_FILES_ERROR, "state directory %.300s: %s", state_dir, strerror(errno));
	}
	if (err) {
		forget(state_dir);
		free(dir);
		return NULL;
	}
	return dir;
}

/* The next line, without its end. @return false: there is none */
static bool read_line(FILE *f, char line[PATH_MAX])
{
	if (!fgets(line, PATH_MAX, f))
		return false;
	line[strcspn(line, "\n")] = '\0';
	return true;
}

int amp_lab_firmware_refresh(const char *state_dir, const char *core, char *error)
{
	char name[PATH_MAX], from[PATH_MAX], to[PATH_MAX];
	FILE *f = open_sources(state_dir, "re");
	bool found = false;

	if (!f)
		return 0; /* a directory is shared: Linux sees its changes at once */
	while (!found && read_line(f, name) && read_line(f, from) && read_line(f, to))
		found = strcmp(name, core) == 0;
	fclose(f);
	return found ? copy_or_say(from, to, error) : 0;
}
