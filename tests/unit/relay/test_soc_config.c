// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "relay/base/soc_config.h"

static const char sound[] =
	"{'soc':'m3','host':{'compatible':'amprelay,host-arm64','machine':'virt,highmem=off,gic-version=2',"
	"'cpu':'cortex-a53','cpus':1,'memory_mib':256},'cores':[{'name':'m3','machine':'mps2-an385','isa':'arm',"
	"'elf_machine':40,'elf_class':1,'clock_hz':25000000,'firmware':'amprelay-m3.elf','bootrom':'bootrom-m3.elf',"
	"'boot_timeout_ms':5000,'mem_da':'0x21000000','mem_size':'0x1000000','doorbell':{'serial':1,'irq':2},"
	"'console':{'serial':0,'irq':0},"
	"'watchdog_ms':1000,'heartbeat_ms':25,'heartbeat_timeout_ms':400,'notify_ids':2,'regions':["
	"{'name':'control','kind':'control','offset':'0x0','size':'0x2000','arg':0},"
	"{'name':'trace','kind':'trace','offset':'0x2000','size':'0x4000','arg':0},"
	"{'name':'vdev0vring0','kind':'vring','offset':'0x8000','size':'0x4000','arg':0},"
	"{'name':'vdev0vring1','kind':'vring','offset':'0xc000','size':'0x4000','arg':1},"
	"{'name':'firmware','kind':'firmware','offset':'0x100000','size':'0x700000','arg':0}]}]}";

static char path[64], error[512];
static struct soc_config soc;

static int make_file(void **state)
{
	int fd;

	(void)state;
	strcpy(path, "/tmp/amprelay-test-XXXXXX");
	fd = mkstemp(path);
	if (fd >= 0)
		close(fd);
	return fd < 0 ? -1 : 0;
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static void write_file(const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	assert_int_equal(write(fd, text, len), len);
	close(fd);
}

/* Loads `sound` with the first `from` replaced by `to`; quotation marks are written as apostrophes. */
static int load_with(const char *from, const char *to)
{
	char text[4096];
	const char *at = from ? strstr(sound, from) : NULL;

	if (from) {
		assert_non_null(at);
		snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - sound), sound, to, at + strlen(from));
	} else {
		snprintf(text, sizeof(text), "%s", sound);
	}
	for (char *c = text; *c; c++) {
		if (*c == '\'')
			*c = '"';
	}
	write_file(text, strlen(text));
	error[0] = '\0';
	return amp_soc_load(&soc, path, error, sizeof(error));
}

static void who_may_not_do_what_is_told_to_linux(void **state)
{
	struct amp_soc wire;

	(void)state;
	assert_int_equal(load_with(NULL, NULL), 0);
	assert_int_equal(soc.core[0].denied_linux | soc.core[0].denied_tools, 0);
	assert_int_equal(load_with("'notify_ids':2",
	                           "'notify_ids':2,'denied':{'linux':['load','stop','start'],'tools':['debug']}"),
	                 0);
	assert_int_equal(soc.core[0].denied_linux, AMP_VERBS_OF_OWNER);
	assert_int_equal(soc.core[0].denied_tools, AMP_VERB_DEBUG);
	amp_soc_describe(&soc.core[0], &wire);
	assert_int_equal(wire.denied, AMP_VERBS_OF_OWNER);
}

static void a_core_that_has_two_owners_and_what_nobody_knows_are_refused(void **state)
{
	(void)state;
	assert_int_equal(load_with("'notify_ids':2", "'notify_ids':2,'denied':{'linux':['stop'],'tools':[]}"), -1);
	assert_non_null(strstr(error, "cores[0].denied.linux: start, stop and load go together"));
	assert_int_equal(load_with("'notify_ids':2", "'notify_ids':2,'denied':{'linux':[],'tools':['sotp']}"), -1);
	assert_non_null(strstr(error, "cores[0].denied.tools: \"sotp\" is unknown"));
}

