// SPDX-License-Identifier: GPL-2.0-only
#include <metal/arch/cpu.h>
#include <stddef.h>

unsigned int fake_irqs_masked;
void (*fake_interrupt)(void);
unsigned int fake_waits;

void fake_wait(void)
{
	fake_waits++;
	if (fake_interrupt)
		fake_interrupt();
}
