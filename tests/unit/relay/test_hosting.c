// SPDX-License-Identifier: GPL-2.0-only
/* Taking a core over from Linux, and owning one, up to the power-on. No QEMU. */
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <amprelay/boot_record.h>

#include "common/exit_codes.h"
#include "relay/host/hosting.h"
#include "relay/host/image.h"
#include "relay/host/owner.h"
#include "relay/lab.h"

#include "recorded.h"

#ifndef MEM_DA /* above 4 GiB, too */
#define MEM_DA    0x21000000u
#define CLASS     ELFCLASS32
#define Elf(type) Elf32_##type
#else
#define CLASS     ELFCLASS64
#define Elf(type) Elf64_##type
#endif
#define MEM_SIZE     0x10000u
#define FIRMWARE     0x8000u /* offset of its region, which ends with the memory */
#define LINUX_MEM_PA 0x10000000u

static struct amp_relay_options options = {.lab = "test", .lock_fd = -1};
static struct lab *lab;
static struct core *core;
static struct core_config *config;
static char dir[] = "/tmp/host_role_test.XXXXXX";
static char path[64], error[512];

static void add_region(const char *name, enum amp_region_kind kind, uint32_t offset, uint32_t size)
{
	struct amp_region *region = &config->region[config->num_regions++];

	*region = (struct amp_region){.kind = kind, .offset = offset, .size = size};
	snprintf(region->name, sizeof(region->name), "%s", name);
}

static int set_up(void **state)
{
	(void)state;
	strcpy(strrchr(dir, '.') + 1, "XXXXXX");
	lab = calloc(1, sizeof(*lab));
	if (!lab || sd_event_new(&lab->loop) < 0 || !mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/fw.elf", dir);
	options.state_dir = options.firmware_dir = dir;
	lab->options = &options;
	if (amp_record_open(&lab->record, dir) < 0)
		return -1;
	lab->soc.num_cores = 1;
	config = &lab->soc.core[0];
	strcpy(config->name, "m3");
	strcpy(config->firmware, "fw.elf");
	config->elf_machine = EM_ARM;
	config->elf_class = CLASS;
	config->mem_da = MEM_DA;
	config->mem_size = MEM_SIZE;
	config->notify_ids = 2;
	add_region("control", AMP_REGION_CONTROL, 0, AMP_CTRL_SIZE);
	add_region("vdev0vring0", AMP_REGION_VRING, 0x4000, 0x1000);
	add_region("firmware", AMP_REGION_FIRMWARE, FIRMWARE, MEM_SIZE - FIRMWARE);
	core = &lab->core[0];
	amp_core_prepare(core, lab);
	if (amp_core_init(core, config) < 0)
		return -1;
	amp_shm_write_mem_pa(&core->shm, LINUX_MEM_PA);
	return 0;
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	amp_core_destroy(core);
	amp_record_close(&lab->record);
	sd_event_unref(lab->loop);
	free(lab);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

/* A firmware of one segment of 16 bytes. */
static void write_firmware(uint64_t segment_da, uint64_t entry, uint16_t machine)
{
	struct {
		Elf(Ehdr) header;
		Elf(Phdr) segment;
		uint8_t code[16];
	} image = {
		.header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, CLASS, ELFDATA2LSB, EV_CURRENT},
	                   .e_type = ET_EXEC,
	                   .e_machine = machine,
	                   .e_version = EV_CURRENT,
	                   .e_entry = entry,
	                   .e_phoff = sizeof(Elf(Ehdr)),
	                   .e_ehsize = sizeof(Elf(Ehdr)),
	                   .e_phentsize = sizeof(Elf(Phdr)),
	                   .e_phnum = 1,
	                   .e_shentsize = sizeof(Elf(Shdr))},
		.segment = {.p_type = PT_LOAD,
	                    .p_offset = sizeof(Elf(Ehdr)) + sizeof(Elf(Phdr)),
	                    .p_vaddr = segment_da,
	                    .p_paddr = segment_da,
	                    .p_filesz = 16,
	                    .p_memsz = 16,
	                    .p_flags = PF_R | PF_X},
		.code = "sixteen bytes ..",
	};
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(&image, sizeof(image), 1, file), 1);
	assert_int_equal(fclose(file), 0);
}

