// SPDX-License-Identifier: GPL-2.0-only
/*
 * gdb: a debugger on a core or Linux, or on a dump. This program becomes the debugger, which starts it once more, with
 * --stdio, as its connection: so the debugger has the terminal to itself, and the connection ends with it however it
 * ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"
#include "common/output.h"
#include "event_reader.h"
#include "gdb_sources.h"
#include "lab_dir.h"
#include "lab_files.h"
#include "postmortem/autopsy.h"
#include "postmortem/symbols.h"

#define DEBUGGER    "gdb-multiarch"
#define BUILD_ID    64
#define BANNER      "Linux version "
#define BANNER_MAX  256
#define COMMAND_MAX (PATH_MAX + 128)

struct arguments {
	const char *what; /* CORE or "linux" */
	const char *symbols, *dump;
	bool stdio;
	char **more; /* for the debugger */
	int num_more;
};

struct target {
	char symbols[PATH_MAX]; /* "": none */
	char dump[PATH_MAX];    /* "": it lives */
};

enum {
	KEY_DUMP = 0x7000,
	KEY_SYMBOLS,
	KEY_STDIO,
};

static const struct argp_option options[] = {
	{"dump", KEY_DUMP, "last|FILE", 0, "Open a dump of the core instead: the newest of this lab, or a file", 0},
	{"symbols", KEY_SYMBOLS, "FILE", 0,
         "The ELF file with symbols (default: the firmware that runs; vmlinux beside the kernel)", 0},
	{"stdio", KEY_STDIO, NULL, 0,
         "Be the connection of a debugger of your own: 'target remote | amprelay gdb --stdio CORE'", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case KEY_DUMP:
		a->dump = arg;
		return 0;
	case KEY_SYMBOLS:
		a->symbols = arg;
		return 0;
	case KEY_STDIO:
		a->stdio = true;
		return 0;
	case ARGP_KEY_ARG:
		if (!a->what) {
			a->what = arg;
			return 0;
		}
		if (!state->quoted)
			return ARGP_ERR_UNKNOWN;
		a->more = &state->argv[state->next - 1];
		a->num_more = state->argc - (state->next - 1);
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		amp_cli_usage("debug what? 'amprelay gdb CORE' or 'amprelay gdb linux'");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "CORE|linux [-- ARGUMENTS...]",
	.doc = "Open " DEBUGGER " on a running core, or on Linux's kernel, with its symbols. While it is halted, the "
	       "whole lab stands still: no heartbeat is missed, no time-out of Linux passes; when the debugger leaves, "
	       "all clocks are brought together again. ARGUMENTS are for the debugger, such as '-batch -x FILE'.\v"
	       "One debugger at a time. A core that crashes meanwhile ends the connection, and Linux recovers it. Exit "
	       "status: the debugger's; 3 if no lab is up, 5 if it is not installed, 6 if there is nothing to debug.",
	.children = amp_cli_common,
};

/* ------------------------------------------------------------------ the connection */

static bool on_output(void *context, char stream, const void *data, size_t len)
{
	(void)context, (void)stream;
	return amp_write_all(STDOUT_FILENO, data, len) == 0;
}

static json_t *request_for(const char *what)
{
	return strcmp(what, "linux") == 0 ? json_pack("{s:s}", "cmd", "debug")
	                                  : json_pack("{s:s, s:s}", "cmd", "debug", "core", what);
}

static int connect_it(const struct arguments *a)
{
	const struct client_io io = {.has_input = true, .input_fd = STDIN_FILENO, .on_output = on_output};
	struct client_result result;

	amp_client_request(amp_cli.lab, request_for(a->what), &io, &result);
	return amp_client_finish(&result);
}

/* ------------------------------------------------------------------ symbols of Linux */

/* The kernel's own description of itself, in a file that holds it uncompressed. @return false: there is none */
static bool find_banner(const char *path, char banner[BANNER_MAX])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	const char *at = NULL, *file = MAP_FAILED;
	size_t left, size = 0;

	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0) {
		size = (size_t)st.st_size;
		file = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	}
	if (fd >= 0)
		close(fd);
	if (file == MAP_FAILED)
		return false;
	/* a format string begins the same */
	for (at = file; (at = memmem(at, size - (size_t)(at - file), BANNER, strlen(BANNER))); at++) {
		left = size - (size_t)(at - file);
		if (left > strlen(BANNER) && at[strlen(BANNER)] >= '0' && at[strlen(BANNER)] <= '9')
			break;
	}
	if (at)
		snprintf(banner, BANNER_MAX, "%.*s", (int)strcspn(at, "\n"), at);
	munmap((void *)file, size);
	return at != NULL;
}

/* Where a build leaves it: beside the image, in the build tree that this image is of, or in the lab's own. */
static bool find_vmlinux(const char *kernel, char path[PATH_MAX])
{
	static const char *const places[] = {"vmlinux", "../../../vmlinux", "../kernel/obj/vmlinux"};
	char running[BANNER_MAX], banner[BANNER_MAX];
	int dir = (int)(strrchr(kernel, '/') ? strrchr(kernel, '/') - kernel : 0);

	if (!find_banner(kernel, running))
		return false;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, PATH_MAX, "%.*s/%s", dir, kernel, places[i]);
		if (find_banner(path, banner) && strcmp(running, banner) == 0)
			return true;
	}
	path[0] = '\0';
	return false;
}

