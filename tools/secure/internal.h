/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the check share among themselves. */
#ifndef AMPRELAY_SECURE_INTERNAL_H
#define AMPRELAY_SECURE_INTERNAL_H

#include "common/text.h"
#include "secure.h"

/** Of minisign: what is signed, and how. */
#define ALGORITHM_HASHED  "ED"
#define ALGORITHM_LEGACY  "Ed"
#define COMMENT_UNTRUSTED "untrusted comment: "
#define COMMENT_TRUSTED   "trusted comment: "

/** "return refuse(error, …)": the text, and -1. */
#define refuse(error, ...) (amp_text((error), SECURE_TEXT_MAX, __VA_ARGS__), -1)

/** A text, line by line. */
struct lines {
	const char *at, *end;
};

/** The next line, without its end. @return its length; SIZE_MAX: there is none */
size_t amp_line_next(struct lines *lines, const char **line);
/** Decodes a line of base64 that has exactly `size` bytes. */
bool amp_line_decode(const char *line, size_t len, uint8_t *out, size_t size);

/** minisign.c: checks FILE.minisig. */
int amp_minisign_verify(const struct secure_key *key, const uint8_t *file, size_t size, const void *signature,
                        size_t signature_size, struct secure_image *image, char *error);
/** minisign.c: takes the words of a trusted comment that are ours. */
int amp_minisign_claims(const char *comment, size_t len, struct secure_image *image, char *error);

/** optee.c: checks the container. */
int amp_optee_verify(const struct secure_key *key, const uint8_t *file, size_t size, struct secure_image *image,
                     char *error);

/** A program header. */
struct elf_segment {
	uint32_t type, flags;
	uint64_t offset, address, filesz, memsz;
};

/** An ELF file of either class whose tables lie within it. */
struct elf_view {
	const uint8_t *data;
	size_t size;
	uint32_t class, machine, phnum, shnum, shstrndx;
	uint64_t entry, phoff, shoff;
};

/** elf_place.c: @return 0, or -1 and a text */
int amp_elf_open(struct elf_view *elf, const uint8_t *data, size_t size, char *error);
/** elf_place.c: program header `index`; its bytes lie within the file. @return 0, or -1 and a text */
int amp_elf_segment(const struct elf_view *elf, uint32_t index, struct elf_segment *segment, char *error);
/** elf_place.c: does all of it lie where it may? @return 0, or -1 and a text */
int amp_elf_place(const struct secure_core *core, const struct secure_image *image, char *error);

#endif