/* The start is refused with this text, and the core is Linux's as before. */
static void refused(const char *text)
{
	uint8_t before[AMP_CTRL_SIZE];
	struct amp_host host;

	memcpy(before, core->shm.base, sizeof(before));
	assert_int_equal(amp_hosting_start(core, error, sizeof(error)), AMP_EXIT_REFUSED);
	if (!strstr(error, text))
		fail_msg("\"%s\" does not say \"%s\"", error, text);
	assert_null(core->hosting);
	assert_int_equal(core->wire.host, AMP_CORE_HOST_NONE);
	assert_false(core->bells.linux_hears);
	assert_int_equal(core->wire.epoch, 0);
	amp_shm_read_host(&core->shm, &host);
	assert_int_equal(host.mem_pa, LINUX_MEM_PA);
	assert_memory_equal(before, core->shm.base, sizeof(before));
}

static void a_core_that_is_not_off_is_not_taken_over(void **state)
{
	(void)state;
	write_firmware(MEM_DA + FIRMWARE, MEM_DA + FIRMWARE, EM_ARM);
	core->phase = PHASE_CRASHED;
	refused("m3 is crashed");
	core->phase = PHASE_OFF;
	lab->going_down = true;
	refused("goes down");
}

static void what_is_no_firmware_is_refused_and_the_core_stays_linuxs(void **state)
{
	(void)state;
	refused("no such file");
	assert_int_equal(mkfifo(path, 0600), 0);
	refused("no such file"); /* and nobody waits for its writer */
	assert_int_equal(unlink(path), 0);
	write_firmware(MEM_DA + FIRMWARE, MEM_DA + FIRMWARE, EM_RISCV);
	refused("CPU");
	assert_int_equal(truncate(path, 40), 0);
	refused("fw.elf");
}

static void segments_go_to_the_firmware_region_and_nowhere_else(void **state)
{
	static const uint64_t elsewhere[] = {MEM_DA, MEM_DA + 0x4000, MEM_DA + FIRMWARE - 1, MEM_DA + MEM_SIZE - 15, 0};

	(void)state;
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++) {
		write_firmware(elsewhere[i], MEM_DA + FIRMWARE, EM_ARM);
		refused("memory");
	}
}

static void an_entry_point_outside_the_firmware_region_is_refused(void **state)
{
	(void)state;
	write_firmware(MEM_DA + FIRMWARE, MEM_DA + FIRMWARE - 1, EM_ARM);
	refused("entry point");
	write_firmware(MEM_DA + FIRMWARE, MEM_DA + MEM_SIZE, EM_ARM);
	refused("entry point");
}

static uint32_t sequence;

static bool is_answered(struct amp_relay *relay)
{
	memcpy(relay, core->shm.base + AMP_RELAY_OFFSET, sizeof(*relay));
	return relay->resp_seq == sequence;
}

static void post_as_linux(uint32_t op)
{
	struct amp_host host = {.mem_pa = LINUX_MEM_PA, .req_seq = ++sequence, .op = op, .arg = MEM_DA + FIRMWARE};

	memcpy(core->shm.base + AMP_HOST_OFFSET, &host, sizeof(host));
	amp_core_on_vector(NULL, core->bells.from_host[AMP_VECTOR_CONTROL], 0, core);
}

static uint32_t ask_as_linux(uint32_t op, struct amp_relay *relay)
{
	post_as_linux(op);
	assert_true(is_answered(relay));
	return relay->resp_status;
}

static void start_and_stop_of_linux_are_refused_while_the_relay_is_the_host(void **state)
{
	struct hosting role = {.core = core};
	struct amp_relay relay;

	(void)state;
	core->hosting = &role;
	core->phase = PHASE_CRASHED;
	core->wire.state = AMP_CORE_CRASHED;
	assert_int_equal(ask_as_linux(AMP_REQ_START, &relay), AMP_EBUSY);
	assert_non_null(strstr(relay.resp_text, "amprelay stop"));
	assert_int_equal(ask_as_linux(AMP_REQ_STOP, &relay), AMP_EBUSY);
	assert_int_equal(core->phase, PHASE_CRASHED);
	/* a driver that starts anew is obeyed */
	assert_int_equal(ask_as_linux(AMP_REQ_RESET, &relay), AMP_OK);
	assert_int_equal(core->phase, PHASE_OFF);
	core->hosting = NULL;
}

/* ------------------------------------------------------------------ the relay as the owner */

static bool recorded(const char *text)
{
	return recorded_in(dir, text);
}

/* The core runs in its first life, and Linux is its host; no process is behind it. */
static void own_a_core_that_linux_is_attached_to(void)
{
	config->denied_linux = AMP_VERBS_OF_OWNER;
	core->config = config;
	core->wire.epoch = 1;
	amp_owner_take(core, path);
	amp_core_set_host(core, AMP_CORE_HOST_DRIVER, "test");
	amp_core_set_phase(core, PHASE_RUNNING, "test");
}

