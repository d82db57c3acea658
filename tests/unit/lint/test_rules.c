// SPDX-License-Identifier: GPL-2.0-only
/* Each rule finds the mistake that was made for it, and no other rule does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base.h"

/* ------------------------------------------------------------------ mistakes */

/* What is changed. "index" is the word, segment, symbol or byte. */
enum what {
	NOTHING,
	WORD,   /* of the table */
	WORDS,  /* the table has so many */
	NAME,   /* of the carveout: `text` */
	SECOND, /* a second carveout behind the table, with this address and `text`; the trace is left out */
	CROWD,  /* so many entries, each a trace of no bytes */
	TABLE_ADDR,
	TABLE_SIZE,
	TABLE_NAME,
	TABLE_TYPE,
	VADDR,
	PADDR,
	FILESZ,
	MEMSZ,
	PTYPE,
	CODE_WORD,
	ENTRY,
	TYPE,
	MACHINE,
	WIDE,
	MORE_PHDRS,
	MORE_SECTION,
	NO_SECTIONS,
	SYMBOL,
	BYTE,      /* of the file */
	SHORT,     /* the file is cut there */
	CORE_NAME, /* the name of a memory of the core */
	SIGNED_ONLY,
	IS_SIGNED,
	NOTIFY_IDS,
	TABLE2, /* in place of the trace: version 2, with a device tree */
};

struct change {
	enum what what;
	unsigned int index;
	uint64_t value;
	const char *text;
};

#define LINUX    AMP_LINT_LINUX_6_1
#define LINUX_7  AMP_LINT_LINUX_7
#define NUTTX    AMP_LINT_NUTTX
#define AMPRELAY AMP_LINT_AMPRELAY
#define CHANGES  8
#define V2                         \
	{                          \
		TABLE2, 0, 0, NULL \
	}

struct mistake {
	const char *rule;
	enum amp_lint_host host;
	bool core; /* its description is there */
	struct change change[CHANGES];
};

