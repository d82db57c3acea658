// SPDX-License-Identifier: GPL-2.0-only
/* Every field of an ELF file that is used: the last good and the first bad value on each side of its limits. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#define ANY  2 /* class: both */
#define E(x) (-AMP_RPROC_ERR_##x)

struct row {
	struct elf_field_ref field;
	unsigned int index;
	int cls; /* 0: 32 bits, 1: 64, ANY */
	uint64_t value;
	int error; /* 0: loads */
};

#define TABLE_SECTION 2
#define NAMES_SECTION 3

static struct elf_image build(bool wide)
{
	struct elf_spec spec = elf_default_spec(wide);

	spec.table = &good_table;
	spec.table_size = sizeof(good_table);
	return elf_build(&spec);
}

static int load(const struct elf_image *image)
{
	struct amp_mem_store store = {image->bytes, image->size};

	return remoteproc_load(&rproc, NULL, &store, &amp_mem_store_ops, NULL);
}

/* The same through a stream: no check may depend on the store. */
static int read_some(void *arg, void *buf, size_t size)
{
	struct amp_mem_store *left = arg;
	size_t some = metal_min(size, left->size);

	memcpy(buf, left->image, some);
	left->image = (const char *)left->image + some;
	left->size -= some;
	return (int)some;
}

static int load_stream(const struct elf_image *image)
{
	struct amp_mem_store left = {image->bytes, image->size};
	uint8_t buf[61];
	struct amp_stream_store store = {.read = read_some, .arg = &left, .buf = buf, .buf_size = sizeof(buf)};

	return remoteproc_load(&rproc, NULL, &store, &amp_stream_store_ops, NULL);
}

static void try_row(const struct row *row, bool wide, unsigned int number)
{
	struct elf_image image = build(wide);
	int status, streamed;

	elf_set_field(&image, &row->field, row->index, row->value);
	status = load(&image);
	streamed = load_stream(&image);
	if (status != row->error)
		fail_msg("row %u, %d bits, value 0x%llx: %d (%s) instead of %d", number, wide ? 64 : 32,
		         (unsigned long long)row->value, status, amp_remoteproc_strerror(status), row->error);
	if (streamed != row->error && streamed != E(STREAM))
		fail_msg("row %u, %d bits, value 0x%llx, streamed: %d instead of %d", number, wide ? 64 : 32,
		         (unsigned long long)row->value, streamed, row->error);
	assert_int_equal(live_allocations(), 0);
	assert_int_equal(rproc.state, streamed ? RPROC_CONFIGURED : RPROC_READY);
	if (streamed)
		assert_null(rproc.rsc_table);
	check_canaries();
	elf_free(&image);
}

static void try_rows(const struct row *rows, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		if (rows[i].cls != 1)
			try_row(&rows[i], false, i);
		if (rows[i].cls != 0 && AMP_WITH_ELF64)
			try_row(&rows[i], true, i);
	}
}