static void a_sound_description_is_taken_whole(void **state)
{
	struct amp_soc wire;

	(void)state;
	assert_int_equal(load_with(NULL, NULL), 0);
	assert_string_equal(soc.name, "m3");
	assert_int_equal(soc.num_cores, 1);
	assert_int_equal(soc.core[0].num_regions, 5);
	assert_int_equal(soc.core[0].doorbell_serial, 1);
	assert_true(soc.core[0].has_console);
	assert_int_equal(soc.core[0].console_serial, 0);
	assert_int_equal(load_with("'console':{'serial':0,'irq':0},", ""), 0);
	assert_false(soc.core[0].has_console);
	assert_int_equal(amp_soc_region(&soc.core[0], AMP_REGION_TRACE)->offset, 0x2000);
	assert_null(amp_soc_region(&soc.core[0], AMP_REGION_HEAP));
	amp_soc_describe(&soc.core[0], &wire);
	assert_int_equal(wire.magic, AMP_CTRL_MAGIC);
	assert_string_equal(wire.core, "m3");
	assert_string_equal(wire.region[3].name, "vdev0vring1");
	assert_int_equal(wire.region[3].arg, 1);
}

static void ram_that_ends_where_the_shared_memory_begins_is_part_of_the_same_memory(void **state)
{
	(void)state;
	assert_int_equal(load_with(NULL, NULL), 0);
	assert_int_equal(soc.core[0].memory_before, 0);
	assert_string_equal(soc.core[0].cpu, "");
	assert_int_equal(load_with("'notify_ids':2", "'notify_ids':2,'cpu':'cortex-a53',"
	                                             "'ram':{'da':'0x20000000','size':'0x1000000'}"),
	                 0);
	assert_int_equal(soc.core[0].memory_before, 0x1000000);
	assert_string_equal(soc.core[0].cpu, "cortex-a53");
	assert_int_equal(load_with("'notify_ids':2", "'notify_ids':2,'ram':{'da':'0x20000000','size':'0x8000'}"), 0);
	assert_int_equal(soc.core[0].memory_before, 0);
	assert_int_equal(load_with("'notify_ids':2", "'notify_ids':2,'ram':{'da':'0x22000000','size':'0x8000'}"), 0);
	assert_int_equal(soc.core[0].memory_before, 0);
}

/* Of a core with addresses of 64 bits; `rest` follows. */
static int load_wide(const char *da, const char *rest)
{
	char to[256];

	snprintf(to, sizeof(to),
	         "'elf_class':2,'clock_hz':25000000,'firmware':'amprelay-m3.elf','bootrom':'bootrom-m3.elf',"
	         "'boot_timeout_ms':5000,'mem_da':'%s',%s",
	         da, rest);
	return load_with("'elf_class':1,'clock_hz':25000000,'firmware':'amprelay-m3.elf','bootrom':'bootrom-m3.elf',"
	                 "'boot_timeout_ms':5000,'mem_da':'0x21000000',",
	                 to);
}

static void a_core_with_64_bits_may_have_all_of_its_memory_above_4_gib(void **state)
{
	struct amp_soc wire;

	(void)state;
	assert_int_equal(load_wide("0x141000000", "'ram':{'da':'0x40000000','size':'0x101000000'},"
	                                          "'private':[{'da':'0xfffffffffffff000','size':'0x1000'}],"),
	                 0);
	assert_true(soc.core[0].mem_da == 0x141000000);
	assert_true(soc.core[0].memory_before == 0x101000000);
	amp_soc_describe(&soc.core[0], &wire);
	assert_int_equal(wire.version, 2);
	assert_true(wire.mem_da == 0x141000000);
	assert_int_equal(wire.region[5].kind, AMP_REGION_PRIVATE);
	assert_true(wire.region[5].offset == 0xfffffffffffff000);

	/* the last place, and the smallest one behind it */
	assert_int_equal(load_wide("0xffffffffff000000", ""), 0);
	assert_int_equal(load_wide("0xffffffffff001000", ""), -1);
	assert_non_null(strstr(error, "cores[0].mem_size"));
	assert_int_equal(load_wide("0x10000000000000000", ""), -1);
	assert_non_null(strstr(error, "to \"0xffffffffffffffff\""));
	/* one page further it would cross a multiple of 4 GiB */
	assert_int_equal(load_wide("0x1ff000000", ""), 0);
	assert_int_equal(load_wide("0x1ff001000", ""), -1);
	assert_non_null(strstr(error, "not cross a multiple of 4 GiB"));
	assert_int_equal(load_wide("0x141000000", "'private':[{'da':'0xfffffffffffff000','size':'0x2000'}],"), -1);
	assert_non_null(strstr(error, "cores[0].private[0].da"));
	assert_int_equal(load_wide("0x141000000", "'private':[{'da':'0x140fff000','size':'0x2000'}],"), -1);
	assert_non_null(strstr(error, "overlaps the shared memory"));
}

