/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Firmware images for tests of the linter, made in memory:
 *
 *   header | program headers | bytes of the segments | attributes | symbols | names | section headers
 *
 * Sections: 0 null, 1 .text (segment 0), 2 the table, 3 .ARM.attributes, 4 .symtab, 5 .strtab, 6 .shstrtab, 7 one more.
 */
#ifndef TESTS_LINT_IMAGE_H
#define TESTS_LINT_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMAGE_SEGMENTS 4
#define IMAGE_SYMBOLS  8
#define IMAGE_WORDS    4096

struct image_segment {
	uint32_t type, flags;
	uint64_t vaddr, paddr, filesz, memsz;
};

struct image_symbol {
	const char *name;
	uint64_t value;
};

struct image {
	bool wide; /* 64 bits */
	uint32_t type, machine;
	uint64_t entry;
	unsigned int segments;
	struct image_segment segment[IMAGE_SEGMENTS];
	unsigned int more_phdrs; /* of type PT_NULL, behind them */
	uint32_t code[32];       /* the first words of segment 0, which is full of others */
	uint32_t table[IMAGE_WORDS];
	unsigned int words; /* of the table, in segment table_segment from its beginning */
	unsigned int table_segment;
	uint64_t table_addr; /* 0: where that segment runs */
	uint64_t table_size; /* bytes of the section; 0: those of the words */
	const char *table_name;
	uint32_t table_type;
	bool m_profile; /* says its section .ARM.attributes */
	unsigned int symbols;
	struct image_symbol symbol[IMAGE_SYMBOLS];
	const char *more_section; /* an allocated section with bytes that no segment has; NULL: none */
	bool no_sections;
};

/* The file. The caller frees it. */
uint8_t *image_build(const struct image *image, size_t *size);

#endif
