// SPDX-License-Identifier: GPL-2.0-only
/* Rules by name, findings, and the order in which the parts look. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/text.h"
#include "internal.h"

#define TEXT_MAX 256

/* ------------------------------------------------------------------ rules */

#define HOST(name) (1u << AMP_LINT_##name)
#define ALL        ((1u << AMP_LINT_HOSTS) - 1)
#define LINUX_7    HOST(LINUX_7)
#define LINUX      (HOST(LINUX_6_1) | LINUX_7)
#define NOT_LINUX  (ALL & ~LINUX)
#define NUTTX      HOST(NUTTX)
#define AMPRELAY   HOST(AMPRELAY)
#define NOTE       AMP_LINT_NOTE
#define WARNING    AMP_LINT_WARNING
#define ERROR      AMP_LINT_ERROR

static const struct amp_lint_rule rules[] = {
#define RULE(name, id, severity, hosts, title, happens, mend, seen) \
	{(id), (severity), (hosts), (title), (happens), (mend), (seen)},
#include "rules.def"
#undef RULE
};

const struct amp_lint_rule *amp_lint_rules(size_t *count)
{
	*count = LINT_RULES;
	return rules;
}

const char *amp_lint_host_name(unsigned int host)
{
	static const char *const names[AMP_LINT_HOSTS] = {
		[AMP_LINT_LINUX_6_1] = "linux-6.1", [AMP_LINT_LINUX_7] = "linux-7",   [AMP_LINT_OPENAMP] = "openamp",
		[AMP_LINT_NUTTX] = "nuttx",         [AMP_LINT_AMPRELAY] = "amprelay",
	};

	return host < AMP_LINT_HOSTS ? names[host] : NULL;
}

const char *amp_lint_severity_name(enum amp_lint_severity severity)
{
	return severity == AMP_LINT_ERROR ? "error" : severity == AMP_LINT_WARNING ? "warning" : "note";
}

bool lint_is_linux(const struct lint *lint)
{
	return 1u << lint->options->host & LINUX;
}

/* ------------------------------------------------------------------ findings */

struct place lint_at_file(uint64_t offset, uint64_t size)
{
	return (struct place){"ELF header", offset, size};
}

struct place lint_at_segment(const struct segment *segment)
{
	struct place place = {"", segment->offset, segment->filesz};

	amp_text(place.text, sizeof(place.text), "segment %u", segment->index);
	return place;
}

struct place lint_at_section(const struct section *section)
{
	struct place place = {"", section->offset, section->size};

	amp_text(place.text, sizeof(place.text), "section %u, %.48s", section->index, section->name);
	return place;
}

struct place lint_at_symbol(const char *name)
{
	struct place place = {"", 0, 0};

	amp_text(place.text, sizeof(place.text), "symbol %.48s", name);
	return place;
}

struct place lint_at_table(const struct lint *lint, uint64_t offset, uint64_t size)
{
	return (struct place){"resource table", lint->table_offset + offset, size};
}

struct place lint_at_entry(const struct lint *lint, const struct entry *entry, uint64_t offset, uint64_t size)
{
	struct place place = lint_at_table(lint, entry->offset + offset, size);

	amp_text(place.text, sizeof(place.text), "resource table, entry %u", entry->index);
	return place;
}

struct place lint_at_ring(const struct lint *lint, const struct ring *ring)
{
	struct place place = lint_at_entry(lint, ring->entry, 28 + 20 * (uint64_t)ring->index, 20);
	size_t len = strlen(place.text);

	amp_text(place.text + len, sizeof(place.text) - len, ", ring %u", ring->index);
	return place;
}