static void symbols_of_linux(const json_t *status, struct target *target)
{
	const char *kernel = amp_event_string(json_object_get(status, "host"), "kernel");

	if (!find_vmlinux(kernel, target->symbols))
		amp_cli_error(
			"no symbols: there is no vmlinux of the kernel that runs beside %s, nor in its build tree: "
			"'make kernel' leaves one, or name it with --symbols",
			kernel);
}

/* ------------------------------------------------------------------ symbols of a core */

static size_t read_hex(const char *text, uint8_t *bytes, size_t size)
{
	size_t n = strlen(text) / 2;

	if (n > size)
		n = size;
	for (size_t i = 0; i < n; i++) {
		const char digits[] = {text[2 * i], text[2 * i + 1], '\0'};

		bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
	}
	return n;
}

/* Says it if the file is not of what runs, or ran; the debugger gets it all the same. */
static void check_symbols(const char *path, const uint8_t *build_id, size_t len)
{
	struct amp_symbols *symbols = amp_symbols_create();
	char why[AMP_SYMBOLS_TEXT] = "out of memory";

	if (!symbols || !amp_symbols_open(symbols, path, build_id, len, why))
		amp_cli_error("symbols: %s", why);
	amp_symbols_destroy(symbols);
}

static int find_core(const json_t *status, const char *name, struct target *target)
{
	const json_t *cores = json_object_get(status, "cores"), *core;
	uint8_t build_id[BUILD_ID];
	size_t i;

	json_array_foreach (cores, i, core) {
		const char *file = amp_event_string(core, "firmware_file");

		if (strcmp(amp_event_string(core, "name"), name) != 0)
			continue;
		if (!target->symbols[0])
			snprintf(target->symbols, PATH_MAX, "%s", file);
		if (target->symbols[0])
			check_symbols(target->symbols, build_id,
			              read_hex(amp_event_string(core, "build_id"), build_id, sizeof(build_id)));
		if (strcmp(amp_event_string(core, "state"), "running") == 0)
			return AMP_EXIT_OK;
		amp_cli_error(
			"core %s is %s: only a running core can be debugged%s", name, amp_event_string(core, "state"),
			json_is_object(json_object_get(core, "last_crash")) ? "; '--dump last' opens its last crash"
									    : "");
		return AMP_EXIT_REFUSED;
	}
	amp_cli_error("there is no core '%s' in lab '%s': 'amprelay status' lists them", name, amp_cli.lab);
	return AMP_EXIT_USAGE;
}

static int find_live(const char *what, struct target *target)
{
	const struct client_io io = {.timeout_ms = 10000};
	struct client_result result;
	int status;

	if (amp_client_request(amp_cli.lab, json_pack("{s:s}", "cmd", "status"), &io, &result) != AMP_EXIT_OK)
		return amp_client_finish(&result);
	status = strcmp(what, "linux") == 0 ? AMP_EXIT_OK : find_core(result.answer, what, target);
	if (strcmp(what, "linux") == 0 && !target->symbols[0])
		symbols_of_linux(result.answer, target);
	if (status == AMP_EXIT_OK && json_is_object(json_object_get(result.answer, "debugger"))) {
		amp_cli_error("one debugger at a time: %s is being debugged already",
		              amp_event_string(json_object_get(result.answer, "debugger"), "of"));
		status = AMP_EXIT_REFUSED;
	}
	amp_client_release(&result);
	return status;
}

/* ------------------------------------------------------------------ a dump */

static int find_dump(const struct arguments *a, struct target *target)
{
	static struct amp_autopsy autopsy;
	char error[AMP_DUMPFILE_TEXT], firmware[PATH_MAX];
	char *path = strcmp(a->dump, "last") == 0 ? amp_lab_newest_dump(a->what, true) : strdup(a->dump), *lab;

	if (!path) {
		amp_cli_error("lab '%s' has no dump of a core '%s'", amp_cli.lab, a->what);
		return AMP_EXIT_REFUSED;
	}
	if (!amp_dumpfile_add_elf(&autopsy.dump, path, error)) {
		amp_cli_error("%s", error);
		free(path);
		return AMP_EXIT_FAILED;
	}
	snprintf(target->dump, sizeof(target->dump), "%s", path);
	free(path);
	lab = amp_lab_files_dir(NULL);
	snprintf(firmware, sizeof(firmware), "%s/firmware", lab);
	free(lab);
	autopsy.firmware = a->symbols;
	autopsy.firmware_dir = firmware;
	if (!amp_autopsy_examine(&autopsy)) {
		amp_cli_error("out of memory");
		return AMP_EXIT_FAILED;
	}
	if (autopsy.firmware && autopsy.has_remote && autopsy.remote.build_id_len <= AMP_BUILD_ID_LEN)
		check_symbols(autopsy.firmware, autopsy.remote.build_id, autopsy.remote.build_id_len);
	snprintf(target->symbols, sizeof(target->symbols), "%s", autopsy.firmware ? autopsy.firmware : "");
	amp_autopsy_free(&autopsy);
	return AMP_EXIT_OK;
}

