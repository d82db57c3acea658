// SPDX-License-Identifier: GPL-2.0-only
/* socgen: check the description of a SoC and generate from it what the firmware and the relay are built from. */
#include "socgen.h"

#include "common/output.h"

#include <errno.h>
#include <getopt.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#ifndef AMP_VERSION
#define AMP_VERSION "unversioned" /* a cross build's helper, see cmake/AmpSoc.cmake */
#endif

#define MAX_FILE ((size_t)64 * 1024) /* bytes; a core takes about two thousand */

enum {
	EXIT_WRONG = 1, /* the description is wrong, or a file could not be read or written */
	EXIT_USAGE = 2,
};

static void print_help(FILE *out)
{
	fprintf(out, "Usage: socgen -o DIR FILE.dtb\n"
	             "Check the description of a SoC and generate from it\n"
	             "  DIR/soc.json         the relay's configuration\n"
	             "  DIR/CORE/soc.h       constants for the firmware of each core\n"
	             "  DIR/CORE/regions.ld  its memories for the linker\n"
	             "\n"
	             "  -o, --output DIR     where to write; created if missing\n"
	             "  -h, --help           show this\n"
	             "  -V, --version        show the version\n"
	             "\n"
	             "Exit status: 0 done, 1 the description is wrong or a file failed, 2 usage.\n"
	             "If anything is wrong, nothing is written.\n"
	             "The bindings: docs/reference/soc-description.md\n");
}

/* @return bytes in `blob`, which has room for MAX_FILE + 1; -1 after a message */
static long read_file(const char *path, char *blob)
{
	FILE *in = fopen(path, "rbe");
	size_t size = 0;
	bool failed = !in;

	if (in) {
		size = fread(blob, 1, MAX_FILE + 1, in);
		failed = ferror(in);
		fclose(in);
	}
	if (failed) {
		fprintf(stderr, "socgen: cannot read %s: %s\n", path, strerror(errno));
		return -1;
	}
	if (size > MAX_FILE) {
		fprintf(stderr, "socgen: %s: larger than %zu bytes, not the description of a SoC\n", path, MAX_FILE);
		return -1;
	}
	return (long)size;
}

/* libfdt 1.6 believes a property whose length leads back to its own tag, and walks there for ever. */
static int check_tags(const void *blob, size_t size)
{
	int offset = 0, next;
	uint32_t tag;

	if (size < fdt_totalsize(blob))
		return -FDT_ERR_TRUNCATED;
	do {
		tag = fdt_next_tag(blob, offset, &next);
		if (next < 0)
			return next;
		if (next <= offset)
			return -FDT_ERR_BADSTRUCTURE;
		offset = next;
	} while (tag != FDT_END);
	return 0;
}

/* Nothing else may touch the tree before this has seen it: libfdt trusts the offsets in the header. */
static bool is_device_tree(const char *path, const void *blob, size_t size)
{
	int err = size < sizeof(struct fdt_header) ? -FDT_ERR_TRUNCATED : fdt_check_header(blob);

	/* Before version 16 nodes had other names, and libfdt 1.6 crashes when such a one is not what it expects. */
	if (!err && fdt_version(blob) < 16)
		err = -FDT_ERR_BADVERSION;
	if (!err)
		err = check_tags(blob, size);
	if (!err)
		err = fdt_check_full(blob, size);
	if (!err)
		return true;
	if (err == -FDT_ERR_BADMAGIC)
		fprintf(stderr, "socgen: %s: not a device tree blob; compile the source with dtc first\n", path);
	else
		fprintf(stderr, "socgen: %s: damaged device tree blob (%s)\n", path, fdt_strerror(err));
	return false;
}

/* Messages name the source that people edit: the SoC m3 is described in m3.dts. */
static void name_source(struct soc_report *report, const char *path)
{
	int len;
	const char *model = fdt_getprop(report->fdt, fdt_path_offset(report->fdt, "/"), "model", &len);
	const char *base = strrchr(path, '/');
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";

	if (model && len > 1 && len < 32 && model[len - 1] == '\0' && strspn(model, allowed) == (size_t)len - 1)
		snprintf(report->source, sizeof(report->source), "%s.dts", model);
	else
		snprintf(report->source, sizeof(report->source), "%s", base ? base + 1 : path);
}

static bool generate(const char *dir, const char *path, const void *fdt)
{
	static struct soc soc; /* too large for the stack */
	struct soc_report report = {.fdt = fdt};

	name_source(&report, path);
	soc_validate(&report);
	if (!report.errors)
		soc_read(&report, &soc);
	if (!report.errors)
		soc_check(&report, &soc);
	return !report.errors && soc_write(dir, &soc);
}

static int run(const char *dir, const char *path)
{
	char *blob = malloc(MAX_FILE + 1);
	long size;
	int status = EXIT_WRONG;

	if (!blob) {
		fprintf(stderr, "socgen: out of memory\n");
		return EXIT_WRONG;
	}
	size = read_file(path, blob);
	if (size >= 0 && is_device_tree(path, blob, (size_t)size) && generate(dir, path, blob))
		status = EXIT_SUCCESS;
	free(blob);
	return status;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"output", required_argument, NULL, 'o'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{0},
	};
	const char *dir = NULL;
	int option;

	amp_output_watch("socgen");
	while ((option = getopt_long(argc, argv, "o:hV", options, NULL)) != -1) {
		switch (option) {
		case 'o':
			dir = optarg;
			break;
		case 'h':
			print_help(stdout);
			return EXIT_SUCCESS;
		case 'V':
			printf("socgen (AmpRelay) %s\n", AMP_VERSION);
			return EXIT_SUCCESS;
		default:
			return EXIT_USAGE;
		}
	}
	if (!dir || argc - optind != 1) {
		fprintf(stderr, "socgen: need -o DIR and one FILE.dtb; see socgen --help\n");
		return EXIT_USAGE;
	}
	return run(dir, argv[optind]);
}