/* clang-format off */
static const struct mistake mistakes[] = {
	{"elf-not-elf", LINUX, false, {{BYTE, 0, 0, NULL}}},
	{"elf-not-elf", LINUX, false, {{SHORT, 0, 0, NULL}}},
	{"elf-not-elf", LINUX, false, {{SHORT, 0, 51, NULL}}},
	{"elf-truncated", LINUX, false, {{SHORT, 0, 60, NULL}}},
	{"elf-truncated", LINUX, true, {{SHORT, 0, 0x1200, NULL}}},
	{"elf-truncated", LINUX, false, {{WIDE, 0, 1, NULL}, {SHORT, 0, 60, NULL}}},
	{"elf-byte-order", LINUX, false, {{BYTE, EI_DATA, ELFDATA2MSB, NULL}}},
	{"elf-class", LINUX, false, {{BYTE, EI_CLASS, 3, NULL}}},
	{"elf-class", LINUX, true, {{WIDE, 0, 1, NULL}}},
	{"elf-machine", LINUX, true, {{MACHINE, 0, EM_RISCV, NULL}}},
	{"elf-type", LINUX, false, {{TYPE, 0, ET_REL, NULL}}},
	{"elf-no-segments", LINUX, false, {{PTYPE, 0, PT_NOTE, NULL}, {PTYPE, 1, PT_NOTE, NULL}}},
	{"elf-no-sections", LINUX, true, {{NO_SECTIONS, 0, 0, NULL}}},
	{"segments-many", AMPRELAY, true, {{MORE_PHDRS, 0, 127, NULL}}},
	{"segment-file-larger", LINUX, true, {{MEMSZ, 1, 0x100, NULL}}},
	{"segment-wraps", LINUX, false, {{PADDR, 1, 0xffffff00, NULL}}},
	{"segment-wraps", LINUX, false, {{WIDE, 0, 1, NULL}, {PADDR, 1, 0xffffffffffffff00, NULL}}},
	{"segment-above-4g", LINUX, false, {{WIDE, 0, 1, NULL}, {PADDR, 1, 0x121108000, NULL}}},
	{"segment-overlap", LINUX, true, {{PADDR, 1, CODE + 0xfff, NULL}}},
	{"segment-zeroes-over-bytes", LINUX, false, {{PADDR, 1, CODE - 0x400, NULL}}},
	{"segment-outside-memory", LINUX, true, {{PADDR, 1, 0x30000000, NULL}}},
	{"segment-over-shared", LINUX, true, {{PADDR, 1, 0x21000000, NULL}}},
	{"segment-straddles-carveout", LINUX, false, {{WORD, W_CARVEOUT + 1, CODE, NULL}, {WORD, W_CARVEOUT + 3, 0xfff, NULL}}},
	{"section-not-loaded", LINUX, true, {{MORE_SECTION, 0, 0, ".lost"}}},
	{"entry-outside", LINUX, true, {{ENTRY, 0, 0x9001, NULL}}},
	{"entry-not-code", LINUX, true, {{ENTRY, 0, DATA | 0x101, NULL}}},
	{"entry-no-thumb", LINUX, true, {{ENTRY, 0, CODE | 0x100, NULL}}},
	{"vectors-misaligned", LINUX, true, {{SYMBOL, VECTOR, CODE + 0x40, NULL}, {CODE_WORD, 16, TOP, NULL}, {CODE_WORD, 17, CODE | 0x101, NULL}}},
	{"vectors-stack", LINUX, true, {{CODE_WORD, 0, TOP - 4, NULL}}},
	{"vectors-stack", LINUX, true, {{CODE_WORD, 0, 0, NULL}}},
	{"vectors-reset", LINUX, true, {{CODE_WORD, 1, CODE | 0x100, NULL}}},
	{"vectors-reset", LINUX, true, {{CODE_WORD, 1, 0x9001, NULL}}},
	{"stack-empty", LINUX, true, {{SYMBOL, LOW, TOP, NULL}}},
	{"stack-misaligned", LINUX, true, {{SYMBOL, HIGH, TOP - 4, NULL}}},
	{"stack-outside-memory", LINUX, true, {{SYMBOL, LOW, 0x40000000, NULL}, {SYMBOL, HIGH, 0x40001000, NULL}}},
	{"stack-over-data", LINUX, true, {{SYMBOL, LOW, DATA, NULL}, {SYMBOL, HIGH, DATA + 8, NULL}}},
	{"heap-outside-memory", LINUX, true, {{SYMBOL, END, HEAP + 0x800001, NULL}}},
	{"heap-over-data", LINUX, true, {{SYMBOL, START, DATA, NULL}, {SYMBOL, END, DATA + 1, NULL}}},
	{"heap-over-stack", LINUX, true, {{SYMBOL, START, STACK, NULL}, {SYMBOL, END, STACK + 1, NULL}}},
	{"signature-missing", LINUX, true, {{SIGNED_ONLY, 0, 0, NULL}, {VADDR, 0, 0x200000, NULL}, {PADDR, 0, 0x200000, NULL}, {ENTRY, 0, 0x200101, NULL}, {SYMBOL, VECTOR, 0x200000, NULL}, {CODE_WORD, 1, 0x200101, NULL}}},
	{"signed-code-shared", LINUX, true, {{SIGNED_ONLY, 0, 0, NULL}, {IS_SIGNED, 0, 0, NULL}}},
	{"table-missing", LINUX, true, {{TABLE_NAME, 0, 0, ".resource_tables"}}},
	{"table-twice", LINUX, true, {{MORE_SECTION, 0, 0, ".resource_table"}}},
	{"table-empty", LINUX, true, {{WORD, 1, 0, NULL}}},
	{"table-empty", LINUX, true, {{TABLE_TYPE, 0, SHT_NOBITS, NULL}}},
	{"table-empty", LINUX, true, {{WORDS, 0, 0, NULL}}},
	{"table-truncated", LINUX, true, {{WORDS, 0, 3, NULL}}},
	{"table-truncated", LINUX, true, {{WORD, 1, 0xffffffff, NULL}}},
	{"table-version", LINUX, true, {{WORD, 0, 2, NULL}}},
	{"table-reserved", LINUX, true, {{WORD, 3, 1, NULL}}},
	{"table-misaligned", LINUX, true, {{TABLE_ADDR, 0, DATA + 2, NULL}}},
	{"table-outside-memory", LINUX, true, {{TABLE_ADDR, 0, RINGS, NULL}}},
	{"table-too-large", AMPRELAY, true, {{FILESZ, 1, 0x12000, NULL}, {MEMSZ, 1, 0x12000, NULL}, {TABLE_SIZE, 0, 0x10001, NULL}}},
	{"table-crowded", LINUX, true, {{CROWD, 0, 257, NULL}}},
	{"resource-offset-outside", LINUX, true, {{WORD, W_OFFSETS, 4 * W_END - 3, NULL}}},
	{"resource-offset-outside", LINUX, true, {{WORD, W_OFFSETS, 0x80000000, NULL}}},
	{"resource-offset-header", LINUX, true, {{WORD, W_OFFSETS, 0x18, NULL}}},
	{"resource-offset-misaligned", LINUX, true, {{WORD, W_OFFSETS, 4 * W_END + 2, NULL}, {WORD, W_END, 0x20000, NULL}, {WORDS, 0, W_END + 13, NULL}}},
	{"resource-overlap", LINUX, true, {{WORD, W_OFFSETS, 4 * W_TRACE, NULL}}},
	{"resource-truncated", LINUX, true, {{WORDS, 0, W_END - 1, NULL}}},
	{"resource-truncated", LINUX, true, {{WORD, W_VDEV + 5, 1, NULL}}},
	{"resource-truncated", LINUX, true, {{WORD, W_VDEV + 5, 0xffffffff, NULL}}},
	{"resource-reserved", LINUX, true, {{WORD, W_CARVEOUT + 5, 1, NULL}}},
	{"resource-reserved", LINUX, true, {{WORD, W_TRACE + 3, 1, NULL}}},
	{"resource-reserved", LINUX, true, {{WORD, W_VDEV + 6, 0x10200, NULL}}},
	{"resource-type-unknown", LINUX, true, {{WORD, W_TRACE, 4, NULL}}},
	{"resource-vendor", LINUX, true, {{WORD, W_TRACE, 512, NULL}}},
	{"table2-malformed", AMPRELAY, true, {V2, {WORD, W_TRACE + 2, 48, NULL}}},
	{"table2-malformed", AMPRELAY, true, {V2, {WORD, W_TRACE + 4, 2, NULL}}},
	{"table2-malformed", AMPRELAY, true, {V2, {WORD, W_TRACE + 6, 20, NULL}}},
	{"table2-malformed", AMPRELAY, true, {V2, {WORD, W_TRACE + 5, 0x02010011, NULL}}},
	{"table2-malformed", AMPRELAY, true, {V2, {WORD, W_OFFSETS, 4 * W_END, NULL}, {WORD, W_END, 201, NULL}, {WORD, W_END + 1, 0x324c4254, NULL}, {WORDS, 0, W_END + 3, NULL}}},
	{"table2-malformed", AMPRELAY, true, {V2, {WORD, W_OFFSETS, 4 * W_END, NULL}, {WORD, W_END, 201, NULL}, {WORD, W_END + 1, 0x324c4254, NULL}, {WORD, W_END + 2, 20, NULL}, {WORD, W_END + 3, 2, NULL}, {WORDS, 0, W_END + 5, NULL}}},
	{"table2-unknown", AMPRELAY, true, {V2, {WORD, W_TRACE + 5, 0x01020011, NULL}}},
	{"table2-unknown", AMPRELAY, true, {V2, {WORD, W_TRACE + 5, 0x01010014, NULL}}},
	{"table2-required", LINUX, true, {V2, {WORD, W_TRACE + 5, 0x01010011, NULL}}},
	{"table2-outside-memory", AMPRELAY, true, {V2, {WORD, W_TRACE + 7, 0x30000000, NULL}}},
	{"table2-outside-memory", AMPRELAY, true, {V2, {WORD, W_TRACE + 8, 1, NULL}}},
	{"memory-empty", LINUX, true, {{WORD, W_CARVEOUT + 3, 0, NULL}}},
	{"memory-wraps", LINUX, true, {{WORD, W_CARVEOUT + 1, 0xfffff000, NULL}, {WORD, W_CARVEOUT + 3, 0x1001, NULL}}},
	{"memory-overlap", LINUX, true, {{SECOND, 0, 0x21180fff, "other"}}},
	{"name-endless", LINUX, true, {{NAME, 0, 0, "abcdefghijklmnopqrstuvwxyz012345"}}},
	{"name-format", LINUX, true, {{NAME, 0, 0, "%s"}}},
	{"carveout-name-clash", LINUX, true, {{SECOND, 0, 0x21190000, "shm"}}},
	{"devmem-needs-iommu", LINUX, true, {{WORD, W_CARVEOUT, 1, NULL}, {WORD, W_CARVEOUT + 2, 0x40000000, NULL}}},
	{"devmem-unaligned", LINUX, true, {{WORD, W_CARVEOUT, 1, NULL}, {WORD, W_CARVEOUT + 2, 0x40000800, NULL}}},
	{"trace-outside-memory", LINUX, true, {{WORD, W_TRACE + 1, 0x30000000, NULL}}},
	{"vdev-id-zero", LINUX, true, {{WORD, W_VDEV + 1, 0, NULL}}},
	{"vdev-ring-count", LINUX, false, {{WORD, W_VDEV + 6, 0x300, NULL}, {WORDS, 0, W_END + 5, NULL}}},
	{"vdev-ring-count", LINUX, true, {{WORD, W_VDEV + 6, 0, NULL}}},
	{"vdev-state-preset", LINUX, true, {{WORD, W_VDEV + 6, 0x207, NULL}}},
	{"vdev-state-preset", LINUX, true, {{WORD, W_VDEV + 4, 1, NULL}}},
	{"vdev-rpmsg-rings", LINUX, true, {{WORD, W_VDEV + 6, 0x100, NULL}}},
	{"ring-empty", LINUX, true, {{WORD, W_RING0 + 2, 0, NULL}, {WORD, W_RING1 + 2, 0, NULL}}},
	{"ring-not-power-of-2", LINUX, true, {{WORD, W_RING0 + 2, 200, NULL}, {WORD, W_RING1 + 2, 200, NULL}}},
	{"ring-too-long", LINUX, true, {{WORD, W_RING0 + 2, 65536, NULL}, {WORD, W_RING1 + 2, 65536, NULL}}},
	{"ring-align", LINUX, true, {{WORD, W_RING0 + 1, 0, NULL}}},
	{"ring-align", LINUX, true, {{WORD, W_RING1 + 1, 48, NULL}}},
	{"ring-align", AMPRELAY, true, {{WORD, W_RING1 + 1, 0x20000, NULL}}},
	{"ring-misaligned", LINUX, false, {{WORD, W_RING0, RINGS + 4, NULL}}},
	{"ring-address-zero", LINUX, false, {{WORD, W_RING0, 0, NULL}}},
	{"ring-wraps", LINUX, false, {{WORD, W_RING0, 0xffffe000, NULL}}},
	{"ring-overlap", LINUX, false, {{WORD, W_RING1, RINGS + 0x2000, NULL}}},
	{"ring-over-bytes", LINUX, false, {{WORD, W_RING0, CODE - 0x2000, NULL}}},
	{"ring-lengths-differ", LINUX, true, {{WORD, W_RING1 + 2, 128, NULL}}},
	{"ring-carveout-small", LINUX, true, {{NAME, 0, 0, "vdev0vring1"}}},
	{"ring-no-region", LINUX, true, {{CORE_NAME, 2, 0, "vdev1vring0"}}},
	{"ring-outside-region", LINUX, true, {{WORD, W_RING0, RINGS - 0x1000, NULL}}},
	{"ring-outside-region", LINUX, true, {{WORD, W_RING0, ANY, NULL}, {WORD, W_RING0 + 2, 1024, NULL}, {WORD, W_RING1, ANY, NULL}, {WORD, W_RING1 + 2, 1024, NULL}}},
	{"buffers-too-small", LINUX, true, {{NAME, 0, 0, "vdev0buffer"}}},
	{"buffers-too-small", LINUX, true, {{CORE_NAME, 4, 0, ""}, {CORE_NAME, 0, 0, "vdev0buffer"}}},
	{"buffers-too-small", LINUX_7, true, {{WORD, W_VDEV + 3, 3, NULL}, {WORD, W_VDEV + 5, 11, NULL}, {WORD, W_END, 0x01000b01, NULL}, {WORD, W_END + 1, 2, NULL}, {WORD, W_END + 2, 2, NULL}, {WORDS, 0, W_END + 3, NULL}}},
	{"notify-id-clash", AMPRELAY, true, {{WORD, W_RING1 + 3, 0, NULL}}},
	{"notify-id-large", AMPRELAY, true, {{WORD, W_RING1 + 3, 32, NULL}}},
	{"notify-ids-many", LINUX, true, {{NOTIFY_IDS, 0, 1, NULL}}},
	{"feature-no-names", LINUX, true, {{WORD, W_VDEV + 3, 0, NULL}}},
	{"feature-unknown", LINUX, true, {{WORD, W_VDEV + 3, 3, NULL}}},
	{"feature-unknown", AMPRELAY, true, {{WORD, W_VDEV + 3, 0x40001, NULL}}},
	{"feature-ring", LINUX, true, {{WORD, W_VDEV + 3, 0x20000001, NULL}}},
	{"feature-bufsz-config", LINUX_7, true, {{WORD, W_VDEV + 3, 3, NULL}}},
	{"feature-bufsz-config", LINUX_7, true, {{WORD, W_VDEV + 3, 3, NULL}, {WORD, W_VDEV + 5, 11, NULL}, {WORD, W_END, 0x00000b02, NULL}, {WORD, W_END + 1, 2, NULL}, {WORD, W_END + 2, 2, NULL}, {WORDS, 0, W_END + 3, NULL}}},
	{"feature-bufsz-small", LINUX_7, true, {{WORD, W_VDEV + 3, 3, NULL}, {WORD, W_VDEV + 5, 11, NULL}, {WORD, W_END, 0x0f000b01, NULL}, {WORD, W_END + 1, 0, NULL}, {WORD, W_END + 2, 2, NULL}, {WORDS, 0, W_END + 3, NULL}}},
	{"feature-ack-clash", NUTTX, true, {{WORD, W_VDEV + 3, 3, NULL}, {WORD, W_VDEV + 5, 11, NULL}, {WORD, W_END, 0x00000b01, NULL}, {WORD, W_END + 1, 2, NULL}, {WORD, W_END + 2, 2, NULL}, {WORDS, 0, W_END + 3, NULL}}},
	{"feature-sizes-refused", AMPRELAY, true, {{WORD, W_VDEV + 3, 3, NULL}, {WORD, W_VDEV + 5, 8, NULL}, {WORD, W_END + 0, 0x40000b01, NULL}, {WORD, W_END + 1, 0x40000000, NULL}, {WORDS, 0, W_END + 2, NULL}}},
	{"feature-sizes-refused", AMPRELAY, true, {{WORD, W_VDEV + 3, 3, NULL}, {WORD, W_VDEV + 5, 11, NULL}, {WORD, W_END + 0, 0x40000b02, NULL}, {WORD, W_END + 1, 0x40000000, NULL}, {WORD, W_END + 2, 0, NULL}, {WORDS, 0, W_END + 3, NULL}}},
	{"feature-sizes-refused", AMPRELAY, true, {{WORD, W_VDEV + 3, 3, NULL}, {WORD, W_VDEV + 5, 11, NULL}, {WORD, W_END + 0, 0x3c000b01, NULL}, {WORD, W_END + 1, 0x40000000, NULL}, {WORD, W_END + 2, 0, NULL}, {WORDS, 0, W_END + 3, NULL}}},
	{"feature-sizes-refused", AMPRELAY, true, {{WORD, W_VDEV + 3, 3, NULL}, {WORD, W_VDEV + 5, 11, NULL}, {WORD, W_END + 0, 0x40000b01, NULL}, {WORD, W_END + 1, 0x3c000000, NULL}, {WORD, W_END + 2, 0, NULL}, {WORDS, 0, W_END + 3, NULL}}},
	{"feature-sizes-refused", AMPRELAY, true, {{WORD, W_VDEV + 3, 5, NULL}, {WORD, W_VDEV + 5, 4, NULL}, {WORD, W_END + 0, 64, NULL}, {WORDS, 0, W_END + 1, NULL}}},
	{"feature-sizes-refused", AMPRELAY, true, {{WORD, W_VDEV + 3, 5, NULL}, {WORD, W_VDEV + 5, 8, NULL}, {WORD, W_END + 0, 65540, NULL}, {WORD, W_END + 1, 64, NULL}, {WORDS, 0, W_END + 2, NULL}}},
	{"feature-sizes-refused", AMPRELAY, true, {{WORD, W_VDEV + 3, 0x15, NULL}, {WORD, W_VDEV + 5, 8, NULL}, {WORD, W_END + 0, 64, NULL}, {WORD, W_END + 1, 64, NULL}, {WORDS, 0, W_END + 2, NULL}}},
	{"feature-sizes-refused", AMPRELAY, true, {{WORD, W_VDEV + 3, 7, NULL}, {WORD, W_VDEV + 5, 11, NULL}, {WORD, W_END + 0, 0x40000b01, NULL}, {WORD, W_END + 1, 0x40000000, NULL}, {WORD, W_END + 2, 0, NULL}, {WORDS, 0, W_END + 3, NULL}}},
	{"feature-nuttx-config", NUTTX, true, {{WORD, W_VDEV + 3, 5, NULL}, {WORD, W_VDEV + 5, 4, NULL}, {WORDS, 0, W_END + 1, NULL}}},
	{"feature-nuttx-config", NUTTX, true, {{WORD, W_VDEV + 3, 9, NULL}, {WORD, W_VDEV + 5, 36, NULL}, {WORDS, 0, W_END + 9, NULL}}},
};
/* clang-format on */

