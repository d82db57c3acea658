// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "common/output.h"
#include "lab_dir.h"
#include "postmortem/new_file.h"
#include "report_page.h"
#include "report_run.h"
#include "text_file.h"

#define RUNS_MAX    500
#define PICTURE_MAX (4u << 20)
#define DEPTH_MAX   3

struct arguments {
	const char *run;
	const char *out;
	bool open;
};

enum {
	KEY_OPEN = 0x5000
};

static const struct argp_option options[] = {
	{"open", KEY_OPEN, NULL, 0, "Show it in the browser", 0},
	{"output", 'o', "FILE", 0, "Where the page goes (default: report.html beside the records)", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case KEY_OPEN:
		a->open = true;
		return 0;
	case 'o':
		a->out = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (a->run)
			return ARGP_ERR_UNKNOWN;
		a->run = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[RUN]",
	.doc = "Make a page of a run: what passed between Linux, the relay and the cores, what broke, who noticed, and "
	       "how it recovered. One file, which needs neither network nor server.\vRUN is a folder with the records "
	       "of a run (events.jsonl, logs, dumps), or one with several such folders in it, or the JSON file of "
	       "'make bench' or of a campaign. Without RUN it is the lab's own folder; its run may still go on.",
	.children = amp_cli_common,
};

/* ------------------------------------------------------------------ data */

/* A folder's runs: itself, or those in it. */
static void add_runs(json_t *runs, const char *dir, const char *name, int depth, json_t *notes)
{
	struct dirent **entries;
	int n;

	if (json_array_size(runs) == RUNS_MAX)
		return;
	if (amp_report_is_run(dir)) {
		json_array_append_new(runs, amp_report_run(dir, name, notes));
		return;
	}
	n = depth < DEPTH_MAX ? scandir(dir, &entries, NULL, versionsort) : -1;
	for (int i = 0; i < n; i++) {
		char *path, *inner;

		if (entries[i]->d_type == DT_DIR && entries[i]->d_name[0] != '.' &&
		    asprintf(&path, "%s/%s", dir, entries[i]->d_name) >= 0) {
			if (asprintf(&inner, "%s%s%s", depth ? name : "", depth ? "/" : "", entries[i]->d_name) >= 0) {
				add_runs(runs, path, inner, depth + 1, notes);
				free(inner);
			}
			free(path);
		}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

static json_t *data_of_runs(const char *dir, const char *name)
{
	json_t *notes = json_array(), *runs = json_array();

	add_runs(runs, dir, name, 0, notes);
	if (json_array_size(runs) == 0) {
		json_decref(runs);
		json_decref(notes);
		return NULL;
	}
	return json_pack("{s:s, s:s, s:I, s:o, s:o}", "kind", "run", "version", AMPRELAY_VERSION, "made",
	                 (json_int_t)time(NULL), "notes", notes, "runs", runs);
}

/* "bench-NAME.svg" beside the report */
static json_t *read_pictures(const char *file)
{
	json_t *list = json_array();
	char *copy = strdup(file), *pattern;
	glob_t found;

	if (copy && asprintf(&pattern, "%s/bench-*.svg", dirname(copy)) >= 0) {
		if (glob(pattern, 0, NULL, &found) == 0) {
			for (size_t i = 0; i < found.gl_pathc; i++) {
				char *text = amp_text_file_read(found.gl_pathv[i], PICTURE_MAX, NULL);

				if (text)
					json_array_append_new(list,
					                      json_pack("[s, o]", strrchr(found.gl_pathv[i], '/') + 1,
					                                amp_cli_json_text(text)));
				free(text);
			}
			globfree(&found);
		}
		free(pattern);
	}
	free(copy);
	return list;
}

static bool is_campaign(const json_t *report)
{
	return json_is_string(json_object_get(report, "campaign")) &&
	       json_is_array(json_object_get(report, "results")) && json_is_array(json_object_get(report, "kinds")) &&
	       json_is_object(json_object_get(report, "messages"));
}

/* Of a benchmark, or of a campaign. */
static json_t *data_of_file(const char *file)
{
	json_error_t error;
	json_t *report = json_load_file(file, 0, &error);

	if (!report) {
		amp_cli_error("%s:%d: %s", file, error.line, error.text);
		return NULL;
	}
	if (is_campaign(report))
		return json_pack("{s:s, s:s, s:o}", "kind", "campaign", "version", AMPRELAY_VERSION, "report", report);
	if (!json_is_object(json_object_get(report, "results")) || !json_is_array(json_object_get(report, "targets"))) {
		amp_cli_error(
			"%s: it has no results and targets: give a folder with the records of a run, the bench.json "
			"of 'make bench', or the report of a campaign",
			file);
		json_decref(report);
		return NULL;
	}
	return json_pack("{s:s, s:s, s:o, s:o}", "kind", "bench", "version", AMPRELAY_VERSION, "report", report,
	                 "pictures", read_pictures(file));
}

/* ------------------------------------------------------------------ the page */

/* What is in the data cannot end the element that holds it: '<' is only ever part of a text. */
static int put_json(const char *buffer, size_t size, void *file)
{
	for (size_t i = 0; i < size; i++) {
		if ((buffer[i] == '<' ? fputs("\\u003c", file) : putc(buffer[i], file)) == EOF)
			return -1;
	}
	return 0;
}

static int write_page(const json_t *data, const char *path)
{
	const char *hole = strstr(amp_report_page, REPORT_PAGE_DATA);
	struct amp_new_file file;
	int err = amp_new_file_open(&file, path);

	if (err)
		return err;
	fwrite(amp_report_page, 1, (size_t)(hole - amp_report_page), file.file);
	err = json_dump_callback(data, put_json, file.file, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(12));
	fputs(hole + strlen(REPORT_PAGE_DATA), file.file);
	return amp_new_file_close(&file, path, err && !ferror(file.file) ? -ENOMEM : 0);
}

/* It returns as soon as a browser has been told. */
static int show_page(const char *path)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		execlp("xdg-open", "xdg-open", path, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status)) {
		amp_cli_error("no browser could be started (xdg-open, of the package xdg-utils): open %s yourself",
		              path);
		return AMP_EXIT_ENVIRONMENT;
	}
	return AMP_EXIT_OK;
}

static int finish(const json_t *data, const char *path, bool open)
{
	int err = write_page(data, path);

	if (err) {
		amp_cli_error("%s: %s: give -o a file in a directory of yours", path, strerror(-err));
		return AMP_EXIT_FAILED;
	}
	if (amp_cli.json)
		amp_cli_print_json(json_pack("{s:s}", "page", path));
	else
		printf("Page: %s\n", path);
	if (!amp_output_flush())
		return AMP_EXIT_FAILED;
	return open ? show_page(path) : AMP_EXIT_OK;
}

/* From malloc: what the user gave, else the stem and suffix. */
static char *choose_path(const struct arguments *a, const char *stem, size_t len, const char *suffix)
{
	char *path;
	int n = a->out ? asprintf(&path, "%s", a->out) : asprintf(&path, "%.*s%s", (int)len, stem, suffix);

	if (n < 0) {
		amp_cli_error("out of memory");
		exit(AMP_EXIT_FAILED);
	}
	return path;
}

/* "build/reports/bench.json" makes "build/reports/bench.html". */
static int report_file(const struct arguments *a)
{
	size_t len = strlen(a->run);
	json_t *data = data_of_file(a->run);
	char *path;
	int status;

	if (!data)
		return AMP_EXIT_FAILED;
	if (len > 5 && strcmp(a->run + len - 5, ".json") == 0)
		len -= 5;
	path = choose_path(a, a->run, len, ".html");
	status = finish(data, path, a->open);
	json_decref(data);
	free(path);
	return status;
}

static int complain(const struct arguments *a, int error)
{
	if (!a->run) {
		amp_cli_error("lab '%s' has left no events: start it with 'amprelay up'", amp_cli.lab);
		return AMP_EXIT_NO_LAB;
	}
	if (error)
		amp_cli_error("%s: %s: give a folder with the records of a run", a->run, strerror(error));
	else
		amp_cli_error("%s: neither it nor a folder in it has an events.jsonl: give a folder with the records "
		              "of a run",
		              a->run);
	return AMP_EXIT_FAILED;
}

static int report_run(const struct arguments *a)
{
	char *state_dir = a->run ? NULL : amp_lab_state_dir(amp_cli.lab), *dir, *path;
	json_t *data = NULL;
	int status;

	errno = 0;
	dir = realpath(a->run ? a->run : state_dir, NULL);
	free(state_dir);
	if (dir)
		data = data_of_runs(dir, strrchr(dir, '/') + 1);
	if (!data) {
		status = complain(a, dir ? 0 : errno);
		free(dir);
		return status;
	}
	path = choose_path(a, dir, strlen(dir), "/report.html");
	status = finish(data, path, a->open);
	json_decref(data);
	free(dir);
	free(path);
	return status;
}

int cmd_report(int argc, char **argv)
{
	struct arguments a = {0};
	struct stat st;

	amp_cli_parse(&argp, argc, argv, 0, &a);
	if (a.run && stat(a.run, &st) == 0 && S_ISREG(st.st_mode))
		return report_file(&a);
	return report_run(&a);
}
