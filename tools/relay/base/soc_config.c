// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "common/text.h"
#include "soc_config.h"

/** Where in the file the reader is, so that an error can say so. The first error sticks; reading goes on harmlessly. */
struct reader {
	const char *file;
	char where[64]; /* "cores[0].regions[3]" */
	char *error;
	size_t error_size;
	bool failed;
};

__attribute__((format(printf, 3, 4))) static void fail(struct reader *r, const char *key, const char *format, ...)
{
	char text[160];
	va_list args;

	if (r->failed)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	r->failed = true;
	amp_text(r->error, r->error_size, "%s: %s%s%s: %s", r->file, r->where, r->where[0] && key[0] ? "." : "", key,
	         text);
}

static const json_t *member(struct reader *r, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!value)
		fail(r, key, "missing");
	return value;
}

static void read_string(struct reader *r, const json_t *object, const char *key, char *out, size_t size)
{
	const char *text = json_string_value(member(r, object, key));

	out[0] = '\0';
	if (!text || !text[0])
		fail(r, key, "must be a text");
	else if (strlen(text) >= size)
		fail(r, key, "\"%s\" is longer than %zu characters", text, size - 1);
	else
		memcpy(out, text, strlen(text) + 1);
}

static void read_file_name(struct reader *r, const json_t *object, const char *key, char *out, size_t size)
{
	read_string(r, object, key, out, size);
	if (!r->failed && !amp_text_is_file_name(out, size))
		fail(r, key, "\"%s\" is not a plain file name", out);
}

/* These become part of a QEMU argument, where a comma begins a property. */
static void read_machine(struct reader *r, const json_t *object, const char *key, char *out, size_t size)
{
	read_string(r, object, key, out, size);
	if (!r->failed &&
	    strspn(out, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-=,+") != strlen(out))
		fail(r, key, "\"%s\" is not a QEMU name", out);
}

static uint32_t read_number(struct reader *r, const json_t *object, const char *key, uint32_t min, uint32_t max)
{
	const json_t *value = member(r, object, key);

	if (!json_is_integer(value) || json_integer_value(value) < min || json_integer_value(value) > max) {
		fail(r, key, "must be a number from %u to %u", min, max);
		return min;
	}
	return (uint32_t)json_integer_value(value);
}

static uint64_t read_hex(struct reader *r, const json_t *object, const char *key, uint64_t max)
{
	const char *text = json_string_value(member(r, object, key));
	unsigned long long number;
	char *end;

	errno = 0;
	number = text ? strtoull(text, &end, 16) : 0;
	if (!text || strncmp(text, "0x", 2) != 0 || end == text + 2 || *end || errno || number > max) {
		fail(r, key, "must be a hexadecimal text from \"0x0\" to \"0x%llx\"", (unsigned long long)max);
		return 0;
	}
	return number;
}

/* The last address that the core has. */
static uint64_t last_address(const struct core_config *core)
{
	return core->elf_class == 2 ? UINT64_MAX : UINT32_MAX;
}

/* An address as the core sees it. */
static uint64_t read_address(struct reader *r, const json_t *object, const char *key, const struct core_config *core)
{
	return read_hex(r, object, key, last_address(core));
}

/* Of shared memory, or of what has a file. */
static uint32_t read_size(struct reader *r, const json_t *object, const char *key)
{
	return (uint32_t)read_hex(r, object, key, UINT32_MAX);
}

static uint16_t read_kind(struct reader *r, const json_t *object)
{
	static const char *const names[] = {
		[AMP_REGION_CONTROL] = "control", [AMP_REGION_FIRMWARE] = "firmware", [AMP_REGION_TRACE] = "trace",
		[AMP_REGION_VRING] = "vring",     [AMP_REGION_BUFFERS] = "buffers",   [AMP_REGION_HEAP] = "heap",
	};
	char kind[16];

	read_string(r, object, "kind", kind, sizeof(kind));
	for (uint32_t i = AMP_REGION_CONTROL; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(kind, names[i]) == 0)
			return (uint16_t)i;
	}
	fail(r, "kind", "\"%s\" is unknown; known are control, firmware, trace, vring, buffers, heap", kind);
	return AMP_REGION_NONE;
}

static void read_region(struct reader *r, const json_t *object, struct core_config *core)
{
	struct amp_region *region = &core->region[core->num_regions];

	read_string(r, object, "name", region->name, sizeof(region->name));
	region->kind = read_kind(r, object);
	region->offset = read_size(r, object, "offset");
	region->size = read_size(r, object, "size");
	region->arg = (uint16_t)read_number(r, object, "arg", 0, AMP_DB_NOTIFY_MAX);
	if (r->failed)
		return;
	if (region->offset % 4096 || region->size % 4096 || region->size == 0)
		fail(r, "offset", "offset and size must be multiples of 0x1000, and the size not 0");
	else if (region->offset > core->mem_size || region->size > core->mem_size - region->offset)
		fail(r, "size", "\"%s\" ends beyond mem_size (0x%x)", region->name, core->mem_size);
	else if (region->kind == AMP_REGION_VRING && region->arg >= core->notify_ids)
		fail(r, "arg", "notify id %u, but notify_ids is %u", region->arg, core->notify_ids);
	for (uint32_t i = 0; i < core->num_regions && !r->failed; i++) {
		const struct amp_region *other = &core->region[i];

		if (region->offset < other->offset + other->size && other->offset < region->offset + region->size)
			fail(r, "offset", "\"%s\" overlaps \"%s\"", region->name, other->name);
	}
	core->num_regions++;
}

static void read_regions(struct reader *r, const json_t *object, unsigned int index, struct core_config *core)
{
	const json_t *regions = member(r, object, "regions");
	const struct amp_region *control;

	if (!json_is_array(regions) || json_array_size(regions) > AMP_MAX_REGIONS) {
		fail(r, "regions", "must be a list of at most %d", AMP_MAX_REGIONS);
		return;
	}
	for (size_t i = 0; i < json_array_size(regions) && !r->failed; i++) {
		amp_text(r->where, sizeof(r->where), "cores[%u].regions[%zu]", index, i);
		read_region(r, json_array_get(regions, i), core);
	}
	if (r->failed)
		return;
	amp_text(r->where, sizeof(r->where), "cores[%u]", index);
	control = amp_soc_region(core, AMP_REGION_CONTROL);
	if (!control || control->offset != AMP_CTRL_OFFSET || control->size < AMP_CTRL_SIZE)
		fail(r, "regions", "must have a control region at 0x%x of at least 0x%x bytes", AMP_CTRL_OFFSET,
		     AMP_CTRL_SIZE);
	else if (!amp_soc_region(core, AMP_REGION_FIRMWARE))
		fail(r, "regions", "must have a firmware region");
}

static uint32_t read_verbs(struct reader *r, const json_t *denied, const char *key)
{
	static const char *const names[] = {"start", "stop", "load", "dump",
	                                    "debug"}; /* in the order of enum amp_verb */
	const json_t *list = json_object_get(denied, key);
	uint32_t verbs = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));
		uint32_t bit = 0;

		while (name && bit < 5 && strcmp(name, names[bit]) != 0)
			bit++;
		if (!name || bit == 5)
			fail(r, key, "\"%s\" is unknown; known are start, stop, load, dump, debug", name ? name : "");
		else
			verbs |= 1u << bit;
	}
	return verbs;
}