/* ------------------------------------------------------------------ changes */

static void second_carveout(struct image *image, uint32_t da, const char *name)
{
	uint32_t *at = &image->table[W_END];

	image->table[W_OFFSETS + 1] = 4 * W_END;
	at[1] = da;
	at[2] = ANY;
	at[3] = 0x1000;
	strcpy((char *)&at[6], name);
	image->words = W_END + 14;
}

static void crowd(struct image *image, unsigned int num)
{
	unsigned int at = 4 + num;

	image->words = at + num * 12;
	image->segment[1].filesz = image->words * 4;
	memset(image->table, 0, sizeof(image->table));
	image->table[0] = 1;
	image->table[1] = num;
	for (unsigned int i = 0; i < num; i++, at += 12) {
		image->table[4 + i] = at * 4;
		image->table[at] = 2;
	}
}

static void table2(uint32_t *at)
{
	static const uint32_t words[12] = {201, 0x324c4254, 44, 0x10002, 0, 0x10011, 24, 0x21180000, 0, 0x100};

	memcpy(at, words, sizeof(words));
}

/* Of the image and its core, before it is built. */
static void make(const struct change *c, struct image *image, struct base_core *base, struct amp_lint_options *options)
{
	struct image_segment *segment = &image->segment[c->index < IMAGE_SEGMENTS ? c->index : 0];

	switch (c->what) {
	case WORD:
		image->table[c->index] = (uint32_t)c->value;
		break;
	case WORDS:
		image->words = (unsigned int)c->value;
		break;
	case NAME:
		strncpy((char *)&image->table[W_CARVEOUT + 6], c->text, 32);
		break;
	case SECOND:
		second_carveout(image, (uint32_t)c->value, c->text);
		break;
	case CROWD:
		crowd(image, (unsigned int)c->value);
		break;
	case TABLE_ADDR:
		image->table_addr = c->value;
		break;
	case TABLE_SIZE:
		image->table_size = c->value;
		break;
	case TABLE_NAME:
		image->table_name = c->text;
		break;
	case TABLE_TYPE:
		image->table_type = (uint32_t)c->value;
		break;
	case VADDR:
		segment->vaddr = c->value;
		break;
	case PADDR:
		segment->paddr = c->value;
		break;
	case FILESZ:
		segment->filesz = c->value;
		break;
	case MEMSZ:
		segment->memsz = c->value;
		break;
	case PTYPE:
		segment->type = (uint32_t)c->value;
		break;
	case CODE_WORD:
		image->code[c->index] = (uint32_t)c->value;
		break;
	case ENTRY:
		image->entry = c->value;
		break;
	case TYPE:
		image->type = (uint32_t)c->value;
		break;
	case MACHINE:
		image->machine = (uint32_t)c->value;
		break;
	case WIDE:
		image->wide = true;
		break;
	case MORE_PHDRS:
		image->more_phdrs = (unsigned int)c->value;
		break;
	case MORE_SECTION:
		image->more_section = c->text;
		break;
	case NO_SECTIONS:
		image->no_sections = true;
		break;
	case SYMBOL:
		image->symbol[c->index].value = c->value;
		break;
	case CORE_NAME:
		base->memory[c->index].name = c->text;
		break;
	case SIGNED_ONLY:
		base->core.signed_only = true;
		break;
	case IS_SIGNED:
		options->is_signed = true;
		break;
	case NOTIFY_IDS:
		base->core.notify_ids = (unsigned int)c->value;
		break;
	case TABLE2:
		table2(&image->table[W_TRACE]);
		break;
	case NOTHING:
	case BYTE:
	case SHORT:
		break;
	}
}

