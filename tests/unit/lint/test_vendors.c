// SPDX-License-Identifier: GPL-2.0-only
/* Layouts of public firmware, of Zephyr, ST, NXP, TI and AMD: nothing worse than a note is said of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include <amprelay/buffer_sizes.h>
#include <amprelay/lint.h>
#include <openamp/open_amp.h>

#include "image.h"

#define MEM_DA 0x20000000u
#include "../remoteproc_host/vendor_tables.h"

#define PRU 144 /* EM_TI_PRU */

/* "name", four bytes a word. */
#define NAME(a, b, c) (a), (b), (c), 0, 0, 0, 0, 0

struct firmware {
	const char *whose;
	struct image image;
};

#define TABLE(...) .words = sizeof((uint32_t[]){__VA_ARGS__}) / 4, .table = {__VA_ARGS__}
#define COMMON(n)  .type = ET_EXEC, .segments = (n), .table_name = ".resource_table", .table_type = SHT_PROGBITS
#define RWX        (PF_R | PF_W | PF_X)

static const struct firmware firmwares[] = {
	{"Zephyr on Cortex-M: code in flash, data copied from there, table in RAM; a trace in front of the device",
         {COMMON(3), .machine = EM_ARM, .entry = 0x10000401,
          .segment = {{PT_LOAD, PF_R | PF_X, 0x10000000, 0x10000000, 0x2000, 0x2000},
                      {PT_LOAD, PF_R | PF_W, 0x20000000, 0x10002000, 0x200, 0x200},
                      {PT_LOAD, PF_R | PF_W, 0x20000200, 0x20000200, 0, 0x4000}},
          .code = {0x20004000, 0x10000401}, .m_profile = true, .symbols = 1, .symbol = {{"_vector_table", 0x10000000}},
          .table_segment = 1,
          TABLE(1, 2, 0, 0, 0x18, 0x48, /**/ 2, 0x20000200, 0x1000, 0, NAME(0x5f6d6172, 0x736e6f63, 0x656c6f),
                /**/ VDEV(0), VRING(ANY, 16, 8, 0), VRING(ANY, 16, 8, 1))}},
	{"STM32MP1: linked to run in retained RAM, the table where it runs; a trace of no bytes",
         {COMMON(3), .machine = EM_ARM, .entry = 0x10000341,
          .segment = {{PT_LOAD, PF_R, 0, 0, 0x298, 0x298},
                      {PT_LOAD, PF_R | PF_X, 0x10000000, 0x10000000, 0x4000, 0x4000},
                      {PT_LOAD, PF_R | PF_W, 0x10020000, 0x10004000, 0x90, 0x2000}},
          .code = {0x10040000, 0x10000341}, .m_profile = true, .symbols = 3,
          .symbol = {{"g_pfnVectors", 0}, {"_sstack", 0x1003fc00}, {"_estack", 0x10040000}}, .table_segment = 2,
          TABLE(1, 2, 0, 0, 0x18, 0x5c, /**/ VDEV(0), VRING(ANY, 16, 16, 0), VRING(ANY, 16, 16, 1), /**/ 2, 0, 0, 0,
                NAME(0x5f346d63, 0x00676f6c, 0))}},
	{"NXP i.MX: rings at fixed places in DDR; heap and stack of the vendor's scripts",
         {COMMON(2), .machine = EM_ARM, .entry = 0x1ffe0485,
          .segment = {{PT_LOAD, PF_R | PF_X, 0x1ffe0000, 0x1ffe0000, 0x3000, 0x3000},
                      {PT_LOAD, RWX, 0x20000000, 0x20000000, 0x100, 0x4000}},
          .code = {0x20020000, 0x1ffe0485}, .m_profile = true, .symbols = 5,
          .symbol = {{"__isr_vector", 0x1ffe0000},
                     {"__HeapBase", 0x20004000},
                     {"__HeapLimit", 0x20004400},
                     {"__StackLimit", 0x2001fc00},
                     {"__StackTop", 0x20020000}},
          .table_segment = 1,
          TABLE(1, 1, 0, 0, 0x14, /**/ VDEV(0), VRING(0x55000000, 4096, 256, 0), VRING(0x55008000, 4096, 256, 1))}},
	{"TI's PRU: code and data both begin at 0; addresses are the host's to choose, notify ids all 0",
         {COMMON(2), .machine = PRU, .entry = 0,
          .segment = {{PT_LOAD, PF_R | PF_X, 0, 0, 0x800, 0x800}, {PT_LOAD, PF_R | PF_W, 0, 0, 0x100, 0x200}},
          .table_segment = 1, TABLE(1, 1, 0, 0, 0x14, /**/ VDEV(0), VRING(ANY, 16, 16, 0), VRING(ANY, 16, 16, 0))}},
	{"TI K3: a table at the beginning of a page of DDR, in falling order, with two devices",
         {COMMON(3), .machine = EM_ARM, .entry = 0,
          .segment = {{PT_LOAD, PF_R | PF_X, 0, 0, 0x40, 0x40},
                      {PT_LOAD, RWX, 0xa0100000, 0xa0100000, 0x1000, 0x1000},
                      {PT_LOAD, RWX, 0xa0101000, 0xa0101000, 0x4000, 0x80000}},
          .table_segment = 1,
          TABLE(1, 3, 0, 0, 0xa8, 0x60, 0x1c, /**/ VDEV(0), VRING(ANY, 4096, 256, 0), VRING(ANY, 4096, 256, 1),
                /**/ VDEV(0), VRING(ANY, 4096, 256, 2), VRING(ANY, 4096, 256, 3), 0, /**/ 2, 0xa0110000, 0x80000 / 2, 0,
                NAME(0x63617274, 0x30722d65, 0))}},
	{"AMD's R5: vectors at 0, a carveout for code, rings for the host to place, a crash report behind",
         {COMMON(2), .machine = EM_ARM, .entry = 0x3c,
          .segment = {{PT_LOAD, RWX, 0, 0, 0x700, 0x700}, {PT_LOAD, RWX, 0x3ed00000, 0x3ed00000, 0x8000, 0x20000}},
          .symbols = 4,
          .symbol = {{"_stack_end", 0x3ed1a000},
                     {"__stack", 0x3ed1c000},
                     {"_heap_start", 0x3ed18000},
                     {"_heap_end", 0x3ed1a000}},
          .table_segment = 1,
          TABLE(1, 3, 0, 0, 0x1c, 0x54, 0x98, /**/ 0, 0x3ed00000, 0x3ed00000, 0x40000, 0, 0, NAME(0x52524144, 0, 0),
                /**/ VDEV(0), VRING(ANY, 4096, 256, 1), VRING(ANY, 4096, 256, 2), /**/ 128, 0, 0, 0, 0, 0, 0)}},
	{"any core: entries beyond the first 4 KiB of a table",
         {COMMON(2), .machine = EM_RISCV, .entry = 0x80000000,
          .segment = {{PT_LOAD, PF_R | PF_X, 0x80000000, 0x80000000, 0x1000, 0x1000},
                      {PT_LOAD, PF_R | PF_W, 0x80001000, 0x80001000, 0x2000, 0x2000}},
          .table_segment = 1, .words = 0x1200 / 4 + 17,
          .table = {1, 1, 0, 0, 0x1200, [0x1200 / 4] = VDEV(0), VRING(ANY, 16, 64, 0), VRING(ANY, 16, 64, 1)}}},
};

