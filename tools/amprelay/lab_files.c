// SPDX-License-Identifier: GPL-2.0-only
#include "lab_files.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "lab_dir.h"

__attribute__((format(printf, 2, 3))) static int fail(char *error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, LAB_FILES_ERROR, format, args);
	va_end(args);
	return AMP_EXIT_ENVIRONMENT;
}

__attribute__((format(printf, 1, 2))) static char *format_path(const char *format, ...)
{
	va_list args;
	char *path;

	va_start(args, format);
	if (vasprintf(&path, format, args) < 0) {
		amp_cli_error("out of memory");
		exit(AMP_EXIT_FAILED);
	}
	va_end(args);
	return path;
}

/* realpath() if the file is there, else the name as it was given. */
static char *absolute(const char *path)
{
	char *real = realpath(path, NULL);

	return real ? real : format_path("%s", path);
}

char *amp_lab_files_dir(const char *dir)
{
	const char *env = getenv("AMPRELAY_LAB");
	char exe[PATH_MAX], *beside, *slash, *found;
	ssize_t n;

	if (dir)
		return absolute(dir);
	if (env && env[0])
		return absolute(env);
	n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	exe[n > 0 ? n : 0] = '\0';
	slash = strrchr(exe, '/');
	if (slash)
		*slash = '\0';
	beside = format_path("%s/../share/amprelay", exe);
	if (access(beside, F_OK)) {
		free(beside);
		beside = format_path("%s/../../lab", exe);
	}
	found = absolute(beside);
	free(beside);
	return found;
}

static int check_file(const char *path, const char *what, const char *todo, char *error)
{
	struct stat st;

	if (stat(path, &st))
		return fail(error, "%s %s: %s: %s", what, path, strerror(errno), todo);
	if (!S_ISREG(st.st_mode) || access(path, R_OK))
		return fail(error, "%s %s is not a readable file: %s", what, path, todo);
	return AMP_EXIT_OK;
}

static int check_firmware(struct lab_files *files, bool chosen, char *error)
{
	const char *todo = chosen ? "give --firmware a file or a directory" : "build it with 'make firmware'";
	struct stat st;

	if (stat(files->firmware, &st))
		return fail(error, "firmware %s: %s: %s", files->firmware, strerror(errno), todo);
	files->single_firmware = S_ISREG(st.st_mode);
	if (!files->single_firmware && !S_ISDIR(st.st_mode))
		return fail(error, "firmware %s is neither a file nor a directory: %s", files->firmware, todo);
	if (access(files->firmware, files->single_firmware ? R_OK : R_OK | X_OK))
		return fail(error, "firmware %s: %s: %s", files->firmware, strerror(errno), todo);
	return AMP_EXIT_OK;
}

static int check_bootroms(struct lab_files *files, char *error)
{
	int err = AMP_EXIT_OK;

	for (unsigned int i = 0; !err && i < files->soc.num_cores; i++) {
		char *path = format_path("%s/%s", files->dir, files->soc.core[i].bootrom);

		err = check_file(path, "boot ROM", "build it with 'make firmware'", error);
		free(path);
	}
	return err;
}

static bool is_soc_file(const char *soc)
{
	return strchr(soc, '/') || (strlen(soc) > 5 && strcmp(soc + strlen(soc) - 5, ".json") == 0);
}

/* A name means the lab's description of that SoC. */
static char *find_soc_file(const char *dir, const char *soc)
{
	if (!soc)
		soc = LAB_DEFAULT_SOC;
	return is_soc_file(soc) ? absolute(soc) : format_path("%s/%s.json", dir, soc);
}

/* " m3 star": the SoCs that the lab has. */
static void list_socs(const char *dir, char *list, size_t size)
{
	char *pattern = format_path("%s/*.json", dir);
	size_t used = 0;
	glob_t found;

	list[0] = '\0';
	if (!glob(pattern, 0, NULL, &found)) {
		for (size_t i = 0; i < found.gl_pathc && used < size; i++) {
			const char *name = strrchr(found.gl_pathv[i], '/') + 1;

			used += (size_t)snprintf(list + used, size - used, " %.*s", (int)strlen(name) - 5, name);
		}
		globfree(&found);
	}
	free(pattern);
}