static void fields_of_the_header_are_checked(void **state)
{
	static const struct row rows[] = {
		{EH(e_type), 0, ANY, ET_REL, E(ELF_HEADER)},
		{EH(e_type), 0, ANY, ET_EXEC, 0},
		{EH(e_type), 0, ANY, ET_DYN, 0},
		{EH(e_type), 0, ANY, ET_CORE, E(ELF_HEADER)},
		{EH(e_version), 0, ANY, 0, E(ELF_HEADER)},
		{EH(e_version), 0, ANY, 2, E(ELF_HEADER)},
		{EH(e_ehsize), 0, 0, 51, E(ELF_HEADER)},
		{EH(e_ehsize), 0, 0, 53, E(ELF_HEADER)},
		{EH(e_ehsize), 0, 1, 63, E(ELF_HEADER)},
		{EH(e_ehsize), 0, 1, 65, E(ELF_HEADER)},
		{EH(e_entry), 0, 0, UINT32_MAX - 1, 0},
		{EH(e_entry), 0, 1, METAL_BAD_PHYS - 1, 0},
		{EH(e_entry), 0, 1, METAL_BAD_PHYS, E(ELF_HEADER)},
		{EH(e_phoff), 0, 0, 51, E(ELF_SEGMENTS)},
		{EH(e_phoff), 0, 1, 63, E(ELF_SEGMENTS)},
		{EH(e_phoff), 0, ANY, 0, E(ELF_SEGMENTS)},
		{EH(e_phoff), 0, 1, SIZE_MAX - 3 * 56, E(TRUNCATED)},
		{EH(e_phoff), 0, 1, SIZE_MAX - 3 * 56 + 1, E(ELF_SEGMENTS)},
		{EH(e_phoff), 0, 1, UINT64_MAX, E(ELF_SEGMENTS)},
		{EH(e_phoff), 0, 0, UINT32_MAX, E(TRUNCATED)},
		{EH(e_phentsize), 0, 0, 31, E(ELF_SEGMENTS)},
		{EH(e_phentsize), 0, 0, 33, E(ELF_SEGMENTS)},
		{EH(e_phentsize), 0, 1, 55, E(ELF_SEGMENTS)},
		{EH(e_phentsize), 0, 1, 57, E(ELF_SEGMENTS)},
		{EH(e_phnum), 0, ANY, 0, E(ELF_SEGMENTS)},
		{EH(e_phnum), 0, ANY, 129, E(ELF_SEGMENTS)},
		{EH(e_phnum), 0, ANY, 0xffff, E(ELF_SEGMENTS)},
		{EH(e_shoff), 0, ANY, 0, E(ELF_SECTIONS)},
		{EH(e_shoff), 0, 0, 51, E(ELF_SECTIONS)},
		{EH(e_shoff), 0, 1, 63, E(ELF_SECTIONS)},
		{EH(e_shoff), 0, 1, SIZE_MAX - 4 * 64, E(TRUNCATED)},
		{EH(e_shoff), 0, 1, SIZE_MAX - 4 * 64 + 1, E(ELF_SECTIONS)},
		{EH(e_shoff), 0, 1, UINT64_MAX, E(ELF_SECTIONS)},
		{EH(e_shoff), 0, 0, UINT32_MAX, E(TRUNCATED)},
		{EH(e_shentsize), 0, 0, 39, E(ELF_SECTIONS)},
		{EH(e_shentsize), 0, 0, 41, E(ELF_SECTIONS)},
		{EH(e_shentsize), 0, 1, 63, E(ELF_SECTIONS)},
		{EH(e_shentsize), 0, 1, 65, E(ELF_SECTIONS)},
		{EH(e_shnum), 0, ANY, 0, E(ELF_SECTIONS)},
		{EH(e_shnum), 0, ANY, 3, E(ELF_SECTIONS)}, /* the names are then in a section that there is not */
		{EH(e_shnum), 0, ANY, 5, E(TRUNCATED)},
		{EH(e_shstrndx), 0, ANY, 0, 0},               /* no names: no resource table */
		{EH(e_shstrndx), 0, ANY, 2, E(ELF_SECTIONS)}, /* not a table of names */
		{EH(e_shstrndx), 0, ANY, 4, E(ELF_SECTIONS)},
		{EH(e_shstrndx), 0, ANY, SHN_XINDEX, E(ELF_SECTIONS)},
	};

	(void)state;
	try_rows(rows, metal_dim(rows));
}

#define MEM_END ((uint64_t)MEM_DA + MEM_SIZE)