struct found {
	const char *whose;
	unsigned int bad;
};

static void take(const struct amp_lint_finding *finding, void *arg)
{
	struct found *found = arg;

	if (finding->rule->severity == AMP_LINT_NOTE)
		return;
	print_error("%s: %s: %s: %s\n", found->whose, finding->rule->id, finding->where, finding->text);
	found->bad++;
}

static unsigned int look(const char *whose, const struct image *image, enum amp_lint_host host)
{
	struct amp_lint_options options = {.host = host};
	struct found found = {.whose = whose};
	size_t size;
	uint8_t *bytes = image_build(image, &size);

	assert_int_equal(amp_lint_image(bytes, size, &options, take, &found), 0);
	free(bytes);
	return found.bad;
}

static void nothing_is_said_of_firmware_of_vendors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(firmwares) / sizeof(firmwares[0]); i++) {
		assert_int_equal(look(firmwares[i].whose, &firmwares[i].image, AMP_LINT_LINUX_6_1), 0);
		assert_int_equal(look(firmwares[i].whose, &firmwares[i].image, AMP_LINT_LINUX_7), 0);
		/* Of the PRU's ids, all others say that they clash. */
		if (firmwares[i].image.machine == PRU)
			continue;
		assert_int_equal(look(firmwares[i].whose, &firmwares[i].image, AMP_LINT_AMPRELAY), 0);
		assert_int_equal(look(firmwares[i].whose, &firmwares[i].image, AMP_LINT_OPENAMP), 0);
	}
}

/* What the library takes, the linter has nothing against; what it refuses, the linter finds. */
static void the_linter_agrees_with_the_library_on_tables_of_vendors(void **state)
{
	struct image image = {COMMON(2), .machine = EM_ARM, .entry = 0x10000101,
	                      .segment = {{PT_LOAD, PF_R | PF_X, 0x10000000, 0x10000000, 0x1000, 0x1000},
	                                  {PT_LOAD, PF_R | PF_W, MEM_DA, MEM_DA, 0x100, 0x1800}},
	                      .table_segment = 1};

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		memset(image.table, 0, sizeof(image.table));
		memcpy(image.table, samples[i].words, sizeof(samples[i].words));
		image.words = samples[i].count;
		if (samples[i].status == 0)
			assert_int_equal(look(samples[i].whose, &image, AMP_LINT_LINUX_6_1), 0);
		else
			assert_int_not_equal(look(samples[i].whose, &image, AMP_LINT_AMPRELAY), 0);
	}
}

