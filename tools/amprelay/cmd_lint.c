// SPDX-License-Identifier: GPL-2.0-only
/* lint: what will go wrong with a firmware, before anything is started. No lab is needed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amprelay/lint.h>

#include "cli.h"
#include "common/text.h"
#include "lab_files.h"
#include "lint_sarif.h"

#define ALLOWED_MAX  32
#define MEMORIES_MAX (AMP_MAX_REGIONS + SOC_MAX_PRIVATE + 2)
#define IDENT_SIZE   20 /* of the ELF header: up to the machine */

enum {
	KEY_HOST = 0x2000,
	KEY_SOC,
	KEY_CORE,
	KEY_LAB,
	KEY_SARIF,
	KEY_ALLOW,
	KEY_RULES,
};

static const struct argp_option options[] = {
	{"host", KEY_HOST, "HOST", 0, "Who will load it: linux-6.1 (default), linux-7, openamp, nuttx, amprelay", 0},
	{"soc", KEY_SOC, "NAME|FILE", 0, "The SoC that it is for, as for 'amprelay up': its memories are known then",
         0},
	{"core", KEY_CORE, "CORE", 0, "The core of the SoC (default: the first whose instruction set it has)", 0},
	{"lab", KEY_LAB, "DIR", 0, "The lab's files, as for 'amprelay up'", 0},
	{"sarif", KEY_SARIF, NULL, 0, "Print SARIF 2.1.0, for CI", 0},
	{"output", 'o', "FILE", 0, "Write SARIF to FILE, and print for people", 0},
	{"allow", KEY_ALLOW, "RULE", 0, "Do not report this rule; may be repeated", 0},
	{"rules", KEY_RULES, NULL, 0, "List all rules, and look at nothing", 0},
	{0},
};

struct arguments {
	const char *file, *soc, *core, *lab, *output;
	enum amp_lint_host host;
	const char *allowed[ALLOWED_MAX];
	unsigned int num_allowed;
	bool sarif, rules;
};

/* What is found, on its way out. */
struct findings {
	const struct arguments *arguments;
	unsigned int count[AMP_LINT_ERROR + 1];
	json_t *json, *sarif; /* or NULL */
	bool print;
};

/* ------------------------------------------------------------------ the command line */

static enum amp_lint_host host_of(const char *name)
{
	for (unsigned int i = 0; i < AMP_LINT_HOSTS; i++) {
		if (strcmp(name, amp_lint_host_name(i)) == 0)
			return (enum amp_lint_host)i;
	}
	amp_cli_usage("--host %s: there are linux-6.1, linux-7, openamp, nuttx, amprelay", name);
}

static void allow(struct arguments *a, const char *id)
{
	size_t count, i = 0;
	const struct amp_lint_rule *rules = amp_lint_rules(&count);

	while (i < count && strcmp(rules[i].id, id) != 0)
		i++;
	if (i == count)
		amp_cli_usage("--allow %s: there is no such rule; 'amprelay lint --rules' lists them", id);
	if (a->num_allowed == ALLOWED_MAX)
		amp_cli_usage("--allow %s: at most %d rules can be allowed", id, ALLOWED_MAX);
	a->allowed[a->num_allowed++] = id;
}

static void check(const struct arguments *a)
{
	if (a->rules)
		return;
	if (!a->file)
		amp_cli_usage("look at which firmware? 'amprelay lint FILE.elf'");
	if (a->sarif && amp_cli.json)
		amp_cli_usage("--json and --sarif: only one of them can be printed");
	if ((a->core || a->lab) && !a->soc)
		amp_cli_usage("%s is of a SoC: give --soc as well", a->core ? "--core" : "--lab");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case KEY_HOST:
		a->host = host_of(arg);
		return 0;
	case KEY_SOC:
		a->soc = arg;
		return 0;
	case KEY_CORE:
		a->core = arg;
		return 0;
	case KEY_LAB:
		a->lab = arg;
		return 0;
	case KEY_SARIF:
		a->sarif = true;
		return 0;
	case 'o':
		a->output = arg;
		return 0;
	case KEY_ALLOW:
		allow(a, arg);
		return 0;
	case KEY_RULES:
		a->rules = true;
		return 0;
	case ARGP_KEY_ARG:
		if (a->file)
			return ARGP_ERR_UNKNOWN;
		a->file = arg;
		return 0;
	case ARGP_KEY_END:
		check(a);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "FILE.elf",
	.doc = "Say what will go wrong with a firmware before it is started: its resource table and its image, as the "
	       "host sees them. Each finding says what happens at run time and how to mend it.\vExit status: 0 if "
	       "there "
	       "is no error (warnings and notes there may be), 1 if there is one, 5 if the file cannot be read.",
	.children = amp_cli_common,
};

