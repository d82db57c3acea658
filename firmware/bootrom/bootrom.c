// SPDX-License-Identifier: BSD-3-Clause
/*
 * The boot ROM: the first code that runs when the relay powers the core on. It checks the control block, tells the
 * relay that it runs, and jumps to the firmware. If it cannot, it says why and waits for power-off.
 */
#include "board.h"
#include "boot.h"
#include "control.h"
#include "cpu.h"
#include "crash.h"

#include <amprelay/boot_record.h>

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

_Noreturn void boot_refuse(uintptr_t pc, uintptr_t lr, const char *format, ...)
{
	struct amp_crash *crash = amp_crash_open(AMP_CRASH_BOOT);
	va_list args;

	va_start(args, format);
	amp_crash_vsay(crash, format, args);
	va_end(args);
	crash->reg[CPU_REG_LR] = lr;
	crash->reg[CPU_REG_PC] = pc;
	amp_crash_publish(crash);
	amp_crash_end();
}

#define refuse(...) boot_refuse(0, 0, "boot ROM: " __VA_ARGS__)

/** The region to which firmware is loaded, from the relay's description of the SoC. */
static struct amp_region firmware_region(const struct amp_soc *soc)
{
	for (uint32_t i = 0; i < soc->num_regions; i++) {
		struct amp_region region = soc->region[i];

		if (region.kind != AMP_REGION_FIRMWARE)
			continue;
		if (region.offset >= soc->mem_size || region.size > soc->mem_size - region.offset)
			refuse("the firmware region 0x%llx+0x%x is not within the memory",
			       (unsigned long long)region.offset, (unsigned)region.size);
		return region;
	}
	refuse("the control block describes no firmware region");
}

static void check_description(const struct amp_soc *soc)
{
	if (soc->magic != AMP_CTRL_MAGIC)
		refuse("no control block: magic is 0x%08x", (unsigned)soc->magic);
	if (soc->version != AMP_CTRL_VERSION)
		refuse("control block version %u, this is for version %u", (unsigned)soc->version, AMP_CTRL_VERSION);
	if (soc->mem_da != SOC_MEM_DA || soc->mem_size != SOC_MEM_SIZE)
		refuse("the memory is described at 0x%08llx+0x%x, this is for 0x%08llx+0x%x",
		       (unsigned long long)soc->mem_da, (unsigned)soc->mem_size, (unsigned long long)SOC_MEM_DA,
		       SOC_MEM_SIZE);
	if (soc->num_regions > AMP_MAX_REGIONS)
		refuse("the control block has %u regions, at most %u fit", (unsigned)soc->num_regions, AMP_MAX_REGIONS);
}

#ifdef SOC_PRIVATE0_DA
/* What the relay has put into memory of ours says where to go. All else the host could have changed meanwhile. */
static uint64_t told_entry(void)
{
	const volatile struct amp_boot_record *record =
		(const volatile struct amp_boot_record *)(SOC_PRIVATE0_DA + SOC_PRIVATE0_SIZE - sizeof(*record));

	return record->magic == AMP_BOOT_RECORD_MAGIC ? record->entry : amp_relay_block->boot_addr;
}

static bool is_private(uintptr_t code)
{
	return code - SOC_PRIVATE0_DA < SOC_PRIVATE0_SIZE - sizeof(struct amp_boot_record);
}
#else
static uint64_t told_entry(void)
{
	return amp_relay_block->boot_addr;
}

static bool is_private(uintptr_t code)
{
	(void)code;
	return false;
}
#endif

/** Check the address to which the relay wants us to jump. */
static uintptr_t checked_entry(const struct amp_soc *soc)
{
	struct amp_region region = firmware_region(soc);
	uint64_t told = told_entry();
	uintptr_t entry = (uintptr_t)told;
	uintptr_t start = (uintptr_t)(soc->mem_da + region.offset);
	uintptr_t code = cpu_code_address(entry);
	const char *wrong = cpu_entry_is_wrong(entry);
	uint32_t word;

	if (entry != told)
		refuse("boot address 0x%llx is beyond the addresses of this core", (unsigned long long)told);
	if (wrong)
		refuse("boot address %p %s", (void *)entry, wrong);
	if (!is_private(code) &&
	    (region.size < sizeof(word) || code < start || code - start > region.size - sizeof(word)))
		refuse("boot address %p is outside the firmware region %p-%p", (void *)entry, (void *)start,
		       (void *)(start + region.size - 1));
	memcpy(&word, (const void *)code, sizeof(word));
	if (word == 0 || word == ~0u)
		refuse("nothing is loaded at boot address %p", (void *)entry);
	return entry;
}

_Noreturn void boot_main(void)
{
	const volatile uint32_t *from = (const volatile uint32_t *)amp_soc_block;
	union {
		struct amp_soc soc;
		uint32_t word[sizeof(struct amp_soc) / sizeof(uint32_t)];
	} copy; /* so that what is used is what was checked */
	uintptr_t entry;

	amp_doorbell_power_on();
	amp_remote_block->state = AMP_REMOTE_BOOTROM;
	amp_remote_block->epoch = amp_relay_block->epoch;
	for (size_t i = 0; i < sizeof(copy) / sizeof(*from); i++)
		copy.word[i] = from[i];
	check_description(&copy.soc);
	entry = checked_entry(&copy.soc);

	amp_control_publish();
	amp_doorbell_put(AMP_DB_BOOT);
	(void)amp_arch_irq_save();
	((void (*)(void))entry)();
	refuse("the firmware returned");
}