/* ------------------------------------------------------------------ sizes of buffers */

#define SPACE_WORDS 10u

static int ring(void *priv, uint32_t id)
{
	(void)priv, (void)id;
	return 0;
}

static bool refused_by_library(uint32_t *entry)
{
	struct virtio_device *vdev = rproc_virtio_create_vdev(VIRTIO_DEV_DRIVER, 0, entry, NULL, NULL, ring, NULL);
	struct rpmsg_virtio_config config = {512, 512, false};
	bool refused;

	assert_non_null(vdev);
	refused = amp_rpmsg_negotiate_buffers(vdev, &config, NULL, NULL) != NULL;
	rproc_virtio_remove_vdev(vdev);
	return refused;
}

static void note_refusal(const struct amp_lint_finding *finding, void *arg)
{
	bool *refused = arg;

	*refused |= strcmp(finding->rule->id, "feature-sizes-refused") == 0;
}

static bool refused_by_linter(const struct image *image)
{
	struct amp_lint_options options = {.host = AMP_LINT_AMPRELAY};
	bool refused = false;
	size_t size;
	uint8_t *bytes = image_build(image, &size);

	assert_int_equal(amp_lint_image(bytes, size, &options, note_refusal, &refused), 0);
	free(bytes);
	return refused;
}

/* Sizes and beginnings that meet the limits from both sides, by chance. */
static void draw_space(uint32_t space[SPACE_WORDS], uint32_t *seed)
{
	static const uint32_t sizes[] = {60, 63, 64, 66, 512, 65536, 65537, 65540};
	static const uint8_t begins[][3] = {{1, 11, 0}, {1, 12, 0}, {2, 11, 0}, {1, 11, 1}};
	uint8_t *byte = (uint8_t *)space;
	uint32_t draw;

	for (unsigned int i = 0; i < SPACE_WORDS; i++) {
		*seed = *seed * 1664525u + 1013904223u;
		space[i] = sizes[*seed >> 29];
	}
	*seed = *seed * 1664525u + 1013904223u;
	draw = *seed >> 24;
	if (draw & 1)
		return;
	memcpy(byte, begins[draw >> 1 & 3], 3);
	memcpy(byte + 3, &sizes[(draw >> 2) & 7], 4);
	memcpy(byte + 7, &sizes[draw >> 5], 4);
}

static void the_linter_agrees_with_the_library_on_sizes_of_buffers(void **state)
{
	static const uint32_t lengths[] = {0, 1, 3, 4, 7, 8, 10, 11, 12, 23, 24, 40};
	static const uint32_t table[] = {1, 1, 0, 0, 0x14, VDEV(0), VRING(ANY, 16, 8, 0), VRING(ANY, 16, 8, 1)};
	static const unsigned int vdev = 5, end = sizeof(table) / 4;
	struct image image = {COMMON(2),
	                      .machine = EM_ARM,
	                      .entry = 0x10000101,
	                      .segment = {{PT_LOAD, PF_R | PF_X, 0x10000000, 0x10000000, 0x1000, 0x1000},
	                                  {PT_LOAD, PF_R | PF_W, MEM_DA, MEM_DA, 0x100, 0x1800}},
	                      .table_segment = 1,
	                      .words = sizeof(table) / 4 + SPACE_WORDS};
	uint32_t seed = 20261130, outcomes = 0;

	(void)state;
	memcpy(image.table, table, sizeof(table));
	for (unsigned int i = 0; i < 10000; i++) {
		image.table[vdev + 3] = 1 | (i << 1 & 0x1e);
		image.table[vdev + 5] = lengths[i / 16 % (sizeof(lengths) / sizeof(lengths[0]))];
		draw_space(&image.table[end], &seed);
		if (refused_by_linter(&image) != refused_by_library(&image.table[vdev]))
			fail_msg("round %u, dfeatures 0x%x, %u bytes: %08x %08x %08x ...", i, image.table[vdev + 3],
			         image.table[vdev + 5], image.table[end], image.table[end + 1], image.table[end + 2]);
		outcomes |= 1u << refused_by_linter(&image);
	}
	assert_int_equal(outcomes, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_said_of_firmware_of_vendors),
		cmocka_unit_test(the_linter_agrees_with_the_library_on_tables_of_vendors),
		cmocka_unit_test(the_linter_agrees_with_the_library_on_sizes_of_buffers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