static void fields_of_segments_are_checked(void **state)
{
	static const struct row rows[] = {
		{PH(p_type), 0, ANY, PT_NOTE, 0}, /* not loaded */
		{PH(p_type), 1, ANY, PT_NOTE, 0}, /* nor is this one, but for the resource table in it */
		/* segment 1 is 0x180 bytes of file, 0x300 of memory */
		{PH(p_filesz), 1, ANY, 0x301, E(SEGMENT)},
		{PH(p_filesz), 1, ANY, UINT32_MAX, E(SEGMENT)},
		{PH(p_filesz), 1, 1, UINT64_MAX, E(SEGMENT)},
		{PH(p_memsz), 1, ANY, 0x180, 0},
		{PH(p_memsz), 1, ANY, 0x17f, E(SEGMENT)},
		{PH(p_memsz), 1, ANY, 0, E(SEGMENT)},
		{PH(p_memsz), 1, ANY, 0x2001, 0}, /* zeroes over zeroes of segment 2 … */
		{PH(p_memsz), 1, ANY, 0x3000, 0}, /* … and up to the end of memory */
		{PH(p_memsz), 1, ANY, 0x3001, E(SEGMENT_MEMORY)},
		{PH(p_memsz), 0, ANY, 0x1001, 0}, /* zeroes over bytes of segment 1 */
		{PH(p_memsz), 2, ANY, 0x1000, 0}, /* up to the end of memory */
		{PH(p_memsz), 2, ANY, 0x1001, E(SEGMENT_MEMORY)},
		{PH(p_memsz), 2, 1, 0x7fffffff, E(SEGMENT_MEMORY)},
		{PH(p_memsz), 2, 1, 0x80000000, E(SEGMENT)},
		{PH(p_memsz), 2, 1, UINT64_MAX, E(SEGMENT)},
		{PH(p_paddr), 2, ANY, MEM_END - 0x100, 0},
		{PH(p_paddr), 2, ANY, MEM_END - 0xff, E(SEGMENT_MEMORY)},
		{PH(p_paddr), 0, ANY, MEM_DA - 1, E(SEGMENT_MEMORY)},
		{PH(p_paddr), 2, ANY, 0, E(SEGMENT_MEMORY)},
		{PH(p_paddr), 2, ANY, MEM_DA, 0},                  /* zeroes over bytes of segment 0 */
		{PH(p_paddr), 0, ANY, MEM_DA + 0x1000 - 0x120, 0}, /* right before segment 1 */
		{PH(p_paddr), 0, ANY, MEM_DA + 0x1000 - 0x11f, E(SEGMENT)},
		{PH(p_paddr), 2, 1, METAL_BAD_PHYS - 0x100, E(SEGMENT_MEMORY)},
		{PH(p_paddr), 2, 1, METAL_BAD_PHYS - 0xff, E(SEGMENT)},
		{PH(p_paddr), 2, 0, UINT32_MAX, E(SEGMENT_MEMORY)}, /* the address does not wrap to 0 */
		{PH(p_paddr), 1, ANY, MEM_DA + 0x120,
	         0}, /* right behind segment 0; the table is not where it runs then */
		{PH(p_paddr), 1, ANY, MEM_DA + 0x11f, E(SEGMENT)},
		{PH(p_paddr), 1, ANY, MEM_DA + 0x1001, E(SEGMENT)}, /* its table would lie on top of it */
		{PH(p_offset), 0, 1, SIZE_MAX - 0x120, E(TRUNCATED)},
		{PH(p_offset), 0, 1, SIZE_MAX - 0x11f, E(SEGMENT)},
		{PH(p_offset), 0, 0, UINT32_MAX, E(TRUNCATED)},
		{PH(p_offset), 2, 1, UINT64_MAX, 0}, /* nothing is taken from there */
	};

	(void)state;
	try_rows(rows, metal_dim(rows));
}

