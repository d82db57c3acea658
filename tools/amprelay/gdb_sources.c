// SPDX-License-Identifier: GPL-2.0-only
/*
 * A unit of the file's debug information has a name and the folder of the compiler. Of the first whose source is not
 * there, ever shorter ends of the name are looked for: /there/a/b/c.c is found below /here as a/b/c.c, and then /there
 * is /here now.
 */
#include "gdb_sources.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* "/a/b/../c" → "/a/c": by the names alone, since the folders need not exist. */
static bool normalise(char out[PATH_MAX], const char *folder, const char *name)
{
	char whole[PATH_MAX], *rest = NULL;
	size_t len = 0;

	if (snprintf(whole, sizeof(whole), "%s/%s", name[0] == '/' ? "" : folder, name) >= PATH_MAX || whole[0] != '/')
		return false;
	for (char *part = strtok_r(whole, "/", &rest); part; part = strtok_r(NULL, "/", &rest)) {
		if (strcmp(part, "..") == 0) {
			while (len && out[--len] != '/')
				;
		} else if (strcmp(part, ".") != 0) {
			len += (size_t)snprintf(out + len, PATH_MAX - len, "/%s", part);
		}
	}
	out[len] = '\0';
	return len > 0;
}

/* Is there FOLDER/END, or that in a folder above it? @return true: `to` is that folder */
static bool find_above(const char *folder, const char *end, char to[PATH_MAX])
{
	char path[2 * PATH_MAX];

	snprintf(to, PATH_MAX, "%s", folder);
	for (;;) {
		snprintf(path, sizeof(path), "%s%s", to, end);
		if (access(path, R_OK) == 0)
			return true;
		if (!to[0])
			return false;
		*strrchr(to, '/') = '\0';
	}
}

/* @param name  as the unit has it. @param path  the same, whole */
static bool find_one(const char *compiled, const char *name, const char *path, const char *folder,
                     struct gdb_sources *sources)
{
	const char *end = path, *from_there;
	char moved[2 * PATH_MAX];
	size_t len;

	do { /* a name alone is too little to believe that it is the same file */
		end = strchr(end + 1, '/');
		if (!end || !strchr(end + 1, '/'))
			return false;
	} while (!find_above(folder, end, sources->to));
	len = (size_t)(end - path);
	snprintf(sources->from, sizeof(sources->from), "%.*s", (int)len, path);
	sources->beside[0] = '\0';
	if (name[0] == '/' || strncmp(compiled, sources->from, len) != 0)
		return true;
	snprintf(moved, sizeof(moved), "%s%s", sources->to, compiled + len);
	if (access(moved, F_OK) == 0)
		return true;
	/* ../../a/b.c: gdb goes up from a folder that has to be there, as deep as the one that is not */
	snprintf(sources->beside, sizeof(sources->beside), "%s", sources->to);
	from_there = end;
	for (const char *down = compiled + len; (down = strchr(down, '/')); down++) {
		size_t used = strlen(sources->beside);
		const char *next = strchr(from_there + 1, '/');

		if (!next) {
			sources->beside[0] = '\0';
			break;
		}
		snprintf(sources->beside + used, sizeof(sources->beside) - used, "%.*s", (int)(next - from_there),
		         from_there);
		from_there = next;
	}
	return true;
}

static bool find_in(Dwarf *dwarf, const char *folder, struct gdb_sources *sources)
{
	Dwarf_Off offset = 0, next;
	size_t header;

	for (; dwarf_nextcu(dwarf, offset, &next, &header, NULL, NULL, NULL) == 0; offset = next) {
		Dwarf_Attribute attribute;
		Dwarf_Die die;
		const char *name, *compiled;
		char path[PATH_MAX];

		if (!dwarf_offdie(dwarf, offset + header, &die) || !(name = dwarf_diename(&die)))
			continue;
		compiled = dwarf_formstring(dwarf_attr(&die, DW_AT_comp_dir, &attribute));
		if (normalise(path, compiled ? compiled : "", name) && access(path, R_OK) != 0 &&
		    find_one(compiled ? compiled : "", name, path, folder, sources))
			return true;
	}
	return false;
}

bool amp_gdb_find_sources(const char *elf, const char *folder, struct gdb_sources *sources)
{
	int fd = open(elf, O_RDONLY | O_CLOEXEC);
	Dwarf *dwarf = fd < 0 ? NULL : dwarf_begin(fd, DWARF_C_READ);
	bool found = dwarf && find_in(dwarf, folder, sources);

	if (dwarf)
		dwarf_end(dwarf);
	if (fd >= 0)
		close(fd);
	return found;
}