/* Who may not do what; without it everybody may do everything. */
static void read_denied(struct reader *r, const json_t *denied, struct core_config *core)
{
	if (!denied)
		return;
	core->denied_linux = read_verbs(r, denied, "linux");
	core->denied_tools = read_verbs(r, denied, "tools");
	if (core->denied_linux & AMP_VERBS_OF_OWNER && (core->denied_linux & AMP_VERBS_OF_OWNER) != AMP_VERBS_OF_OWNER)
		fail(r, "linux", "start, stop and load go together: a core has one owner");
}

static void read_private(struct reader *r, const json_t *object, unsigned int index, struct core_config *core)
{
	const json_t *list = json_object_get(object, "private");

	if (list && (!json_is_array(list) || json_array_size(list) > SOC_MAX_PRIVATE ||
	             json_array_size(list) + core->num_regions > AMP_MAX_REGIONS))
		fail(r, "private", "must be a list of at most %d, and with the regions of at most %d", SOC_MAX_PRIVATE,
		     AMP_MAX_REGIONS);
	for (size_t i = 0; i < json_array_size(list) && !r->failed; i++) {
		uint64_t da;
		uint32_t size;

		amp_text(r->where, sizeof(r->where), "cores[%u].private[%zu]", index, i);
		da = read_address(r, json_array_get(list, i), "da", core);
		size = read_size(r, json_array_get(list, i), "size");
		if (r->failed)
			return;
		if (da % 4096 || size % 4096 || size == 0 || size - 1 > last_address(core) - da)
			fail(r, "da",
			     "address and size must be multiples of 0x1000, the size not 0, and end where the core's "
			     "addresses end");
		else if (da <= core->mem_da + (core->mem_size - 1) && core->mem_da <= da + (size - 1))
			fail(r, "da", "overlaps the shared memory");
		else if (i > 0 && da <= core->private[0].da + (core->private[0].size - 1) &&
		         core->private[0].da <= da + (size - 1))
			fail(r, "da", "overlaps the one before");
		core->private[i].da = da;
		core->private[i].size = size;
		core->num_private++;
	}
	amp_text(r->where, sizeof(r->where), "cores[%u]", index);
	if (json_object_get(object, "secure"))
		read_file_name(r, object, "secure", core->secure, sizeof(core->secure));
	if (core->secure[0] && core->num_private == 0)
		fail(r, "secure", "signed firmware executes from private memory only, and there is none");
}