static void crash(void)
{
	core->crash.epoch = 1;
	amp_core_set_phase(core, PHASE_EXAMINING, "test");
	amp_core_conclude(core);
	assert_int_equal(core->phase, PHASE_CRASHED);
}

static void time_passes(void)
{
	while (sd_event_run(lab->loop, 0) > 0)
		;
}

static void linux_can_neither_start_nor_stop_what_is_the_relays_and_is_told_why(void **state)
{
	struct amp_relay relay;

	(void)state;
	own_a_core_that_linux_is_attached_to();
	assert_int_equal(ask_as_linux(AMP_REQ_STOP, &relay), AMP_EPERM);
	assert_string_equal(relay.resp_text, "the owner of core m3, the relay, does not let Linux stop it");
	assert_int_equal(core->phase, PHASE_RUNNING);
	assert_true(recorded("\"ev\":\"core.refused\",\"core\":\"m3\",\"who\":\"linux\",\"what\":\"stop\""));
	amp_owner_stop(core, "test");
	assert_int_equal(core->phase, PHASE_OFF);
	assert_int_equal(ask_as_linux(AMP_REQ_START, &relay), AMP_EPERM);
	assert_non_null(strstr(relay.resp_text, "start it"));
	assert_int_equal(core->phase, PHASE_OFF);
	assert_int_equal(core->wire.epoch, 1);
}

static void a_driver_that_starts_anew_leaves_it_on(void **state)
{
	struct amp_relay relay;

	(void)state;
	own_a_core_that_linux_is_attached_to();
	assert_int_equal(ask_as_linux(AMP_REQ_RESET, &relay), AMP_OK);
	assert_int_equal(core->phase, PHASE_RUNNING);
	assert_int_equal(core->wire.host, AMP_CORE_HOST_NONE);
}

static void when_it_has_crashed_it_is_started_again_as_soon_as_linux_has_let_go(void **state)
{
	struct amp_relay relay;

	(void)state;
	own_a_core_that_linux_is_attached_to();
	crash();
	time_passes();
	assert_int_equal(core->phase, PHASE_CRASHED);
	assert_int_equal(ask_as_linux(AMP_REQ_DETACH, &relay), AMP_OK);
	post_as_linux(AMP_REQ_ATTACH);
	assert_false(is_answered(&relay)); /* it will be there soon */
	time_passes();
	/* … but there is no file to start it with, which ends the wait */
	assert_int_equal(core->phase, PHASE_OFF);
	assert_true(is_answered(&relay));
	assert_int_equal(relay.resp_status, AMP_EIO);
	assert_non_null(strstr(relay.resp_text, "no such file"));
	assert_true(recorded("its owner cannot restart it"));
	/* and nothing goes on by itself */
	assert_int_equal(ask_as_linux(AMP_REQ_ATTACH, &relay), AMP_EBUSY);
	assert_non_null(strstr(relay.resp_text, "off"));
}

static void a_linux_that_does_not_let_go_loses_it(void **state)
{
	(void)state;
	own_a_core_that_linux_is_attached_to();
	crash();
	assert_non_null(core->turn);
	sd_event_source_set_time(core->turn, 0);
	time_passes();
	assert_int_equal(core->wire.host, AMP_CORE_HOST_NONE);
	assert_true(recorded("has not let go of the crashed core in time"));
	assert_true(recorded("its owner cannot restart it"));
}

static void one_that_is_nobodys_is_started_again_at_once(void **state)
{
	(void)state;
	own_a_core_that_linux_is_attached_to();
	amp_core_set_host(core, AMP_CORE_HOST_NONE, "test");
	crash();
	time_passes();
	assert_true(recorded("its owner cannot restart it"));
}

static void its_owner_may_stop_it_while_it_is_being_restarted(void **state)
{
	struct amp_relay relay;

	(void)state;
	own_a_core_that_linux_is_attached_to();
	crash();
	assert_int_equal(ask_as_linux(AMP_REQ_DETACH, &relay), AMP_OK);
	post_as_linux(AMP_REQ_ATTACH);
	amp_owner_stop(core, "test");
	assert_true(is_answered(&relay));
	assert_int_equal(relay.resp_status, AMP_EBUSY);
	assert_string_equal(relay.resp_text, "its owner stops it");
	time_passes();
	assert_int_equal(core->phase, PHASE_OFF);
	assert_false(recorded("its owner cannot restart it"));
}