static void fields_of_sections_are_checked(void **state)
{
	struct elf_image image = build(true);
	uint64_t names = 33; /* bytes of section names */
	uint64_t table = image.segment_offset[1];
	const struct row rows[] = {
		{SH(sh_name), 1, ANY, names - 1, 0},
		{SH(sh_name), 1, ANY, names, E(ELF_SECTIONS)},
		{SH(sh_name), 1, ANY, UINT32_MAX, E(ELF_SECTIONS)},
		{SH(sh_name), TABLE_SECTION, ANY, 8, 0}, /* "resource_table": not the name */
		{SH(sh_type), NAMES_SECTION, ANY, SHT_PROGBITS, E(ELF_SECTIONS)},
		{SH(sh_size), NAMES_SECTION, ANY, 0, E(ELF_SECTIONS)},
		{SH(sh_size), NAMES_SECTION, ANY, names, 0},
		{SH(sh_size), NAMES_SECTION, ANY, names - 1, E(ELF_SECTIONS)}, /* not terminated */
		{SH(sh_size), NAMES_SECTION, ANY, 65536, E(TRUNCATED)},
		{SH(sh_size), NAMES_SECTION, ANY, 65537, E(ELF_SECTIONS)},
		{SH(sh_size), NAMES_SECTION, ANY, UINT32_MAX, E(ELF_SECTIONS)},
		{SH(sh_offset), NAMES_SECTION, 1, SIZE_MAX - names, E(TRUNCATED)},
		{SH(sh_offset), NAMES_SECTION, 1, SIZE_MAX - names + 1, E(ELF_SECTIONS)},
		{SH(sh_offset), NAMES_SECTION, 0, UINT32_MAX, E(TRUNCATED)},
		{SH(sh_type), TABLE_SECTION, ANY, SHT_NOBITS, 0}, /* no table */
		{SH(sh_type), TABLE_SECTION, ANY, SHT_NOTE, 0},   /* a table all the same */
		{SH(sh_size), TABLE_SECTION, ANY, 0, 0},          /* no table */
		{SH(sh_size), TABLE_SECTION, ANY, 15, -RPROC_ERR_RSC_TAB_TRUNC},
		{SH(sh_size), TABLE_SECTION, ANY, 16, -RPROC_ERR_RSC_TAB_TRUNC}, /* room for no offset */
		{SH(sh_size), TABLE_SECTION, ANY, sizeof(good_table) - 1, -RPROC_ERR_RSC_TAB_TRUNC},
		{SH(sh_size), TABLE_SECTION, ANY, 0x180, 0},
		{SH(sh_size), TABLE_SECTION, ANY, 0x181, E(SEGMENT)}, /* not of the segment, but on top of it */
		{SH(sh_size), TABLE_SECTION, ANY, 65537, E(RSC_PLACE)},
		{SH(sh_size), TABLE_SECTION, 1, UINT64_MAX, E(RSC_PLACE)},
		{SH(sh_size), TABLE_SECTION, ANY, 65536, E(SEGMENT)},
		{SH(sh_offset), TABLE_SECTION, 1, table - 1, E(SEGMENT)},
		{SH(sh_offset), TABLE_SECTION, 1, table + 2, E(SEGMENT)},
		{SH(sh_offset), TABLE_SECTION, 1, UINT64_MAX, E(RSC_PLACE)},
		{SH(sh_offset), TABLE_SECTION, 0, UINT32_MAX, E(SEGMENT)},
		{SH(sh_addr), TABLE_SECTION, ANY, MEM_DA + 0x1004, E(SEGMENT)},
		{SH(sh_addr), TABLE_SECTION, ANY, MEM_DA + 0x1180, 0}, /* among the zeroes of its own segment */
		{SH(sh_addr), TABLE_SECTION, ANY, MEM_DA + 0x2002, E(RSC_PLACE)}, /* misaligned */
		{SH(sh_addr), TABLE_SECTION, ANY, MEM_DA + MEM_SIZE - sizeof(good_table), 0},
		{SH(sh_addr), TABLE_SECTION, ANY, MEM_DA + MEM_SIZE - sizeof(good_table) + 4, E(SEGMENT_MEMORY)},
		{SH(sh_addr), TABLE_SECTION, ANY, MEM_DA - 0x100, E(SEGMENT_MEMORY)},
		{SH(sh_addr), TABLE_SECTION, 0, UINT32_MAX, E(SEGMENT_MEMORY)},
		{SH(sh_addr), TABLE_SECTION, 1, UINT64_MAX, E(SEGMENT)},
	};

	(void)state;
	elf_free(&image);
	try_rows(rows, metal_dim(rows));
}

static void bytes_of_the_identification_are_checked(void **state)
{
	static const struct {
		unsigned int byte;
		uint8_t value;
		int error;
	} rows[] = {
		{EI_MAG0, 0x7e, E(FORMAT)},   {EI_MAG3, 'G', E(FORMAT)},      {EI_CLASS, 0, E(ELF_HEADER)},
		{EI_CLASS, 3, E(ELF_HEADER)}, {EI_DATA, 0, E(ELF_HEADER)},    {EI_DATA, ELFDATA2MSB, E(ENDIAN)},
		{EI_DATA, 3, E(ELF_HEADER)},  {EI_VERSION, 0, E(ELF_HEADER)}, {EI_VERSION, 2, E(ELF_HEADER)},
		{EI_OSABI, 0xff, 0},          {EI_ABIVERSION, 0xff, 0},       {EI_PAD, 0xff, 0},
	};
	struct elf_image image;

	(void)state;
	for (unsigned int i = 0; i < metal_dim(rows); i++) {
		image = build(i % 2);
		image.bytes[rows[i].byte] = rows[i].value;
		assert_int_equal(load(&image), rows[i].error);
		assert_int_equal(load_stream(&image), rows[i].error);
		elf_free(&image);
	}
}

