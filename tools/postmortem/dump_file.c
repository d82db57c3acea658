// SPDX-License-Identifier: GPL-2.0-only
#include "dump_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <gelf.h>
#include <libelf.h>

#include "common/text.h"

#define FILE_MAX (UINT64_C(1) << 30)

static bool bad(char *error, const char *path, const char *what)
{
	amp_text(error, AMP_DUMPFILE_TEXT, "%s: %s", path, what);
	return false;
}

/* ------------------------------------------------------------------ files */

static uint8_t *read_stream(FILE *file, size_t size)
{
	uint8_t *bytes = malloc(size + 1); /* so that an empty file is no NULL */

	if (bytes && fread(bytes, 1, size, file) != size) {
		free(bytes);
		errno = errno ? errno : EIO;
		return NULL;
	}
	return bytes;
}

const uint8_t *amp_dumpfile_read_file(struct amp_dumpfile *dump, const char *path, size_t *size, char *error)
{
	FILE *file = dump->num_files < AMP_DUMPFILE_PIECES ? fopen(path, "re") : NULL;
	uint8_t *bytes = NULL;
	struct stat st;

	if (!file) {
		bad(error, path, dump->num_files < AMP_DUMPFILE_PIECES ? strerror(errno) : "too many files");
		return NULL;
	}
	if (fstat(fileno(file), &st) || !S_ISREG(st.st_mode)) {
		bad(error, path, "no regular file");
	} else if ((uint64_t)st.st_size > FILE_MAX) {
		bad(error, path, "larger than 1 GiB");
	} else {
		bytes = read_stream(file, (size_t)st.st_size);
		if (!bytes)
			bad(error, path, strerror(errno));
	}
	fclose(file);
	if (!bytes)
		return NULL;
	dump->files[dump->num_files++] = bytes;
	*size = (size_t)st.st_size;
	return bytes;
}

static bool add_piece(struct amp_dumpfile *dump, const struct amp_dumpfile_piece *piece)
{
	if (piece->size == 0)
		return true;
	if (dump->pieces == AMP_DUMPFILE_PIECES || piece->da > UINT64_MAX - piece->size)
		return false;
	dump->piece[dump->pieces++] = *piece;
	return true;
}

bool amp_dumpfile_add_raw(struct amp_dumpfile *dump, uint64_t da, const char *path, char *error)
{
	size_t size;
	const uint8_t *bytes = amp_dumpfile_read_file(dump, path, &size, error);
	struct amp_dumpfile_piece piece = {.da = da, .bytes = bytes};

	if (!bytes)
		return false;
	piece.size = piece.filled = size;
	return add_piece(dump, &piece) || bad(error, path, "does not fit behind that address");
}

/* ------------------------------------------------------------------ ELF */

/* The first NT_PRSTATUS of a note segment. */
static void take_notes(struct amp_dumpfile *dump, const uint8_t *notes, size_t size)
{
	const size_t head = 3 * sizeof(uint32_t);
	uint32_t words[3]; /* sizes of name and contents, type */

	for (size_t at = 0; size - at >= head && dump->prstatus_size == 0;) {
		uint64_t name, contents;

		memcpy(words, notes + at, head);
		at += head;
		name = ((uint64_t)words[0] + 3) & ~UINT64_C(3);
		contents = ((uint64_t)words[1] + 3) & ~UINT64_C(3);
		if (name > size - at || contents > size - at - name)
			return;
		if (words[2] == NT_PRSTATUS && words[1] <= sizeof(dump->prstatus)) {
			memcpy(dump->prstatus, notes + at + name, words[1]);
			dump->prstatus_size = words[1];
		}
		at += name + contents;
	}
}

/* A segment that the file does not hold whole is taken as far as it goes. */
static void take_segment(struct amp_dumpfile *dump, const GElf_Phdr *segment, const uint8_t *bytes, size_t size)
{
	struct amp_dumpfile_piece piece = {.da = segment->p_paddr ? segment->p_paddr : segment->p_vaddr};

	if (segment->p_offset > size)
		return;
	piece.bytes = bytes + segment->p_offset;
	piece.filled = size - segment->p_offset;
	if (piece.filled > segment->p_filesz)
		piece.filled = segment->p_filesz;
	/* what is not in the file though it should be is unknown, not zero */
	piece.size = piece.filled < segment->p_filesz ? piece.filled : segment->p_memsz;
	if (piece.size < piece.filled)
		piece.size = piece.filled;
	if (segment->p_type == PT_LOAD)
		add_piece(dump, &piece);
	else if (segment->p_type == PT_NOTE)
		take_notes(dump, piece.bytes, piece.filled);
}

static bool take_elf(struct amp_dumpfile *dump, Elf *elf, const uint8_t *bytes, size_t size, const char *path,
                     char *error)
{
	GElf_Ehdr header;
	GElf_Phdr segment;
	size_t segments;

	if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header))
		return bad(error, path, "no ELF file; bytes without a header are given with --raw ADDRESS");
	if (header.e_ident[EI_DATA] != ELFDATA2LSB)
		return bad(error, path, "not little-endian");
	if (header.e_type != ET_CORE)
		return bad(error, path, "an ELF file, but no dump: its type is not CORE");
	if (elf_getphdrnum(elf, &segments) || segments == 0)
		return bad(error, path, "no segments: is it whole?");
	dump->elf_machine = header.e_machine;
	for (size_t i = 0; i < segments && i < AMP_DUMPFILE_PIECES; i++) {
		if (gelf_getphdr(elf, (int)i, &segment))
			take_segment(dump, &segment, bytes, size);
	}
	return dump->pieces > 0 || bad(error, path, "no memory in it: is it whole?");
}

bool amp_dumpfile_add_elf(struct amp_dumpfile *dump, const char *path, char *error)
{
	size_t size;
	const uint8_t *bytes = amp_dumpfile_read_file(dump, path, &size, error);
	Elf *elf;
	bool taken;

	if (!bytes)
		return false;
	elf_version(EV_CURRENT);
	elf = elf_memory((char *)bytes, size);
	taken = take_elf(dump, elf, bytes, size, path, error);
	elf_end(elf);
	return taken;
}

/* ------------------------------------------------------------------ memory */

bool amp_dumpfile_read(void *context, uint64_t addr, void *copy, size_t size)
{
	const struct amp_dumpfile *dump = context;
	uint8_t *to = copy;

	while (size > 0) {
		const struct amp_dumpfile_piece *found = NULL;
		uint64_t at, n;

		for (uint32_t i = 0; i < dump->pieces && !found; i++) {
			if (addr >= dump->piece[i].da && addr - dump->piece[i].da < dump->piece[i].size)
				found = &dump->piece[i];
		}
		if (!found)
			return false;
		at = addr - found->da;
		n = found->size - at < size ? found->size - at : size;
		memset(to, 0, n);
		if (at < found->filled)
			memcpy(to, found->bytes + at, n < found->filled - at ? n : found->filled - at);
		to += n;
		addr += n;
		size -= n;
	}
	return true;
}

void amp_dumpfile_free(struct amp_dumpfile *dump)
{
	for (uint32_t i = 0; i < dump->num_files; i++)
		free(dump->files[i]);
	*dump = (struct amp_dumpfile){0};
}