static void what_the_policy_does_not_name_is_allowed_and_the_rest_refused_with_a_reason(void **state)
{
	char why[AMP_TEXT_LEN] = "";

	(void)state;
	config->denied_tools = AMP_VERB_DUMP | AMP_VERB_DEBUG;
	assert_true(amp_core_permits(core, ACTOR_TOOLS, AMP_VERBS_OF_OWNER, why, sizeof(why)));
	assert_true(amp_core_permits(core, ACTOR_LINUX, AMP_VERB_DEBUG, why, sizeof(why)));
	assert_string_equal(why, "");
	assert_false(amp_core_permits(core, ACTOR_TOOLS, AMP_VERB_STOP | AMP_VERB_DEBUG, why, sizeof(why)));
	assert_string_equal(why, "the owner of core m3, Linux, does not let this machine's tools debug it");
	assert_true(recorded("\"who\":\"tools\",\"what\":\"debug\""));
}

static void without_leave_no_dump_is_written(void **state)
{
	(void)state;
	config->denied_tools = AMP_VERB_DUMP;
	own_a_core_that_linux_is_attached_to();
	crash();
	assert_null(core->crash.writer);
	assert_null(core->crash.memory);
	assert_true(recorded("\"what\":\"dump\""));
}

/* ------------------------------------------------------------------ firmware that Linux has staged */

#define PRIVATE_DA 0x00200000u

static uint32_t start_staged(uint32_t size)
{
	char name[AMP_FIRMWARE_LEN] = "fw.elf";

	return amp_hosting_start_staged(core, size, 0, name, error, sizeof(error));
}

static uint32_t stage(void)
{
	struct secure_file file;
	uint32_t size;

	assert_int_equal(amp_secure_read(&file, path, MEM_SIZE - FIRMWARE), 0);
	memcpy(core->shm.base + FIRMWARE, file.data, file.size);
	size = (uint32_t)file.size;
	amp_secure_free(&file);
	return size;
}

static void with_private_memory(void)
{
	config->num_private = 1;
	config->private[0].da = PRIVATE_DA;
	config->private[0].size = 0x1000;
}

static void a_staged_firmware_goes_to_private_memory_and_leaves_nothing_behind(void **state)
{
	static const uint8_t zeroes[128];
	struct amp_boot_record record;
	char code[16];

	(void)state;
	with_private_memory();
	write_firmware(PRIVATE_DA, PRIVATE_DA, EM_ARM);
	/* there is no QEMU to run: the core is off again, but what it would have got is there */
	core->held = false;
	core->quick_deaths = QUICK_DEATHS_MAX;
	strcpy(core->firmware, "fw.elf");
	assert_int_equal(start_staged(stage()), AMP_OK);
	assert_true(core->loaded.by_relay);
	assert_int_equal(pread(core->loaded.private_fd[0], code, sizeof(code), 0), sizeof(code));
	assert_memory_equal(code, "sixteen bytes ..", sizeof(code));
	/* Linux can change the address in shared memory: the boot ROM finds it here */
	assert_int_equal(pread(core->loaded.private_fd[0], &record, sizeof(record), 0x1000 - sizeof(record)),
	                 sizeof(record));
	assert_int_equal(record.magic, AMP_BOOT_RECORD_MAGIC);
	assert_int_equal(record.entry, PRIVATE_DA);
	assert_memory_equal(core->shm.base + FIRMWARE, zeroes, sizeof(zeroes));
	assert_int_equal(core->wire.boot_addr, PRIVATE_DA);
	assert_int_equal(core->wire.host, AMP_CORE_HOST_DRIVER);
	amp_core_kill(core, "the test is over");
	assert_int_equal(core->loaded.private_fd[0], -1);
}

static void a_staged_firmware_that_is_none_is_refused(void **state)
{
	(void)state;
	with_private_memory();
	write_firmware(PRIVATE_DA + 0x1000 - 8 - 15, PRIVATE_DA, EM_ARM);
	assert_int_equal(start_staged(stage()), AMP_EINVAL);
	assert_int_equal(core->phase, PHASE_OFF);
	assert_false(core->loaded.by_relay);
	assert_int_equal(start_staged(5), AMP_EINVAL);
	assert_non_null(strstr(error, "fw.elf"));
}

static void what_is_swapped_after_it_was_taken_does_not_count(void **state)
{
	struct image image;
	uint32_t size;

	(void)state;
	with_private_memory();
	write_firmware(PRIVATE_DA, PRIVATE_DA, EM_ARM);
	size = stage();
	assert_int_equal(amp_image_take(&image, core, size, 0, error, sizeof(error)), 0);
	memset(core->shm.base + FIRMWARE, 0xff, size); /* Linux can write at any time */
	assert_int_equal(amp_image_check(&image, core, error, sizeof(error)), 0);
	assert_int_equal(image.elf_size, size);
	assert_memory_equal(image.elf, ELFMAG, SELFMAG);
	assert_memory_equal(image.elf + size - 16, "sixteen bytes ..", 16);
	amp_image_drop(&image);
}

