/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the linter share. Each looks at one subject, in this order:
 *
 *   image.c      the file: can it be read at all?
 *   segments.c   where its bytes go
 *   start.c      where the core begins: entry point, vectors
 *   stacks.c     stacks and heap
 *   table.c      the resource table, and the walk over its entries:
 *   memories.c     carveouts, devmems, traces
 *   devices.c      vdevs and their rings
 *   features.c     feature bits and configuration spaces
 *   table2.c       version 2 of it
 *
 * What the image says is checked before it is used: it may say anything.
 */
#ifndef AMPRELAY_LINT_INTERNAL_H
#define AMPRELAY_LINT_INTERNAL_H

#include <amprelay/lint.h>

#include <gelf.h>

#define TABLE_SECTION ".resource_table"
#define ENTRIES_MAX   256  /* of a table that are looked at */
#define SEGMENTS_MAX  128  /* of an image: as lib/remoteproc takes them */
#define SECTIONS_MAX  4096 /* of an image that are looked at */
#define RINGS_MAX     64   /* of a table that are compared with each other */

#define ADDRESS_ANY 0xffffffffu /* of version 1 of the table: the host chooses */
#define SPACE_32    0x100000000u

enum rule {
#define RULE(name, ...) LINT_##name,
#include "rules.def"
#undef RULE
	LINT_RULES
};

/* A PT_LOAD segment that has bytes in memory. */
struct segment {
	unsigned int index; /* of the program header */
	bool code;          /* PF_X */
	uint64_t offset, filesz;
	uint64_t vaddr, paddr, memsz;
};

struct section {
	const char *name; /* libelf's */
	unsigned int index;
	uint32_t type;
	uint64_t flags, addr, offset, size;
};

/* An entry of the table that is in it. */
struct entry {
	uint32_t index, type;
	uint32_t offset; /* in the table */
	uint64_t size;   /* bytes, as far as its kind is known */
	bool whole;      /* all of them are in the table */
};

struct ring {
	const struct entry *entry;
	unsigned int vdev, index; /* vdev1vring0: 1 and 0 */
	uint64_t da;              /* as lint_address() says */
	uint32_t align, num, notify_id;
	uint64_t size; /* bytes; 0: no size can be said */
};

struct lint {
	const struct amp_lint_options *options;
	const struct amp_lint_core *core; /* or NULL */
	amp_lint_report report;
	void *arg;
	const uint8_t *image;
	size_t size;
	bool no_memory; /* something could not be looked at */

	Elf *elf;
	GElf_Ehdr ehdr;
	struct segment segment[SEGMENTS_MAX];
	unsigned int segments;
	struct section *section;
	unsigned int sections;
	bool m_profile; /* an Arm core that has Thumb instructions only */

	uint8_t *table; /* a copy */
	uint64_t table_offset, table_addr;
	uint32_t table_size;
	struct entry entry[ENTRIES_MAX];
	unsigned int entries;
	struct ring ring[RINGS_MAX];
	unsigned int rings, vdevs, rings_in_all;
};

/* ------------------------------------------------------------------ findings */

/* Where something is: words for people, and bytes of the file. */
struct place {
	char text[80];
	uint64_t offset, size;
};

struct place lint_at_file(uint64_t offset, uint64_t size);
struct place lint_at_segment(const struct segment *segment);
struct place lint_at_section(const struct section *section);
struct place lint_at_symbol(const char *name);
struct place lint_at_table(const struct lint *lint, uint64_t offset, uint64_t size);
/* `offset` from the beginning of the entry */
struct place lint_at_entry(const struct lint *lint, const struct entry *entry, uint64_t offset, uint64_t size);
struct place lint_at_ring(const struct lint *lint, const struct ring *ring);

/* Reports a finding, unless the rule is not for this host. */
__attribute__((format(printf, 4, 5))) void lint_say(struct lint *lint, enum rule rule, struct place place,
                                                    const char *format, ...);

bool lint_is_linux(const struct lint *lint);

/* ------------------------------------------------------------------ ranges and memories */

static inline bool lint_overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a_size && b_size && (a < b ? b - a < a_size : a - b < b_size);
}

static inline bool lint_within(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a >= b && a_size <= b_size && a - b <= b_size - a_size;
}

#define LINT_KIND(kind) (1u << (kind))

/* The memory of the core that holds all of the range, of one of these kinds; or NULL. */
const struct amp_lint_memory *lint_memory(const struct lint *lint, uint64_t base, uint64_t size, unsigned int kinds);
/* The device address that version 1 of the table means by 32 bits: of what is shared, all of an address or its lower
 * half. */
uint64_t lint_address(const struct lint *lint, uint32_t value);
const struct amp_lint_memory *lint_memory_named(const struct lint *lint, const char *name);

/* ------------------------------------------------------------------ the image */

/* The segment that holds the address when the program runs, or when it is loaded; or NULL. */
const struct segment *lint_segment_at(const struct lint *lint, uint64_t address, uint64_t size);
/* A word of the image at an address of the running program. False: it has none. */
bool lint_word_at(const struct lint *lint, uint64_t address, uint32_t *word);
const struct section *lint_section(const struct lint *lint, const char *name);
/* The symbol's value. False: there is none. `size` may be NULL. */
bool lint_symbol(const struct lint *lint, const char *name, uint64_t *value, uint64_t *size);

/* ------------------------------------------------------------------ the table */

/* A word of an entry, whose place is in the table. */
uint32_t lint_word(const struct lint *lint, const struct entry *entry, uint32_t offset);

/* ------------------------------------------------------------------ the parts */

/* False: nothing more can be said. */
bool lint_open_image(struct lint *lint);
void lint_close_image(struct lint *lint);
void lint_segments(struct lint *lint);
void lint_start(struct lint *lint);
void lint_stacks(struct lint *lint);
void lint_table(struct lint *lint);
void lint_table2(struct lint *lint);
void lint_memories(struct lint *lint);
void lint_devices(struct lint *lint);
/* Of one RPMsg device; `ring` are its two. */
void lint_features(struct lint *lint, const struct entry *entry);
/* Sizes of buffers that Linux takes from the device's configuration space: the core's transmit and receive. */
void lint_buffer_sizes(const struct lint *lint, const struct entry *entry, uint32_t *transmit, uint32_t *receive);

#endif /* AMPRELAY_LINT_INTERNAL_H */
