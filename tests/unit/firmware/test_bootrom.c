// SPDX-License-Identifier: GPL-2.0-only
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "board.h"
#include "boot.h"
#include "control.h"
#include "cpu.h"

#include <amprelay/boot_record.h>

#include <string.h>

#define FIRMWARE      0x8000u
#define FIRMWARE_SIZE 0x8000u

_Alignas(2 * SOC_MEM_SIZE) unsigned char fake_control_block[SOC_MEM_SIZE];
_Alignas(4096) unsigned char fake_private[SOC_PRIVATE0_SIZE];

static struct amp_soc *const soc = (struct amp_soc *)fake_control_block;
static struct amp_relay *const relay = (struct amp_relay *)(fake_control_block + AMP_RELAY_OFFSET);
static struct amp_boot_record *const record =
	(struct amp_boot_record *)(fake_private + SOC_PRIVATE0_SIZE - sizeof(struct amp_boot_record));

static jmp_buf end;
static bool jumped;
static uint8_t rung;

void amp_doorbell_power_on(void)
{
}

void amp_doorbell_put(uint8_t byte)
{
	rung = byte;
}

uint32_t amp_arch_irq_save(void)
{
	jumped = true;
	longjmp(end, 1);
}

void amp_cpu_park(void)
{
	longjmp(end, 1);
}

/* As the relay makes it. */
static int describe(void **state)
{
	(void)state;
	memset(fake_control_block, 0, sizeof(fake_control_block));
	memset(fake_private, 0, sizeof(fake_private));
	memset(fake_control_block + FIRMWARE, 0x5a, 4);
	memset(fake_private + 0x100, 0x5a, 4);
	*soc = (struct amp_soc){
		.magic = AMP_CTRL_MAGIC,
		.version = 2,
		.mem_da = SOC_MEM_DA,
		.mem_size = SOC_MEM_SIZE,
		.num_regions = 1,
		.region =
			{{.name = "firmware", .kind = AMP_REGION_FIRMWARE, .offset = FIRMWARE, .size = FIRMWARE_SIZE}},
	};
	relay->epoch = 7;
	relay->boot_addr = SOC_MEM_DA + FIRMWARE + 1;
	return 0;
}

static void boot(void)
{
	jumped = false;
	rung = 0;
	if (!setjmp(end))
		boot_main();
}

static void boots(void)
{
	boot();
	assert_true(jumped);
	assert_int_equal(rung, AMP_DB_BOOT);
	assert_int_equal(amp_remote_block->state, AMP_REMOTE_BOOTROM);
	assert_int_equal(amp_remote_block->epoch, 7);
}

static void refuses(const char *text)
{
	const struct amp_crash *crash = (const struct amp_crash *)&amp_remote_block->crash;

	boot();
	assert_false(jumped);
	assert_int_equal(rung, AMP_DB_CRASH);
	assert_int_equal(crash->magic, AMP_CRASH_MAGIC);
	assert_int_equal(crash->epoch, 7);
	assert_int_equal(crash->cause, AMP_CRASH_BOOT);
	if (!strstr(crash->text, text))
		fail_msg("\"%s\" does not say \"%s\"", crash->text, text);
}

static void firmware_in_either_memory_is_booted(void **state)
{
	(void)state;
	boots();
	relay->boot_addr = (uintptr_t)fake_private + 0x101;
	boots();
	/* what the relay has put out of the host's reach counts */
	relay->boot_addr = 0;
	*record = (struct amp_boot_record){.magic = AMP_BOOT_RECORD_MAGIC, .entry = (uintptr_t)fake_private + 0x101};
	boots();
}

static void a_control_block_of_another_version_is_refused_with_words(void **state)
{
	(void)state;
	soc->version = 1;
	refuses("control block version 1, this is for version 2");
	soc->version = 3;
	refuses("control block version 3, this is for version 2");
	soc->magic++;
	refuses("no control block");
}

static void a_memory_that_is_elsewhere_in_any_of_64_bits_is_refused(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 64; bit++) {
		soc->mem_da = SOC_MEM_DA ^ (uint64_t)1 << bit;
		refuses("the memory is described at 0x");
	}
	soc->mem_da = SOC_MEM_DA;
	soc->mem_size++;
	refuses("the memory is described at 0x");
}

static void a_firmware_region_outside_the_memory_is_refused(void **state)
{
	static const uint64_t wrong[] = {SOC_MEM_SIZE, SOC_MEM_SIZE - FIRMWARE_SIZE + 1, (uint64_t)1 << 32,
	                                 ((uint64_t)1 << 32) + FIRMWARE, UINT64_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		soc->region[0].offset = wrong[i];
		refuses("is not within the memory");
	}
	soc->region[0].offset = FIRMWARE;
	soc->region[0].size++;
	refuses("is not within the memory");
	soc->num_regions = AMP_MAX_REGIONS + 1;
	refuses("at most 16 fit");
	soc->num_regions = 0;
	refuses("no firmware region");
}

static void an_entry_point_that_is_wrong_in_any_of_64_bits_is_refused(void **state)
{
	const uint64_t right = SOC_MEM_DA + FIRMWARE + 1;

	(void)state;
	for (unsigned bit = 15; bit < 64; bit++) {
		relay->boot_addr = right ^ (uint64_t)1 << bit;
		refuses("is outside the firmware region");
	}
	relay->boot_addr = right - 2;
	refuses("is outside the firmware region");
	relay->boot_addr = SOC_MEM_DA + FIRMWARE + FIRMWARE_SIZE - 1;
	refuses("is outside the firmware region");
	relay->boot_addr = right - 1;
	refuses("is even");
	relay->boot_addr = right + 4;
	refuses("nothing is loaded at");
	/* the last bytes of private memory are the relay's */
	relay->boot_addr = (uintptr_t)record + 1;
	refuses("is outside the firmware region");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(firmware_in_either_memory_is_booted, describe),
		cmocka_unit_test_setup(a_control_block_of_another_version_is_refused_with_words, describe),
		cmocka_unit_test_setup(a_memory_that_is_elsewhere_in_any_of_64_bits_is_refused, describe),
		cmocka_unit_test_setup(a_firmware_region_outside_the_memory_is_refused, describe),
		cmocka_unit_test_setup(an_entry_point_that_is_wrong_in_any_of_64_bits_is_refused, describe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