/* ------------------------------------------------------------------ rules */

static json_t *hosts_of(const struct amp_lint_rule *rule)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < AMP_LINT_HOSTS; i++) {
		if (rule->hosts & 1u << i)
			json_array_append_new(list, json_string(amp_lint_host_name(i)));
	}
	return list;
}

static int list_rules(void)
{
	size_t count;
	const struct amp_lint_rule *rules = amp_lint_rules(&count);
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		if (amp_cli.json)
			json_array_append_new(
				list, json_pack("{s:s, s:s, s:o, s:s, s:s, s:s, s:s}", "rule", rules[i].id, "severity",
			                        amp_lint_severity_name(rules[i].severity), "hosts", hosts_of(&rules[i]),
			                        "title", rules[i].title, "happens", rules[i].happens, "mend",
			                        rules[i].mend, "seen", rules[i].seen));
		else
			printf("%-27s %-8s %s\n", rules[i].id, amp_lint_severity_name(rules[i].severity),
			       rules[i].title);
	}
	if (amp_cli.json)
		amp_cli_print_json(json_incref(list));
	json_decref(list);
	return AMP_EXIT_OK;
}

/* ------------------------------------------------------------------ the core */

static enum amp_lint_memory_kind kind_of(uint32_t region)
{
	switch (region) {
	case AMP_REGION_FIRMWARE:
		return AMP_LINT_FIRMWARE;
	case AMP_REGION_VRING:
		return AMP_LINT_VRING;
	case AMP_REGION_BUFFERS:
		return AMP_LINT_BUFFERS;
	case AMP_REGION_HEAP:
		return AMP_LINT_OWN;
	default:
		return AMP_LINT_SHARED;
	}
}

static void add_memory(struct amp_lint_core *core, struct amp_lint_memory *list, const char *name,
                       enum amp_lint_memory_kind kind, uint64_t base, uint64_t size)
{
	if (size)
		list[core->num_memories++] = (struct amp_lint_memory){name, kind, base, size};
}

static void describe(const struct core_config *config, struct amp_lint_core *core, struct amp_lint_memory *list)
{
	*core = (struct amp_lint_core){.name = config->name,
	                               .elf_machine = config->elf_machine,
	                               .elf_class = config->elf_class,
	                               .notify_ids = config->notify_ids,
	                               .signed_only = config->secure[0] != '\0',
	                               .memories = list};
	for (uint32_t i = 0; i < config->num_regions; i++)
		add_memory(core, list, config->region[i].name, kind_of(config->region[i].kind),
		           config->mem_da + config->region[i].offset, config->region[i].size);
	for (uint32_t i = 0; i < config->num_private; i++)
		add_memory(core, list, "private", AMP_LINT_PRIVATE, config->private[i].da, config->private[i].size);
	add_memory(core, list, "rom", AMP_LINT_OWN, config->rom.da, config->rom.size);
	add_memory(core, list, "ram", AMP_LINT_OWN, config->ram.da, config->ram.size);
}

/* The ELF machine of the file, for the choice of a core; 0: unknown. The linter says what is wrong with the file. */
static unsigned int machine_of(const char *path)
{
	unsigned char ident[IDENT_SIZE];
	FILE *file = fopen(path, "rbe");
	size_t got = file ? fread(ident, 1, sizeof(ident), file) : 0;

	if (file)
		fclose(file);
	return got == sizeof(ident) ? ident[18] | (unsigned int)ident[19] << 8 : 0;
}

static const struct core_config *choose_core(const struct soc_config *soc, const struct arguments *a)
{
	unsigned int machine = machine_of(a->file);

	for (uint32_t i = 0; i < soc->num_cores; i++) {
		if (a->core ? strcmp(soc->core[i].name, a->core) == 0 : soc->core[i].elf_machine == machine)
			return &soc->core[i];
	}
	if (a->core)
		amp_cli_usage("--core %s: SoC %s has no such core", a->core, soc->name);
	return &soc->core[0];
}

/* ------------------------------------------------------------------ findings */

static void print_finding(const char *file, const struct amp_lint_finding *finding)
{
	const char *color = finding->rule->severity == AMP_LINT_ERROR     ? COLOR_BAD
	                    : finding->rule->severity == AMP_LINT_WARNING ? COLOR_NOTICE
	                                                                  : COLOR_DIM;

	printf("%s: %s%s%s: %s: %s [%s]\n", file, amp_cli_color(color), amp_lint_severity_name(finding->rule->severity),
	       amp_cli_color(COLOR_END), finding->where, finding->text, finding->rule->id);
	printf("    %s\n    at run time: %s\n    to mend it: %s\n", finding->rule->title, finding->rule->happens,
	       finding->rule->mend);
}

