/* SPDX-License-Identifier: BSD-3-Clause */
/* ELF structures as bytes, unpacked to numbers: one code for both classes, for any alignment, on any core. */
#ifndef AMP_ELF_FORMAT_H
#define AMP_ELF_FORMAT_H

#include <openamp/elf_loader.h>

#include <stddef.h>
#include <stdint.h>

#define ELF_MAGIC     0x464c457fu /* ELFMAG, as a number */
#define ELF_KIND_32   0x010101u   /* class, byte order and version: little-endian, 1; that of 64 bits is one more */
#define ELF_KIND_MASK 0xffffffu

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

/* wide: 1 if it has 64 bits, 0 if 32 */
#define ELF_EHDR_SIZE(wide) (52u + 12u * (wide))
#define ELF_PHDR_SIZE(wide) (32u + 24u * (wide))
#define ELF_SHDR_SIZE(wide) (40u + 24u * (wide))

/* Numbers at any place. The library is for little-endian cores. */
struct elf_half {
	uint16_t it;
} __attribute__((__packed__, __may_alias__));
struct elf_word {
	uint32_t it;
} __attribute__((__packed__, __may_alias__));

static inline uint32_t elf_word(const void *bytes)
{
	return ((const struct elf_word *)bytes)->it;
}

/** Unpack the fields of @p layout. What is too large for a core with 32-bit addresses becomes SIZE_MAX, which no check
 * lets pass. */
static inline void elf_unpack(const uint8_t *bytes, unsigned int wide, const char *layout, size_t *fields)
{
	unsigned int size;
	uint64_t value;

	for (; *layout; layout++) {
		size = (unsigned int)(*layout - '0');
		value = size == 2 ? ((const struct elf_half *)(const void *)bytes)->it : elf_word(bytes);
		if (size == 8 && wide)
			value |= (uint64_t)elf_word(bytes + 4) << 32;
		else if (size == 8)
			size = 4;
		*fields++ = (size_t)value == value ? (size_t)value : SIZE_MAX;
		bytes = &bytes[size];
	}
}

#endif /* AMP_ELF_FORMAT_H */
