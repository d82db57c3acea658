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
#include <sys/stat.h>
#include <unistd.h>

#include "lab.h"

#define CHUNK 65536

/* Copies under a temporary name, then renames: Linux never sees half a file. Keeps the time, to see changes later. */
static int copy_file(const char *from, const char *to)
{
	char tmp[PATH_MAX], *chunk = malloc(CHUNK);
	int in = open(from, O_RDONLY | O_CLOEXEC), out = -1, err = 0;
	struct stat st;
	ssize_t n = 0;

	snprintf(tmp, sizeof(tmp), "%s.new", to);
	if (chunk && in >= 0 && !fstat(in, &st))
		out = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	while (out >= 0 && (n = read(in, chunk, CHUNK)) > 0) {
		if (write(out, chunk, (size_t)n) != n) {
			n = -1;
			errno = errno ? errno : ENOSPC;
			break;
		}
	}
	if (!chunk || in < 0 || out < 0 || n < 0)
		err = -errno;
	else
		futimens(out, (const struct timespec[]){st.st_atim, st.st_mtim});
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

/* Which core the file is for: the first of its e_machine. A file that is no ELF goes to the first core: Linux refuses
 * it. */
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

/* STATE_DIR/firmware.source: first line the file's path, second line the copy's. */
static int remember(const char *state_dir, const char *from, const char *to)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/firmware.source", state_dir);
	f = fopen(path, "we");
	if (!f)
		return -errno;
	fprintf(f, "%s\n%s\n", from, to);
	return fclose(f) ? -errno : 0;
}

static void forget(const char *state_dir)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/firmware.source", state_dir);
	unlink(path);
}

char *amp_lab_firmware_prepare(const struct lab_files *files, const char *state_dir, char *error)
{
	unsigned int core = core_for(&files->soc, files->firmware);
	char from[PATH_MAX], to[PATH_MAX], *dir;
	bool mine;
	int err;

	forget(state_dir);
	if (!files->single_firmware)
		return strdup(files->firmware);
	if (asprintf(&dir, "%s/firmware", state_dir) < 0)
		return NULL;
	err = amp_lab_make_dir(dir);
	if (err)
		snprintf(error, LAB_FILES_ERROR, "directory %.300s: %s", dir, strerror(-err));
	for (unsigned int i = 0; !err && i < files->soc.num_cores; i++) {
		snprintf(to, sizeof(to), "%s/%s", dir, files->soc.core[i].firmware);
		snprintf(from, sizeof(from), "%s/firmware/%s", files->dir, files->soc.core[i].firmware);
		mine = !strcmp(files->soc.core[i].firmware,
		               files->soc.core[core].firmware); /* it may be several cores' */
		err = copy_or_say(mine ? files->firmware : from, to, error);
		if (!err && mine) {
			err = remember(state_dir, files->firmware, to);
			if (err)
				snprintf(error, LAB_FILES_ERROR, "state directory %.300s: %s", state_dir,
				         strerror(-err));
		}
	}
	if (err) {
		free(dir);
		return NULL;
	}
	return dir;
}

static bool changed(const char *from, const char *to)
{
	struct stat a, b;

	return stat(from, &a) || stat(to, &b) || a.st_size != b.st_size || a.st_mtim.tv_sec != b.st_mtim.tv_sec ||
	       a.st_mtim.tv_nsec != b.st_mtim.tv_nsec;
}

int amp_lab_firmware_refresh(const char *state_dir, char *error)
{
	char path[PATH_MAX], from[PATH_MAX], to[PATH_MAX];
	bool complete;
	FILE *f;

	snprintf(path, sizeof(path), "%s/firmware.source", state_dir);
	f = fopen(path, "re");
	if (!f)
		return 0; /* a directory is shared: Linux sees its changes at once */
	complete = fgets(from, sizeof(from), f) && fgets(to, sizeof(to), f);
	fclose(f);
	if (!complete)
		return 0;
	from[strcspn(from, "\n")] = '\0';
	to[strcspn(to, "\n")] = '\0';
	return changed(from, to) ? copy_or_say(from, to, error) : 0;
}
