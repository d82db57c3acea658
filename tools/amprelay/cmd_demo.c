// SPDX-License-Identifier: GPL-2.0-only
/* demo: the table of the demonstrations, and which one to play. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "demo.h"
#include "table.h"

static const struct demo_kind *const demos[] = {&demo_bring_up, &demo_multi_services, &demo_two_m3, &demo_star, NULL};

struct arguments {
	const char *name;
	bool list;
	struct demo_choice choice;
};

enum {
	KEY_REPORT = 0x4000,
	KEY_FIRMWARE,
	KEY_SOC,
	KEY_LAB
};

static const struct argp_option options[] = {
	{"list", 'l', NULL, 0, "List the demonstrations", 0},
	{"report", KEY_REPORT, "FILE", 0, "Write what was measured as JSON", 0},
	{"firmware", KEY_FIRMWARE, "FILE|DIR", 0, "Your firmware, as for 'amprelay up'", 0},
	{"soc", KEY_SOC, "NAME|FILE", 0, "Play on another SoC of one core, as for 'amprelay up'", 0},
	{"lab", KEY_LAB, "DIR", 0, "The lab's files, as for 'amprelay up'", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case 'l':
		a->list = true;
		return 0;
	case KEY_REPORT:
		a->choice.report_path = arg;
		return 0;
	case KEY_FIRMWARE:
		a->choice.firmware = arg;
		return 0;
	case KEY_SOC:
		a->choice.soc = arg;
		return 0;
	case KEY_LAB:
		a->choice.lab_dir = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (a->name)
			return ARGP_ERR_UNKNOWN;
		a->name = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[NAME]\n--list",
	.doc = "Play a demonstration on a lab of its own. Without NAME it is 'bring-up': Linux boots, starts "
	       "the remote core, a channel works, a forced failure is detected, the system recovers; then the "
	       "core is broken in more ways, and at least 20 recoveries are measured.\vExit status 0 only if "
	       "every step held. Its records are kept as those of the lab 'demo-last', for 'amprelay report', "
	       "until the next one; with --name NAME, those of one that failed under that name. With --json the report "
	       "goes to standard output, and what "
	       "people read to standard error.",
	.children = amp_cli_common,
};

static void list_demos(void)
{
	if (amp_cli.json) {
		json_t *list = json_array();

		for (const struct demo_kind *const *k = demos; *k; k++)
			json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "name", (*k)->name, "soc", (*k)->soc,
			                                      "what", (*k)->title));
		amp_cli_print_json(list);
		return;
	}
	struct amp_table *table = amp_table_new((const char *[]){"NAME", "SOC", "WHAT IT SHOWS", NULL});

	for (const struct demo_kind *const *k = demos; *k; k++)
		amp_table_add(table, (const char *[]){(*k)->name, (*k)->soc, (*k)->title}, "");
	amp_table_print(table);
}

static const struct demo_kind *find(const char *name)
{
	char all[256] = "";

	for (const struct demo_kind *const *k = demos; *k; k++) {
		if (strcmp((*k)->name, name) == 0)
			return *k;
		snprintf(all + strlen(all), sizeof(all) - strlen(all), " %s", (*k)->name);
	}
	amp_cli_usage("no demonstration '%s': take one of%s", name, all);
}

int cmd_demo(int argc, char **argv)
{
	struct arguments a = {0};

	amp_cli_parse(&argp, argc, argv, 0, &a);
	if (a.list) {
		list_demos();
		return AMP_EXIT_OK;
	}
	return amp_demo_run(find(a.name ? a.name : demos[0]->name), &a.choice);
}
