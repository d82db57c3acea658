// SPDX-License-Identifier: GPL-2.0-only
/*
 * The symboliser works on a private copy of the firmware file, in a memfd: people overwrite firmware files in place
 * while a lab runs, and a mapping of a file that shrinks is a SIGBUS for whoever reads it.
 */
#include "symbols.h"

#include <elfutils/libdwfl.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arch.h"
#include "common/text.h"

#define FIRMWARE_MAX   (256u << 20) /* a larger file is no firmware of these cores */
#define CODE_RANGES    16
#define BUILD_ID_SHOWN 6 /* bytes that messages quote */

struct code_range {
	uint64_t start, end;
};

struct amp_symbols {
	char *path;
	struct stat st; /* of the file when it was read */
	Dwfl *dwfl;
	Dwfl_Module *module; /* NULL: no symbols, broken[] says why */
	char broken[AMP_SYMBOLS_TEXT];
	bool thumb;
	struct code_range code[CODE_RANGES];
	unsigned int num_code;
};

/* Debug information is in the file or nowhere: the library's own search would look on the network. */
static int no_debuginfo(Dwfl_Module *mod, void **user, const char *name, GElf_Addr base, const char *file,
                        const char *link, GElf_Word crc, char **found)
{
	(void)mod, (void)user, (void)name, (void)base, (void)file, (void)link, (void)crc, (void)found;
	return -1;
}

static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_build_id_find_elf,
	.find_debuginfo = no_debuginfo,
	.section_address = dwfl_offline_section_address,
};

struct amp_symbols *amp_symbols_create(void)
{
	return calloc(1, sizeof(struct amp_symbols));
}

static void forget(struct amp_symbols *s)
{
	if (s->dwfl)
		dwfl_end(s->dwfl);
	free(s->path);
	memset(s, 0, sizeof(*s));
}