static void each_wrong_value_is_refused_by_its_key(void **state)
{
	static const struct {
		const char *from, *to, *complaint;
	} cases[] = {
		{"'soc':'m3',", "", "soc: missing"},
		{"'cores':[", "'cores':[],'x':[", "cores: must be a list of 1 to 8"},
		{"'virt,highmem=off,gic-version=2'", "'virt -drive x'", "host.machine"},
		{"'cpus':1", "'cpus':0", "host.cpus: must be a number from 1 to 64"},
		{"'memory_mib':256", "'memory_mib':'256'", "host.memory_mib"},
		{"'name':'m3'", "'name':'../m3'", "cores[0].name"},
		{"'name':'m3'", "'name':'a-name-too-long-for-it'", "cores[0].name"},
		{"'name':'m3'", "'name':'relay'", "cores[0].name: \"relay\" is the name of another log"},
		{"'elf_class':1", "'elf_class':3", "cores[0].elf_class"},
		{"'elf_class':1", "'elf_class':1,'cpu':'a53 -x'", "cores[0].cpu: \"a53 -x\" is not a QEMU name"},
		{"'elf_class':1", "'elf_class':1,'ram':{'da':'0x20000000','size':'16'}", "cores[0].ram.size"},
		{"'elf_class':1", "'elf_class':1,'ram':{'da':'0x20ffff00','size':'0x100'}",
	         "cores[0].ram.da: address and size must be multiples of 0x1000"},
		{"'amprelay-m3.elf'", "'/amprelay-m3.elf'", "cores[0].firmware"},
		{"'bootrom-m3.elf'", "'a/b'", "cores[0].bootrom"},
		{"'isa':'arm'", "'isa':'riscv64'", "cores[0].isa"},
		{"'0x21000000'", "21000000", "cores[0].mem_da: must be a hexadecimal text"},
		{"'0x21000000'", "'0x'", "cores[0].mem_da"},
		{"'0x21000000'", "'0x121000000'",
	         "cores[0].mem_da: must be a hexadecimal text from \"0x0\" to \"0xffffffff\""},
		{"'0x21000000'", "'0x21000000 '", "cores[0].mem_da"},
		{"'0x21000000'", "'0xfff00000'", "cores[0].mem_size"},
		{"'0x1000000'", "'0x1800000'", "cores[0].mem_size"},
		{"'0x1000000'", "'0x1000'", "cores[0].mem_size"},
		{"'heartbeat_timeout_ms':400", "'heartbeat_timeout_ms':25", "cores[0].heartbeat_timeout_ms"},
		{"'notify_ids':2", "'notify_ids':65", "cores[0].notify_ids"},
		{"'notify_ids':2", "'notify_ids':1", "cores[0].regions[3].arg: notify id 1"},
		{"'serial':1", "'serial':-1", "cores[0].doorbell.serial"},
		{"'doorbell':{'serial':1,'irq':2},", "", "cores[0].doorbell.serial: missing"},
		{"'console':{'serial':0,'irq':0}", "'console':{}", "cores[0].console.serial: missing"},
		{"'console':{'serial':0,'irq':0}", "'console':{'serial':1}",
	         "cores[0].console.serial: 1 is the doorbell's"},
		{"'kind':'trace'", "'kind':'tarce'", "cores[0].regions[1].kind: \"tarce\" is unknown"},
		{"'offset':'0x2000'", "'offset':'0x1000'", "\"trace\" overlaps \"control\""},
		{"'offset':'0x2000'", "'offset':'0x2010'", "cores[0].regions[1].offset"},
		{"'size':'0x700000'", "'size':'0x7000000'", "cores[0].regions[4].size: \"firmware\" ends beyond"},
		{"'offset':'0x100000'", "'offset':'0xfffff000'", "cores[0].regions[4]"},
		{"'kind':'firmware'", "'kind':'heap'", "must have a firmware region"},
		{"'kind':'control'", "'kind':'heap'", "must have a control region"},
		{"'size':'0x2000'", "'size':'0x1000'", "must have a control region"},
		{"'soc':'m3'", "'soc':'m3','soc':'m3'", "duplicate"},
		{"'soc':'m3'", "'soc'", ":1:"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(load_with(cases[i].from, cases[i].to), -1);
		if (!strstr(error, cases[i].complaint))
			fail_msg("%s -> %s: '%s' does not say '%s'", cases[i].from, cases[i].to, error,
			         cases[i].complaint);
		assert_non_null(strstr(error, path));
		assert_null(strchr(error, '\n'));
	}
}

static void two_cores_of_one_name_are_refused(void **state)
{
	const char *core = strstr(sound, "{'name'");
	char text[8192];
	size_t len = strlen(core) - 2; /* without "]}" */

	(void)state;
	snprintf(text, sizeof(text), "%.*s,%.*s]}", (int)(core - sound + (ptrdiff_t)len), sound, (int)len, core);
	for (char *c = text; *c; c++) {
		if (*c == '\'')
			*c = '"';
	}
	write_file(text, strlen(text));
	assert_int_equal(amp_soc_load(&soc, path, error, sizeof(error)), -1);
	assert_non_null(strstr(error, "cores[1].name: \"m3\" is there twice"));
}

static void no_truncation_is_taken(void **state)
{
	char text[4096];
	size_t len = strlen(sound);

	(void)state;
	strcpy(text, sound);
	for (char *c = text; *c; c++) {
		if (*c == '\'')
			*c = '"';
	}
	for (size_t n = 0; n < len; n++) {
		write_file(text, n);
		assert_int_equal(amp_soc_load(&soc, path, error, sizeof(error)), -1);
	}
}

static void a_file_that_is_not_there_is_named(void **state)
{
	(void)state;
	assert_int_equal(amp_soc_load(&soc, "/nonexistent/soc.json", error, sizeof(error)), -1);
	assert_non_null(strstr(error, "/nonexistent/soc.json"));
}

static void private_memory_is_beside_the_shared_one(void **state)
{
	static const struct {
		const char *members, *text;
	} wrong[] = {
		{"'private':[{'da':'0x200800','size':'0x1000'}],", "cores[0].private[0].da: address and size must be"},
		{"'private':[{'da':'0x200000','size':'0x0'}],", "cores[0].private[0].da: address and size must be"},
		{"'private':[{'da':'0xfffff000','size':'0x2000'}],", "end where the core's addresses end"},
		{"'private':[{'da':'0x20fff000','size':'0x2000'}],",
	         "cores[0].private[0].da: overlaps the shared memory"},
		{"'private':[{'da':'0x200000','size':'0x2000'},{'da':'0x201000','size':'0x1000'}],",
	         "overlaps the one before"},
		{"'private':5,", "must be a list"},
		{"'secure':'vendor.pub',", "cores[0].secure: signed firmware executes from private memory only"},
		{"'private':[{'da':'0x200000','size':'0x2000'}],'secure':'../x',", "is not a plain file name"},
	};
	struct amp_soc wire;
	char members[160];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(members, sizeof(members), "%s'doorbell'", wrong[i].members);
		assert_int_equal(load_with("'doorbell'", members), -1);
		if (!strstr(error, wrong[i].text))
			fail_msg("\"%s\" does not say \"%s\"", error, wrong[i].text);
	}
	assert_int_equal(load_with("'doorbell'",
	                           "'private':[{'da':'0x200000','size':'0x200000'}],'secure':'vendor.pub','doorbell'"),
	                 0);
	assert_string_equal(soc.core[0].secure, "vendor.pub");
	amp_soc_describe(&soc.core[0], &wire);
	assert_int_equal(wire.secure, 1);
	assert_int_equal(wire.num_regions, 6);
	assert_string_equal(wire.region[5].name, "private0");
	assert_int_equal(wire.region[5].kind, AMP_REGION_PRIVATE);
	assert_int_equal(wire.region[5].offset, 0x200000);
}

int main(void)
{
#define TEST(claim) cmocka_unit_test_setup_teardown(claim, make_file, remove_file)
	const struct CMUnitTest tests[] = {
		TEST(a_sound_description_is_taken_whole),
		TEST(ram_that_ends_where_the_shared_memory_begins_is_part_of_the_same_memory),
		TEST(a_core_with_64_bits_may_have_all_of_its_memory_above_4_gib),
		TEST(each_wrong_value_is_refused_by_its_key),
		TEST(two_cores_of_one_name_are_refused),
		TEST(no_truncation_is_taken),
		TEST(a_file_that_is_not_there_is_named),
		TEST(who_may_not_do_what_is_told_to_linux),
		TEST(a_core_that_has_two_owners_and_what_nobody_knows_are_refused),
		TEST(private_memory_is_beside_the_shared_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
