// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "client.h"
#include "fault_kinds.h"
#include "postmortem/postmortem.h"
#include "table.h"

struct arguments {
	const char *core, *kind;
	bool list;
};

static const struct argp_option options[] = {
	{"list", 'l', NULL, 0, "List the kinds of fault", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case 'l':
		a->list = true;
		return 0;
	case ARGP_KEY_ARG:
		if (a->kind)
			return ARGP_ERR_UNKNOWN;
		*(a->core ? &a->kind : &a->core) = arg;
		return 0;
	case ARGP_KEY_END:
		if (!a->list && !a->kind)
			amp_cli_usage("which fault, of which core? 'amprelay fault CORE KIND'; --list names the kinds");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "CORE KIND\n--list",
	.doc = "Break a core on purpose. It returns when the core has died of it, or at once if nobody need notice; "
	       "'amprelay events' shows "
	       "how that was noticed, and what became of it. Exit status 7 if nothing was noticed within "
	       "ten seconds: firmware need not know about faults.",
	.children = amp_cli_common,
};

static void add_kind(struct amp_table *table, const struct fault_kind *k)
{
	char detectors[64];

	snprintf(detectors, sizeof(detectors), "%s", amp_detector_name(k->cortex_m));
	if (k->other != k->cortex_m)
		snprintf(detectors, sizeof(detectors), "%s; on RISC-V and AArch64: %s", amp_detector_name(k->cortex_m),
		         amp_detector_name(k->other));
	amp_table_add(table, (const char *[]){k->name, k->what, detectors}, "");
}

static void list_kinds(void)
{
	if (amp_cli.json) {
		json_t *list = json_array();

		for (const struct fault_kind *k = amp_fault_kinds; k->name; k++)
			json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "kind", k->name, "what", k->what,
			                                      "detector", amp_detector_name(k->cortex_m),
			                                      "detector_other", amp_detector_name(k->other)));
		amp_cli_print_json(list);
		return;
	}
	struct amp_table *table = amp_table_new((const char *[]){"KIND", "WHAT THE CORE DOES", "NOTICED BY", NULL});

	for (const struct fault_kind *k = amp_fault_kinds; k->name; k++)
		add_kind(table, k);
	amp_table_print(table);
}

static void check_kind(const char *name)
{
	char all[2048];

	if (amp_fault_find(name))
		return;
	amp_fault_list(all, sizeof(all));
	amp_cli_usage("no fault of kind '%s': take one of %s", name, all);
}

int cmd_fault(int argc, char **argv)
{
	struct arguments a = {0};
	struct client_result result;

	amp_cli_parse(&argp, argc, argv, 0, &a);
	if (a.list) {
		list_kinds();
		return AMP_EXIT_OK;
	}
	check_kind(a.kind);
	amp_client_fault(amp_cli.lab, a.core, a.kind, &result);
	return amp_client_finish(&result);
}
