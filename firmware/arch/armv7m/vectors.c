// SPDX-License-Identifier: BSD-3-Clause
#include "amp_assert.h"
#include "armv7m.h"
#include "board.h"
#include "core.h"
#include "devices.h"
#include "format.h"
#include "stack.h"

#include <soc.h>

/* An interrupt that nobody has enabled is a bug. */
static void unexpected_interrupt(void)
{
	amp_format(amp_assert_text, sizeof(amp_assert_text), "exception %u has no handler", (unsigned)armv7m_ipsr());
	amp_assert_trap(amp_assert_text);
}

/* The initialiser first fills a range and then overrides some of its members, on purpose. */
#pragma GCC diagnostic ignored "-Woverride-init"

/* VTOR wants it aligned to its size, rounded up to a power of two. */
__attribute__((section(".vectors"), used, aligned(1024))) const armv7m_vector_t __vectors[16 + BOARD_IRQS] = {
	[0 ... 15 + BOARD_IRQS] = unexpected_interrupt,
	[0] = (armv7m_vector_t)__handler_stack_top,
	[1] = amp_start,
	[ARMV7M_NMI] = armv7m_fault_entry, /* the watchdog's early warning */
	[ARMV7M_HARDFAULT] = armv7m_fault_entry,
	[ARMV7M_MEMMANAGE] = armv7m_fault_entry,
	[ARMV7M_BUSFAULT] = armv7m_fault_entry,
	[ARMV7M_USAGEFAULT] = armv7m_fault_entry,
	[ARMV7M_SYSTICK] = armv7m_clock_interrupt,
	[16 + SOC_DOORBELL_IRQ] = amp_doorbell_interrupt,
	[16 + UART_TX_IRQ] = amp_doorbell_interrupt,
	[16 + SOC_CONSOLE_IRQ] = amp_console_interrupt,
};

_Static_assert(sizeof(__vectors) <= 1024, "the table fits its alignment");