static int check_soc_file(const struct lab_files *files, const char *soc, char *error)
{
	char known[256];

	if (soc && is_soc_file(soc))
		return check_file(files->soc_file, "SoC description", "give --soc a name or a file", error);
	list_socs(files->dir, known, sizeof(known));
	if (soc && known[0] && access(files->soc_file, F_OK))
		return fail(error, "no SoC '%s' in %s: it has%s", soc, files->dir, known);
	return check_file(files->soc_file, "SoC description", "build it with 'make tools'", error);
}

int amp_lab_soc_load(struct soc_config *config, const char *dir, const char *soc, char *error)
{
	struct lab_files files = {.dir = amp_lab_files_dir(dir)};
	int err;

	files.soc_file = find_soc_file(files.dir, soc);
	err = check_soc_file(&files, soc, error);
	if (!err && amp_soc_load(config, files.soc_file, error, LAB_FILES_ERROR))
		err = AMP_EXIT_ENVIRONMENT;
	amp_lab_files_free(&files);
	return err;
}

int amp_lab_files_resolve(struct lab_files *files, const struct lab_choice *choice, char *error)
{
	int err;

	memset(files, 0, sizeof(*files));
	files->dir = amp_lab_files_dir(choice->dir);
	files->kernel = choice->kernel ? absolute(choice->kernel) : format_path("%s/Image", files->dir);
	files->initramfs = format_path("%s/initramfs.cpio", files->dir);
	files->more_initramfs = choice->initramfs ? absolute(choice->initramfs) : NULL;
	files->soc_file = find_soc_file(files->dir, choice->soc);
	files->firmware = choice->firmware ? absolute(choice->firmware) : format_path("%s/firmware", files->dir);

	if (access(files->dir, R_OK | X_OK))
		return fail(error,
		            "lab directory %s: %s: build it with 'make lab', or name one with --lab or AMPRELAY_LAB",
		            files->dir, strerror(errno));
	err = check_file(files->kernel, "kernel",
	                 choice->kernel ? "give --kernel an arm64 Image" : "build it with 'make lab'", error);
	if (!err)
		err = check_file(files->initramfs, "guest image", "build it with 'make lab'", error);
	if (!err && files->more_initramfs)
		err = amp_lab_initramfs_check(files->more_initramfs, error);
	if (!err)
		err = check_soc_file(files, choice->soc, error);
	if (!err && amp_soc_load(&files->soc, files->soc_file, error, LAB_FILES_ERROR))
		err = AMP_EXIT_ENVIRONMENT;
	if (!err)
		err = check_bootroms(files, error);
	if (!err)
		err = check_firmware(files, choice->firmware, error);
	return err;
}

/* kernel/build.sh writes the kernel's words about itself; its release is the third. */
bool amp_lab_has_debug_kernel(const char *dir)
{
	char *files = amp_lab_files_dir(dir), *path = format_path("%s/linux", files), release[128] = "";
	FILE *file = fopen(path, "re");
	size_t len;

	free(files);
	free(path);
	if (!file)
		return false;
	if (fscanf(file, "%*s %*s %127s", release) != 1)
		release[0] = '\0';
	fclose(file);
	len = strlen(release);
	return len > 6 && strcmp(release + len - 6, "-debug") == 0;
}

void amp_lab_files_free(struct lab_files *files)
{
	free(files->dir);
	free(files->kernel);
	free(files->initramfs);
	free(files->more_initramfs);
	free(files->soc_file);
	free(files->firmware);
	memset(files, 0, sizeof(*files));
}

char *amp_lab_find_program(const char *name)
{
	const char *dirs = getenv("PATH");

	for (; dirs && *dirs; dirs += strcspn(dirs, ":"), dirs += *dirs == ':') {
		char *path = format_path("%.*s/%s", (int)strcspn(dirs, ":"), dirs, name);
		struct stat st;

		if (!stat(path, &st) && S_ISREG(st.st_mode) && !access(path, X_OK))
			return path;
		free(path);
	}
	return NULL;
}