void lint_say(struct lint *lint, enum rule rule, struct place place, const char *format, ...)
{
	char raw[TEXT_MAX], text[TEXT_MAX], where[sizeof(place.text)];
	struct amp_lint_finding finding = {&rules[rule], where, text, place.offset, place.size};
	va_list args;

	if (!(rules[rule].hosts & 1u << lint->options->host))
		return;
	va_start(args, format);
	vsnprintf(raw, sizeof(raw), format, args);
	va_end(args);
	/* Names in it are the image's. */
	amp_text_clean(text, sizeof(text), raw, sizeof(raw));
	amp_text_clean(where, sizeof(where), place.text, sizeof(place.text));
	/* Only bytes that are there. */
	if (place.offset > lint->size || place.size > lint->size - place.offset)
		finding.offset = finding.size = 0;
	lint->report(&finding, lint->arg);
}

/* ------------------------------------------------------------------ memories */

const struct amp_lint_memory *lint_memory(const struct lint *lint, uint64_t base, uint64_t size, unsigned int kinds)
{
	const struct amp_lint_memory *memory;

	for (size_t i = 0; lint->core && i < lint->core->num_memories; i++) {
		memory = &lint->core->memories[i];
		if (LINT_KIND(memory->kind) & kinds && lint_within(base, size, memory->base, memory->size))
			return memory;
	}
	return NULL;
}

uint64_t lint_address(const struct lint *lint, uint32_t value)
{
	const unsigned int shared = ~LINT_KIND(AMP_LINT_OWN);
	const struct amp_lint_memory *memory;
	uint32_t delta;

	if (value == ADDRESS_ANY || lint_memory(lint, value, 1, shared))
		return value;
	for (size_t i = 0; lint->core && i < lint->core->num_memories; i++) {
		memory = &lint->core->memories[i];
		delta = value - (uint32_t)memory->base;
		if (LINT_KIND(memory->kind) & shared && delta < memory->size)
			return memory->base + delta;
	}
	return value;
}

const struct amp_lint_memory *lint_memory_named(const struct lint *lint, const char *name)
{
	for (size_t i = 0; lint->core && i < lint->core->num_memories; i++) {
		if (strcmp(lint->core->memories[i].name, name) == 0)
			return &lint->core->memories[i];
	}
	return NULL;
}

/* ------------------------------------------------------------------ the whole */

int amp_lint_image(const void *image, size_t size, const struct amp_lint_options *options, amp_lint_report report,
                   void *arg)
{
	struct lint *lint = calloc(1, sizeof(*lint));
	int status;

	if (!lint)
		return -ENOMEM;
	lint->options = options;
	lint->core = options->core;
	lint->report = report;
	lint->arg = arg;
	lint->image = image;
	lint->size = size;
	if (lint_open_image(lint)) {
		/* The table first: carveouts are memories, too. */
		lint_table(lint);
		lint_memories(lint);
		lint_devices(lint);
		lint_table2(lint);
		lint_segments(lint);
		lint_start(lint);
		lint_stacks(lint);
		if (lint->core && lint->core->signed_only && !options->is_signed)
			lint_say(lint, LINT_SIGNATURE_MISSING, lint_at_file(0, 0), "core %s takes no unsigned firmware",
			         lint->core->name);
	}
	lint_close_image(lint);
	status = lint->no_memory ? -ENOMEM : 0;
	free(lint->table);
	free(lint);
	return status;
}

static bool has_signature(const char *path)
{
	bool readable = false;
	char *name;

	if (asprintf(&name, "%s.minisig", path) >= 0) {
		readable = access(name, R_OK) == 0;
		free(name);
	}
	return readable;
}

int amp_lint_file(const char *path, const struct amp_lint_options *options, amp_lint_report report, void *arg)
{
	struct amp_lint_options own = *options;
	int fd = open(path, O_RDONLY | O_CLOEXEC), status;
	struct stat st;
	void *image = NULL;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		status = -errno;
	else if (!S_ISREG(st.st_mode))
		status = S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	else
		status = 0;
	if (!status && st.st_size) {
		image = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (image == MAP_FAILED)
			status = -errno;
	}
	close(fd);
	if (status)
		return status;
	own.is_signed = own.is_signed || has_signature(path);
	status = amp_lint_image(image, (size_t)st.st_size, &own, report, arg);
	if (image)
		munmap(image, (size_t)st.st_size);
	return status;
}
