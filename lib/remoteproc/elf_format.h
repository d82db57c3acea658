/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file elf_format.h
 * @brief ELF structures as bytes, read field by field: one code for both classes, for any alignment, on any core.
 */
#ifndef AMP_ELF_FORMAT_H
#define AMP_ELF_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ELF_IDENT_SIZE 16u
#define ELF_EHDR_MAX   64u

/* e_ident */
#define EI_CLASS   4
#define EI_DATA    5
#define EI_VERSION 6

enum {
	ELF_CLASS32 = 1,
	ELF_CLASS64 = 2
};
enum {
	ELF_DATA_LSB = 1,
	ELF_DATA_MSB = 2
};
enum {
	ELF_TYPE_EXEC = 2,
	ELF_TYPE_DYN = 3
};
enum {
	ELF_PT_LOAD = 1
};
enum {
	ELF_SHT_PROGBITS = 1,
	ELF_SHT_STRTAB = 3
};

/** Where a field is, and how wide, in a class: index 0 for 32 bits, 1 for 64. */
struct elf_field {
	uint8_t offset[2];
	uint8_t size[2];
};

/** Fields of each structure, in the order of the tables in elf_loader.c. */
enum elf_ehdr_field {
	E_TYPE,
	E_MACHINE,
	E_VERSION,
	E_ENTRY,
	E_PHOFF,
	E_SHOFF,
	E_EHSIZE,
	E_PHENTSIZE,
	E_PHNUM,
	E_SHENTSIZE,
	E_SHNUM,
	E_SHSTRNDX
};
enum elf_phdr_field {
	P_TYPE,
	P_OFFSET,
	P_PADDR,
	P_FILESZ,
	P_MEMSZ
};
enum elf_shdr_field {
	SH_NAME,
	SH_TYPE,
	SH_OFFSET,
	SH_SIZE
};

#define ELF_HALF(a, b)       \
	{                    \
		{(a), (b)},  \
		{            \
			2, 2 \
		}            \
	}
#define ELF_WORD(a, b)       \
	{                    \
		{(a), (b)},  \
		{            \
			4, 4 \
		}            \
	}
#define ELF_ADDR(a, b)       \
	{                    \
		{(a), (b)},  \
		{            \
			4, 8 \
		}            \
	}

static const struct elf_field elf_ehdr[] = {
	[E_TYPE] = ELF_HALF(16, 16),      [E_MACHINE] = ELF_HALF(18, 18),   [E_VERSION] = ELF_WORD(20, 20),
	[E_ENTRY] = ELF_ADDR(24, 24),     [E_PHOFF] = ELF_ADDR(28, 32),     [E_SHOFF] = ELF_ADDR(32, 40),
	[E_EHSIZE] = ELF_HALF(40, 52),    [E_PHENTSIZE] = ELF_HALF(42, 54), [E_PHNUM] = ELF_HALF(44, 56),
	[E_SHENTSIZE] = ELF_HALF(46, 58), [E_SHNUM] = ELF_HALF(48, 60),     [E_SHSTRNDX] = ELF_HALF(50, 62),
};

static const struct elf_field elf_phdr[] = {
	[P_TYPE] = ELF_WORD(0, 0),     [P_OFFSET] = ELF_ADDR(4, 8),  [P_PADDR] = ELF_ADDR(12, 24),
	[P_FILESZ] = ELF_ADDR(16, 32), [P_MEMSZ] = ELF_ADDR(20, 40),
};

static const struct elf_field elf_shdr[] = {
	[SH_NAME] = ELF_WORD(0, 0),
	[SH_TYPE] = ELF_WORD(4, 4),
	[SH_OFFSET] = ELF_ADDR(16, 24),
	[SH_SIZE] = ELF_ADDR(20, 32),
};

/** Bytes of the structures. */
static inline size_t elf_ehdr_size(bool wide)
{
	return wide ? 64 : 52;
}

static inline size_t elf_phdr_size(bool wide)
{
	return wide ? 56 : 32;
}

static inline size_t elf_shdr_size(bool wide)
{
	return wide ? 64 : 40;
}

/**
 * Read a field of a structure that starts at @p bytes. What is too large for a core with 32-bit addresses becomes
 * SIZE_MAX, which no check lets pass.
 */
static inline size_t elf_get(const uint8_t *bytes, const struct elf_field *field, bool wide)
{
	unsigned int i = field->size[wide];
	size_t value = 0;

	bytes += field->offset[wide];
	while (i--) {
		if (value >> (sizeof(value) * 8 - 8))
			return SIZE_MAX;
		value = value << 8 | bytes[i];
	}
	return value;
}

#endif /* AMP_ELF_FORMAT_H */
