// SPDX-License-Identifier: BSD-3-Clause
/*
 * The MMU: every address is mapped to itself or not at all. What is shared is normal memory that is not cached, as it
 * is on the cores without caches: rings and buffers, and the firmware, which can be read from outside when the core is
 * dead.
 */
#include "aarch64.h"
#include "crash.h"
#include "devices.h"
#include "stack.h"

#include <amprelay/wire.h>
#include <soc.h>

/* Granule 4 KiB, addresses of 39 bits: a table of level 1 maps 512 GiB, of level 2 1 GiB, of level 3 2 MiB. */
#define ENTRIES   512u
#define SIZE_OF_1 ((uint64_t)1 << 30)
#define SIZE_OF_2 ((uint64_t)1 << 21)
#define SIZE_OF_3 ((uint64_t)1 << 12)

#define TABLE      3u
#define BLOCK      1u        /* at level 2 */
#define PAGE       3u        /* at level 3 */
#define MEMORY     (0u << 2) /* index into MAIR */
#define DEVICE     (1u << 2)
#define READ_ONLY  (1u << 7)
#define SHARED     (2u << 8)  /* seen by all: outer shareable */
#define USED       (1u << 10) /* or the first access would trap */
#define NO_EXECUTE ((uint64_t)3 << 53)

#define MAIR 0x0444u /* 0: normal, not cached; 1: device, nGnRE */
/* 64 - 39; nothing by TTBR1; tables are normal memory, not cached; addresses of 40 bits */
#define TCR (25u | 2u << 12 | 1u << 23 | (uint64_t)2 << 32)

#define SCTLR_RESERVED (1u << 29 | 1u << 28 | 1u << 23 | 1u << 22 | 1u << 20 | 1u << 11)
#define SCTLR_MMU      (1u << 0)
#define SCTLR_SP_ALIGN (1u << 3)
#define SCTLR_ICACHE   (1u << 12)
#define SCTLR_WXN      (1u << 19) /* what can be written is no code, whatever a table says */

_Static_assert(SOC_MEM_DA % SIZE_OF_2 == 0 && SOC_MEM_SIZE % SIZE_OF_2 == 0, "whole tables of level 3");
_Static_assert(SOC_MEM_DA / SIZE_OF_1 == (SOC_MEM_DA + SOC_MEM_SIZE - 1) / SIZE_OF_1, "in one table of level 2");
_Static_assert(SOC_MEM_DA >= SIZE_OF_1 && BOARD_DEVICES < SIZE_OF_1, "another one than that of the devices");

#define TABLES_OF_3 (SOC_MEM_SIZE / SIZE_OF_2)

static uint64_t level1[ENTRIES] __attribute__((aligned(4096)));
static uint64_t level2_devices[ENTRIES] __attribute__((aligned(4096)));
static uint64_t level2_memory[ENTRIES] __attribute__((aligned(4096)));
static uint64_t level3[TABLES_OF_3][ENTRIES] __attribute__((aligned(4096)));

/** Attributes of pages of the shared memory; 0: not mapped. */
static void protect(uint64_t from, uint64_t to, uint64_t attributes)
{
	for (uint64_t at = from; at < to; at += SIZE_OF_3) {
		uint64_t page = (at - SOC_MEM_DA) / SIZE_OF_3;

		level3[page / ENTRIES][page % ENTRIES] = attributes ? at | attributes | USED | PAGE : 0;
	}
}

static uint64_t address(const void *symbol)
{
	return (uint64_t)(uintptr_t)symbol;
}

static void map(void)
{
	const uint64_t data = MEMORY | SHARED | NO_EXECUTE;

	level1[0] = address(level2_devices) | TABLE;
	level1[SOC_MEM_DA / SIZE_OF_1] = address(level2_memory) | TABLE;
	for (uint64_t at = BOARD_DEVICES; at < BOARD_DEVICES + BOARD_DEVICES_SIZE; at += SIZE_OF_2)
		level2_devices[at / SIZE_OF_2] = at | DEVICE | NO_EXECUTE | USED | BLOCK;
	for (uint64_t i = 0; i < TABLES_OF_3; i++)
		level2_memory[SOC_MEM_DA % SIZE_OF_1 / SIZE_OF_2 + i] = address(level3[i]) | TABLE;

	protect(SOC_MEM_DA, SOC_MEM_DA + SOC_MEM_SIZE, data);
	/* the sections of the control block that others write */
	protect(SOC_CONTROL_DA, SOC_CONTROL_DA + AMP_REMOTE_OFFSET, data | READ_ONLY);
	protect(address(__text_start), address(__text_guarded_end), MEMORY | SHARED | READ_ONLY);
	protect(address(__main_guard), address(__main_guard) + AMP_STACK_GUARD, 0);
	protect(address(__handler_guard), address(__handler_guard) + AMP_STACK_GUARD, 0);
}

void aarch64_mmu_start(void)
{
	map();
	sysreg_write(mair_el1, MAIR);
	sysreg_write(tcr_el1, TCR);
	sysreg_write(ttbr0_el1, address(level1));
	__asm__ volatile("dsb sy\n\ttlbi vmalle1\n\tic iallu\n\tdsb sy\n\tisb" : : : "memory");
	sysreg_write(sctlr_el1, SCTLR_RESERVED | SCTLR_WXN | SCTLR_ICACHE | SCTLR_SP_ALIGN | SCTLR_MMU);
	__asm__ volatile("isb" : : : "memory");
}