static void a_core_that_takes_signed_firmware_takes_it_only_once_it_is_newer(void **state)
{
	char pub[64], key[64], soc_file[64], signature[SECURE_SIGNATURE_MAX], text[SECURE_TEXT_MAX];
	struct secure_secret secret;
	struct secure_file file;
	uint32_t size;

	(void)state;
	with_private_memory();
	snprintf(pub, sizeof(pub), "%s/a.pub", dir);
	snprintf(key, sizeof(key), "%s/a.key", dir);
	snprintf(soc_file, sizeof(soc_file), "%s/m3.json", dir);
	options.soc_file = soc_file;
	strcpy(config->secure, "a.pub");
	assert_int_equal(amp_image_load_key(core, error, sizeof(error)), -1);
	assert_non_null(strstr(error, "core m3 takes signed firmware only: key "));
	assert_int_equal(amp_secure_keygen(key, pub, false, text), 0);
	assert_int_equal(amp_image_load_key(core, error, sizeof(error)), 0);

	write_firmware(PRIVATE_DA, PRIVATE_DA, EM_ARM);
	size = stage();
	assert_int_equal(start_staged(size), AMP_EKEYREJECTED);
	assert_string_equal(error, "it is not signed: there is no .minisig beside it");
	/* of this machine's files as well */
	assert_int_equal(amp_hosting_boot(core, path, "test", error, sizeof(error)), AMP_EXIT_REFUSED);
	assert_non_null(strstr(error, "fw.elf: it is not signed"));

	core->quick_deaths = QUICK_DEATHS_MAX;
	strcpy(core->firmware, "fw.elf");
	assert_int_equal(amp_secret_load(&secret, key, text), 0);
	assert_int_equal(amp_secure_read(&file, path, 4096), 0);
	for (uint32_t version = 5; version >= 4; version--) {
		char comment[32], name[AMP_FIRMWARE_LEN] = "fw.elf";

		snprintf(comment, sizeof(comment), "core:m3 version:%u", version);
		assert_int_equal(amp_secure_sign(&secret, file.data, file.size, comment, signature, text), 0);
		size = stage();
		memcpy(core->shm.base + FIRMWARE + size, signature, strlen(signature));
		assert_int_equal(
			amp_hosting_start_staged(core, size, (uint32_t)strlen(signature), name, error, sizeof(error)),
			version == 5 ? AMP_OK : AMP_EKEYREJECTED);
		amp_core_kill(core, "the next one comes");
	}
	assert_string_equal(error, "it is old: version 4, and version 5 has been accepted before");
	assert_int_equal(amp_image_accepted(core), 5);
	assert_int_equal(core->loaded.private_fd[0], -1);
	amp_secure_free(&file);
	amp_secret_wipe(&secret);
}

int main(void)
{
#define TEST(claim) cmocka_unit_test_setup_teardown(claim, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_core_that_is_not_off_is_not_taken_over),
		TEST(what_is_no_firmware_is_refused_and_the_core_stays_linuxs),
		TEST(segments_go_to_the_firmware_region_and_nowhere_else),
		TEST(an_entry_point_outside_the_firmware_region_is_refused),
		TEST(start_and_stop_of_linux_are_refused_while_the_relay_is_the_host),
		TEST(linux_can_neither_start_nor_stop_what_is_the_relays_and_is_told_why),
		TEST(a_driver_that_starts_anew_leaves_it_on),
		TEST(when_it_has_crashed_it_is_started_again_as_soon_as_linux_has_let_go),
		TEST(a_linux_that_does_not_let_go_loses_it),
		TEST(one_that_is_nobodys_is_started_again_at_once),
		TEST(its_owner_may_stop_it_while_it_is_being_restarted),
		TEST(what_the_policy_does_not_name_is_allowed_and_the_rest_refused_with_a_reason),
		TEST(without_leave_no_dump_is_written),
		TEST(a_staged_firmware_goes_to_private_memory_and_leaves_nothing_behind),
		TEST(a_staged_firmware_that_is_none_is_refused),
		TEST(what_is_swapped_after_it_was_taken_does_not_count),
		TEST(a_core_that_takes_signed_firmware_takes_it_only_once_it_is_newer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