/* "rom" or "ram", which a core need not have. */
static void read_own(struct reader *r, const json_t *object, unsigned int index, const char *key,
                     const struct core_config *core, uint64_t *da, uint64_t *size)
{
	const json_t *own = json_object_get(object, key);

	if (!own)
		return;
	amp_text(r->where, sizeof(r->where), "cores[%u].%s", index, key);
	*da = read_address(r, own, "da", core);
	*size = read_address(r, own, "size", core);
	if (!r->failed && (*da % 4096 || *size % 4096))
		fail(r, "da", "address and size must be multiples of 0x1000");
	if (!r->failed)
		amp_text(r->where, sizeof(r->where), "cores[%u]", index);
}

static void read_core(struct reader *r, const json_t *object, unsigned int index, struct soc_config *soc)
{
	static const char *const taken[] = {"linux", "kernel", "relay"};
	struct core_config *core = &soc->core[index];

	amp_text(r->where, sizeof(r->where), "cores[%u]", index);
	read_file_name(r, object, "name", core->name, sizeof(core->name));
	read_machine(r, object, "machine", core->machine, sizeof(core->machine));
	if (json_object_get(object, "cpu"))
		read_machine(r, object, "cpu", core->cpu, sizeof(core->cpu));
	read_string(r, object, "isa", core->isa, sizeof(core->isa));
	if (!r->failed && !amp_soc_qemu_program(core->isa))
		fail(r, "isa", "no QEMU runs \"%s\"; known are arm, aarch64, riscv32", core->isa);
	core->elf_machine = read_number(r, object, "elf_machine", 1, UINT16_MAX);
	core->elf_class = read_number(r, object, "elf_class", 1, 2);
	read_file_name(r, object, "firmware", core->firmware, sizeof(core->firmware));
	read_file_name(r, object, "bootrom", core->bootrom, sizeof(core->bootrom));
	core->boot_timeout_ms = read_number(r, object, "boot_timeout_ms", 1, 600000);
	core->mem_da = read_address(r, object, "mem_da", core);
	core->mem_size = read_size(r, object, "mem_size");
	core->watchdog_ms = read_number(r, object, "watchdog_ms", 0, 600000);
	core->heartbeat_ms = read_number(r, object, "heartbeat_ms", 1, 60000);
	core->heartbeat_timeout_ms = read_number(r, object, "heartbeat_timeout_ms", core->heartbeat_ms + 1, 600000);
	core->notify_ids = read_number(r, object, "notify_ids", 1, AMP_DB_NOTIFY_MAX);
	/* a resource table tells the lower half of an address only */
	if (!r->failed && (core->mem_size < AMP_CTRL_SIZE || core->mem_size & (core->mem_size - 1) ||
	                   core->mem_size - 1 > UINT32_MAX - (uint32_t)core->mem_da))
		fail(r, "mem_size",
		     "must be a power of two, hold the control block, and not cross a multiple of 4 GiB");
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		if (strcmp(core->name, taken[i]) == 0)
			fail(r, "name", "\"%s\" is the name of another log: a core's is CORE.log", core->name);
	}
	for (unsigned int i = 0; i < index; i++) {
		if (strcmp(core->name, soc->core[i].name) == 0)
			fail(r, "name", "\"%s\" is there twice", core->name);
	}
	read_regions(r, object, index, core);
	read_own(r, object, index, "rom", core, &core->rom.da, &core->rom.size);
	read_own(r, object, index, "ram", core, &core->ram.da, &core->ram.size);
	/* RAM that ends where the shared memory begins is one with it to the machine, which has all other by itself. */
	if (core->ram.size && core->ram.da < core->mem_da && core->mem_da - core->ram.da == core->ram.size)
		core->memory_before = core->ram.size;
	if (!r->failed)
		read_private(r, object, index, core);
	if (r->failed)
		return;
	amp_text(r->where, sizeof(r->where), "cores[%u].denied", index);
	read_denied(r, json_object_get(object, "denied"), core);
	if (r->failed)
		return;
	amp_text(r->where, sizeof(r->where), "cores[%u].doorbell", index);
	core->doorbell_serial = read_number(r, json_object_get(object, "doorbell"), "serial", 0, 7);
	core->has_console = json_object_get(object, "console") != NULL;
	if (r->failed || !core->has_console)
		return;
	amp_text(r->where, sizeof(r->where), "cores[%u].console", index);
	core->console_serial = read_number(r, json_object_get(object, "console"), "serial", 0, 7);
	if (core->console_serial == core->doorbell_serial)
		fail(r, "serial", "%u is the doorbell's", core->console_serial);
}