/* ------------------------------------------------------------------ the debugger */

/* For the shell that the debugger starts: nothing in it means anything. */
static void quote(char *out, size_t size, const char *text)
{
	size_t n = 0;

	out[n++] = '\'';
	for (; *text && n + 6 < size; text++) {
		if (*text == '\'') {
			memcpy(out + n, "'\\''", 4);
			n += 4;
		} else {
			out[n++] = *text;
		}
	}
	out[n++] = '\'';
	out[n] = '\0';
}

static void connection_command(const char *what, char *out, size_t size)
{
	char self[PATH_MAX], quoted[2 * PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[n > 0 ? n : 0] = '\0';
	quote(quoted, sizeof(quoted), self);
	/* names of labs and cores hold nothing that a shell knows */
	snprintf(out, size, "target remote | exec %s --name %s gdb --stdio %s", quoted, amp_cli.lab, what);
}

/* A file's debug information comes from whoever built it, and no command may be hidden in it. */
static bool is_plain(const char *path)
{
	for (; *path; path++) {
		if (*path <= ' ' || *path == '\x7f' || strchr("\"'\\:$", *path))
			return false;
	}
	return true;
}

static bool find_sources(const char *elf, struct gdb_sources *sources)
{
	char here[PATH_MAX], self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[n > 0 ? n : 0] = '\0';
	return (getcwd(here, sizeof(here)) && amp_gdb_find_sources(elf, here, sources)) ||
	       (n > 0 && amp_gdb_find_sources(elf, self, sources));
}

/* Sources that are in this checkout, while the file was built in another. @return arguments that were added */
static int source_arguments(const char *elf, char **argv)
{
	static struct gdb_sources sources;
	static char moved[3 * PATH_MAX], directory[2 * PATH_MAX];
	int argc = 0;

	if (!find_sources(elf, &sources) || !is_plain(sources.from) || !is_plain(sources.to) ||
	    !is_plain(sources.beside))
		return 0;
	snprintf(moved, sizeof(moved), "set substitute-path %s %s", sources.from, sources.to);
	argv[argc++] = (char *)"-iex";
	argv[argc++] = moved;
	if (sources.beside[0]) {
		snprintf(directory, sizeof(directory), "directory %s", sources.beside);
		argv[argc++] = (char *)"-iex";
		argv[argc++] = directory;
	}
	return argc;
}

static int become_debugger(const struct arguments *a, const struct target *target)
{
	static char command[3 * PATH_MAX];
	char *debugger = amp_lab_find_program(DEBUGGER), **argv = calloc((size_t)a->num_more + 16, sizeof(*argv));
	int argc = 0;

	if (!debugger || !argv) {
		amp_cli_error(DEBUGGER " is not in $PATH: install Debian's package " DEBUGGER);
		free(debugger);
		free(argv);
		return AMP_EXIT_ENVIRONMENT;
	}
	argv[argc++] = (char *)DEBUGGER;
	argv[argc++] = (char *)"-q";
	argv[argc++] = (char *)"-iex"; /* a firmware brings no commands of its own */
	argv[argc++] = (char *)"set auto-load off";
	argv[argc++] = (char *)"-iex"; /* of a machine that is busy with other things */
	argv[argc++] = (char *)"set remotetimeout 30";
	if (target->symbols[0]) {
		argc += source_arguments(target->symbols, argv + argc);
		argv[argc++] = (char *)target->symbols;
	}
	if (target->dump[0]) {
		argv[argc++] = (char *)"-core";
		argv[argc++] = (char *)target->dump;
	} else {
		connection_command(a->what, command, sizeof(command));
		argv[argc++] = (char *)"-ex";
		argv[argc++] = command;
	}
	for (int i = 0; i < a->num_more; i++)
		argv[argc++] = a->more[i];
	fflush(NULL);
	execv(debugger, argv);
	amp_cli_error("%s: %s", debugger, strerror(errno));
	free(debugger);
	free(argv);
	return AMP_EXIT_ENVIRONMENT;
}

int cmd_gdb(int argc, char **argv)
{
	struct arguments a = {0};
	static struct target target;
	int status;

	amp_cli_parse(&argp, argc, argv, ARGP_IN_ORDER, &a);
	if (a.stdio && (a.dump || a.symbols || a.more))
		amp_cli_usage("--stdio takes a core only: the rest is your debugger's affair");
	if (a.dump && strcmp(a.what, "linux") == 0)
		amp_cli_usage("--dump: dumps are of cores; name one in place of 'linux'");
	if (a.stdio)
		return connect_it(&a);
	if (a.symbols && access(a.symbols, R_OK))
		amp_cli_usage("--symbols %s: no such file, or it cannot be read", a.symbols);
	if (a.symbols)
		snprintf(target.symbols, sizeof(target.symbols), "%s", a.symbols);
	status = a.dump ? find_dump(&a, &target) : find_live(a.what, &target);
	return status == AMP_EXIT_OK ? become_debugger(&a, &target) : status;
}