/* ------------------------------------------------------------------ findings */

struct found {
	const struct mistake *mistake;
	unsigned int number, wanted, others;
};

static void take(const struct amp_lint_finding *finding, void *arg)
{
	struct found *found = arg;

	if (strcmp(finding->rule->id, found->mistake->rule) == 0) {
		found->wanted++;
		return;
	}
	found->others++;
	print_error("mistake %u, for %s: found is %s: %s: %s\n", found->number, found->mistake->rule, finding->rule->id,
	            finding->where, finding->text);
}

static void try_mistake(unsigned int number)
{
	struct found found = {.mistake = &mistakes[number], .number = number};
	struct amp_lint_options options = {.host = found.mistake->host};
	struct image image = base_image();
	struct base_core base;
	uint8_t *bytes, *exact;
	size_t size;

	base_core(&base);
	for (unsigned int i = 0; i < CHANGES; i++)
		make(&found.mistake->change[i], &image, &base, &options);
	bytes = image_build(&image, &size);
	for (unsigned int i = 0; i < CHANGES; i++) {
		if (found.mistake->change[i].what == BYTE)
			bytes[found.mistake->change[i].index] = (uint8_t)found.mistake->change[i].value;
		else if (found.mistake->change[i].what == SHORT)
			size = (size_t)found.mistake->change[i].value;
	}
	exact = malloc(size + !size); /* the address sanitizer sees reads behind it */
	assert_non_null(exact);
	memcpy(exact, bytes, size);
	free(bytes);
	options.core = found.mistake->core ? &base.core : NULL;
	assert_int_equal(amp_lint_image(exact, size, &options, take, &found), 0);
	free(exact);
	if (!found.wanted)
		print_error("mistake %u: %s did not find it\n", number, found.mistake->rule);
	assert_true(found.wanted && !found.others);
}