static void take(const struct amp_lint_finding *finding, void *arg)
{
	const struct amp_lint_rule *rule = finding->rule;
	struct findings *findings = arg;
	json_t *offset;

	for (unsigned int i = 0; i < findings->arguments->num_allowed; i++) {
		if (strcmp(findings->arguments->allowed[i], rule->id) == 0)
			return;
	}
	findings->count[rule->severity]++;
	if (findings->print)
		print_finding(findings->arguments->file, finding);
	if (findings->sarif)
		amp_sarif_add(findings->sarif, findings->arguments->file, finding);
	if (!findings->json)
		return;
	offset = finding->size ? json_integer((json_int_t)finding->offset) : json_null();
	json_array_append_new(findings->json,
	                      json_pack("{s:s, s:s, s:s, s:s, s:o, s:I, s:s, s:s, s:s}", "rule", rule->id, "severity",
	                                amp_lint_severity_name(rule->severity), "where", finding->where, "text",
	                                finding->text, "offset", offset, "size", (json_int_t)finding->size, "title",
	                                rule->title, "happens", rule->happens, "mend", rule->mend));
}

static int write_sarif(const char *path, json_t *sarif)
{
	int failed = json_dump_file(sarif, path, JSON_INDENT(2) | JSON_ENSURE_ASCII);

	json_decref(sarif);
	if (!failed)
		return AMP_EXIT_OK;
	amp_cli_error("%s: cannot be written: %s", path, strerror(errno));
	return AMP_EXIT_FAILED;
}

static int finish(const struct arguments *a, struct findings *findings, const struct amp_lint_core *core)
{
	const unsigned int *count = findings->count;
	json_t *name = core ? json_string(core->name) : json_null();
	int status = AMP_EXIT_OK;

	if (findings->print)
		printf("%s: %u error%s, %u warning%s, %u note%s for host %s%s%s\n", a->file, count[AMP_LINT_ERROR],
		       count[AMP_LINT_ERROR] == 1 ? "" : "s", count[AMP_LINT_WARNING],
		       count[AMP_LINT_WARNING] == 1 ? "" : "s", count[AMP_LINT_NOTE],
		       count[AMP_LINT_NOTE] == 1 ? "" : "s", amp_lint_host_name(a->host), core ? " and core " : "",
		       core ? core->name : "");
	if (findings->json)
		amp_cli_print_json(json_pack("{s:o, s:s, s:O, s:i, s:i, s:i, s:o}", "file", amp_cli_json_text(a->file),
		                             "host", amp_lint_host_name(a->host), "core", name, "errors",
		                             (int)count[AMP_LINT_ERROR], "warnings", (int)count[AMP_LINT_WARNING],
		                             "notes", (int)count[AMP_LINT_NOTE], "findings", findings->json));
	json_decref(name);
	if (findings->sarif) {
		json_t *sarif = amp_sarif_log(findings->sarif);

		if (a->output)
			status = write_sarif(a->output, sarif);
		else
			amp_cli_print_json(sarif);
	}
	return count[AMP_LINT_ERROR] ? AMP_EXIT_FAILED : status;
}

int cmd_lint(int argc, char **argv)
{
	struct amp_lint_memory memories[MEMORIES_MAX];
	struct arguments a = {.host = AMP_LINT_LINUX_6_1};
	struct findings findings = {.arguments = &a};
	struct amp_lint_options what = {0};
	struct amp_lint_core core;
	char error[LAB_FILES_ERROR];
	static struct soc_config soc;
	int status;

	amp_cli_parse(&argp, argc, argv, 0, &a);
	if (a.rules)
		return list_rules();
	what.host = a.host;
	if (a.soc) {
		status = amp_lab_soc_load(&soc, a.lab, a.soc, error);
		if (status) {
			amp_cli_error("%s", error);
			return status;
		}
		describe(choose_core(&soc, &a), &core, memories);
		what.core = &core;
	}
	findings.json = amp_cli.json ? json_array() : NULL;
	findings.sarif = a.sarif || a.output ? amp_sarif_results() : NULL;
	findings.print = !amp_cli.json && !(a.sarif && !a.output);
	status = amp_lint_file(a.file, &what, take, &findings);
	if (status) {
		json_decref(findings.json);
		json_decref(findings.sarif);
		amp_cli_error("%s: cannot be read: %s", a.file, strerror(-status));
		return AMP_EXIT_ENVIRONMENT;
	}
	return finish(&a, &findings, what.core);
}