static void an_image_for_another_cpu_is_refused_if_the_core_says_what_it_is(void **state)
{
	struct elf_image image = build(false);

	(void)state;
	rproc.elf_machine = EM_ARM;
	assert_int_equal(load(&image), 0);
	rproc.elf_machine = EM_RISCV;
	assert_int_equal(load(&image), E(MACHINE));
	for (unsigned int i = 0; i < MEM_SIZE; i++)
		memory[i] = FRESH;
	assert_int_equal(load(&image), E(MACHINE));
	assert_int_equal(memory[0], FRESH); /* refused before anything was written */
	elf_free(&image);
}

/* Else the first of them would be looked for before the bytes that were read. */
static void section_headers_on_top_of_the_header_are_refused_whatever_they_hold(void **state)
{
	static const struct elf_field_ref shoff = EH(e_shoff), type = SH(sh_type), offset = SH(sh_offset),
					  size = SH(sh_size);
	struct elf_image image = build(false);

	(void)state;
	elf_set_field(&image, &shoff, 0, sizeof(Elf32_Ehdr) - 1);
	elf_set_field(&image, &type, NAMES_SECTION, SHT_STRTAB);
	elf_set_field(&image, &offset, NAMES_SECTION,
	              60); /* a byte of the first program header's p_vaddr, which is 0 */
	elf_set_field(&image, &size, NAMES_SECTION, 1);
	assert_int_equal(load(&image), E(ELF_SECTIONS));
	elf_free(&image);
}

static void as_many_segments_as_are_allowed_load(void **state)
{
	enum {
		MAX = 128
	};
	size_t size = sizeof(Elf32_Ehdr) + MAX * sizeof(Elf32_Phdr) + MAX * 4;
	uint8_t *bytes = calloc(1, size);
	struct elf_image image = {.bytes = bytes, .size = size};
	Elf32_Ehdr *header = (void *)bytes;
	Elf32_Phdr *phdr = (void *)(header + 1);
	uint8_t *data = (uint8_t *)(phdr + MAX);

	(void)state;
	memcpy(header->e_ident, ELFMAG "\1\1\1", 7);
	header->e_type = ET_EXEC;
	header->e_version = 1;
	header->e_ehsize = sizeof(*header);
	header->e_phoff = sizeof(*header);
	header->e_phentsize = sizeof(*phdr);
	header->e_phnum = MAX;
	for (unsigned int i = 0; i < MAX; i++) {
		/* In memory in the reverse order of that in the file; some share a place in the file, being the same
		 * bytes. */
		phdr[i].p_type = PT_LOAD;
		phdr[i].p_offset = (Elf32_Off)(data - bytes) + (i / 2) * 4;
		phdr[i].p_paddr = MEM_DA + (MAX - i) * 8;
		phdr[i].p_filesz = 4;
		phdr[i].p_memsz = 8;
		memset(data + i * 4, (int)i, 4);
	}
	assert_int_equal(load(&image), 0);
	for (unsigned int i = 0; i < MAX; i++) {
		assert_int_equal(memory[(MAX - i) * 8], i / 2);
		assert_int_equal(memory[(MAX - i) * 8 + 7], 0);
	}
	free(bytes);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bytes_of_the_identification_are_checked),
		TEST(fields_of_the_header_are_checked),
		TEST(fields_of_segments_are_checked),
		TEST(fields_of_sections_are_checked),
		TEST(an_image_for_another_cpu_is_refused_if_the_core_says_what_it_is),
		TEST(section_headers_on_top_of_the_header_are_refused_whatever_they_hold),
		TEST(as_many_segments_as_are_allowed_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
