// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "lab_dir.h"
#include "lab_files.h"
#include "postmortem/autopsy.h"

static struct amp_autopsy autopsy; /* of this program's one dump */

struct arguments {
	const char *what; /* CORE or FILE */
	const char *table;
	bool raw;
};

enum {
	KEY_TABLE = 0x2000,
	KEY_RAW,
	KEY_FIRMWARE,
	KEY_MAP,
};

static const struct argp_option options[] = {
	{"firmware", KEY_FIRMWARE, "FILE", 0,
         "The core's ELF file, for symbols (default: the lab's own, if it is the one that ran)", 0},
	{"table", KEY_TABLE, "FILE", 0,
         "The live resource table, or an ELF file that has it; else it is looked for in the dump", 0},
	{"raw", KEY_RAW, "ADDR=FILE", 0, "Bytes of a board that are at this device address; may be repeated", 0},
	{"map", KEY_MAP, "HOST=DEVICE", 0,
         "The host's address of some of the core's memory, as in descriptors, and the core's own", 0},
	{0},
};

static uint64_t address(const char *text, const char *option, char **end)
{
	uint64_t value;

	errno = 0;
	value = strtoull(text, end, 0);
	if (text[0] < '0' || text[0] > '9' || errno)
		amp_cli_usage("%s %s: an address is wanted, such as 0x21000000", option, text);
	return value;
}

static void take_raw(struct arguments *a, const char *text)
{
	char error[AMP_DUMPFILE_TEXT], *end;
	uint64_t da = address(text, "--raw", &end);

	if (*end != '=' || !end[1])
		amp_cli_usage("--raw %s: ADDR=FILE is wanted, such as 0x21008000=vring0.bin", text);
	if (!amp_dumpfile_add_raw(&autopsy.dump, da, end + 1, error)) {
		amp_cli_error("%s", error);
		exit(AMP_EXIT_FAILED);
	}
	a->raw = true;
}

static void take_map(const char *text)
{
	char *end;
	uint64_t host = address(text, "--map", &end);

	if (*end != '=')
		amp_cli_usage("--map %s: HOST=DEVICE is wanted, such as 0x10000000=0x21000000", text);
	autopsy.shift = address(end + 1, "--map", &end) - host;
	if (*end)
		amp_cli_usage("--map %s: HOST=DEVICE is wanted, such as 0x10000000=0x21000000", text);
	autopsy.mapped = true;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case KEY_FIRMWARE:
		autopsy.firmware = arg;
		return 0;
	case KEY_TABLE:
		a->table = arg;
		return 0;
	case KEY_RAW:
		take_raw(a, arg);
		return 0;
	case KEY_MAP:
		take_map(arg);
		return 0;
	case ARGP_KEY_ARG:
		if (a->what)
			return ARGP_ERR_UNKNOWN;
		a->what = arg;
		return 0;
	case ARGP_KEY_END:
		if (!a->what && !a->raw)
			amp_cli_usage("of what? '%s CORE', '%s FILE', or --raw ADDR=FILE", state->name, state->name);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "CORE | FILE",
	.doc = "Explain a dump: what faulted and where, the state of each vring with the owner of every buffer and the "
	       "first thing that cannot be, the last messages, the trace. Of a CORE of this lab the newest; or a FILE, "
	       "which may come from any board: an ELF core, or what Linux has in /sys/class/devcoredump.\v"
	       "Bytes without a header are given with --raw, with the live resource table by --table if it is not "
	       "among them. Descriptors hold the host's addresses: --map tells where they are in the dump, unless they "
	       "are the core's too or the resource table's carveouts know.",
	.children = amp_cli_common,
};

/* ------------------------------------------------------------------ which file */

static void load(const struct arguments *a)
{
	char error[AMP_DUMPFILE_TEXT], *path;
	bool loaded;

	if (!a->what)
		return;
	path = access(a->what, F_OK) == 0 ? strdup(a->what) : amp_lab_newest_dump(a->what, false);
	if (!path) {
		amp_cli_error("%s: no such file, and lab '%s' has no dump of a core of that name", a->what,
		              amp_cli.lab);
		exit(AMP_EXIT_FAILED);
	}
	loaded = amp_dumpfile_add_elf(&autopsy.dump, path, error);
	if (!loaded)
		amp_cli_error("%s", error);
	free(path);
	if (!loaded)
		exit(AMP_EXIT_FAILED);
}

/* ------------------------------------------------------------------ for programs */

static json_t *queue_json(const struct amp_ringstate *state)
{
	static const char letters[] = {[AMP_OWNER_NONE] = '-', [AMP_OWNER_DRIVER] = 'h', [AMP_OWNER_DEVICE] = 'c'};
	json_t *queue = json_pack("{s:s, s:b, s:I, s:I, s:I, s:I, s:I}", "direction",
	                          state->direction == AMP_TO_HOST ? "to-host" : "to-remote", "readable",
	                          (int)state->readable, "num", (json_int_t)state->ring.num, "avail",
	                          (json_int_t)state->avail, "used", (json_int_t)state->used, "core",
	                          (json_int_t)state->of_device, "host", (json_int_t)state->of_driver);
	char *owners = state->owner ? calloc(1, (size_t)state->ring.num + 1) : NULL, text[AMP_RING_TEXT];

	for (uint32_t id = 0; owners && id < state->ring.num; id++)
		owners[id] = letters[state->owner[id]];
	if (queue && owners)
		json_object_set_new(queue, "owners", json_string(owners));
	if (queue && state->fault.problem != AMP_RING_SOUND)
		json_object_set_new(queue, "fault",
		                    json_pack("{s:s, s:s}", "field", state->field, "text",
		                              amp_ring_fault_text(&state->fault, text)));
	free(owners);
	return queue;
}

static void print_json(void)
{
	const struct amp_postmortem_summary *summary = &autopsy.summary;
	json_t *devices = json_array();
	char pc[24];

	for (uint32_t i = 0; i < autopsy.devices; i++)
		json_array_append_new(devices, json_pack("{s:I, s:[o, o]}", "status",
		                                         (json_int_t)autopsy.device[i].vdev.head.status, "queues",
		                                         queue_json(&autopsy.device[i].queue[0]),
		                                         queue_json(&autopsy.device[i].queue[1])));
	snprintf(pc, sizeof(pc), "0x%" PRIx64, summary->pc);
	amp_cli_print_json(json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:o}", "core", autopsy.core, "epoch",
	                             (json_int_t)autopsy.pm.epoch, "cause", amp_postmortem_cause_name(summary->cause),
	                             "text", summary->text, "pc", pc, "pc_sym", summary->pc_sym, "devices", devices));
}

int cmd_postmortem(int argc, char **argv)
{
	struct arguments a = {0};
	char error[AMP_DUMPFILE_TEXT], *lab = amp_lab_files_dir(NULL), *firmware;

	amp_cli_parse(&argp, argc, argv, 0, &a);
	if (asprintf(&firmware, "%s/firmware", lab) < 0)
		return AMP_EXIT_FAILED;
	free(lab);
	autopsy.firmware_dir = firmware;
	load(&a);
	if (a.table && !amp_autopsy_read_table(&autopsy, a.table, error)) {
		amp_cli_error("%s", error);
		return AMP_EXIT_FAILED;
	}
	if (!amp_autopsy_examine(&autopsy)) {
		amp_cli_error("out of memory");
		return AMP_EXIT_FAILED;
	}
	if (amp_cli.json)
		print_json();
	else
		amp_autopsy_print(&autopsy, stdout);
	amp_autopsy_free(&autopsy);
	free(firmware);
	return AMP_EXIT_OK;
}
