// SPDX-License-Identifier: GPL-2.0-only
/*
 * soc.json: the relay's configuration. Written by hand and not by a JSON library: a cross build compiles this program
 * with one command, and so it needs libfdt only. Addresses and sizes are hex strings, since JSON numbers may be
 * doubles.
 */
#include "socgen.h"

#include <inttypes.h>

/* A string, quoted. The schema lets only printable ASCII through, so these two are all that needs an escape. */
static void string(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static void member(FILE *out, const char *indent, const char *name, const char *text)
{
	fprintf(out, "%s\"%s\": ", indent, name);
	string(out, text);
	fprintf(out, ",\n");
}

static void range_member(FILE *out, const char *name, const struct soc_range *range)
{
	if (range->size)
		fprintf(out, "\t\t\t\"%s\": {\"da\": \"0x%" PRIx64 "\", \"size\": \"0x%" PRIx64 "\"},\n", name,
		        range->base, range->size);
}

static void emit_host(FILE *out, const struct soc *soc)
{
	fprintf(out, "\t\"host\": {\n");
	member(out, "\t\t", "compatible", soc->host_compatible);
	member(out, "\t\t", "machine", soc->host_machine);
	member(out, "\t\t", "cpu", soc->host_cpu);
	fprintf(out, "\t\t\"cpus\": %" PRIu32 ",\n", soc->host_cpus);
	fprintf(out, "\t\t\"memory_mib\": %" PRIu32 "\n", soc->host_memory_mib);
	fprintf(out, "\t},\n");
}

static void emit_region(FILE *out, const struct soc_region *region, const char *separator)
{
	fprintf(out, "\t\t\t\t{\"name\": ");
	string(out, region->name);
	fprintf(out,
	        ", \"kind\": \"%s\", \"offset\": \"0x%" PRIx64 "\", \"size\": \"0x%" PRIx64 "\", \"arg\": %" PRIu32
	        "}%s\n",
	        soc_region_kind_name(region->kind), region->offset, region->size, region->arg, separator);
}

static void emit_verbs(FILE *out, const char *actor, uint32_t verbs, const char *separator)
{
	const char *comma = "";

	fprintf(out, "\"%s\": [", actor);
	for (unsigned i = 0; soc_verbs[i]; i++) {
		if (!(verbs & 1u << i))
			continue;
		fprintf(out, "%s\"%s\"", comma, soc_verbs[i]);
		comma = ", ";
	}
	fprintf(out, "]%s", separator);
}

static void emit_denied(FILE *out, const struct soc_core *core)
{
	fprintf(out, "\t\t\t\"denied\": {");
	emit_verbs(out, "linux", core->denied_linux, ", ");
	emit_verbs(out, "tools", core->denied_tools, "},\n");
}

static void emit_private(FILE *out, const struct soc_core *core)
{
	if (core->num_private)
		fprintf(out, "\t\t\t\"private\": [");
	for (unsigned i = 0; i < core->num_private; i++)
		fprintf(out, "%s{\"da\": \"0x%" PRIx64 "\", \"size\": \"0x%" PRIx64 "\"}", i ? ", " : "",
		        core->private[i].base, core->private[i].size);
	if (core->num_private)
		fprintf(out, "],\n");
	if (core->secure)
		member(out, "\t\t\t", "secure", core->secure);
}

static void emit_core(FILE *out, const struct soc_core *core, const char *separator)
{
	fprintf(out, "\t\t{\n");
	member(out, "\t\t\t", "name", core->name);
	member(out, "\t\t\t", "machine", core->machine);
	if (core->cpu)
		member(out, "\t\t\t", "cpu", core->cpu);
	member(out, "\t\t\t", "isa", core->isa->name);
	fprintf(out, "\t\t\t\"elf_machine\": %" PRIu32 ",\n", core->isa->elf_machine);
	fprintf(out, "\t\t\t\"elf_class\": %" PRIu32 ",\n", core->isa->elf_class);
	fprintf(out, "\t\t\t\"clock_hz\": %" PRIu32 ",\n", core->clock_hz);
	member(out, "\t\t\t", "firmware", core->firmware);
	member(out, "\t\t\t", "bootrom", core->bootrom);
	fprintf(out, "\t\t\t\"boot_timeout_ms\": %" PRIu32 ",\n", core->boot_timeout_ms);
	fprintf(out, "\t\t\t\"mem_da\": \"0x%" PRIx64 "\",\n", core->shared.base);
	fprintf(out, "\t\t\t\"mem_size\": \"0x%" PRIx64 "\",\n", core->shared.size);
	range_member(out, "rom", &core->rom);
	range_member(out, "ram", &core->ram);
	emit_private(out, core);
	fprintf(out, "\t\t\t\"doorbell\": {\"serial\": %" PRIu32 ", \"irq\": %" PRIu32 "},\n", core->doorbell_serial,
	        core->doorbell_irq);
	if (core->console.size)
		fprintf(out, "\t\t\t\"console\": {\"serial\": %" PRIu32 ", \"irq\": %" PRIu32 "},\n",
		        core->console_serial, core->console_irq);
	fprintf(out, "\t\t\t\"watchdog_ms\": %" PRIu32 ",\n", core->watchdog_ms);
	fprintf(out, "\t\t\t\"heartbeat_ms\": %" PRIu32 ",\n", core->heartbeat_ms);
	fprintf(out, "\t\t\t\"heartbeat_timeout_ms\": %" PRIu32 ",\n", core->heartbeat_timeout_ms);
	fprintf(out, "\t\t\t\"notify_ids\": %" PRIu32 ",\n", core->notify_ids);
	if (core->policy_node)
		emit_denied(out, core);
	fprintf(out, "\t\t\t\"regions\": [\n");
	for (unsigned i = 0; i < core->num_regions; i++)
		emit_region(out, &core->region[i], i + 1 < core->num_regions ? "," : "");
	fprintf(out, "\t\t\t]\n\t\t}%s\n", separator);
}

void soc_emit_json(FILE *out, const struct soc *soc)
{
	fprintf(out, "{\n");
	member(out, "\t", "soc", soc->name);
	emit_host(out, soc);
	fprintf(out, "\t\"cores\": [\n");
	for (unsigned i = 0; i < soc->num_cores; i++)
		emit_core(out, &soc->core[i], i + 1 < soc->num_cores ? "," : "");
	fprintf(out, "\t]\n}\n");
}