void amp_symbols_destroy(struct amp_symbols *symbols)
{
	if (!symbols)
		return;
	forget(symbols);
	free(symbols);
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Returns a descriptor of a private copy, or a negative errno. */
static int copy_of_file(int fd, off_t size)
{
	int copy = memfd_create("firmware-symbols", MFD_CLOEXEC);

	if (copy < 0)
		return -errno;
	while (size > 0) {
		ssize_t n = sendfile(copy, fd, NULL, (size_t)size);

		if (n <= 0) { /* 0: it has become shorter since */
			int err = n ? -errno : -EIO;

			close(copy);
			return err;
		}
		size -= n;
	}
	return copy;
}

static void find_code(struct amp_symbols *s, Elf *elf)
{
	Elf_Scn *scn = NULL;

	while (s->num_code < CODE_RANGES && (scn = elf_nextscn(elf, scn))) {
		GElf_Shdr shdr;

		if (!gelf_getshdr(scn, &shdr) || (~shdr.sh_flags & (SHF_ALLOC | SHF_EXECINSTR)) ||
		    shdr.sh_addr + shdr.sh_size < shdr.sh_addr)
			continue;
		s->code[s->num_code++] = (struct code_range){shdr.sh_addr, shdr.sh_addr + shdr.sh_size};
	}
}

/*
 * The line that an instruction belongs to. Not by dwfl_module_getsrc(): it believes .debug_aranges, which functions
 * that the linker has dropped leave broken on RISC-V.
 */
static Dwarf_Line *source_line(struct amp_symbols *s, uint64_t addr)
{
	Dwarf_Die *unit = NULL;
	Dwarf_Addr bias;

	while ((unit = dwfl_module_nextcu(s->module, unit, &bias))) {
		if (dwarf_haspc(unit, addr) == 1)
			return dwarf_getsrc_die(unit, addr);
	}
	return NULL;
}

/* Checks what the library takes for granted. Returns the reason why the file is of no use, or NULL. */
static const char *parse(struct amp_symbols *s, int copy)
{
	const struct amp_arch *arch;
	GElf_Addr bias;
	GElf_Ehdr ehdr;
	Elf *elf;

	s->dwfl = dwfl_begin(&callbacks);
	if (!s->dwfl) {
		close(copy);
		return "out of memory";
	}
	/* takes the descriptor if it succeeds */
	s->module = dwfl_report_offline(s->dwfl, "firmware", "firmware", copy);
	if (!s->module) {
		close(copy);
		return "it is not an ELF file";
	}
	dwfl_report_end(s->dwfl, NULL, NULL);
	elf = dwfl_module_getelf(s->module, &bias);
	if (!elf || !gelf_getehdr(elf, &ehdr))
		return "its ELF header is damaged";
	if (ehdr.e_type != ET_EXEC || bias)
		return "it is not a linked executable";
	arch = amp_arch_find(ehdr.e_machine);
	s->thumb = arch && arch->thumb;
	find_code(s, elf);
	if (dwfl_module_getsymtab(s->module) <= 1)
		return "it has no symbol table";
	/* The first look-up reads the debug information; better now than when a core has crashed. */
	(void)source_line(s, ehdr.e_entry);
	return NULL;
}

static void load(struct amp_symbols *s, int fd)
{
	const char *why;
	int copy;

	if (s->st.st_size > FIRMWARE_MAX || !S_ISREG(s->st.st_mode)) {
		snprintf(s->broken, sizeof(s->broken), "it is not a firmware file");
		return;
	}
	copy = copy_of_file(fd, s->st.st_size);
	if (copy < 0) {
		snprintf(s->broken, sizeof(s->broken), "%s", strerror(-copy));
		return;
	}
	why = parse(s, copy);
	if (why) {
		snprintf(s->broken, sizeof(s->broken), "%s", why);
		s->module = NULL;
	}
}

/* Makes the handle stand for `path` as it is now. Returns 0 or a negative errno. */
static int refresh(struct amp_symbols *s, const char *path)
{
	struct stat st;
	int fd;

	if (s->path && strcmp(s->path, path) == 0 && !stat(path, &st) && same_file(&st, &s->st))
		return 0;
	forget(s);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO in its place must not block */
	if (fd < 0)
		return -errno;
	s->path = strdup(path);
	if (!s->path || fstat(fd, &s->st)) {
		close(fd);
		forget(s);
		return -ENOMEM;
	}
	load(s, fd);
	close(fd);
	return 0;
}

static bool build_id_matches(struct amp_symbols *s, const uint8_t *want, size_t want_len, char *why)
{
	char want_text[2 * BUILD_ID_SHOWN + 1], have_text[2 * BUILD_ID_SHOWN + 1];
	const char *file = basename(s->path);
	const unsigned char *have = NULL;
	GElf_Addr addr;
	int len;

	if (!want_len)
		return true;
	len = dwfl_module_build_id(s->module, &have, &addr);
	if (len == (int)want_len && memcmp(have, want, want_len) == 0)
		return true;
	amp_text_hex(want_text, want, want_len < BUILD_ID_SHOWN ? want_len : BUILD_ID_SHOWN);
	if (len <= 0) {
		snprintf(why, AMP_SYMBOLS_TEXT, "%.60s has no build id, the running firmware has %s", file, want_text);
		return false;
	}
	amp_text_hex(have_text, have, len < BUILD_ID_SHOWN ? (size_t)len : BUILD_ID_SHOWN);
	snprintf(why, AMP_SYMBOLS_TEXT, "%.60s is build %s, the running firmware is %s: it was rebuilt since", file,
	         have_text, want_text);
	return false;
}

bool amp_symbols_open(struct amp_symbols *symbols, const char *path, const uint8_t *build_id, size_t build_id_len,
                      char *why)
{
	int err;

	why[0] = '\0';
	err = refresh(symbols, path);
	if (err) {
		snprintf(why, AMP_SYMBOLS_TEXT, "%.100s: %.50s", path, strerror(-err));
		return false;
	}
	if (!symbols->module) {
		snprintf(why, AMP_SYMBOLS_TEXT, "%.100s: %.50s", path, symbols->broken);
		return false;
	}
	return build_id_matches(symbols, build_id, build_id_len, why);
}

bool amp_symbols_is_code(const struct amp_symbols *symbols, uint64_t addr)
{
	if (symbols->thumb)
		addr &= ~(uint64_t)1;
	for (unsigned int i = 0; i < symbols->num_code; i++) {
		if (addr >= symbols->code[i].start && addr < symbols->code[i].end)
			return true;
	}
	return false;
}

/* Names the instruction at `probe`, as an offset of `addr`. */
static bool name_address(struct amp_symbols *s, uint64_t addr, uint64_t probe, char *out, size_t size)
{
	const char *name, *file;
	char clean[AMP_SYMBOLS_TEXT];
	Dwarf_Line *line;
	GElf_Off offset;
	GElf_Sym sym;
	int number, n;

	out[0] = '\0';
	if (!s->module || !amp_symbols_is_code(s, probe))
		return false;
	/* libdwfl leaves the Thumb bit in the values of symbols: an even address would come before its own function */
	name = dwfl_module_addrinfo(s->module, s->thumb ? probe | 1 : probe, &offset, &sym, NULL, NULL, NULL);
	if (!name || GELF_ST_TYPE(sym.st_info) == STT_OBJECT) /* data among the code, such as a vector table */
		return false;
	amp_text_clean(clean, sizeof(clean), name, sizeof(clean));
	n = snprintf(out, size, "%s+0x%" PRIx64, clean, offset + (addr - probe));
	line = source_line(s, probe);
	file = line && !dwarf_lineno(line, &number) ? dwarf_linesrc(line, NULL, NULL) : NULL;
	if (file && n > 0 && (size_t)n < size) {
		const char *slash = strrchr(file, '/');

		amp_text_clean(clean, sizeof(clean), slash ? slash + 1 : file, sizeof(clean));
		snprintf(out + n, size - (size_t)n, " (%s:%d)", clean, number);
	}
	return true;
}

bool amp_symbols_lookup(struct amp_symbols *symbols, uint64_t addr, char *out, size_t size)
{
	if (symbols->thumb)
		addr &= ~(uint64_t)1;
	return name_address(symbols, addr, addr, out, size);
}

bool amp_symbols_lookup_caller(struct amp_symbols *symbols, uint64_t addr, char *out, size_t size)
{
	if (symbols->thumb)
		addr &= ~(uint64_t)1;
	return addr && name_address(symbols, addr, addr - (symbols->thumb ? 2 : 1), out, size);
}

bool amp_symbols_source(struct amp_symbols *symbols, uint64_t addr, bool caller, struct amp_source *source)
{
	const char *name, *file;
	Dwarf_Line *line;

	if (symbols->thumb)
		addr &= ~(uint64_t)1;
	if (caller)
		addr -= symbols->thumb ? 2 : 1;
	if (!symbols->module || !amp_symbols_is_code(symbols, addr))
		return false;
	name = dwfl_module_addrname(symbols->module, symbols->thumb ? addr | 1 : addr);
	line = source_line(symbols, addr);
	file = line && dwarf_lineno(line, &source->line) == 0 ? dwarf_linesrc(line, NULL, NULL) : NULL;
	if (!name || !file || strlen(file) >= sizeof(source->file))
		return false;
	amp_text_clean(source->function, sizeof(source->function), name, sizeof(source->function));
	strcpy(source->file, file);
	return true;
}
