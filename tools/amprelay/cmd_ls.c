// SPDX-License-Identifier: GPL-2.0-only
/* ls: the labs that are up, wherever their files are, and those that have left their records here. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"
#include "common/control.h"
#include "common/text.h"
#include "event_reader.h"
#include "lab_dir.h"
#include "table.h"

#define ANSWER_MS 2000 /* a relay that does not answer in time is named all the same */

static const struct argp argp = {
	.doc = "List the labs: those that are up, and those that have left records in the state directory.",
	.children = amp_cli_common,
};

/* ------------------------------------------------------------------ names */

static void add_name(json_t *names, const char *name)
{
	if (amp_text_is_lab_name(name) && !json_object_get(names, name))
		json_object_set_new(names, name, json_null());
}

/* Relays listen under abstract names: they are up, whatever $AMPRELAY_STATE is here. */
static void add_listening(json_t *names)
{
	FILE *file = fopen("/proc/net/unix", "re");
	char prefix[64], line[512];

	snprintf(prefix, sizeof(prefix), "@amprelay/%u/", (unsigned int)getuid());
	while (file && fgets(line, sizeof(line), file)) {
		const char *at = strstr(line, prefix);

		line[strcspn(line, "\n")] = '\0';
		if (at)
			add_name(names, at + strlen(prefix));
	}
	if (file)
		fclose(file);
}

static bool has_records(const char *name)
{
	char *dir = amp_lab_state_dir(name), *path;
	bool there = false;

	if (asprintf(&path, "%s/events.jsonl", dir) >= 0) {
		there = access(path, F_OK) == 0;
		free(path);
	}
	free(dir);
	return there;
}

static void add_recorded(json_t *names)
{
	char *base = amp_lab_state_dir(".");
	DIR *dir = opendir(base);

	for (const struct dirent *entry; dir && (entry = readdir(dir));) {
		if (amp_text_is_lab_name(entry->d_name) && has_records(entry->d_name))
			add_name(names, entry->d_name);
	}
	if (dir)
		closedir(dir);
	free(base);
}

/* ------------------------------------------------------------------ what is said of each */

/* Seconds since 1970 at which an uptime began. */
static json_int_t began(const json_t *answer)
{
	return (json_int_t)time(NULL) - (json_int_t)(json_number_value(json_object_get(answer, "uptime_ms")) / 1000);
}

/* @return what the relay says; NULL if none is there */
static json_t *ask(const char *name)
{
	const struct client_io io = {.timeout_ms = ANSWER_MS};
	json_t *cores = json_array(), *lab = NULL;
	struct client_result result;
	const json_t *core;
	size_t i;

	if (amp_client_request(name, json_pack("{s:s}", "cmd", "status"), &io, &result) == AMP_EXIT_OK) {
		json_array_foreach (json_object_get(result.answer, "cores"), i, core)
			json_array_append_new(cores, json_pack("{s:s, s:s}", "name", amp_event_string(core, "name"),
			                                       "state", amp_event_string(core, "state")));
		lab = json_pack("{s:s, s:s, s:s, s:I, s:O, s:s}", "lab", name, "state",
		                amp_event_string(result.answer, "state"), "soc", amp_event_string(result.answer, "soc"),
		                "since", began(result.answer), "cores", cores, "state_dir",
		                amp_event_string(result.answer, "state_dir"));
	} else if (result.exit != AMP_EXIT_NO_LAB) {
		lab = json_pack("{s:s, s:s, s:s, s:I, s:O, s:s}", "lab", name, "state", "not answering", "soc", "",
		                "since", (json_int_t)0, "cores", cores, "state_dir", "");
	}
	json_decref(cores);
	amp_client_release(&result);
	return lab;
}

/* From its records. */
static json_t *recall(const char *name)
{
	char *dir = amp_lab_state_dir(name);
	struct event_reader reader;
	json_t *first = NULL, *lab;
	struct stat st = {0};

	if (amp_event_reader_open(&reader, dir) == 0) {
		amp_event_reader_next(&reader, 0, &first);
		stat(reader.file.path, &st);
		amp_event_reader_close(&reader);
	}
	lab = json_pack("{s:s, s:s, s:s, s:I, s:[], s:s}", "lab", name, "state", "down", "soc",
	                amp_event_string(first, "soc"), "since", (json_int_t)st.st_mtime, "cores", "state_dir", dir);
	json_decref(first);
	free(dir);
	return lab;
}

static json_t *find_labs(void)
{
	json_t *names = json_object(), *labs = json_array(), *none;
	const char *name;

	add_listening(names);
	add_recorded(names);
	json_object_foreach (names, name, none) {
		json_t *lab = ask(name);

		json_array_append_new(labs, lab ? lab : recall(name));
	}
	json_decref(names);
	return labs;
}

static void add_row(struct amp_table *table, const json_t *lab)
{
	const char *state = amp_event_string(lab, "state");
	time_t since = (time_t)amp_event_integer(lab, "since", 0);
	char when[32] = "", cores[512] = "";
	const json_t *core;
	struct tm tm;
	size_t i, n = 0;

	if (since && localtime_r(&since, &tm))
		strftime(when, sizeof(when), "%F %T", &tm);
	json_array_foreach (json_object_get(lab, "cores"), i, core) {
		if (n < sizeof(cores))
			n += (size_t)snprintf(cores + n, sizeof(cores) - n, "%s%s %s", i ? ", " : "",
			                      amp_event_string(core, "name"), amp_event_string(core, "state"));
	}
	amp_table_add(table,
	              (const char *[]){amp_event_string(lab, "lab"), state, when, amp_event_string(lab, "soc"), cores},
	              amp_cli_color(strcmp(state, "up") == 0     ? COLOR_GOOD
	                            : strcmp(state, "down") == 0 ? ""
	                                                         : COLOR_NOTICE));
}

int cmd_ls(int argc, char **argv)
{
	struct amp_table *table;
	const json_t *lab;
	json_t *labs;
	size_t i;

	amp_cli_parse(&argp, argc, argv, 0, NULL);
	labs = find_labs();
	if (amp_cli.json) {
		amp_cli_print_json(labs);
		return AMP_EXIT_OK;
	}
	table = amp_table_new((const char *[]){"LAB", "STATE", "SINCE", "SOC", "CORES", NULL});
	json_array_foreach (labs, i, lab)
		add_row(table, lab);
	amp_table_print(table);
	json_decref(labs);
	return AMP_EXIT_OK;
}