static void read_soc(struct reader *r, const json_t *root, struct soc_config *soc)
{
	const json_t *cores = member(r, root, "cores");
	const json_t *host = member(r, root, "host");
	size_t n = json_array_size(cores);

	read_string(r, root, "soc", soc->name, sizeof(soc->name));
	if (!json_is_array(cores) || n < 1 || n > SOC_MAX_CORES)
		fail(r, "cores", "must be a list of 1 to %d cores", SOC_MAX_CORES);
	if (r->failed)
		return;
	amp_text(r->where, sizeof(r->where), "host");
	read_machine(r, host, "machine", soc->host_machine, sizeof(soc->host_machine));
	read_machine(r, host, "cpu", soc->host_cpu, sizeof(soc->host_cpu));
	soc->host_cpus = read_number(r, host, "cpus", 1, 64);
	soc->host_memory_mib = read_number(r, host, "memory_mib", 32, 65536);
	for (size_t i = 0; i < n && !r->failed; i++)
		read_core(r, json_array_get(cores, i), (unsigned int)i, soc);
	soc->num_cores = (uint32_t)n;
}

int amp_soc_load(struct soc_config *soc, const char *path, char *error, size_t error_size)
{
	struct reader r = {.file = path, .error = error, .error_size = error_size};
	json_error_t json_error;
	json_t *root;

	memset(soc, 0, sizeof(*soc));
	root = json_load_file(path, JSON_REJECT_DUPLICATES, &json_error);
	if (!root) {
		if (json_error.line > 0)
			amp_text(error, error_size, "%s:%d: %s", path, json_error.line, json_error.text);
		else
			amp_text(error, error_size, "%s", json_error.text);
		return -1;
	}
	read_soc(&r, root, soc);
	json_decref(root);
	return r.failed ? -1 : 0;
}

const char *amp_soc_qemu_program(const char *isa)
{
	static const struct {
		const char *isa, *program;
	} programs[] = {
		{"arm", "qemu-system-arm"},
		{"aarch64", "qemu-system-aarch64"},
		{"riscv32", "qemu-system-riscv32"},
	};

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		if (strcmp(programs[i].isa, isa) == 0)
			return programs[i].program;
	}
	return NULL;
}

const struct amp_region *amp_soc_region(const struct core_config *core, enum amp_region_kind kind)
{
	for (uint32_t i = 0; i < core->num_regions; i++) {
		if (core->region[i].kind == kind)
			return &core->region[i];
	}
	return NULL;
}

void amp_soc_describe(const struct core_config *core, struct amp_soc *wire)
{
	memset(wire, 0, sizeof(*wire));
	wire->magic = AMP_CTRL_MAGIC;
	wire->version = AMP_CTRL_VERSION;
	memcpy(wire->core, core->name, sizeof(wire->core));
	memcpy(wire->firmware, core->firmware, sizeof(wire->firmware));
	wire->elf_machine = core->elf_machine;
	wire->elf_class = core->elf_class;
	wire->mem_da = core->mem_da;
	wire->mem_size = core->mem_size;
	wire->notify_ids = core->notify_ids;
	wire->num_regions = core->num_regions;
	wire->heartbeat_ms = core->heartbeat_ms;
	wire->heartbeat_timeout_ms = core->heartbeat_timeout_ms;
	wire->watchdog_ms = core->watchdog_ms;
	wire->denied = core->denied_linux;
	wire->secure = core->secure[0] != '\0';
	memcpy(wire->region, core->region, sizeof(wire->region));
	for (uint32_t i = 0; i < core->num_private; i++) {
		struct amp_region *region = &wire->region[wire->num_regions++];

		amp_text(region->name, sizeof(region->name), "private%u", i);
		region->kind = AMP_REGION_PRIVATE;
		region->offset = core->private[i].da;
		region->size = core->private[i].size;
	}
}
