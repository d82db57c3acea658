// SPDX-License-Identifier: GPL-2.0-only
/* Taking a core over from Linux, up to the power-on. No QEMU. */
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

#include "common/exit_codes.h"
#include "relay/host/hosting.h"
#include "relay/lab.h"

#define MEM_DA       0x21000000u
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
static void write_firmware(uint32_t segment_da, uint32_t entry, uint16_t machine)
{
	struct {
		Elf32_Ehdr header;
		Elf32_Phdr segment;
		uint8_t code[16];
	} image = {
		.header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32, ELFDATA2LSB, EV_CURRENT},
	                   .e_type = ET_EXEC,
	                   .e_machine = machine,
	                   .e_version = EV_CURRENT,
	                   .e_entry = entry,
	                   .e_phoff = sizeof(Elf32_Ehdr),
	                   .e_ehsize = sizeof(Elf32_Ehdr),
	                   .e_phentsize = sizeof(Elf32_Phdr),
	                   .e_phnum = 1,
	                   .e_shentsize = sizeof(Elf32_Shdr)},
		.segment = {.p_type = PT_LOAD,
	                    .p_offset = sizeof(Elf32_Ehdr) + sizeof(Elf32_Phdr),
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
	static const uint32_t elsewhere[] = {MEM_DA, MEM_DA + 0x4000, MEM_DA + FIRMWARE - 1, MEM_DA + MEM_SIZE - 15, 0};

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

static uint32_t ask_as_linux(uint32_t op, struct amp_relay *relay)
{
	static uint32_t sequence;
	struct amp_host host = {.mem_pa = LINUX_MEM_PA, .req_seq = ++sequence, .op = op, .arg = MEM_DA + FIRMWARE};

	memcpy(core->shm.base + AMP_HOST_OFFSET, &host, sizeof(host));
	amp_core_on_vector(NULL, core->bells.from_host[AMP_VECTOR_CONTROL], 0, core);
	memcpy(relay, core->shm.base + AMP_RELAY_OFFSET, sizeof(*relay));
	assert_int_equal(relay->resp_seq, sequence);
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

int main(void)
{
#define TEST(claim) cmocka_unit_test_setup_teardown(claim, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_core_that_is_not_off_is_not_taken_over),
		TEST(what_is_no_firmware_is_refused_and_the_core_stays_linuxs),
		TEST(segments_go_to_the_firmware_region_and_nowhere_else),
		TEST(an_entry_point_outside_the_firmware_region_is_refused),
		TEST(start_and_stop_of_linux_are_refused_while_the_relay_is_the_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
