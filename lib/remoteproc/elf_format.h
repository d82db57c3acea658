/* SPDX-License-Identifier: BSD-3-Clause */
/* ELF structures as bytes, unpacked to numbers: one code for both classes, for any alignment, on any core. */
#ifndef AMP_ELF_FORMAT_H
#define AMP_ELF_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* e_ident */
#define EI_CLASS   4
#define EI_DATA    5
#define EI_VERSION 6
#define EI_NIDENT  16

enum {
	ELF_CLASS32 = 1,
	ELF_CLASS64 = 2,
	ELF_DATA_LSB = 1,
	ELF_DATA_MSB = 2,
	ELF_TYPE_EXEC = 2,
	ELF_TYPE_DYN = 3,
	ELF_PT_LOAD = 1,
	ELF_SHT_STRTAB = 3,
	ELF_SHT_NOBITS = 8,
};

/* Fields in the order of the file, each by its bytes; '8': 4 in 32 bits. The numbers are their places in the order. */
#define ELF_EHDR "2248884222222" /* behind e_ident */
enum {
	E_TYPE,
	E_MACHINE,
	E_VERSION,
	E_ENTRY,
	E_PHOFF,
	E_SHOFF,
	E_FLAGS,
	E_EHSIZE,
	E_PHENTSIZE,
	E_PHNUM,
	E_SHENTSIZE,
	E_SHNUM,
	E_SHSTRNDX,
	ELF_EHDR_FIELDS,
};

/* In 64 bits the flags stand behind the type, and all that follows one place further back. */
#define ELF_PHDR "4488888"
enum {
	P_TYPE,
	P_OFFSET,
	P_VADDR,
	P_PADDR,
	P_FILESZ,
	P_MEMSZ,
	P_FLAGS32,
	ELF_PHDR_FIELDS,
};
#define P_FLAGS64 P_OFFSET

#define ELF_SHDR "448888"
enum {
	SH_NAME,
	SH_TYPE,
	SH_FLAGS,
	SH_ADDR,
	SH_OFFSET,
	SH_SIZE,
	ELF_SHDR_FIELDS,
};

#define ELF_EHDR_SIZE(wide) ((wide) ? 64u : 52u)
#define ELF_PHDR_SIZE(wide) ((wide) ? 56u : 32u)
#define ELF_SHDR_SIZE(wide) ((wide) ? 64u : 40u)

/** Unpack the fields of @p layout. What is too large for a core with 32-bit addresses becomes SIZE_MAX, which no check
 * lets pass. */
static inline void elf_unpack(const uint8_t *bytes, bool wide, const char *layout, size_t *fields)
{
	size_t size;
	uint64_t value;

	for (; *layout; layout++) {
		size = (size_t)(*layout - '0');
		if (size == 8 && !wide)
			size = 4;
		value = 0;
		memcpy(&value, bytes, size); /* the library is for little-endian cores */
		*fields++ = (size_t)value == value ? (size_t)value : SIZE_MAX;
		bytes = &bytes[size];
	}
}

#endif /* AMP_ELF_FORMAT_H */