static void each_mistake_is_found_by_its_rule_and_by_no_other(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++)
		try_mistake(i);
}

static void each_rule_has_a_mistake(void **state)
{
	size_t count, found = 0;
	const struct amp_lint_rule *rules = amp_lint_rules(&count);

	(void)state;
	assert_true(count >= 40);
	for (size_t i = 0; i < count; i++) {
		unsigned int j = 0;

		while (j < sizeof(mistakes) / sizeof(mistakes[0]) && strcmp(mistakes[j].rule, rules[i].id) != 0)
			j++;
		if (j < sizeof(mistakes) / sizeof(mistakes[0]))
			found++;
		else
			print_error("no mistake for %s\n", rules[i].id);
	}
	assert_int_equal(found, count);
}

/* ------------------------------------------------------------------ rules themselves */

static void rules_have_texts_and_names_of_their_own(void **state)
{
	size_t count;
	const struct amp_lint_rule *rules = amp_lint_rules(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(strspn(rules[i].id, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(rules[i].id));
		assert_true(rules[i].hosts && rules[i].hosts < 1u << AMP_LINT_HOSTS);
		assert_int_equal(rules[i].title[strlen(rules[i].title) - 1], '.');
		assert_int_equal(rules[i].happens[strlen(rules[i].happens) - 1], '.');
		assert_int_equal(rules[i].mend[strlen(rules[i].mend) - 1], '.');
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(rules[i].id, rules[j].id);
	}
}

static void none(const struct amp_lint_finding *finding, void *arg)
{
	print_error("%s: %s: %s\n", finding->rule->id, finding->where, finding->text);
	++*(unsigned int *)arg;
}

static void an_image_without_a_mistake_is_clean_for_every_host(void **state)
{
	struct amp_lint_options options = {.host = LINUX};
	struct image image = base_image();
	struct base_core base;
	unsigned int found = 0;
	uint8_t *bytes;
	size_t size;

	(void)state;
	base_core(&base);
	bytes = image_build(&image, &size);
	for (unsigned int i = 0; i < 2 * AMP_LINT_HOSTS; i++) {
		options.host = (enum amp_lint_host)(i / 2);
		options.core = i % 2 ? &base.core : NULL;
		assert_int_equal(amp_lint_image(bytes, size, &options, none, &found), 0);
		assert_int_equal(found, 0);
	}
	free(bytes);
	table2(&image.table[W_TRACE]);
	bytes = image_build(&image, &size);
	options.core = &base.core; /* whose driver knows the entry */
	for (unsigned int i = 0; i < AMP_LINT_HOSTS; i++) {
		options.host = (enum amp_lint_host)i;
		assert_int_equal(amp_lint_image(bytes, size, &options, none, &found), 0);
		assert_int_equal(found, 0);
	}
	free(bytes);
}

static void a_file_is_read_and_its_signature_is_looked_for(void **state)
{
	char path[] = "/tmp/lint-rules.XXXXXX", signature[sizeof(path) + 8];
	struct found found = {.mistake = &(struct mistake){.rule = "signature-missing"}};
	struct amp_lint_options options = {.host = LINUX};
	struct image image = base_image();
	struct base_core base;
	uint8_t *bytes;
	size_t size;
	FILE *file;
	int fd;

	(void)state;
	base_core(&base);
	image.segment[0].vaddr = image.segment[0].paddr = 0x200000;
	image.entry = image.code[1] = 0x200101;
	image.symbol[VECTOR].value = 0x200000;
	base.core.signed_only = true;
	options.core = &base.core;
	bytes = image_build(&image, &size);
	fd = mkstemp(path);
	assert_true(fd >= 0);
	file = fdopen(fd, "wb");
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	fclose(file);
	free(bytes);
	assert_int_equal(amp_lint_file(path, &options, take, &found), 0);
	assert_int_equal(found.wanted, 1);
	snprintf(signature, sizeof(signature), "%s.minisig", path);
	fclose(fopen(signature, "w"));
	assert_int_equal(amp_lint_file(path, &options, take, &found), 0);
	assert_int_equal(found.wanted, 1);
	assert_int_equal(found.others, 0);
	remove(signature);
	remove(path);
	assert_true(amp_lint_file(path, &options, take, &found) < 0);
	assert_true(amp_lint_file("/tmp", &options, take, &found) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_mistake_is_found_by_its_rule_and_by_no_other),
		cmocka_unit_test(each_rule_has_a_mistake),
		cmocka_unit_test(rules_have_texts_and_names_of_their_own),
		cmocka_unit_test(an_image_without_a_mistake_is_clean_for_every_host),
		cmocka_unit_test(a_file_is_read_and_its_signature_is_looked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
