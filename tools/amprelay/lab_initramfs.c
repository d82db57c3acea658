// SPDX-License-Identifier: GPL-2.0-only
/* The archive that Linux unpacks at its boot: the lab's own, and behind it the user's, whose files win. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "lab_files.h"

#define MAX_SIZE (64 << 20) /* half of the guest's memory */

static int fail(char *error, const char *path, const char *why)
{
	snprintf(error, LAB_FILES_ERROR, "--initramfs %.300s: %s", path, why);
	return AMP_EXIT_ENVIRONMENT;
}

/* What it is instead, as far as its first bytes tell. */
static const char *complaint(const uint8_t *head, size_t len)
{
	static const struct {
		const char *magic, *text;
	} others[] = {
		{"\xfd"
	         "7zXZ",
	         "it is compressed with xz; use gzip, or nothing"},
		{"\x28\xb5\x2f\xfd", "it is compressed with zstd; use gzip, or nothing"},
		{"\x02\x21\x4c\x18", "it is compressed with lz4; use gzip, or nothing"},
		{"\x04\x22\x4d\x18", "it is compressed with lz4; use gzip, or nothing"},
		{"BZh", "it is compressed with bzip2; use gzip, or nothing"},
		{"070707", "it is a cpio archive of the old format: make it with 'cpio -o -H newc'"},
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		size_t n = strlen(others[i].magic);

		if (len >= n && memcmp(head, others[i].magic, n) == 0)
			return others[i].text;
	}
	return "it is no cpio archive, plain or with gzip: make it with 'find . | cpio -o -H newc | gzip'";
}

int amp_lab_initramfs_check(const char *path, char *error)
{
	uint8_t head[8];
	struct stat st;
	ssize_t n = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err = errno;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		n = read(fd, head, sizeof(head));
	if (fd >= 0)
		close(fd);
	if (n < 0)
		return fail(error, path, fd < 0 ? strerror(err) : "it is not a readable file");
	if (st.st_size > MAX_SIZE)
		return fail(error, path, "it is larger than 64 MiB, and Linux unpacks it into memory");
	if (n == sizeof(head) &&
	    (memcmp(head, "\x1f\x8b\x08", 3) == 0 || memcmp(head, "070701", 6) == 0 || memcmp(head, "070702", 6) == 0))
		return AMP_EXIT_OK;
	return fail(error, path, complaint(head, (size_t)n));
}

static bool append(FILE *out, const char *path)
{
	static char chunk[65536];
	FILE *in = fopen(path, "re");
	size_t n, all = 0;
	bool good = in != NULL;

	while (good && (n = fread(chunk, 1, sizeof(chunk), in)) > 0) {
		good = fwrite(chunk, 1, n, out) == n;
		all += n;
	}
	good = good && !ferror(in);
	if (in)
		fclose(in);
	/* a plain archive must begin at a multiple of four */
	return good && fwrite("\0\0\0", 1, -all % 4, out) == -all % 4;
}

char *amp_lab_initramfs_prepare(const struct lab_files *files, const struct lab_net *net, const char *state_dir,
                                char *error)
{
	char server[PATH_MAX], key[PATH_MAX], *path;
	/* in the order in which Linux unpacks them */
	const char *archives[] = {files->initramfs, net->wanted ? server : NULL, net->wanted ? key : NULL,
	                          files->more_initramfs};
	FILE *out;
	bool good;

	if (!files->more_initramfs && !net->wanted)
		return strdup(files->initramfs);
	snprintf(server, sizeof(server), "%s/net.cpio.gz", files->dir);
	snprintf(key, sizeof(key), "%s/ssh_key.cpio", state_dir);
	if (net->wanted && access(server, R_OK)) {
		snprintf(error, LAB_FILES_ERROR, "--net: %.300s: %s: build it with 'make guest-net'", server,
		         strerror(errno));
		return NULL;
	}
	if (asprintf(&path, "%s/initramfs", state_dir) < 0)
		return NULL;
	good = !net->wanted || amp_lab_net_write_key(net, key);
	out = good ? fopen(path, "we") : NULL;
	good = out != NULL;
	for (size_t i = 0; i < sizeof(archives) / sizeof(archives[0]); i++)
		good = good && (!archives[i] || append(out, archives[i]));
	if (out && fclose(out))
		good = false;
	if (good)
		return path;
	snprintf(error, LAB_FILES_ERROR, "writing %.300s: %s", path, strerror(errno));
	free(path);
	return NULL;
}
